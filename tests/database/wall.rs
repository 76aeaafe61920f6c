//! The wall between organizations, for every table that belongs to one. The tables come from the catalogue, so that a new one cannot be forgotten.

use sqlx::{AssertSqlSafe, PgPool};
use support::TestSystem;
use toolcrib::{
    db::TenantTx,
    ids::{OrganizationId, SessionId},
};

/// Tables with an `organization_id`, and `organizations` itself. Partitions are reached through their parent only.
async fn tenant_tables(owner: &PgPool) -> Vec<(String, String)> {
    sqlx::query_as(
        "select c.relname::text, case when c.relname = 'organizations' then 'id' else 'organization_id' end
         from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition
           and (c.relname = 'organizations' or exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'organization_id' and not a.attisdropped))
         order by 1",
    )
    .fetch_all(owner)
    .await
    .unwrap()
}

/// From here on nothing but constraints on single columns and the wall may refuse a row: no parent has to be there, and columns need not
/// agree with each other.
async fn drop_what_ties_columns(owner: &PgPool) {
    let keys: Vec<(String, String)> = sqlx::query_as(
        "select conrelid::regclass::text, conname::text from pg_constraint
         where (contype = 'f' and conparentid = 0 or contype = 'c' and cardinality(conkey) > 1 and coninhcount = 0)
           and connamespace = 'public'::regnamespace",
    )
    .fetch_all(owner)
    .await
    .unwrap();
    for (table, name) in keys {
        sqlx::query(AssertSqlSafe(format!("alter table {table} drop constraint \"{name}\""))).execute(owner).await.unwrap();
    }
}

/// What it takes to insert a row: values are made from the columns' types and checks, so that a table cannot be forgotten.
struct Shape {
    table: String,
    /// The column that says whose a row is.
    key: String,
    /// May a row belong to nobody (the platform)?
    key_may_be_null: bool,
    columns: Vec<(String, String)>,
    checks: Vec<(String, String)>,
}

impl Shape {
    async fn of(owner: &PgPool, table: &str, key: &str) -> Self {
        let columns: Vec<(String, String, bool, bool)> = sqlx::query_as(
            "select a.attname::text, format_type(a.atttypid, null), a.attnotnull and not a.atthasdef and a.attidentity = '', a.attnotnull
             from pg_attribute a where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum",
        )
        .bind(table)
        .fetch_all(owner)
        .await
        .unwrap();
        let checks = sqlx::query_as(
            "select a.attname::text, pg_get_constraintdef(c.oid) from pg_constraint c
             join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any (c.conkey)
             where c.conrelid = $1::regclass and c.contype = 'c'",
        )
        .bind(table)
        .fetch_all(owner)
        .await
        .unwrap();
        let key_may_be_null = columns.iter().any(|(name, _, _, not_null)| name == key && !not_null);
        let columns =
            columns.into_iter().filter(|(name, _, needed, _)| *needed && name != key).map(|(name, kind, ..)| (name, kind)).collect();
        Self { table: table.to_owned(), key: key.to_owned(), key_may_be_null, columns, checks }
    }

    /// A new row of this organization: unique wherever something has to be.
    fn insert(&self, organization: Option<OrganizationId>) -> String {
        let mut names = vec![format!("\"{}\"", self.key)];
        let mut values = vec![organization.map_or("null".to_owned(), |id| format!("'{id}'"))];
        for (column, kind) in &self.columns {
            names.push(format!("\"{column}\""));
            values.push(self.value(column, kind));
        }
        format!("insert into {} ({}) values ({})", self.table, names.join(", "), values.join(", "))
    }

    fn value(&self, column: &str, kind: &str) -> String {
        let check = |sign: &str| self.checks.iter().find(|(name, check)| name == column && check.contains(sign)).map(|(_, check)| check);
        match kind {
            "uuid" => "gen_random_uuid()".to_owned(),
            // One of a list of words: the first.
            "text" if check("ARRAY[").is_some() => format!("'{}'", check("ARRAY[").unwrap().split('\'').nth(1).unwrap()),
            "text" => "'x' || substr(md5(random()::text), 1, 12)".to_owned(),
            "text[]" | "integer[]" => "'{}'".to_owned(),
            "bytea" => {
                let bytes = check("octet_length").and_then(|check| check.split("= ").nth(1)?.trim_end_matches(')').parse().ok());
                format!("substr(sha256(gen_random_uuid()::text::bytea), 1, {})", bytes.unwrap_or(32))
            }
            "jsonb" | "json" => "'{}'".to_owned(),
            "boolean" => "false".to_owned(),
            "integer" | "bigint" | "smallint" | "numeric" | "double precision" => "1".to_owned(),
            "date" | "timestamp with time zone" => "now()".to_owned(),
            other => panic!("{}.{column} has the type {other}: teach this test to make a value of it", self.table),
        }
    }
}

/// The refusal that counts: by row-level security, or for want of a grant. Anything else would have let a row through that is made better.
fn by_the_wall(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(|error| error.code()).as_deref() == Some("42501")
}

#[tokio::test]
async fn every_tenant_table_forces_row_level_security_and_shows_nothing_of_another_organization() {
    let test = TestSystem::new().await;
    let (owner, pool) = (test.owner(), &test.system().pool);
    drop_what_ties_columns(owner).await;
    let (ours, theirs) = (OrganizationId::new(), OrganizationId::new());
    let tables = tenant_tables(owner).await;
    assert!(tables.len() >= 15, "found only {} tenant tables", tables.len());
    for (table, key) in &tables {
        let (enabled, forced, policies): (bool, bool, i64) = sqlx::query_as(
            "select relrowsecurity, relforcerowsecurity, (select count(*) from pg_policy p where p.polrelid = c.oid) from pg_class c where oid = $1::regclass",
        )
        .bind(table)
        .fetch_one(owner)
        .await
        .unwrap();
        assert!(enabled && forced && policies > 0, "{table} has no forced row-level security");
        let shape = Shape::of(owner, table, key).await;
        for organization in [ours, theirs] {
            let sql = shape.insert(Some(organization));
            sqlx::query(AssertSqlSafe(sql.clone())).execute(owner).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        }
        let count = format!("select count(*) from {table} where {key} is not null");
        let all: i64 = sqlx::query_scalar(AssertSqlSafe(count.clone())).fetch_one(owner).await.unwrap();
        assert!(all >= 2, "{table} has no rows, so nothing would be proved");

        let without: i64 = sqlx::query_scalar(AssertSqlSafe(count.clone())).fetch_one(pool).await.unwrap();
        assert_eq!(without, 0, "{table} is seen without an organization");

        let mut tx = TenantTx::begin(pool, Some(ours), None).await.unwrap();
        let seen: Vec<uuid::Uuid> =
            sqlx::query_scalar(AssertSqlSafe(format!("select {key} from {table}"))).fetch_all(&mut *tx).await.unwrap();
        assert_eq!(seen, vec![ours.0], "{table} shows something else than our own row");
        drop(tx);

        may_not_write_across(owner, pool, &shape, ours, theirs).await;
    }
}

/// Neither change their rows, nor give ours to them, nor make rows that are theirs. A table whose grants forbid it altogether refuses too.
async fn may_not_write_across(owner: &PgPool, pool: &PgPool, shape: &Shape, ours: OrganizationId, theirs: OrganizationId) {
    let (table, key) = (&shape.table, &shape.key);
    let ours_only = async || TenantTx::begin(pool, Some(ours), None).await.unwrap();
    let may = async |what: &str| -> bool {
        let asked = "select has_table_privilege('toolcrib_app', $1, $2)";
        sqlx::query_scalar(asked).bind(table).bind(what).fetch_one(owner).await.unwrap()
    };
    for statement in [format!("update {table} set {key} = {key} where {key} = $1"), format!("delete from {table} where {key} = $1")] {
        match sqlx::query(AssertSqlSafe(statement.clone())).bind(theirs).execute(&mut *ours_only().await).await {
            Ok(done) => assert_eq!(done.rows_affected(), 0, "{statement}: their row was reached"),
            Err(error) => assert!(by_the_wall(&error), "{statement}: {error}"),
        }
    }
    // An organization that has no row here: no unique key stands in the way of giving it ours.
    let give = format!("update {table} set {key} = $1");
    let refused = sqlx::query(AssertSqlSafe(give)).bind(OrganizationId::new()).execute(&mut *ours_only().await).await;
    assert!(refused.as_ref().is_err_and(by_the_wall), "{table}: our row was given away, or refused for another reason: {refused:?}");
    if may("update").await {
        let keep = AssertSqlSafe(format!("update {table} set {key} = {key}"));
        let done = sqlx::query(keep).execute(&mut *ours_only().await).await.unwrap();
        assert_eq!(done.rows_affected(), 1, "{table}: so the refusal above was for whose row it would be");
    }
    let elsewhere = [Some(OrganizationId::new()), Some(theirs), None];
    for organization in elsewhere.into_iter().filter(|organization| organization.is_some() || shape.key_may_be_null) {
        let sql = shape.insert(organization);
        let refused = sqlx::query(AssertSqlSafe(sql.clone())).execute(&mut *ours_only().await).await;
        assert!(refused.as_ref().is_err_and(by_the_wall), "{sql}: a row was planted, or refused for another reason: {refused:?}");
    }
    if may("insert").await {
        // As an organization that has no row yet: some tables hold one for each.
        let own = OrganizationId::new();
        let sql = shape.insert(Some(own));
        let mut tx = TenantTx::begin(pool, Some(own), None).await.unwrap();
        let done = sqlx::query(AssertSqlSafe(sql.clone())).execute(&mut *tx).await;
        assert!(done.is_ok(), "{sql}: a row of one's own is refused, so the refusals above prove nothing: {done:?}");
    }
}

#[tokio::test]
async fn a_setting_does_not_outlive_its_transaction() {
    let test = TestSystem::new().await;
    let (organization, _) = test.organization("acme").await;
    for _ in 0..20 {
        let mut tx = test.system().tenant_of(organization.id).await.unwrap();
        let seen: i64 = sqlx::query_scalar("select count(*) from organizations").fetch_one(&mut *tx).await.unwrap();
        assert_eq!(seen, 1);
        tx.commit().await.unwrap();
        let after: i64 = sqlx::query_scalar("select count(*) from organizations").fetch_one(&test.system().pool).await.unwrap();
        assert_eq!(after, 0);
    }
}

#[tokio::test]
async fn inside_a_session_only_that_session_and_its_messages_are_there() {
    let test = TestSystem::new().await;
    let (organization, _) = test.organization("acme").await;
    let (ours, theirs) = (SessionId::new(), SessionId::new());
    let mut outside = test.system().tenant_of(organization.id).await.unwrap();
    for session in [ours, theirs] {
        let made = sqlx::query("insert into agent_sessions (id, organization_id) values ($1, $2)").bind(session.0).bind(organization.id.0);
        made.execute(&mut *outside).await.unwrap();
        say(&mut outside, organization.id, session, 0).await.unwrap();
    }
    outside.commit().await.unwrap();

    let inside = async || {
        let mut tx = test.system().tenant_of(organization.id).await.unwrap();
        tx.in_session(ours).await.unwrap();
        tx
    };
    let mut tx = inside().await;
    assert_eq!(sessions_seen(&mut tx).await, (vec![ours.0], vec![ours.0]));
    say(&mut tx, organization.id, ours, 1).await.unwrap();
    for statement in ["update agent_sessions set external_id = 'mine' where id = $1", "delete from session_messages where session_id = $1"]
    {
        let done = sqlx::query(statement).bind(theirs.0).execute(&mut *tx).await.unwrap();
        assert_eq!(done.rows_affected(), 0, "{statement}: the other session was reached");
    }
    tx.commit().await.unwrap();
    let refused = say(&mut inside().await, organization.id, theirs, 1).await;
    assert!(refused.as_ref().is_err_and(by_the_wall), "a message was planted in the other session: {refused:?}");
    let give = sqlx::query("update session_messages set session_id = $1, message_index = 7").bind(theirs.0);
    let refused = give.execute(&mut *inside().await).await;
    assert!(refused.as_ref().is_err_and(by_the_wall), "a message was given to the other session: {refused:?}");

    // The setting went with its transactions, on whichever connection they were: outside, all of the organization is there again.
    for _ in 0..5 {
        let mut tx = test.system().tenant_of(organization.id).await.unwrap();
        let (mut sessions, messages) = sessions_seen(&mut tx).await;
        sessions.sort();
        let mut both = vec![ours.0, theirs.0];
        both.sort();
        assert_eq!((sessions, messages.len()), (both, 3));
    }
    // The session's wall is inside the organization's: naming a session opens nothing of another organization.
    let (other, _) = test.organization("globex").await;
    let mut tx = test.system().tenant_of(other.id).await.unwrap();
    tx.in_session(ours).await.unwrap();
    assert_eq!(sessions_seen(&mut tx).await, (vec![], vec![]));
}

/// The ids of the sessions that are there, and those of the sessions whose messages are.
async fn sessions_seen(tx: &mut TenantTx) -> (Vec<uuid::Uuid>, Vec<uuid::Uuid>) {
    let sessions = sqlx::query_scalar("select id from agent_sessions").fetch_all(&mut **tx).await.unwrap();
    (sessions, sqlx::query_scalar("select session_id from session_messages").fetch_all(&mut **tx).await.unwrap())
}

async fn say(tx: &mut TenantTx, organization: OrganizationId, session: SessionId, index: i32) -> Result<(), sqlx::Error> {
    sqlx::query("insert into session_messages (id, organization_id, session_id, message_index, role, content) values ($1, $2, $3, $4, 'user', 'hello')")
        .bind(SessionId::new().0)
        .bind(organization.0)
        .bind(session.0)
        .bind(index)
        .execute(&mut **tx)
        .await
        .map(|_| ())
}
