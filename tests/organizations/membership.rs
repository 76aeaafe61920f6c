//! Foreign slugs.

use support::TestSystem;
use toolcrib::organizations::{list, membership::membership_of};

#[tokio::test]
async fn an_organization_one_is_no_member_of_is_as_good_as_none() {
    let test = TestSystem::new().await;
    let (_, ada) = test.organization("acme").await;
    test.organization("globex").await;
    for slug in ["globex", "nowhere", "", "acme' or '1'='1", "ACME"] {
        assert!(membership_of(test.system(), ada.user_id, slug).await.unwrap().is_none(), "{slug}");
    }
    assert!(membership_of(test.system(), ada.user_id, "acme").await.unwrap().is_some());
    let mine = list::list(test.system(), ada.user_id).await.unwrap();
    assert_eq!(mine.iter().map(|b| b.organization.slug.as_str()).collect::<Vec<_>>(), ["acme"]);
}
