-- Ends calls of one tool and counts them. Answers with those that had ended before, because their server was taken for dead: what was
-- recorded first stands, and they are counted already.
--
-- Each row by its whole key. Joined with the rows of `ends`, the table was read by the index of its organization as long as the planner took it
-- for small, which a new month's partition is: the time of a call grew with the number of calls. The plan is the same for all values, found once
-- per connection. The condition on the status stands in a `case`, so that the partial index of open executions is no way to answer it.
create or replace function end_calls(organization uuid, tool uuid, ends jsonb) returns setof uuid language plpgsql
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off as $$
declare
  one record;
  did_run boolean;
  ended uuid[] := '{}';
  ran integer := 0;
  ran_last timestamptz;
  newest timestamptz;
  this_minute timestamptz;
  minutes timestamptz[] := '{}';
  totals execution_rollups[] := '{}';
  total execution_rollups;
  place integer;
  used record;
begin
  perform set_config('app.organization_id', organization::text, true);
  for one in
    select * from jsonb_to_recordset(ends) e (id uuid, created_at timestamptz, status text, outputs jsonb, has_outputs boolean, logs text, warnings jsonb,
      error_class text, error_message text, account jsonb, cost double precision, completed_at timestamptz, duration_ms double precision, bucket integer,
      key_ids uuid[], inputs jsonb, user_prompt text)
  loop
    update tool_executions t set status = one.status, outputs = case when one.has_outputs then coalesce(one.outputs, 'null') end, logs = one.logs,
        warnings = one.warnings, error_class = one.error_class, error_message = one.error_message, account = one.account, cost = one.cost::numeric,
        completed_at = one.completed_at, duration_ms = one.duration_ms, key_id = one.key_ids[1],
        inputs = coalesce(one.inputs, t.inputs), user_prompt = coalesce(one.user_prompt, t.user_prompt)
      where t.id = one.id and t.created_at = one.created_at and case when t.status in ('pending', 'running') then true end;
    if not found then
      return next one.id;
      continue;
    end if;
    ended := ended || one.id;
    newest := greatest(newest, one.created_at);
    -- Also work that has begun can be refused: by a key that is missing, or a service that takes no more.
    did_run := one.status not in ('unauthorized', 'rate_limited', 'invalid_input');
    if did_run then
      ran := ran + 1;
      ran_last := greatest(ran_last, one.created_at);
    end if;
    this_minute := date_trunc('minute', one.created_at);
    place := array_position(minutes, this_minute);
    if place is null then
      minutes := minutes || this_minute;
      place := cardinality(minutes);
      total := row(organization, tool, this_minute, 0, 0, 0, 0, 0, array_fill(0, array[80]))::execution_rollups;
    else
      total := totals[place];
    end if;
    if did_run then
      total.latency[one.bucket] := total.latency[one.bucket] + 1;
      total.cost := total.cost + coalesce(one.cost::numeric, 0);
      total.duration_ms_sum := total.duration_ms_sum + coalesce(one.duration_ms, 0);
    end if;
    if one.status = 'success' then
      total.success := total.success + 1;
    elsif did_run then
      total.failed := total.failed + 1;
    else
      total.refused := total.refused + 1;
    end if;
    totals[place] := total;
  end loop;
  if cardinality(ended) = 0 then
    return;
  end if;
  -- In one order for everybody, so that nobody waits for each other.
  for total in select * from unnest(totals) t order by t.minute loop
    insert into execution_rollups as r select total.*
      on conflict on constraint execution_rollups_pkey do update set success = r.success + excluded.success, failed = r.failed + excluded.failed,
        refused = r.refused + excluded.refused, cost = r.cost + excluded.cost, duration_ms_sum = r.duration_ms_sum + excluded.duration_ms_sum,
        latency = add_counts(r.latency, excluded.latency);
  end loop;
  if ran > 0 then
    update tools t set execution_count = t.execution_count + ran, last_executed_at = greatest(t.last_executed_at, ran_last) where t.id = tool;
    -- The wall keeps platform tools from being changed: each organization counts its calls of them apart.
    if not found then
      insert into platform_tool_uses as u (organization_id, tool_id, execution_count, last_executed_at)
        select organization, t.id, ran, ran_last from tools t where t.id = tool and t.organization_id is null
        on conflict on constraint platform_tool_uses_pkey do update set execution_count = u.execution_count + excluded.execution_count,
          last_executed_at = greatest(u.last_executed_at, excluded.last_executed_at);
    end if;
  end if;
  if jsonb_path_exists(ends, '$[*].key_ids[*]') then
    for used in
      select key as id, count(*) as times from jsonb_to_recordset(ends) e (id uuid, key_ids uuid[]), unnest(e.key_ids) key
      where e.id = any (ended) group by key order by key
    loop
      insert into tool_key_usage as u (organization_id, key_id, shard, usage_count, last_used_at)
        select organization, k.id, (pg_backend_pid() % 16)::smallint, used.times, newest from tool_keys k where k.id = used.id
        on conflict on constraint tool_key_usage_pkey do update set usage_count = u.usage_count + excluded.usage_count,
          last_used_at = greatest(u.last_used_at, excluded.last_used_at);
    end loop;
  end if;
end $$;

