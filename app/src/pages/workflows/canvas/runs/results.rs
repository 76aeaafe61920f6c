//! What a step of a run was given and gave, with every call it made.

use super::{super::state::Editor, answer::Answer, json::Tree, marks::icon_of};
use crate::{
    api::workflows::StepOfRun,
    components::{badge::StatusBadge, format, icon::Icon, time::RelativeTime},
};
use leptos::prelude::*;
use serde_json::Value;
use toolcrib::workflows::{
    RunItem,
    canvas::overlay::{counts, word},
    engine::NodeStatus,
    inspect::{Attempt, InnerRun},
    run_live::NodeLive,
};

#[component]
pub(super) fn Results(editor: Editor, id: String, step: StepOfRun, answered: Callback<()>) -> impl IntoView {
    let StepOfRun { inspected, approval, items } = step;
    let live = NodeLive::from(&inspected.result);
    let org = editor.org.get_value();
    let (icon, ink) = icon_of(&live);
    let facts: Vec<String> = live.duration_ms.map(format::duration).into_iter().chain(counts(&live)).collect();
    let branch =
        live.branch.clone().map(|branch| view! { <span class="text-muted">"went on by " <span class="font-mono">{branch}</span></span> });
    let due = inspected.result.due_at.filter(|_| matches!(live.status, NodeStatus::Waiting | NodeStatus::Retrying) && approval.is_none());
    let skipped = live.status == NodeStatus::Skipped;
    let result = inspected.result;
    let input = (!skipped).then(|| match inspected.input {
        Ok(input) => view! { <Tree value=Value::Object(input) label="Input of the step" /> }.into_any(),
        Err(words) => view! { <p class="text-danger">{words}</p> }.into_any(),
    });
    let output = result.output.map(|output| view! { <Tree value=output label="Output of the step" /> }.into_any());
    view! {
        <div class="space-y-4" data-step-of-run=id>
            <p class="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
                <span class=format!("flex items-center gap-1.5 font-medium {ink}")>
                    <Icon icon=icon size=14 />
                    {word(&live)}
                </span>
                {facts.into_iter().map(|fact| view! { <span class="num text-muted">{fact}</span> }).collect_view()} {branch}
                {due.map(|due| view! { <span class="text-muted">"until " <RelativeTime at=due /></span> })}
            </p>
            {approval.map(|(asked, may)| view! { <Answer editor=editor asked=asked may=may answered=answered /> })}
            {result.error.map(|error| view! { <p class="rounded-md bg-danger-soft px-3 py-2 text-sm break-words whitespace-pre-wrap text-danger">{error}</p> })}
            {input.map(|input| view! { <section><h3 class="mb-1 text-xs font-medium text-muted">"Input"</h3>{input}</section> })}
            {output.map(|output| view! { <section><h3 class="mb-1 text-xs font-medium text-muted">"Output"</h3>{output}</section> })}
            <Items items=items />
            <InnerRuns runs=inspected.runs org=org.clone() />
            <Attempts attempts=inspected.attempts org=org />
        </div>
    }
    .into_any()
}

#[component]
fn Items(items: Vec<RunItem>) -> impl IntoView {
    (!items.is_empty()).then(|| {
        let rows = items
            .into_iter()
            .map(|item| {
                let index = item.index;
                let failed = item.result.error.is_some();
                view! {
                    <details open=failed class="border-b border-line py-1.5 last:border-0">
                        <summary class="cursor-pointer text-sm">
                            <span class="num">{format!("Item {index} ")}</span>
                            <StatusBadge status=item.result.status.as_str().to_owned() />
                            {(item.result.attempts > 1).then(|| format!(" {} attempts", item.result.attempts))}
                        </summary>
                        {item.result.error.map(|error| view! { <p class="mt-1 text-sm break-words text-danger">{error}</p> })}
                        {item.result.output.map(|output| view! { <div class="mt-1"><Tree value=output label=format!("Output of item {index}") /></div> })}
                    </details>
                }
            })
            .collect_view();
        view! {
            <section>
                <h3 class="mb-1 text-xs font-medium text-muted">"Items"</h3>
                {rows}
            </section>
        }
    })
}

#[component]
fn InnerRuns(runs: Vec<InnerRun>, org: String) -> impl IntoView {
    (!runs.is_empty()).then(|| {
        let rows = runs
            .into_iter()
            .map(|run| {
                let words = run.item.map_or_else(|| "Its run".to_owned(), |item| format!("Run of item {item}"));
                view! {
                    <li class="flex items-center gap-2 py-1 text-sm">
                        <StatusBadge status=run.status />
                        <a class="link" href=format!("/{org}/workflows/{}?run={}", run.workflow_id, run.id) rel="external">
                            {words}
                        </a>
                    </li>
                }
            })
            .collect_view();
        view! {
            <section>
                <h3 class="mb-1 text-xs font-medium text-muted">"Workflow it ran"</h3>
                <ul>{rows}</ul>
            </section>
        }
    })
}

#[component]
fn Attempts(attempts: Vec<Attempt>, org: String) -> impl IntoView {
    (!attempts.is_empty()).then(|| {
        let many = attempts.len();
        let rows = attempts
            .into_iter()
            .enumerate()
            .map(|(index, attempt)| {
                let item = attempt.item.map(|item| format!("item {item}"));
                let console = attempt.console.filter(|text| !text.is_empty());
                view! {
                    <li class="border-b border-line py-2 text-sm last:border-0">
                        <p class="flex flex-wrap items-center gap-x-2">
                            {(many > 1).then(|| view! { <span class="num text-muted">{index + 1}</span> })}
                            <StatusBadge status=attempt.status />
                            {item.map(|item| view! { <span class="num text-muted">{item}</span> })}
                            <span class="num text-muted">{attempt.duration_ms.map(format::duration)}</span>
                            <a class="link ml-auto" href=format!("/{org}/executions/{}", attempt.execution_id)>
                                {attempt.tool_name}
                            </a>
                        </p>
                        {attempt.error.map(|error| view! { <p class="mt-1 text-xs break-words whitespace-pre-wrap text-danger">{error}</p> })}
                        {console
                            .map(|text| {
                                view! {
                                    <details class="mt-1" open=many == 1>
                                        <summary class="cursor-pointer text-xs text-muted">"Console"</summary>
                                        <pre tabindex="0" class="mt-1 max-h-60 overflow-auto rounded-md border border-line bg-sunken p-2 text-xs">{text}</pre>
                                    </details>
                                }
                            })}
                    </li>
                }
            })
            .collect_view();
        view! {
            <section>
                <h3 class="mb-1 text-xs font-medium text-muted">{if many == 1 { "Call" } else { "Calls" }}</h3>
                <ol>{rows}</ol>
            </section>
        }
    })
}
