//! The wall between organizations, for every table that belongs to one. The tables come from the catalogue, so that a new one cannot be forgotten.

use sqlx::{AssertSqlSafe, PgPool};
use support::TestSystem;
use toolcrib::{db::TenantTx, ids::OrganizationId};

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

/// One row in every tenant table, as the owner and without triggers or foreign keys: values are made from the columns' types and checks.
async fn seed(owner: &PgPool, table: &str, key: &str, organization: OrganizationId) {
    let columns: Vec<(String, String, bool)> = sqlx::query_as(
        "select a.attname::text, format_type(a.atttypid, null), a.attnotnull and not a.atthasdef
         from pg_attribute a where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum",
    )
    .bind(table)
    .fetch_all(owner)
    .await
    .unwrap();
    let checks: Vec<(String, String)> = sqlx::query_as(
        "select a.attname::text, pg_get_constraintdef(c.oid) from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any (c.conkey)
         where c.conrelid = $1::regclass and c.contype = 'c'",
    )
    .bind(table)
    .fetch_all(owner)
    .await
    .unwrap();
    let (mut names, mut values) = (Vec::new(), Vec::new());
    for (column, kind, needed) in columns {
        if !needed && column != key {
            continue;
        }
        let allowed = checks
            .iter()
            .filter(|(name, _)| *name == column)
            .find_map(|(_, check)| check.contains("ARRAY[").then(|| check.split('\'').nth(1).map(|first| format!("'{first}'"))).flatten());
        let value = match kind.as_str() {
            _ if column == key => format!("'{organization}'"),
            "uuid" => "gen_random_uuid()".to_owned(),
            "text" if allowed.is_some() => allowed.unwrap(),
            "text" => format!("'x{}'", &organization.0.simple().to_string()[20..]),
            "text[]" => "'{}'".to_owned(),
            "bytea" => "sha256(gen_random_uuid()::text::bytea)".to_owned(),
            "jsonb" => "'{}'".to_owned(),
            "boolean" => "false".to_owned(),
            "integer" | "bigint" | "smallint" | "numeric" | "double precision" => "1".to_owned(),
            "date" | "timestamp with time zone" => "now()".to_owned(),
            other => panic!("{table}.{column} has the type {other}: teach this test to make a value of it"),
        };
        names.push(format!("\"{column}\""));
        values.push(value);
    }
    let mut tx = owner.begin().await.unwrap();
    sqlx::query("set local session_replication_role = replica").execute(&mut *tx).await.unwrap();
    let sql = format!("insert into {table} ({}) values ({})", names.join(", "), values.join(", "));
    sqlx::query(AssertSqlSafe(sql.clone())).execute(&mut *tx).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn every_tenant_table_forces_row_level_security_and_shows_nothing_of_another_organization() {
    let test = TestSystem::new().await;
    let (owner, pool) = (test.owner(), &test.system().pool);
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
        seed(owner, table, key, ours).await;
        seed(owner, table, key, theirs).await;
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

        may_not_write_across(pool, table, key, ours, theirs).await;
    }
}

/// Neither change their rows, nor give ours to them. A table whose grants forbid it altogether refuses too.
async fn may_not_write_across(pool: &PgPool, table: &str, key: &str, ours: OrganizationId, theirs: OrganizationId) {
    let mut tx = TenantTx::begin(pool, Some(ours), None).await.unwrap();
    let touch = AssertSqlSafe(format!("update {table} set {key} = {key} where {key} = $1"));
    if let Ok(done) = sqlx::query(touch).bind(theirs).execute(&mut *tx).await {
        assert_eq!(done.rows_affected(), 0, "{table}: their row was changed");
    }
    drop(tx);
    let mut tx = TenantTx::begin(pool, Some(ours), None).await.unwrap();
    let give = AssertSqlSafe(format!("update {table} set {key} = $1"));
    assert!(sqlx::query(give).bind(theirs).execute(&mut *tx).await.is_err(), "{table}: our row was given away");
    drop(tx);
    let mut tx = TenantTx::begin(pool, Some(ours), None).await.unwrap();
    let remove = AssertSqlSafe(format!("delete from {table} where {key} = $1"));
    if let Ok(done) = sqlx::query(remove).bind(theirs).execute(&mut *tx).await {
        assert_eq!(done.rows_affected(), 0, "{table}: their row was deleted");
    }
    drop(tx);
    let mut tx = TenantTx::begin(pool, Some(ours), None).await.unwrap();
    let plant = AssertSqlSafe(format!("insert into {table} ({key}) values ($1)"));
    let error = sqlx::query(plant).bind(theirs).execute(&mut *tx).await.expect_err("a row was planted in another organization");
    let refused = error.as_database_error().and_then(|error| error.code().map(|code| code.into_owned()));
    // 42501: by the wall or for want of a grant; 23502: another column was missing, which PostgreSQL checks first for some tables.
    assert!(matches!(refused.as_deref(), Some("42501" | "23502")), "{table}: {error}");
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
