-- MCP servers whose tools are imported, what they offered when last asked, and the pin of every imported tool.
create table mcp_servers (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  name text not null check (name ~ '^[a-z][a-z0-9_]*$' and length(name) between 2 and 50),
  description text not null default '',
  transport text not null check (transport in ('streamable_http', 'stdio')),
  url text,
  auth text not null default 'none' check (auth in ('none', 'bearer', 'header')),
  auth_header text,
  auth_key_name text,
  command text,
  args text[] not null default '{}',
  env jsonb not null default '{}', -- environment variable -> name of a key
  allow_network boolean not null default false,
  config_version integer not null default 1, -- +1 when it has to be connected to anew
  status text not null default 'unknown' check (status in ('unknown', 'up', 'down')),
  protocol_version text,
  server_info jsonb,
  last_seen_at timestamptz,
  last_error text,
  last_error_at timestamptz,
  listed_at timestamptz,       -- when its tools were listed last
  watched_at timestamptz,      -- when the background job last took it up
  failures integer not null default 0,
  opened_at timestamptz,       -- the circuit is open since then
  created_by uuid references users on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(), -- of its configuration
  constraint mcp_servers_name_unique unique (organization_id, name),
  check (case transport when 'streamable_http' then url is not null else command is not null end)
);

-- What the server offered when it was last asked.
create table mcp_server_tools (
  organization_id uuid not null references organizations on delete cascade,
  server_id uuid not null references mcp_servers on delete cascade,
  name text not null,
  position integer not null,
  hash text not null,
  definition jsonb not null,
  primary key (server_id, name)
);

-- An imported tool and the definition that was approved. A call goes out only while the state is `pinned`.
create table mcp_pins (
  tool_id uuid primary key references tools on delete cascade,
  organization_id uuid not null references organizations on delete cascade,
  server_id uuid not null references mcp_servers on delete cascade,
  upstream_name text not null,
  hash text not null,
  definition jsonb not null,
  state text not null default 'pinned' check (state in ('pinned', 'changed', 'gone', 'rejected')),
  proposed_hash text,
  proposed jsonb,
  noticed_at timestamptz,
  approved_by uuid references users on delete set null,
  approved_at timestamptz not null default now()
);
create index mcp_pins_server_idx on mcp_pins (server_id, upstream_name);
create index mcp_pins_waiting_idx on mcp_pins (organization_id) where state <> 'pinned';

do $$ declare t text; begin
  foreach t in array array['mcp_servers', 'mcp_server_tools', 'mcp_pins'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy %I on %I using (organization_id = current_organization()) with check (organization_id = current_organization())', t || '_wall', t);
  end loop;
end $$;
grant select, insert, update, delete on mcp_servers, mcp_server_tools, mcp_pins to toolcrib_app;

-- Belongs to no organization's request: answers with ids only; each is then asked inside its own wall.
create function mcp_servers_due(age interval, how_many integer)
  returns table (id uuid, organization_id uuid)
  language sql stable security definer set search_path = public as $$
  select s.id, s.organization_id from mcp_servers s
  where exists (select from mcp_pins p where p.server_id = s.id)
    and (s.listed_at is null or s.listed_at < now() - age)
    and (s.watched_at is null or s.watched_at < now() - age)
  order by s.watched_at nulls first limit how_many $$;
revoke all on function mcp_servers_due(interval, integer) from public;
grant execute on function mcp_servers_due(interval, integer) to toolcrib_app;
do $$ begin
  execute format('create policy mcp_servers_lookup on mcp_servers for select to %I using (true)', current_user);
  execute format('create policy mcp_pins_lookup on mcp_pins for select to %I using (true)', current_user);
end $$;
