-- What was done, or is about to be done, with many tools at once: the report of a bulk action, the preview of an import. Kept for a week,
-- so that a page without a script can show it after the form was sent.
create table tool_batches (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  created_by uuid not null references users on delete cascade,
  body jsonb not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index tool_batches_expiry_idx on tool_batches (organization_id, expires_at);
alter table tool_batches enable row level security;
alter table tool_batches force row level security;
create policy tool_batches_wall on tool_batches using (organization_id = current_organization()) with check (organization_id = current_organization());
grant select, insert, update, delete on tool_batches to toolcrib_app;
