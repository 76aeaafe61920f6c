use super::plain;
use crate::agents::{agent, attachment};
use serde_json::json;
use support::TestSystem;
use toolcrib::{
    Error,
    access::Role,
    actor::Actor,
    agents::attach::attach,
    ids::ToolId,
    page::Page,
    tools::{
        self, Status, ToolFilter, ToolSort, ToolSummary, Visibility,
        categories::{self, NewCategory},
        change_status, create,
    },
};

async fn names(test: &TestSystem, actor: &Actor, filter: ToolFilter) -> Vec<String> {
    tools::list(test.system(), actor, filter).await.unwrap().items.into_iter().map(|tool| tool.name).collect()
}

fn text(text: &str) -> ToolFilter {
    ToolFilter { text: Some(text.to_owned()), ..ToolFilter::default() }
}

#[tokio::test]
async fn words_are_found_wherever_they_stand_and_the_best_match_comes_first() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    for (name, display, description, tags) in [
        ("find_order", "Find order", "Looks up a shipment by its order", vec![]),
        ("ship", "Shipment", "", vec![]),
        ("track_shipment", "Track shipment", "Where is it?", vec!["100%_sure".to_owned()]),
        ("get_weather", "Get weather", "", vec![]),
    ] {
        let mut new = plain(name);
        (new.display_name, new.description, new.tags) = (display.to_owned(), description.to_owned(), tags);
        create(test.system(), &owner, new).await.unwrap();
    }
    assert_eq!(names(&test, &owner, text("shipment")).await, ["ship", "track_shipment", "find_order"]);
    assert_eq!(names(&test, &owner, text("  ORDER shipment ")).await, ["find_order"]);
    assert_eq!(names(&test, &owner, text("track_ship")).await, ["track_shipment"]);
    assert_eq!(names(&test, &owner, text("100%_s")).await, ["track_shipment"]);
    assert_eq!(names(&test, &owner, text("%")).await, ["track_shipment"]);
    assert_eq!(names(&test, &owner, text("_x_")).await, Vec::<String>::new());
    // Trigrams forgive slips.
    assert_eq!(names(&test, &owner, text("wether")).await, ["get_weather"]);
    assert_eq!(names(&test, &owner, text("   ")).await.len(), 4);
}

#[tokio::test]
async fn every_filter_leaves_what_it_says() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let builder = test.member(&organization, Role::Builder).await;
    let system = test.system();
    let top = categories::create(system, &owner, NewCategory { name: "Finance".into(), ..NewCategory::default() }).await.unwrap();
    let below = NewCategory { name: "Invoices".into(), parent_id: Some(top.id), ..NewCategory::default() };
    let below = categories::create(system, &owner, below).await.unwrap();
    let mut a = plain("tool_a");
    (a.category_id, a.tags) = (Some(top.id), vec!["red".into(), "blue".into()]);
    let mut b = plain("tool_b");
    (b.category_id, b.tags, b.visibility) = (Some(below.id), vec!["red".into()], Visibility::Private);
    let a = create(system, &owner, a).await.unwrap();
    create(system, &builder, b).await.unwrap();
    let c =
        create(system, &owner, super::request("tool_c", json!({"baseUrl": "https://a.example", "path": "/", "method": "GET"}), json!({})))
            .await
            .unwrap();
    change_status(system, &owner, c.id, Status::Disabled).await.unwrap();
    let robot = agent(&test, &owner, "robot").await;
    attach(system, &owner, robot.id, attachment(a.id)).await.unwrap();
    let used = test.now() - chrono::Duration::days(3);
    sqlx::query("update tools set last_executed_at = $1 where id = $2").bind(used).bind(a.id).execute(test.owner()).await.unwrap();

    let by = |change: fn(&mut ToolFilter)| {
        let mut filter = ToolFilter { sort: Some(ToolSort::Name), ..ToolFilter::default() };
        change(&mut filter);
        filter
    };
    let base = by(|_| {});
    for (filter, expected) in [
        (by(|filter| filter.kind = Some(tools::Kind::ApiRequest)), vec!["tool_c"]),
        (by(|filter| filter.status = Some(Status::Disabled)), vec!["tool_c"]),
        (ToolFilter { category_id: Some(top.id), ..base.clone() }, vec!["tool_a", "tool_b"]),
        (ToolFilter { category_id: Some(below.id), ..base.clone() }, vec!["tool_b"]),
        (by(|filter| filter.tag = Some("red".into())), vec!["tool_a", "tool_b"]),
        (by(|filter| filter.tag = Some("re".into())), vec![]),
        (ToolFilter { owner_id: Some(builder.user_id), ..base.clone() }, vec!["tool_b"]),
        (by(|filter| filter.visibility = Some(Visibility::Private)), vec!["tool_b"]),
        (ToolFilter { agent_id: Some(robot.id), ..base.clone() }, vec!["tool_a"]),
        (ToolFilter { used_since: Some(used), ..base.clone() }, vec!["tool_a"]),
        (ToolFilter { used_since: Some(used + chrono::Duration::seconds(1)), ..base.clone() }, vec![]),
        (ToolFilter { unused_since: Some(used), ..base.clone() }, vec!["tool_b", "tool_c"]),
        (ToolFilter { unused_since: Some(test.now()), tag: Some("blue".into()), ..base.clone() }, vec!["tool_a"]),
    ] {
        assert_eq!(names(&test, &owner, filter.clone()).await, expected, "{filter:?}");
    }
    let facets = tools::list::facets(system, &owner).await.unwrap();
    assert_eq!(facets.tags, [("blue".to_owned(), 1), ("red".to_owned(), 2)]);
    assert_eq!((facets.owners.len(), facets.agents.len(), facets.tools), (2, 1, 3));
    // Who may not see a tool learns nothing of it from the choices either.
    let member = test.member(&organization, Role::Member).await;
    let facets = tools::list::facets(system, &member).await.unwrap();
    assert_eq!((facets.owners.len(), facets.tools, facets.tags[1].1), (1, 2, 1));
    assert_eq!(facets.categories.iter().map(|category| category.tool_count).collect::<Vec<_>>(), [1, 0]);
}

#[tokio::test]
async fn pages_follow_each_other_in_every_order_without_a_gap_or_a_double() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    test.many_tools(&owner, 60).await;
    for sort in ToolSort::ALL {
        for descending in [false, true] {
            let filter =
                ToolFilter { sort: Some(*sort), descending, limit: Some(7), text: Some("department".into()), ..ToolFilter::default() };
            let whole = tools::list(test.system(), &owner, ToolFilter { limit: Some(100), ..filter.clone() }).await.unwrap().items;
            let mut paged: Vec<ToolId> = Vec::new();
            let mut cursor = None;
            loop {
                let asked = ToolFilter { cursor: cursor.clone(), ..filter.clone() };
                let (page, total): (Page<ToolSummary>, i64) = tools::list::find(test.system(), &owner, asked).await.unwrap();
                assert_eq!(total, 60);
                paged.extend(page.items.iter().map(|tool| tool.id));
                cursor = page.next_cursor;
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!(paged, whole.iter().map(|tool| tool.id).collect::<Vec<_>>(), "{sort} {descending}");
            assert_eq!(paged.len(), 60);
            let mut keys: Vec<String> = whole
                .iter()
                .map(|tool| match sort {
                    ToolSort::Name => tool.display_name.to_lowercase(),
                    ToolSort::Kind => tool.kind.to_string(),
                    ToolSort::Created => tool.created_at.to_rfc3339(),
                    ToolSort::Updated => tool.updated_at.to_rfc3339(),
                    ToolSort::LastUsed => tool.last_executed_at.map_or_else(String::new, |at| at.to_rfc3339()),
                    ToolSort::Executions => format!("{:09}", tool.execution_count),
                    ToolSort::Relevance => String::new(),
                })
                .collect();
            let shown = keys.clone();
            keys.sort();
            if descending {
                keys.reverse();
            }
            assert_eq!(shown, keys, "{sort} {descending}");
        }
    }
}

#[tokio::test]
async fn a_cursor_of_another_order_is_refused() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    test.many_tools(&owner, 3).await;
    let first = tools::list(test.system(), &owner, ToolFilter { limit: Some(1), ..ToolFilter::default() }).await.unwrap();
    let turned = ToolFilter { cursor: first.next_cursor, sort: Some(ToolSort::Name), ..ToolFilter::default() };
    assert!(matches!(tools::list(test.system(), &owner, turned).await, Err(Error::Malformed(_))));
    let nonsense = ToolFilter { cursor: Some("bm9uc2Vuc2U".into()), ..ToolFilter::default() };
    assert!(matches!(tools::list(test.system(), &owner, nonsense).await, Err(Error::Malformed(_))));
}

/// `tool_levels` answers for all tools at once what `tool_access` answers for one: for every visibility, owner, attachment, grant and asker.
#[tokio::test]
async fn the_rule_for_many_tools_is_the_rule_for_one() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let person = test.member(&organization, Role::Member).await;
    let robot = agent(&test, &owner, "robot").await;
    let sql = r#"
      insert into tools (id, organization_id, name, display_name, kind, input_schema, function_schema, visibility, owner_type, owner_id)
      select gen_random_uuid(), case when visibility = 'platform' then null else $1 end, 't_' || row_number() over (), 'x', 'python', '{}', '{}',
        visibility, owner.type, owner.id
      from unnest(array['platform', 'public', 'private']) visibility,
        (values ('user', $2), ('agent', $3), ('user', $3), ('agent', $2), ('user', gen_random_uuid()), (null, null)) owner (type, id),
        generate_series(1, 81);
    "#;
    sqlx::query(sql).bind(organization.id).bind(person.user_id.0).bind(robot.id.0).execute(test.owner()).await.unwrap();
    // 81 of each: attachment (none, on, off) × grant (none, person's, agent's) × (for ever, still, expired) × permission.
    let sql = r#"
      with numbered as (select id, (row_number() over (partition by visibility, owner_type, owner_id order by id) - 1)::int n from tools)
      insert into agent_tools (id, organization_id, agent_id, tool_id, is_enabled)
      select gen_random_uuid(), $1, $2, id, n % 3 = 1 from numbered where n % 3 > 0
    "#;
    sqlx::query(sql).bind(organization.id).bind(robot.id.0).execute(test.owner()).await.unwrap();
    let sql = r#"
      with numbered as (select id, (row_number() over (partition by visibility, owner_type, owner_id order by id) - 1)::int n from tools)
      insert into tool_grants (id, organization_id, tool_id, subject_type, subject_id, permission, expires_at)
      select gen_random_uuid(), $1, id, case when n / 3 % 3 = 1 then 'user' else 'agent' end, case when n / 3 % 3 = 1 then $2 else $3 end,
        (array['read', 'execute', 'admin'])[1 + n / 27], case n / 9 % 3 when 0 then null when 1 then $4 + interval '1 hour' else $4 - interval '1 second' end
      from numbered where n / 3 % 3 > 0
    "#;
    let now = test.now();
    sqlx::query(sql).bind(organization.id).bind(person.user_id.0).bind(robot.id.0).bind(now).execute(test.owner()).await.unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for (person, manager, agent) in [
        (person.user_id.0, false, None),
        (person.user_id.0, true, None),
        (person.user_id.0, false, Some(robot.id.0)),
        (uuid::Uuid::nil(), false, None),
    ] {
        let mut tx = test.system().tenant(&owner).await.unwrap();
        let rows: Vec<(uuid::Uuid, i32, i32)> = sqlx::query_as(
            "select t.id, tool_access(t, $1, $2, $3, $4), l.level from tools t join tool_levels($1, $2, $3, $4) l on (l.tool).id = t.id",
        )
        .bind(person)
        .bind(manager)
        .bind(agent)
        .bind(now)
        .fetch_all(&mut *tx)
        .await
        .unwrap();
        assert_eq!(rows.len(), 3 * 6 * 81);
        for (id, one, many) in rows {
            assert_eq!(one, many, "{id} for {person} {manager} {agent:?}");
            seen.insert((agent.is_some(), one));
        }
    }
    assert_eq!(seen.len(), 7, "{seen:?}"); // people: nothing to admin; agents: nothing to execute
}
