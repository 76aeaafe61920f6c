-- What of a workflow was published, kept for good: what nobody watches runs a version, not what somebody is changing.
create table workflow_versions (
  organization_id uuid not null references organizations on delete cascade,
  workflow_id uuid not null references workflows on delete cascade,
  version integer not null,
  revision integer not null, -- the draft's, when it was published
  definition jsonb not null,
  note text not null default '',
  created_by uuid,
  created_by_name text not null,
  created_at timestamptz not null,
  primary key (workflow_id, version)
);
alter table workflow_versions enable row level security;
alter table workflow_versions force row level security;
create policy workflow_versions_wall on workflow_versions
  using (organization_id = current_organization()) with check (organization_id = current_organization());
grant select, insert, update, delete on workflow_versions to toolcrib_app;
-- Which version a run runs; none: it ran the draft.
alter table workflow_runs add column workflow_version integer;
