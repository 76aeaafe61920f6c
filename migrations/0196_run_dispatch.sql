-- Where an engine beside the database hands runs out: when a run was last sent to it. What was stored and never arrived is sent again.
alter table workflow_runs add column sent_at timestamptz;

-- Runs that have something to do, that nobody drives, and that were not sent of late; they count as sent from now on.
create function take_unsent_runs(how_many integer, again interval)
  returns table (id uuid, organization_id uuid)
  language sql security definer set search_path = public as $$
  update workflow_runs r set sent_at = now()
  where r.id in (select w.id from workflow_runs w
                 where (w.lease_until is null or w.lease_until < now())
                   and (w.status in ('pending', 'running') or (w.status = 'waiting' and w.wake_at < now() - interval '2 seconds'))
                   and (w.sent_at is null or w.sent_at < now() - again)
                 order by w.created_at limit how_many for update skip locked)
  returning r.id, r.organization_id $$;
revoke all on function take_unsent_runs(integer, interval) from public;
grant execute on function take_unsent_runs(integer, interval) to toolcrib_app;
