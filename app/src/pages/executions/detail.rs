//! One execution: what happened, why, how long. The page follows it while it goes on: with WebAssembly by asking again, without by the
//! browser's own refresh.

use crate::{
    api::executions_pages::{ExecutionPage, ReplayExecution, get_execution_page},
    components::{
        badge::{StatusBadge, Tone, source_words},
        button::{Button, Kind},
        code::{CodeBlock, InlineCode},
        field::FormError,
        form::use_form,
        format,
        page::{ErrorNotice, Fact, Facts, Notice, PageHeader, Section, Skeleton},
        time::{Duration, RelativeTime},
    },
    pages::address::param,
};
use leptos::prelude::*;
use serde_json::Value;
use toolcrib::executions::Execution;

#[component]
pub fn ExecutionDetailPage() -> impl IntoView {
    let org = param("org");
    let id = param("id");
    let replay = ServerAction::<ReplayExecution>::new();
    let page = Resource::new_blocking(move || (org.get(), id.get()), |(org, id)| get_execution_page(org, id));
    // Asks again a moment after each answer, until it has ended.
    Effect::new(move |_| {
        let open = page.with(|page| matches!(page, Some(Ok(page)) if !page.execution.status.is_final()));
        if open {
            let handle = set_timeout_with_handle(move || page.refetch(), std::time::Duration::from_millis(800));
            if let Ok(handle) = handle {
                on_cleanup(move || handle.clear());
            }
        }
    });
    view! {
        <Transition fallback=|| view! { <Skeleton rows=8 /> }>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(page) => view! { <Shown page=page org=org.get_untracked() replay=replay /> }.into_any(),
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Shown(page: ExecutionPage, org: String, replay: ServerAction<ReplayExecution>) -> impl IntoView {
    let form = use_form(replay);
    let execution = page.execution;
    let open = !execution.status.is_final();
    let duration = execution.duration_ms.map(format::duration);
    let facts = match &duration {
        Some(duration) => format!("{} · {duration}", execution.status.label()),
        None => execution.status.label().to_owned(),
    };
    let id = execution.id.to_string();
    let tool_href = format!("/{org}/tools/{}", execution.tool_id);
    let earlier = page.replay_of.map(|of| {
        let href = format!("/{org}/executions/{of}");
        view! {
            <Fact label="Replay of">
                <a class="link font-mono" href=href>
                    {of.to_string()}
                </a>
            </Fact>
        }
    });
    let later = (!page.replays.is_empty()).then(|| {
        let links = page
            .replays
            .iter()
            .map(|by| {
                view! {
                    <a class="link mr-3 font-mono" href=format!("/{org}/executions/{by}")>
                        {by.to_string()}
                    </a>
                }
            })
            .collect_view();
        view! { <Fact label="Replayed as">{links}</Fact> }
    });
    let run = execution.run_id.map(|run| {
        let node = execution.node_id.clone().unwrap_or_default();
        let href = format!("/{org}/runs/{run}");
        let item = execution.item_index.map(|item| format!(", item {item}"));
        view! {
            <Fact label="Run">
                <a class="link font-mono" href=href>
                    {run.to_string()}
                </a>
                {format!(" · node {node}")}
                {item}
            </Fact>
        }
    });
    // A composite tool runs a workflow, and notes the run in its account.
    let ran = execution
        .account
        .get("run_id")
        .filter(|_| execution.tool_kind == toolcrib::tools::Kind::Composite)
        .and_then(serde_json::Value::as_str)
        .map(|run| {
            let (href, words) = (format!("/{org}/runs/{run}"), run.to_owned());
            view! {
                <Fact label="Run of the workflow">
                    <a class="link font-mono" href=href>
                        {words}
                    </a>
                </Fact>
            }
        });
    let warnings = (!execution.warnings.is_empty()).then(|| {
        let lines = execution.warnings.iter().map(|warning| view! { <li>{warning.clone()}</li> }).collect_view();
        view! {
            <div class="mb-4">
                <Notice tone=Tone::Warning title="Warnings">
                    <ul>{lines}</ul>
                </Notice>
            </div>
        }
    });
    let error = execution.error_message.clone().map(|message| {
        let title = execution.error_class.map_or("It did not succeed", |class| class.label());
        let fields = execution
            .field_errors()
            .into_iter()
            .map(|error| view! { <li><InlineCode text=error.pointer /> " " {error.message}</li> })
            .collect_view();
        view! {
            <div class="mb-4">
                <Notice tone=Tone::Danger title=title>
                    <p class="whitespace-pre-wrap break-words">{message}</p>
                    <ul>{fields}</ul>
                </Notice>
            </div>
        }
    });
    let replay_org = org;
    let Execution { source, cost, user_prompt, trace_id, created_at, inputs, outputs, logs, account, .. } = execution.clone();
    let status = execution.status.as_str().to_owned();
    let kind = format!(" · {} · version {}", execution.tool_kind.label(), execution.tool_version);
    let tool_name = execution.tool_name.clone();
    let id_text = id.clone();
    view! {
        {open.then(|| view! { <noscript inner_html="<meta http-equiv=\"refresh\" content=\"2\">"></noscript> })}
        <PageHeader title=execution.tool_name.clone() facts=facts>
            {page
                .may_replay
                .then(|| {
                    view! {
                        <ActionForm action=replay>
                            <input type="hidden" name="org" value=replay_org />
                            <input type="hidden" name="id" value=id />
                            <Button kind=Kind::Primary icon=icondata_lu::LuRotateCcw pending=replay.pending()>
                                "Replay"
                            </Button>
                        </ActionForm>
                    }
                })}
        </PageHeader>
        <div class="mb-4 empty:hidden">
            <FormError message=form.general_error() />
        </div>
        <div role="status" class="sr-only">
            {format!("The execution is {}.", execution.status.label().to_lowercase())}
        </div>
        {error}
        {warnings}
        <div class="grid gap-x-8 lg:grid-cols-[minmax(0,1fr)_minmax(0,2fr)]">
            <div class="min-w-0">
                <Section title="Facts">
                    <Facts>
                        <Fact label="Status">
                            <StatusBadge status=status />
                        </Fact>
                        <Fact label="Tool">
                            <a class="link font-mono" href=tool_href>
                                {tool_name}
                            </a>
                            {kind}
                        </Fact>
                        <Fact label="Caller">
                            {page.caller} {page.person.map(|person| format!(", by a token of {person}"))}
                        </Fact>
                        <Fact label="Source">{source_words(&source)}</Fact>
                        {run}
                        {ran}
                        {earlier}
                        {later}
                        <Fact label="Asked">
                            <RelativeTime at=created_at />
                        </Fact>
                        <Timings execution=execution />
                        {cost.map(|cost| view! { <Fact label="Cost">{format!("{cost} $")}</Fact> })}
                        {user_prompt.map(|prompt| view! { <Fact label="Prompt">{prompt}</Fact> })}
                        {trace_id.map(|trace| view! { <Fact label="Trace"><InlineCode text=trace /></Fact> })}
                        <Fact label="Id">
                            <InlineCode text=id_text />
                        </Fact>
                    </Facts>
                </Section>
                {has_content(&account)
                    .then(|| {
                        view! {
                            <Section title="What the executor did">
                                <CodeBlock code=pretty(&account) language="json" label="What the executor did" />
                            </Section>
                        }
                    })}
            </div>
            <div class="min-w-0">
                <Section title="Inputs">
                    <CodeBlock code=pretty(&inputs) language="json" label="Inputs" />
                </Section>
                <Section title="Output">
                    {match &outputs {
                        Some(outputs) => view! { <CodeBlock code=pretty(outputs) language="json" label="Output" /> }.into_any(),
                        None if open => view! { <p class="text-muted">"It has not ended yet."</p> }.into_any(),
                        None => view! { <p class="text-muted">"Nothing came back."</p> }.into_any(),
                    }}
                </Section>
                {logs
                    .filter(|logs| !logs.is_empty())
                    .map(|logs| view! { <Section title="Log"><CodeBlock code=shortened(logs) label="Log" /></Section> })}
            </div>
        </div>
    }
}

/// How long it waited, and how long it worked.
#[component]
fn Timings(execution: Execution) -> impl IntoView {
    let waited =
        execution.started_at.map(|started| (started - execution.created_at).num_microseconds().unwrap_or_default() as f64 / 1000.0);
    view! {
        {waited.map(|ms| view! { <Fact label="Waited"><Duration ms=Some(ms) /></Fact> })}
        {execution.duration_ms.map(|ms| view! { <Fact label="Took"><Duration ms=Some(ms) /></Fact> })}
        {execution.completed_at.map(|at| view! { <Fact label="Ended"><RelativeTime at=at /></Fact> })}
    }
}

fn has_content(value: &Value) -> bool {
    value.as_object().is_none_or(|fields| !fields.is_empty())
}

fn pretty(value: &Value) -> String {
    shortened(serde_json::to_string_pretty(value).unwrap_or_else(|_| value.to_string()))
}

/// A page shows the first 100 kB; REST has all of it.
fn shortened(mut text: String) -> String {
    const MOST: usize = 100_000;
    if text.len() > MOST {
        let cut = (0..=MOST).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
        let whole = text.len();
        text.truncate(cut);
        text.push_str(&format!("\n… cut for display: {cut} of {whole} bytes. GET /v1/executions/{{id}} has all of it."));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_long_is_cut_between_characters_and_says_so() {
        let text = shortened("ü".repeat(60_000));
        assert!(text.starts_with("üü") && text.contains("100000 of 120000 bytes"), "{}", &text[text.len() - 120..]);
        assert_eq!(shortened("short".to_owned()), "short");
    }
}
