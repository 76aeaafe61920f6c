-- Keys: credentials that tools need, encrypted (specification §4). A value is sealed with its organization's data key, the data key with
-- the master key, which is never in the database. Ciphertext, initialization vector and tag lie apart.
create table organization_data_keys (
  organization_id uuid primary key references organizations on delete cascade,
  master_key_id text not null, -- which master key it is wrapped with; rotating the master key changes these four columns only
  wrapped_key bytea not null,
  wrap_iv bytea not null,
  wrap_tag bytea not null,
  created_at timestamptz not null default now(),
  wrapped_at timestamptz not null default now()
);

create table tool_keys (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  key_name text not null check (key_name ~ '^[A-Za-z_][A-Za-z0-9_.-]{0,99}$'),
  display_name text not null check (length(display_name) between 1 and 200),
  description text not null default '',
  encrypted_value bytea not null,
  encryption_iv bytea not null,
  encryption_tag bytea not null,
  owner_id uuid not null,
  owner_type text not null check (owner_type in ('user', 'agent')),
  tool_id uuid references tools on delete cascade, -- for this tool only
  key_type text not null default 'api-key' check (key_type in ('api-key', 'bearer-token', 'oauth-token', 'secret')),
  is_active boolean not null default true,
  masked_value text not null,
  value_changed_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  expires_at timestamptz,
  constraint tool_keys_in_organization unique (organization_id, id)
);
create index tool_keys_name_idx on tool_keys (organization_id, key_name);
create index tool_keys_tool_idx on tool_keys (tool_id) where tool_id is not null;

create table tool_key_mappings (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  tool_id uuid references tools on delete cascade, -- null: every tool that asks for the key's name
  key_id uuid not null,
  context_type text not null check (context_type in ('global', 'user', 'agent')),
  context_id uuid, -- the agent or the user; null for global
  priority integer not null default 0,
  created_at timestamptz not null default now(),
  constraint tool_key_mappings_context check ((context_type = 'global') = (context_id is null)),
  -- A mapping never reaches for another organization's key, whatever its writer believes.
  constraint tool_key_mappings_key foreign key (organization_id, key_id) references tool_keys (organization_id, id) on delete cascade,
  constraint tool_key_mappings_unique unique nulls not distinct (key_id, tool_id, context_type, context_id)
);
create index tool_key_mappings_context_idx on tool_key_mappings (organization_id, context_type, context_id);
create index tool_key_mappings_tool_idx on tool_key_mappings (tool_id) where tool_id is not null;

-- How often a key was used and when last. A row per key and connection (modulo 16), so that calls at the same time do not wait for
-- each other at one row; the sum is the count.
create table tool_key_usage (
  organization_id uuid not null references organizations on delete cascade,
  key_id uuid not null references tool_keys on delete cascade,
  shard smallint not null,
  usage_count bigint not null default 0,
  last_used_at timestamptz not null,
  primary key (key_id, shard)
);

create trigger tool_keys_touch before update on tool_keys for each row execute function touch_updated_at();

do $$ declare t text; begin
  foreach t in array array['organization_data_keys', 'tool_keys', 'tool_key_mappings', 'tool_key_usage'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy %I on %I using (organization_id = current_organization()) with check (organization_id = current_organization())', t || '_wall', t);
  end loop;
end $$;
grant select, insert, update, delete on tool_keys, tool_key_mappings, tool_key_usage to toolcrib_app;
grant select, insert, update on organization_data_keys to toolcrib_app;

-- An agent or a member who leaves takes the mappings along: a mapping to nobody must not come back to life.
create function forget_key_mappings() returns trigger language plpgsql as $$
begin
  if tg_table_name = 'agents' then
    delete from tool_key_mappings where context_type = 'agent' and context_id = old.id;
  else
    delete from tool_key_mappings where organization_id = old.organization_id and context_type = 'user' and context_id = old.user_id;
  end if;
  return old;
end $$;
create trigger agents_forget_key_mappings after delete on agents for each row execute function forget_key_mappings();
create trigger memberships_forget_key_mappings after delete on memberships for each row execute function forget_key_mappings();

-- Rotation looks over the wall for two things only: which master keys are in use, and which organizations still have a data key of another.
create function master_keys_in_use() returns table (master_key_id text, organizations bigint)
  language sql stable security definer set search_path = public as $$
  select d.master_key_id, count(*) from organization_data_keys d group by d.master_key_id order by 1 $$;
create function organizations_not_wrapped_with(master text, after uuid, how_many integer) returns setof uuid
  language sql stable security definer set search_path = public as $$
  select d.organization_id from organization_data_keys d where d.master_key_id <> master and d.organization_id > after order by d.organization_id limit how_many $$;
revoke all on function master_keys_in_use() from public;
revoke all on function organizations_not_wrapped_with(text, uuid, integer) from public;
grant execute on function master_keys_in_use() to toolcrib_app;
grant execute on function organizations_not_wrapped_with(text, uuid, integer) to toolcrib_app;
do $$ begin
  execute format('create policy organization_data_keys_rotation on organization_data_keys for select to %I using (true)', current_user);
end $$;
