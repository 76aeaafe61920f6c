-- How often a workflow ran, in several rows: runs of one workflow that begin at the same time do not wait for each other's commits.
create table workflow_run_counts (
  organization_id uuid not null references organizations on delete cascade,
  workflow_id uuid not null references workflows on delete cascade,
  shard smallint not null,
  execution_count bigint not null,
  last_executed_at timestamptz not null,
  primary key (workflow_id, shard)
) with (fillfactor = 50);
alter table workflow_run_counts enable row level security;
alter table workflow_run_counts force row level security;
create policy workflow_run_counts_wall on workflow_run_counts
  using (organization_id = current_organization()) with check (organization_id = current_organization());
grant select, insert, update on workflow_run_counts to toolcrib_app;

do $$ begin
  execute format('create policy workflows_move on workflows for select to %I using (true)', current_user);
  execute format('create policy workflow_run_counts_move on workflow_run_counts for insert to %I with check (true)', current_user);
  insert into workflow_run_counts (organization_id, workflow_id, shard, execution_count, last_executed_at)
    select organization_id, id, 0, execution_count, coalesce(last_executed_at, created_at) from workflows where execution_count > 0;
  drop policy workflows_move on workflows;
  drop policy workflow_run_counts_move on workflow_run_counts;
end $$;
alter table workflows drop column execution_count, drop column last_executed_at;

-- Writes the state of a run, with what changed, and renews its lease, if the server still holds it. In a transaction of its own, or in a larger one:
-- the organization is set for it.
create function checkpoint_run(organization uuid, run uuid, held bigint, new_state jsonb, new_status text, at_node text, changed jsonb, output jsonb,
    error text, started timestamptz, completed timestamptz, lease_seconds double precision, wake timestamptz) returns boolean language plpgsql as $$
begin
  perform set_config('app.organization_id', organization::text, true);
  update workflow_runs r set state = new_state, status = new_status, current_node = at_node, node_results = r.node_results || changed, output_data = output,
      error_message = error, started_at = started, completed_at = completed,
      lease_until = case when lease_seconds is not null then now() + make_interval(secs => lease_seconds) end, wake_at = wake
    where r.id = run and r.fence = held;
  return found;
end $$;
grant execute on function checkpoint_run(uuid, uuid, bigint, jsonb, text, text, jsonb, jsonb, text, timestamptz, timestamptz, double precision, timestamptz)
  to toolcrib_app;
