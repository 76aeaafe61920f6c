//! The settings that make a type of step what it is: condition, result, question, wait, cases, what each call takes.

use super::{
    draft::Draft,
    each::Each,
    expression::{ExpressionField, Keep},
    step::{StepData, set_node},
};
use crate::components::icon::Icon;
use leptos::prelude::*;
use std::sync::Arc;
use toolcrib::workflows::graph::{Case, Node, NodeConfig, NodeKind, change::fresh};

#[component]
pub(in super::super) fn KindField(data: StepData, kind: NodeKind) -> impl IntoView {
    match kind {
        NodeKind::Condition | NodeKind::Transform => view! { <Whole data=data kind=kind /> }.into_any(),
        NodeKind::Approval | NodeKind::Delay => view! { <Plain data=data kind=kind /> }.into_any(),
        NodeKind::Switch => view! { <Cases data=data /> }.into_any(),
        NodeKind::ForEach => view! { <Each data=data /> }.into_any(),
        _ => ().into_any(),
    }
}

fn of<T: PartialEq + Clone + Default + Send + Sync + 'static>(
    data: StepData,
    read: impl Fn(&NodeConfig) -> T + Send + Sync + 'static,
) -> Memo<T> {
    Memo::new(move |_| data.node.with(|node| node.as_ref().map(|node| read(&node.config)).unwrap_or_default()))
}

/// One expression: when a condition holds, what a transform makes.
#[component]
fn Whole(data: StepData, kind: NodeKind) -> impl IntoView {
    let condition = kind == NodeKind::Condition;
    let (label, note) = if condition {
        ("When", "It goes on by true where this holds, else by false.")
    } else {
        ("Result", "An expression for the whole output; empty: the fields below.")
    };
    let stored = of(data, move |config| if condition { config.when.clone() } else { config.result.clone() }.unwrap_or_default());
    let id = data.id.get_value();
    let keep: Keep = Arc::new(move |text: String| {
        let value = Some(text.clone()).filter(|text| !text.is_empty());
        let put = |node: &mut Node| {
            if condition {
                node.config.when = value;
            } else {
                node.config.result = value;
            }
        };
        set_node(data.editor, &id, put, &[&text]);
        Ok(())
    });
    view! {
        <div>
            <p class="mb-1 font-medium">{label}</p>
            <ExpressionField data=data id="canvas-whole" label=label stored=stored also=&["inputs"] placeholder="load.count > 10" keep=keep />
            <p class="mt-1 text-xs text-muted">{note} " Ctrl Space offers what could stand here."</p>
        </div>
    }
}

/// What a person is asked, and how long a delay is.
#[component]
fn Plain(data: StepData, kind: NodeKind) -> impl IntoView {
    let asks = kind == NodeKind::Approval;
    let (label, note) = if asks { ("Question", "What the person is asked.") } else { ("Wait, in ms", "How long it waits.") };
    let stored =
        of(
            data,
            move |config| {
                if asks { config.message.clone().unwrap_or_default() } else { config.ms.map(|ms| ms.to_string()).unwrap_or_default() }
            },
        );
    let wrong = RwSignal::new(None::<String>);
    let (id, editor) = (data.id.get_value(), data.editor);
    let keep = move |text: String| {
        let text = Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let ms = text.as_ref().map(|text| text.parse::<u64>());
        if !asks && matches!(ms, Some(Err(_))) {
            wrong.try_set(Some("A whole number of milliseconds.".to_owned()));
            return;
        }
        wrong.try_set(None);
        let put = |node: &mut Node| {
            if asks {
                node.config.message = text;
            } else {
                node.config.ms = ms.and_then(Result::ok);
            }
        };
        set_node(editor, &id, put, &[]);
    };
    let draft = Draft::new(stored, keep.clone());
    view! {
        <label class="block">
            <span class="mb-1 block font-medium">{label}</span>
            <input
                class="field"
                autocomplete="off"
                prop:value=draft.text
                on:input=move |event| draft.typed(event_target_value(&event))
                on:change=move |_| {
                    if let Some(text) = draft.left() {
                        keep(text);
                    }
                }
            />
            <span class="mt-1 block text-xs text-muted">{note}</span>
            {move || wrong.get().map(|words| view! { <span class="mt-1 block text-xs text-danger" role="alert">{words}</span> })}
        </label>
    }
}

/// The ways out of a switch, in the order in which they are tried.
#[component]
fn Cases(data: StepData) -> impl IntoView {
    let handles = of(data, |config| config.cases.iter().map(|case| case.handle.clone()).collect::<Vec<_>>());
    let count = Memo::new(move |_| handles.with(Vec::len));
    let set = move |change: &dyn Fn(&mut Vec<Case>), expressions: &[&str]| {
        data.set_node(|node| change(&mut node.config.cases), expressions);
    };
    let add = move |_| {
        let handle = handles.with_untracked(|handles| fresh("case", |name| handles.iter().any(|handle| handle == name)));
        set(&|cases| cases.push(Case { handle: handle.clone(), when: String::new() }), &[]);
    };
    view! {
        <section>
            <h2 class="mb-1 font-semibold">"Cases"</h2>
            <p class="mb-2 text-xs text-muted">"The first one that holds is taken; if none does, default."</p>
            <ol class="space-y-3">
                <For each=move || 0..count.get() key=|index| *index let:index>
                    <CaseRow data=data index=index />
                </For>
            </ol>
            <button type="button" class="btn btn-secondary btn-small mt-2" on:click=add>
                <Icon icon=icondata_lu::LuPlus size=14 />
                "Add case"
            </button>
        </section>
    }
    .into_any()
}

#[component]
fn CaseRow(data: StepData, index: usize) -> impl IntoView {
    let handle = of(data, move |config| config.cases.get(index).map(|case| case.handle.clone()).unwrap_or_default());
    let when = of(data, move |config| config.cases.get(index).map(|case| case.when.clone()).unwrap_or_default());
    let (id, editor) = (data.id.get_value(), data.editor);
    let rename = {
        let id = id.clone();
        move |text: String| {
            let text = text.trim().to_owned();
            let old = handle.try_get_untracked().unwrap_or_default();
            if text.is_empty() || text == old || editor.version.is_disposed() {
                return;
            }
            super::settings::rename_case(editor, &id, &old, &text);
        }
    };
    let draft = Draft::new(handle, rename.clone());
    let keep: Keep = {
        let id = id.clone();
        Arc::new(move |text: String| {
            let put = |node: &mut Node| {
                if let Some(case) = node.config.cases.get_mut(index) {
                    case.when.clone_from(&text);
                }
            };
            set_node(editor, &id, put, &[&text]);
            Ok(())
        })
    };
    let remove = move |_| {
        let put = |node: &mut Node| {
            if index < node.config.cases.len() {
                node.config.cases.remove(index);
            }
        };
        set_node(editor, &id, put, &[]);
    };
    view! {
        <li class="space-y-1.5">
            <div class="flex items-center gap-2">
                <input
                    class="field font-mono"
                    aria-label=format!("Name of case {}", index + 1)
                    autocomplete="off"
                    prop:value=draft.text
                    on:input=move |event| draft.typed(event_target_value(&event))
                    on:change=move |_| {
                        if let Some(text) = draft.left() {
                            rename(text);
                        }
                    }
                />
                <button type="button" class="btn btn-ghost btn-icon" aria-label=move || format!("Remove the case {}", handle.get()) on:click=remove>
                    <Icon icon=icondata_lu::LuTrash2 />
                </button>
            </div>
            <ExpressionField
                data=data
                id=format!("canvas-case-{index}")
                label=format!("When case {} holds", index + 1)
                stored=when
                also=&["inputs"]
                placeholder="load.kind == 'invoice'"
                keep=keep
            />
        </li>
    }
    .into_any()
}
