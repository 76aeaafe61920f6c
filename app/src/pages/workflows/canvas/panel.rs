//! The panel at the side: the chosen step with its settings, or what is wrong with the whole.

use super::{
    cards::{kind_icon, kind_name},
    state::{BOARD, Editor, name_of},
};
use crate::{
    components::{browser, icon::Icon},
    pages::workflows::{
        source_rows::{SourceFields, choices},
        step::{Problems, hint},
    },
};
use leptos::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use toolcrib::workflows::{
    canvas::rows::read_checked,
    graph::{
        FieldKind, InputField, Node, NodeConfig, NodeKind, OnError, Severity,
        change::{Change, Source, fed, source_of},
        shape, types,
        validate::check_input_name,
    },
};
use wasm_bindgen::JsCast;

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

/// Where each field comes from. Each row is kept by itself as soon as it is chosen.
#[component]
fn SourceList(editor: Editor, node: Node) -> impl IntoView {
    let id = StoredValue::new(node.id.clone());
    let added = RwSignal::new(Vec::<String>::new());
    let wrong = RwSignal::new(BTreeMap::<String, String>::new());
    let doc = editor.doc.get_value();
    let tools = editor.catalog.get_untracked();
    let schema = shape::input(&node, &tools).map(std::borrow::Cow::into_owned).unwrap_or_default();
    let open = types::fields(&schema).is_empty() && node.kind != NodeKind::Tool && node.kind != NodeKind::Workflow;
    let mut fields: Vec<(String, Value)> =
        types::fields(&schema).into_iter().map(|(name, inner)| (name.to_owned(), inner.clone())).collect();
    for extra in fed(&doc, &node) {
        if !fields.iter().any(|(name, _)| *name == extra) {
            fields.push((extra, Value::Null));
        }
    }
    let schemas = StoredValue::new(fields.iter().cloned().collect::<BTreeMap<String, Value>>());
    let set = move |name: String, source: Source| {
        let id = id.get_value();
        let Some(node) = editor.doc.with_value(|doc| doc.node(&id).cloned()) else { return };
        let words = format!("Changed {name} of {}", editor.title(&id));
        let change = Change::SetStep {
            node: id,
            label: node.label.clone().unwrap_or_default(),
            sources: vec![(name, source)],
            retry: node.config.retry,
            continue_on_error: node.config.on_error() == OnError::Continue,
        };
        editor.commit_quietly(change, words);
    };
    // A row is read whole: which source, and the text beside it.
    let changed = move |event: web_sys::Event| {
        let Some(row) = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
            .and_then(|at| at.closest("[data-field]").ok().flatten())
        else {
            return;
        };
        let name = row.get_attribute("data-field").unwrap_or_default();
        let read = |selector: &str| row.query_selector(selector).ok().flatten();
        let choice = read("select")
            .and_then(|field| field.dyn_into::<web_sys::HtmlSelectElement>().ok())
            .map(|field| field.value())
            .unwrap_or_default();
        let value = read("input")
            .and_then(|field| field.dyn_into::<web_sys::HtmlInputElement>().ok())
            .map(|field| field.value())
            .unwrap_or_default();
        let typed = matches!(choice.as_str(), "constant" | "expression") || choice.starts_with("path:");
        // Just chosen: the text is still to come.
        let chosen_now = event.target().is_some_and(|target| target.dyn_ref::<web_sys::HtmlSelectElement>().is_some());
        if typed && chosen_now && value.is_empty() {
            return;
        }
        let schema = schemas.with_value(|schemas| schemas.get(&name).cloned()).unwrap_or_default();
        match read_checked(&choice, &value, &schema) {
            Ok(source) => {
                wrong.update(|wrong| drop(wrong.remove(&name)));
                set(name, source);
            }
            Err(message) => wrong.update(|wrong| drop(wrong.insert(name, message))),
        }
    };
    let row = move |index: usize, name: String, inner: Value| {
        let (doc, tools) = (editor.doc.get_value(), editor.catalog.get_untracked());
        let id = id.get_value();
        let required = types::demands(&schema, &name);
        let current = doc.node(&id).map_or(Source::Nothing, |node| source_of(&doc, node, &name));
        let mut choices = choices(&doc, &tools, &id, &name, &inner, &current, required);
        // What is proposed is offered, not taken without a word.
        let proposal = choices.proposed.then(|| serde_json::from_str::<Source>(&choices.chosen).ok()).flatten();
        if choices.proposed {
            (choices.chosen, choices.proposed) = (String::new(), false);
        }
        let kind = types::kinds(&inner).map(|kinds| kinds.join(" or ")).unwrap_or_default();
        let about = inner.get("description").and_then(Value::as_str).unwrap_or_default().to_owned();
        let error = {
            let name = name.clone();
            Signal::derive(move || wrong.with(|wrong| wrong.get(&name).cloned()))
        };
        let take = proposal.map(|source| {
            let words = match &source {
                Source::Field { node, path } => format!("Use {path} of {}", editor.title(node)),
                _ => "Use the proposal".to_owned(),
            };
            let name = name.clone();
            view! {
                <button
                    type="button"
                    class="btn btn-ghost btn-small mt-1 -ml-2 text-info"
                    on:click=move |_| {
                        set(name.clone(), source.clone());
                        editor.form_version.update(|count| *count += 1);
                    }
                >
                    <Icon icon=icondata_lu::LuWandSparkles size=14 />
                    {words}
                </button>
            }
        });
        let (chosen, value) = (choices.chosen.clone(), choices.value.clone());
        view! {
            <div data-field=name.clone()>
                <p class="mb-1 flex flex-wrap items-baseline gap-x-2">
                    <span class="font-mono text-sm">{name.clone()}</span>
                    <span class="text-xs text-muted">{kind} {required.then_some(" required")}</span>
                </p>
                <SourceFields index=index label=name.clone() choices=choices chosen=chosen value=value error=error />
                {take}
                {(!about.is_empty()).then(|| view! { <p class="mt-1 text-xs text-muted">{about}</p> })}
            </div>
        }
    };
    let row = StoredValue::new_local(row);
    let known = fields.len();
    let rows = fields.into_iter().enumerate().map(|(index, (name, inner))| row.with_value(|row| row(index, name, inner))).collect_view();
    let more = move || {
        let extra = added.get().into_iter().enumerate();
        extra.map(|(index, name)| row.with_value(|row| row(known + index, name, Value::Null))).collect_view()
    };
    let name = RwSignal::new(String::new());
    let add = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let field = name.get_untracked().trim().to_owned();
        let there = added.with_untracked(|added| added.contains(&field)) || schemas.with_value(|schemas| schemas.contains_key(&field));
        if !field.is_empty() && !there {
            added.update(|added| added.push(field));
            name.set(String::new());
        }
    };
    let title = if node.kind == NodeKind::Output { "What the workflow gives back" } else { "Takes" };
    view! {
        <section>
            <h2 class="mb-2 font-semibold">{title}</h2>
            <div class="space-y-3" on:change=changed>
                {rows}
                {more}
            </div>
            {(known == 0 && !open).then(|| view! { <p class="text-muted">"It takes nothing."</p> })}
            {open
                .then(|| {
                    view! {
                        <form class="mt-3 flex gap-2" on:submit=add>
                            <input class="field font-mono" aria-label="Name of a new field" placeholder="new field" autocomplete="off" bind:value=name />
                            <button class="btn btn-secondary">"Add field"</button>
                        </form>
                    }
                })}
        </section>
    }
    .into_any()
}

/// What the workflow is given.
#[component]
fn InputRows(editor: Editor, node: Node) -> impl IntoView {
    let fields = StoredValue::new(node.config.fields);
    // The rows are drawn anew when there are more or fewer: one that is being typed in keeps the focus.
    let redrawn = RwSignal::new(0_u32);
    let wrong = RwSignal::new(None::<String>);
    let keep = move |next: Vec<InputField>| {
        let names: Vec<&String> = next.iter().map(|field| &field.name).collect();
        let double = names.iter().enumerate().any(|(index, name)| names[..index].contains(name));
        let refused = next.iter().find_map(|field| check_input_name(&field.name).err());
        match (double, refused) {
            (true, _) => wrong.set(Some("Two inputs have the same name.".to_owned())),
            (_, Some(message)) => wrong.set(Some(message.into())),
            _ => {
                wrong.set(None);
                if fields.with_value(Vec::len) != next.len() {
                    redrawn.update(|count| *count += 1);
                }
                fields.set_value(next.clone());
                editor.commit_quietly(Change::SetInputs(next), "Changed the inputs");
            }
        }
    };
    let edit = move |index: usize, change: &dyn Fn(&mut InputField)| {
        let mut next = fields.get_value();
        if let Some(field) = next.get_mut(index) {
            change(field);
        }
        keep(next);
    };
    let rows = move || {
        redrawn.track();
        fields
            .get_value()
            .into_iter()
            .enumerate()
            .map(|(index, field)| {
                let kinds = FieldKind::ALL
                    .into_iter()
                    .map(|kind| view! { <option value=kind.as_str() selected=kind == field.kind>{kind.as_str()}</option> })
                    .collect_view();
                view! {
                    <li class="flex flex-wrap items-center gap-2">
                        <input
                            class="field min-w-24 flex-1 font-mono"
                            aria-label=format!("Name of input {}", index + 1)
                            value=field.name.clone()
                            autocomplete="off"
                            on:change=move |event| {
                                let name = event_target_value(&event).trim().to_owned();
                                edit(index, &|field| field.name.clone_from(&name));
                            }
                        />
                        <select
                            class="field w-28"
                            aria-label=format!("Type of {}", field.name)
                            on:change=move |event| {
                                let kind = FieldKind::parse(&event_target_value(&event)).unwrap_or_default();
                                edit(index, &|field| field.kind = kind);
                            }
                        >
                            {kinds}
                        </select>
                        <label class="flex items-center gap-1.5 text-xs">
                            <input
                                type="checkbox"
                                class="check mt-0"
                                prop:checked=field.required
                                on:change=move |event| {
                                    let required = event_target_checked(&event);
                                    edit(index, &|field| field.required = required);
                                }
                            />
                            "required"
                        </label>
                        <button
                            type="button"
                            class="btn btn-ghost btn-icon"
                            aria-label=format!("Remove {}", field.name)
                            on:click=move |_| {
                                let mut next = fields.get_value();
                                next.remove(index);
                                keep(next);
                            }
                        >
                            <Icon icon=icondata_lu::LuTrash2 />
                        </button>
                    </li>
                }
            })
            .collect_view()
    };
    let name = RwSignal::new(String::new());
    let add = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let field = InputField {
            name: name.get_untracked().trim().to_owned(),
            kind: FieldKind::String,
            required: false,
            description: String::new(),
            default: None,
        };
        let mut next = fields.get_value();
        next.push(field);
        keep(next);
        if wrong.with_untracked(Option::is_none) {
            name.set(String::new());
        }
    };
    view! {
        <section>
            <h2 class="mb-2 font-semibold">"What the workflow is given"</h2>
            <ul class="space-y-2">{rows}</ul>
            {move || wrong.get().map(|words| view! { <p class="mt-1 text-xs text-danger" role="alert">{words}</p> })}
            <form class="mt-3 flex gap-2" on:submit=add>
                <input class="field font-mono" aria-label="Name of a new input" placeholder="new_input" autocomplete="off" bind:value=name />
                <button class="btn btn-secondary">"Add input"</button>
            </form>
        </section>
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
