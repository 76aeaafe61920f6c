//! Executions in another order than the newest first: which ones, by id.

use super::Reader;
use crate::{
    db::TenantTx,
    error::{Error, Result},
    executions::{ExecutionFilter, ExecutionOrder, ExecutionSort, SORTED, Status},
    page::{decode_place, encode_place},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One page of ids in their order.
pub(super) struct Places {
    pub ids: Vec<Uuid>,
    pub next_cursor: Option<String>,
    /// Older ones match as well, which were not put in order.
    pub is_cut: bool,
}

/// Where a page ended: the order, the key of its last execution (one of the two), and its id.
#[derive(Serialize, Deserialize)]
struct Place {
    order: ExecutionOrder,
    text: Option<String>,
    number: Option<f64>,
    id: Uuid,
}

/// `among`: of these only.
pub(super) async fn places(
    tx: &mut TenantTx,
    reader: Reader,
    filter: &ExecutionFilter,
    among: Option<&[Uuid]>,
    limit: i64,
) -> Result<Places> {
    let ExecutionOrder { sort, descending } = filter.order;
    let after: Option<Place> = filter.cursor.as_deref().map(decode_place).transpose()?;
    let is_number = matches!(sort, ExecutionSort::When | ExecutionSort::Duration | ExecutionSort::Cost);
    if after
        .as_ref()
        .is_some_and(|place| place.order != filter.order || place.number.is_some() != is_number || place.text.is_some() == is_number)
    {
        return Err(Error::Malformed("The cursor is not one that this list gave in this order.".to_owned()));
    }
    // By time all of them, the oldest first, as the index has them: the window begins where the page does.
    let by_time = sort == ExecutionSort::When && !descending && among.is_none();
    let window = if by_time { limit + 1 } else { SORTED };
    sqlx::query!("set local plan_cache_mode = force_custom_plan").execute(&mut **tx).await?;
    let rows = sqlx::query!(
        r#"with window_ as materialized (
             select id, created_at, tool_name, tool_kind, status, source, duration_ms, cost from tool_executions
             where ($1 or ($3::uuid is null and user_id = $2) or agent_id = $3)
               and ($4::uuid is null or tool_id = $4) and ($5::uuid is null or agent_id = $5)
               and ($6::uuid is null or session_id = $6) and ($7::uuid is null or run_id = $7)
               and ($8::text is null or status = $8) and ($9::text is null or source = $9)
               and ($10::timestamptz is null or created_at >= $10) and ($11::timestamptz is null or created_at < $11)
               and ($12::uuid[] is null or id = any ($12))
               and (not $13 or $17::uuid is null or (created_at, id) > (to_timestamp(0) + $19::float8 * interval '1 microsecond', $17))
             order by case when $13 then created_at end, case when $13 then id end, created_at desc, id desc limit $14::bigint + 1
           ), seen as (select * from window_ limit $14), keyed as (
             select id,
               case $15 when 'tool' then tool_name when 'kind' then tool_kind when 'status' then status when 'source' then source end as text_key,
               case $15 when 'when' then extract(epoch from created_at)::numeric * 1000000 when 'duration' then coalesce(duration_ms, -1)
                 when 'cost' then coalesce(cost, -1) end::float8 as number_key
             from seen
           )
           select id as "id!", text_key, number_key, (select count(*) from window_) as "seen!" from keyed
           where $17::uuid is null or case
             when $15 in ('tool', 'kind', 'status', 'source')
               then case when $16 then (text_key, id) < ($18::text, $17) else (text_key, id) > ($18, $17) end
             else case when $16 then (number_key, id) < ($19, $17) else (number_key, id) > ($19, $17) end end
           order by case when not $16::boolean then text_key end, case when $16 then text_key end desc,
             case when not $16 then number_key end, case when $16 then number_key end desc,
             case when not $16 then id end, case when $16 then id end desc
           limit $20"#,
        reader.all,
        reader.person,
        reader.agent,
        filter.tool_id.map(|id| id.0),
        filter.agent_id.map(|id| id.0),
        filter.session_id.map(|id| id.0),
        filter.run_id.map(|id| id.0),
        filter.status.map(Status::as_str),
        filter.source.as_deref().filter(|source| !source.is_empty()),
        filter.from,
        filter.to,
        among,
        by_time,
        window,
        sort.as_str(),
        descending,
        after.as_ref().map(|place| place.id),
        after.as_ref().and_then(|place| place.text.clone()),
        after.as_ref().and_then(|place| place.number),
        limit + 1
    )
    .fetch_all(&mut **tx)
    .await?;
    let is_cut = !by_time && rows.first().is_some_and(|row| row.seen > window);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let last = (rows.len() > limit).then(|| rows.get(limit - 1)).flatten();
    let next_cursor =
        last.map(|row| encode_place(&Place { order: filter.order, text: row.text_key.clone(), number: row.number_key, id: row.id }));
    Ok(Places { ids: rows.iter().take(limit).map(|row| row.id).collect(), next_cursor, is_cut })
}
