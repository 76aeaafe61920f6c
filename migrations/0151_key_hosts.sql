-- To which hosts a key may be sent; none named: to any.
alter table tool_keys add column allowed_hosts text[] not null default '{}';
