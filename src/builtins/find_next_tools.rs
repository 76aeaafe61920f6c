//! `find_next_tools`: what was called after a tool so far, in the sessions and runs of this organization.

use super::{Answer, Builtin, Kind, count, text};
use crate::{
    executions::ErrorClass,
    executors::{Call, Failure},
    tools::access::Asker,
};
use serde_json::{Value, json};

pub fn tool() -> Builtin {
    Builtin {
        name: "find_next_tools",
        display_name: "Find next tools",
        description: "Says which tools usually follow a tool, from what was called in sessions and workflow runs, with how often and how well.",
        icon: "git-branch",
        inputs: json!({"type": "object", "additionalProperties": false, "required": ["after"], "properties": {
            "after": {"type": "string", "minLength": 1, "description": "The name of the tool that was called last."},
            "limit": {"type": "integer", "minimum": 1, "maximum": 20, "default": 5}
        }}),
        outputs: json!({"type": "object", "required": ["tools"], "properties": {"tools": {"type": "array", "items": {"type": "object", "properties": {
            "name": {"type": "string"}, "display_name": {"type": "string"}, "description": {"type": "string"},
            "frequency": {"type": "integer", "description": "How often it followed."}, "success_rate": {"type": "number", "description": "Part of them, 0 to 1, in which both succeeded."},
            "confidence": {"type": "number", "description": "min(0.95, success_rate × min(1, frequency / 10))"}}}}}}),
        examples: json!([{"title": "What follows loading a file?", "inputs": {"after": "load_csv_data"}}]),
        work: Kind::Ask(find),
    }
}

fn find<'a>(call: &'a Call<'a>) -> Answer<'a> {
    Box::pin(async move {
        follow(call).await.map_err(|error| Failure::new(ErrorClass::Upstream, format!("The history could not be read: {error}")))
    })
}

/// Pairs of neighbours in the last 20 000 calls. Confidence as in S1's relationships.
async fn follow(call: &Call<'_>) -> crate::Result<Value> {
    let asker = call.agent_id.map_or_else(|| Asker::of(call.actor), |agent| Asker::agent(call.actor, agent));
    let mut tx = call.system.tenant(call.actor).await?;
    let rows = sqlx::query!(
        r#"with recent as (
             select tool_id, status, coalesce(session_id, run_id) as chain, execution_order, created_at, id from tool_executions
             where session_id is not null or run_id is not null order by created_at desc limit 20000),
           pairs as (
             select tool_id, status, lag(tool_id) over chain as before_id, lag(status) over chain as before_status from recent
             window chain as (partition by chain order by execution_order, created_at, id))
           select t.name, t.display_name, t.description, count(*) as "frequency!",
             (count(*) filter (where p.status = 'success' and p.before_status = 'success'))::float8 / count(*) as "success_rate!"
           from pairs p join tools t on t.id = p.tool_id join tools b on b.id = p.before_id
           where b.name = $1 and t.status = 'active' and tool_access(t, $2, $3, $4, $5) >= 2
           group by t.id, t.name, t.display_name, t.description"#,
        text(&call.inputs, "after"),
        asker.person,
        asker.manager,
        asker.agent,
        call.system.clock.now(),
    )
    .fetch_all(&mut *tx)
    .await?;
    let mut tools: Vec<(f64, Value)> = rows
        .into_iter()
        .map(|row| {
            let confidence = confidence(row.success_rate, row.frequency);
            let tool = json!({"name": row.name, "display_name": row.display_name, "description": row.description, "frequency": row.frequency,
                "success_rate": row.success_rate, "confidence": confidence});
            (confidence, tool)
        })
        .collect();
    tools.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    tools.truncate(count(&call.inputs, "limit", 5));
    Ok(json!({"tools": tools.into_iter().map(|(_, tool)| tool).collect::<Vec<_>>()}))
}

/// S1: `min(0.95, success_rate × min(1, frequency / 10))`.
#[allow(clippy::cast_precision_loss)] // at most 20 000
fn confidence(success_rate: f64, frequency: i64) -> f64 {
    (success_rate * (frequency as f64 / 10.0).min(1.0)).min(0.95)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confidence_grows_with_frequency_and_is_never_certain() {
        assert!((confidence(1.0, 5) - 0.5).abs() < 1e-9);
        assert!((confidence(1.0, 500) - 0.95).abs() < 1e-9);
        assert!((confidence(0.5, 10) - 0.5).abs() < 1e-9);
    }
}
