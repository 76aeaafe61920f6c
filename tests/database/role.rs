//! The role the server works as, and who may not be it.

use support::TestSystem;
use toolcrib::db;

#[tokio::test]
async fn the_application_works_as_a_role_that_the_wall_holds() {
    let test = TestSystem::new().await;
    let role: String = sqlx::query_scalar("select current_user::text").fetch_one(&test.system().pool).await.unwrap();
    assert_eq!(role, db::APPLICATION_ROLE);
    assert_eq!(db::why_unfit(&test.system().pool).await.unwrap(), None);
    assert!(db::is_migrated(&test.system().pool).await.unwrap());
}

#[tokio::test]
async fn a_superuser_is_refused_as_the_applications_role() {
    let test = TestSystem::new().await;
    let why = db::why_unfit(test.owner()).await.unwrap().unwrap();
    assert!(why.contains("is a superuser"), "{why}");
}

#[tokio::test]
async fn an_owner_of_the_tables_is_refused_as_the_applications_role() {
    let test = TestSystem::new().await;
    let mut tx = test.owner().begin().await.unwrap();
    sqlx::query("grant create on schema public to toolcrib_app").execute(&mut *tx).await.unwrap();
    sqlx::query("alter table form_flashes owner to toolcrib_app").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    let why = db::why_unfit(&test.system().pool).await.unwrap().unwrap();
    assert!(why.contains("owns tables"), "{why}");
}
