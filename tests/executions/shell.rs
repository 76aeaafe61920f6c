use super::call;
use serde_json::{Value, json};
use support::TestSystem;
use toolcrib::{
    error::Error,
    executions::{ErrorClass, Execution, Status},
    tools::{Kind, NewTool, create},
};

/// A shell tool whose inputs are whatever is given.
pub fn shell(script: &str) -> NewTool {
    NewTool { kind: Kind::Shell, ..crate::tools::script("attempt", script, json!({"type": "object"})) }
}

async fn run(script: &str, inputs: Value) -> Execution {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    call(&test, &owner, shell(script), inputs).await
}

#[tokio::test]
async fn inputs_arrive_as_variables_and_as_json_and_what_is_printed_comes_back() {
    let script = "read -r line\nprintf '{\"city\": \"%s\", \"many\": %s, \"same\": %s}' \"$CITY\" \"$HOW_MANY\" \"$([ \"$line\" = \"$TOOL_INPUT\" ] && echo true)\"\necho noted >&2";
    let done = run(script, json!({"city": "Genève $(id) `id`", "how-many": 3, "none": null})).await;
    assert_eq!(done.outputs, Some(json!({"city": "Genève $(id) `id`", "many": 3, "same": true})), "{:?}", done.error_message);
    assert_eq!((done.status, done.logs.as_deref()), (Status::Success, Some("noted\n")));
    let text = run("echo one; echo two", json!({})).await;
    assert_eq!(text.outputs, Some(json!("one\ntwo")));
    let all = run("cat", json!({"list": [1, {"a": null}]})).await;
    assert_eq!(all.outputs, Some(json!({"list": [1, {"a": null}]})));
}

#[tokio::test]
async fn an_exit_status_other_than_zero_is_an_error_with_what_was_said() {
    let done = run("echo '{\"partly\": 1}'\necho first >&2\nls /nowhere", json!({})).await;
    assert_eq!((done.status, done.error_class), (Status::Failed, Some(ErrorClass::Sandbox)));
    let message = done.error_message.unwrap();
    assert!(message.contains("exit status 2: first") && message.contains("/nowhere"), "{message}");
    assert_eq!(done.outputs, Some(json!({"partly": 1})));
    let wrong = run("x=1\nif then", json!({})).await;
    assert!(wrong.error_message.unwrap().contains("tool.sh: line 2: syntax error"));
}

#[tokio::test]
async fn no_input_takes_over_a_variable_that_decides_how_programs_run() {
    let inputs = json!({"path": "/tmp", "ld_preload": "/tmp/x.so", "bash_env": "/tmp/x", "ps4": "$(id)", "BASH_FUNC_cat%%": "() { echo no; }", "ifs": "x"});
    let done = run("printf '%s|%s|%s|%s' \"$PATH\" \"${LD_PRELOAD-}\" \"${BASH_ENV-}\" \"$PS4\"", inputs).await;
    assert_eq!(done.outputs, Some(json!("/usr/bin:/bin|||+ ")), "{:?}", done.error_message);
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let tool = NewTool { input_schema: json!({"type": "object", "properties": {"path": {"type": "string"}}}), ..shell("echo") };
    let refused = create(test.system(), &owner, tool).await.unwrap_err();
    let Error::Invalid(errors) = refused else { panic!("{refused:?}") };
    assert_eq!(errors[0].pointer, "/input_schema/properties/path");
}

#[tokio::test]
async fn a_large_input_is_there_on_standard_input() {
    let done = run("wc -c; echo ${#TEXT}", json!({"text": "x".repeat(300_000)})).await;
    assert_eq!(done.outputs, Some(json!("300012\n0")), "{:?}", done.error_message);
}

#[tokio::test]
async fn a_shell_script_has_the_limits_of_every_script() {
    let bomb = NewTool { timeout_ms: 3_000, ..shell("f() { f | f & }; f; sleep 60") };
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let done = call(&test, &owner, bomb, json!({})).await;
    assert!(matches!(done.status, Status::Timeout | Status::Failed), "{done:?}");
    let endless = NewTool { name: "endless".into(), timeout_ms: 2_000, ..shell("yes") };
    let done = call(&test, &owner, endless, json!({})).await;
    assert_eq!(done.status, Status::Timeout);
    let full =
        NewTool { name: "full".into(), ..shell("head -c 1G /dev/zero > /tmp/full || du -m /tmp/full | cut -f1; id -u; cat /etc/passwd") };
    let done = call(&test, &owner, full, json!({})).await;
    assert_eq!(done.status, Status::Failed);
    let said = done.outputs.as_ref().and_then(Value::as_str).unwrap_or_default().lines().map(str::to_owned).collect::<Vec<_>>();
    assert!(said[0].parse::<u64>().is_ok_and(|mib| mib <= 64) && said[1].parse::<u32>().is_ok_and(|uid| uid > 64_000), "{done:?}");
    assert!(done.error_message.unwrap().contains("/etc/passwd"));
}

#[tokio::test]
async fn memory_that_a_shell_script_fills_ends_where_it_should() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let full = NewTool { timeout_ms: 30_000, ..shell("x=$(head -c 2G /dev/zero | tr '\\0' x)\necho ${#x}") };
    let done = call(&test, &owner, full, json!({})).await;
    assert_eq!((done.status, done.error_class), (Status::Failed, Some(ErrorClass::Sandbox)), "{done:?}");
    let said = format!("{}{}", done.error_message.as_deref().unwrap_or_default(), done.logs.as_deref().unwrap_or_default());
    assert!(said.contains("memory") || said.contains("cannot allocate"), "{said}");
    let next = NewTool { name: "next".into(), ..shell("echo 1") };
    assert_eq!(call(&test, &owner, next, json!({})).await.outputs, Some(json!(1)));
}

#[tokio::test]
async fn a_shell_script_opens_no_socket() {
    let done = run("if (exec 3<>/dev/tcp/1.1.1.1/53) 2>/tmp/why; then echo out; else cat /tmp/why; fi", json!({})).await;
    let said = done.outputs.as_ref().and_then(Value::as_str).unwrap_or_default();
    assert!(said.contains("unreachable"), "{done:?}");
    // Nor to this machine: its own loopback has nothing on it.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let done = run(&format!("(exec 3<>/dev/tcp/127.0.0.1/{port}) 2>/dev/null && echo in || echo refused"), json!({})).await;
    assert_eq!(done.outputs, Some(json!("refused")), "{:?}", done.error_message);
}

#[tokio::test]
async fn a_shell_script_that_ignores_the_polite_signal_is_killed_with_its_children() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let script = "trap '' TERM HUP INT\necho here >&2\nsetsid sleep 58.37 &\nwhile :; do sleep 1; done";
    let began = std::time::Instant::now();
    let done = call(&test, &owner, NewTool { timeout_ms: 1_500, ..shell(script) }, json!({})).await;
    assert_eq!((done.status, done.logs.as_deref()), (Status::Timeout, Some("here\n")), "{done:?}");
    assert!(began.elapsed() < std::time::Duration::from_secs(15));
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let left = std::process::Command::new("pgrep").args(["-f", "sleep 58.37"]).output().unwrap();
    assert!(left.stdout.is_empty(), "a child lives on");
}

#[tokio::test]
async fn a_shell_script_reads_its_organization_s_files_and_no_others() {
    let test = TestSystem::new().await;
    let (acme, owner) = test.organization("acme").await;
    let (globex, _) = test.organization("globex").await;
    super::note(&test, &acme, "ours");
    let theirs = super::note(&test, &globex, "theirs");
    let script = format!(
        "find / -path /proc -prune -o -name note.txt -print 2>/dev/null | xargs cat\necho\ncat {} 2>/dev/null || echo none",
        theirs.display()
    );
    let done = call(&test, &owner, shell(&script), json!({})).await;
    assert_eq!(done.outputs, Some(json!("ours\nnone")), "{done:?}");
}
