//! Tools that are gone.

use crate::{db::TenantTx, error::Result, ids::ToolId};
use std::collections::BTreeMap;
use uuid::Uuid;

pub(in crate::workflows) async fn deleted_tools(tx: &mut TenantTx, ids: &[ToolId]) -> Result<BTreeMap<ToolId, String>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"select object_id as "object_id!", object_name from audit_log where action = 'tool.delete' and object_id = any ($1)"#,
        &ids
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| (ToolId(row.object_id), row.object_name)).collect())
}
