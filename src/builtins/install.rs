//! Writes the platform tools of this release to the database.

use super::{Builtin, DEFINITIONS, all};
use crate::{
    ids::ToolId,
    tools::{Kind, NewTool, Status, Visibility, check},
};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};

/// The tool as the registry keeps it.
#[must_use]
pub fn definition(builtin: &Builtin) -> NewTool {
    let mut tool = NewTool::new(builtin.name, Kind::Builtin);
    tool.display_name = builtin.display_name.to_owned();
    tool.description = builtin.description.to_owned();
    tool.icon = Some(builtin.icon.to_owned());
    tool.tags = vec!["platform".to_owned()];
    tool.input_schema = builtin.inputs.clone();
    tool.output_schema = builtin.outputs.clone();
    tool.config_metadata = json!({"examples": builtin.examples});
    tool.status = Status::Active;
    tool.visibility = Visibility::Platform;
    crate::schema::meta::add_draft(&mut tool.input_schema);
    crate::schema::meta::add_draft(&mut tool.output_schema);
    tool
}

/// The same in every database, so that workflows and agents can be carried from one to another.
#[must_use]
pub fn id_of(name: &str) -> ToolId {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&crate::random::hash(&format!("toolcrib platform tool {name}"))[..16]);
    ToolId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

/// As the owner of the schema. What a release changed becomes a new version; what it leaves alone is not touched.
pub async fn install(owner: &PgConnectOptions) -> Result<(), sqlx::Error> {
    install_as(owner, DEFINITIONS, all().iter().map(definition)).await
}

/// The definitions of the release that counts them as `version`. Where a newer release has written its own, nothing happens.
pub async fn install_as(owner: &PgConnectOptions, version: i32, tools: impl Iterator<Item = NewTool>) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect_with(owner).await?;
    let mut tx = connection.begin().await?;
    // Several servers may start at once.
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('toolcrib platform tools', 0))").execute(&mut *tx).await?;
    let written = sqlx::query_scalar!(
        "insert into platform_definitions (version) values ($1) on conflict (one) do update set version = $1 where platform_definitions.version <= $1 returning version",
        version
    )
    .fetch_optional(&mut *tx)
    .await?;
    if written.is_none() {
        tracing::warn!("a newer release has written the platform tools; they stay as they are");
        tx.rollback().await?;
        return connection.close().await;
    }
    for tool in tools {
        let function = check::function_schema(&tool.name, &tool.description, &tool.input_schema, &tool.static_config);
        let snapshot = json!({
            "name": tool.name, "display_name": tool.display_name, "icon": tool.icon, "description": tool.description, "kind": tool.kind,
            "input_schema": tool.input_schema, "output_schema": tool.output_schema, "function_schema": function, "config_metadata": tool.config_metadata,
        });
        write(&mut tx, &tool, &function, &snapshot).await?;
    }
    tx.commit().await?;
    connection.close().await
}

async fn write(tx: &mut PgConnection, tool: &NewTool, function: &Value, snapshot: &Value) -> Result<(), sqlx::Error> {
    let id = id_of(&tool.name).0;
    let version = sqlx::query_scalar!(
        r#"insert into tools (id, organization_id, name, display_name, description, icon, tags, kind, input_schema, output_schema, function_schema, config_metadata,
             status, timeout_ms, visibility, owner_type)
           values ($1, null, $2, $3, $4, $5, $6, 'builtin', $7, $8, $9, $10, 'active', 30000, 'platform', 'platform')
           on conflict (id) do update set display_name = $3, description = $4, icon = $5, tags = $6, input_schema = $7, output_schema = $8, function_schema = $9,
             config_metadata = $10, version = tools.version + 1
           where (tools.display_name, tools.description, tools.icon, tools.tags, tools.input_schema, tools.output_schema, tools.function_schema, tools.config_metadata)
             is distinct from ($3, $4, $5, $6, $7, $8, $9, $10)
           returning version"#,
        id,
        tool.name,
        tool.display_name,
        tool.description,
        tool.icon,
        &tool.tags,
        tool.input_schema,
        tool.output_schema,
        function,
        tool.config_metadata,
    )
    .fetch_optional(&mut *tx)
    .await?;
    if let Some(version) = version {
        sqlx::query!(
            "insert into tool_versions (id, organization_id, tool_id, version, changelog, snapshot) values ($1, null, $2, $3, $4, $5)",
            uuid::Uuid::now_v7(),
            id,
            version,
            format!("Toolcrib {}", env!("CARGO_PKG_VERSION")),
            snapshot,
        )
        .execute(tx)
        .await?;
    }
    Ok(())
}
