use support::Database;
use toolcrib::db;

#[tokio::test]
async fn an_empty_database_is_migrated_by_several_servers_at_once_and_again_without_change() {
    let database = Database::empty().await;
    let options = database.options();
    let (one, two, three) = tokio::join!(db::migrate(&options), db::migrate(&options), db::migrate(&options));
    one.unwrap();
    two.unwrap();
    three.unwrap();
    db::migrate(&options).await.unwrap();
    let owner = database.owner_pool().await;
    let applied: i64 = sqlx::query_scalar("select count(*) from _sqlx_migrations where success").fetch_one(&owner).await.unwrap();
    assert_eq!(usize::try_from(applied).unwrap(), db::MIGRATOR.iter().count());
    owner.close().await;
}
