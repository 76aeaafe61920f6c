-- Finding tools among thousands: the rule of access in a shape that the planner can open, and the order of lists in indexes.

-- The rule itself (specification §2), of plain values only: a function without sub-selects is inlined into a query, one with them is
-- called row by row. `granted` is the subject's grant that holds now, `attached` whether an agent has the tool attached and switched on.
-- 0 nothing · 1 read · 2 execute · 3 admin.
create function tool_level(organization_id uuid, visibility text, owner_type text, owner_id uuid, attached boolean, granted text,
                           person uuid, manager boolean, agent uuid) returns integer
language sql immutable parallel safe as $$
  select case
    -- An agent: what is attached to it and switched on, and that it may execute.
    when agent is not null then
      case when not coalesce(attached, false) then 0
        when visibility in ('platform', 'public') or (owner_type = 'agent' and owner_id = agent) or granted in ('admin', 'execute') then 2
        when granted = 'read' then 1
        else 0 end
    -- Platform tools are read-only for everybody.
    when organization_id is null then 2
    when manager or (owner_type = 'user' and owner_id = person) or granted = 'admin' then 3
    when visibility = 'public' or granted = 'execute' then 2
    when granted = 'read' then 1
    else 0
  end
$$;
grant execute on function tool_level(uuid, text, text, uuid, boolean, text, uuid, boolean, uuid) to toolcrib_app;

-- For one tool: looks up what the rule needs to know.
create or replace function tool_access(tool tools, person uuid, manager boolean, agent uuid, at timestamptz) returns integer
language sql stable as $$
  select tool_level(tool.organization_id, tool.visibility, tool.owner_type, tool.owner_id,
    exists (select from agent_tools a where a.agent_id = agent and a.tool_id = tool.id and a.is_enabled),
    (select g.permission from tool_grants g
     where g.tool_id = tool.id and g.subject_type = case when agent is null then 'user' else 'agent' end
       and g.subject_id = coalesce(agent, person) and (g.expires_at is null or g.expires_at > at)),
    person, manager, agent)
$$;

-- For all tools at once: the same rule, with what it needs to know joined. Inlined where it is used; `(l.tool).name` then is a plain column.
create function tool_levels(person uuid, manager boolean, agent uuid, at timestamptz) returns table (tool tools, level integer)
language sql stable as $$
  select t, tool_level(t.organization_id, t.visibility, t.owner_type, t.owner_id, a.id is not null, g.permission, person, manager, agent)
  from tools t
  left join agent_tools a on a.agent_id = agent and a.tool_id = t.id and a.is_enabled
  left join tool_grants g on g.tool_id = t.id and g.subject_type = case when agent is null then 'user' else 'agent' end
    and g.subject_id = coalesce(agent, person) and (g.expires_at is null or g.expires_at > at)
$$;
grant execute on function tool_levels(uuid, boolean, uuid, timestamptz) to toolcrib_app;

-- What people look through, in small letters, in one column each.
create function tool_search_text(name text, display_name text, description text, tags text[]) returns text
language sql immutable parallel safe as $$ select lower(concat_ws(E'\n', display_name, name, replace(name, '_', ' '), array_to_string(tags, ' '), description)) $$;
alter table tools
  add column sort_name text generated always as (lower(display_name)) stored,
  add column search_text text generated always as (tool_search_text(name, display_name, description, tags)) stored;

-- Row-level security lets no operator that is not leakproof use an index (it could tell of other organizations' rows), so `like` and
-- similarity always read all tools of the organization. These two were kept up to date for nothing.
drop index tools_name_trgm_idx, tools_display_name_trgm_idx;

create index tools_category_idx on tools (category_id) where category_id is not null;
create index tool_categories_parent_idx on tool_categories (parent_id) where parent_id is not null;
