-- When phone numbers and variables were changed last: a change that is meant for an older state is refused.
alter table phone_numbers add column updated_at timestamptz not null default now();
alter table variables add column updated_at timestamptz not null default now();
-- What is there already was changed last when it was made. The owner is behind the wall, too, unless it is taken down for a moment.
alter table phone_numbers no force row level security;
alter table variables no force row level security;
update phone_numbers set updated_at = created_at;
update variables set updated_at = created_at;
alter table phone_numbers force row level security;
alter table variables force row level security;
create trigger phone_numbers_touch before update on phone_numbers for each row execute function touch_updated_at();
create trigger variables_touch before update on variables for each row execute function touch_updated_at();
