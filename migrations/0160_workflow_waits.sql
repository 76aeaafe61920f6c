-- Runs that wait for a time or a person belong to no server until then; runs inside runs; results of single items; answers of people.
alter table workflow_runs
  -- What waits already is looked at once.
  add column wake_at timestamptz default now(),
  add column parent_run_id uuid references workflow_runs on delete cascade,
  add column parent_node_id text,
  add column parent_item integer,
  add column parent_attempt integer,
  add column depth integer not null default 0,
  add column resumed_from uuid references workflow_runs on delete set null;
alter table workflow_runs alter column wake_at drop default;
-- A run that is asked for again after a crash is found, not begun twice.
create unique index workflow_runs_parent_idx on workflow_runs (parent_run_id, parent_node_id, coalesce(parent_item, -1), parent_attempt)
  where parent_run_id is not null;
create index workflow_runs_resumed_idx on workflow_runs (resumed_from) where resumed_from is not null;
create index workflow_runs_wake_idx on workflow_runs (wake_at) where status = 'waiting';

-- One row for each item of a for_each: a run over many items writes only what changed.
create table workflow_run_items (
  organization_id uuid not null references organizations on delete cascade,
  run_id uuid not null references workflow_runs on delete cascade,
  node_id text not null,
  item integer not null,
  status text not null,
  result jsonb not null,
  primary key (run_id, node_id, item)
);

create table workflow_approvals (
  organization_id uuid not null references organizations on delete cascade,
  run_id uuid not null references workflow_runs on delete cascade,
  node_id text not null,
  message text not null default '',
  roles text[] not null default '{}',
  users uuid[] not null default '{}',
  requested_at timestamptz not null,
  due_at timestamptz,
  decision text check (decision in ('approved', 'rejected')),
  decided_by uuid,
  decided_by_name text,
  note text not null default '',
  decided_at timestamptz,
  primary key (run_id, node_id)
);
create index workflow_approvals_open_idx on workflow_approvals (organization_id, requested_at desc) where decision is null;

do $$ declare t text; begin
  foreach t in array array['workflow_run_items', 'workflow_approvals'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy %I on %I using (organization_id = current_organization()) with check (organization_id = current_organization())', t || '_wall', t);
  end loop;
end $$;
grant select, insert, update, delete on workflow_run_items, workflow_approvals to toolcrib_app;

create or replace function claim_stale_runs(owner uuid, lease interval, how_many integer)
  returns table (id uuid, organization_id uuid, fence bigint)
  language sql security definer set search_path = public as $$
  update workflow_runs r set lease_owner = owner, lease_until = now() + lease, fence = r.fence + 1
  where r.id in (select w.id from workflow_runs w
                 where (w.lease_until is null or w.lease_until < now())
                   and (w.status in ('pending', 'running') or (w.status = 'waiting' and w.wake_at <= now()))
                 order by w.created_at limit how_many for update skip locked)
  returning r.id, r.organization_id, r.fence $$;
