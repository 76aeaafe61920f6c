//! How a tool's tests ended last: one row a tool.

use super::TestRun;
use crate::{
    db::TenantTx,
    error::{Error, Result},
    ids::{OrganizationId, ToolId, UserId},
};

pub(super) async fn find(tx: &mut TenantTx, tool: ToolId, fingerprint: &[u8]) -> Result<Option<TestRun>> {
    let row = sqlx::query!(
        r#"select version, fingerprint = $2 as "is_current!", passed, error, results, ran_by, ran_at, duration_ms from tool_test_results where tool_id = $1"#,
        tool.0,
        fingerprint
    )
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| {
        Ok(TestRun {
            version: row.version,
            is_current: row.is_current,
            passed: row.passed,
            error: row.error,
            results: serde_json::from_value(row.results).map_err(|error| Error::Internal(error.into()))?,
            ran_by: row.ran_by.map(UserId),
            ran_at: row.ran_at,
            duration_ms: row.duration_ms,
        })
    })
    .transpose()
}

pub(super) async fn keep(tx: &mut TenantTx, organization: OrganizationId, tool: ToolId, fingerprint: &[u8], run: &TestRun) -> Result<()> {
    let results = serde_json::to_value(&run.results).map_err(|error| Error::Internal(error.into()))?;
    sqlx::query!(
        "insert into tool_test_results (tool_id, organization_id, version, fingerprint, passed, error, results, ran_by, ran_at, duration_ms)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict (tool_id) do update set version = excluded.version, fingerprint = excluded.fingerprint, passed = excluded.passed,
           error = excluded.error, results = excluded.results, ran_by = excluded.ran_by, ran_at = excluded.ran_at, duration_ms = excluded.duration_ms",
        tool.0,
        organization.0,
        run.version,
        fingerprint,
        run.passed,
        run.error,
        results,
        run.ran_by.map(|user| user.0),
        run.ran_at,
        run.duration_ms
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
