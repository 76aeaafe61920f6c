//! Every template, made and run for real: with the platform tools themselves, on a real database, without a network.

use super::{ended, eventually, status};
use serde_json::{Value, json};
use support::TestSystem;
use toolcrib::{
    Error,
    access::Role,
    builtins::install,
    workflows::{
        Decide, StartRun, UpdateWorkflow,
        canvas::{annotations, geometry},
        create, decide,
        engine::RunStatus,
        exchange::{self, Refusal},
        execute, export, get,
        graph::{Catalog, validate::validate},
        import::{self, Import},
        list::{ListWorkflows, list},
        templates::{self, FromTemplate},
        update,
    },
};

async fn with_platform_tools() -> TestSystem {
    let test = TestSystem::new().await;
    install::install(&test.database().options()).await.unwrap();
    test
}

fn from(template: &str) -> FromTemplate {
    FromTemplate { template: template.to_owned(), ..FromTemplate::default() }
}

#[test]
fn there_are_eight_templates_or_more_and_no_file_is_broken() {
    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/workflows/templates")).unwrap();
    let data = files.filter(|file| file.as_ref().unwrap().path().extension().is_some_and(|extension| extension == "json")).count();
    assert_eq!(templates::all().len(), data, "each file is read, and listed in data.rs");
    assert!(data >= 8);
}

#[test]
fn no_card_of_a_template_lies_on_another_and_all_stand_on_the_grid() {
    for whole in templates::all() {
        for document in whole.parts.iter().map(|part| &part.document).chain([&whole.document]) {
            let nodes = &document.definition.nodes;
            for (index, node) in nodes.iter().enumerate() {
                let rect = geometry::rect(node, node.position);
                let apart = nodes[index + 1..].iter().filter(|other| !annotations::is_in(node, other) && !annotations::is_in(other, node));
                for other in apart {
                    assert!(!rect.touches(geometry::rect(other, other.position)), "{}: {} and {}", document.name, node.id, other.id);
                }
                assert_eq!((node.position.x % 16.0, node.position.y % 16.0), (0.0, 0.0), "{}: {}", document.name, node.id);
            }
            // From left to right: no edge runs back.
            for edge in &document.definition.edges {
                let at = |id: &str| document.definition.node(id).unwrap().position.x;
                assert!(at(&edge.source) < at(&edge.target), "{}: {}", document.name, edge.id);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_template_gives_what_it_says_for_its_sample() {
    let test = with_platform_tools().await;
    let (_, owner) = test.organization("acme").await;
    let system = test.system();
    for whole in templates::all() {
        let template = &whole.template;
        let made =
            templates::create(system, &owner, from(&template.name)).await.unwrap_or_else(|error| panic!("{}: {error:?}", template.name));
        assert_eq!(made.findings, [], "{}", template.name);
        assert_eq!((&made.name, &made.display_name), (&template.name, &template.title));
        let start = StartRun { input: template.sample_input.clone(), wait: template.answers.is_empty(), ..StartRun::default() };
        let run = execute::execute(system, &owner, made.id, start).await.unwrap_or_else(|error| panic!("{}: {error:?}", template.name));
        for (node, approve) in &template.answers {
            eventually("the question is asked", || async { status(system, &owner, run.id).await == RunStatus::Waiting }).await;
            decide::decide(system, &owner, run.id, node, Decide { approve: *approve, note: String::new() }).await.unwrap();
        }
        let run = ended(system, &owner, run.id).await;
        assert_eq!((run.status, run.error_message.as_deref()), (RunStatus::Completed, None), "{}: {:#?}", template.name, run.node_results);
        assert_eq!(run.output_data, Some(template.sample_output.clone()), "{}", template.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_other_ways_through_the_templates_are_right_too() {
    let test = with_platform_tools().await;
    let (_, owner) = test.organization("acme").await;
    let system = test.system();
    let run = async |template: &str, input: Value| {
        let id = match list(system, &owner, &ListWorkflows::default()).await.unwrap().items.into_iter().find(|one| one.name == template) {
            Some(there) => there.id,
            None => templates::create(system, &owner, from(template)).await.unwrap().id,
        };
        let start: StartRun = serde_json::from_value(json!({ "input": input, "wait": true })).unwrap();
        let run = execute::execute(system, &owner, id, start).await.unwrap();
        assert_eq!(run.status, RunStatus::Completed, "{template}: {:?}", run.error_message);
        run.output_data.unwrap()
    };
    let mail = run("triage_support_mail", json!({ "sender": "Bo", "subject": "URGENT", "body": "The shop is down" })).await;
    assert_eq!((&mail["queue"], &mail["priority"], &mail["orders"]), (&json!("on_call"), &json!("high"), &json!([])));
    let mail = run("triage_support_mail", json!({ "sender": "Bo", "subject": "A question", "body": "Do you sell drills?" })).await;
    assert_eq!(mail["queue"], json!("support"));
    let refund = run("approve_refund", json!({ "order": "NW-1", "customer": "Bo", "amount": 12, "reason": "Late" })).await;
    assert_eq!(refund["decision"], json!("approved"), "small amounts by rule");
    let order = run("validate_order", json!({ "order": { "number": "x", "customer": {}, "lines": [] } })).await;
    assert_eq!(order["accepted"], json!(false));
    assert!(order["problems"].as_array().unwrap().len() >= 3, "{order}");
    let answer = run("check_answer", json!({ "answer": "Your parcel comes on Monday." })).await;
    assert_eq!(answer, json!({ "clean": true, "text": "Your parcel comes on Monday.", "reasons": [] }));
    let done = run("follow_up", json!({ "name": "Bo", "wait_ms": 10 })).await;
    assert_eq!(done["follow_up"], json!(""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_one_of_a_template_takes_the_next_free_name_and_its_own_part() {
    let test = with_platform_tools().await;
    let (_, owner) = test.organization("acme").await;
    let system = test.system();
    templates::create(system, &owner, from("clean_contact_list")).await.unwrap();
    let second = templates::create(system, &owner, from("clean_contact_list")).await.unwrap();
    assert_eq!((second.name.as_str(), second.findings.as_slice()), ("clean_contact_list_2", &[][..]));
    let names: Vec<String> = list(system, &owner, &ListWorkflows::default()).await.unwrap().items.into_iter().map(|one| one.name).collect();
    assert_eq!(names.len(), 4, "{names:?}");
    // A name that somebody asked for is not changed; and the part that was made for it goes with the refusal.
    let asked = FromTemplate { name: Some("clean_contact_list".to_owned()), ..from("clean_contact_list") };
    assert!(matches!(templates::create(system, &owner, asked).await, Err(Error::Conflict { .. })));
    assert_eq!(list(system, &owner, &ListWorkflows::default()).await.unwrap().items.len(), 4);
    assert!(matches!(templates::create(system, &owner, from("nothing_of_that_name")).await, Err(Error::Invalid(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_build_makes_nothing_from_a_template_and_imports_nothing() {
    let test = with_platform_tools().await;
    let (organization, owner) = test.organization("acme").await;
    let analyst = test.member(&organization, Role::Analyst).await;
    let system = test.system();
    assert!(matches!(templates::create(system, &analyst, from("follow_up")).await, Err(Error::Forbidden(_))));
    let made = templates::create(system, &owner, from("follow_up")).await.unwrap();
    let text = export::export(system, &owner, made.id, None).await.unwrap().text();
    assert!(matches!(import::import(system, &analyst, Import { text, ..Import::default() }).await, Err(Error::Forbidden(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exported_workflow_runs_in_another_organization_and_what_is_missing_there_keeps_its_place() {
    let test = with_platform_tools().await;
    let (_, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("other").await;
    let system = test.system();
    let made = templates::create(system, &owner, from("price_margins")).await.unwrap();
    let document = export::export(system, &owner, made.id, None).await.unwrap();
    assert!(document.tools.iter().any(|tool| tool.name == "calculate" && tool.kind == "builtin"), "{:?}", document.tools);
    assert!(matches!(export::export(system, &stranger, made.id, None).await, Err(Error::NotFound(_))), "the wall");
    let there = import::import(system, &stranger, Import { text: document.text(), ..Import::default() }).await.unwrap();
    assert_eq!((there.name.as_str(), there.findings.as_slice()), ("price_margins", &[][..]));
    assert_eq!(there.definition, made.definition, "with its layout");

    // A tool of acme's own is not there.
    let own = super::tool(&test, &owner, "own_tool", json!({ "type": "object" }), "public").await;
    let mine = create::create(system, &owner, super::new_workflow("mine", vec![super::node("a", own)], vec![])).await.unwrap();
    let text = export::export(system, &owner, mine.id, None).await.unwrap().text();
    let kept = import::import(system, &stranger, Import { text: text.clone(), ..Import::default() }).await.unwrap();
    assert_eq!(kept.definition.nodes.len(), 1);
    assert_eq!(exchange::plan::wanted(&kept.definition.nodes[0]), Some("own_tool"));
    assert!(kept.findings.iter().any(|finding| finding.is_error()));
    // Once there is one of that name and kind, it is found.
    let theirs = super::tool(&test, &stranger, "own_tool", json!({ "type": "object" }), "public").await;
    let found = import::import(system, &stranger, Import { text: text.clone(), ..Import::default() }).await.unwrap();
    assert_eq!((found.definition.nodes[0].tool_id, found.name.as_str()), (Some(theirs), "mine_2"));
    // Or another is chosen.
    let other = super::tool(&test, &stranger, "other_tool", json!({ "type": "object" }), "public").await;
    let choices = [(format!("tool:{own}"), other.to_string())].into();
    let chosen = import::import(system, &stranger, Import { text, choices, ..Import::default() }).await.unwrap();
    assert_eq!(chosen.definition.nodes[0].tool_id, Some(other));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_published_version_is_exported_as_it_was() {
    let test = with_platform_tools().await;
    let (_, owner) = test.organization("acme").await;
    let system = test.system();
    let made = templates::create(system, &owner, from("follow_up")).await.unwrap();
    let publish = toolcrib::workflows::Publish { revision: made.revision, note: "First".to_owned() };
    toolcrib::workflows::publish::publish(system, &owner, made.id, publish).await.unwrap();
    let mut changed = made.definition.clone();
    changed.nodes[0].label = Some("Changed since".to_owned());
    let change = UpdateWorkflow { revision: made.revision, definition: Some(changed), ..UpdateWorkflow::default() };
    update::update(system, &owner, made.id, change).await.unwrap();
    let draft = export::export(system, &owner, made.id, None).await.unwrap();
    let first = export::export(system, &owner, made.id, Some(1)).await.unwrap();
    assert!(draft.text().contains("Changed since") && !first.text().contains("Changed since"));
    assert_eq!((first.published_version, first.file_name().as_str()), (Some(1), "follow_up-v1.workflow.json"));
    assert!(matches!(export::export(system, &owner, made.id, Some(9)).await, Err(Error::NotFound(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outline_of_a_foreign_workflow_is_kept_as_a_draft_and_a_broken_text_makes_nothing() {
    let test = with_platform_tools().await;
    let (_, owner) = test.organization("acme").await;
    let system = test.system();
    let n8n = json!({ "name": "Lead intake", "nodes": [{ "name": "Webhook", "type": "n8n-nodes-base.webhook" }, { "name": "Large?", "type": "n8n-nodes-base.if" },
        { "name": "Which?", "type": "n8n-nodes-base.switch" }, { "name": "CRM", "type": "n8n-nodes-base.httpRequest" }],
        "connections": { "Webhook": { "main": [[{ "node": "Large?" }]] }, "Large?": { "main": [[{ "node": "Which?" }], []] },
            "Which?": { "main": [[{ "node": "CRM" }], [{ "node": "CRM" }]] } } })
    .to_string();
    let refused = import::import(system, &owner, Import { text: n8n.clone(), ..Import::default() }).await.unwrap_err();
    assert!(format!("{refused:?}").contains("n8n"), "{refused:?}");
    let broken = import::import(system, &owner, Import { text: "{\"format\"".to_owned(), ..Import::default() }).await.unwrap_err();
    assert!(format!("{broken:?}").contains("line 1"), "{broken:?}");
    assert_eq!(list(system, &owner, &ListWorkflows::default()).await.unwrap().items, []);
    let outline = import::import(system, &owner, Import { text: n8n, outline: true, ..Import::default() }).await.unwrap();
    assert_eq!((outline.display_name.as_str(), outline.definition.nodes.len()), ("Lead intake", 4));
    assert!(outline.description.contains("CRM: An API request tool"), "{}", outline.description);
    assert!(!get::get(system, &owner, outline.id).await.unwrap().findings.is_empty());
    assert!(matches!(exchange::read("[]"), Err(Refusal::Unknown)));
    assert!(!validate(&outline.definition, &Catalog::default()).is_empty());
}
