-- The wall around a session, inside that of its organization: who calls inside a session sees that session and its messages only.
-- Outside of any session (no setting) the organization's wall stands alone, as before.
create function current_session_id() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('app.session_id', true), '')::uuid $$;
revoke all on function current_session_id() from public;
grant execute on function current_session_id() to toolcrib_app;

create policy agent_sessions_inside on agent_sessions as restrictive
  using (current_session_id() is null or id = current_session_id())
  with check (current_session_id() is null or id = current_session_id());
create policy session_messages_inside on session_messages as restrictive
  using (current_session_id() is null or session_id = current_session_id())
  with check (current_session_id() is null or session_id = current_session_id());
