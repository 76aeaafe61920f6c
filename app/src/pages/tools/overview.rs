//! What does it do, what does the model see, does it work?

use super::{
    cells::{PulseLine, rate},
    frame::{Tab, ToolFrame},
};
use crate::{
    api::{
        tool_batches::DuplicateTool,
        tools::{ChangeToolStatus, DeleteTool, ToolPage},
    },
    components::{
        badge::{Badge, Tone},
        button::{Button, ButtonLink, Kind as ButtonKind},
        code::CodeBlock,
        dialog::ConfirmDialog,
        field::{Checkbox, FormError},
        form::use_form,
        format,
        page::{Fact, Facts, Notice, Section},
        time::RelativeTime,
    },
};
use leptos::prelude::*;
use toolcrib::{
    ids::ToolId,
    tools::{
        Goes, Kind, Status, Tool,
        limits::{LimitUse, Used},
    },
};

#[component]
pub fn ToolOverviewPage() -> impl IntoView {
    let change = ServerAction::<ChangeToolStatus>::new();
    let delete = ServerAction::<DeleteTool>::new();
    let duplicate = ServerAction::<DuplicateTool>::new();
    view! {
        <ToolFrame
            tab=Tab::Overview
            changes=change.version()
            body=move |page, org| view! { <Shown page=page org=org change=change delete=delete duplicate=duplicate /> }.into_any()
        />
    }
    .into_any()
}

#[component]
fn Shown(
    page: ToolPage,
    org: String,
    change: ServerAction<ChangeToolStatus>,
    delete: ServerAction<DeleteTool>,
    duplicate: ServerAction<DuplicateTool>,
) -> impl IntoView {
    let tool = page.tool;
    let seen = serde_json::to_string_pretty(&tool.function_schema).unwrap_or_default();
    let does = match &tool.api_spec {
        Some(spec) => format!("{} {}{}", spec.method, spec.base_url, spec.path),
        None => tool.script_content.clone().unwrap_or_default(),
    };
    let language = match tool.kind {
        Kind::ApiRequest => "http",
        Kind::Shell => "bash",
        _ => "python",
    };
    let try_href = format!("/{org}/tools/{}/try", tool.id);
    let examples = tool.config_metadata.get("examples").and_then(serde_json::Value::as_array).cloned().unwrap_or_default();
    let examples = (!examples.is_empty()).then(|| view! { <Examples examples=examples try_href=try_href.clone() /> });
    let status_form = use_form(change);
    let limits_org = org.clone();
    let success = page.pulse.as_ref().map(|pulse| rate(pulse.success_rate)).unwrap_or_default();
    let tags = tool.tags.clone().into_iter().map(|tag| view! { <Badge plain=true>{tag}</Badge> }).collect_view();
    let has_tags = !tool.tags.is_empty();
    let description = (!tool.description.is_empty()).then(|| tool.description.clone());
    view! {
        <div class="grid gap-8 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
            <div class="min-w-0">
                {(tool.status == Status::Deprecated)
                    .then(|| {
                        view! {
                            <div class="mb-6">
                                <Notice tone=Tone::Warning title="Deprecated">
                                    "Calls still go through, each with a warning on its execution. Agents should move to another tool."
                                </Notice>
                            </div>
                        }
                    })} {description.map(|text| view! { <p class="mb-6 max-w-prose whitespace-pre-line">{text}</p> })}
                {(!does.is_empty())
                    .then(|| {
                        view! {
                            <Section title="What it does">
                                <CodeBlock code=does language=language label="What it does" class="max-h-96 overflow-auto" />
                            </Section>
                        }
                    })}
                {examples}
                <Section title="What the model sees">
                    <CodeBlock code=seen language="json" label="What the model sees" />
                </Section>
            </div>
            <div class="min-w-0 space-y-6">
                {page
                    .may_execute
                    .then(|| {
                        view! {
                            <ButtonLink href=try_href kind=ButtonKind::Primary icon=icondata_lu::LuPlay>
                                "Try it"
                            </ButtonLink>
                        }
                    })}
                <Facts>
                    <Fact label="Last 24 hours">{page.pulse.map(|pulse| view! { <PulseLine pulse=pulse /> })}</Fact>
                    <Fact label="Success">{success}</Fact>
                    <Fact label="Calls">{tool.execution_count}</Fact>
                    <Fact label="Last call">
                        {match tool.last_executed_at {
                            Some(at) => view! { <RelativeTime at=at /> }.into_any(),
                            None => "never".into_any(),
                        }}
                    </Fact>
                    <Fact label="Visibility">{tool.visibility.label()}</Fact>
                    <Fact label="Time limit">{format!("{} s", f64::from(tool.timeout_ms) / 1000.0)}</Fact>
                    {page.limits.map(|limits| view! { <Fact label="Limits"><LimitFacts limits=limits org=limits_org /></Fact> })}
                    {(!page.category.is_empty()).then(|| view! { <Fact label="Category">{page.category.clone()}</Fact> })}
                    {has_tags
                        .then(|| {
                            view! {
                                <Fact label="Tags">
                                    <span class="flex flex-wrap gap-1">{tags}</span>
                                </Fact>
                            }
                        })}
                    <Fact label="Changed">
                        <RelativeTime at=tool.updated_at />
                    </Fact>
                    <Fact label="Id">
                        <code class="text-xs break-all">{tool.id.to_string()}</code>
                    </Fact>
                </Facts>
                {page
                    .may_change
                    .then(|| {
                        view! {
                            <FormError message=status_form.general_error() />
                            <StatusButtons tool=tool.clone() org=org.clone() change=change tests_fail=page.tests_fail />
                            <DuplicateForm id=tool.id org=org.clone() duplicate=duplicate />
                            <DeleteForm tool=tool goes=page.goes.unwrap_or_default() org=org delete=delete />
                        }
                    })}
            </div>
        </div>
    }
}

/// What is used of the limits now, and what was refused for them.
#[component]
fn LimitFacts(limits: LimitUse, org: String) -> impl IntoView {
    let own = limits.tool.words();
    let full = |used: &Used| {
        used.per_minute.is_some_and(|limit| used.in_minute >= limit) || used.per_hour.is_some_and(|limit| used.in_hour >= limit)
    };
    let is_full = full(&limits.tool);
    let agents = limits
        .agents
        .iter()
        .map(|agent| {
            view! {
                <li>
                    <a class="link" href=format!("/{org}/agents/{}/tools", agent.agent_id)>
                        {agent.agent_name.clone()}
                    </a>
                    ": "
                    {agent.used.words()}
                </li>
            }
        })
        .collect_view();
    view! {
        <p>
            {own} " "
            {is_full
                .then(|| {
                    view! {
                        <Badge tone=Tone::Warning icon=icondata_lu::LuGauge>
                            "Full"
                        </Badge>
                    }
                })}
        </p>
        <ul>{agents}</ul>
        {(limits.refused_in_hour > 0)
            .then(|| view! { <p class="text-muted">{format!("{} refused in the last hour", limits.refused_in_hour)}</p> })}
    }
}

/// What the tool does, by example: `[{title, inputs, outputs?}]`. Each can be tried as it stands.
#[component]
fn Examples(examples: Vec<serde_json::Value>, try_href: String) -> impl IntoView {
    let shown = examples
        .into_iter()
        .enumerate()
        .map(|(number, example)| {
            let title = example.get("title").and_then(serde_json::Value::as_str).unwrap_or("Example").to_owned();
            let code = |part: &str| example.get(part).and_then(|value| serde_json::to_string_pretty(value).ok());
            let href = format!("{try_href}?example={number}");
            let inputs_label = format!("Inputs: {title}");
            let outputs_label = format!("Output: {title}");
            view! {
                <li>
                    <div class="mb-1 flex flex-wrap items-baseline justify-between gap-2">
                        <h3 class="font-medium">{title}</h3>
                        <a class="link" href=href>
                            "Try it"
                        </a>
                    </div>
                    <div class="grid gap-2 md:grid-cols-2">
                        {code("inputs").map(|code| view! { <CodeBlock code=code language="json" label=inputs_label class="max-h-72 overflow-auto" /> })}
                        {code("outputs").map(|code| view! { <CodeBlock code=code language="json" label=outputs_label class="max-h-72 overflow-auto" /> })}
                    </div>
                </li>
            }
        })
        .collect_view();
    view! {
        <Section title="Examples">
            <ul class="space-y-5">{shown}</ul>
        </Section>
    }
}

#[component]
fn StatusButtons(tool: Tool, org: String, change: ServerAction<ChangeToolStatus>, tests_fail: bool) -> impl IntoView {
    let refused = use_form(change).error("tests");
    let from = tool.status;
    let id = tool.id.to_string();
    tool.status
        .next()
        .into_iter()
        .map(|next| {
            let words = match (from, next) {
                (_, Status::Active) => "Activate",
                (_, Status::Disabled) => "Disable",
                _ => "Deprecate",
            };
            let (org, id) = (org.clone(), id.clone());
            view! {
                <ActionForm action=change attr:class="mr-2 inline-block">
                    <input type="hidden" name="org" value=org />
                    <input type="hidden" name="id" value=id />
                    <input type="hidden" name="status" value=next.as_str() />
                    {move || {
                        (next == Status::Active && (tests_fail || refused.get().is_some()))
                            .then(|| {
                                view! {
                                    <div class="mb-2">
                                        <Checkbox
                                            label="Activate although tests fail"
                                            name="force"
                                            hint="The tests tab shows which ones."
                                        />
                                    </div>
                                }
                            })
                    }}
                    <Button pending=change.pending()>{words}</Button>
                </ActionForm>
            }
        })
        .collect_view()
}

#[component]
fn DuplicateForm(id: ToolId, org: String, duplicate: ServerAction<DuplicateTool>) -> impl IntoView {
    let form = use_form(duplicate);
    view! {
        <FormError message=form.general_error() />
        <ActionForm action=duplicate>
            <input type="hidden" name="org" value=org />
            <input type="hidden" name="id" value=id.to_string() />
            <Button pending=duplicate.pending() icon=icondata_lu::LuCopyPlus>
                "Duplicate"
            </Button>
        </ActionForm>
    }
}

/// What goes with the tool, in words.
fn destroyed(goes: &Goes) -> String {
    let mut parts = vec![format::count(goes.versions, "version", "versions")];
    if goes.grants > 0 {
        parts.push(format::count(goes.grants, "grant", "grants"));
    }
    if !goes.agents.is_empty() {
        parts.push(format!("its attachment to {}", goes.agents.join(", ")));
    }
    let mut text = format!("It goes for good, with {}. Its executions stay on record.", parts.join(", "));
    if !goes.workflows.is_empty() {
        text.push_str(&format!(" Workflows that call it will fail: {}.", goes.workflows.join(", ")));
    }
    text
}

#[component]
fn DeleteForm(tool: Tool, goes: Goes, org: String, delete: ServerAction<DeleteTool>) -> impl IntoView {
    let form = use_form(delete);
    view! {
        <FormError message=form.general_error() />
        <ConfirmDialog
            id="delete-tool"
            label="Delete this tool"
            title=format!("Delete {}?", tool.display_name)
            text=destroyed(&goes)
            icon=icondata_lu::LuTrash2
        >
            <ActionForm action=delete>
                <input type="hidden" name="org" value=org />
                <input type="hidden" name="id" value=tool.id.to_string() />
                <Button kind=ButtonKind::Danger pending=delete.pending()>
                    {format!("Delete {}", tool.name)}
                </Button>
            </ActionForm>
        </ConfirmDialog>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_destroyed_is_named() {
        let goes = Goes { versions: 2, grants: 1, agents: vec!["Robot".into()], workflows: vec!["Report".into()] };
        assert_eq!(
            destroyed(&goes),
            "It goes for good, with 2 versions, 1 grant, its attachment to Robot. Its executions stay on record. Workflows that call it will fail: Report."
        );
    }
}
