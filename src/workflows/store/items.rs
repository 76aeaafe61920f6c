//! The items of a `for_each`, as people leaf through them.

use super::stored;
use crate::{db::TenantTx, error::Result, ids::RunId, workflows::RunItem};

pub(in crate::workflows) async fn items(
    tx: &mut TenantTx,
    run: RunId,
    node: &str,
    status: Option<&str>,
    after: i32,
    limit: i64,
) -> Result<Vec<RunItem>> {
    let rows = sqlx::query!(
        "select item, result from workflow_run_items
         where run_id = $1 and node_id = $2 and ($3::text is null or status = $3) and item > $4 order by item limit $5",
        run.0,
        node,
        status,
        after,
        limit
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter().map(|row| Ok(RunItem { index: row.item, result: stored(row.result)? })).collect()
}
