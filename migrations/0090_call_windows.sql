-- Limits per minute and hour: how many calls a tool, or one agent with a tool, made lately.
--
-- Sliding windows in buckets: 61 seconds for the minute, 61 minutes for the hour. A call counts until its bucket has left the window, that is
-- for 60 to 61 seconds (60 to 61 minutes), so that in no stretch of 60 seconds, wherever it begins, more calls go ahead than allowed. A fixed
-- window would let twice as many through around its edge; a list of moments would grow with the limit. One row of fixed size, taken under
-- its row lock until the call's own transaction ends, is exact however many servers share the database, and costs the same for a limit
-- of 10 and of 100 000. Refused calls are not in it: they are counted in the rollups.
create table call_windows (
  organization_id uuid not null references organizations on delete cascade,
  tool_id uuid not null references tools on delete cascade,
  agent_id uuid not null default '00000000-0000-0000-0000-000000000000', -- nil: all callers together
  second bigint not null, -- of the newest bucket, since 1970
  seconds integer[] not null,
  minute bigint not null,
  minutes integer[] not null,
  primary key (organization_id, tool_id, agent_id)
);
alter table call_windows enable row level security;
alter table call_windows force row level security;
create policy call_windows_wall on call_windows using (organization_id = current_organization()) with check (organization_id = current_organization());
grant select, insert, update, delete on call_windows to toolcrib_app;

-- An agent's own limit with a tool, beside the tool's.
alter table agent_tools
  add column rate_limit_per_minute integer check (rate_limit_per_minute > 0),
  add column rate_limit_per_hour integer check (rate_limit_per_hour > 0);

-- The buckets moved on to `now`: what is older than 60 of them falls out. A server whose clock lags counts into the newest bucket.
create function shift_counts(counts integer[], newest bigint, now bigint) returns integer[] language sql immutable strict parallel safe as $$
  select case
    when now <= newest then counts
    when now - newest >= 61 then array_fill(0, array[61])
    else counts[(now - newest)::integer + 1 : 61] || array_fill(0, array[(now - newest)::integer])
  end
$$;

create function sum_counts(counts integer[]) returns integer language sql immutable parallel safe as $$
  select coalesce(sum(c), 0)::integer from unnest(counts) c
$$;

-- After how many buckets a call would fit again.
create function buckets_to_wait(counts integer[], allowed integer) returns integer language sql immutable parallel safe as $$
  select min(i) from generate_series(1, 61) i where sum_counts(counts[i + 1 : 61]) < allowed
$$;

-- The window of a tool (or of one agent with it), locked and moved on to `at`.
create function lock_call_window(organization uuid, tool uuid, agent uuid, at timestamptz) returns call_windows language plpgsql as $$
declare
  held call_windows;
  this_second bigint := floor(extract(epoch from at));
  this_minute bigint := this_second / 60;
begin
  select * into held from call_windows w where w.organization_id = organization and w.tool_id = tool and w.agent_id = agent for update;
  if held.tool_id is null then
    insert into call_windows values (organization, tool, agent, this_second, array_fill(0, array[61]), this_minute, array_fill(0, array[61]))
      on conflict do nothing;
    select * into held from call_windows w where w.organization_id = organization and w.tool_id = tool and w.agent_id = agent for update;
  end if;
  held.seconds := shift_counts(held.seconds, held.second, this_second);
  held.second := greatest(held.second, this_second);
  held.minutes := shift_counts(held.minutes, held.minute, this_minute);
  held.minute := greatest(held.minute, this_minute);
  return held;
end $$;

-- Takes one call out of what is allowed, or says what refuses it: nothing comes back, or one row. Either all limits take the call or none.
create function take_call(organization uuid, tool uuid, agent uuid, at timestamptz, per_minute integer, per_hour integer)
  returns table (is_agent boolean, word text, allowed integer, wait_seconds integer) language plpgsql as $$
declare
  nobody constant uuid := '00000000-0000-0000-0000-000000000000';
  subjects uuid[] := '{}';
  minute_limits integer[] := '{}';
  hour_limits integer[] := '{}';
  windows call_windows[] := '{}';
  taken call_windows;
  agent_minute integer;
  agent_hour integer;
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
    taken := lock_call_window(organization, tool, subjects[i], at);
    if sum_counts(taken.seconds) >= minute_limits[i] then
      return query select subjects[i] <> nobody, 'minute', minute_limits[i], buckets_to_wait(taken.seconds, minute_limits[i]);
      return;
    end if;
    if sum_counts(taken.minutes) >= hour_limits[i] then
      return query select subjects[i] <> nobody, 'hour', hour_limits[i], buckets_to_wait(taken.minutes, hour_limits[i]) * 60 - (taken.second % 60)::integer;
      return;
    end if;
    taken.seconds[61] := taken.seconds[61] + 1;
    taken.minutes[61] := taken.minutes[61] + 1;
    windows := windows || taken;
  end loop;
  for i in 1 .. cardinality(windows) loop
    taken := windows[i];
    update call_windows w set second = taken.second, seconds = taken.seconds, minute = taken.minute, minutes = taken.minutes
      where w.organization_id = organization and w.tool_id = tool and w.agent_id = taken.agent_id;
  end loop;
end $$;
grant execute on function shift_counts(integer[], bigint, bigint), sum_counts(integer[]), buckets_to_wait(integer[], integer),
  lock_call_window(uuid, uuid, uuid, timestamptz), take_call(uuid, uuid, uuid, timestamptz, integer, integer) to toolcrib_app;
