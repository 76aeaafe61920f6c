//! One field of a step: what it is called, how it is set, and to what.

use super::{
    draft::Draft,
    expression::{ExpressionField, Keep},
    fixed::Fixed,
    shown::{PreviewLine, follow},
    step::{Field, StepData, describe_input, set_field, source_now},
    variable::{Variable, source_words, words},
};
use crate::components::{browser, icon::Icon};
use leptos::prelude::*;
use serde_json::Value;
use std::sync::Arc;
use toolcrib::workflows::{
    canvas::fields::{
        control,
        feed::{Mode, mode},
        origins::best,
    },
    graph::{Severity, change::Source},
};

#[component]
pub(super) fn FieldRow(data: StepData, name: String) -> impl IntoView {
    let name = StoredValue::new(name);
    let field = Memo::new(move |before: Option<&Field>| {
        // A row that is being taken down keeps what it showed.
        let found = name.with_value(|name| data.field(name)).or_else(|| before.cloned());
        found.unwrap_or(Field { name: name.get_value(), schema: Value::Null, required: false, fixed: false })
    });
    let heading = format!("field-{}-name", name.get_value());
    let about = move || {
        field.with(|field| field.schema.get("description").and_then(Value::as_str).map(str::to_owned)).filter(|text| !text.is_empty())
    };
    let kind = move || field.with(|field| control::kind(&field.schema));
    let set_by_tool = Memo::new(move |_| field.with(|field| field.fixed));
    view! {
        <li data-field=name.get_value() class="border-t border-line py-3 first:border-t-0 first:pt-0">
            <div role="group" aria-labelledby=heading.clone()>
                <p id=heading.clone() class="flex flex-wrap items-baseline gap-x-2">
                    <span class="font-mono text-sm break-all">{name.get_value()}</span>
                    <span class="text-xs text-muted">{kind}</span>
                    <span class="text-xs text-muted">{move || field.with(|field| field.required).then_some("required")}</span>
                </p>
                {move || about().map(|text| view! { <p class="mt-0.5 text-xs text-muted">{text}</p> })}
                {move || {
                    if set_by_tool.get() {
                        view! {
                            <p class="mt-1 flex items-center gap-1.5 text-xs text-muted">
                                <Icon icon=icondata_lu::LuLock size=14 />
                                "The tool sets this itself."
                            </p>
                        }
                            .into_any()
                    } else {
                        view! { <Setting data=data name=name field=field /> }.into_any()
                    }
                }}
            </div>
        </li>
    }
    .into_any()
}

/// The choice of how it is set, and what belongs to that.
#[component]
fn Setting(data: StepData, name: StoredValue<String>, field: Memo<Field>) -> impl IntoView {
    let editor = data.editor;
    let wrong = RwSignal::new(None::<String>);
    let actual = Memo::new(move |_| {
        editor.version.track();
        data.id.with_value(|id| {
            editor.doc.with_value(|doc| doc.node(id).map_or(Mode::Fixed, |node| name.with_value(|name| mode(doc, node, name))))
        })
    });
    let actual = Memo::new(move |_| if data.variable(&name.get_value()).is_some() { Mode::Variable } else { actual.get() });
    // Choosing how changes nothing yet; giving a value does.
    let wished = RwSignal::new(None::<Mode>);
    Effect::new(move |before: Option<Mode>| {
        let now = actual.get();
        if before.is_some_and(|before| before != now) {
            wished.set(None);
        }
        now
    });
    // An edge that was just drawn leads here: what should it carry?
    let asked = RwSignal::new(false);
    Effect::new(move |_| {
        if editor.fields.wanted.with(|wanted| name.with_value(|name| wanted.as_ref() == Some(name))) {
            editor.fields.wanted.set(None);
            asked.set(true);
            wished.set(Some(Mode::Variable));
            let id = format!("field-{}", name.get_value());
            request_animation_frame(move || browser::scroll_into_view(&id));
        }
    });
    let current = Memo::new(move |_| wished.get().unwrap_or_else(|| actual.get()));
    let group = format!("mode-{}", name.get_value());
    let radios = Mode::ALL
        .into_iter()
        .map(|mode| {
            view! {
                <label class="segment">
                    <input
                        type="radio"
                        class="sr-only"
                        name=group.clone()
                        prop:checked=move || current.get() == mode
                        on:change=move |event| {
                            event.stop_propagation();
                            wrong.set(None);
                            wished.set(Some(mode));
                        }
                    />
                    {mode.name()}
                </label>
            }
        })
        .collect_view();
    let source = Signal::derive(move || name.with_value(|name| data.source(name)));
    let schema = Memo::new(move |_| field.with(|field| field.schema.clone()));
    // Fixed values are seen in their field, and expressions bring a preview of their own.
    let shown = Signal::derive(move || match source.get() {
        source @ Source::Field { .. } if matches!(current.get(), Mode::Variable | Mode::Ai) => source,
        _ => Source::Nothing,
    });
    let found = follow(data, shown, schema.into());
    let body = move || {
        let schema = schema.get();
        match current.get() {
            Mode::Fixed => view! { <Fixed data=data name=name schema=schema wrong=wrong /> }.into_any(),
            Mode::Ai => view! { <Agent data=data name=name field=field actual=actual wrong=wrong /> }.into_any(),
            Mode::Variable => view! { <Variable data=data name=name schema=schema wrong=wrong asked=asked /> }.into_any(),
            Mode::Expression => view! { <Expression data=data name=name schema=schema /> }.into_any(),
        }
    };
    let elsewhere = move || {
        let (source, current, actual) = (source.get(), current.get(), actual.get());
        (current != actual && source != Source::Nothing).then(|| {
            let now = source_words(data, &source);
            view! {
                <p class="mt-1 text-xs text-muted">
                    "Until you set it here it is " <span class="font-mono break-all">{now}</span> ". "
                    <button type="button" class="link" on:click=move |_| wrong.set(data.set(&name.get_value(), Source::Nothing).err())>
                        "Clear it"
                    </button>
                </p>
            }
        })
    };
    let findings = move || {
        let own = editor.findings.with(|findings| {
            let own = findings
                .iter()
                .filter(|f| data.id.with_value(|id| f.node.as_ref() == Some(id)) && name.with_value(|name| f.field.as_ref() == Some(name)));
            own.cloned().collect::<Vec<_>>()
        });
        own.into_iter()
            .map(|finding| {
                let ink = if finding.severity == Severity::Error { "text-danger" } else { "text-warning" };
                view! {
                    <p class=format!("mt-1 flex items-start gap-1 text-xs {ink}")>
                        <Icon icon=icondata_lu::LuCircleAlert size=14 class="mt-px" />
                        <span>{finding.message} " " {finding.remedy}</span>
                    </p>
                }
            })
            .collect_view()
    };
    view! {
        <div class="segmented mt-1.5 mb-1.5" role="radiogroup" aria-label=format!("How {} is set", name.get_value())>
            {radios}
        </div>
        <div>{body}</div>
        {move || wrong.get().map(|words| view! { <p class="mt-1 text-xs text-danger" role="alert">{words}</p> })}
        <PreviewLine found=found id=format!("field-{}-shown", name.get_value()) />
        {elsewhere}
        <Proposal data=data name=name field=field source=source wrong=wrong />
        {findings}
    }
    .into_any()
}

#[component]
fn Expression(data: StepData, name: StoredValue<String>, schema: Value) -> impl IntoView {
    let stored = Memo::new(move |_| match data.source(&name.get_value()) {
        Source::Expression(text) => text,
        _ => String::new(),
    });
    let (editor, id, own) = (data.editor, data.id.get_value(), name.get_value());
    let keep: Keep = Arc::new(move |text: String| {
        if text.is_empty() {
            let here = matches!(source_now(editor, &id, &own), Source::Expression(_));
            return if here { set_field(editor, &id, &own, Source::Nothing) } else { Ok(()) };
        }
        set_field(editor, &id, &own, Source::Expression(text))
    });
    let label = format!("Expression for {}", name.get_value());
    view! {
        <ExpressionField
            data=data
            id=format!("field-{}", name.get_value())
            label=label
            stored=stored
            schema=Signal::stored(schema)
            placeholder="load.price * 2"
            keep=keep
        />
    }
}

/// A value that the calling agent gives: an input of the workflow.
#[component]
fn Agent(
    data: StepData,
    name: StoredValue<String>,
    field: Memo<Field>,
    actual: Memo<Mode>,
    wrong: RwSignal<Option<String>>,
) -> impl IntoView {
    let editor = data.editor;
    let input = Memo::new(move |_| match data.source(&name.get_value()) {
        Source::Field { path, .. } if actual.get() == Mode::Ai => Some(path),
        _ => None,
    });
    let id = format!("field-{}", name.get_value());
    move || match input.get() {
        None => view! {
            <p class="text-xs text-muted">"The agent that calls this workflow gives the value: it becomes an input of the workflow."</p>
            <button
                id=id.clone()
                type="button"
                class="btn btn-secondary btn-small mt-1.5"
                on:click=move |_| wrong.set(data.ask_agent(&field.get_untracked()).err())
            >
                <Icon icon=icondata_lu::LuBot size=14 />
                "Let the agent fill it"
            </button>
        }
        .into_any(),
        Some(path) => {
            let (of, label) = (path.clone(), format!("What the agent is told of {path}"));
            let stored = Memo::new(move |_| {
                editor.version.track();
                editor.doc.with_value(|doc| {
                    doc.inputs().iter().find(|field| field.name == of).map(|field| field.description.clone()).unwrap_or_default()
                })
            });
            let keep = {
                let path = path.clone();
                move |text: String| describe_input(editor, &path, text)
            };
            let draft = Draft::new(stored, keep.clone());
            view! {
                <p class="flex items-center gap-1.5 text-xs">
                    <Icon icon=icondata_lu::LuBot size=14 class="text-info" />
                    <span>"The calling agent fills the workflow input " <span class="font-mono">{path}</span> "."</span>
                </p>
                <textarea
                    id=id.clone()
                    class="field canvas-grows mt-1.5"
                    rows="1"
                    aria-label=label
                    placeholder="What the agent is told of it"
                    prop:value=draft.text
                    on:input=move |event| draft.typed(event_target_value(&event))
                    on:change=move |_| {
                        if let Some(text) = draft.left() {
                            keep(text);
                        }
                    }
                ></textarea>
            }
            .into_any()
        }
    }
}

/// What is proposed is offered, not taken without a word.
#[component]
fn Proposal(
    data: StepData,
    name: StoredValue<String>,
    field: Memo<Field>,
    source: Signal<Source>,
    wrong: RwSignal<Option<String>>,
) -> impl IntoView {
    let offered = Memo::new(move |_| {
        if source.get() != Source::Nothing {
            return None;
        }
        field.with(|field| data.origins.with(|origins| best(origins, &field.name, &field.schema)))
    });
    move || {
        offered.get().map(|(node, path)| {
            let label = format!("Use {}", words(data, &node, &path));
            view! {
                <button
                    type="button"
                    class="btn btn-ghost btn-small mt-1 -ml-2 text-info"
                    data-proposal=""
                    on:click=move |_| {
                        wrong.set(data.set(&name.get_value(), Source::Field { node: node.clone(), path: path.clone() }).err());
                    }
                >
                    <Icon icon=icondata_lu::LuWandSparkles size=14 />
                    <span class="truncate">{label}</span>
                </button>
            }
        })
    }
}
