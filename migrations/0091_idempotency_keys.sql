-- Answers to writes that carried an `Idempotency-Key`: a client that did not hear the answer asks again and gets the same one.
create table idempotency_keys (
  organization_id uuid not null references organizations on delete cascade,
  user_id uuid not null,
  agent_id uuid not null default '00000000-0000-0000-0000-000000000000', -- nil: the person themselves
  key text not null check (length(key) between 1 and 255),
  fingerprint bytea not null, -- of method, address and body
  server_id uuid not null, -- who works, or worked, on it
  status integer, -- null: not answered yet
  headers jsonb,
  body bytea,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (organization_id, user_id, agent_id, key)
);
create index idempotency_keys_expiry_idx on idempotency_keys (organization_id, expires_at);
alter table idempotency_keys enable row level security;
alter table idempotency_keys force row level security;
create policy idempotency_keys_wall on idempotency_keys using (organization_id = current_organization()) with check (organization_id = current_organization());
grant select, insert, update, delete on idempotency_keys to toolcrib_app;
