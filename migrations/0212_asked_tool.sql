-- The tool of a call and how far whoever asks may go with it, at the version to which it is pinned for an agent: in one statement, which is a
-- transaction of its own. It sets the organization for itself, as `begin_calls` does.
create function asked_tool(organization uuid, asked uuid, person uuid, manager boolean, agent uuid, at timestamptz)
  returns table (tool tools, uses bigint, last_used_at timestamptz, level integer, pinned_version integer, pinned jsonb)
  language plpgsql set plan_cache_mode = force_generic_plan as $$
begin
  perform set_config('app.organization_id', organization::text, true);
  return query
    select t, coalesce(u.execution_count, case when t.organization_id is null then 0 else t.execution_count end),
      case when t.organization_id is null then u.last_executed_at else t.last_executed_at end,
      tool_access(t, person, manager, agent, at), pin.version, pin.snapshot
    from tools t
    left join platform_tool_uses u on u.tool_id = t.id and t.organization_id is null
    left join lateral (
      select v.version, v.snapshot from agent_tools x join tool_versions v on v.tool_id = x.tool_id and v.version = x.pinned_version
      where x.agent_id = agent and x.tool_id = t.id and v.version <> t.version) pin on true
    where t.id = asked;
end $$;
grant execute on function asked_tool(uuid, uuid, uuid, boolean, uuid, timestamptz) to toolcrib_app;
