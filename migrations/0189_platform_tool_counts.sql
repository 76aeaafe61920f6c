-- The calls of a platform tool are counted by organization (see 0141), also where many are written together.
-- Ends calls of one tool and counts them. Answers with those that had ended before, because their server was taken for dead: what was
-- recorded first stands, and they are counted already.
-- Rows are found by their key whatever the planner believes of the table: a plan is kept for long, and a month's partition begins empty.
create or replace function end_calls(organization uuid, tool uuid, ends jsonb) returns setof uuid language plpgsql
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  ended record;
  used record;
begin
  perform set_config('app.organization_id', organization::text, true);
  with done as (
    update tool_executions t set status = one.status, outputs = case when one.has_outputs then coalesce(one.outputs, 'null') end, logs = one.logs,
        warnings = one.warnings, error_class = one.error_class, error_message = one.error_message, account = one.account, cost = one.cost::numeric,
        completed_at = one.completed_at, duration_ms = one.duration_ms, key_id = one.key_ids[1],
        inputs = coalesce(one.inputs, t.inputs), user_prompt = coalesce(one.user_prompt, t.user_prompt)
    from jsonb_to_recordset(ends) one (id uuid, created_at timestamptz, status text, outputs jsonb, has_outputs boolean, logs text, warnings jsonb,
      error_class text, error_message text, account jsonb, cost double precision, completed_at timestamptz, duration_ms double precision, bucket integer,
      key_ids uuid[], inputs jsonb, user_prompt text)
    where t.id = one.id and t.created_at = one.created_at and t.status in ('pending', 'running')
    -- Also work that has begun can be refused: by a key that is missing, or a service that takes no more.
    returning t.id, t.created_at, one.status, one.cost, one.duration_ms, one.bucket, one.key_ids,
      one.status not in ('unauthorized', 'rate_limited', 'invalid_input') as ran
  ), counted as (
    insert into execution_rollups as r (organization_id, tool_id, minute, success, failed, refused, cost, duration_ms_sum, latency)
    select organization, tool, date_trunc('minute', d.created_at), count(*) filter (where d.status = 'success'),
      count(*) filter (where d.ran and d.status <> 'success'), count(*) filter (where not d.ran),
      coalesce(sum(d.cost::numeric) filter (where d.ran), 0), coalesce(sum(d.duration_ms) filter (where d.ran), 0),
      histogram_of(coalesce(array_agg(d.bucket) filter (where d.ran), '{}'))
    from done d group by 3 order by 3
    on conflict on constraint execution_rollups_pkey do update set success = r.success + excluded.success, failed = r.failed + excluded.failed,
      refused = r.refused + excluded.refused, cost = r.cost + excluded.cost, duration_ms_sum = r.duration_ms_sum + excluded.duration_ms_sum,
      latency = add_counts(r.latency, excluded.latency)
  )
  select coalesce(array_agg(d.id), '{}') as ids, count(*) filter (where d.ran) as ran, max(d.created_at) filter (where d.ran) as ran_last,
    max(d.created_at) as newest into ended from done d;
  if ended.ran > 0 then
    update tools t set execution_count = t.execution_count + ended.ran, last_executed_at = greatest(t.last_executed_at, ended.ran_last) where t.id = tool;
    -- The wall keeps platform tools from being changed: each organization counts its calls of them apart.
    if not found then
      insert into platform_tool_uses as u (organization_id, tool_id, execution_count, last_executed_at)
        select organization, t.id, ended.ran, ended.ran_last from tools t where t.id = tool and t.organization_id is null
        on conflict on constraint platform_tool_uses_pkey do update set execution_count = u.execution_count + excluded.execution_count,
          last_executed_at = greatest(u.last_executed_at, excluded.last_executed_at);
    end if;
  end if;
  -- In one order for everybody, so that nobody waits for each other.
  if jsonb_path_exists(ends, '$[*].key_ids[*]') then
    for used in
      select key as id, count(*) as times from jsonb_to_recordset(ends) one (id uuid, key_ids uuid[]), unnest(one.key_ids) key
      where one.id = any (ended.ids) group by key order by key
    loop
      insert into tool_key_usage as u (organization_id, key_id, shard, usage_count, last_used_at)
        select organization, k.id, (pg_backend_pid() % 16)::smallint, used.times, ended.newest from tool_keys k where k.id = used.id
        on conflict on constraint tool_key_usage_pkey do update set usage_count = u.usage_count + excluded.usage_count,
          last_used_at = greatest(u.last_used_at, excluded.last_used_at);
    end loop;
  end if;
  if cardinality(ended.ids) < jsonb_array_length(ends) then
    return query select (one ->> 'id')::uuid from jsonb_array_elements(ends) one where (one ->> 'id')::uuid <> all (ended.ids);
  end if;
end $$;
