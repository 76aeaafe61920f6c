use chrono::{DateTime, Duration, Utc};
use support::TestSystem;
use toolcrib::{
    Error,
    actor::Actor,
    executions::{ExecutionFilter, ExecutionOrder, ExecutionSort, SORTED, list::find},
};

/// `count` executions of two tools, one a second, with durations that go round; the first ten have none yet.
async fn happened(test: &TestSystem, actor: &Actor, count: i32) -> DateTime<Utc> {
    let began = test.now();
    let tool = super::create(test.system(), actor, crate::tools::plain("load")).await.unwrap();
    sqlx::query(
        "insert into tool_executions (id, organization_id, tool_id, tool_name, tool_kind, tool_version, user_id, source, status, inputs, created_at, duration_ms)
         select gen_random_uuid(), $1, $2, case when n % 2 = 0 then 'load' else 'store' end, 'python', 1, $3, 'rest', 'success', '{}',
           $4::timestamptz + n * interval '1 second', case when n > 10 then (n * 7919) % 1000 end
         from generate_series(1, $5) n",
    )
    .bind(actor.organization_id)
    .bind(tool.id)
    .bind(actor.user_id)
    .bind(began)
    .bind(count)
    .execute(test.owner())
    .await
    .unwrap();
    began
}

fn by(sort: ExecutionSort, descending: bool) -> ExecutionFilter {
    ExecutionFilter { order: ExecutionOrder { sort, descending }, ..ExecutionFilter::default() }
}

#[tokio::test]
async fn any_column_sorts_and_pages_follow_each_other_in_that_order() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    happened(&test, &owner, 230).await;
    happened(&test, &stranger, 3).await;
    let walk = async |filter: ExecutionFilter| {
        let (mut all, mut cursor) = (Vec::new(), None);
        loop {
            let (page, is_cut) =
                find(test.system(), &owner, ExecutionFilter { cursor: cursor.take(), limit: Some(100), ..filter.clone() }).await.unwrap();
            assert!(!is_cut);
            all.extend(page.items);
            cursor = page.next_cursor;
            if cursor.is_none() {
                return all;
            }
        }
    };
    for sort in ExecutionSort::ALL {
        for descending in [false, true] {
            let all = walk(by(*sort, descending)).await;
            let mut ids: Vec<_> = all.iter().map(|one| one.id).collect();
            ids.sort_by_key(|id| id.0);
            ids.dedup();
            assert_eq!((all.len(), ids.len()), (230, 230), "{sort}, descending: {descending}");
            let in_order = all.windows(2).all(|pair| {
                let (a, b) = if descending { (&pair[1], &pair[0]) } else { (&pair[0], &pair[1]) };
                match sort {
                    ExecutionSort::When => a.created_at <= b.created_at,
                    ExecutionSort::Duration => a.duration_ms <= b.duration_ms,
                    ExecutionSort::Tool => a.tool_name <= b.tool_name,
                    _ => true,
                }
            });
            assert!(in_order, "{sort}, descending: {descending}");
        }
    }
    // With words, too.
    let found = walk(ExecutionFilter { text: Some("stor".to_owned()), ..by(ExecutionSort::Duration, true) }).await;
    assert!(found.len() == 115 && found.iter().all(|one| one.tool_name == "store"));
    let oldest = walk(ExecutionFilter { text: Some("stor".to_owned()), ..by(ExecutionSort::When, false) }).await;
    assert!(oldest.len() == 115 && oldest[0].created_at < oldest[114].created_at);
    // A cursor belongs to its order.
    let cursor = find(test.system(), &owner, by(ExecutionSort::Duration, true)).await.unwrap().0.next_cursor;
    for other in [by(ExecutionSort::Duration, false), by(ExecutionSort::Tool, true), ExecutionFilter::default()] {
        let refused = find(test.system(), &owner, ExecutionFilter { cursor: cursor.clone(), ..other }).await;
        assert!(matches!(refused, Err(Error::Malformed(_))), "{refused:?}");
    }
}

#[tokio::test]
async fn of_very_many_the_newest_are_put_in_order_and_the_list_says_so() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let began = happened(&test, &owner, i32::try_from(SORTED).unwrap() + 5).await;
    let (page, is_cut) = find(test.system(), &owner, by(ExecutionSort::Duration, false)).await.unwrap();
    // Of the ten that have no duration, and so come first, five are too old.
    assert!(is_cut && page.items.iter().filter(|one| one.duration_ms.is_none()).count() == 5);
    // By time nothing is cut: the index leads to the oldest.
    let (page, is_cut) = find(test.system(), &owner, by(ExecutionSort::When, false)).await.unwrap();
    assert!(!is_cut && page.items[0].created_at - began < Duration::seconds(2));
}
