//! The page of a run. It follows the run while it goes on: with WebAssembly by asking again, without by the browser's own refresh.

use super::{approvals::Approvals, timeline::Timeline};
use crate::{
    api::workflows::{self as api, CancelRun, DecideApproval, ResumeRun, RunAgain, RunFromStep, get_run},
    components::{
        badge::StatusBadge,
        button::{Button, ButtonLink, Kind},
        code::CodeBlock,
        field::FormError,
        form::use_form,
        format,
        page::{ErrorNotice, Fact, Facts, PageHeader, Panel, Section, Skeleton},
        time::RelativeTime,
    },
    pages::workflows::{Drawing, Mark, param},
};
use leptos::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use toolcrib::workflows::{
    Run,
    engine::{NodeResult, NodeStatus, Origin, Plan, RunState, RunStatus, inputs_of},
    graph::{Node, NodeKind},
};

#[component]
pub fn RunPage() -> impl IntoView {
    let (org, id) = (param("org"), param("id"));
    let cancel = ServerAction::<CancelRun>::new();
    let decide = ServerAction::<DecideApproval>::new();
    let page = Resource::new_blocking(
        move || (org.get(), id.get(), cancel.version().get(), decide.version().get()),
        |(org, id, ..)| get_run(org, id),
    );
    // Asks again a moment after each answer, until the run has ended.
    Effect::new(move |_| {
        let open = page.with(|page| matches!(page, Some(Ok(page)) if !page.run.status.is_final()));
        if open {
            let handle = set_timeout_with_handle(move || page.refetch(), std::time::Duration::from_millis(800));
            if let Ok(handle) = handle {
                on_cleanup(move || handle.clear());
            }
        }
    });
    view! {
        <Transition fallback=|| view! { <Skeleton rows=10 /> }>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(page) => view! { <Body page=page org=org.get_untracked() cancel=cancel decide=decide /> }.into_any(),
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Body(page: api::RunPage, org: String, cancel: ServerAction<CancelRun>, decide: ServerAction<DecideApproval>) -> impl IntoView {
    let (run, now) = (page.run, page.now);
    let again = ServerAction::<RunAgain>::new();
    let (cancelling, repeating) = (use_form(cancel), use_form(again));
    let open = !run.status.is_final();
    let took = run.started_at.map(|from| (run.completed_at.unwrap_or(now) - from).num_microseconds().unwrap_or(0) as f64 / 1000.0);
    let lasted = took.map(|ms| format!(" · {}", format::duration(ms))).unwrap_or_default();
    let facts = match run.workflow_version {
        Some(version) => format!("Run of version {version}{lasted}"),
        None => format!("Run of the draft, revision {}{lasted}", run.workflow_revision),
    };
    let state = state_of(&run);
    let plan = Plan::new(run.definition.clone());
    let marks: BTreeMap<String, Mark> = run.node_results.iter().map(|(id, result)| (id.clone(), mark(result.status))).collect();
    let from_step = ServerAction::<RunFromStep>::new();
    let from_here = (!open).then_some((from_step, run.id));
    let stepping = use_form(from_step);
    let nodes = run
        .definition
        .nodes
        .iter()
        .filter(|node| node.kind != NodeKind::Input)
        .filter_map(|node| Some(view! { <NodePanel node=node.clone() result=run.node_results.get(&node.id)?.clone() inputs=inputs_of(&plan, &node.id, &state).ok().map(Value::Object) org=org.clone() from_here=from_here /> }))
        .collect_view();
    let id = run.id.to_string();
    let cancel_form = (open && page.may_cancel).then(|| {
        let (org, id) = (org.clone(), id.clone());
        view! {
            <ActionForm action=cancel>
                <input type="hidden" name="org" value=org.clone() />
                <input type="hidden" name="id" value=id.clone() />
                <Button kind=Kind::Danger pending=cancel.pending() icon=icondata_lu::LuSquare>
                    "Cancel run"
                </Button>
            </ActionForm>
        }
    });
    let again_form = (!open).then(|| {
        let (org, id) = (org.clone(), id.clone());
        view! {
            <ActionForm action=again>
                <input type="hidden" name="org" value=org.clone() />
                <input type="hidden" name="id" value=id.clone() />
                <Button kind=Kind::Primary pending=again.pending() icon=icondata_lu::LuRotateCw>
                    "Run again"
                </Button>
            </ActionForm>
        }
    });
    let resume = ServerAction::<ResumeRun>::new();
    let resuming = use_form(resume);
    let resume_form = (run.status == RunStatus::Failed).then(|| {
        let (org, id) = (org.clone(), id.clone());
        view! {
            <ActionForm action=resume>
                <input type="hidden" name="org" value=org />
                <input type="hidden" name="id" value=id />
                <Button kind=Kind::Primary pending=resume.pending() icon=icondata_lu::LuStepForward>
                    "Go on from the failure"
                </Button>
            </ActionForm>
        }
    });
    let asked = page.open_approvals;
    let (asked_org, asked_id) = (org.clone(), id.clone());
    let origin = run.resumed_from.map(|earlier| ("Goes on from", format!("/{org}/runs/{earlier}")));
    let parent = run.parent_run_id.map(|parent| ("Part of", format!("/{org}/runs/{parent}")));
    let links = [origin, parent]
        .into_iter()
        .flatten()
        .map(|(label, href)| {
            view! {
                <Fact label=label>
                    <a class="link" href=href>
                        "another run"
                    </a>
                </Fact>
            }
        })
        .collect_view();
    let workflow = format!("/{org}/workflows/{}", run.workflow_id);
    let on_canvas = format!("{workflow}?run={}", run.id);
    let started_by = run.trigger_name.clone().map(|name| {
        // What is gone since has a name and no page.
        let name = match run.trigger_id {
            Some(trigger) => view! {
                <a class="link" href=format!("{workflow}/triggers/{trigger}")>
                    {name}
                </a>
            }
            .into_any(),
            None => name.into_any(),
        };
        view! { <Fact label="Trigger">{name}</Fact> }
    });
    let drawn = run.definition.clone();
    let timed = run.clone();
    view! {
        {open.then(|| view! { <noscript inner_html="<meta http-equiv=\"refresh\" content=\"2\">"></noscript> })}
        <PageHeader title=run.workflow_name.clone() facts=facts>
            <StatusBadge status=run.status.as_str().to_owned() />
            {cancel_form}
            {resume_form}
            {again_form}
            <ButtonLink href=on_canvas icon=icondata_lu::LuNetwork>
                "Show on the canvas"
            </ButtonLink>
            <ButtonLink href=workflow>"Open workflow"</ButtonLink>
        </PageHeader>
        <FormError message=cancelling.general_error() />
        <FormError message=repeating.general_error() />
        <FormError message=resuming.general_error() />
        <FormError message=stepping.general_error() />
        <Approvals asked=asked org=asked_org id=asked_id decide=decide />
        <div role="status" class="sr-only">
            {format!("The run is {}.", run.status.as_str())}
        </div>
        {run
            .error_message
            .clone()
            .map(|message| {
                let tone = if run.status == RunStatus::Cancelled { "bg-sunken" } else { "bg-danger-soft" };
                view! { <p class=format!("mb-6 rounded-md px-3 py-2 {tone}")>{message}</p> }
            })}
        <div class="grid gap-8 xl:grid-cols-[minmax(0,1fr)_360px]">
            <div class="min-w-0">
                <Section title="Timeline">
                    <Timeline run=timed now=now />
                </Section>
                <Section title="Steps">{nodes}</Section>
            </div>
            <aside class="min-w-0 space-y-6" aria-label="Facts, input and output">
                <Panel>
                    <Facts>
                        <Fact label="Started">
                            <RelativeTime at=run.started_at.unwrap_or(run.created_at) />
                        </Fact>
                        <Fact label="Took">{took.map_or_else(|| "–".to_owned(), format::duration)}</Fact>
                        <Fact label="From">{crate::components::badge::source_words(&run.source)}</Fact>
                        {started_by}
                        {links}
                        <Fact label="Run">
                            <span class="font-mono text-xs">{run.id.to_string()}</span>
                        </Fact>
                    </Facts>
                </Panel>
                <div>
                    <h2 class="mb-2 font-semibold">"Input"</h2>
                    <Json value=Value::Object(run.input_data.clone()) label="Input of the run" />
                </div>
                {run
                    .output_data
                    .clone()
                    .map(|output| {
                        view! {
                            <div>
                                <h2 class="mb-2 font-semibold">"Output"</h2>
                                <Json value=output label="Output of the run" />
                            </div>
                        }
                    })}
                <Panel>
                    <h2 class="mb-3 font-semibold">"Graph"</h2>
                    <Drawing definition=drawn marks=marks link="#node-" />
                </Panel>
            </aside>
        </div>
    }
    .into_any()
}

/// The engine's view of the run, to tell what each node was given.
fn state_of(run: &Run) -> RunState {
    RunState { status: run.status, nodes: run.node_results.clone(), ..RunState::new(&run.definition, run.input_data.clone(), 0) }
}

fn mark(status: NodeStatus) -> Mark {
    match status {
        NodeStatus::Success => Mark::Success,
        NodeStatus::Error => Mark::Failed,
        NodeStatus::Running | NodeStatus::Retrying | NodeStatus::Waiting => Mark::Running,
        NodeStatus::Pending => Mark::Plain,
        NodeStatus::Skipped | NodeStatus::Cancelled => Mark::Faded,
    }
}

#[component]
fn NodePanel(
    node: Node,
    result: NodeResult,
    inputs: Option<Value>,
    org: String,
    /// Of a run that has ended: what runs this step again, with all that depends on it.
    from_here: Option<(ServerAction<RunFromStep>, toolcrib::ids::RunId)>,
) -> impl IntoView {
    let id = node.id.clone();
    let is_tool = node.kind.calls();
    let items = result.items.as_ref().map(|items| {
        let done = items.next - items.open;
        format!(
            "{done} of {}{}",
            format::count(i64::from(items.total), "item", "items"),
            if items.failed > 0 { format!(", {} failed", items.failed) } else { String::new() }
        )
    });
    let branch = result.branch.clone();
    let kept = result.origin.map(|origin| match origin {
        Origin::Kept => "kept from an earlier run",
        Origin::Pinned => "given by hand",
        Origin::LeftOut => "not asked for",
        Origin::Disabled => "disabled",
    });
    let waits = result.due_at.filter(|_| result.status == NodeStatus::Waiting);
    let again = from_here.filter(|_| begun_before(&result)).map(|(action, run)| {
        let (org, node) = (org.clone(), node.clone());
        view! {
            <ActionForm action=action>
                <input type="hidden" name="org" value=org.clone() />
                <input type="hidden" name="id" value=run.to_string() />
                <input type="hidden" name="node" value=node.id.clone() />
                <button class="btn btn-ghost btn-small" aria-label=format!("Run again from {}", node.name())>
                    "Run from here"
                </button>
            </ActionForm>
        }
    });
    let attempts = (result.attempts > 1).then(|| format!("{} attempts", result.attempts));
    let begun = begun_before(&result);
    let failed = result.status == NodeStatus::Error;
    view! {
        <article id=format!("node-{id}") class="panel mb-3">
            <header class="flex flex-wrap items-center justify-between gap-2 px-4 py-2.5">
                <div class="flex min-w-0 flex-wrap items-center gap-2">
                    <h3 class="font-semibold">{if node.kind == NodeKind::Output { "Output".to_owned() } else { node.name().to_owned() }}</h3>
                    <StatusBadge status=result.status.as_str().to_owned() />
                    {attempts.map(|attempts| view! { <span class="text-xs text-muted">{attempts}</span> })}
                    {items.map(|items| view! { <span class="num text-xs text-muted">{items}</span> })}
                    {branch.map(|branch| view! { <span class="text-xs text-muted">"went on by " <span class="font-mono">{branch}</span></span> })}
                    {kept.map(|kept| view! { <span class="text-xs text-muted">{kept}</span> })}
                    {waits.map(|until| view! { <span class="text-xs text-muted">"until " <RelativeTime at=until /></span> })}
                </div>
                <div class="flex items-center gap-3 text-sm">
                    <span class="num text-muted">{result.duration_ms.filter(|_| is_tool).map(format::duration)}</span>
                    {result
                        .execution_id
                        .map(|execution| {
                            view! {
                                <a class="link" href=format!("/{org}/executions/{execution}")>
                                    "Execution"
                                </a>
                            }
                        })} {again}
                </div>
            </header>
            {result
                .error
                .clone()
                .map(|error| view! { <p class="border-t border-line bg-danger-soft px-4 py-2 text-danger">{error}</p> })}
            {begun
                .then(|| {
                    view! {
                        <details class="border-t border-line px-4 py-2" open=failed>
                            <summary class="cursor-pointer text-sm text-muted">"Input and output"</summary>
                            <div class="mt-2 grid gap-4 pb-2 lg:grid-cols-2">
                                <div class="min-w-0">
                                    <h4 class="mb-1 text-xs font-medium text-muted">"Input"</h4>
                                    {match inputs {
                                        Some(inputs) => view! { <Json value=inputs label=format!("Input of {id}") /> }.into_any(),
                                        None => view! { <p class="text-muted">"It could not be made."</p> }.into_any(),
                                    }}
                                </div>
                                <div class="min-w-0">
                                    <h4 class="mb-1 text-xs font-medium text-muted">"Output"</h4>
                                    {match result.output {
                                        Some(output) => view! { <Json value=output label=format!("Output of {id}") /> }.into_any(),
                                        None => view! { <p class="text-muted">"None."</p> }.into_any(),
                                    }}
                                </div>
                            </div>
                        </details>
                    }
                })}
        </article>
    }
    .into_any()
}

fn begun_before(result: &NodeResult) -> bool {
    !matches!(result.status, NodeStatus::Pending | NodeStatus::Skipped)
}

/// JSON for people; of a long one the beginning.
#[component]
fn Json(value: Value, #[prop(into)] label: String) -> impl IntoView {
    const MOST: usize = 20_000;
    let text = serde_json::to_string_pretty(&value).unwrap_or_default();
    let cut = text.len() > MOST;
    let text = if cut { text.chars().take(MOST).collect() } else { text };
    view! {
        <CodeBlock code=text language="json" label=label />
        {cut.then(|| view! { <p class="mt-1 text-xs text-muted">"Only the beginning is shown; the API gives all of it."</p> })}
    }
}
