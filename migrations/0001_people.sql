-- Who uses Toolcrib: organizations, users, memberships, sign-in sessions, invitations, API tokens.
--
-- Tenant wall: every table with an organization_id has row-level security, forced, read from the transaction-local setting
-- app.organization_id. Where a person must be found before an organization is chosen, the policy also reads app.user_id,
-- or a SECURITY DEFINER function answers exactly one question (find_api_token, find_invitation).
create extension if not exists vector;
create extension if not exists pg_trgm;

do $$ begin
  if not exists (select from pg_roles where rolname = 'toolcrib_app') then
    create role toolcrib_app nologin nosuperuser nobypassrls nocreatedb nocreaterole;
  end if;
exception when duplicate_object or unique_violation then null;
end $$;
-- So that an owner who is no superuser may `set role toolcrib_app`.
do $$ begin
  if not pg_has_role(current_user, 'toolcrib_app', 'set') then execute format('grant toolcrib_app to %I', current_user); end if;
exception when others then null;
end $$;
grant usage on schema public to toolcrib_app;

create function current_organization() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('app.organization_id', true), '')::uuid $$;
create function current_user_id() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('app.user_id', true), '')::uuid $$;

create function touch_updated_at() returns trigger language plpgsql as $$
begin new.updated_at = now(); return new; end $$;

create table organizations (
  id uuid primary key,
  slug text not null constraint organizations_slug_unique unique check (slug ~ '^[a-z][a-z0-9-]{1,38}$'),
  name text not null check (length(name) between 1 and 100),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table users (
  id uuid primary key,
  email text not null,
  name text not null check (length(name) between 1 and 100),
  password_hash text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index users_email_unique on users (lower(email));

create table memberships (
  organization_id uuid not null references organizations on delete cascade,
  user_id uuid not null references users on delete cascade,
  role text not null check (role in ('owner', 'admin', 'builder', 'analyst', 'member')),
  created_at timestamptz not null default now(),
  primary key (organization_id, user_id)
);
create index memberships_user_idx on memberships (user_id);

-- Sign-in sessions. Only the hash of the cookie's value is stored.
create table user_sessions (
  id uuid primary key,
  user_id uuid not null references users on delete cascade,
  token_hash bytea not null constraint user_sessions_token_unique unique,
  address inet,
  user_agent text,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index user_sessions_user_idx on user_sessions (user_id);

-- Failed sign-ins, per account and per address: the wait grows with the count. `subject` is 'account:<e-mail>' or 'address:<ip>'.
create table sign_in_failures (
  subject text primary key,
  failures integer not null default 0,
  last_failed_at timestamptz not null,
  locked_until timestamptz
);

create table invitations (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  token_hash bytea not null constraint invitations_token_unique unique,
  email text,
  role text not null check (role in ('owner', 'admin', 'builder', 'analyst', 'member')),
  invited_by uuid references users on delete set null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  accepted_at timestamptz,
  accepted_by uuid references users on delete set null
);
create index invitations_organization_idx on invitations (organization_id, created_at desc);

create table api_tokens (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  name text not null check (length(name) between 1 and 100),
  token_hash bytea not null constraint api_tokens_token_unique unique,
  hint text not null,
  user_id uuid not null references users on delete cascade,
  agent_id uuid,
  scopes text[] not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz
);
create index api_tokens_organization_idx on api_tokens (organization_id, created_at desc);

-- A form that was refused before the WebAssembly arrived: its values come back on the page it was sent from. Never passwords.
create unlogged table form_flashes (
  id uuid primary key,
  body jsonb not null,
  expires_at timestamptz not null
);

create function find_api_token(hash bytea)
  returns table (id uuid, organization_id uuid, user_id uuid, agent_id uuid, scopes text[], expires_at timestamptz, revoked_at timestamptz, role text)
  language sql stable security definer set search_path = public as $$
  select t.id, t.organization_id, t.user_id, t.agent_id, t.scopes, t.expires_at, t.revoked_at, m.role
  from api_tokens t left join memberships m on m.organization_id = t.organization_id and m.user_id = t.user_id
  where t.token_hash = hash $$;

create function find_invitation(hash bytea)
  returns table (id uuid, organization_id uuid, organization_name text, organization_slug text, email text, role text, expires_at timestamptz, accepted_at timestamptz)
  language sql stable security definer set search_path = public as $$
  select i.id, i.organization_id, o.name, o.slug, i.email, i.role, i.expires_at, i.accepted_at
  from invitations i join organizations o on o.id = i.organization_id where i.token_hash = hash $$;
revoke all on function find_api_token(bytea), find_invitation(bytea) from public;
grant execute on function find_api_token(bytea), find_invitation(bytea) to toolcrib_app;

create trigger organizations_touch before update on organizations for each row execute function touch_updated_at();
create trigger users_touch before update on users for each row execute function touch_updated_at();

alter table organizations enable row level security;
alter table organizations force row level security;
alter table memberships enable row level security;
alter table memberships force row level security;
alter table invitations enable row level security;
alter table invitations force row level security;
alter table api_tokens enable row level security;
alter table api_tokens force row level security;

create policy memberships_wall on memberships
  using (organization_id = current_organization() or user_id = current_user_id())
  with check (organization_id = current_organization());
create policy organizations_wall on organizations
  using (id = current_organization() or id in (select m.organization_id from memberships m where m.user_id = current_user_id()))
  with check (id = current_organization());
create policy invitations_wall on invitations using (organization_id = current_organization()) with check (organization_id = current_organization());
create policy api_tokens_wall on api_tokens using (organization_id = current_organization()) with check (organization_id = current_organization());

-- SECURITY DEFINER functions run as the owner, who is held by FORCE too: one policy lets the owner read what they look up.
do $$ begin
  execute format('create policy api_tokens_lookup on api_tokens for select to %I using (true)', current_user);
  execute format('create policy invitations_lookup on invitations for select to %I using (true)', current_user);
  execute format('create policy memberships_lookup on memberships for select to %I using (true)', current_user);
  execute format('create policy organizations_lookup on organizations for select to %I using (true)', current_user);
end $$;

grant select, insert, update, delete on organizations, users, memberships, user_sessions, sign_in_failures, invitations, api_tokens, form_flashes to toolcrib_app;
