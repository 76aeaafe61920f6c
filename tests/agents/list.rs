use super::{agent, attachment, tool};
use support::TestSystem;
use toolcrib::{
    access::Role,
    agents::{attach::attach, list::numbered},
    page::ListOrder,
    tools::Visibility,
};

fn by(sort: &str, descending: bool, page: i64) -> ListOrder {
    ListOrder { sort: sort.to_owned(), descending, page }
}

#[tokio::test]
async fn a_list_is_ordered_as_asked_and_leafed_through_to_its_end() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    for n in 0..53 {
        agent(&test, &owner, &format!("agent_{n:02}")).await;
    }
    agent(&test, &stranger, "agent_99").await;
    let busy = agent(&test, &owner, "busy").await;
    let tool = tool(&test, &owner, "load", Visibility::Public).await;
    attach(test.system(), &owner, busy.id, attachment(tool.id)).await.unwrap();
    let reader = test.member(&organization, Role::Analyst).await;
    let names = async |search: Option<&str>, order: &ListOrder| {
        let found = numbered(test.system(), &reader, search, order).await.unwrap();
        (found.items.into_iter().map(|row| row.agent.name).collect::<Vec<_>>(), found.total, found.page)
    };

    let (first, total, _) = names(None, &ListOrder::default()).await;
    assert_eq!((first[0].as_str(), first.len(), total), ("agent_00", 50, 54));
    let (second, _, _) = names(None, &by("", false, 2)).await;
    assert_eq!(second, ["agent_50", "agent_51", "agent_52", "busy"]);
    assert_eq!(names(None, &by("name", true, 1)).await.0[..2], ["busy", "agent_52"]);
    assert_eq!(names(None, &by("tools", true, 1)).await.0[0], "busy");
    assert_ne!(names(None, &by("tools", false, 1)).await.0[0], "busy");
    // A search counts what it finds; a page that is not there is the first one; an unknown column is none.
    assert_eq!(names(Some("bus"), &by("nonsense", true, 1)).await, (vec!["busy".to_owned()], 1, 1));
    assert_eq!(names(None, &by("name", false, 9)).await.2, 1);
}
