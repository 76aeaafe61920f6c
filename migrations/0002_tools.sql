-- Tools, their versions and categories, agents and what is attached to them.
create table agents (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  name text not null check (name ~ '^[a-z][a-z0-9_]{1,49}$'),
  display_name text not null check (length(display_name) between 1 and 200),
  description text not null default '',
  created_by uuid references users on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint agents_name_unique unique (organization_id, name)
);
alter table api_tokens add constraint api_tokens_agent_fk foreign key (agent_id) references agents on delete cascade;

create table tool_categories (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  parent_id uuid references tool_categories on delete set null,
  name text not null check (length(name) between 1 and 100),
  description text not null default '',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint tool_categories_name_unique unique (organization_id, name)
);

create table tools (
  id uuid primary key,
  organization_id uuid references organizations on delete cascade, -- null: platform
  name text not null check (name ~ '^[a-z][a-z0-9_]*$' and length(name) between 2 and 50),
  display_name text not null check (length(display_name) between 1 and 200),
  description text not null default '',
  icon text,
  category_id uuid references tool_categories on delete set null,
  tags text[] not null default '{}',
  kind text not null check (kind in ('api_request', 'python', 'shell', 'mcp', 'sms', 'transfer_call', 'pipedream_action', 'composite', 'builtin')),
  input_schema jsonb not null,
  output_schema jsonb not null default '{}',
  function_schema jsonb not null,
  static_config jsonb not null default '{}',
  config_metadata jsonb not null default '{}',
  api_spec jsonb,
  script_content text,
  test_content text,
  executor_config jsonb not null default '{}',
  status text not null default 'draft' check (status in ('draft', 'active', 'disabled', 'deprecated')),
  is_async boolean not null default false,
  attach_to_agent boolean not null default true,
  execute_on_call_start boolean not null default false,
  timeout_ms integer not null default 30000 check (timeout_ms between 1 and 900000),
  rate_limit_per_minute integer check (rate_limit_per_minute > 0),
  rate_limit_per_hour integer check (rate_limit_per_hour > 0),
  retry_policy jsonb not null default '{}',
  cost_per_call numeric(12, 6),
  visibility text not null default 'private' check (visibility in ('platform', 'public', 'private')),
  owner_id uuid,
  owner_type text check (owner_type in ('user', 'agent', 'platform')),
  version integer not null default 1,
  execution_count bigint not null default 0,
  last_executed_at timestamptz,
  external_tool_id text,
  embedding vector(1536),
  embedding_model text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint tools_name_unique unique nulls not distinct (organization_id, name)
);
create index tools_organization_idx on tools (organization_id, created_at desc);
create index tools_status_idx on tools (organization_id) where status = 'active';
create index tools_name_trgm_idx on tools using gin (name gin_trgm_ops);
create index tools_display_name_trgm_idx on tools using gin (display_name gin_trgm_ops);

create table tool_versions (
  id uuid primary key,
  organization_id uuid references organizations on delete cascade,
  tool_id uuid not null references tools on delete cascade,
  version integer not null,
  changelog text not null default '',
  snapshot jsonb not null, -- contract, configuration and script as they were
  created_by uuid,
  created_at timestamptz not null default now(),
  constraint tool_versions_unique unique (tool_id, version)
);

create table tool_grants (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  tool_id uuid not null references tools on delete cascade,
  subject_id uuid not null,
  subject_type text not null check (subject_type in ('user', 'agent')),
  permission text not null check (permission in ('read', 'execute', 'admin')),
  granted_by uuid references users on delete set null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  constraint tool_grants_unique unique (tool_id, subject_type, subject_id)
);
create index tool_grants_subject_idx on tool_grants (organization_id, subject_type, subject_id);

create table agent_tools (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  agent_id uuid not null references agents on delete cascade,
  tool_id uuid not null references tools on delete cascade,
  is_vapi_attached boolean not null default true,
  is_enabled boolean not null default true,
  usage_comments text not null default '',
  config jsonb not null default '{}',
  pinned_version integer,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint agent_tools_unique unique (agent_id, tool_id)
);
create index agent_tools_agent_idx on agent_tools (agent_id);
create index agent_tools_tool_idx on agent_tools (tool_id);

create trigger agents_touch before update on agents for each row execute function touch_updated_at();
create trigger tool_categories_touch before update on tool_categories for each row execute function touch_updated_at();
create trigger tools_touch before update on tools for each row execute function touch_updated_at();
create trigger agent_tools_touch before update on agent_tools for each row execute function touch_updated_at();

do $$ declare t text; begin
  foreach t in array array['agents', 'tool_categories', 'tool_grants', 'agent_tools'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy %I on %I using (organization_id = current_organization()) with check (organization_id = current_organization())', t || '_wall', t);
  end loop;
  -- Platform tools are read by every organization, and changed by none.
  foreach t in array array['tools', 'tool_versions'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy %I on %I using (organization_id = current_organization()) with check (organization_id = current_organization())', t || '_wall', t);
    execute format('create policy %I on %I for select using (organization_id is null and current_organization() is not null)', t || '_platform', t);
  end loop;
end $$;
grant select, insert, update, delete on agents, tool_categories, tools, tool_versions, tool_grants, agent_tools to toolcrib_app;
