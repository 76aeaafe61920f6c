//! The panel at the side: the chosen step with its settings, or what is wrong with the whole.

use super::{
    cards::{kind_icon, kind_name},
    inputs::InputRows,
    sources::SourceList,
    state::{BOARD, Editor, name_of},
};
use crate::{
    components::{browser, icon::Icon},
    pages::workflows::step::{Problems, hint},
};
use leptos::prelude::*;
use toolcrib::workflows::graph::{Node, NodeConfig, NodeKind, Severity, change::Change};

const NAME: &str = "canvas-step-name";

/// Opens the panel of the chosen step and goes there.
pub(super) fn enter(editor: Editor) {
    if editor.one().is_some() {
        editor.panel.set(true);
        request_animation_frame(|| browser::focus(NAME));
    }
}

#[component]
pub(super) fn Side(editor: Editor) -> impl IntoView {
    let one = Memo::new(move |_| editor.chosen.with(|chosen| chosen.first().filter(|_| chosen.len() == 1).cloned()));
    // Beside the graph on wide screens, as soon as a step is chosen; over the lower half of narrow ones when asked for.
    let class = move || {
        let narrow = if editor.panel.get() { "block" } else { "hidden" };
        let wide = if editor.panel.get() || one.with(Option::is_some) { "lg:block" } else { "lg:hidden" };
        format!(
            "{narrow} {wide} fixed inset-x-0 bottom-0 z-20 max-h-[55dvh] overflow-y-auto rounded-t-lg bg-raised shadow-pop lg:absolute lg:inset-x-auto lg:top-15 lg:right-3 lg:bottom-auto lg:max-h-[calc(100%-72px)] lg:w-90 lg:rounded-lg"
        )
    };
    view! {
        <aside
            class=class
            aria-label="Step and problems"
            on:keydown=move |event| {
                if event.key() == "Escape" {
                    editor.panel.set(false);
                    browser::focus(BOARD);
                }
            }
        >
            <button
                type="button"
                class="btn btn-ghost btn-icon absolute top-2 right-2 lg:hidden"
                aria-label="Close the panel"
                on:click=move |_| {
                    editor.panel.set(false);
                    browser::focus(BOARD);
                }
            >
                <Icon icon=icondata_lu::LuX />
            </button>
            {move || {
                editor.form_version.track();
                // What is learned of a tool changes what its step takes.
                editor.catalog.track();
                match one.get() {
                    Some(id) => view! { <StepPanel editor=editor id=id /> }.into_any(),
                    None => view! { <ProblemsPanel editor=editor /> }.into_any(),
                }
            }}
        </aside>
    }
    .into_any()
}

/// What is wrong, each with a jump to where.
#[component]
fn ProblemsPanel(editor: Editor) -> impl IntoView {
    let rows = move || {
        let findings = editor.findings.get();
        let many = editor.chosen.with(std::collections::BTreeSet::len);
        let count = editor.doc.with_value(|doc| doc.nodes.len());
        let list = findings
            .into_iter()
            .map(|finding| {
                let ink = if finding.severity == Severity::Error { "text-danger" } else { "text-warning" };
                let node = finding.node.clone().filter(|id| editor.doc.with_value(|doc| doc.node(id).is_some()));
                let text = view! {
                    <Icon icon=icondata_lu::LuCircleAlert size=14 class=format!("mt-0.5 {ink}") />
                    <span class="min-w-0">{finding.message} " " <span class="text-muted">{finding.remedy}</span></span>
                };
                match node {
                    Some(id) => view! {
                        <li>
                            <button
                                type="button"
                                class="menu-item items-start text-sm"
                                on:click=move |_| {
                                    editor.choose([id.clone()]);
                                    editor.reveal(&[id.clone()].into());
                                    browser::focus(BOARD);
                                }
                            >
                                {text}
                            </button>
                        </li>
                    }
                    .into_any(),
                    None => view! { <li class="flex items-start gap-2 px-2 py-1.5 text-sm">{text}</li> }.into_any(),
                }
            })
            .collect::<Vec<_>>();
        let nothing = list.is_empty();
        view! {
            {(many > 1)
                .then(|| view! { <p class="mb-4 text-muted">{format!("{many} steps chosen. Drag one to move them all; the tools above align them.")}</p> })}
            <h2 class="mb-2 font-semibold">{if nothing { "Problems".to_owned() } else { format!("Problems ({})", list.len()) }}</h2>
            {if nothing && count > 0 {
                view! {
                    <p class="flex items-center gap-2 text-success">
                        <Icon icon=icondata_lu::LuCircleCheck />
                        "Ready to run"
                    </p>
                }
                    .into_any()
            } else {
                view! { <ul class="-mx-2 space-y-0.5">{list}</ul> }.into_any()
            }}
        }
    };
    view! {
        <div class="p-4">
            {rows}
            <p class="mt-6 text-xs text-muted">
                "Choose a step to see what it is set to. Press " <kbd class="kbd">"?"</kbd> " on the canvas for all keys."
            </p>
        </div>
    }
}

#[component]
fn StepPanel(editor: Editor, id: String) -> impl IntoView {
    let Some(node) = editor.doc.with_value(|doc| doc.node(&id).cloned()) else {
        return ().into_any();
    };
    let kind = node.kind;
    let (org, workflow) = (editor.org.get_value(), editor.id.get_value());
    let anchor = match kind {
        NodeKind::Input => "inputs".to_owned(),
        NodeKind::Output => "output".to_owned(),
        _ => format!("step-{id}"),
    };
    let named = editor.catalog.with_untracked(|tools| name_of(&node, tools));
    let tool = node.tool_id.and_then(|tool| {
        let name = editor.catalog.with_untracked(|tools| tools.get(&tool).map(|tool| tool.name.clone()))?;
        Some((format!("/{org}/tools/{tool}"), name))
    });
    let findings = {
        let id = id.clone();
        move || {
            let own =
                editor.findings.with(|findings| findings.iter().filter(|f| f.node.as_deref() == Some(&id)).cloned().collect::<Vec<_>>());
            view! { <Problems findings=own /> }
        }
    };
    let rename = {
        let id = id.clone();
        move |event| {
            let label = event_target_value(&event);
            let words = format!("Renamed to {label}");
            editor.commit_quietly(Change::Rename { node: id.clone(), label }, words);
        }
    };
    let body = match kind {
        NodeKind::Input => view! { <InputRows editor=editor node=node.clone() /> }.into_any(),
        _ => view! { <SourceList editor=editor node=node.clone() /> }.into_any(),
    };
    view! {
        <div class="space-y-4 p-4">
            <div>
                <p class="mb-1.5 flex items-center gap-2 pr-10 text-xs text-muted">
                    <Icon icon=kind_icon(kind) size=14 />
                    {kind_name(kind)}
                    {tool.map(|(href, name)| view! { <a class="link font-mono" href=href>{name}</a> })}
                </p>
                <label class="sr-only" for=NAME>
                    "Name of the step"
                </label>
                <input
                    id=NAME
                    class="field font-semibold"
                    value=node.label.clone().unwrap_or_default()
                    placeholder=named
                    autocomplete="off"
                    disabled=!editor.may_change
                    on:change=rename
                />
            </div>
            {findings}
            <super::vanished::Vanished editor=editor node=node.clone() />
            <fieldset class="min-w-0 space-y-4" disabled=!editor.may_change>
                <KindField editor=editor node=node.clone() />
                {body}
                {(kind != NodeKind::Input && kind != NodeKind::Output).then(|| view! { <SettingsField editor=editor node=node /> })}
            </fieldset>
            <p class="text-xs text-muted">
                <a class="link" href=format!("/{org}/workflows/{workflow}#{anchor}")>
                    "Open in the outline"
                </a>
                {(kind.calls()).then_some(" for retries and what happens when it fails")}
            </p>
        </div>
    }
    .into_any()
}

fn set_config(editor: Editor, id: &str, change: impl FnOnce(&mut NodeConfig)) {
    let Some(mut config) = editor.doc.with_value(|doc| doc.node(id).map(|node| node.config.clone())) else { return };
    change(&mut config);
    let words = format!("Changed {}", editor.title(id));
    editor.commit_quietly(Change::SetConfig { node: id.to_owned(), config: Box::new(config) }, words);
}

/// The one setting that makes a type of step what it is.
#[component]
fn KindField(editor: Editor, node: Node) -> impl IntoView {
    let config = &node.config;
    let (label, note, value) = match node.kind {
        NodeKind::Condition => ("When", "An expression such as load.count > 10.", config.when.clone()),
        NodeKind::Transform => ("Result", "An expression for the whole output; empty: the fields below.", config.result.clone()),
        NodeKind::Approval => ("Question", "What the person is asked.", config.message.clone()),
        NodeKind::Delay => ("Wait, in ms", "How long it waits.", config.ms.map(|ms| ms.to_string())),
        _ => return ().into_any(),
    };
    let (id, kind) = (node.id, node.kind);
    let wrong = RwSignal::new(None::<String>);
    let keep = move |event| {
        let text = event_target_value(&event).trim().to_owned();
        let text = Some(text).filter(|text| !text.is_empty());
        let ms = text.as_ref().map(|text| text.parse::<u64>());
        if kind == NodeKind::Delay && matches!(ms, Some(Err(_))) {
            wrong.set(Some("A whole number of milliseconds.".to_owned()));
            return;
        }
        wrong.set(None);
        set_config(editor, &id, |config| match kind {
            NodeKind::Condition => config.when = text,
            NodeKind::Transform => config.result = text,
            NodeKind::Approval => config.message = text,
            _ => config.ms = ms.and_then(Result::ok),
        });
    };
    let mono = if matches!(kind, NodeKind::Condition | NodeKind::Transform) { "field font-mono" } else { "field" };
    view! {
        <label class="block">
            <span class="mb-1 block font-medium">{label}</span>
            <input class=mono value=value.unwrap_or_default() autocomplete="off" spellcheck="false" on:change=keep />
            <span class="mt-1 block text-xs text-muted">{note}</span>
            {move || wrong.get().map(|words| view! { <span class="mt-1 block text-xs text-danger" role="alert">{words}</span> })}
        </label>
    }
    .into_any()
}

/// All settings as JSON: what its type needs beyond what the fields above show.
#[component]
fn SettingsField(editor: Editor, node: Node) -> impl IntoView {
    let id = StoredValue::new(node.id.clone());
    let shown = editor.nodes.with_value(|nodes| nodes.get(&node.id).cloned());
    let own = move || {
        shown
            .as_ref()
            .map(|shown| shown.node.with(|node| serde_json::to_string_pretty(&node.config).unwrap_or_default()))
            .unwrap_or_default()
    };
    let wrong = RwSignal::new(None::<String>);
    let keep = move |event| match serde_json::from_str::<NodeConfig>(&event_target_value(&event)) {
        Ok(config) => {
            wrong.set(None);
            let words = format!("Changed {}", editor.title(&id.get_value()));
            editor.commit(Change::SetConfig { node: id.get_value(), config: Box::new(config) }, words);
        }
        Err(error) => wrong.set(Some(format!("These are no settings: {error}."))),
    };
    let needs = matches!(node.kind, NodeKind::Switch | NodeKind::ForEach);
    view! {
        <details class="border-t border-line pt-3" open=needs>
            <summary class="cursor-pointer text-sm text-muted">"Settings as JSON"</summary>
            <textarea class="field mt-2 font-mono text-xs" rows="8" aria-label="Settings as JSON" spellcheck="false" prop:value=own on:change=keep></textarea>
            <p class="mt-1 text-xs text-muted">{hint(node.kind)}</p>
            {move || wrong.get().map(|words| view! { <p class="mt-1 text-xs text-danger" role="alert">{words}</p> })}
        </details>
    }
    .into_any()
}
