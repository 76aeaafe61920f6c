-- Who may do what with a tool: the one place, for lists, pages, calls, agents alike (specification §2).
-- 0 nothing · 1 read · 2 execute · 3 admin.
create function tool_access(tool tools, person uuid, manager boolean, agent uuid, at timestamptz) returns integer
language sql stable as $$
  select case
    -- An agent: what is attached to it and switched on, and that it may execute.
    when agent is not null then
      case when exists (select from agent_tools a where a.agent_id = agent and a.tool_id = tool.id and a.is_enabled) then
        least(2, greatest(
          case when tool.visibility in ('platform', 'public') then 2 when tool.owner_type = 'agent' and tool.owner_id = agent then 2 else 0 end,
          coalesce((select case g.permission when 'admin' then 3 when 'execute' then 2 else 1 end from tool_grants g
                    where g.tool_id = tool.id and g.subject_type = 'agent' and g.subject_id = agent and (g.expires_at is null or g.expires_at > at)), 0)))
      else 0 end
    -- Platform tools are read-only for everybody.
    when tool.organization_id is null then 2
    when manager then 3
    when tool.owner_type = 'user' and tool.owner_id = person then 3
    else greatest(
      case when tool.visibility = 'public' then 2 else 0 end,
      coalesce((select case g.permission when 'admin' then 3 when 'execute' then 2 else 1 end from tool_grants g
                where g.tool_id = tool.id and g.subject_type = 'user' and g.subject_id = person and (g.expires_at is null or g.expires_at > at)), 0))
  end
$$;
grant execute on function tool_access(tools, uuid, boolean, uuid, timestamptz) to toolcrib_app;

-- Being called is no change of a tool: it does not make an open form stale.
drop trigger tools_touch on tools;
create trigger tools_touch before update on tools for each row
  when (old.execution_count = new.execution_count) execute function touch_updated_at();
