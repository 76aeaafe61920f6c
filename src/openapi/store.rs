//! All SQL of OpenAPI documents.

use super::OpenapiDocument;
use crate::{
    actor::Actor,
    db::TenantTx,
    error::{Error, Result},
    ids::{OpenapiDocumentId, ToolId},
    openapi::read::Document,
    tools::{Tool, access::Asker},
};
use chrono::{DateTime, Utc};
use serde_json::Value;

pub(super) async fn list(tx: &mut TenantTx, only: Option<OpenapiDocumentId>) -> Result<Vec<OpenapiDocument>> {
    let rows = sqlx::query!(
        r#"select id, title, version, url, base_url, operations, created_at, updated_at,
             (select count(*) from tools t where t.config_metadata ? 'openapi' and t.config_metadata -> 'openapi' ->> 'document_id' = d.id::text) as "tools!"
           from openapi_documents d where $1::uuid is null or id = $1 order by lower(title), id"#,
        only.map(|id| id.0)
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| OpenapiDocument {
            id: OpenapiDocumentId(row.id),
            title: row.title,
            version: row.version,
            url: row.url,
            base_url: row.base_url,
            operations: row.operations,
            tools: row.tools,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
        .collect())
}

/// The document and its text.
pub(super) async fn find(tx: &mut TenantTx, id: OpenapiDocumentId) -> Result<(OpenapiDocument, Value)> {
    let found = list(tx, Some(id)).await?.pop().ok_or(Error::NotFound("OpenAPI document"))?;
    let document = sqlx::query_scalar!("select document from openapi_documents where id = $1", id.0).fetch_one(&mut **tx).await?;
    Ok((found, document))
}

pub(super) async fn insert(
    tx: &mut TenantTx,
    actor: &Actor,
    id: OpenapiDocumentId,
    document: &Document,
    url: Option<&str>,
    operations: i32,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        r#"insert into openapi_documents (id, organization_id, title, version, url, base_url, document, operations, created_by, created_at, updated_at)
           values ($1, $2, $3, $4, $5, $6, $7::text::json, $8, $9, $10, $10)"#,
        id.0,
        actor.organization_id.0,
        document.title,
        document.version,
        url,
        document.base_url,
        // As text: sqlx sends JSON as jsonb, which keeps no order.
        document.value.to_string(),
        operations,
        actor.user_id.0,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn replace(
    tx: &mut TenantTx,
    id: OpenapiDocumentId,
    document: &Document,
    url: Option<&str>,
    operations: i32,
) -> Result<()> {
    sqlx::query!(
        "update openapi_documents set title = $2, version = $3, url = $4, base_url = $5, document = $6::text::json, operations = $7 where id = $1",
        id.0,
        document.title,
        document.version,
        url,
        document.base_url,
        // As text: sqlx sends JSON as jsonb, which keeps no order.
        document.value.to_string(),
        operations
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn delete(tx: &mut TenantTx, id: OpenapiDocumentId) -> Result<()> {
    sqlx::query!("delete from openapi_documents where id = $1", id.0).execute(&mut **tx).await?;
    Ok(())
}

/// The tools that were made from the document, whoever may see them: their names are taken either way.
pub(super) async fn tools_of(tx: &mut TenantTx, actor: &Actor, id: OpenapiDocumentId, now: DateTime<Utc>) -> Result<Vec<Tool>> {
    let ids = sqlx::query_scalar!(
        "select id from tools where config_metadata ? 'openapi' and config_metadata -> 'openapi' ->> 'document_id' = $1 order by id",
        id.0.to_string()
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut tools = Vec::with_capacity(ids.len());
    for id in ids {
        if let Some((tool, _)) = crate::tools::store::find(tx, Asker::of(actor), ToolId(id), now).await? {
            tools.push(tool);
        }
    }
    Ok(tools)
}

/// The names of all tools of the organization.
pub(super) async fn names(tx: &mut TenantTx) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!("select name from tools where organization_id is not null").fetch_all(&mut **tx).await?)
}
