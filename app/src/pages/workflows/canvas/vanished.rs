//! Steps whose tool is gone: what it was called, and another in its place.

use super::state::Editor;
use leptos::prelude::*;
use toolcrib::workflows::{
    exchange::plan::wanted,
    graph::{FindingCode, Node},
};

/// Whether the step names a tool that nobody knows here.
fn is_gone(editor: Editor, node: &Node) -> bool {
    node.tool_id.is_some_and(|id| editor.catalog.with(|tools| !tools.contains_key(&id)))
        && editor.findings.with(|findings| {
            findings.iter().any(|finding| finding.code == FindingCode::UnknownTool && finding.node.as_deref() == Some(&node.id))
        })
}

fn name(editor: Editor, node: &Node) -> Option<String> {
    let known = node.tool_id.and_then(|id| editor.versions.vanished.with_value(|names| names.get(&id).cloned()));
    known.or_else(|| wanted(node).map(str::to_owned))
}

/// The second line of its card.
pub(super) fn line(editor: Editor, node: &Node) -> Option<String> {
    is_gone(editor, node).then(|| name(editor, node).map_or_else(|| "Its tool is gone".to_owned(), |name| format!("Tool gone: {name}")))
}

/// In the panel: what happened, and a choice.
#[component]
pub(super) fn Vanished(editor: Editor, node: Node) -> impl IntoView {
    let (shown, id) = (node.clone(), node.id.clone());
    let replace = move |event| {
        let tool = event_target_value(&event);
        if !tool.is_empty() {
            super::swap::swap_to(editor, id.clone(), tool);
        }
    };
    move || {
        is_gone(editor, &shown).then(|| {
            let text = match name(editor, &shown) {
                Some(name) => format!("The tool “{name}” is not here any more, or you may not use it."),
                None => "The tool of this step is not here any more, or you may not use it.".to_owned(),
            };
            let options = editor.choices.with_value(|choices| {
                let tools = choices.iter().filter(|(id, _)| !id.starts_with("workflow:"));
                tools.map(|(id, name)| view! { <option value=id.clone()>{name.clone()}</option> }).collect_view()
            });
            view! {
                <div class="space-y-2 rounded-md bg-warning-soft px-3 py-2" data-vanished="">
                    <p>{text}</p>
                    {editor
                        .may_change
                        .then(|| {
                            view! {
                                <label class="block">
                                    <span class="mb-1 block font-medium">"Choose another"</span>
                                    <select class="field" on:change=replace.clone()>
                                        <option value="">"What fits of its mappings stays"</option>
                                        {options}
                                    </select>
                                </label>
                            }
                        })}
                </div>
            }
            .into_any()
        })
    }
}
