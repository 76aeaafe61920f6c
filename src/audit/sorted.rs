//! The audit log in another order than the newest first.

use super::{AuditFilter, AuditOrder, AuditPage, AuditSort, SORTED, store};
use crate::{
    db::TenantTx,
    error::{Error, Result},
    page::{decode_place, encode_place},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Where a page ended: the order, what its last entry is sorted by (one of the two), and its id.
#[derive(Serialize, Deserialize)]
struct Place {
    order: AuditOrder,
    text: Option<String>,
    at: Option<DateTime<Utc>>,
    id: Uuid,
}

pub(super) async fn page(tx: &mut TenantTx, filter: &AuditFilter, cursor: Option<&str>, limit: i64) -> Result<AuditPage> {
    let AuditOrder { sort, descending } = filter.order;
    let after: Option<Place> = cursor.map(decode_place).transpose()?;
    let by_time = sort == AuditSort::When;
    if after.as_ref().is_some_and(|place| place.order != filter.order || place.at.is_some() != by_time || place.text.is_some() == by_time) {
        return Err(Error::Malformed("This cursor is none that was given out in this order.".to_owned()));
    }
    // By time all of them, the oldest first, as the index has them: the window begins where the page does.
    let window = if by_time { limit + 1 } else { SORTED };
    sqlx::query!("set local plan_cache_mode = force_custom_plan").execute(&mut **tx).await?;
    let rows = sqlx::query!(
        r#"with window_ as materialized (
             select id, created_at, actor_name, action, object_type, object_name, address from audit_log
             where ($1::text is null or action = $1 or starts_with(action, $1 || '.')) and ($2::uuid is null or actor_id = $2)
               and ($3::text is null or object_type = $3) and ($4::timestamptz is null or created_at >= $4)
               and ($5::timestamptz is null or created_at < $5) and ($6::uuid is null or object_id = $6)
               and (not $7 or $11::uuid is null or (created_at, id) > ($13::timestamptz, $11))
             order by case when $7 then created_at end, case when $7 then id end, created_at desc, id desc limit $8::bigint + 1
           ), seen as (select * from window_ limit $8), keyed as (
             select id, case when $7 then created_at end as time_key,
               case $9 when 'who' then lower(actor_name) when 'action' then action when 'object' then lower(object_type || ' ' || object_name)
                 when 'address' then coalesce(host(address), '') end as text_key
             from seen
           )
           select id as "id!", text_key, time_key, (select count(*) from window_) as "seen!" from keyed
           where $7 or $11 is null or case when $10 then (text_key, id) < ($12::text, $11) else (text_key, id) > ($12, $11) end
           order by time_key, case when not $10::boolean then text_key end, case when $10 then text_key end desc,
             case when not $10 then id end, case when $10 then id end desc
           limit $14"#,
        filter.action,
        filter.actor,
        filter.object_type,
        filter.from,
        filter.until,
        filter.object_id,
        by_time,
        window,
        sort.as_str(),
        descending,
        after.as_ref().map(|place| place.id),
        after.as_ref().and_then(|place| place.text.clone()),
        after.as_ref().and_then(|place| place.at),
        limit + 1
    )
    .fetch_all(&mut **tx)
    .await?;
    let is_cut = !by_time && rows.first().is_some_and(|row| row.seen > window);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let last = (rows.len() > limit).then(|| rows.get(limit - 1)).flatten();
    let next_cursor =
        last.map(|row| encode_place(&Place { order: filter.order, text: row.text_key.clone(), at: row.time_key, id: row.id }));
    let ids: Vec<Uuid> = rows.iter().take(limit).map(|row| row.id).collect();
    let mut items = store::of_ids(tx, &ids).await?;
    items.sort_by_key(|entry| ids.iter().position(|id| *id == entry.id.0));
    Ok(AuditPage { items, next_cursor, is_cut })
}
