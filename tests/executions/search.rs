use super::call;
use crate::tools::{plain, script};
use serde_json::{Value, json};
use support::TestSystem;
use toolcrib::{
    access::Role,
    actor::Actor,
    executions::{self, ExecuteRequest, ExecutionFilter, Status, execute},
    ids::ExecutionId,
};

async fn found(test: &TestSystem, actor: &Actor, filter: ExecutionFilter) -> Vec<ExecutionId> {
    executions::list(test.system(), actor, filter).await.unwrap().items.into_iter().map(|one| one.id).collect()
}

fn words(text: &str) -> ExecutionFilter {
    ExecutionFilter { text: Some(text.to_owned()), ..ExecutionFilter::default() }
}

#[tokio::test]
async fn an_execution_is_found_by_words_of_its_inputs_outputs_error_prompt_and_tool() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let shout = script("shout_loudly", "def main(text):\n    return {'said': [text.upper() + '!', 4711]}\n", json!({}));
    let shouted = call(&test, &owner, shout, json!({"text": "Grüße an ada@acme.example"})).await;
    assert_eq!(shouted.status, Status::Success, "{:?}", shouted.error_message);
    let failing = script("divide", "def main(order):\n    raise ValueError('no quotient for ' + order)\n", json!({}));
    let failed = call(&test, &owner, failing, json!({"order": "ORD-2024-17"})).await;
    let request = ExecuteRequest {
        user_prompt: Some("What is the weather?".to_owned()),
        ..ExecuteRequest::new(shouted.tool_id, json!({"text": "x"}))
    };
    let prompted = execute(test.system(), &owner, request).await.unwrap();
    for (text, expected) in [
        ("ada@acme.example", vec![shouted.id]),
        ("grüße", vec![shouted.id]),
        ("4711", vec![prompted.id, shouted.id]),
        ("ord-2024-17", vec![failed.id]),
        ("2024", vec![failed.id]),
        ("quot", vec![failed.id]),
        ("  Weather WHAT ", vec![prompted.id]),
        ("shout_lou", vec![prompted.id, shouted.id]),
        ("acme ada grüße shout", vec![shouted.id]),
        // Every word must occur; the name of a field is no word of the payload; a word is found by its beginning only.
        ("ada quotient", vec![]),
        ("said", vec![]),
        ("uotient", vec![]),
        ("!?", vec![]),
        ("' | '", vec![]),
        ("nowhere", vec![]),
    ] {
        assert_eq!(found(&test, &owner, words(text)).await, expected, "{text}");
    }
    let only = ExecutionFilter { status: Some(Status::Failed), ..words("ord") };
    assert_eq!(found(&test, &owner, only).await, [failed.id]);
    let none = ExecutionFilter { tool_id: Some(shouted.tool_id), ..words("ord") };
    assert!(found(&test, &owner, none).await.is_empty());
}

#[tokio::test]
async fn a_search_keeps_to_the_wall_and_to_ones_own() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    let member = test.member(&organization, Role::Member).await;
    let theirs = call(&test, &stranger, plain("echo"), json!({"word": "pomegranate"})).await;
    let ours = call(&test, &owner, plain("echo"), json!({"word": "pomegranate"})).await;
    let mine = execute(test.system(), &member, ExecuteRequest::new(ours.tool_id, json!({"word": "pomegranate"}))).await.unwrap();
    assert_eq!(found(&test, &owner, words("pomegranate")).await, [mine.id, ours.id]);
    assert_eq!(found(&test, &member, words("pomegranate")).await, [mine.id]);
    assert_eq!(found(&test, &stranger, words("pomegranate")).await, [theirs.id]);
    // Asked without an organization the function itself answers nothing.
    let asked = "select count(*) from find_executions('pomegranate', true, null, null, null, null, null, null, null, null, null, null, null, null, 10)";
    let count: i64 = sqlx::query_scalar(asked).fetch_one(&test.system().pool).await.unwrap();
    assert_eq!(count, 0);
}

#[tokio::test]
async fn pages_of_a_search_follow_each_other_and_rare_words_are_found_far_back() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let first = call(&test, &owner, plain("echo"), json!({"word": "rarely"})).await;
    // Many newer ones, as no use case could make them in a second.
    sqlx::query(
        "insert into tool_executions (id, organization_id, tool_id, tool_name, tool_kind, tool_version, source, status, inputs, created_at)
         select gen_random_uuid(), $1, $2, 'echo', 'python', 1, 'rest', 'success', jsonb_build_object('word', 'often', 'n', n),
           $3 + make_interval(secs => n) from generate_series(1, 3000) n",
    )
    .bind(organization.id)
    .bind(first.tool_id)
    .bind(first.created_at)
    .execute(test.owner())
    .await
    .unwrap();
    assert_eq!(found(&test, &owner, words("rarely")).await, [first.id]);
    let (mut seen, mut cursor) = (Vec::new(), None);
    for _ in 0..3 {
        let filter = ExecutionFilter { cursor: cursor.take(), limit: Some(40), ..words("often 17") };
        let page = executions::list(test.system(), &owner, filter).await.unwrap();
        seen.extend(page.items.into_iter().map(|one| (one.created_at, one.id)));
        cursor = page.next_cursor;
    }
    // 17, 170 to 179, 1700 to 1799.
    assert_eq!(seen.len(), 111);
    assert!(cursor.is_none());
    assert!(seen.is_sorted_by(|one, next| one > next), "newest first, and none twice");
}

#[tokio::test]
async fn a_payload_of_many_words_is_kept_and_found_by_its_beginning() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let many: Vec<Value> = (0..90_000).map(|n| json!(format!("w{n:x}"))).collect();
    let big = call(&test, &owner, plain("echo"), json!({"many": many, "long": "y".repeat(5_000)})).await;
    assert_eq!(big.status, Status::Success, "{:?}", big.error_message);
    assert_eq!(found(&test, &owner, words("w1f3")).await, [big.id]);
}
