-- Outputs that stand in for steps while a draft is tried out. Runs of published versions never look here.
create table workflow_pins (
  organization_id uuid not null references organizations on delete cascade,
  workflow_id uuid not null references workflows on delete cascade,
  node_id text not null,
  output jsonb not null,
  pinned_by uuid references users on delete set null,
  at timestamptz not null default now(),
  primary key (workflow_id, node_id)
);
create index workflow_pins_organization_idx on workflow_pins (organization_id);
create index workflow_pins_user_idx on workflow_pins (pinned_by) where pinned_by is not null;
alter table workflow_pins enable row level security;
alter table workflow_pins force row level security;
create policy workflow_pins_wall on workflow_pins
  using (organization_id = current_organization()) with check (organization_id = current_organization());
grant select, insert, update, delete on workflow_pins to toolcrib_app;
