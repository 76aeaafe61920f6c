//! All SQL of tools; of lists in `list`.

pub(super) mod list;

use super::{
    Goes, Kind, NewTool, OwnerType, RetryPolicy, Status, Tool, ToolVersion, Visibility,
    access::{Asker, Level},
};
use crate::{
    actor::Actor,
    db::TenantTx,
    error::{Error, Result},
    ids::{CategoryId, OrganizationId, ToolId, UserId},
    lines::Lines,
};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

struct Row {
    id: uuid::Uuid,
    organization_id: Option<uuid::Uuid>,
    name: String,
    display_name: String,
    description: String,
    icon: Option<String>,
    category_id: Option<uuid::Uuid>,
    tags: Vec<String>,
    kind: String,
    input_schema: Value,
    output_schema: Value,
    function_schema: Value,
    static_config: Value,
    config_metadata: Value,
    api_spec: Option<Value>,
    script_content: Option<String>,
    test_content: Option<String>,
    executor_config: Value,
    status: String,
    is_async: bool,
    attach_to_agent: bool,
    execute_on_call_start: bool,
    timeout_ms: i32,
    rate_limit_per_minute: Option<i32>,
    rate_limit_per_hour: Option<i32>,
    retry_policy: Value,
    cost_per_call: Option<f64>,
    visibility: String,
    owner_id: Option<uuid::Uuid>,
    owner_type: Option<String>,
    version: i32,
    execution_count: i64,
    last_executed_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    level: i32,
    pinned_version: Option<i32>,
    pinned: Option<Value>,
}

fn odd(what: &str) -> Error {
    Error::internal(format!("a tool is stored with an unknown {what}"))
}

fn object(value: Value) -> Map<String, Value> {
    if let Value::Object(fields) = value { fields } else { Map::new() }
}

impl Row {
    fn into_tool(self) -> Result<(Tool, Level)> {
        let level = Level::from(self.level);
        let tool = Tool {
            id: ToolId(self.id),
            organization_id: self.organization_id.map(OrganizationId),
            name: self.name,
            display_name: self.display_name,
            description: self.description,
            icon: self.icon,
            category_id: self.category_id.map(CategoryId),
            tags: self.tags,
            kind: Kind::parse(&self.kind).ok_or_else(|| odd("kind"))?,
            input_schema: self.input_schema,
            output_schema: self.output_schema,
            function_schema: self.function_schema,
            static_config: object(self.static_config),
            config_metadata: self.config_metadata,
            api_spec: self.api_spec.map(serde_json::from_value).transpose().map_err(|error| Error::Internal(error.into()))?,
            script_content: self.script_content,
            test_content: self.test_content,
            executor_config: self.executor_config,
            status: Status::parse(&self.status).ok_or_else(|| odd("status"))?,
            is_async: self.is_async,
            attach_to_agent: self.attach_to_agent,
            execute_on_call_start: self.execute_on_call_start,
            timeout_ms: self.timeout_ms,
            rate_limit_per_minute: self.rate_limit_per_minute,
            rate_limit_per_hour: self.rate_limit_per_hour,
            retry_policy: serde_json::from_value::<RetryPolicy>(self.retry_policy).unwrap_or_default(),
            cost_per_call: self.cost_per_call,
            visibility: Visibility::parse(&self.visibility).ok_or_else(|| odd("visibility"))?,
            owner_id: self.owner_id,
            owner_type: self.owner_type.as_deref().and_then(OwnerType::parse),
            version: self.version,
            execution_count: self.execution_count,
            last_executed_at: self.last_executed_at,
            created_at: self.created_at,
            updated_at: self.updated_at,
        };
        Ok((tool, level))
    }
}

/// The tool and how far the asker may go with it. `None`: not in this organization.
pub(crate) async fn find(tx: &mut TenantTx, asker: Asker, id: ToolId, now: DateTime<Utc>) -> Result<Option<(Tool, Level)>> {
    find_row(tx, asker, id, now).await?.map(Row::into_tool).transpose()
}

async fn find_row(tx: &mut TenantTx, asker: Asker, id: ToolId, now: DateTime<Utc>) -> Result<Option<Row>> {
    Ok(sqlx::query_as!(
        Row,
        r#"select tools.id, organization_id, name, display_name, description, icon, category_id, tags, kind, input_schema, output_schema, function_schema,
             static_config, config_metadata, api_spec, script_content, test_content, executor_config, status, is_async, attach_to_agent,
             execute_on_call_start, timeout_ms, rate_limit_per_minute, rate_limit_per_hour, retry_policy, cost_per_call::float8 as cost_per_call,
             visibility, owner_id, owner_type, tools.version, case when tools.organization_id is null
               then coalesce((select u.execution_count from platform_tool_uses u where u.tool_id = tools.id), 0) else execution_count end as "execution_count!",
             case when tools.organization_id is null
               then (select u.last_executed_at from platform_tool_uses u where u.tool_id = tools.id) else last_executed_at end as last_executed_at, created_at, updated_at,
             tool_access(tools, $2, $3, $4, $5) as "level!", pin.version as "pinned_version?", pin.snapshot as "pinned?"
           from tools left join lateral (
             select v.version, v.snapshot from agent_tools x join tool_versions v on v.tool_id = x.tool_id and v.version = x.pinned_version
             where x.agent_id = $4 and x.tool_id = tools.id and v.version <> tools.version) pin on true
           where tools.id = $1"#,
        id.0,
        asker.person,
        asker.manager,
        asker.agent,
        now
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// The tool, as it was at the version to which it is pinned for the agent who asks. For everybody else it is what it is now.
pub(crate) async fn find_pinned(tx: &mut TenantTx, asker: Asker, id: ToolId, now: DateTime<Utc>) -> Result<Option<(Tool, Level)>> {
    find_row(tx, asker, id, now).await?.map(at_pinned).transpose()
}

/// The same in one statement, which is a transaction of its own.
pub(super) async fn find_asked(
    lines: &Lines,
    organization: OrganizationId,
    asker: Asker,
    id: ToolId,
    now: DateTime<Utc>,
) -> Result<Option<(Tool, Level)>> {
    let mut line = lines.take().await?;
    let row = sqlx::query_as!(
        Row,
        r#"select (tool).id as "id!", (tool).organization_id, (tool).name as "name!", (tool).display_name as "display_name!",
             (tool).description as "description!", (tool).icon, (tool).category_id, (tool).tags as "tags!", (tool).kind as "kind!",
             (tool).input_schema as "input_schema!", (tool).output_schema as "output_schema!", (tool).function_schema as "function_schema!",
             (tool).static_config as "static_config!", (tool).config_metadata as "config_metadata!", (tool).api_spec, (tool).script_content,
             (tool).test_content, (tool).executor_config as "executor_config!", (tool).status as "status!", (tool).is_async as "is_async!",
             (tool).attach_to_agent as "attach_to_agent!", (tool).execute_on_call_start as "execute_on_call_start!", (tool).timeout_ms as "timeout_ms!",
             (tool).rate_limit_per_minute, (tool).rate_limit_per_hour, (tool).retry_policy as "retry_policy!",
             (tool).cost_per_call::float8 as cost_per_call, (tool).visibility as "visibility!", (tool).owner_id, (tool).owner_type,
             (tool).version as "version!", uses as "execution_count!", last_used_at as last_executed_at, (tool).created_at as "created_at!",
             (tool).updated_at as "updated_at!", level as "level!", pinned_version, pinned
           from asked_tool($1, $2, $3, $4, $5, $6)"#,
        organization.0,
        id.0,
        asker.person,
        asker.manager,
        asker.agent,
        now
    )
    .fetch_optional(&mut line.connection)
    .await;
    line.after(row)?.map(at_pinned).transpose()
}

fn at_pinned(mut row: Row) -> Result<(Tool, Level)> {
    let pinned = row.pinned_version.take().zip(row.pinned.take());
    let (tool, level) = row.into_tool()?;
    let tool = match pinned {
        Some((version, snapshot)) => super::versions::at(tool, version, snapshot)?,
        None => tool,
    };
    Ok((tool, level))
}

/// The organization's tool of this name, whoever may see it.
pub(super) async fn id_of(tx: &mut TenantTx, name: &str) -> Result<Option<ToolId>> {
    let id = sqlx::query_scalar!("select id from tools where organization_id = current_organization() and name = $1", name)
        .fetch_optional(&mut **tx)
        .await?;
    Ok(id.map(ToolId))
}

/// Holds the row, so that two changes come one after the other.
pub(crate) async fn lock(tx: &mut TenantTx, id: ToolId) -> Result<()> {
    sqlx::query!("select id from tools where id = $1 for update", id.0).fetch_optional(&mut **tx).await?;
    Ok(())
}

pub(super) async fn category_exists(tx: &mut TenantTx, id: CategoryId) -> Result<bool> {
    Ok(sqlx::query_scalar!(r#"select exists (select from tool_categories where id = $1) as "exists!""#, id.0).fetch_one(&mut **tx).await?)
}

fn json<T: serde::Serialize>(value: &T) -> Result<Value> {
    serde_json::to_value(value).map_err(|error| Error::Internal(error.into()))
}

pub(super) async fn insert(
    tx: &mut TenantTx,
    actor: &Actor,
    id: ToolId,
    tool: &NewTool,
    function_schema: &Value,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        r#"insert into tools (id, organization_id, name, display_name, description, icon, category_id, tags, kind, input_schema, output_schema, function_schema,
             static_config, config_metadata, api_spec, script_content, test_content, executor_config, status, is_async, attach_to_agent,
             execute_on_call_start, timeout_ms, rate_limit_per_minute, rate_limit_per_hour, retry_policy, cost_per_call, visibility, owner_id, owner_type,
             created_at, updated_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27::float8::numeric, $28, $29, 'user', $30, $30)"#,
        id.0,
        actor.organization_id.0,
        tool.name,
        tool.display_name,
        tool.description,
        tool.icon,
        tool.category_id.map(|id| id.0),
        &tool.tags,
        tool.kind.as_str(),
        tool.input_schema,
        tool.output_schema,
        function_schema,
        Value::Object(tool.static_config.clone()),
        tool.config_metadata,
        tool.api_spec.as_ref().map(json).transpose()?,
        tool.script_content,
        tool.test_content,
        tool.executor_config,
        tool.status.as_str(),
        tool.is_async,
        tool.attach_to_agent,
        tool.execute_on_call_start,
        tool.timeout_ms,
        tool.rate_limit_per_minute,
        tool.rate_limit_per_hour,
        json(&tool.retry_policy)?,
        tool.cost_per_call,
        tool.visibility.as_str(),
        actor.user_id.0,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn replace(tx: &mut TenantTx, id: ToolId, tool: &NewTool, function_schema: &Value, version: i32) -> Result<()> {
    sqlx::query!(
        r#"update tools set name = $2, display_name = $3, description = $4, icon = $5, category_id = $6, tags = $7, input_schema = $8, output_schema = $9,
             function_schema = $10, static_config = $11, config_metadata = $12, api_spec = $13, script_content = $14, test_content = $15, executor_config = $16,
             is_async = $17, attach_to_agent = $18, execute_on_call_start = $19, timeout_ms = $20, rate_limit_per_minute = $21, rate_limit_per_hour = $22,
             retry_policy = $23, cost_per_call = $24::float8::numeric, visibility = $25, version = $26
           where id = $1"#,
        id.0,
        tool.name,
        tool.display_name,
        tool.description,
        tool.icon,
        tool.category_id.map(|id| id.0),
        &tool.tags,
        tool.input_schema,
        tool.output_schema,
        function_schema,
        Value::Object(tool.static_config.clone()),
        tool.config_metadata,
        tool.api_spec.as_ref().map(json).transpose()?,
        tool.script_content,
        tool.test_content,
        tool.executor_config,
        tool.is_async,
        tool.attach_to_agent,
        tool.execute_on_call_start,
        tool.timeout_ms,
        tool.rate_limit_per_minute,
        tool.rate_limit_per_hour,
        json(&tool.retry_policy)?,
        tool.cost_per_call,
        tool.visibility.as_str(),
        version
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn set_status(tx: &mut TenantTx, id: ToolId, status: Status) -> Result<()> {
    sqlx::query!("update tools set status = $2 where id = $1", id.0, status.as_str()).execute(&mut **tx).await?;
    Ok(())
}

pub(super) async fn what_goes(tx: &mut TenantTx, id: ToolId) -> Result<Goes> {
    let row = sqlx::query!(
        r#"select (select count(*) from tool_versions where tool_id = $1::uuid) as "versions!", (select count(*) from tool_grants where tool_id = $1) as "grants!",
             array(select a.display_name from agent_tools t join agents a on a.id = t.agent_id where t.tool_id = $1 order by 1) as "agents!",
             array(select w.display_name from workflows w
                   where jsonb_path_exists(w.definition, '$.nodes[*] ? (@.toolId == $id)', jsonb_build_object('id', $1::uuid::text)) order by 1) as "workflows!""#,
        id.0
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(Goes { versions: row.versions, grants: row.grants, agents: row.agents, workflows: row.workflows })
}

pub(super) async fn delete(tx: &mut TenantTx, id: ToolId) -> Result<()> {
    sqlx::query!("delete from tools where id = $1", id.0).execute(&mut **tx).await?;
    Ok(())
}

pub(super) async fn insert_version(
    tx: &mut TenantTx,
    actor: &Actor,
    tool: ToolId,
    version: i32,
    changelog: &str,
    snapshot: &Value,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into tool_versions (id, organization_id, tool_id, version, changelog, snapshot, created_by, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8)",
        uuid::Uuid::now_v7(),
        actor.organization_id.0,
        tool.0,
        version,
        changelog,
        snapshot,
        actor.user_id.0,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// One version, if there is one of this number.
pub(super) async fn version(tx: &mut TenantTx, tool: ToolId, version: i32) -> Result<Option<ToolVersion>> {
    Ok(versions(tx, tool, version.checked_add(1), Some(1)).await?.pop().filter(|found| found.version == version))
}

/// Newest first: all, or `limit` of those before the version `before`.
pub(super) async fn versions(tx: &mut TenantTx, tool: ToolId, before: Option<i32>, limit: Option<i64>) -> Result<Vec<ToolVersion>> {
    let rows = sqlx::query!(
        r#"select v.version, v.changelog, v.snapshot, v.created_by, u.name as "created_by_name?", v.created_at
           from tool_versions v left join users u on u.id = v.created_by
           where v.tool_id = $1 and ($2::integer is null or v.version < $2) order by v.version desc limit $3"#,
        tool.0,
        before,
        limit
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| ToolVersion {
            version: row.version,
            changelog: row.changelog,
            snapshot: row.snapshot,
            created_by: row.created_by.map(UserId),
            created_by_name: row.created_by_name,
            created_at: row.created_at,
        })
        .collect())
}
