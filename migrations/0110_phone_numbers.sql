-- What calls bring along and go out from: the organization's phone numbers, and the variables it declares beside the built-in ones.
create table phone_numbers (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  number text not null, -- E.164
  label text not null,
  created_at timestamptz not null default now(),
  constraint phone_numbers_unique unique (organization_id, number)
);

create table variables (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  name text not null,
  description text not null default '',
  value text, -- null: the call brings it
  created_at timestamptz not null default now(),
  constraint variables_name_unique unique (organization_id, name)
);

do $$ declare t text; begin
  foreach t in array array['phone_numbers', 'variables'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy %I on %I using (organization_id = current_organization()) with check (organization_id = current_organization())', t || '_wall', t);
  end loop;
end $$;
grant select, insert, update, delete on phone_numbers, variables to toolcrib_app;
