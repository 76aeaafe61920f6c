//! Thousands of tools at once, as the database's own work: what lists are measured with.

use crate::TestSystem;
use toolcrib::actor::Actor;

impl TestSystem {
    /// `number` tools of the actor's organization with realistic widths: kinds, statuses, visibilities, tags and dates vary by arithmetic.
    /// Every hundredth is the actor's own.
    pub async fn many_tools(&self, actor: &Actor, number: i32) {
        let sql = r#"insert into tools (id, organization_id, name, display_name, description, kind, status, visibility, owner_type, owner_id,
              input_schema, function_schema, tags, script_content, execution_count, last_executed_at, created_at, updated_at)
            select gen_random_uuid(), $1, 'tool_' || i,
              (array['Load', 'Send', 'Find', 'Make', 'Check'])[1 + i % 5] || ' ' ||
                (array['invoice', 'customer', 'report', 'weather', 'order', 'shipment', 'ticket'])[1 + i % 7] || ' ' || i,
              'Does the work number ' || i || ' for the department ' || (i % 37) || '. ' || repeat('More words about it. ', 8),
              (array['api_request', 'python'])[1 + i % 2], (array['draft', 'active', 'active', 'disabled', 'deprecated'])[1 + i % 5],
              case when i % 3 = 0 then 'private' else 'public' end, 'user', case when i % 100 = 0 then $2 else gen_random_uuid() end,
              jsonb_build_object('type', 'object', 'properties', jsonb_build_object('a', jsonb_build_object('type', 'string', 'description', repeat('x', 200)))),
              jsonb_build_object('name', 'tool_' || i, 'description', repeat('y', 300)), array['tag' || (i % 20), 'area' || (i % 7)],
              repeat('def main(): pass  # ' || i || E'\n', 40), i % 1000, case when i % 4 > 0 then $3 - i * interval '1 minute' end,
              $3 - i * interval '1 minute', $3 - (i % 500) * interval '1 hour'
            from generate_series(1, $4) i"#;
        sqlx::query(sql)
            .bind(actor.organization_id)
            .bind(actor.user_id)
            .bind(self.now())
            .bind(number)
            .execute(self.owner())
            .await
            .expect("tools");
        sqlx::query("analyze tools").execute(self.owner()).await.expect("analyze");
    }
}
