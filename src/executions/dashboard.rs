//! Is everything all right? Read from the rollups.

use super::{Bucket, Dashboard, FailingTool, Figures, Pulse, Range, histogram};
use crate::{access::Permission, actor::Actor, db::TenantTx, error::Result, ids::ToolId, system::System};
use chrono::{DateTime, DurationRound, TimeDelta, Utc};

/// Sums of a stretch of time.
#[derive(Clone)]
struct Sums {
    success: i64,
    failed: i64,
    refused: i64,
    cost: f64,
    latency: [i64; histogram::BUCKETS],
}

impl Default for Sums {
    fn default() -> Self {
        Self { success: 0, failed: 0, refused: 0, cost: 0.0, latency: [0; histogram::BUCKETS] }
    }
}

impl Sums {
    fn add(&mut self, other: &Self) {
        self.success += other.success;
        self.failed += other.failed;
        self.refused += other.refused;
        self.cost += other.cost;
        self.latency.iter_mut().zip(other.latency).for_each(|(sum, more)| *sum += more);
    }

    #[allow(clippy::cast_precision_loss)]
    fn figures(&self) -> Figures {
        let count = self.success + self.failed;
        Figures {
            count,
            success: self.success,
            failed: self.failed,
            refused: self.refused,
            success_rate: (count > 0).then(|| self.success as f64 / count as f64),
            p50_ms: histogram::percentile(&self.latency, 0.5),
            p95_ms: histogram::percentile(&self.latency, 0.95),
            cost: self.cost,
        }
    }

    fn bucket(&self, at: DateTime<Utc>) -> Bucket {
        Bucket {
            at,
            success: self.success,
            failed: self.failed,
            refused: self.refused,
            p50_ms: histogram::percentile(&self.latency, 0.5),
            p95_ms: histogram::percentile(&self.latency, 0.95),
        }
    }
}

/// The figures of a range and of the one before, with their series and the tools that fail most.
pub async fn dashboard(system: &System, actor: &Actor, range: Range) -> Result<Dashboard> {
    actor.require(Permission::ReadExecutions)?;
    let until = end(system);
    let (length, step) = (TimeDelta::minutes(range.minutes()), TimeDelta::minutes(range.bucket_minutes()));
    let (middle, from) = (until - length, until - length - length);
    let buckets = usize::try_from(range.minutes() / range.bucket_minutes()).unwrap_or(1);
    let mut tx = system.tenant(actor).await?;
    let sums = sums(&mut tx, from, until, step, buckets * 2).await?;
    let (before, now) = sums.split_at(buckets);
    let total = |part: &[Sums]| {
        let mut total = Sums::default();
        part.iter().for_each(|one| total.add(one));
        total.figures()
    };
    let series = |part: &[Sums], from: DateTime<Utc>| -> Vec<Bucket> {
        let starts = std::iter::successors(Some(from), |at| Some(*at + step));
        part.iter().zip(starts).map(|(one, at)| one.bucket(at)).collect()
    };
    Ok(Dashboard {
        range,
        now: total(now),
        before: total(before),
        series: series(now, middle),
        series_before: series(before, from),
        failing: failing(&mut tx, middle, until).await?,
    })
}

/// The end of the running minute: the last rollup is inside.
fn end(system: &System) -> DateTime<Utc> {
    let now = system.clock.now();
    now.duration_trunc(TimeDelta::minutes(1)).unwrap_or(now) + TimeDelta::minutes(1)
}

async fn sums(tx: &mut TenantTx, from: DateTime<Utc>, until: DateTime<Utc>, step: TimeDelta, buckets: usize) -> Result<Vec<Sums>> {
    let mut sums = vec![Sums::default(); buckets];
    let rows = sqlx::query!(
        r#"select floor(extract(epoch from minute - $1) / $3::float8)::integer as "bucket!", sum(success)::bigint as "success!", sum(failed)::bigint as "failed!",
             sum(refused)::bigint as "refused!", sum(cost)::float8 as "cost!"
           from execution_rollups where minute >= $1 and minute < $2 group by 1"#,
        from,
        until,
        seconds(step)
    )
    .fetch_all(&mut **tx)
    .await?;
    for row in rows {
        if let Some(sum) = usize::try_from(row.bucket).ok().and_then(|bucket| sums.get_mut(bucket)) {
            *sum = Sums { success: row.success, failed: row.failed, refused: row.refused, cost: row.cost, ..Sums::default() };
        }
    }
    let rows = sqlx::query!(
        r#"select floor(extract(epoch from minute - $1) / $3::float8)::integer as "bucket!", place::integer as "place!", sum(number)::bigint as "number!"
           from execution_rollups, unnest(latency) with ordinality as t (number, place)
           where minute >= $1 and minute < $2 and number > 0 group by 1, 2"#,
        from,
        until,
        seconds(step)
    )
    .fetch_all(&mut **tx)
    .await?;
    for row in rows {
        let sum = usize::try_from(row.bucket).ok().and_then(|bucket| sums.get_mut(bucket));
        if let Some(count) = sum.and_then(|sum| sum.latency.get_mut(usize::try_from(row.place - 1).ok()?)) {
            *count = row.number;
        }
    }
    Ok(sums)
}

#[allow(clippy::cast_precision_loss)]
fn seconds(step: TimeDelta) -> f64 {
    step.num_seconds() as f64
}

async fn failing(tx: &mut TenantTx, from: DateTime<Utc>, until: DateTime<Utc>) -> Result<Vec<FailingTool>> {
    let rows = sqlx::query!(
        r#"select r.tool_id, r.count as "count!", r.failed as "failed!", coalesce(t.name, e.tool_name, '') as "tool_name!", e.error_message as "error_message?"
           from (select tool_id, sum(success + failed)::bigint as count, sum(failed)::bigint as failed from execution_rollups
                 where minute >= $1 and minute < $2 group by tool_id having sum(failed) > 0 order by sum(failed) desc, tool_id limit 5) r
           left join tools t on t.id = r.tool_id
           left join lateral (select tool_name, error_message from tool_executions x where x.tool_id = r.tool_id and x.created_at >= $1
                              and x.status in ('failed', 'timeout', 'cancelled') order by x.created_at desc limit 1) e on true
           order by r.failed desc, r.tool_id"#,
        from,
        until
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| FailingTool {
            tool_id: ToolId(row.tool_id),
            tool_name: row.tool_name,
            count: row.count,
            failed: row.failed,
            last_error: row.error_message,
        })
        .collect())
}

/// The last 24 hours of these tools, hour by hour, in the order asked. Ids of tools that the actor cannot see bring zeros.
#[allow(clippy::cast_precision_loss)]
pub async fn pulses(system: &System, actor: &Actor, tools: &[ToolId]) -> Result<Vec<Pulse>> {
    actor.require(Permission::See)?;
    let until = end(system);
    let from = until - TimeDelta::hours(24);
    let mut pulses: Vec<Pulse> =
        tools.iter().map(|tool| Pulse { tool_id: *tool, calls: vec![0; 24], failures: vec![0; 24], success_rate: None }).collect();
    let ids: Vec<uuid::Uuid> = tools.iter().map(|tool| tool.0).collect();
    let mut tx = system.tenant(actor).await?;
    let rows = sqlx::query!(
        r#"select r.tool_id, floor(extract(epoch from r.minute - $1) / 3600)::integer as "hour!", sum(r.success + r.failed)::bigint as "calls!", sum(r.failed)::bigint as "failures!"
           from execution_rollups r join tools t on t.id = r.tool_id
           where r.tool_id = any($3) and r.minute >= $1 and r.minute < $2 and tool_access(t, $4, $5, $6, $7) > 0 group by 1, 2"#,
        from,
        until,
        &ids,
        actor.user_id.0,
        actor.agent_id.is_none() && actor.role.may(Permission::ManageTools),
        actor.agent_id.map(|id| id.0),
        system.clock.now()
    )
    .fetch_all(&mut *tx)
    .await?;
    for row in rows {
        let Some((pulse, hour)) = pulses.iter_mut().find(|pulse| pulse.tool_id.0 == row.tool_id).zip(usize::try_from(row.hour).ok()) else {
            continue;
        };
        if let (Some(calls), Some(failures)) = (pulse.calls.get_mut(hour), pulse.failures.get_mut(hour)) {
            (*calls, *failures) = (row.calls, row.failures);
        }
    }
    for pulse in &mut pulses {
        let (calls, failures) = (pulse.calls.iter().sum::<i64>(), pulse.failures.iter().sum::<i64>());
        pulse.success_rate = (calls > 0).then(|| (calls - failures) as f64 / calls as f64);
    }
    Ok(pulses)
}
