//! Another tool in the place of the chosen step's: the palette asks which.

use super::{
    add::{self, Choice},
    state::{BOARD, Editor, PaletteAt},
};
use crate::components::{browser, icon::Icon};
use leptos::prelude::*;
use toolcrib::workflows::{
    canvas::{
        geometry,
        swap::{Called, can_swap, swap},
    },
    graph::{Node, change::Change},
};

/// `S`: asks what the chosen step is to call.
pub(super) fn open(editor: Editor) {
    if !editor.may_change {
        return;
    }
    let node = editor.one().and_then(|id| editor.doc.with_value(|doc| doc.node(&id).cloned()));
    match node {
        None => editor.tell("Choose the one step first that is to call another tool."),
        Some(node) if !can_swap(node.kind) => editor.tell(format!("{} calls no tool.", editor.title(&node.id))),
        Some(node) => {
            let graph = geometry::rect(&node, node.position).end();
            let screen = editor.view.get_untracked().to_screen(graph);
            editor.palette.set(Some(PaletteAt { screen, graph, after: None, edge: None, swap: Some(node.id) }));
        }
    }
}

/// Tools and workflows, without the one that the step calls now.
pub(super) fn choices(editor: Editor, id: &str) -> Vec<Choice> {
    let now = editor.doc.with_value(|doc| {
        let node = doc.node(id)?;
        let tool = node.tool_id.map(|id| id.to_string());
        tool.or_else(|| node.config.workflow_id.map(|id| format!("workflow:{id}")))
    });
    let mut all = add::choices(editor);
    all.retain(|choice| !choice.key.starts_with("kind:") && Some(&choice.key) != now.as_ref());
    all
}

/// `key`: of tools the id, of workflows `workflow:` and the id.
pub(super) fn swap_to(editor: Editor, id: String, key: String) {
    browser::focus(BOARD);
    let called = match key.strip_prefix("workflow:") {
        Some(workflow) => workflow.parse().map(Called::Workflow).ok(),
        None => key.parse().map(Called::Tool).ok(),
    };
    let Some(called) = called else { return };
    leptos::task::spawn_local(async move {
        // What it takes decides which mappings stay.
        let known = editor.catalog.with_untracked(|tools| match called {
            Called::Tool(id) => tools.contains_key(&id),
            Called::Workflow(id) => tools.workflows.contains_key(&id),
        });
        if !known {
            editor.learn(vec![key]).await;
        }
        if editor.version.is_disposed() {
            return;
        }
        let swapped = editor.catalog.with_untracked(|tools| editor.doc.with_value(|doc| swap(doc, tools, &id, called)));
        let Some(swapped) = swapped else {
            editor.tell("The step is not there any more.");
            return;
        };
        let name = editor.catalog.with_untracked(|tools| match called {
            Called::Tool(id) => tools.get(&id).map(|tool| tool.display_name.clone()),
            Called::Workflow(id) => tools.workflows.get(&id).map(|workflow| workflow.display_name.clone()),
        });
        let name = name.unwrap_or_else(|| "the new tool".to_owned());
        let words = swapped.words(&name);
        if editor.commit(Change::Patch(Box::new(swapped.patch)), format!("Swapped the tool of {} for {name}", editor.title(&id))) {
            editor.tell(words);
        }
    });
}

/// In the panel: what can be done with the step as a whole.
#[component]
pub(super) fn StepActions(editor: Editor, node: Node) -> impl IntoView {
    let swaps = can_swap(node.kind);
    if !editor.may_change || !node.kind.can_be_off() {
        return ().into_any();
    }
    // The panel is not always drawn anew when the step changes.
    let shown = editor.nodes.with_value(|nodes| nodes.get(&node.id).cloned());
    let off = Memo::new(move |_| shown.as_ref().is_some_and(|shown| shown.node.with(Node::is_off)));
    let word = move || if off.get() { "Enable" } else { "Disable" };
    view! {
        <div class="flex flex-wrap gap-2" role="group" aria-label="This step">
            <button
                type="button"
                class="btn btn-secondary btn-small"
                title=move || format!("{} this step (D)", word())
                on:click=move |_| super::disable::toggle(editor, &[node.id.clone()].into())
            >
                {move || view! { <Icon icon=if off.get() { icondata_lu::LuPower } else { icondata_lu::LuPowerOff } size=14 /> }}
                {word}
            </button>
            {swaps
                .then(|| {
                    view! {
                        <button type="button" class="btn btn-secondary btn-small" title="Call another tool here (S)" on:click=move |_| open(editor)>
                            <Icon icon=icondata_lu::LuReplace size=14 />
                            "Swap the tool"
                        </button>
                    }
                })}
        </div>
        {move || off.get().then(|| view! { <p class="text-sm text-muted">"Disabled: runs pass this step by, and it gives nothing."</p> })}
    }
    .into_any()
}
