use super::call;
use crate::tools::script;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use support::TestSystem;
use toolcrib::executions::{ErrorClass, ExecuteRequest, Execution, Status, execute};

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
    super::note(&test, &acme, "ours");
    super::note(&test, &globex, "theirs");
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

#[tokio::test]
async fn a_fork_bomb_without_end_is_stopped_with_all_it_started_and_the_server_answers_meanwhile() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let source =
        "import os\ndef main():\n    while True:\n        try:\n            os.fork()\n        except OSError:\n            pass\n";
    let bomb = toolcrib::tools::NewTool { timeout_ms: 3_000, ..script("bomb", source, json!({})) };
    let bomb = toolcrib::tools::create(test.system(), &owner, bomb).await.unwrap();
    let (system, actor) = (test.system().clone(), owner.clone());
    let bombing = tokio::spawn(async move { execute(&system, &actor, ExecuteRequest::new(bomb.id, json!({}))).await.unwrap() });
    tokio::time::sleep(Duration::from_millis(500)).await;
    let began = Instant::now();
    let other = call(&test, &owner, script("other", "def main():\n    return 1\n", json!({})), json!({})).await;
    assert_eq!(other.outputs, Some(json!(1)), "{:?}", other.error_message);
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    let done = bombing.await.unwrap();
    assert_eq!(done.status, Status::Timeout);
    assert!(done.error_message.unwrap().contains("3 s"));
}

#[tokio::test]
async fn memory_is_limited_for_all_processes_together() {
    let body = "kids = []\nfor _ in range(8):\n    pid = os.fork()\n    if pid == 0:\n        x = bytearray(200 * 1024 ** 2)\n        time.sleep(30)\n        os._exit(0)\n    kids.append(pid)\nfor pid in kids:\n    os.waitpid(pid, 0)\nreturn 'filled'";
    let done = run(body, 20_000).await;
    assert_eq!((done.status, done.error_class), (Status::Failed, Some(ErrorClass::Sandbox)), "{:?}", done.outputs);
    assert!(done.error_message.as_ref().unwrap().contains("512 MiB"), "{done:?}");
    assert!(done.account["sandbox"]["limits"]["memory_by"].is_string(), "{}", done.account);
}

#[tokio::test]
async fn memory_nobody_would_count_is_not_to_be_had() {
    let body = "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\nout = {}\ntry:\n    os.memfd_create('x')\n    out['memfd'] = True\nexcept OSError:\n    pass\nif libc.shmget(0, 1 << 30, 0o1600) >= 0:\n    out['shm'] = True\nreturn out";
    assert_eq!(run(body, 10_000).await.outputs, Some(json!({})));
}

#[tokio::test]
async fn no_privilege_and_no_namespace_is_to_be_had() {
    let body = "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\ntried = {'user': libc.unshare(0x10000000), 'mount': libc.mount(b'x', b'/tmp', b'tmpfs', 0, None), 'uid': libc.setuid(0), 'trace': libc.ptrace(16, 1, 0, 0)}\ntry:\n    socket.socket(40, socket.SOCK_STREAM)\n    tried['vsock'] = 0\nexcept OSError:\n    pass\ntry:\n    os.kill(1, 9)\n    tried['first'] = 0\nexcept OSError:\n    pass\nstatus = open('/proc/self/status').read()\nreturn [sorted(name for name, got in tried.items() if got == 0), [line.split()[1] for line in status.splitlines() if line.startswith(('CapEff', 'CapBnd', 'NoNewPrivs', 'Seccomp:'))]]";
    let done = run(body, 10_000).await;
    assert_eq!(done.outputs, Some(json!([[], ["0000000000000000", "0000000000000000", "1", "2"]])), "{:?}", done.error_message);
}

#[tokio::test]
async fn a_gigabyte_does_not_fit_on_its_disk() {
    let body = "wrote = 0\ntry:\n    for number in range(20):\n        with open(f'/tmp/{number}', 'wb') as file:\n            for _ in range(60):\n                file.write(b'x' * 1024 ** 2)\n                wrote += 1\nexcept OSError as error:\n    return [wrote <= 64, error.strerror]";
    let done = run(body, 20_000).await;
    assert_eq!(done.outputs, Some(json!([true, "No space left on device"])), "{:?}", done.error_message);
    let one = run("open('/tmp/x', 'wb').write(b'x' * (1024 ** 2 * 100))", 20_000).await;
    assert!(one.error_message.as_ref().unwrap().contains("File too large"), "{one:?}");
}

#[tokio::test]
async fn one_call_sees_nothing_of_another() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let source = "import builtins, os, json\ndef main(leave: bool = False):\n    found = [hasattr(builtins, 'left'), hasattr(json, 'left'), os.path.exists('/tmp/left'), os.path.exists('/dev/shm/left'), 'LEFT' in os.environ]\n    if leave:\n        builtins.left = json.left = 1\n        os.environ['LEFT'] = '1'\n        for folder in ('/tmp', '/dev/shm'):\n            open(folder + '/left', 'w').close()\n    return [found, sorted(int(p) for p in os.listdir('/proc') if p.isdigit())]\n";
    let tool = script("state", source, json!({"type": "object", "properties": {"leave": {"type": "boolean"}}}));
    let tool = toolcrib::tools::create(test.system(), &owner, tool).await.unwrap();
    for (inputs, warm) in [(json!({"leave": true}), false), (json!({}), true), (json!({}), true)] {
        let done = execute(test.system(), &owner, ExecuteRequest::new(tool.id, inputs)).await.unwrap();
        assert_eq!(done.outputs, Some(json!([[false, false, false, false, false], [1, 2]])), "{:?}", done.error_message);
        assert_eq!(done.account["sandbox"]["warm"], json!(warm));
    }
    assert_eq!(test.system().sandbox.warm(), 1);
}

#[tokio::test]
async fn calls_at_the_same_time_neither_see_nor_disturb_each_other() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let source = "import os, time\ndef main(number: int):\n    open('/tmp/mine', 'x').write(str(number))\n    time.sleep(0.3)\n    return [open('/tmp/mine').read(), os.listdir('/tmp'), len([p for p in os.listdir('/proc') if p.isdigit()]), os.getuid()]\n";
    let tool = script("many", source, json!({"type": "object", "properties": {"number": {"type": "integer"}}}));
    let tool = toolcrib::tools::create(test.system(), &owner, tool).await.unwrap();
    let calls = (0..12).map(|number| {
        let (system, owner) = (test.system().clone(), owner.clone());
        tokio::spawn(async move { execute(&system, &owner, ExecuteRequest::new(tool.id, json!({"number": number}))).await.unwrap() })
    });
    for (number, call) in calls.collect::<Vec<_>>().into_iter().enumerate() {
        let done = call.await.unwrap();
        let outputs = done.outputs.unwrap_or_else(|| panic!("{:?}", done.error_message));
        assert_eq!((&outputs[0], &outputs[1], &outputs[2]), (&json!(number.to_string()), &json!(["mine"]), &json!(2)));
        assert!(outputs[3].as_u64().is_some_and(|uid| uid > 64_000), "{outputs}");
    }
}

/// The guards and what they forked, as this machine sees them.
fn guards(folder: &std::path::Path) -> Vec<String> {
    let found = std::process::Command::new("pgrep").args(["-f", &format!("bwrap.*{}", folder.display())]).output().unwrap();
    String::from_utf8(found.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn a_warm_sandbox_that_is_killed_is_replaced_and_its_call_says_so() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let tool = script(
        "wait",
        "import time\ndef main(seconds: float = 0):\n    time.sleep(seconds)\n    return 'slept'\n",
        json!({"type": "object"}),
    );
    let tool = toolcrib::tools::create(test.system(), &owner, tool).await.unwrap();
    let (system, actor) = (test.system().clone(), owner.clone());
    let waiting =
        tokio::spawn(async move { execute(&system, &actor, ExecuteRequest::new(tool.id, json!({"seconds": 20}))).await.unwrap() });
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let before = guards(test.data_dir());
    assert!(!before.is_empty(), "no sandbox found");
    for pid in &before {
        let _ = std::process::Command::new("kill").args(["-9", pid]).status();
    }
    let killed = waiting.await.unwrap();
    assert_eq!((killed.status, killed.error_class), (Status::Failed, Some(ErrorClass::Sandbox)));
    assert!(killed.error_message.unwrap().contains("killed from outside"));
    let next = execute(test.system(), &owner, ExecuteRequest::new(tool.id, json!({}))).await.unwrap();
    assert_eq!(next.outputs, Some(json!("slept")), "{:?}", next.error_message);
}

#[tokio::test]
async fn a_sandbox_nobody_needs_is_gone() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    call(&test, &owner, script("once", "def main():\n    return 1\n", json!({})), json!({})).await;
    assert!(!guards(test.data_dir()).is_empty());
    test.system().sandbox.forget(organization.id);
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(guards(test.data_dir()), Vec::<String>::new());
}

#[tokio::test]
async fn the_network_is_there_for_those_who_ask_where_an_admin_allowed_it_and_public_hosts_only() {
    // A server that says what it was asked; the name is opened for the test as for any private host.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let app =
        axum::Router::new().fallback(|request: axum::extract::Request| async move { format!("{} {}", request.method(), request.uri()) });
    tokio::spawn(async move { axum::serve(listener, app).await });
    let test = TestSystem::with(|config| config.allow_private_hosts = vec![format!("localhost:{port}")]).await;
    let (_, owner) = test.organization("acme").await;
    let source = "import socket, urllib.request, urllib.error\ndef main(port: int):\n    out = [urllib.request.urlopen(f'http://localhost:{port}/hello?a=1', timeout=5).read().decode()]\n    for url in ('http://127.0.0.1:1/', 'http://169.254.169.254/latest', 'https://10.0.0.1/', 'http://[::1]:1/'):\n        try:\n            urllib.request.urlopen(url, timeout=5)\n            out.append(url)\n        except (urllib.error.URLError, OSError) as error:\n            assert '403' in str(error), error\n    for place in (('127.0.0.1', port), ('1.1.1.1', 80)):\n        try:\n            socket.create_connection(place, 2)\n            out.append(place)\n        except OSError:\n            pass\n    return out\n";
    let mut tool = script("fetch", source, json!({"type": "object"}));
    tool.executor_config = json!({"network": true});
    let tool = toolcrib::tools::create(test.system(), &owner, tool).await.unwrap();
    let fetch = || execute(test.system(), &owner, ExecuteRequest::new(tool.id, json!({"port": port})));
    let refused = fetch().await.unwrap();
    assert_eq!(refused.status, Status::Unauthorized);
    assert!(refused.error_message.unwrap().contains("no admin has allowed"));
    toolcrib::organizations::script_network::allow(test.system(), &owner, true).await.unwrap();
    let done = fetch().await.unwrap();
    assert_eq!(done.outputs, Some(json!(["GET /hello?a=1"])), "{:?}", done.error_message);
    let seen = done.account["network"].as_array().unwrap();
    assert_eq!(seen[0], json!({"host": format!("localhost:{port}")}));
    assert!(seen.iter().any(|entry| entry["host"] == "169.254.169.254:80" && entry["refused"].is_string()), "{seen:?}");
    let audit = toolcrib::audit::list::list(test.system(), &owner, &Default::default(), None, 50).await;
    assert!(format!("{audit:?}").contains("organization.scripts_network"));
    let other = call(
        &test,
        &owner,
        script(
            "quiet",
            "import socket\ndef main():\n    return [name for name in __import__('os').environ if 'proxy' in name.lower()]\n",
            json!({}),
        ),
        json!({}),
    )
    .await;
    assert_eq!(other.outputs, Some(json!([])));
}

#[tokio::test]
async fn only_an_admin_allows_the_network() {
    let test = TestSystem::new().await;
    let (organization, _) = test.organization("acme").await;
    let builder = test.member(&organization, toolcrib::access::Role::Builder).await;
    let refused = toolcrib::organizations::script_network::allow(test.system(), &builder, true).await.unwrap_err();
    assert_eq!(refused.status(), 403);
}
