-- Platform tools belong to no organization. Whoever owns the schema writes them with each release, also where that role is no superuser
-- and the wall holds for it too.
create policy tools_release on tools to current_user using (organization_id is null) with check (organization_id is null);
create policy tool_versions_release on tool_versions to current_user using (organization_id is null) with check (organization_id is null);
