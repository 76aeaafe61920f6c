use super::plain;
use support::TestSystem;
use toolcrib::{
    Error,
    access::Role,
    tools::{create, get, tags},
};

#[tokio::test]
async fn a_tag_is_renamed_merged_and_removed_on_every_tool_in_its_place() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let (_, other) = test.organization("globex").await;
    let system = test.system();
    let tagged = |name: &str, tags: &[&str]| {
        let mut new = plain(name);
        new.tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
        new
    };
    let a = create(system, &owner, tagged("tool_a", &["first", "red", "last"])).await.unwrap();
    let b = create(system, &owner, tagged("tool_b", &["rot", "red"])).await.unwrap();
    let foreign = create(system, &other, tagged("tool_a", &["red"])).await.unwrap();
    assert_eq!(
        tags::list(system, &owner).await.unwrap(),
        [("first".to_owned(), 1), ("last".to_owned(), 1), ("red".to_owned(), 2), ("rot".to_owned(), 1)]
    );
    assert_eq!(tags::rename(system, &owner, "red", "  crimson ").await.unwrap(), 2);
    assert_eq!(get(system, &owner, a.id).await.unwrap().tags, ["first", "crimson", "last"]);
    assert_eq!(tags::rename(system, &owner, "rot", "crimson").await.unwrap(), 1);
    assert_eq!(get(system, &owner, b.id).await.unwrap().tags, ["crimson"]);
    assert_eq!(tags::remove(system, &owner, "crimson").await.unwrap(), 2);
    assert_eq!(get(system, &owner, a.id).await.unwrap().tags, ["first", "last"]);
    assert_eq!(get(system, &other, foreign.id).await.unwrap().tags, ["red"]);
    assert!(matches!(tags::remove(system, &owner, "crimson").await, Err(Error::NotFound("tag"))));
    assert!(matches!(tags::rename(system, &owner, "first", "a, b").await, Err(Error::Invalid(_))));
    let builder = test.member(&organization, Role::Builder).await;
    assert!(matches!(tags::rename(system, &builder, "first", "x").await, Err(Error::Forbidden(_))));
}
