//! Subjects × tools: who may do what with which tool.

use super::{GrantPermission, Subject};
use crate::{
    ids::ToolId,
    tools::{Level, Status, Visibility},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Tools on a page of the matrix.
pub const TOOLS: i64 = 100;
/// Subjects on a page of the matrix.
pub const SUBJECTS: i64 = 25;

/// Which part of the matrix.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MatrixQuery {
    /// Words in a tool's name.
    pub tool: String,
    /// Words in a subject's name.
    pub who: String,
    /// `agent`, `user`, or both when empty.
    pub subjects: String,
    /// Only tools that are private: the ones that grants matter for.
    pub private_only: bool,
    /// Pages of tools and of subjects, from 1.
    pub page: i64,
    pub subjects_page: i64,
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatrixTool {
    pub id: ToolId,
    pub name: String,
    pub display_name: String,
    pub status: Status,
    pub visibility: Visibility,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatrixSubject {
    pub subject: Subject,
    pub name: String,
    /// The role of a person, nothing for an agent.
    pub role: Option<String>,
}

/// What one subject may do with one tool, and what was granted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// What it comes to, with visibility, ownership, role, attachment and grant.
    pub level: Level,
    pub granted: Option<GrantPermission>,
    pub expires_at: Option<DateTime<Utc>>,
    pub is_expired: bool,
    /// For agents: whether it is attached (and switched on).
    pub attached: Option<bool>,
}

/// A part of the matrix; `cells` has a row for each tool, in each a cell for each subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matrix {
    pub tools: Vec<MatrixTool>,
    pub subjects: Vec<MatrixSubject>,
    pub cells: Vec<Vec<Cell>>,
    pub tool_count: i64,
    pub subject_count: i64,
}

#[cfg(feature = "ssr")]
pub use read::matrix;

#[cfg(feature = "ssr")]
mod read {
    use super::{Cell, Matrix, MatrixQuery, MatrixSubject, MatrixTool, SUBJECTS, TOOLS};
    use crate::{
        access::{Permission, Role},
        actor::Actor,
        db::{TenantTx, like},
        error::{Error, Result},
        grants::{GrantPermission, Subject, SubjectType},
        ids::ToolId,
        system::System,
        tools::{Level, Status, Visibility, access::Asker},
    };
    use chrono::{DateTime, Utc};
    use std::collections::HashMap;

    /// The tools that the actor administers, against members and agents.
    pub async fn matrix(system: &System, actor: &Actor, query: &MatrixQuery) -> Result<Matrix> {
        actor.require(Permission::See)?;
        let now = system.clock.now();
        let mut tx = system.tenant(actor).await?;
        let (tools, tool_count) = rows(&mut tx, actor, query, now).await?;
        let (subjects, subject_count) = columns(&mut tx, actor, query).await?;
        let cells = cells(&mut tx, &tools, &subjects, now).await?;
        Ok(Matrix { tools, subjects, cells, tool_count, subject_count })
    }

    fn pattern(text: &str) -> Option<String> {
        Some(text.trim()).filter(|text| !text.is_empty()).map(like)
    }

    async fn rows(tx: &mut TenantTx, actor: &Actor, query: &MatrixQuery, now: DateTime<Utc>) -> Result<(Vec<MatrixTool>, i64)> {
        let asker = Asker::of(actor);
        let rows = sqlx::query!(
            r#"select id, name, display_name, status, visibility, count(*) over () as "total!" from tools
               where organization_id is not null and tool_access(tools, $1, $2, $3, $4) >= 3
                 and ($5::text is null or name ilike $5 or display_name ilike $5) and (not $6 or visibility = 'private')
               order by display_name, id limit $7 offset $8"#,
            asker.person,
            asker.manager,
            asker.agent,
            now,
            pattern(&query.tool),
            query.private_only,
            TOOLS,
            (query.page.clamp(1, 100_000) - 1) * TOOLS
        )
        .fetch_all(&mut **tx)
        .await?;
        let total = rows.first().map_or(0, |row| row.total);
        let odd = || Error::internal("a tool is stored with an unknown word");
        let tools = rows.into_iter().map(|row| {
            Ok(MatrixTool {
                id: ToolId(row.id),
                name: row.name,
                display_name: row.display_name,
                status: Status::parse(&row.status).ok_or_else(odd)?,
                visibility: Visibility::parse(&row.visibility).ok_or_else(odd)?,
            })
        });
        Ok((tools.collect::<Result<_>>()?, total))
    }

    async fn columns(tx: &mut TenantTx, actor: &Actor, query: &MatrixQuery) -> Result<(Vec<MatrixSubject>, i64)> {
        let rows = sqlx::query!(
            r#"select kind as "kind!", id as "id!", name as "name!", role, count(*) over () as "total!" from (
                 select 'agent' as kind, a.id, a.display_name as name, null::text as role from agents a
                 union all
                 select 'user', u.id, u.name, m.role from memberships m join users u on u.id = m.user_id where m.organization_id = $1
               ) subjects
               where ($2::text is null or name ilike $2) and ($3::text is null or kind = $3)
               order by kind, name, id limit $4 offset $5"#,
            actor.organization_id.0,
            pattern(&query.who),
            SubjectType::parse(&query.subjects).map(SubjectType::as_str),
            SUBJECTS,
            (query.subjects_page.clamp(1, 100_000) - 1) * SUBJECTS
        )
        .fetch_all(&mut **tx)
        .await?;
        let total = rows.first().map_or(0, |row| row.total);
        let subjects = rows.into_iter().filter_map(|row| {
            let subject = Subject { subject_type: SubjectType::parse(&row.kind)?, subject_id: row.id };
            Some(MatrixSubject { subject, name: row.name, role: row.role })
        });
        Ok((subjects.collect(), total))
    }

    /// Every cell at once: the same `tool_access` that decides calls.
    async fn cells(tx: &mut TenantTx, tools: &[MatrixTool], subjects: &[MatrixSubject], now: DateTime<Utc>) -> Result<Vec<Vec<Cell>>> {
        let ids: Vec<_> = tools.iter().map(|tool| tool.id.0).collect();
        let kinds: Vec<String> = subjects.iter().map(|one| one.subject.subject_type.as_str().to_owned()).collect();
        let names: Vec<_> = subjects.iter().map(|one| one.subject.subject_id).collect();
        let managers: Vec<bool> = subjects
            .iter()
            .map(|one| one.role.as_deref().and_then(Role::parse).is_some_and(|role| role.may(Permission::ManageTools)))
            .collect();
        let found = sqlx::query!(
            r#"select t.id as tool, s.place as "place!", x.is_enabled as "attached?", g.permission as "permission?", g.expires_at,
                 case when s.kind = 'agent' then tool_access(t, null, false, s.id, $5) else tool_access(t, s.id, s.manager, null, $5) end as "level!"
               from tools t cross join unnest($2::text[], $3::uuid[], $4::bool[]) with ordinality as s(kind, id, manager, place)
                 left join tool_grants g on g.tool_id = t.id and g.subject_type = s.kind and g.subject_id = s.id
                 left join agent_tools x on s.kind = 'agent' and x.tool_id = t.id and x.agent_id = s.id
               where t.id = any($1)"#,
            &ids,
            &kinds,
            &names,
            &managers,
            now
        )
        .fetch_all(&mut **tx)
        .await?;
        let mut by_place: HashMap<(uuid::Uuid, i64), Cell> = HashMap::with_capacity(found.len());
        for row in found {
            let cell = Cell {
                level: Level::from(row.level),
                granted: row.permission.as_deref().and_then(GrantPermission::parse),
                expires_at: row.expires_at,
                is_expired: row.expires_at.is_some_and(|end| end <= now),
                attached: row.attached,
            };
            by_place.insert((row.tool, row.place), cell);
        }
        let none = || Cell { level: Level::None, granted: None, expires_at: None, is_expired: false, attached: None };
        Ok(tools
            .iter()
            .map(|tool| (1_i64..).zip(subjects).map(|(place, _)| by_place.remove(&(tool.id.0, place)).unwrap_or_else(none)).collect())
            .collect())
    }
}
