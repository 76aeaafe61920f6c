-- What nodes gave of late lies beside the rest, which in a run of hundreds of nodes is long and would be compressed and written anew with every step.
-- It is put to the rest when it has become long itself, and when the run rests or ends. A node's result is the recent one, else the other.
alter table workflow_runs add column recent_results jsonb not null default '{}';

create or replace function checkpoint_run(organization uuid, run uuid, held bigint, new_state jsonb, new_status text, at_node text, changed jsonb,
    output jsonb, error text, started timestamptz, completed timestamptz, lease_seconds double precision, wake timestamptz) returns boolean language plpgsql as $$
begin
  perform set_config('app.organization_id', organization::text, true);
  update workflow_runs r set state = new_state, status = new_status, current_node = at_node, output_data = output, error_message = error,
      node_results = case when new_status not in ('pending', 'running') or pg_column_size(r.recent_results) + pg_column_size(changed) > 8000
        then r.node_results || r.recent_results || changed else r.node_results end,
      recent_results = case when new_status not in ('pending', 'running') or pg_column_size(r.recent_results) + pg_column_size(changed) > 8000
        then '{}' else r.recent_results || changed end,
      started_at = started, completed_at = completed,
      lease_until = case when lease_seconds is not null then now() + make_interval(secs => lease_seconds) end, wake_at = wake
    where r.id = run and r.fence = held;
  return found;
end $$;
