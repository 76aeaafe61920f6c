-- Every server gives a sign of life here; executions name the server that works on them. What a server that died left running is
-- found by that name: a call costs no lease of its own.
create table servers (
  id uuid primary key,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  stopped boolean not null default false
);
grant select, insert, update, delete on servers to toolcrib_app;

alter table tool_executions add column server_id uuid;
create index tool_executions_open_idx on tool_executions (server_id) where status in ('pending', 'running');

-- Belongs to no organization's request: answers with ids only; each is then finished inside its own wall.
create function left_behind_executions(silence interval, how_many integer)
  returns table (id uuid, organization_id uuid)
  language sql stable security definer set search_path = public as $$
  select e.id, e.organization_id from tool_executions e
  where e.status in ('pending', 'running')
    and e.server_id in (select s.id from servers s where s.stopped or s.seen_at < now() - silence)
  limit how_many $$;
revoke all on function left_behind_executions(interval, integer) from public;
grant execute on function left_behind_executions(interval, integer) to toolcrib_app;
do $$ begin
  execute format('create policy tool_executions_lookup on tool_executions for select to %I using (true)', current_user);
end $$;

-- From before servers had names: a tool may run for a quarter of an hour at most.
do $$ begin
  execute format('create policy tool_executions_mend on tool_executions for update to %I using (true) with check (true)', current_user);
  update tool_executions set status = 'failed', error_class = 'internal', error_message = 'The server stopped while this ran.', completed_at = now()
    where status in ('pending', 'running') and created_at < now() - interval '1 hour';
  drop policy tool_executions_mend on tool_executions;
end $$;
