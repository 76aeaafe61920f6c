-- Calls that come at the same time are recorded together: one statement and one commit for all that wait, whose answers leave only after it.
-- A call alone costs no more than before; a tool that everybody calls at once no longer makes each wait for the others' commits.

-- Everything that is to be known of a token, in one question: also the person's name, and whether the last use needs to be noted.
drop function find_api_token(bytea);
create function find_api_token(hash bytea)
  returns table (id uuid, organization_id uuid, user_id uuid, agent_id uuid, scopes text[], expires_at timestamptz, revoked_at timestamptz, role text,
    user_name text, last_used_at timestamptz)
  language sql stable security definer set search_path = public as $$
  select t.id, t.organization_id, t.user_id, t.agent_id, t.scopes, t.expires_at, t.revoked_at, m.role, u.name, t.last_used_at
  from api_tokens t join users u on u.id = t.user_id
    left join memberships m on m.organization_id = t.organization_id and m.user_id = t.user_id
  where t.token_hash = hash $$;
revoke all on function find_api_token(bytea) from public;
grant execute on function find_api_token(bytea) to toolcrib_app;

-- The primary key begins with the same column.
drop index tool_executions_id_idx;

-- As `take_call`, for several calls at once: how many of them go ahead, and what refuses the rest. As if they came one after the other.
create function take_calls(organization uuid, tool uuid, agent uuid, at timestamptz, per_minute integer, per_hour integer, how_many integer)
  returns table (taken integer, is_agent boolean, word text, allowed integer, wait_seconds integer) language plpgsql as $$
declare
  nobody constant uuid := '00000000-0000-0000-0000-000000000000';
  subjects uuid[] := '{}';
  minute_limits integer[] := '{}';
  hour_limits integer[] := '{}';
  windows call_windows[] := '{}';
  held call_windows;
  agent_minute integer;
  agent_hour integer;
  fitting integer := how_many;
begin
  if per_minute is not null or per_hour is not null then
    subjects := subjects || nobody; minute_limits := minute_limits || per_minute; hour_limits := hour_limits || per_hour;
  end if;
  if agent is not null then
    select a.rate_limit_per_minute, a.rate_limit_per_hour into agent_minute, agent_hour from agent_tools a where a.agent_id = agent and a.tool_id = tool;
    if agent_minute is not null or agent_hour is not null then
      subjects := subjects || agent; minute_limits := minute_limits || agent_minute; hour_limits := hour_limits || agent_hour;
    end if;
  end if;
  -- Always the tool before the agent: nobody waits for each other in a circle.
  for i in 1 .. cardinality(subjects) loop
    held := lock_call_window(organization, tool, subjects[i], at);
    windows := windows || held;
    fitting := least(fitting, coalesce(minute_limits[i] - sum_counts(held.seconds), fitting), coalesce(hour_limits[i] - sum_counts(held.minutes), fitting));
  end loop;
  fitting := greatest(fitting, 0);
  for i in 1 .. cardinality(subjects) loop
    held := windows[i];
    held.seconds[61] := held.seconds[61] + fitting;
    held.minutes[61] := held.minutes[61] + fitting;
    windows[i] := held;
    if fitting > 0 then
      update call_windows w set second = held.second, seconds = held.seconds, minute = held.minute, minutes = held.minutes
        where w.organization_id = organization and w.tool_id = tool and w.agent_id = subjects[i];
    end if;
  end loop;
  if fitting = how_many then
    return query select fitting, null::boolean, null::text, null::integer, null::integer;
    return;
  end if;
  -- The first limit that is full now refuses the rest.
  for i in 1 .. cardinality(subjects) loop
    held := windows[i];
    if sum_counts(held.seconds) >= minute_limits[i] then
      return query select fitting, subjects[i] <> nobody, 'minute', minute_limits[i], buckets_to_wait(held.seconds, minute_limits[i]);
      return;
    end if;
    if sum_counts(held.minutes) >= hour_limits[i] then
      return query select fitting, subjects[i] <> nobody, 'hour', hour_limits[i],
        buckets_to_wait(held.minutes, hour_limits[i]) * 60 - (held.second % 60)::integer;
      return;
    end if;
  end loop;
end $$;

-- One call is the case of one.
create or replace function take_call(organization uuid, tool uuid, agent uuid, at timestamptz, per_minute integer, per_hour integer)
  returns table (is_agent boolean, word text, allowed integer, wait_seconds integer) language sql as $$
  select t.is_agent, t.word, t.allowed, t.wait_seconds from take_calls(organization, tool, agent, at, per_minute, per_hour, 1) t where t.taken = 0 $$;

-- Begins calls of one tool: takes them out of the limits and writes them down as running. What a limit refuses comes back and is not written.
-- The wall stands as everywhere: the role is the application's, and the organization is set for this transaction only.
create function begin_calls(organization uuid, tool uuid, at timestamptz, per_minute integer, per_hour integer, calls jsonb)
  returns table (id uuid, is_agent boolean, word text, allowed integer, wait_seconds integer) language plpgsql as $$
declare
  subject record;
  taken record;
  refused uuid[] := '{}';
begin
  perform set_config('app.organization_id', organization::text, true);
  if per_minute is not null or per_hour is not null or jsonb_path_exists(calls, '$[*].agent_id ? (@ != null)') then
    for subject in
      select c.agent_id, array_agg(c.id order by c.created_at, c.id) as ids
      from jsonb_to_recordset(calls) c (id uuid, agent_id uuid, created_at timestamptz) group by c.agent_id order by c.agent_id nulls first
    loop
      select * into taken from take_calls(organization, tool, subject.agent_id, at, per_minute, per_hour, cardinality(subject.ids));
      if taken.taken < cardinality(subject.ids) then
        refused := refused || subject.ids[taken.taken + 1 :];
        return query select late, taken.is_agent, taken.word, taken.allowed, taken.wait_seconds from unnest(subject.ids[taken.taken + 1 :]) late;
      end if;
    end loop;
  end if;
  insert into tool_executions (id, organization_id, tool_id, tool_name, tool_kind, tool_version, user_id, agent_id, run_id, node_id, item_index, source, status,
      inputs, warnings, trace_id, user_prompt, created_at, started_at, server_id, replay_of)
    select c.id, organization, tool, c.tool_name, c.tool_kind, c.tool_version, c.user_id, c.agent_id, c.run_id, c.node_id, c.item_index, c.source, 'running',
      coalesce(c.inputs, 'null'), c.warnings, c.trace_id, c.user_prompt, c.created_at, c.created_at, c.server_id, c.replay_of
    from jsonb_to_recordset(calls) c (id uuid, tool_name text, tool_kind text, tool_version integer, user_id uuid, agent_id uuid, run_id uuid, node_id text,
      item_index integer, source text, inputs jsonb, warnings jsonb, trace_id text, user_prompt text, created_at timestamptz, server_id uuid, replay_of uuid)
    where c.id <> all (refused);
end $$;

create function add_counts(one integer[], other integer[]) returns integer[] language sql immutable strict parallel safe as $$
  select array_agg(a + b order by place) from unnest(one, other) with ordinality as t (a, b, place)
$$;

-- How often each bucket occurs; buckets are counted from 1.
create function histogram_of(buckets integer[]) returns integer[] language plpgsql immutable strict parallel safe as $$
declare counts integer[] := array_fill(0, array[80]); bucket integer;
begin
  foreach bucket in array buckets loop counts[bucket] := counts[bucket] + 1; end loop;
  return counts;
end $$;

-- Ends calls of one tool and counts them. Answers with those that had ended before, because their server was taken for dead: what was
-- recorded first stands, and they are counted already.
-- Rows are found by their key whatever the planner believes of the table: a plan is kept for long, and a month's partition begins empty.
create function end_calls(organization uuid, tool uuid, ends jsonb) returns setof uuid language plpgsql
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
grant execute on function take_calls(uuid, uuid, uuid, timestamptz, integer, integer, integer),
  begin_calls(uuid, uuid, timestamptz, integer, integer, jsonb), add_counts(integer[], integer[]),
  histogram_of(integer[]), end_calls(uuid, uuid, jsonb) to toolcrib_app;

-- The same words, found in half the time: cut by one replacement and not piece by piece.
create or replace function words_in(text) returns text[] language sql immutable parallel safe set search_path = public as $$
  select coalesce(array_agg(distinct left(word, 100)), '{}')
  from string_to_table(regexp_replace(lower(left($1, 200000)), '[^[:alnum:]]+', ' ', 'g'), ' ') word
  where word <> '' $$;
