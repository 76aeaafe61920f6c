//! Runs the tests of a tool and keeps how they ended.

use super::{TestResult, TestRun, store};
use crate::{
    access::Permission,
    actor::Actor,
    audit,
    error::{Error, Result},
    executors::{
        Account,
        sandbox::{self, Job},
    },
    ids::ToolId,
    organizations::script_network,
    system::System,
    tools::{
        self, Kind, Tool,
        access::{Asker, Level},
        kinds::script::ScriptConfig,
    },
};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::time::{Duration, Instant};

/// For all tests of a tool together.
const TIME: Duration = Duration::from_secs(120);

async fn tool(system: &System, actor: &Actor, id: ToolId, least: Level) -> Result<Tool> {
    let mut tx = system.tenant(actor).await?;
    let found = tools::store::find(&mut tx, Asker::of(actor), id, system.clock.now()).await?;
    let (tool, level) = found.filter(|(_, level)| *level >= Level::Read).ok_or(Error::NotFound("tool"))?;
    if level < least {
        return Err(Error::Forbidden("You may see this tool but not call it. Its owner or an admin can grant it.".to_owned()));
    }
    Ok(tool)
}

/// How the tests ended when they ran last.
pub async fn last(system: &System, actor: &Actor, id: ToolId) -> Result<Option<TestRun>> {
    actor.require(Permission::See)?;
    let tool = tool(system, actor, id, Level::Read).await?;
    store::find(&mut system.tenant(actor).await?, id, &fingerprint(&tool)).await
}

/// Runs them all, as they are stored. Whoever may call the tool may.
pub async fn run(system: &System, actor: &Actor, id: ToolId) -> Result<TestRun> {
    actor.require(Permission::UseTools)?;
    let tool = tool(system, actor, id, Level::Execute).await?;
    if !has_tests(&tool) {
        return Err(Error::invalid("test_content", "This tool has no tests. Write some beside its script."));
    }
    run_of(system, actor, &tool).await
}

/// Whether there is anything to run.
pub(in crate::tools) fn has_tests(tool: &Tool) -> bool {
    are_there(tool.kind, tool.test_content.as_deref())
}

pub(in crate::tools) fn are_there(kind: Kind, tests: Option<&str>) -> bool {
    matches!(kind, Kind::Python | Kind::Shell) && tests.is_some_and(|tests| !tests.trim().is_empty())
}

/// The last result where it is of this script and these tests, else a new one.
pub(in crate::tools) async fn current(system: &System, actor: &Actor, tool: &Tool) -> Result<TestRun> {
    let kept = store::find(&mut system.tenant(actor).await?, tool.id, &fingerprint(tool)).await?;
    match kept.filter(|run| run.is_current && run.error.is_none()) {
        Some(run) => Ok(run),
        None => run_of(system, actor, tool).await,
    }
}

/// What the guard says line by line: first the names, then a result each.
#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Names { tests: Vec<String> },
    Result(TestResult),
}

async fn run_of(system: &System, actor: &Actor, tool: &Tool) -> Result<TestRun> {
    let (began, ran_at) = (Instant::now(), system.clock.now());
    let config = ScriptConfig::read(&tool.executor_config).unwrap_or_default();
    let network = config.network && script_network::allowed(system, actor).await?;
    let each = Duration::from_millis(u64::try_from(tool.timeout_ms).unwrap_or_default()).min(TIME);
    let order = json!({
        "do": "test",
        "kind": tool.kind,
        "script": tool.script_content,
        "tests": tool.test_content,
        "shell": sandbox::SHELL_HELPER,
        "seconds": each.as_secs_f64(),
        "seconds_for_all": TIME.as_secs_f64(),
    });
    let order = sandbox::order(&order).map_err(|failure| Error::Unavailable(failure.message))?;
    let deadline = began + TIME + Duration::from_secs(5);
    let account = Account::default();
    let job = Job { system, organization_id: actor.organization_id, deadline, account: account.clone(), network, order };
    let done = tokio::time::timeout_at(deadline.into(), sandbox::run(&job)).await;
    let (mut results, mut error) = (Vec::new(), None);
    match done {
        Err(_) => error = Some(format!("No result within {} s, the time all tests have together.", TIME.as_secs())),
        Ok(Err(failure)) => error = Some(failure.message),
        Ok(Ok(ended)) => {
            let mut names = Vec::new();
            for line in ended.result.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
                match serde_json::from_slice::<Line>(line) {
                    Ok(Line::Names { tests }) => names = tests,
                    Ok(Line::Result(result)) => results.push(result),
                    Err(_) => {}
                }
            }
            let missing = names.len().saturating_sub(results.len());
            if ended.out_of_memory {
                error = Some("The tests needed more than 512 MiB of memory together and were stopped.".to_owned());
            } else if names.is_empty() {
                error = Some("No test was found.".to_owned());
            } else if missing > 0 {
                error = Some(format!("The sandbox ended early: {missing} tests did not run."));
            }
            results.extend(names.into_iter().skip(results.len()).map(|name| TestResult {
                name,
                error: Some("did not run".to_owned()),
                ..TestResult::default()
            }));
        }
    }
    let run = TestRun {
        version: tool.version,
        is_current: true,
        passed: error.is_none() && results.iter().all(|test| test.passed),
        error,
        results: results.into_iter().map(without_nul).collect(),
        ran_by: Some(actor.user_id),
        ran_at,
        duration_ms: began.elapsed().as_secs_f64() * 1000.0,
    };
    let mut tx = system.tenant(actor).await?;
    store::keep(&mut tx, actor.organization_id, tool.id, &fingerprint(tool), &run).await?;
    let entry = audit::Entry {
        action: "tool.test",
        object_type: "tool",
        object_id: Some(tool.id.0),
        object_name: &tool.name,
        before: None,
        after: Some(json!({"version": run.version, "passed": run.passed, "tests": run.results.len()})),
    };
    audit::record(&mut tx, actor, ran_at, entry).await?;
    tx.commit().await?;
    Ok(run)
}

/// NUL is valid in JSON text and in no PostgreSQL text.
fn without_nul(mut result: TestResult) -> TestResult {
    let clean = |text: &mut String| *text = text.replace('\0', "\u{fffd}");
    clean(&mut result.output);
    clean(&mut result.name);
    result.error.as_mut().map(clean);
    result.traceback.iter_mut().for_each(clean);
    result
}

/// What decides how the tests end.
fn fingerprint(tool: &Tool) -> Vec<u8> {
    let mut hash = Sha256::new();
    let config = tool.executor_config.to_string();
    let parts = [tool.script_content.as_deref().unwrap_or_default(), tool.test_content.as_deref().unwrap_or_default(), &config];
    for part in parts {
        hash.update(u64::try_from(part.len()).unwrap_or_default().to_le_bytes());
        hash.update(part);
    }
    hash.finalize().to_vec()
}
