//! The panel at the side: the chosen step with its settings, or what is wrong with the whole.

use super::{
    cards::{kind_icon, kind_name},
    fields::{Draft, FieldList, KindField, SettingsField, StepData},
    inputs::InputRows,
    state::{BOARD, Editor, name_of},
};
use crate::{
    components::{browser, icon::Icon},
    pages::workflows::step::Problems,
};
use leptos::{prelude::*, wasm_bindgen::JsCast};
use toolcrib::workflows::graph::{NodeKind, Severity, change::Change};

const NAME: &str = "canvas-step-name";

/// Opens the panel of the chosen step and goes there.
pub(super) fn enter(editor: Editor) {
    if editor.one().is_some() {
        editor.panel.set(true);
        editor.runs.tab.set(super::runs::Tab::Settings);
        after_frames(2, || browser::focus(NAME));
    }
}

/// Goes to what is wrong: the step on the board, and its field in the panel.
pub(super) fn jump(editor: Editor, id: &str, field: Option<&str>) {
    editor.choose([id.to_owned()]);
    editor.reveal(&[id.to_owned()].into());
    browser::focus(BOARD);
    // A name with quotes in it would be another selector.
    let Some(field) = field.filter(|field| !field.contains(['"', '\\'])) else { return };
    editor.runs.tab.set(super::runs::Tab::Settings);
    editor.panel.set(true);
    let control = format!("[data-field=\"{field}\"] :is(input:not(.sr-only), textarea, select, button)");
    // The panel is made with the next frame, its fields with the one after it.
    after_frames(3, move || {
        let document = web_sys::window().and_then(|window| window.document());
        if let Some(found) = document.and_then(|document| document.query_selector(&control).ok().flatten())
            && let Ok(found) = found.dyn_into::<web_sys::HtmlElement>()
        {
            let _ = found.focus();
        }
    });
}

pub(super) fn after_frames(count: u32, then: impl FnOnce() + 'static) {
    request_animation_frame(move || if count > 1 { after_frames(count - 1, then) } else { then() });
}

#[component]
pub(super) fn Side(editor: Editor) -> impl IntoView {
    let one = Memo::new(move |_| editor.chosen.with(|chosen| chosen.first().filter(|_| chosen.len() == 1).cloned()));
    // The form of a step is made anew only for another step, or when what it calls is another: its fields follow everything else
    // themselves, so that what is being typed stays.
    let what = Memo::new(move |_| {
        editor.version.track();
        let id = one.get()?;
        editor.doc.with_value(|doc| {
            let node = doc.node(&id)?;
            let known = node.tool_id.is_none_or(|tool| editor.catalog.with(|tools| tools.contains_key(&tool)));
            Some((id.clone(), node.kind.is_annotation(), (node.kind, node.tool_id, node.config.workflow_id, known)))
        })
    });
    // Whoever presses a step sees it chosen first; its panel follows with the next frame.
    let shown = RwSignal::new(what.get_untracked());
    Effect::new(move |_| {
        let next = what.get();
        if shown.with_untracked(|shown| *shown == next) {
            return;
        }
        // What is gone is gone at once.
        if next.is_none() {
            return shown.set(next);
        }
        request_animation_frame(move || {
            if let (Some(next), Some(now)) = (what.try_get_untracked(), shown.try_get_untracked())
                && next != now
            {
                shown.set(next);
            }
        });
    });
    let step = Memo::new(move |_| shown.get().and_then(|(id, annotation, _)| (!annotation).then_some(id)));
    // Beside the graph on wide screens, as soon as a step is chosen; over the lower half of narrow ones when asked for.
    let class = move || {
        let narrow = if editor.panel.get() { "block" } else { "hidden" };
        let wide = if editor.panel.get() || shown.with(Option::is_some) { "lg:block" } else { "lg:hidden" };
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
            <super::runs::Tabs editor=editor one=step />
            // What is typed in the settings stays there while the data is looked at.
            <div class:hidden=move || step.with(Option::is_some) && editor.runs.tab.get() == super::runs::Tab::Data>
            {move || match shown.get() {
                Some((id, true, _)) => {
                    editor.form_version.track();
                    view! { <super::annotations::AnnotationPanel editor=editor id=id /> }.into_any()
                }
                Some((id, false, _)) => view! { <StepPanel editor=editor id=id /> }.into_any(),
                None => view! { <ProblemsPanel editor=editor /> }.into_any(),
            }}
            </div>
            <super::runs::DataTab editor=editor one=step />
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
                                on:click=move |_| jump(editor, &id, finding.field.as_deref())
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
    let data = StepData::new(editor, id.clone());
    let findings = {
        let id = id.clone();
        move || {
            // What is wrong with a field stands at the field.
            let at_field = |name: &str| data.fields.with(|fields| fields.iter().any(|field| field.name == name));
            let own = editor.findings.with(|findings| {
                let own = findings.iter().filter(|f| f.node.as_deref() == Some(&id) && !f.field.as_deref().is_some_and(at_field));
                own.cloned().collect::<Vec<_>>()
            });
            view! { <Problems findings=own /> }
        }
    };
    let rename = {
        let id = id.clone();
        move |label: String| {
            if !editor.version.is_disposed() {
                let words = format!("Renamed to {label}");
                editor.commit_quietly(Change::Rename { node: id.clone(), label }, words);
            }
        }
    };
    let label = Memo::new(move |_| data.node.with(|node| node.as_ref().and_then(|node| node.label.clone()).unwrap_or_default()));
    let name = Draft::new(label, rename.clone());
    // What has no text of its own is drawn anew with what it shows.
    let state = Memo::new(move |_| data.node.with(|node| node.as_ref().map(|node| (node.is_off(), node.config.on_error()))));
    let actions = move || {
        state.track();
        data.node.get_untracked().map(|node| {
            view! {
                <super::vanished::Vanished editor=editor node=node.clone() />
                <super::swap::StepActions editor=editor node=node />
            }
        })
    };
    // Head and fields together take longer than a frame: the fields follow with the next.
    let goes_on = RwSignal::new(false);
    request_animation_frame(move || {
        let _ = goes_on.try_set(true);
    });
    let form = move || {
        goes_on.get().then(|| {
            let body = match kind {
                NodeKind::Input => view! { <InputRows editor=editor /> }.into_any(),
                _ => view! { <FieldList data=data /> }.into_any(),
            };
            view! {
                <fieldset class="min-w-0 space-y-4" disabled=!editor.may_change>
                    <KindField data=data kind=kind />
                    {body}
                    {(kind != NodeKind::Input && kind != NodeKind::Output).then(|| view! { <SettingsField data=data kind=kind /> })}
                </fieldset>
            }
        })
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
                    prop:value=name.text
                    placeholder=named
                    autocomplete="off"
                    disabled=!editor.may_change
                    on:input=move |event| name.typed(event_target_value(&event))
                    on:change=move |_| {
                        if let Some(label) = name.left() {
                            rename(label);
                        }
                    }
                />
            </div>
            {findings}
            {actions}
            {form}
            <p class="text-xs text-muted">
                <a class="link" href=format!("/{org}/workflows/{workflow}/outline#{anchor}")>
                    "Open in the outline"
                </a>
                {(kind.calls()).then_some(" for retries and what happens when it fails")}
            </p>
        </div>
    }
    .into_any()
}
