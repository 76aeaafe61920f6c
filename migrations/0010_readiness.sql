-- Which migration was applied last: asked by /readyz. The application may not read the table of migrations itself.
create function newest_migration() returns bigint language plpgsql stable security definer set search_path = public
  as $$ begin return (select max(version) from _sqlx_migrations where success); end $$;
revoke all on function newest_migration() from public;
grant execute on function newest_migration() to toolcrib_app;
