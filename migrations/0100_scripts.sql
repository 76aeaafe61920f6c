-- Scripts: whether they may ask for the network, and how a tool's tests went last.
alter table organizations add column scripts_may_use_network boolean not null default false;

create table tool_test_results (
  tool_id uuid primary key references tools on delete cascade,
  organization_id uuid not null references organizations on delete cascade,
  -- Of which version of the tool, and of which script and tests: a result of others says nothing.
  version integer not null,
  fingerprint bytea not null,
  passed boolean not null,
  -- What kept the tests from running at all.
  error text,
  results jsonb not null default '[]',
  ran_by uuid references users on delete set null,
  ran_at timestamptz not null,
  duration_ms double precision not null
);
create index tool_test_results_organization_idx on tool_test_results (organization_id);
create index tool_test_results_ran_by_idx on tool_test_results (ran_by);
alter table tool_test_results enable row level security;
alter table tool_test_results force row level security;
create policy tool_test_results_wall on tool_test_results
  using (organization_id = current_organization()) with check (organization_id = current_organization());
grant select, insert, update, delete on tool_test_results to toolcrib_app;
