//! Notes and groups as they are drawn, below edges and steps.

use super::{
    super::state::{Editor, Shown},
    name,
    writing::Writing,
};
use crate::components::icon::Icon;
use leptos::prelude::*;
use toolcrib::workflows::{
    canvas::annotations,
    graph::{Node, NodeKind, Size, Tint},
};

/// Ground, line and ink of a tint.
pub(super) fn paper(tint: Tint) -> &'static str {
    match tint {
        Tint::Yellow => "bg-warning-soft border-warning/50",
        Tint::Blue => "bg-info-soft border-info/50",
        Tint::Green => "bg-success-soft border-success/50",
        Tint::Red => "bg-danger-soft border-danger/50",
        Tint::Grey => "bg-surface border-line-strong/70",
    }
}

fn ground(tint: Tint) -> &'static str {
    match tint {
        Tint::Yellow => "bg-warning/8 border-warning/50",
        Tint::Blue => "bg-info/8 border-info/50",
        Tint::Green => "bg-success/8 border-success/50",
        Tint::Red => "bg-danger/8 border-danger/50",
        Tint::Grey => "bg-muted/8 border-line-strong",
    }
}

/// Its size as it is drawn: while it is dragged at its corner, what the hand says.
fn size(editor: Editor, node: &Node) -> Size {
    let held = editor.resizing.with(|held| held.as_ref().filter(|(id, _)| *id == node.id).map(|(_, size)| *size));
    held.map_or_else(|| annotations::size(node), annotations::held)
}

#[component]
pub(in super::super) fn Annotation(editor: Editor, shown: Shown, id: String) -> impl IntoView {
    let Shown { at, node } = shown;
    let kind = node.with_untracked(|node| node.kind);
    let grouped = kind == NodeKind::Group;
    let is_chosen = Memo::new({
        let id = id.clone();
        move |_| editor.chosen.with(|chosen| chosen.contains(&id))
    });
    let writes = Memo::new({
        let id = id.clone();
        move |_| editor.writing.with(|writing| writing.as_ref() == Some(&id))
    });
    let extent = Memo::new({
        let node = node.clone();
        move |_| node.with(|node| size(editor, node))
    });
    let (worded, looks, titled) = (node.clone(), node.clone(), node.clone());
    let label = move || {
        worded.with(|node| match node.kind {
            NodeKind::Group => format!("Group {}", name(node)),
            _ => format!("Note: {}", node.config.text.as_deref().unwrap_or_default()),
        })
    };
    let class = move || {
        let tint = looks.with(annotations::tint);
        let ring = if is_chosen.get() { "ring-2 ring-accent" } else { "" };
        if grouped {
            format!("pointer-events-none absolute rounded-xl border-2 border-dashed {} {ring}", ground(tint))
        } else {
            format!("canvas-note absolute rounded-md border shadow-sm {} {ring}", paper(tint))
        }
    };
    // Larger groups lie below smaller ones, all of them below notes, and these below edges and steps.
    let level = move || {
        let Size { width, height } = extent.get();
        if grouped { format!("{:.0}", -2.0 - (width * height).sqrt() / 16.0) } else { "-1".to_owned() }
    };
    let inner = {
        let id = id.clone();
        move || {
            let (id, node) = (id.clone(), titled.clone());
            match (writes.get(), grouped) {
                (true, _) => view! { <Writing editor=editor id=id node=node.get_untracked() /> }.into_any(),
                (false, true) => view! {
                    <div class="canvas-group-head pointer-events-auto flex h-10 items-center gap-2 rounded-t-lg px-3" data-group-head="">
                        <Icon icon=icondata_lu::LuGroup size=14 class="shrink-0 text-muted" />
                        <span class="truncate text-sm font-semibold">{move || node.with(name)}</span>
                    </div>
                }
                .into_any(),
                (false, false) => view! { <div class="size-full overflow-hidden px-3 py-2 text-sm leading-snug break-words">{move || node.with(|node| words(node.config.text.as_deref().unwrap_or_default()))}</div> }
                    .into_any(),
            }
        }
    };
    let corner = id.clone();
    view! {
        <div
            id=format!("node-{id}")
            data-node=id
            role="group"
            aria-label=label
            aria-roledescription=if grouped { "group" } else { "note" }
            class=class
            // Not a transform: each of these would be a part of the picture for itself, which makes every frame dearer.
            style:left={
                let at = at.clone();
                move || format!("{}px", at.get().x)
            }
            style:top=move || format!("{}px", at.get().y)
            style:width=move || format!("{}px", extent.get().width)
            style:height=move || format!("{}px", extent.get().height)
            style:z-index=level
        >
            {inner}
            {editor.may_change.then(|| view! { <span class="canvas-corner pointer-events-auto" data-resize=corner title="Drag to change the size" aria-hidden="true"></span> })}
        </div>
    }
    .into_any()
}

/// `# Headline`, `- item` and addresses are shown as what they are; all else as it was written.
fn words(text: &str) -> impl IntoView + use<> {
    let line = |line: &str| {
        let (class, text) = match line.strip_prefix("# ") {
            Some(text) => ("block font-semibold", text.to_owned()),
            None => match line.strip_prefix("- ") {
                Some(item) => ("block pl-3 -indent-3", format!("•\u{2002}{item}")),
                None => ("block min-h-4", line.to_owned()),
            },
        };
        let parts = text.split_inclusive(' ').map(|word| {
            let (address, rest) = word.split_at(word.trim_end().len());
            if address.starts_with("https://") || address.starts_with("http://") {
                let (href, rest) = (address.to_owned(), rest.to_owned());
                view! {
                    <a class="link" href=href target="_blank" rel="noopener noreferrer" on:pointerdown=|event| event.stop_propagation()>
                        {address.to_owned()}
                    </a>
                    {rest}
                }
                .into_any()
            } else {
                word.to_owned().into_any()
            }
        });
        view! { <span class=class>{parts.collect_view()}</span> }
    };
    text.lines().map(line).collect_view()
}
