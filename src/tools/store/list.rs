//! SQL of lists of tools.

use super::odd;
use crate::{
    db::{TenantTx, like},
    error::{Error, Result},
    ids::{AgentId, CategoryId, ToolId, UserId},
    tools::{Kind, Status, ToolFilter, ToolSort, ToolSummary, Visibility, access::Asker},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Which tools, in their order.
pub(in crate::tools) struct Places {
    pub ids: Vec<ToolId>,
    /// All that match, on whatever page.
    pub total: i64,
    pub next_cursor: Option<String>,
}

/// What the list is sorted by, of one tool. Exactly one is set.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Key {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// Microseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    time: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    number: Option<i64>,
}

/// Where a page ended: order, key and id of its last tool.
#[derive(Debug, Serialize, Deserialize)]
struct Cursor {
    sort: ToolSort,
    descending: bool,
    key: Key,
    id: uuid::Uuid,
}

impl Cursor {
    fn encode(&self) -> Option<String> {
        serde_json::to_vec(self).ok().map(|json| URL_SAFE_NO_PAD.encode(json))
    }

    fn decode(text: &str, order: (ToolSort, bool)) -> Result<Self> {
        let cursor = URL_SAFE_NO_PAD.decode(text).ok().and_then(|json| serde_json::from_slice::<Self>(&json).ok());
        let cursor = cursor.filter(|cursor| (cursor.sort, cursor.descending) == order && cursor.key.fits(cursor.sort));
        cursor.ok_or_else(|| Error::Malformed("The cursor is not one that this list gave in this order.".to_owned()))
    }
}

impl Key {
    fn fits(&self, sort: ToolSort) -> bool {
        let set = (self.text.is_some(), self.time.is_some(), self.number.is_some());
        set == match sort {
            ToolSort::Name | ToolSort::Kind => (true, false, false),
            ToolSort::Created | ToolSort::Updated | ToolSort::LastUsed => (false, true, false),
            ToolSort::Executions | ToolSort::Relevance => (false, false, true),
        }
    }
}

/// One page of ids, and how many match in all.
pub(in crate::tools) async fn places(tx: &mut TenantTx, asker: Asker, filter: &ToolFilter, now: DateTime<Utc>) -> Result<Places> {
    let limit = filter.limit.unwrap_or(50).clamp(1, 100);
    let (sort, descending) = filter.order();
    let cursor = filter.cursor.as_deref().map(|text| Cursor::decode(text, (sort, descending))).transpose()?;
    let text: Option<String> =
        filter.text.as_deref().map(|text| text.trim().to_lowercase().chars().take(200).collect()).filter(|text: &String| !text.is_empty());
    let patterns: Option<Vec<String>> = text.as_deref().map(|text| text.split_whitespace().map(like).collect());
    // Three letters have too few trigrams to be like anything.
    let similar = text.clone().filter(|text| text.chars().count() > 3);
    // One word may be misspelt; of several, one that fits well must not stand for all.
    let alike = if patterns.as_ref().is_some_and(|words| words.len() > 1) { 0.7_f32 } else { 0.5 };
    // What is not asked for folds away only where the plan knows the values; a plan for any values would look at all of it in every row.
    sqlx::query!("set local plan_cache_mode = force_custom_plan").execute(&mut **tx).await?;
    let rows = sqlx::query!(
        r#"with recursive below as (
             select id from tool_categories where id = $9
             union select c.id from tool_categories c join below on c.parent_id = below.id
           ), matching as (
             select (l.tool).id as id, count(*) over () as total,
               case $15 when 'name' then (l.tool).sort_name when 'kind' then (l.tool).kind end as text_key,
               case $15 when 'created' then (l.tool).created_at when 'updated' then (l.tool).updated_at
                 when 'last_used' then coalesce(u.last_executed_at, (l.tool).last_executed_at, 'epoch') end as time_key,
               case $15 when 'executions' then coalesce(u.execution_count, (l.tool).execution_count) when 'relevance' then
                 case when $5::text is null then 0
                   when $5 in ((l.tool).sort_name, (l.tool).name) then 5
                   when starts_with((l.tool).sort_name, $5) or starts_with((l.tool).name, $5) then 4
                   when strpos((l.tool).sort_name, $5) > 0 or strpos((l.tool).name, $5) > 0 then 3
                   when (l.tool).search_text like all ($6::text[]) then 2
                   else 1 end end as number_key
             from tool_levels($1, $2, $3, $4) l
             left join platform_tool_uses u on u.tool_id = (l.tool).id
             where l.level > 0
               and ($6::text[] is null or (l.tool).search_text like all ($6) or word_similarity($22::text, (l.tool).sort_name) >= $24::real)
               and ($7::text is null or (l.tool).kind = $7)
               and ($8::text is null or (l.tool).status = $8)
               and ($9::uuid is null or (l.tool).category_id in (select id from below))
               and ($10::text is null or $10 = any ((l.tool).tags))
               and ($11::uuid is null or ((l.tool).owner_type = 'user' and (l.tool).owner_id = $11))
               and ($12::text is null or (l.tool).visibility = $12)
               and ($13::timestamptz is null or coalesce(u.last_executed_at, (l.tool).last_executed_at) >= $13)
               and ($14::timestamptz is null or coalesce(coalesce(u.last_executed_at, (l.tool).last_executed_at) < $14, true))
               and ($21::uuid is null or exists (select from agent_tools a where a.tool_id = (l.tool).id and a.agent_id = $21))
           )
           select id as "id!", total as "total!", text_key, time_key, number_key::bigint as number_key from matching
           where $17::uuid is null or case
             when $15 in ('name', 'kind') then case when $16 then (text_key, id) < ($18::text, $17) else (text_key, id) > ($18, $17) end
             when $15 in ('created', 'updated', 'last_used') then case when $16 then (time_key, id) < ($19::timestamptz, $17) else (time_key, id) > ($19, $17) end
             else case when $16 then (number_key, id) < ($20::bigint, $17) else (number_key, id) > ($20, $17) end end
           order by case when not $16::boolean then text_key end, case when $16 then text_key end desc,
             case when not $16 then time_key end, case when $16 then time_key end desc,
             case when not $16 then number_key end, case when $16 then number_key end desc,
             case when not $16 then id end, case when $16 then id end desc
           limit $23"#,
        asker.person,
        asker.manager,
        asker.agent,
        now,
        text,
        patterns.as_deref(),
        filter.kind.map(Kind::as_str),
        filter.status.map(Status::as_str),
        filter.category_id.map(|id| id.0),
        filter.tag,
        filter.owner_id.map(|id| id.0),
        filter.visibility.map(Visibility::as_str),
        filter.used_since,
        filter.unused_since,
        sort.as_str(),
        descending,
        cursor.as_ref().map(|cursor| cursor.id),
        cursor.as_ref().and_then(|cursor| cursor.key.text.clone()),
        cursor.as_ref().and_then(|cursor| cursor.key.time).and_then(DateTime::from_timestamp_micros),
        cursor.as_ref().and_then(|cursor| cursor.key.number),
        filter.agent_id.map(|id| id.0),
        similar,
        limit + 1,
        alike
    )
    .fetch_all(&mut **tx)
    .await?;
    let total = rows.first().map_or(0, |row| row.total);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let next_cursor = (rows.len() > limit).then(|| rows.get(limit - 1)).flatten().and_then(|row| {
        let key = Key { text: row.text_key.clone(), time: row.time_key.map(|at| at.timestamp_micros()), number: row.number_key };
        Cursor { sort, descending, key, id: row.id }.encode()
    });
    Ok(Places { ids: rows.into_iter().take(limit).map(|row| ToolId(row.id)).collect(), total, next_cursor })
}

/// What a row of the list shows, in the order of the ids. Ask for ids that may be seen only.
pub(in crate::tools) async fn summaries(tx: &mut TenantTx, ids: &[ToolId]) -> Result<Vec<ToolSummary>> {
    let ids: Vec<uuid::Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"select id, name, display_name, description, icon, kind, status, visibility, owner_id, category_id, tags, version, input_schema,
             function_schema, case when tools.organization_id is null
               then coalesce((select u.execution_count from platform_tool_uses u where u.tool_id = tools.id), 0) else execution_count end as "execution_count!",
             case when tools.organization_id is null
               then (select u.last_executed_at from platform_tool_uses u where u.tool_id = tools.id) else last_executed_at end as last_executed_at, created_at, updated_at
           from tools where id = any ($1)"#,
        &ids
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut found = HashMap::with_capacity(rows.len());
    for row in rows {
        let tool = ToolSummary {
            id: ToolId(row.id),
            name: row.name,
            display_name: row.display_name,
            description: row.description,
            icon: row.icon,
            kind: Kind::parse(&row.kind).ok_or_else(|| odd("kind"))?,
            status: Status::parse(&row.status).ok_or_else(|| odd("status"))?,
            visibility: Visibility::parse(&row.visibility).ok_or_else(|| odd("visibility"))?,
            owner_id: row.owner_id,
            category_id: row.category_id.map(CategoryId),
            tags: row.tags,
            version: row.version,
            input_schema: row.input_schema,
            function_schema: row.function_schema,
            execution_count: row.execution_count,
            last_executed_at: row.last_executed_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        };
        found.insert(row.id, tool);
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// Tags of the tools that may be seen, by name, with their numbers; and the number of those tools.
pub(in crate::tools) async fn tags(tx: &mut TenantTx, asker: Asker, now: DateTime<Utc>) -> Result<(Vec<(String, i64)>, i64)> {
    let rows = sqlx::query!(
        r#"with seen as materialized (select (l.tool).tags as tags from tool_levels($1, $2, $3, $4) l where l.level > 0)
           select tag, count(*) as "number!" from seen, unnest(tags) tag group by tag
           union all select null, count(*) from seen
           order by 1"#,
        asker.person,
        asker.manager,
        asker.agent,
        now
    )
    .fetch_all(&mut **tx)
    .await?;
    let total = rows.iter().find(|row| row.tag.is_none()).map_or(0, |row| row.number);
    Ok((rows.into_iter().filter_map(|row| row.tag.map(|tag| (tag, row.number))).collect(), total))
}

/// `limit` of these tags after one.
pub(in crate::tools) async fn tags_after(
    tx: &mut TenantTx,
    asker: Asker,
    after: Option<&str>,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Vec<(String, i64)>> {
    let rows = sqlx::query!(
        r#"select tag as "tag!", count(*) as "number!" from tool_levels($1, $2, $3, $4) l, unnest((l.tool).tags) tag
           where l.level > 0 and ($5::text is null or tag > $5) group by tag order by tag limit $6"#,
        asker.person,
        asker.manager,
        asker.agent,
        now,
        after,
        limit
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| (row.tag, row.number)).collect())
}

/// People who own tools that may be seen.
pub(in crate::tools) async fn owners(tx: &mut TenantTx, asker: Asker, now: DateTime<Utc>) -> Result<Vec<(UserId, String)>> {
    let rows = sqlx::query!(
        r#"select u.id, u.name from users u
           where u.id in (select (l.tool).owner_id from tool_levels($1, $2, $3, $4) l where l.level > 0 and (l.tool).owner_type = 'user')
           order by lower(u.name), u.id"#,
        asker.person,
        asker.manager,
        asker.agent,
        now
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| (UserId(row.id), row.name)).collect())
}

/// All agents, by name.
pub(in crate::tools) async fn agents(tx: &mut TenantTx) -> Result<Vec<(AgentId, String)>> {
    let rows = sqlx::query!("select id, display_name from agents order by lower(display_name), id limit 1000").fetch_all(&mut **tx).await?;
    Ok(rows.into_iter().map(|row| (AgentId(row.id), row.display_name)).collect())
}

/// Puts another tag in the place of one, or nothing. Says on how many tools.
pub(in crate::tools) async fn replace_tag(tx: &mut TenantTx, tag: &str, name: Option<&str>) -> Result<u64> {
    let done = sqlx::query!(
        r#"update tools set tags = array(
             select changed from (
               select case when old = $1 then $2 else old end as changed, min(place) as first
               from unnest(tags) with ordinality as t (old, place) group by 1
             ) kept where changed is not null order by first)
           where organization_id = current_organization() and $1 = any (tags)"#,
        tag,
        name
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}
