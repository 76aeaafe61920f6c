-- What happened: executions (partitioned by month), their rollups, workflows and runs, the audit log.
create table agent_sessions (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  agent_id uuid references agents on delete cascade,
  external_id text,
  next_message_index integer not null default 0,
  next_execution_order integer not null default 1,
  created_at timestamptz not null default now(),
  last_interaction_at timestamptz not null default now()
);
create index agent_sessions_last_interaction_idx on agent_sessions (organization_id, last_interaction_at desc);

create table session_messages (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  session_id uuid not null references agent_sessions on delete cascade,
  message_index integer not null,
  role text not null check (role in ('user', 'assistant')),
  content text not null,
  created_at timestamptz not null default now(),
  constraint session_messages_index_unique unique (session_id, message_index)
);

create table tool_executions (
  id uuid not null,
  organization_id uuid not null references organizations on delete cascade,
  tool_id uuid not null,
  tool_name text not null,
  tool_kind text not null,
  tool_version integer not null,
  user_id uuid,
  agent_id uuid,
  session_id uuid,
  run_id uuid,
  node_id text,
  item_index integer,
  execution_order integer,
  source text not null check (source in ('page', 'rest', 'mcp', 'webhook', 'workflow', 'demo')),
  status text not null check (status in ('pending', 'running', 'success', 'failed', 'timeout', 'cancelled', 'unauthorized', 'rate_limited', 'invalid_input')),
  inputs jsonb not null default '{}',
  outputs jsonb,
  logs text,
  warnings jsonb not null default '[]',
  error_class text,
  error_message text,
  account jsonb not null default '{}', -- what the executor did: request line, response status, attempts, exit code
  key_id uuid,
  caller_id text,
  trace_id text,
  user_prompt text,
  cost numeric(12, 6),
  created_at timestamptz not null default now(),
  started_at timestamptz,
  completed_at timestamptz,
  duration_ms double precision,
  primary key (id, created_at)
) partition by range (created_at);
create index tool_executions_recent_idx on tool_executions (organization_id, created_at desc, id desc);
create index tool_executions_tool_idx on tool_executions (tool_id, created_at desc);
create index tool_executions_agent_idx on tool_executions (agent_id, created_at desc) where agent_id is not null;
create index tool_executions_session_idx on tool_executions (session_id, execution_order) where session_id is not null;
create index tool_executions_run_idx on tool_executions (run_id) where run_id is not null;
create index tool_executions_id_idx on tool_executions (id);

-- Makes the partitions of the current month and the months ahead. Called at start and daily; the application may not create tables itself.
create function ensure_execution_partitions(months_ahead integer default 3) returns integer
  language plpgsql security definer set search_path = public as $$
declare first date := date_trunc('month', now() at time zone 'utc')::date; month date; name text; made integer := 0;
begin
  perform pg_advisory_xact_lock(hashtext('ensure_execution_partitions'));
  for i in -1 .. least(greatest(months_ahead, 0), 24) loop
    month := (first + make_interval(months => i))::date;
    name := format('tool_executions_%s', to_char(month, 'YYYY_MM'));
    if to_regclass(name) is null then
      execute format('create table %I partition of tool_executions for values from (%L) to (%L)', name,
        (month::text || ' 00:00:00+00'), ((month + interval '1 month')::date::text || ' 00:00:00+00'));
      made := made + 1;
    end if;
  end loop;
  return made;
end $$;
select ensure_execution_partitions();
-- Whatever falls outside the months made so far is kept, never refused.
create table tool_executions_default partition of tool_executions default;
revoke all on function ensure_execution_partitions(integer) from public;
grant execute on function ensure_execution_partitions(integer) to toolcrib_app;

-- Per tool and minute: counts by outcome and a latency histogram. Bucket i of `latency` counts durations in
-- [2^(i/4), 2^((i+1)/4)) ms: 80 buckets reach from 1 ms to about 17 minutes with an error of at most 9 %.
create table execution_rollups (
  organization_id uuid not null references organizations on delete cascade,
  tool_id uuid not null,
  minute timestamptz not null,
  success bigint not null default 0,
  failed bigint not null default 0,
  refused bigint not null default 0,
  cost numeric(16, 6) not null default 0,
  duration_ms_sum double precision not null default 0,
  latency integer[] not null default array_fill(0, array[80]),
  primary key (organization_id, tool_id, minute)
);
create index execution_rollups_minute_idx on execution_rollups (organization_id, minute);

create table workflows (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  name text not null check (name ~ '^[a-z][a-z0-9_]*$' and length(name) between 2 and 50),
  display_name text not null check (length(display_name) between 1 and 200),
  description text not null default '',
  definition jsonb not null,
  revision integer not null default 1,
  published_version integer,
  visibility text not null default 'private' check (visibility in ('public', 'private')),
  is_template boolean not null default false,
  owner_id uuid,
  owner_type text not null default 'user' check (owner_type in ('user', 'agent')),
  execution_count bigint not null default 0,
  last_executed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint workflows_name_unique unique (organization_id, name)
);

create table workflow_runs (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  workflow_id uuid not null references workflows on delete cascade,
  workflow_revision integer not null,
  definition jsonb not null, -- as it was when the run began
  state jsonb not null, -- the engine's state, written after every event
  status text not null check (status in ('pending', 'running', 'waiting', 'completed', 'failed', 'cancelled')),
  current_node text,
  input_data jsonb not null default '{}',
  output_data jsonb,
  node_results jsonb not null default '{}',
  error_message text,
  user_id uuid,
  agent_id uuid,
  session_id uuid,
  source text not null,
  trace_id text,
  lease_owner uuid,
  lease_until timestamptz,
  fence bigint not null default 0,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  completed_at timestamptz
);
create index workflow_runs_workflow_idx on workflow_runs (workflow_id, created_at desc);
create index workflow_runs_recent_idx on workflow_runs (organization_id, created_at desc);
create index workflow_runs_open_idx on workflow_runs (lease_until) where status in ('pending', 'running');

create table audit_log (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  actor_id uuid,
  actor_type text not null check (actor_type in ('user', 'agent', 'system')),
  actor_name text not null,
  action text not null,
  object_type text not null,
  object_id uuid,
  object_name text not null default '',
  before jsonb,
  after jsonb,
  address inet,
  created_at timestamptz not null default now()
);
create index audit_log_recent_idx on audit_log (organization_id, created_at desc, id desc);

create trigger workflows_touch before update on workflows for each row execute function touch_updated_at();

do $$ declare t text; begin
  foreach t in array array['agent_sessions', 'session_messages', 'tool_executions', 'execution_rollups', 'workflows', 'workflow_runs', 'audit_log'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy %I on %I using (organization_id = current_organization()) with check (organization_id = current_organization())', t || '_wall', t);
  end loop;
end $$;
grant select, insert, update, delete on agent_sessions, session_messages, workflows, workflow_runs, execution_rollups to toolcrib_app;
grant select, insert, update on tool_executions to toolcrib_app;
grant select, insert on audit_log to toolcrib_app; -- append-only

-- Runs left behind by a server that died belong to no organization's request: the runner asks for ids only, then opens each inside its wall.
create function claim_stale_runs(owner uuid, lease interval, how_many integer)
  returns table (id uuid, organization_id uuid, fence bigint)
  language sql security definer set search_path = public as $$
  update workflow_runs r set lease_owner = owner, lease_until = now() + lease, fence = r.fence + 1
  where r.id in (select w.id from workflow_runs w where w.status in ('pending', 'running') and (w.lease_until is null or w.lease_until < now())
                 order by w.created_at limit how_many for update skip locked)
  returning r.id, r.organization_id, r.fence $$;
revoke all on function claim_stale_runs(uuid, interval, integer) from public;
grant execute on function claim_stale_runs(uuid, interval, integer) to toolcrib_app;
do $$ begin
  execute format('create policy workflow_runs_claim on workflow_runs to %I using (true) with check (true)', current_user);
end $$;
