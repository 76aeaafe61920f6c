use super::{plain, request};
use serde_json::{Value, json};
use support::TestSystem;
use toolcrib::{
    Error,
    access::Role,
    actor::Actor,
    ids::ToolId,
    tools::{
        self, Kind, NewTool, Status, Tool, ToolFilter, UpdateTool, Visibility,
        batch::{
            BulkAction, ImportAction, Outcome, bulk, export, import,
            kept::{Batch, keep, kept},
            portable::Document,
            preview,
        },
        categories::{self, NewCategory},
        change_status, create, duplicate, get, update,
    },
};

async fn named(test: &TestSystem, actor: &Actor, name: &str) -> Tool {
    let found = tools::list(test.system(), actor, ToolFilter { text: Some(name.to_owned()), ..ToolFilter::default() }).await.unwrap();
    get(test.system(), actor, found.items.iter().find(|tool| tool.name == name).unwrap().id).await.unwrap()
}

#[tokio::test]
async fn of_each_tool_is_said_what_became_of_it_and_why() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    let builder = test.member(&organization, Role::Builder).await;
    let system = test.system();
    let mine = create(system, &builder, plain("mine")).await.unwrap();
    let theirs = create(system, &owner, plain("theirs")).await.unwrap();
    let foreign = create(system, &stranger, plain("foreign")).await.unwrap();
    let ids = [mine.id, theirs.id, foreign.id, mine.id, ToolId::new()];
    let report = bulk(system, &builder, &ids, BulkAction::AddTag { tag: " red ".into() }).await.unwrap();
    let shown: Vec<(&str, Outcome)> = report.items.iter().map(|item| (item.name.as_str(), item.outcome)).collect();
    assert_eq!(shown, [("mine", Outcome::Done), ("theirs", Outcome::Refused), ("", Outcome::Refused), ("", Outcome::Refused)]);
    assert!(report.items[1].why.as_ref().unwrap().contains("owner of this tool"));
    assert!(report.items[2].why.as_ref().unwrap().contains("does not exist"));
    assert_eq!(get(system, &owner, mine.id).await.unwrap().tags, ["red"]);
    assert_eq!(get(system, &owner, theirs.id).await.unwrap().tags, Vec::<String>::new());
    let outcomes = async |action: BulkAction| {
        let report = bulk(system, &owner, &[mine.id, theirs.id], action).await.unwrap();
        report.items.into_iter().map(|item| item.outcome).collect::<Vec<_>>()
    };
    assert_eq!(outcomes(BulkAction::AddTag { tag: "red".into() }).await, [Outcome::Unchanged, Outcome::Done]);
    assert_eq!(outcomes(BulkAction::RemoveTag { tag: "red".into() }).await, [Outcome::Done, Outcome::Done]);
    let category = categories::create(system, &owner, NewCategory { name: "A".into(), ..NewCategory::default() }).await.unwrap();
    assert_eq!(outcomes(BulkAction::Move { category_id: Some(category.id) }).await, [Outcome::Done, Outcome::Done]);
    assert_eq!(outcomes(BulkAction::Disable).await, [Outcome::Done, Outcome::Done]);
    change_status(system, &owner, mine.id, Status::Active).await.unwrap();
    assert_eq!(outcomes(BulkAction::Deprecate).await, [Outcome::Done, Outcome::Refused]);
    assert_eq!(outcomes(BulkAction::Activate).await, [Outcome::Done, Outcome::Done]);
    assert_eq!(outcomes(BulkAction::Delete).await, [Outcome::Done, Outcome::Done]);
    assert!(get(system, &stranger, foreign.id).await.is_ok());
}

#[tokio::test]
async fn what_is_wrong_with_the_action_itself_is_said_once() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let member = test.member(&organization, Role::Member).await;
    let system = test.system();
    let tool = create(system, &owner, plain("echo")).await.unwrap();
    let gone = BulkAction::Move { category_id: Some(toolcrib::ids::CategoryId::new()) };
    for action in [BulkAction::AddTag { tag: " ".into() }, BulkAction::AddTag { tag: "a,b".into() }, gone] {
        assert!(matches!(bulk(system, &owner, &[tool.id], action).await, Err(Error::Invalid(_))));
    }
    assert!(matches!(bulk(system, &owner, &[], BulkAction::Delete).await, Err(Error::Invalid(_))));
    assert!(matches!(bulk(system, &member, &[tool.id], BulkAction::Delete).await, Err(Error::Forbidden(_))));
    assert!(get(system, &owner, tool.id).await.is_ok());
}

#[tokio::test]
async fn a_duplicate_is_a_draft_of_its_own() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let builder = test.member(&organization, Role::Builder).await;
    let system = test.system();
    let mut new = plain(&format!("long_{}", "x".repeat(45)));
    new.tags = vec!["red".into()];
    let tool = create(system, &owner, new).await.unwrap();
    let one = duplicate(system, &builder, tool.id).await.unwrap();
    let two = duplicate(system, &builder, tool.id).await.unwrap();
    assert!(one.name.ends_with("_copy") && two.name.ends_with("_copy_2") && two.name.len() <= 50);
    assert_eq!(
        (one.status, one.version, one.owner_id, &one.script_content),
        (Status::Draft, 1, Some(builder.user_id.0), &tool.script_content)
    );
    assert_eq!(one.tags, ["red"]);
    assert_eq!(get(system, &owner, tool.id).await.unwrap(), tool);
}

#[tokio::test]
async fn tools_round_trip_into_another_organization_without_loss() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (_, other) = test.organization("globex").await;
    let system = test.system();
    let top = NewCategory { name: "Finance".into(), description: "Money".into(), parent_id: None };
    let top = categories::create(system, &owner, top).await.unwrap();
    let below = NewCategory { name: "Invoices".into(), parent_id: Some(top.id), ..NewCategory::default() };
    let below = categories::create(system, &owner, below).await.unwrap();
    let spec = json!({"baseUrl": "https://a.example", "path": "/{id}", "method": "POST", "queryParams": {"q": "{{id}}"}, "headers": {"X-A": "b"},
        "bodyTemplate": {"n": "{{id}}"}, "authType": "bearer", "authKeyName": "crm"});
    let mut call = request("call_crm", spec, json!({"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}));
    call.category_id = Some(below.id);
    call.tags = vec!["b".into(), "a".into()];
    call.icon = Some("mail".into());
    call.display_name = "Call the CRM".into();
    call.rate_limit_per_hour = Some(7);
    call.cost_per_call = Some(0.25);
    call.is_async = true;
    call.retry_policy.max_attempts = 2;
    call.output_schema = json!({"type": "object"});
    create(system, &owner, call).await.unwrap();
    for (name, status) in [("draft_tool", Status::Draft), ("disabled_tool", Status::Disabled), ("deprecated_tool", Status::Deprecated)] {
        let mut new = plain(name);
        new.status = if status == Status::Draft { Status::Draft } else { Status::Active };
        new.visibility = Visibility::Private;
        new.executor_config = json!({});
        let tool = create(system, &owner, new).await.unwrap();
        if status != Status::Draft {
            change_status(system, &owner, tool.id, status).await.unwrap();
        }
    }
    // Every kind that comes from a document; MCP tools come from their server.
    let tested = "def test_it(tool):\n    assert tool(who=\"ada\")[\"outputs\"]\n";
    let mut shell = NewTool::new("greet", Kind::Shell);
    shell.script_content = Some("printf 'hello %s' \"$INPUT_WHO\"\n".into());
    shell.test_content = Some(tested.into());
    shell.input_schema = json!({"type": "object", "properties": {"who": {"type": "string"}}});
    shell.executor_config = json!({"keys": ["crm"]});
    create(system, &owner, shell).await.unwrap();
    for (name, kind, config) in [
        (
            "send_text",
            Kind::Sms,
            json!({"from": {"type": "called_number"}, "text": {"mode": "fixed", "value": "Hello"}, "recipients": {"mode": "ai", "prompt": "Who gets it"}}),
        ),
        (
            "transfer",
            Kind::TransferCall,
            json!({"destinations": [{"name": "desk", "type": "sip", "sip_uri": "sip:desk@example.com"}],
                "destination": {"mode": "ai", "prompt": "Who can help?"}, "message": {"mode": "fixed", "value": "Connecting."}}),
        ),
        (
            "run_action",
            Kind::PipedreamAction,
            json!({"id": "gitlab-list-projects", "version": "1.2.3", "project_id": "proj_abc123", "environment": "production",
                "external_user_id": {"mode": "fixed", "value": "{{organization_slug}}"},
                "configured_props": {"max": {"mode": "ai", "prompt": "How many?", "schema": {"type": "integer"}}}}),
        ),
    ] {
        let mut new = NewTool::new(name, kind);
        new.config_metadata = config;
        new.status = Status::Active;
        create(system, &owner, new).await.unwrap();
    }
    let document = export(system, &owner, &[]).await.unwrap();
    let text = serde_json::to_string(&document).unwrap();
    for word in ["organization_id", "owner_id", "execution_count", &owner.user_id.to_string()] {
        assert!(!text.contains(word), "{word} is in the document");
    }
    let read = Document::parse(&text).unwrap();
    let seen = preview(system, &other, &read).await.unwrap();
    assert_eq!((seen.count(ImportAction::Create), seen.items.len()), (8, 8), "{seen:?}");
    assert_eq!(seen.new_categories, ["Finance", "Invoices"]);
    assert!(categories::list(system, &other).await.unwrap().is_empty());
    let done = import(system, &other, &read, Some(&seen.fingerprint)).await.unwrap();
    assert_eq!(done.count(ImportAction::Create), 8, "{done:?}");
    let back = export(system, &other, &[]).await.unwrap();
    assert_eq!(serde_json::to_value(&back).unwrap(), serde_json::to_value(&document).unwrap());
    let again = preview(system, &other, &read).await.unwrap();
    assert_eq!(again.count(ImportAction::Unchanged), 8, "{again:?}");
}

#[tokio::test]
async fn what_the_organization_does_not_have_is_said_in_the_preview_already() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let system = test.system();
    let fixed = |text: &str| json!({"mode": "fixed", "value": text});
    let number = toolcrib::ids::PhoneNumberId::new();
    let agent = toolcrib::ids::AgentId::new();
    let document = Document::of(json!([
        {"name": "remote", "kind": "mcp", "executor_config": {"server_id": "here", "upstream_name": "remote", "hash": "0"}},
        {"name": "send_text", "kind": "sms", "config_metadata": {
            "from": {"type": "specific_number", "phone_number_id": number}, "text": fixed("Hello"), "recipients": {"mode": "ai", "prompt": "Who gets it"}}},
        {"name": "transfer", "kind": "transfer_call", "config_metadata": {
            "destinations": [{"name": "desk", "type": "agent", "agent_id": agent}], "destination": {"mode": "ai", "prompt": "Who can help?"}, "message": fixed("Connecting.")}},
    ]))
    .unwrap();
    let seen = preview(system, &owner, &document).await.unwrap();
    assert_eq!(seen.count(ImportAction::Conflict), 3, "{seen:?}");
    for (item, part) in seen.items.iter().zip(["from their server", "no such number", "no such agent"]) {
        assert!(item.why.as_ref().unwrap().contains(part), "{item:?}");
    }
    let done = import(system, &owner, &document, Some(&seen.fingerprint)).await.unwrap();
    assert_eq!(serde_json::to_value(&done.items).unwrap(), serde_json::to_value(&seen.items).unwrap());
    assert!(
        tools::list(system, &owner, ToolFilter::default()).await.unwrap().items.iter().all(|tool| tool.visibility == Visibility::Platform)
    );
}

#[tokio::test]
async fn an_import_shows_what_differs_and_writes_only_what_was_looked_at() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let builder = test.member(&organization, Role::Builder).await;
    let system = test.system();
    let mine = create(system, &builder, plain("mine")).await.unwrap();
    create(system, &owner, plain("theirs")).await.unwrap();
    let mut hidden = plain("hidden");
    hidden.visibility = Visibility::Private;
    create(system, &owner, hidden).await.unwrap();
    let python = |name: &str, script: &str| json!({"name": name, "kind": "python", "status": "active", "visibility": "public", "script_content": script});
    let document = Document::of(json!([
        python("mine", "def main():\n    return 2\n"),
        python("theirs", "def main():\n    return 2\n"),
        python("hidden", "def main():\n    return 2\n"),
        python("fresh", "def main():\n    return 1\n"),
        python("fresh", "def main():\n    return 2\n"),
        python("Bad Name", "def main():\n    return 1\n"),
        json!({"name": "odd", "kind": "python", "colour": "red"}),
    ]))
    .unwrap();
    let seen = preview(system, &builder, &document).await.unwrap();
    let actions: Vec<ImportAction> = seen.items.iter().map(|item| item.action).collect();
    use ImportAction::{Conflict, Create, Update};
    assert_eq!(actions, [Update, Conflict, Conflict, Create, Conflict, Conflict, Conflict]);
    assert!(
        seen.items[0].fields.contains(&"script_content".to_owned()) && !seen.items[0].fields.contains(&"status".to_owned()),
        "{:?}",
        seen.items[0]
    );
    // Nothing of a tool that may not be seen, but that its name is taken.
    assert_eq!((seen.items[2].id, seen.items[2].version), (None, None));
    assert!(seen.items[6].why.as_ref().unwrap().contains("colour"));

    update(system, &builder, mine.id, UpdateTool { description: Some("Meanwhile".into()), ..UpdateTool::default() }).await.unwrap();
    assert!(matches!(import(system, &builder, &document, Some(&seen.fingerprint)).await, Err(Error::Stale(_))));
    assert_eq!(get(system, &builder, mine.id).await.unwrap().version, 2);
    let seen = preview(system, &builder, &document).await.unwrap();
    let done = import(system, &builder, &document, Some(&seen.fingerprint)).await.unwrap();
    assert_eq!((done.count(Create), done.count(Update)), (1, 1));
    let mine = get(system, &builder, mine.id).await.unwrap();
    assert_eq!((mine.version, mine.script_content.as_deref()), (3, Some("def main():\n    return 2\n")));
    assert_eq!(named(&test, &builder, "theirs").await.version, 1);
    let member = test.member(&organization, Role::Member).await;
    assert!(matches!(import(system, &member, &document, None).await, Err(Error::Forbidden(_))));
}

#[tokio::test]
async fn what_is_no_document_is_refused() {
    for text in [
        "",
        "{",
        "[]",
        "1",
        "{\"format\": \"other\", \"format_version\": 1, \"tools\": [{}]}",
        "{\"format\": \"toolcrib.tools\", \"format_version\": 2, \"tools\": [{}]}",
    ] {
        assert!(matches!(Document::parse(text), Err(Error::Invalid(_))), "{text}");
    }
    assert_eq!(Document::parse("{\"kind\": \"python\", \"name\": \"a\"}").unwrap().tools.len(), 1);
}

#[tokio::test]
async fn a_kept_report_is_its_makers_and_ends_after_a_week() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let builder = test.member(&organization, Role::Builder).await;
    let system = test.system();
    let tool = create(system, &owner, plain("echo")).await.unwrap();
    let batch = Batch::Bulk { report: bulk(system, &owner, &[tool.id], BulkAction::Disable).await.unwrap() };
    let id = keep(system, &owner, &batch).await.unwrap();
    assert_eq!(kept(system, &owner, id).await.unwrap(), batch);
    assert!(matches!(kept(system, &builder, id).await, Err(Error::NotFound(_))));
    test.pass(chrono::Duration::days(8));
    assert!(matches!(kept(system, &owner, id).await, Err(Error::NotFound(_))));
    let value: Value = serde_json::to_value(&batch).unwrap();
    assert_eq!(value["report"]["action"], json!({"action": "disable"}));
}

#[tokio::test]
async fn a_preview_that_was_kept_is_the_one_that_is_imported() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let system = test.system();
    // Fields out of the alphabet, and numbers that a database would write otherwise.
    let document = Document::of(json!([{"name": "kept", "kind": "python", "status": "active", "visibility": "public", "script_content": "def main(z, a):\n    return 1\n",
        "input_schema": {"type": "object", "properties": {"zebra": {"type": "number", "default": 1e2, "maximum": 5.0}, "a": {"type": "string"}}}, "description": "x"}]))
    .unwrap();
    let report = preview(system, &owner, &document).await.unwrap();
    let id = keep(system, &owner, &Batch::Preview { document, report }).await.unwrap();
    let Batch::Preview { document, report } = kept(system, &owner, id).await.unwrap() else { panic!("not a preview") };
    let done = import(system, &owner, &document, Some(&report.fingerprint)).await.unwrap();
    assert_eq!(done.count(ImportAction::Create), 1);
}
