-- OpenAPI documents that tools were made from. A tool names its document and operation in config_metadata.openapi.
create table openapi_documents (
  id uuid primary key,
  organization_id uuid not null references organizations on delete cascade,
  title text not null check (length(title) between 1 and 500),
  version text not null default '',
  url text,
  base_url text not null,
  document json not null, -- json, not jsonb: operations are shown in the order of the document
  operations integer not null,
  created_by uuid references users on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index openapi_documents_organization_idx on openapi_documents (organization_id, created_at desc);
create index tools_openapi_idx on tools ((config_metadata -> 'openapi' ->> 'document_id')) where config_metadata ? 'openapi';
create trigger openapi_documents_touch before update on openapi_documents for each row execute function touch_updated_at();
alter table openapi_documents enable row level security;
alter table openapi_documents force row level security;
create policy openapi_documents_wall on openapi_documents using (organization_id = current_organization()) with check (organization_id = current_organization());
grant select, insert, update, delete on openapi_documents to toolcrib_app;
