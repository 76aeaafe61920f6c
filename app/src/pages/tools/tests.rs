//! The tests beside a script: run them, see each one.

use super::{
    frame::{Tab, ToolFrame},
    param,
};
use crate::{
    api::{
        tool_tests::{RunTests, last_tests},
        tools::ToolPage,
    },
    components::{
        badge::{Badge, Tone},
        button::{Button, ButtonLink, Kind as ButtonKind},
        code::CodeBlock,
        field::FormError,
        form::use_form,
        page::{EmptyState, ErrorNotice, Notice, Skeleton},
        time::{Duration, RelativeTime},
    },
    error::AppError,
};
use leptos::prelude::*;
use toolcrib::tools::testing::{TestResult, TestRun};

#[component]
pub fn ToolTestsPage() -> impl IntoView {
    let (org, id) = (param("org"), param("id"));
    let run = ServerAction::<RunTests>::new();
    // Read beside the tool, not once it is there: server and browser must make what they read in the same order.
    let last = Resource::new_blocking(move || (org.get(), id.get(), run.version().get()), |(org, id, _)| last_tests(org, id));
    view! { <ToolFrame tab=Tab::Tests body=move |page, org| view! { <Loaded page=page org=org run=run last=last /> }.into_any() /> }
        .into_any()
}

#[component]
fn Loaded(page: ToolPage, org: String, run: ServerAction<RunTests>, last: Resource<Result<Option<TestRun>, AppError>>) -> impl IntoView {
    let form = use_form(run);
    let id = page.tool.id;
    let has_tests = page.tool.test_content.as_ref().is_some_and(|tests| !tests.trim().is_empty());
    let definition = format!("/{org}/tools/{id}/definition");
    if !has_tests {
        return view! {
            <EmptyState
                icon=icondata_lu::LuFlaskConical
                title="No tests yet"
                text="Tests stand beside the script, in its definition. They run in the sandbox of the script, and again before the tool is activated."
            >
                {page
                    .may_change
                    .then(|| {
                        view! {
                            <ButtonLink href=definition kind=ButtonKind::Primary>
                                "Write tests"
                            </ButtonLink>
                        }
                    })}
            </EmptyState>
        }
        .into_any();
    }
    view! {
        <div class="mb-4 flex flex-wrap items-center gap-3">
            {page
                .may_execute
                .then(|| {
                    view! {
                        <ActionForm action=run>
                            <input type="hidden" name="org" value=org />
                            <input type="hidden" name="id" value=id.to_string() />
                            <Button kind=ButtonKind::Primary icon=icondata_lu::LuFlaskConical pending=run.pending()>
                                "Run tests"
                            </Button>
                        </ActionForm>
                    }
                })}
            <FormError message=form.general_error() />
        </div>
        <div aria-live="polite">
            <Transition fallback=|| view! { <Skeleton rows=4 /> }>
                {move || Suspend::new(async move {
                    match last.await {
                        Ok(Some(run)) => view! { <Shown run=run /> }.into_any(),
                        Ok(None) => view! { <p class="text-muted">"These tests never ran."</p> }.into_any(),
                        Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                    }
                })}
            </Transition>
        </div>
    }
    .into_any()
}

#[component]
fn Shown(run: TestRun) -> impl IntoView {
    let tone = if run.passed { Tone::Success } else { Tone::Danger };
    let sentence = run.sentence();
    let error = run.error.clone().filter(|_| run.results.iter().any(|test| !test.passed));
    let results = run.results.into_iter().map(|test| view! { <One test=test /> }).collect_view();
    view! {
        <div class="max-w-4xl space-y-4">
            <Notice tone=tone>{sentence} {error.map(|error| format!(" {error}"))}</Notice>
            {(!run.is_current)
                .then(|| {
                    view! { <Notice tone=Tone::Warning>"Script or tests were changed since: this result is of an earlier state."</Notice> }
                })}
            <p class="text-muted">
                {format!("Version {}, ", run.version)} <RelativeTime at=run.ran_at /> ", in " <Duration ms=Some(run.duration_ms) />
            </p>
            <ol class="panel divide-y divide-line">{results}</ol>
        </div>
    }
}

#[component]
fn One(test: TestResult) -> impl IntoView {
    let (tone, word) = if test.passed { (Tone::Success, "passed") } else { (Tone::Danger, "failed") };
    let name = test.name.clone();
    let place = test.traceback.join("\n");
    view! {
        <li class="p-3">
            <p class="flex flex-wrap items-center gap-3">
                <Badge tone=tone>{word}</Badge>
                <code class="font-mono break-all">{test.name}</code>
                <span class="ml-auto text-muted">
                    <Duration ms=Some(test.ms) />
                </span>
            </p>
            {test.error.map(|error| view! { <p class="mt-2 whitespace-pre-wrap break-words text-danger">{error}</p> })}
            {(!place.is_empty())
                .then(|| view! { <CodeBlock code=place label=format!("Where {name} failed") copy=false class="mt-2" /> })}
            {(!test.output.is_empty())
                .then(|| {
                    view! {
                        <details class="mt-2" open=!test.passed>
                            <summary class="cursor-pointer text-muted">"Output"</summary>
                            <CodeBlock code=test.output label=format!("Output of {name}") class="mt-2 max-h-80 overflow-auto" />
                        </details>
                    }
                })}
        </li>
    }
}
