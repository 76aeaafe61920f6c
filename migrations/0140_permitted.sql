-- What an agent may do with a tool, attached and switched on or not: the same rule as `tool_access`, which tells "not attached" and "not
-- permitted" apart nowhere. Pages show the one before the other is asked, and attaching gives what is missing.
create function tool_permission(tool tools, agent uuid, at timestamptz) returns integer
language sql stable as $$
  select tool_level(tool.organization_id, tool.visibility, tool.owner_type, tool.owner_id, true,
    (select g.permission from tool_grants g
     where g.tool_id = tool.id and g.subject_type = 'agent' and g.subject_id = agent and (g.expires_at is null or g.expires_at > at)),
    null, false, agent)
$$;
grant execute on function tool_permission(tools, uuid, timestamptz) to toolcrib_app;
