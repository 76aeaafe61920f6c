use super::script;
use serde_json::json;
use support::TestSystem;
use toolcrib::{
    access::Role,
    error::Error,
    tools::{
        Kind, NewTool, Status, UpdateTool, change_status, change_status_with, create,
        testing::{self, propose},
        update,
    },
};

const SCRIPT: &str =
    "def double(number):\n    return number * 2\n\ndef main(number: int):\n    print('doubling')\n    return double(number)\n";

fn tested(tests: &str) -> NewTool {
    let mut tool = script("double", SCRIPT, json!({"type": "object", "properties": {"number": {"type": "integer"}}}));
    tool.test_content = Some(tests.to_owned());
    tool.status = Status::Draft;
    tool
}

#[tokio::test]
async fn each_test_tells_its_result_its_output_and_where_it_failed() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let tests = "import os, sys, time\nfrom tool import main as it\n\ndef test_doubles():\n    assert main(2) == 4 == it(2)\n\ndef test_fails():\n    print('before')\n    assert double(3) == 7, 'six'\n\nasync def test_waits():\n    assert True\n\ndef test_leaves():\n    os._exit(0)\n\ndef test_hangs():\n    time.sleep(60)\n\ndef test_state():\n    sys.seen = getattr(sys, 'seen', 0) + 1\n    assert sys.seen == 1\n\ndef test_state_again():\n    test_state()\n\ndef test_root():\n    open('/etc/passwd')\n";
    let tool = NewTool { timeout_ms: 1_500, ..tested(tests) };
    let tool = create(test.system(), &owner, tool).await.unwrap();
    assert_eq!(testing::last(test.system(), &owner, tool.id).await.unwrap(), None);
    let run = testing::run(test.system(), &owner, tool.id).await.unwrap();
    let by_name = |name: &str| run.results.iter().find(|result| result.name == name).unwrap_or_else(|| panic!("{name} in {run:?}"));
    assert!(!run.passed && run.error.is_none(), "{run:?}");
    let passed: Vec<&str> = run.results.iter().filter(|result| result.passed).map(|result| result.name.as_str()).collect();
    assert_eq!(passed, ["test_doubles", "test_waits", "test_state", "test_state_again"], "{run:?}");
    assert_eq!(by_name("test_doubles").output, "doubling\ndoubling\n");
    let fails = by_name("test_fails");
    assert_eq!((fails.error.as_deref(), fails.output.as_str()), (Some("AssertionError: six"), "before\n"));
    assert_eq!(fails.traceback, ["test line 9, in test_fails: assert double(3) == 7, 'six'"]);
    assert!(by_name("test_hangs").error.as_ref().unwrap().contains("1.5 s"));
    assert!(by_name("test_leaves").error.as_ref().unwrap().contains("ended the interpreter"));
    assert!(by_name("test_root").error.as_ref().unwrap().contains("/etc/passwd"));
    let kept = testing::last(test.system(), &owner, tool.id).await.unwrap().unwrap();
    assert_eq!((kept.is_current, &kept.results), (true, &run.results));
}

#[tokio::test]
async fn shell_tests_call_the_tool_with_inputs() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let mut tool = tested(
        "test_greets() {\n  [ \"$(tool '{\"name\": \"Ada\"}')\" = 'Hello Ada' ]\n}\ntest_needs_a_name() {\n  ! tool '{}'\n}\ntest_fails() {\n  false\n  echo never\n}\n",
    );
    tool.kind = Kind::Shell;
    tool.input_schema = json!({"type": "object"});
    tool.script_content = Some("set -u\necho \"Hello $NAME\"\n".into());
    let tool = create(test.system(), &owner, tool).await.unwrap();
    let run = testing::run(test.system(), &owner, tool.id).await.unwrap();
    let told: Vec<(&str, bool)> = run.results.iter().map(|result| (result.name.as_str(), result.passed)).collect();
    assert_eq!(told, [("test_greets", true), ("test_needs_a_name", true), ("test_fails", false)], "{run:?}");
    assert!(run.results[2].output.contains("failed: false") && !run.results[2].output.contains("never"), "{run:?}");
    let whole = UpdateTool { test_content: Some(Some("[ \"$(tool '{\"name\": \"x\"}')\" = 'Hello x' ]".into())), ..UpdateTool::default() };
    update(test.system(), &owner, tool.id, whole).await.unwrap();
    let kept = testing::last(test.system(), &owner, tool.id).await.unwrap().unwrap();
    assert!(!kept.is_current, "a result of other tests says nothing");
    assert!(testing::run(test.system(), &owner, tool.id).await.unwrap().passed);
}

#[tokio::test]
async fn a_tool_whose_tests_fail_is_activated_by_force_only() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let tool = create(test.system(), &owner, tested("def test_wrong():\n    assert main(1) == 3\n")).await.unwrap();
    let refused = change_status(test.system(), &owner, tool.id, Status::Active).await.unwrap_err();
    let Error::Conflict { message, field } = &refused else { panic!("{refused:?}") };
    assert_eq!(field.as_deref(), Some("tests"));
    assert!(message.contains("1 of 1 tests fail: test_wrong"), "{message}");
    let stranger = test.member(&organization, Role::Builder).await;
    assert!(change_status_with(test.system(), &stranger, tool.id, Status::Active, true).await.is_err());
    assert_eq!(change_status_with(test.system(), &owner, tool.id, Status::Active, true).await.unwrap().status, Status::Active);
    change_status(test.system(), &owner, tool.id, Status::Disabled).await.unwrap();
    let better = UpdateTool { test_content: Some(Some("def test_right():\n    assert main(1) == 2\n".into())), ..UpdateTool::default() };
    update(test.system(), &owner, tool.id, better).await.unwrap();
    assert_eq!(change_status(test.system(), &owner, tool.id, Status::Active).await.unwrap().status, Status::Active);
    assert!(testing::last(test.system(), &owner, tool.id).await.unwrap().unwrap().passed);
}

#[tokio::test]
async fn a_new_tool_is_active_at_once_only_where_its_tests_pass() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    for (name, tests, expected) in [
        ("right", "def test_it():\n    assert main(2) == 4\n", Status::Active),
        ("wrong", "def test_it():\n    assert main(2) == 5\n", Status::Draft),
        ("none", "", Status::Active),
    ] {
        let tool = NewTool { name: name.into(), status: Status::Active, ..tested(tests) };
        assert_eq!(create(test.system(), &owner, tool).await.unwrap().status, expected, "{name}");
    }
}

#[tokio::test]
async fn nobody_of_another_organization_sees_or_runs_tests() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (_, other) = test.organization("globex").await;
    let tool = create(test.system(), &owner, tested("def test_it():\n    pass\n")).await.unwrap();
    assert_eq!(testing::run(test.system(), &other, tool.id).await.unwrap_err().status(), 404);
    assert_eq!(testing::last(test.system(), &other, tool.id).await.unwrap_err().status(), 404);
}

#[tokio::test]
async fn inputs_are_proposed_from_signature_and_docstring() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let source = "from dataclasses import dataclass\nfrom typing import *\nraise SystemExit('never run')\n@dataclass\nclass Place:\n    city: str\n    zip: int = 0\nclass Row(TypedDict, total=False):\n    name: str\ndef main(query: str, place: Place, rows: list[Row], kind: Literal['a', 'b'] = 'a', limit: Optional[int] = None, tags: 'list[str] | None' = None, ratio: float = 0.5, *, on=True, odd: Callable = print):\n    '''Searches places.\n\n    At length.\n\n    Args:\n        query (str): What to look for,\n            in words.\n        limit: At most this many.\n    Returns:\n        limit: not this one.\n    '''\n";
    let found = propose(test.system(), &owner, source).await.unwrap();
    assert_eq!(
        found.schema,
        json!({
            "type": "object",
            "properties": {
                "query": {"type": "string", "description": "What to look for, in words."},
                "place": {"type": "object", "properties": {"city": {"type": "string"}, "zip": {"type": "integer"}}, "required": ["city"]},
                "rows": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}}},
                "kind": {"type": "string", "enum": ["a", "b"], "default": "a"},
                "limit": {"type": ["integer", "null"], "description": "At most this many."},
                "tags": {"type": ["array", "null"], "items": {"type": "string"}},
                "ratio": {"type": "number", "default": 0.5},
                "on": {"default": true, "type": "boolean"},
                "odd": {},
            },
            "required": ["query", "place", "rows"],
            "additionalProperties": false,
        })
    );
    assert_eq!(found.description, "Searches places.");
    assert_eq!(found.notes.len(), 2, "{:?}", found.notes);
    let broken = propose(test.system(), &owner, "def main(:\n").await.unwrap();
    assert!(broken.error.unwrap().starts_with("line 1"));
}
