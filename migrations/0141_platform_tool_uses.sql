-- Platform tools belong to no organization, so the counter in their row is nobody's. Each organization counts its own calls of them here.
create table platform_tool_uses (
  organization_id uuid not null references organizations on delete cascade,
  tool_id uuid not null references tools on delete cascade,
  execution_count bigint not null default 0,
  last_executed_at timestamptz,
  primary key (organization_id, tool_id)
);
grant select, insert, update, delete on platform_tool_uses to toolcrib_app;

-- What was called before is in the rollups, which the wall hides from the owner of the schema as well.
do $$ begin
  execute format('create policy execution_rollups_read on execution_rollups for select to %I using (true)', current_user);
  insert into platform_tool_uses (organization_id, tool_id, execution_count, last_executed_at)
    select r.organization_id, r.tool_id, sum(r.success + r.failed), max(r.minute)
    from execution_rollups r join tools t on t.id = r.tool_id where t.organization_id is null group by 1, 2;
  drop policy execution_rollups_read on execution_rollups;
end $$;

alter table platform_tool_uses enable row level security;
alter table platform_tool_uses force row level security;
create policy platform_tool_uses_wall on platform_tool_uses
  using (organization_id = current_organization()) with check (organization_id = current_organization());

-- Which release wrote the platform tools last: an older one that starts later leaves them as they are.
create table platform_definitions (
  one boolean primary key default true check (one),
  version integer not null
);
