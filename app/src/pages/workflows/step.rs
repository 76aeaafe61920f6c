//! One step: its tool, where each input comes from, what happens when it fails.

use super::{
    Editing,
    source_rows::{SourceFields, choices},
};
use crate::{
    api::workflows::{DisableStep, MoveStep, RemoveStep, SaveConfig, SaveStep},
    components::{
        badge::{Badge, Tone},
        button::{Button, Kind},
        dialog::ConfirmDialog,
        field::{Checkbox, FormError, TextArea, TextField},
        field_table::{FieldCell, FieldTable},
        form::{say_when_done, use_form},
    },
};
use leptos::prelude::*;
use toolcrib::workflows::graph::{
    Catalog, Definition, Finding, Node, NodeKind, OnError, Severity,
    change::{Source, fed, source_of},
    shape, types,
};

#[component]
pub(super) fn Step(
    number: usize,
    node: Node,
    definition: Definition,
    tools: Catalog,
    findings: Vec<Finding>,
    editing: Editing,
) -> impl IntoView {
    let tool = node.tool_id.and_then(|id| tools.get(&id)).cloned();
    let title = node.title(&tools).to_owned();
    let org = editing.org.clone();
    let general: Vec<Finding> = findings.iter().filter(|f| f.field.as_deref().is_none_or(|field| !is_input(field))).cloned().collect();
    let errors = findings.iter().filter(|finding| finding.is_error()).count();
    let anchor = format!("step-{}", node.id);
    let off_title = title.clone();
    let tool_line = match &tool {
        Some(tool) => view! {
            <a class="link font-mono text-xs" href=format!("/{org}/tools/{}", tool.id)>
                {tool.name.clone()}
            </a>
        }
        .into_any(),
        None => match node.config.workflow_id {
            Some(id) => view! {
                <a class="link text-xs" href=format!("/{org}/workflows/{id}")>
                    {format!("{} · {}", node.kind.as_str(), tools.workflows.get(&id).map_or("a workflow you cannot see", |found| &found.display_name))}
                </a>
            }
            .into_any(),
            None => view! { <span class="font-mono text-xs text-muted">{node.kind.as_str()}</span> }.into_any(),
        },
    };
    view! {
        <article id=anchor.clone() class="panel mb-4" aria-labelledby=format!("{anchor}-title")>
            <header class="flex flex-wrap items-center justify-between gap-2 border-b border-line px-4 py-2.5">
                <div class="flex min-w-0 flex-wrap items-baseline gap-x-2">
                    <span class="num text-muted">{format!("{number}.")}</span>
                    <h3 id=format!("{anchor}-title") class="font-semibold">
                        {title.clone()}
                    </h3>
                    {tool_line}
                    {node
                        .is_off()
                        .then(|| view! { <Badge tone=Tone::Neutral>"Disabled"</Badge> })}
                    {(errors > 0)
                        .then(|| view! { <Badge tone=Tone::Danger>{crate::components::format::count(i64::try_from(errors).unwrap_or(0), "problem", "problems")}</Badge> })}
                </div>
                <StepButtons node=node.id.clone() title=title editing=editing.clone() />
            </header>
            <div class="p-4">
                <Problems findings=general />
                {node.kind.can_be_off().then(|| view! { <DisableForm node=node.clone() title=off_title editing=editing.clone() /> })}
                <StepForm node=node.clone() definition=definition tools=tools findings=findings editing=editing.clone() />
                <StepSettings node=node editing=editing />
            </div>
        </article>
    }
    .into_any()
}

/// Switches the step off and on.
#[component]
fn DisableForm(node: Node, title: String, editing: Editing) -> impl IntoView {
    let save = ServerAction::<DisableStep>::new();
    say_when_done(save, "Step saved");
    editing.watch(save);
    let form = use_form(save);
    let ours = form.value("node", &node.id) == node.id;
    let off = if ours { form.checked("disabled", node.disabled) } else { node.disabled };
    view! {
        <ActionForm action=save attr:class="mb-4 flex flex-wrap items-start gap-x-3 gap-y-2" attr:aria-label=format!("Disable {title}")>
            {editing.head(form, ours)} <input type="hidden" name="node" value=node.id.clone() />
            <Checkbox
                label="Disabled"
                name="disabled"
                id=format!("disabled-{}", node.id)
                checked=off
                hint="Runs pass it by: it is not called, gives nothing and takes none of its branches."
            />
            <Button small=true pending=save.pending()>
                "Apply"
            </Button>
        </ActionForm>
    }
}

/// All settings of a step as JSON: what its type needs beyond what the form shows.
#[component]
fn StepSettings(node: Node, editing: Editing) -> impl IntoView {
    let save = ServerAction::<SaveConfig>::new();
    editing.watch(save);
    let form = use_form(save);
    let ours = form.value("node", &node.id) == node.id;
    let own = serde_json::to_string_pretty(&node.config).unwrap_or_default();
    let text = if ours { form.value("config", &own) } else { own };
    let refused = form.error("config");
    let error = Signal::derive(move || refused.get().filter(|_| ours));
    // What is set to nothing yet cannot be all there is to it, unless it calls a tool.
    let open = node.kind != NodeKind::Tool;
    view! {
        <details class="mt-4 border-t border-line pt-3" open=open>
            <summary class="cursor-pointer text-sm text-muted">"Settings as JSON"</summary>
            <ActionForm action=save attr:class="mt-3">
                {editing.head(form, ours)} <input type="hidden" name="node" value=node.id.clone() />
                <TextArea
                    label="Settings"
                    name="config"
                    id=format!("config-{}", node.id)
                    value=text
                    error=error
                    hint=hint(node.kind)
                    rows=6
                    mono=true
                />
                <div class="mt-3">
                    <Button small=true pending=save.pending()>
                        "Save settings"
                    </Button>
                </div>
            </ActionForm>
        </details>
    }
    .into_any()
}

/// What a type of step is set to, in one line.
pub(super) fn hint(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Tool => "inputs, expressions, retry, timeoutMs, onError (fail, branch, continue), defaultOutput.",
        NodeKind::Condition => "when: an expression such as load.count > 10. Edges leave by true and false.",
        NodeKind::Switch => "cases: a list of handle and when. Edges leave by a handle, or by default.",
        NodeKind::ForEach => {
            "each: field → expression over item and index; concurrency; onItemError (fail, continue); workflowId to run a workflow for each item."
        }
        NodeKind::Merge => "mode: all waits for every branch that comes, any goes on with the first.",
        NodeKind::Transform => "inputs and expressions make fields; result makes the whole output.",
        NodeKind::Delay => "ms: how long, or until: a time such as 2026-12-24T18:00:00Z.",
        NodeKind::Approval => {
            "message, approvers (roles, users), expiresAfterMs, onExpiry (fail, approve, reject). Edges leave by approved and rejected."
        }
        NodeKind::Workflow => "workflowId: the workflow to run, with its inputs.",
        NodeKind::Input | NodeKind::Output | NodeKind::Note | NodeKind::Group => "",
    }
}

/// Findings name settings and inputs alike; settings have no row of their own.
fn is_input(field: &str) -> bool {
    const SETTINGS: [&str; 18] = [
        "toolId",
        "type",
        "retry",
        "timeoutMs",
        "onError",
        "when",
        "cases",
        "mode",
        "result",
        "ms",
        "until",
        "approvers",
        "expiresAfterMs",
        "onExpiry",
        "workflowId",
        "concurrency",
        "onItemError",
        "each",
    ];
    !SETTINGS.contains(&field)
}

/// Findings as a list, where they belong to no single field.
#[component]
pub(super) fn Problems(findings: Vec<Finding>) -> impl IntoView {
    (!findings.is_empty()).then(|| {
        let rows = findings
            .into_iter()
            .map(|finding| {
                let ink = if finding.severity == Severity::Error { "text-danger" } else { "text-warning" };
                view! {
                    <li class="flex items-start gap-1.5">
                        <crate::components::icon::Icon icon=icondata_lu::LuCircleAlert size=14 class=format!("mt-1 {ink}") />
                        <span>{finding.message} " " <span class="text-muted">{finding.remedy}</span></span>
                    </li>
                }
            })
            .collect_view();
        view! { <ul class="mb-4 space-y-1 text-sm">{rows}</ul> }
    })
}

#[component]
fn StepButtons(node: String, title: String, editing: Editing) -> impl IntoView {
    let mover = ServerAction::<MoveStep>::new();
    let remove = ServerAction::<RemoveStep>::new();
    editing.watch(mover);
    editing.watch(remove);
    let (moving, removal) = (use_form(mover), use_form(remove));
    // A form that was refused before the WebAssembly arrived comes back for one step only.
    let ours = moving.value("node", &node) == node && removal.value("node", &node) == node;
    let direction = |up: bool| {
        let (editing, node, title) = (editing.clone(), node.clone(), title.clone());
        let (word, icon) = if up { ("up", icondata_lu::LuArrowUp) } else { ("down", icondata_lu::LuArrowDown) };
        view! {
            <ActionForm action=mover>
                {editing.hidden()}
                <input type="hidden" name="node" value=node.clone() />
                <input type="hidden" name="direction" value=word />
                <button class="btn btn-ghost btn-small" title=format!("Move {word}") aria-label=format!("Move {title} {word}")>
                    <crate::components::icon::Icon icon=icon />
                </button>
            </ActionForm>
        }
    };
    let (up, down) = (direction(true), direction(false));
    view! {
        <div class="flex items-center gap-1">
            {up} {down}
            <ConfirmDialog
                id=format!("remove-{node}")
                label="Remove"
                title=format!("Remove {title}?")
                text="Its mappings go with it; steps that take its output need another source."
                kind=Kind::Ghost
                small=true
            >
                <ActionForm action=remove>
                    {editing.hidden()} <input type="hidden" name="node" value=node.clone() />
                    <Button kind=Kind::Danger pending=remove.pending()>
                        "Remove step"
                    </Button>
                </ActionForm>
            </ConfirmDialog>
        </div>
        <FormError message=Signal::derive({
            let (moving, removal) = (moving.general_error(), removal.general_error());
            move || moving.get().or_else(|| removal.get()).filter(|_| ours)
        }) />
    }
}

/// No form has as many rows.
const MANY: usize = 500;

#[component]
fn StepForm(node: Node, definition: Definition, tools: Catalog, findings: Vec<Finding>, editing: Editing) -> impl IntoView {
    let save = ServerAction::<SaveStep>::new();
    say_when_done(save, "Step saved");
    editing.watch(save);
    let form = use_form(save);
    // A form that was refused before the WebAssembly arrived comes back for one step only.
    let ours = form.value("node", &node.id) == node.id;
    let schema = shape::input(&node, &tools).map(std::borrow::Cow::into_owned).unwrap_or_default();
    let mut fields: Vec<(String, serde_json::Value)> =
        types::fields(&schema).into_iter().map(|(name, inner)| (name.to_owned(), inner.clone())).collect();
    // What is fed though the tool has no such input must be seen to be removed.
    for extra in fed(&definition, &node) {
        if !fields.iter().any(|(name, _)| *name == extra) {
            fields.push((extra, serde_json::Value::Null));
        }
    }
    let nothing = fields.is_empty();
    let rows = fields
        .into_iter()
        .enumerate()
        .map(|(index, (name, inner))| {
            let required = types::demands(&schema, &name);
            let current = source_of(&definition, &node, &name);
            let choices = choices(&definition, &tools, &node.id, &name, &inner, &current, required);
            let proposed = choices.proposed;
            let kind = types::kinds(&inner).map(|kinds| kinds.join(" or ")).unwrap_or_default();
            let description = inner.get("description").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
            let allowed = inner
                .get("enum")
                .and_then(serde_json::Value::as_array)
                .map(|values| format!("One of: {}.", values.iter().map(super::source_rows::shown).collect::<Vec<_>>().join(", ")))
                .unwrap_or_default();
            // The rows may have changed since they were sent.
            let sent_at = (0..MANY).find(|at| ours && form.value(&format!("fields[{at}][name]"), "") == name).unwrap_or(index);
            let sent = |part: &str, own: &str| if ours { form.value(&format!("fields[{sent_at}][{part}]"), own) } else { own.to_owned() };
            let (chosen, value) = (sent("source", &choices.chosen), sent("value", &choices.value));
            let refused = form.error(&format!("fields[{sent_at}][value]"));
            let stored = findings
                .iter()
                .find(|f| f.field.as_deref() == Some(&name) && !(proposed && current == Source::Nothing))
                .map(|f| format!("{} {}", f.message, f.remedy));
            let error = Signal::derive(move || refused.get().filter(|_| ours).or_else(|| stored.clone()));
            view! {
                <tr>
                    <th scope="row" class="wide text-left font-normal">
                        <input type="hidden" name=format!("fields[{index}][name]") value=name.clone() />
                        <span class="font-mono text-text">{name.clone()}</span>
                        {required.then(|| view! { <span class="ml-1 text-xs text-muted">"required"</span> })}
                        <div class="text-xs text-muted">{kind}</div>
                        <div class="max-w-64 text-xs whitespace-normal text-muted">{description} " " {allowed}</div>
                    </th>
                    <FieldCell column="Source" wide=true>
                        <SourceFields index=index label=name choices=choices chosen=chosen value=value error=error />
                    </FieldCell>
                </tr>
            }
        })
        .collect_view();
    let (attempts, backoff) =
        node.config.retry.map_or((String::new(), String::new()), |r| (r.max_attempts.to_string(), r.backoff_ms.to_string()));
    let typed = |name: &str, own: String| if ours { form.value(name, own) } else { own };
    let (label, attempts, backoff) =
        (typed("label", node.label.clone().unwrap_or_default()), typed("attempts", attempts), typed("backoff_ms", backoff));
    let goes_on = node.config.on_error() == OnError::Continue;
    let goes_on = if ours { form.checked("continue_on_error", goes_on) } else { goes_on };
    let is_tool = node.kind == NodeKind::Tool;
    let calls = node.kind.calls();
    view! {
        <ActionForm action=save>
            {editing.head(form, ours)} <input type="hidden" name="node" value=node.id.clone() />
            {if nothing {
                let words = if is_tool { "This tool takes no inputs." } else { "Nothing is fed to this step." };
                view! { <p class="mb-3 text-muted">{words}</p> }.into_any()
            } else {
                view! {
                    <div class="mb-3">
                        <FieldTable label="Inputs of this step" columns=vec!["Input", "Source"]>
                            {rows}
                        </FieldTable>
                    </div>
                }
                    .into_any()
            }}
            {(!calls).then(|| view! { <input type="hidden" name="label" value=node.label.clone().unwrap_or_default() /> })}
            {(!calls && goes_on).then(|| view! { <input type="hidden" name="continue_on_error" value="true" /> })}
            {calls
                .then(|| {
                    view! {
                        <details class="mb-3">
                            <summary class="cursor-pointer text-sm text-muted">"Label, retries, failure"</summary>
                            <div class="mt-3 grid max-w-2xl gap-4 sm:grid-cols-3">
                                <TextField
                                    label="Label"
                                    name="label"
                                    id=format!("label-{}", node.id)
                                    value=label
                                    hint="What this step is called here."
                                />
                                <TextField
                                    label="Attempts"
                                    name="attempts"
                                    id=format!("attempts-{}", node.id)
                                    type_="number"
                                    value=attempts
                                    error=form.error("attempts")
                                    hint="1 to 10; 1: not tried again."
                                />
                                <TextField
                                    label="Wait before the second, in ms"
                                    name="backoff_ms"
                                    id=format!("backoff-{}", node.id)
                                    type_="number"
                                    value=backoff
                                    error=form.error("backoff_ms")
                                    hint="Doubled each time."
                                />
                            </div>
                            <div class="mt-3">
                                <Checkbox
                                    label="Go on when this step fails"
                                    name="continue_on_error"
                                    id=format!("continue-{}", node.id)
                                    checked=goes_on
                                    hint="Steps after it run without its output."
                                />
                            </div>
                        </details>
                    }
                })}
            <Button small=true pending=save.pending()>
                "Save step"
            </Button>
        </ActionForm>
    }
}
