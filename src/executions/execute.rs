//! The one way through which every call of a tool goes: resolve → authorise → validate input → limit → execute → validate output →
//! record → answer. A row is written before the work begins and finished before anybody hears of the result.

use super::{Cancel, ErrorClass, Execution, Status, inputs, ledger, store};
use crate::{
    access::Permission,
    actor::Actor,
    db::TenantTx,
    error::{Error, Result},
    executors::{self, Account, Call, CallKeys, Failure},
    ids::{AgentId, ExecutionId, RunId, SessionId, ToolId},
    keys::Redactor,
    schema::check_value,
    system::System,
    tools::{
        self, Tool,
        access::{Asker, Level, Verdict, verdict},
    },
    variables,
};
use serde_json::{Map, Value, json};
use std::{
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};

/// The place in a workflow run that makes the call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunContext {
    pub run_id: RunId,
    pub node_id: String,
    /// Which item, inside a `for_each`.
    pub item: Option<i32>,
    /// The first is 1.
    pub attempt: u32,
}

/// A call of a tool.
#[derive(Clone, Debug)]
pub struct ExecuteRequest {
    pub tool_id: ToolId,
    pub inputs: Value,
    /// What the caller knows of the call: values for `{{variables}}`.
    pub variables: Map<String, Value>,
    /// On behalf of which agent; the agent's own token sets it anyway.
    pub agent_id: Option<AgentId>,
    pub session_id: Option<SessionId>,
    pub run: Option<RunContext>,
    pub user_prompt: Option<String>,
    pub trace_id: Option<String>,
    /// From the tool's own page: drafts run too.
    pub is_test: bool,
    /// The execution whose inputs this call repeats.
    pub replay_of: Option<ExecutionId>,
    /// Stops the call when cancelled.
    pub cancel: Option<Cancel>,
}

impl ExecuteRequest {
    /// A plain call, on nobody's behalf but the actor's.
    #[must_use]
    pub fn new(tool_id: ToolId, inputs: Value) -> Self {
        Self {
            tool_id,
            inputs,
            variables: Map::new(),
            agent_id: None,
            session_id: None,
            run: None,
            user_prompt: None,
            trace_id: None,
            is_test: false,
            replay_of: None,
            cancel: None,
        }
    }
}

/// Calls a tool. `Ok` is whatever became of the call, failures and refusals included: they are executions too, recorded before
/// this returns. `Err` means that nothing was recorded: no such tool for this actor, a tool that is not to be called, or no database.
pub async fn execute(system: &System, actor: &Actor, request: ExecuteRequest) -> Result<Execution> {
    actor.require(Permission::UseTools)?;
    variables::resolve::check_given(&request.variables)?;
    let now = system.clock.now();
    let agent_id = actor.agent_id.or(request.agent_id);
    let (mut tool, level) = tools::asked::find(system, actor, request.tool_id).await?.ok_or(Error::NotFound("tool"))?;
    // Opened where something needs one: most calls do not.
    let mut tx = None;
    let verdict = verdict(level, tool.status, request.is_test);
    if verdict == Verdict::Unseen {
        return Err(Error::NotFound("tool"));
    }
    if let Some(agent) = request.agent_id.filter(|_| actor.agent_id.is_none()) {
        store::require_agent(opened(&mut tx, system, actor).await?, agent).await?;
    }
    let mut warnings = check_callable(&tool, verdict)?;
    let refused = authorise(&mut tx, system, actor, &mut tool, verdict, agent_id, request.is_test, now).await?;
    let context = variables::resolve::Context { agent: agent_id, session: request.session_id, run: request.run.as_ref() };
    let values = if variables::named::by_call(&tool, &request.inputs).is_empty() {
        Map::new()
    } else {
        let tx = opened(&mut tx, system, actor).await?;
        variables::resolve::resolve(tx, actor, &tool, &request.inputs, &request.variables, context).await?
    };
    let (inputs, refused) = match refused {
        Some(failure) => (request.inputs.clone(), Some((failure, json!({})))),
        None => {
            let (inputs, refused) = inputs::prepare(&tool, &request.inputs, &values, &mut warnings);
            (inputs, refused.map(|(failure, errors)| (failure, json!({"errors": errors}))))
        }
    };
    // In a session a call has its number: limit, number and beginning are one transaction then.
    let refused = match refused {
        None if request.session_id.is_some() => {
            let tx = opened(&mut tx, system, actor).await?;
            store::over_limit(tx, actor.organization_id, &tool, agent_id, now).await?.map(limited)
        }
        other => other,
    };
    let mut execution = Execution {
        id: ExecutionId::new(),
        tool_id: tool.id,
        tool_name: tool.name.clone(),
        tool_kind: tool.kind,
        tool_version: tool.version,
        user_id: Some(actor.user_id),
        agent_id,
        session_id: request.session_id,
        run_id: request.run.as_ref().map(|run| run.run_id),
        node_id: request.run.as_ref().map(|run| run.node_id.clone()),
        item_index: request.run.as_ref().and_then(|run| run.item),
        execution_order: None,
        source: actor.source.as_str().to_owned(),
        status: Status::Running,
        inputs,
        outputs: None,
        logs: None,
        warnings,
        error_class: None,
        error_message: None,
        account: json!({}),
        trace_id: request.trace_id.clone(),
        user_prompt: request.user_prompt.clone(),
        key_id: None,
        cost: None,
        created_at: now,
        started_at: None,
        completed_at: None,
        duration_ms: None,
    };
    if let Some(session) = request.session_id {
        execution.execution_order = Some(store::next_order(opened(&mut tx, system, actor).await?, session, now).await?);
    }
    if let Some(refused) = refused {
        let tx = match tx {
            Some(tx) => tx,
            None => system.tenant(actor).await?,
        };
        return refuse(system, tx, actor, execution, refused, values, request.replay_of).await;
    }
    execution.started_at = Some(now);
    if let Some(mut tx) = tx.take_if(|_| request.session_id.is_some()) {
        store::insert(&mut tx, actor.organization_id, &execution, system.runner.id(), request.replay_of).await?;
        tx.commit().await?;
    } else {
        // Nothing was written in it.
        drop(tx);
        if let Some(refused) = ledger::begin(system, actor.organization_id, &tool, &execution, request.replay_of).await? {
            execution.started_at = None;
            let tx = system.tenant(actor).await?;
            return refuse(system, tx, actor, execution, limited(refused), values, request.replay_of).await;
        }
    }
    // A task of its own: a caller who hangs up neither stops the work half-way nor leaves it unrecorded.
    let (system, actor) = (system.clone(), actor.clone());
    let work = tokio::spawn(async move { finish(&system, &actor, &tool, execution, values, (request.run, request.cancel)).await });
    work.await.unwrap_or_else(|error| Err(Error::of_task(&error)))
}

fn limited((failure, wait): (Failure, i64)) -> (Failure, Value) {
    (failure, json!({"retry_after": wait}))
}

/// Records a call that is not carried out.
async fn refuse(
    system: &System,
    mut tx: TenantTx,
    actor: &Actor,
    mut execution: Execution,
    (failure, mut account): (Failure, Value),
    values: Map<String, Value>,
    replay_of: Option<ExecutionId>,
) -> Result<Execution> {
    if !values.is_empty() {
        account["variables"] = Value::Object(values);
    }
    execution.status = failure.class.status();
    execution.error_class = Some(failure.class);
    execution.error_message = Some(failure.message);
    execution.account = account;
    execution.completed_at = Some(execution.created_at);
    store::insert(&mut tx, actor.organization_id, &execution, system.runner.id(), replay_of).await?;
    store::count(&mut tx, actor.organization_id, &execution).await?;
    tx.commit().await?;
    Ok(execution)
}

/// Only active tools are called; deprecated ones still run and warn; drafts run as a test.
fn check_callable(tool: &Tool, verdict: Verdict) -> Result<Vec<String>> {
    match verdict {
        Verdict::Unseen => Err(Error::NotFound("tool")),
        Verdict::Draft => {
            Err(Error::conflict("status", format!("“{}” is a draft. Activate it first; until then it runs from its page only.", tool.name)))
        }
        Verdict::Disabled => Err(Error::conflict("status", format!("“{}” is disabled and cannot be called.", tool.name))),
        Verdict::Callable { deprecated: true } => Ok(vec!["This tool is deprecated: look for its successor.".to_owned()]),
        Verdict::Callable { deprecated: false } | Verdict::ReadOnly => Ok(Vec::new()),
    }
}

/// The actor must be allowed to call, and the agent it acts for too. For that agent the tool is the version to which it is pinned.
async fn authorise(
    tx: &mut Option<TenantTx>,
    system: &System,
    actor: &Actor,
    tool: &mut Arc<Tool>,
    own: Verdict,
    agent: Option<AgentId>,
    is_test: bool,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Option<Failure>> {
    let refuse = |message: String| Ok(Some(Failure::new(ErrorClass::Unauthorized, message)));
    if own == Verdict::ReadOnly {
        return refuse(format!("You may see “{}” but not call it. Its owner or an admin can grant it.", tool.name));
    }
    if let Some(agent) = agent.filter(|_| actor.agent_id.is_none()) {
        let found = tools::store::find_pinned(opened(tx, system, actor).await?, Asker::agent(actor, agent), tool.id, now).await?;
        let level = match found {
            Some((pinned, level)) => {
                if pinned.version != tool.version {
                    *tool = Arc::new(pinned);
                }
                level
            }
            None => Level::None,
        };
        if !matches!(verdict(level, tool.status, is_test), Verdict::Callable { .. }) {
            return refuse(format!(
                "The agent may not call “{}”: it must be attached to it, switched on, and public or granted.",
                tool.name
            ));
        }
    }
    Ok(None)
}

/// Names the step of the run, and the item of its list, that makes the call; not the attempt.
fn idempotency_key(execution: &Execution) -> Option<String> {
    let (run, node) = (execution.run_id?, execution.node_id.as_deref()?);
    // A node may be called anything; a header may not hold everything.
    let node: String = percent_encoding::utf8_percent_encode(node, percent_encoding::NON_ALPHANUMERIC).to_string();
    Some(execution.item_index.map_or_else(|| format!("{run}-{node}"), |item| format!("{run}-{node}-{item}")))
}

/// The transaction, begun now if it was not before.
async fn opened<'a>(tx: &'a mut Option<TenantTx>, system: &System, actor: &Actor) -> Result<&'a mut TenantTx> {
    if tx.is_none() {
        *tx = Some(system.tenant(actor).await?);
    }
    tx.as_mut().ok_or_else(|| Error::internal("a transaction that was begun is gone"))
}

/// Does the work and records what became of it.
async fn finish(
    system: &System,
    actor: &Actor,
    tool: &Tool,
    mut execution: Execution,
    variables: Map<String, Value>,
    (run, cancel): (Option<RunContext>, Option<Cancel>),
) -> Result<Execution> {
    let began = Instant::now();
    let (account, keys) = (Account::default(), CallKeys::default());
    if !variables.is_empty() {
        // Kept with the execution: a replay needs them too.
        account.note("variables", Value::Object(variables.clone()));
    }
    let done = {
        let call = Call {
            system,
            organization_id: actor.organization_id,
            actor,
            tool,
            inputs: execution.inputs.as_object().cloned().unwrap_or_default(),
            variables,
            deadline: began + Duration::from_millis(u64::try_from(tool.timeout_ms).unwrap_or_default()),
            idempotency_key: idempotency_key(&execution),
            run,
            session_id: execution.session_id,
            trace_id: execution.trace_id.as_deref(),
            user_id: execution.user_id,
            agent_id: execution.agent_id,
            keys: keys.clone(),
            account: account.clone(),
        };
        executors::run(&call, cancel.as_ref()).await
    };
    execution.duration_ms = Some(began.elapsed().as_secs_f64() * 1000.0);
    execution.completed_at = Some(system.clock.now());
    execution.cost = tool.cost_per_call;
    let settled = AssertUnwindSafe(|| {
        settle(&mut execution, tool, done, &account);
        redact(&mut execution, &keys.redactor);
    });
    if std::panic::catch_unwind(settled).is_err() {
        give_up(&mut execution, &keys.redactor);
    }
    let used = keys.used();
    execution.key_id = used.first().copied();
    if !ledger::end(system, actor.organization_id, &execution, &used, !keys.redactor.is_empty()).await? {
        tracing::warn!(execution = %execution.id, "this server was taken for dead: an execution had been given up before it ended");
        let mut tx = system.tenant(actor).await?;
        return store::find(&mut tx, store::Reader::everybody(), execution.id).await?.ok_or(Error::NotFound("execution"));
    }
    Ok(execution)
}

/// What came of the work.
fn settle(execution: &mut Execution, tool: &Tool, done: std::result::Result<Value, Failure>, account: &Account) {
    execution.warnings.extend(account.warnings());
    let (notes, log) = account.take();
    execution.account = storable(Value::Object(notes));
    execution.logs = Some(log.replace('\0', "\u{fffd}")).filter(|log| !log.is_empty());
    match done {
        Ok(outputs) => {
            execution.status = Status::Success;
            if tool.output_schema.as_object().is_some_and(|schema| !schema.is_empty()) {
                let wrong = check_value(&tool.output_schema, &outputs);
                execution.warnings.extend(
                    wrong
                        .iter()
                        .take(20)
                        .map(|error| format!("The output does not fit its schema at “{}”: {}", error.pointer, error.message)),
                );
            }
            execution.outputs = Some(storable(outputs));
        }
        Err(failure) => {
            execution.status = failure.class.status();
            execution.error_class = Some(failure.class);
            execution.error_message = Some(failure.message.replace('\0', "\u{fffd}"));
            execution.outputs = failure.outputs.map(storable);
        }
    }
}

/// Our own fault, after the work: of what came of it nothing is kept, as nobody knows what of it still holds values of keys.
fn give_up(execution: &mut Execution, redactor: &Redactor) {
    let failure = executors::broken();
    execution.status = failure.class.status();
    execution.error_class = Some(failure.class);
    execution.error_message = Some(failure.message);
    (execution.outputs, execution.logs) = (None, None);
    execution.account = json!({});
    execution.warnings.clear();
    if !redactor.is_empty() {
        execution.inputs = json!({});
        execution.user_prompt = None;
    }
}

/// The one place where values of keys are taken out of what leaves an execution, before anything of it is stored or answered.
fn redact(execution: &mut Execution, redactor: &Redactor) {
    if redactor.is_empty() {
        return;
    }
    let text = |text: &mut String| *text = redactor.text(text);
    execution.inputs = redactor.value(std::mem::take(&mut execution.inputs));
    execution.outputs = execution.outputs.take().map(|outputs| redactor.value(outputs));
    execution.account = redactor.value(std::mem::take(&mut execution.account));
    execution.logs.iter_mut().for_each(text);
    execution.error_message.iter_mut().for_each(text);
    execution.user_prompt.iter_mut().for_each(text);
    execution.warnings.iter_mut().for_each(text);
}

/// NUL is valid in JSON text and in no PostgreSQL text.
fn storable(value: Value) -> Value {
    match value {
        Value::String(text) if text.contains('\0') => Value::String(text.replace('\0', "\u{fffd}")),
        Value::Array(items) => Value::Array(items.into_iter().map(storable).collect()),
        Value::Object(fields) => {
            Value::Object(fields.into_iter().map(|(name, field)| (name.replace('\0', "\u{fffd}"), storable(field))).collect())
        }
        other => other,
    }
}
