//! A note or a group in the panel: words, colour, size.

use super::{super::state::Editor, drawing::paper, fit, parts, ungroup};
use crate::components::icon::Icon;
use leptos::prelude::*;
use toolcrib::workflows::{
    canvas::annotations::{self, MOST_TEXT},
    graph::{Node, NodeKind, Size, Tint, change::Change},
};

fn tint_name(tint: Tint) -> &'static str {
    match tint {
        Tint::Yellow => "Yellow",
        Tint::Blue => "Blue",
        Tint::Green => "Green",
        Tint::Red => "Red",
        Tint::Grey => "Grey",
    }
}

/// What the panel shows of a note or a group.
#[component]
pub(in super::super) fn AnnotationPanel(editor: Editor, id: String) -> impl IntoView {
    let Some(node) = editor.nodes.with_value(|nodes| nodes.get(&id).map(|shown| shown.node.clone())) else { return ().into_any() };
    let grouped = node.with_untracked(|node| node.kind == NodeKind::Group);
    let id = StoredValue::new(id);
    let set = move |words: &str, edit: &dyn Fn(&mut Node)| {
        let patch = editor.doc.with_value(|doc| {
            let mut node = doc.node(&id.get_value())?.clone();
            edit(&mut node);
            annotations::put(doc, node)
        });
        if let Some(patch) = patch {
            editor.commit_quietly(Change::Patch(Box::new(patch)), words);
        }
    };
    let tints = {
        let node = node.clone();
        Tint::ALL.map(|tint| {
            let node = node.clone();
            view! {
                <label class=format!(
                    "flex size-11 cursor-pointer items-center justify-center rounded-md border has-focus-visible:ring-2 has-focus-visible:ring-accent {}",
                    paper(tint),
                )>
                    <input
                        type="radio"
                        class="sr-only"
                        name="annotation-tint"
                        aria-label=tint_name(tint)
                        disabled=!editor.may_change
                        prop:checked={
                            let node = node.clone();
                            move || node.with(annotations::tint) == tint
                        }
                        on:change=move |_| set("Changed the colour", &|node| node.config.tint = Some(tint))
                    />
                    {move || (node.with(annotations::tint) == tint).then(|| view! { <Icon icon=icondata_lu::LuCheck /> })}
                </label>
            }
        })
    };
    let measure = move |width: bool, value: String| {
        let Ok(value) = value.trim().parse::<f64>() else { return };
        set("Changed the size", &|node| {
            let old = annotations::size(node);
            node.config.size = Some(annotations::held(if width { Size { width: value, ..old } } else { Size { height: value, ..old } }));
        });
    };
    let (wide, high, inside, said, named) = (node.clone(), node.clone(), node.clone(), node.clone(), node.clone());
    let field = if grouped {
        view! {
            <label class="block">
                <span class="mb-1 block font-medium">"Name"</span>
                <input
                    class="field"
                    maxlength="120"
                    autocomplete="off"
                    disabled=!editor.may_change
                    prop:value=move || named.with(|node| node.label.clone().unwrap_or_default())
                    on:change=move |event| {
                        let name = event_target_value(&event).trim().to_owned();
                        set("Named the group", &|node| node.label = Some(name.clone()).filter(|name| !name.is_empty()));
                    }
                />
            </label>
        }
        .into_any()
    } else {
        view! {
            <label class="block">
                <span class="mb-1 block font-medium">"Words"</span>
                <textarea
                    class="field"
                    rows="8"
                    maxlength=MOST_TEXT.to_string()
                    disabled=!editor.may_change
                    prop:value=move || said.with(|node| node.config.text.clone().unwrap_or_default())
                    on:change=move |event| {
                        let text = event_target_value(&event);
                        set("Wrote a note", &|node| node.config.text = Some(text.clone()));
                    }
                ></textarea>
                <span class="mt-1 block text-xs text-muted">"A line that begins with # is a headline, one with - an item."</span>
            </label>
        }
        .into_any()
    };
    let members = move || {
        editor.drawing_version.track();
        let count = inside.with(|node| editor.doc.with_value(|doc| annotations::members(doc, &node.id).len()));
        if count == 0 {
            "Nothing stands in it: drag steps into its frame.".to_owned()
        } else {
            format!("Holds {}, which move with it.", parts(count))
        }
    };
    view! {
        <div class="space-y-4 p-4">
            <h2 class="flex items-center gap-2 pr-10 font-semibold">
                <Icon icon=if grouped { icondata_lu::LuGroup } else { icondata_lu::LuStickyNote } class="text-muted" />
                {if grouped { "Group" } else { "Note" }}
            </h2>
            {field}
            {grouped.then(|| view! { <p class="text-muted">{members}</p> })}
            <fieldset>
                <legend class="mb-1 font-medium">"Colour"</legend>
                <div class="flex gap-2">{tints}</div>
            </fieldset>
            <div class="grid grid-cols-2 gap-3">
                <label class="block">
                    <span class="mb-1 block font-medium">"Width"</span>
                    <input
                        type="number"
                        class="field num"
                        disabled=!editor.may_change
                        prop:value=move || format!("{:.0}", wide.with(annotations::size).width)
                        on:change=move |event| measure(true, event_target_value(&event))
                    />
                </label>
                <label class="block">
                    <span class="mb-1 block font-medium">"Height"</span>
                    <input
                        type="number"
                        class="field num"
                        disabled=!editor.may_change
                        prop:value=move || format!("{:.0}", high.with(annotations::size).height)
                        on:change=move |event| measure(false, event_target_value(&event))
                    />
                </label>
            </div>
            {(grouped && editor.may_change)
                .then(|| {
                    view! {
                        <div class="flex flex-wrap gap-2">
                            <button type="button" class="btn btn-secondary" on:click=move |_| fit(editor, &id.get_value())>
                                "Draw close"
                            </button>
                            <button type="button" class="btn btn-secondary" on:click=move |_| ungroup(editor)>
                                <Icon icon=icondata_lu::LuUngroup />
                                "Ungroup"
                            </button>
                        </div>
                    }
                })}
        </div>
    }
    .into_any()
}
