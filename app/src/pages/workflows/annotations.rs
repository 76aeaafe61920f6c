//! Notes and groups of the canvas, as the outline shows and edits them.

use super::Editing;
use crate::{
    api::workflows::{AddGroup, AddNote, RemoveStep, SaveAnnotation},
    components::{
        button::{Button, Kind},
        field::{Checkbox, TextArea, TextField},
        form::{say_when_done, use_form},
        icon::Icon,
        page::Section,
    },
};
use leptos::prelude::*;
use toolcrib::workflows::{
    canvas::annotations,
    graph::{Catalog, Definition, Node, NodeKind},
};

/// What a group holds, in words.
pub(super) fn holds(definition: &Definition, tools: &Catalog, group: &str) -> String {
    let members = annotations::members(definition, group);
    let names: Vec<&str> = members
        .iter()
        .filter_map(|id| definition.node(id))
        .filter(|node| !node.kind.is_annotation())
        .map(|node| node.title(tools))
        .collect();
    if names.is_empty() { "Holds no step.".to_owned() } else { format!("Holds {}.", names.join(", ")) }
}

#[component]
pub(super) fn Annotations(definition: Definition, tools: Catalog, editing: Editing) -> impl IntoView {
    let rows = definition
        .nodes
        .iter()
        .filter(|node| node.kind.is_annotation())
        .map(|node| {
            let about = (node.kind == NodeKind::Group).then(|| holds(&definition, &tools, &node.id));
            view! { <Row node=node.clone() about=about editing=editing.clone() /> }
        })
        .collect_view();
    let steps: Vec<(String, String)> = definition
        .nodes
        .iter()
        .filter(|node| !node.kind.is_annotation())
        .map(|node| (node.id.clone(), node.title(&tools).to_owned()))
        .collect();
    view! {
        <div id="annotations">
            <Section title="Notes and groups" text="For people: they stand on the canvas beside and around the steps, and a run does not know them.">
                {rows} <AddNoteForm editing=editing.clone() /> <AddGroupForm steps=steps editing=editing />
            </Section>
        </div>
    }
    .into_any()
}

#[component]
fn Row(node: Node, about: Option<String>, editing: Editing) -> impl IntoView {
    let (save, remove) = (ServerAction::<SaveAnnotation>::new(), ServerAction::<RemoveStep>::new());
    editing.watch(save);
    editing.watch(remove);
    say_when_done(save, "Saved");
    let form = use_form(save);
    let ours = form.value("node", &node.id) == node.id;
    let grouped = node.kind == NodeKind::Group;
    let own = if grouped { node.label.clone() } else { node.config.text.clone() }.unwrap_or_default();
    let text = if ours { form.value("text", &own) } else { own };
    let refused = form.error("text");
    let error = Signal::derive(move || refused.get().filter(|_| ours));
    let id = format!("annotation-{}", node.id);
    let name = annotations_name(&node);
    let also = editing.clone();
    let (saved_id, removed_id) = (node.id.clone(), node.id);
    let anchor = format!("step-{saved_id}");
    let field = if grouped {
        view! { <TextField label="Name of the group" name="text" id=id.clone() value=text error=error /> }.into_any()
    } else {
        view! { <TextArea label="Note" name="text" id=id.clone() value=text error=error rows=4 hint="A line that begins with # is a headline, one with - an item." /> }.into_any()
    };
    view! {
        <div class="panel mb-4 p-4" id=anchor>
            <ActionForm action=save>
                {editing.head(form, ours)} <input type="hidden" name="node" value=saved_id.clone() /> {field}
                {about.map(|about| view! { <p class="mt-1 text-sm text-muted">{about}</p> })}
                <div class="mt-3">
                    <Button small=true pending=save.pending()>
                        "Save"
                    </Button>
                </div>
            </ActionForm>
            <ActionForm action=remove attr:class="mt-2">
                {also.hidden()} <input type="hidden" name="node" value=removed_id.clone() />
                <Button kind=Kind::Ghost small=true pending=remove.pending() attr:aria-label=format!("Remove {name}")>
                    <Icon icon=icondata_lu::LuTrash2 size=14 />
                    {if grouped { "Ungroup" } else { "Remove" }}
                </Button>
            </ActionForm>
        </div>
    }
    .into_any()
}

fn annotations_name(node: &Node) -> String {
    match node.kind {
        NodeKind::Group => format!("the group {}", node.label.as_deref().unwrap_or_default()),
        _ => format!("the note {}", node.config.text.as_deref().and_then(|text| text.lines().next()).unwrap_or_default()),
    }
}

#[component]
fn AddNoteForm(editing: Editing) -> impl IntoView {
    let add = ServerAction::<AddNote>::new();
    editing.watch(add);
    let form = use_form(add);
    view! {
        <details class="panel mt-4 p-4">
            <summary class="cursor-pointer font-semibold">"Write a note"</summary>
            <ActionForm action=add attr:class="mt-3 max-w-2xl">
                {editing.head(form, true)}
                <TextArea label="Note" name="text" id="new-note" value=form.value("text", "") error=form.error("text") rows=4 />
                <div class="mt-3">
                    <Button pending=add.pending() icon=icondata_lu::LuPlus>
                        "Add note"
                    </Button>
                </div>
            </ActionForm>
        </details>
    }
    .into_any()
}

#[component]
fn AddGroupForm(steps: Vec<(String, String)>, editing: Editing) -> impl IntoView {
    let add = ServerAction::<AddGroup>::new();
    editing.watch(add);
    let form = use_form(add);
    let kept = form.values("steps[]");
    let boxes = steps
        .into_iter()
        .map(|(id, title)| {
            let checked = kept.as_ref().is_some_and(|kept| kept.contains(&id));
            view! { <Checkbox label=title name="steps[]" id=format!("group-{id}") value=id checked=checked /> }
        })
        .collect_view();
    view! {
        <details class="panel mt-4 p-4">
            <summary class="cursor-pointer font-semibold">"Group steps"</summary>
            <ActionForm action=add attr:class="mt-3 max-w-2xl space-y-3">
                {editing.head(form, true)} <TextField label="Name of the group" name="text" id="new-group" value=form.value("text", "") error=form.error("text") />
                <fieldset class="space-y-1">
                    <legend class="mb-1 font-medium">"Steps"</legend>
                    {boxes}
                </fieldset>
                <Button pending=add.pending() icon=icondata_lu::LuGroup>
                    "Group them"
                </Button>
            </ActionForm>
        </details>
    }
    .into_any()
}

/// The same for who may only look.
#[component]
pub(super) fn ReadAnnotations(definition: Definition, tools: Catalog) -> impl IntoView {
    let rows = definition
        .nodes
        .iter()
        .filter(|node| node.kind.is_annotation())
        .map(|node| match node.kind {
            NodeKind::Group => {
                let words = holds(&definition, &tools, &node.id);
                view! { <li><span class="font-medium">{node.label.clone().unwrap_or_default()}</span> " " <span class="text-muted">{words}</span></li> }.into_any()
            }
            _ => view! { <li class="whitespace-pre-wrap">{node.config.text.clone().unwrap_or_default()}</li> }.into_any(),
        })
        .collect::<Vec<_>>();
    (!rows.is_empty()).then(|| {
        view! {
            <Section title="Notes and groups">
                <ul class="list-disc space-y-1 pl-5">{rows}</ul>
            </Section>
        }
    })
}
