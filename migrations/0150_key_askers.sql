-- Everything that asks for a key by its name, in which way, and where the key is sent. One answer for "what breaks if I delete this",
-- for the explanation of a call and for the forms. Seen with the rights of whoever asks: the wall of each table stands.
create view key_askers with (security_invoker = true) as
select 'tool' as kind, t.id, t.name, t.id as tool_id, asked.key_name, asked.way, asked.address
from tools t cross join lateral (
  select t.api_spec->>'authKeyName', 'request', t.api_spec->>'baseUrl'
    where coalesce(t.api_spec->>'authType', 'none') <> 'none'
  union all
  select t.api_spec->>'authKeyName', 'token', t.api_spec->'oauth2'->>'tokenUrl' where t.api_spec->>'authType' = 'oauth2'
  union all
  select named, 'script', null
    from jsonb_array_elements_text(case when jsonb_typeof(t.executor_config->'keys') = 'array' then t.executor_config->'keys' else '[]' end) named
  union all
  select named, 'twilio', null from unnest(array['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN']) named where t.kind = 'sms'
  union all
  select named, 'pipedream', null from unnest(array['PIPEDREAM_CLIENT_ID', 'PIPEDREAM_CLIENT_SECRET']) named where t.kind = 'pipedream_action'
  union all
  select s.auth_key_name, 'mcp_http', s.url from mcp_pins p join mcp_servers s on s.id = p.server_id where p.tool_id = t.id and s.auth <> 'none'
  union all
  select variable.value, 'mcp_stdio', null
    from mcp_pins p join mcp_servers s on s.id = p.server_id cross join jsonb_each_text(s.env) variable where p.tool_id = t.id
  union all
  select 'WEBHOOK_SIGNING_SECRET', 'webhook', null where t.organization_id is null and t.name = 'send_webhook'
) asked(key_name, way, address)
where asked.key_name is not null
union all
-- Its tools are listed with a key too, on nobody's behalf.
select 'mcp_server', s.id, s.name, null, s.auth_key_name, 'mcp_http', s.url from mcp_servers s where s.auth <> 'none' and s.auth_key_name is not null
union all
select 'mcp_server', s.id, s.name, null, variable.value, 'mcp_stdio', null from mcp_servers s cross join jsonb_each_text(s.env) variable
union all
-- A node of a workflow names the key that signs.
select 'workflow', w.id, w.name, t.id, coalesce(node->'config'->'inputs'->>'key_name', 'WEBHOOK_SIGNING_SECRET'), 'webhook', node->'config'->'inputs'->>'url'
from workflows w
  cross join jsonb_array_elements(case when jsonb_typeof(w.definition->'nodes') = 'array' then w.definition->'nodes' else '[]' end) node
  join tools t on t.id::text = node->>'toolId' and t.organization_id is null and t.name = 'send_webhook';
grant select on key_askers to toolcrib_app;
