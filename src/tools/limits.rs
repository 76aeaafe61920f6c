//! How much of a tool's limits is used now.

use crate::ids::AgentId;
use serde::{Deserialize, Serialize};

/// Limits of a tool, or of one agent with it, and what was used of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Used {
    /// Null: no limit.
    pub per_minute: Option<i32>,
    pub per_hour: Option<i32>,
    /// Calls in the last 60 seconds. Counted from the day a limit was set.
    pub in_minute: i32,
    /// Calls in the last 60 minutes.
    pub in_hour: i32,
}

impl Used {
    #[must_use]
    pub fn is_limited(&self) -> bool {
        self.per_minute.is_some() || self.per_hour.is_some()
    }

    /// `3 of 60 a minute · 12 of 500 an hour`.
    #[must_use]
    pub fn words(&self) -> String {
        let part = |used: i32, allowed: Option<i32>, word: &str| allowed.map(|allowed| format!("{used} of {allowed} {word}"));
        let parts = [part(self.in_minute, self.per_minute, "a minute"), part(self.in_hour, self.per_hour, "an hour")];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }
}

/// One agent that has limits of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct AgentUse {
    pub agent_id: AgentId,
    pub agent_name: String,
    #[serde(flatten)]
    pub used: Used,
}

/// All limits on a tool and what is used of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct LimitUse {
    #[serde(flatten)]
    pub tool: Used,
    /// Calls refused for a limit in the last 60 minutes; they count against none.
    pub refused_in_hour: i64,
    /// Agents with limits of their own.
    pub agents: Vec<AgentUse>,
}

impl LimitUse {
    #[must_use]
    pub fn is_limited(&self) -> bool {
        self.tool.is_limited() || !self.agents.is_empty()
    }
}

#[cfg(feature = "ssr")]
pub use read::limits;

#[cfg(feature = "ssr")]
mod read {
    use super::{AgentUse, LimitUse, Used};
    use crate::{
        access::Permission,
        actor::Actor,
        error::{Error, Result},
        ids::{AgentId, ToolId},
        system::System,
        tools::{access::Asker, access::Level, store},
    };
    use chrono::TimeDelta;

    /// For everybody who may see the tool; an agent sees no other agents.
    pub async fn limits(system: &System, actor: &Actor, id: ToolId) -> Result<LimitUse> {
        actor.require(Permission::See)?;
        let now = system.clock.now();
        let mut tx = system.tenant(actor).await?;
        let (tool, level) = store::find(&mut tx, Asker::of(actor), id, now).await?.ok_or(Error::NotFound("tool"))?;
        if level == Level::None {
            return Err(Error::NotFound("tool"));
        }
        let windows = sqlx::query!(
            r#"select a.id as "agent?", a.display_name as "agent_name?", x.rate_limit_per_minute as "per_minute?", x.rate_limit_per_hour as "per_hour?",
                 coalesce(sum_counts(shift_counts(w.seconds, w.second, floor(extract(epoch from $3::timestamptz))::bigint)), 0) as "in_minute!",
                 coalesce(sum_counts(shift_counts(w.minutes, w.minute, floor(extract(epoch from $3::timestamptz))::bigint / 60)), 0) as "in_hour!"
               from (select null::uuid as agent_id, null::integer as rate_limit_per_minute, null::integer as rate_limit_per_hour
                     union all
                     select agent_id, rate_limit_per_minute, rate_limit_per_hour from agent_tools
                     where tool_id = $1 and (rate_limit_per_minute is not null or rate_limit_per_hour is not null) and ($2::uuid is null or agent_id = $2)) x
                 left join agents a on a.id = x.agent_id
                 left join call_windows w on w.tool_id = $1 and w.agent_id = coalesce(x.agent_id, '00000000-0000-0000-0000-000000000000')
               order by a.display_name nulls first"#,
            id.0,
            actor.agent_id.map(|id| id.0),
            now
        )
        .fetch_all(&mut *tx)
        .await?;
        let refused_in_hour = sqlx::query_scalar!(
            r#"select count(*) as "count!" from tool_executions where tool_id = $1 and created_at > $2 and status = 'rate_limited'"#,
            id.0,
            now - TimeDelta::hours(1)
        )
        .fetch_one(&mut *tx)
        .await?;
        let mut all = LimitUse { refused_in_hour, ..LimitUse::default() };
        for row in windows {
            let used = Used { per_minute: row.per_minute, per_hour: row.per_hour, in_minute: row.in_minute, in_hour: row.in_hour };
            match (row.agent, row.agent_name) {
                (Some(agent), Some(agent_name)) => all.agents.push(AgentUse { agent_id: AgentId(agent), agent_name, used }),
                _ => all.tool = Used { per_minute: tool.rate_limit_per_minute, per_hour: tool.rate_limit_per_hour, ..used },
            }
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_limits_that_are_set_are_spoken_of() {
        let used = Used { per_minute: Some(60), per_hour: None, in_minute: 3, in_hour: 40 };
        assert_eq!(used.words(), "3 of 60 a minute");
        assert_eq!(Used::default().words(), "");
    }
}
