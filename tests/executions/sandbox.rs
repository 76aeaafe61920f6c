use super::call;
use crate::tools::script;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use support::TestSystem;
use toolcrib::executions::{ErrorClass, Execution, Status};

/// Runs `body` as the body of `main`, with `timeout_ms`.
async fn run(body: &str, timeout_ms: i32) -> Execution {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let lines: String = body.lines().map(|line| format!("    {line}\n")).collect();
    let mut tool = script("attempt", &format!("import os, sys, time, subprocess, socket, signal\ndef main():\n{lines}"), json!({}));
    tool.timeout_ms = timeout_ms;
    call(&test, &owner, tool, json!({})).await
}

#[tokio::test]
async fn there_is_no_network() {
    let done = run(
        "try:\n    socket.create_connection(('1.1.1.1', 53), 2)\n    return 'out'\nexcept OSError as error:\n    return str(error)",
        10_000,
    )
    .await;
    assert_eq!(done.status, Status::Success);
    assert!(done.outputs.unwrap().as_str().unwrap().contains("unreachable"));
}

#[tokio::test]
async fn the_machine_outside_cannot_be_seen_and_nobody_is_root() {
    let body = "seen = [p for p in ('/etc/passwd', '/root', '/home', '/work', '/var') if os.path.exists(p)]\npids = [p for p in os.listdir('/proc') if p.isdigit()]\nreturn {'seen': seen, 'root': os.getuid() == 0, 'pids': len(pids) < 10, 'env': sorted(os.environ)}";
    let done = run(body, 10_000).await;
    assert_eq!(done.outputs, Some(json!({"seen": [], "root": false, "pids": true, "env": ["HOME", "LANG", "PATH", "PWD", "TZ"]})));
}

#[tokio::test]
async fn the_system_is_read_only() {
    let done = run("out = []\nfor p in ('/usr/x', '/x', '/data/x', '/bin/x'):\n    try:\n        open(p, 'w')\n        out.append(p)\n    except OSError:\n        pass\nopen('/tmp/x', 'w').write('mine')\nreturn out", 10_000).await;
    assert_eq!(done.outputs, Some(json!([])), "{:?}", done.error_message);
}

#[tokio::test]
async fn a_fork_bomb_hits_its_limit_and_the_call_ends() {
    let began = Instant::now();
    let done = run("n = 0\ntry:\n    while True:\n        if os.fork() == 0:\n            time.sleep(60)\n            os._exit(0)\n        n += 1\nexcept OSError:\n    return n", 15_000).await;
    assert!(done.outputs.as_ref().and_then(Value::as_u64).is_some_and(|n| n < 64), "{done:?}");
    assert!(began.elapsed() < Duration::from_secs(15));
}

#[tokio::test]
async fn memory_ends_where_it_should() {
    let done = run("x = bytearray(4 * 1024 ** 3)\nreturn len(x)", 10_000).await;
    assert_eq!((done.status, done.error_class), (Status::Failed, Some(ErrorClass::Sandbox)));
    assert!(done.error_message.unwrap().contains("memory"));
}

#[tokio::test]
async fn a_gigabyte_of_output_is_cut_and_does_not_fill_ours() {
    let printed = run("line = 'x' * 1023\nfor _ in range(1024 * 1024):\n    print(line)\nreturn 'done'", 20_000).await;
    assert!(printed.logs.unwrap().len() < 300 * 1024);
    let returned = run("return 'x' * (3 * 1024 * 1024)", 10_000).await;
    assert_eq!(returned.status, Status::Failed);
    assert!(returned.error_message.unwrap().contains("larger than"));
}

#[tokio::test]
async fn whoever_ignores_the_polite_signal_is_killed_with_all_children() {
    let began = Instant::now();
    let body = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('here')\nsubprocess.Popen(['sleep', '59.17'], start_new_session=True)\nwhile True:\n    time.sleep(1)";
    let done = run(body, 1_000).await;
    assert_eq!((done.status, done.logs.as_deref()), (Status::Timeout, Some("here\n")));
    assert!(began.elapsed() < Duration::from_secs(10));
    tokio::time::sleep(Duration::from_millis(300)).await;
    let left = std::process::Command::new("pgrep").args(["-f", "sleep 59.17"]).output().unwrap();
    assert!(left.stdout.is_empty(), "a child lives on");
}

#[tokio::test]
async fn an_organization_reads_its_own_files_and_no_others() {
    let test = TestSystem::new().await;
    let (acme, owner) = test.organization("acme").await;
    let (globex, _) = test.organization("globex").await;
    for (organization, text) in [(&acme, "ours"), (&globex, "theirs")] {
        let folder = test.data_dir().join("files").join(organization.id.to_string());
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("note.txt"), text).unwrap();
    }
    let source = "import os\ndef main():\n    found = []\n    for folder, _, files in os.walk('/'):\n        if folder.startswith(('/proc', '/usr', '/dev')):\n            continue\n        found += [open(os.path.join(folder, name)).read() for name in files if name == 'note.txt']\n    return found\n";
    let done = call(&test, &owner, script("read", source, json!({})), json!({})).await;
    assert_eq!(done.outputs, Some(json!(["ours"])), "{:?}", done.error_message);
}

#[tokio::test]
async fn a_mistake_in_the_script_is_told_with_its_line() {
    let done = run("values = {}\nreturn values['price']", 10_000).await;
    assert_eq!(done.error_message.as_deref(), Some("KeyError: 'price' (line 4, in main: return values['price'])"));
    let done = run("return {1, 2}", 10_000).await;
    assert!(done.error_message.unwrap().contains("not JSON"));
    let done = run("os._exit(3)", 10_000).await;
    assert!(done.error_message.unwrap().contains("exit code 3"));
}
