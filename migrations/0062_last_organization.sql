-- Where a person was last: `/` leads there. Each session has its own, so that two browsers do not pull at each other; a new session
-- begins with the person's. (Not called organization_id: sessions and users stand outside the wall and belong to no organization.)
alter table user_sessions add column last_organization_id uuid references organizations on delete set null;
alter table users add column last_organization_id uuid references organizations on delete set null;
create index user_sessions_last_organization_idx on user_sessions (last_organization_id);
create index users_last_organization_idx on users (last_organization_id);

-- Going somewhere is no change of the account.
drop trigger users_touch on users;
create trigger users_touch before update on users for each row
  when (old.last_organization_id is not distinct from new.last_organization_id) execute function touch_updated_at();
