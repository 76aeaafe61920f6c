-- What starts runs of a workflow by itself: webhooks, schedules, calls that begin.
create table workflow_triggers (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  workflow_id uuid not null references workflows on delete cascade,
  kind text not null check (kind in ('webhook', 'schedule', 'call_start')),
  name text not null check (length(name) between 1 and 100),
  is_enabled boolean not null default true,
  version integer, -- null: the newest that is published
  input jsonb not null default '{}', -- fixed values; they win over what comes in
  settings jsonb not null, -- what its kind needs
  user_id uuid not null, -- as whom its runs act: who saved it last
  revision integer not null default 1,
  address text, -- the last part of /v1/hooks/…
  secret_text bytea,
  secret_iv bytea,
  secret_tag bytea,
  secret_changed_at timestamptz,
  old_secret_text bytea, -- the one before, while it still counts
  old_secret_iv bytea,
  old_secret_tag bytea,
  old_secret_until timestamptz,
  next_due_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint workflow_triggers_name_unique unique (workflow_id, name),
  check ((kind = 'schedule') = (address is null)),
  check ((address is null) = (secret_text is null))
);
create unique index workflow_triggers_address_idx on workflow_triggers (address) where address is not null;
create index workflow_triggers_due_idx on workflow_triggers (next_due_at) where is_enabled and next_due_at is not null;

-- A run names what started it, also when that is gone.
alter table workflow_runs
  add column trigger_id uuid references workflow_triggers on delete set null,
  add column trigger_name text;
create index workflow_runs_trigger_idx on workflow_runs (trigger_id, created_at desc) where trigger_id is not null;
create index workflow_runs_trigger_open_idx on workflow_runs (trigger_id) where trigger_id is not null and status in ('pending', 'running', 'waiting');

-- What came of each firing. Refusals of one kind within one minute are one row that counts them: who knows an address and no secret fills no table.
create table workflow_trigger_firings (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  trigger_id uuid not null references workflow_triggers on delete cascade,
  outcome text not null check (outcome in ('started', 'queued', 'skipped', 'missed', 'refused')),
  reason text not null default '',
  due_at timestamptz,
  run_id uuid,
  count integer not null default 1,
  minute bigint, -- of a refusal
  fired_at timestamptz not null
);
create index workflow_trigger_firings_recent_idx on workflow_trigger_firings (trigger_id, fired_at desc, id desc);
-- Each due time fires once, whatever happens.
create unique index workflow_trigger_firings_due_idx on workflow_trigger_firings (trigger_id, due_at) where due_at is not null;
create unique index workflow_trigger_firings_refused_idx on workflow_trigger_firings (trigger_id, reason, minute) where minute is not null;
create index workflow_trigger_firings_age_idx on workflow_trigger_firings (fired_at);
create index workflow_trigger_firings_queued_idx on workflow_trigger_firings (trigger_id, due_at) where outcome = 'queued';

-- Deliveries and signatures that were taken: each counts once.
create table workflow_trigger_deliveries (
  organization_id uuid not null references organizations on delete cascade,
  trigger_id uuid not null references workflow_triggers on delete cascade,
  key text not null,
  run_id uuid not null,
  expires_at timestamptz not null,
  primary key (trigger_id, key)
);
create index workflow_trigger_deliveries_expiry_idx on workflow_trigger_deliveries (expires_at);

-- A sliding window in 61 buckets of a second, as for calls of tools (0090).
create table workflow_trigger_windows (
  organization_id uuid not null references organizations on delete cascade,
  trigger_id uuid primary key references workflow_triggers on delete cascade,
  second bigint not null,
  seconds integer[] not null
);

do $$ declare t text; begin
  foreach t in array array['workflow_triggers', 'workflow_trigger_firings', 'workflow_trigger_deliveries', 'workflow_trigger_windows'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy %I on %I using (organization_id = current_organization()) with check (organization_id = current_organization())', t || '_wall', t);
  end loop;
  -- For the functions below, which belong to no organization's request and answer with ids only, or delete what nobody needs any more.
  foreach t in array array['workflow_triggers', 'workflow_trigger_firings', 'workflow_trigger_deliveries'] loop
    execute format('create policy %I on %I to %I using (true)', t || '_lookup', t, current_user);
  end loop;
end $$;
grant select, insert, update, delete on workflow_triggers, workflow_trigger_firings, workflow_trigger_deliveries, workflow_trigger_windows to toolcrib_app;

-- Takes one firing out of what is allowed per minute: nothing comes back, or after how many seconds it would fit again.
create function take_firing(organization uuid, trigger uuid, at timestamptz, per_minute integer) returns integer language plpgsql as $$
declare
  held workflow_trigger_windows;
  this_second bigint := floor(extract(epoch from at));
begin
  insert into workflow_trigger_windows values (organization, trigger, this_second, array_fill(0, array[61])) on conflict do nothing;
  select * into held from workflow_trigger_windows w where w.trigger_id = trigger for update;
  held.seconds := shift_counts(held.seconds, held.second, this_second);
  held.second := greatest(held.second, this_second);
  if sum_counts(held.seconds) >= per_minute then
    return buckets_to_wait(held.seconds, per_minute);
  end if;
  held.seconds[61] := held.seconds[61] + 1;
  update workflow_trigger_windows w set second = held.second, seconds = held.seconds where w.trigger_id = trigger;
  return null;
end $$;

create function find_hook(wanted text) returns table (id uuid, organization_id uuid)
  language sql stable security definer set search_path = public as $$
  select t.id, t.organization_id from workflow_triggers t where t.address = wanted $$;

-- Triggers whose time has come, and those with firings that wait for the end of a run that has ended.
create function due_triggers(at timestamptz, how_many integer) returns table (id uuid, organization_id uuid)
  language sql stable security definer set search_path = public as $$
  (select t.id, t.organization_id from workflow_triggers t where t.is_enabled and t.next_due_at <= at order by t.next_due_at limit how_many)
  union
  select q.trigger_id, q.organization_id from (select distinct f.trigger_id, f.organization_id from workflow_trigger_firings f where f.outcome = 'queued') q
  where not exists (select from workflow_runs r where r.trigger_id = q.trigger_id and r.status in ('pending', 'running', 'waiting')) $$;

-- What may be forgotten: deliveries that could not come again, and firings of long ago; the last one of each outcome stays.
create function sweep_triggers(at timestamptz, firings_before timestamptz) returns void
  language sql security definer set search_path = public as $$
  delete from workflow_trigger_deliveries where expires_at < at;
  delete from workflow_trigger_firings f where f.fired_at < firings_before and f.outcome <> 'queued'
    and exists (select from workflow_trigger_firings n where n.trigger_id = f.trigger_id and n.outcome = f.outcome and (n.fired_at, n.id) > (f.fired_at, f.id)) $$;
revoke all on function find_hook(text), due_triggers(timestamptz, integer), sweep_triggers(timestamptz, timestamptz) from public;
grant execute on function take_firing(uuid, uuid, timestamptz, integer), find_hook(text), due_triggers(timestamptz, integer),
  sweep_triggers(timestamptz, timestamptz) to toolcrib_app;
