use super::plain;
use support::TestSystem;
use toolcrib::{
    Error,
    access::Role,
    ids::CategoryId,
    tools::{
        categories::{self, DEEPEST, NewCategory, UpdateCategory},
        create, get,
    },
};

fn new(name: &str, parent_id: Option<CategoryId>) -> NewCategory {
    NewCategory { name: name.to_owned(), parent_id, ..NewCategory::default() }
}

fn moved(parent_id: Option<CategoryId>) -> UpdateCategory {
    UpdateCategory { parent_id: Some(parent_id), ..UpdateCategory::default() }
}

#[tokio::test]
async fn a_category_cannot_stand_below_itself_also_for_two_who_move_at_once() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let system = test.system();
    let a = categories::create(system, &owner, new("a", None)).await.unwrap();
    let b = categories::create(system, &owner, new("b", Some(a.id))).await.unwrap();
    let c = categories::create(system, &owner, new("c", Some(b.id))).await.unwrap();
    assert_eq!((b.depth, c.depth), (1, 2));
    for target in [a.id, b.id, c.id] {
        assert!(matches!(categories::update(system, &owner, a.id, moved(Some(target))).await, Err(Error::Invalid(_))));
    }
    let d = categories::create(system, &owner, new("d", None)).await.unwrap();
    let (one, two) = tokio::join!(
        categories::update(system, &owner, a.id, moved(Some(d.id))),
        categories::update(system, &owner, d.id, moved(Some(a.id)))
    );
    assert_eq!(i32::from(one.is_ok()) + i32::from(two.is_ok()), 1);
    assert_eq!(categories::list(system, &owner).await.unwrap().len(), 4);
}

#[tokio::test]
async fn a_deleted_category_leaves_its_children_and_tools_one_level_up() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let system = test.system();
    let a = categories::create(system, &owner, new("a", None)).await.unwrap();
    let b = categories::create(system, &owner, new("b", Some(a.id))).await.unwrap();
    let c = categories::create(system, &owner, new("c", Some(b.id))).await.unwrap();
    let mut tool = plain("echo");
    tool.category_id = Some(b.id);
    let tool = create(system, &owner, tool).await.unwrap();
    categories::delete(system, &owner, b.id).await.unwrap();
    let left = categories::list(system, &owner).await.unwrap();
    assert_eq!(left.iter().map(|category| (category.id, category.parent_id)).collect::<Vec<_>>(), [(a.id, None), (c.id, Some(a.id))]);
    assert_eq!(get(system, &owner, tool.id).await.unwrap().category_id, Some(a.id));
    categories::delete(system, &owner, a.id).await.unwrap();
    assert_eq!(get(system, &owner, tool.id).await.unwrap().category_id, None);
    assert_eq!(categories::list(system, &owner).await.unwrap()[0].parent_id, None);
}

#[tokio::test]
async fn the_tree_is_no_deeper_than_it_may_be_however_it_is_built() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let system = test.system();
    let mut parent = None;
    let mut last = None;
    for level in 0..DEEPEST {
        let made = categories::create(system, &owner, new(&format!("level {level}"), parent)).await.unwrap();
        (last, parent) = (parent, Some(made.id));
    }
    assert!(matches!(categories::create(system, &owner, new("too deep", parent)).await, Err(Error::Invalid(_))));
    let pair = categories::create(system, &owner, new("pair", None)).await.unwrap();
    categories::create(system, &owner, new("its child", Some(pair.id))).await.unwrap();
    assert!(matches!(categories::update(system, &owner, pair.id, moved(last)).await, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn names_are_unique_and_other_organizations_far_away() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    let system = test.system();
    let a = categories::create(system, &owner, new("a", None)).await.unwrap();
    assert_eq!(categories::create(system, &owner, new(" a ", None)).await.unwrap_err().status(), 409);
    assert!(categories::list(system, &stranger).await.unwrap().is_empty());
    assert!(matches!(categories::update(system, &stranger, a.id, moved(None)).await, Err(Error::NotFound(_))));
    assert!(matches!(categories::delete(system, &stranger, a.id).await, Err(Error::NotFound(_))));
    assert!(matches!(categories::create(system, &stranger, new("b", Some(a.id))).await, Err(Error::Invalid(_))));
    let builder = test.member(&organization, Role::Builder).await;
    categories::create(system, &builder, new("b", Some(a.id))).await.unwrap();
    // The tree belongs to all: changing it is the admins' work.
    assert!(matches!(categories::update(system, &builder, a.id, moved(None)).await, Err(Error::Forbidden(_))));
    assert!(matches!(categories::delete(system, &builder, a.id).await, Err(Error::Forbidden(_))));
}
