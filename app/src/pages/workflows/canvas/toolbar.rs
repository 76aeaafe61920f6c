//! What stands around the board: tools above, zoom below, and whether all is saved.

use super::{
    keys::{self, HELP, KEYS},
    state::{BOARD, Editor},
    sync::SaveStatus,
};
use crate::components::{browser, dialog::Dialog, icon::Icon};
use leptos::prelude::*;
use std::collections::BTreeSet;
use toolcrib::workflows::{
    canvas::{
        align::{Align, align},
        geometry,
    },
    graph::change::Change,
};

/// A button with an icon only. The board keeps the focus, so that keys go on working.
#[component]
pub(super) fn Tool(
    icon: icondata_core::Icon,
    #[prop(into)] label: String,
    #[prop(optional, into)] keys: Option<&'static str>,
    #[prop(optional, into)] disabled: Signal<bool>,
    press: impl Fn() + 'static,
) -> impl IntoView {
    let title = keys.map_or_else(|| label.clone(), |keys| format!("{label} ({keys})"));
    view! {
        <button
            type="button"
            class="btn btn-ghost btn-icon"
            title=title
            aria-label=label
            disabled=move || disabled.get()
            on:click=move |_| {
                press();
            }
        >
            <Icon icon=icon />
        </button>
    }
}

fn arrange(editor: Editor, how: Align, words: &str) {
    let chosen = editor.chosen.get_untracked();
    let rects = editor.doc.with_value(|doc| {
        let held = doc.nodes.iter().filter(|node| chosen.contains(&node.id));
        held.map(|node| (node.id.clone(), geometry::rect(node, node.position))).collect::<Vec<_>>()
    });
    editor.commit_quietly(Change::Place { places: align(&rects, how) }, words);
    browser::focus(BOARD);
}

#[component]
pub(super) fn Toolbar(editor: Editor) -> impl IntoView {
    let may = editor.may_change;
    let changes = move || {
        editor.version.track();
    };
    let several = move || editor.chosen.with(BTreeSet::len) > 1;
    let rows = [
        (icondata_lu::LuAlignStartVertical, "Align left", Align::Left),
        (icondata_lu::LuAlignCenterVertical, "Align centres", Align::Centre),
        (icondata_lu::LuAlignEndVertical, "Align right", Align::Right),
        (icondata_lu::LuAlignStartHorizontal, "Align tops", Align::Top),
        (icondata_lu::LuAlignCenterHorizontal, "Align middles", Align::Middle),
        (icondata_lu::LuAlignEndHorizontal, "Align bottoms", Align::Bottom),
        (icondata_lu::LuAlignHorizontalDistributeCenter, "Distribute across", Align::Across),
        (icondata_lu::LuAlignVerticalDistributeCenter, "Distribute down", Align::Down),
    ];
    view! {
        <div class="pointer-events-none absolute inset-x-3 top-3 flex flex-wrap items-start justify-between gap-2">
            <div class="pointer-events-auto flex flex-wrap gap-2" role="toolbar" aria-label="Canvas" class:hidden=!may>
                <div class="flex items-center rounded-md border border-line bg-surface">
                    <button type="button" class="btn btn-ghost" title="Add a step (Tab)" on:click=move |_| keys::open_palette(editor)>
                        <Icon icon=icondata_lu::LuPlus />
                        <span class="hidden sm:inline">"Add step"</span>
                        <span class="sr-only sm:hidden">"Add step"</span>
                    </button>
                </div>
                <div class="flex items-center rounded-md border border-line bg-surface">
                    <Tool
                        icon=icondata_lu::LuUndo2
                        label="Undo"
                        keys="Ctrl Z"
                        disabled=Signal::derive(move || {
                            changes();
                            editor.history.with_value(|history| !history.can_undo())
                        })
                        press=move || editor.undo()
                    />
                    <Tool
                        icon=icondata_lu::LuRedo2
                        label="Redo"
                        keys="Ctrl Shift Z"
                        disabled=Signal::derive(move || {
                            changes();
                            editor.history.with_value(|history| !history.can_redo())
                        })
                        press=move || editor.redo()
                    />
                    <Tool icon=icondata_lu::LuStickyNote label="Write a note" keys="N" press=move || super::annotations::add_note(editor, None) />
                    <Tool
                        icon=icondata_lu::LuGroup
                        label="Group"
                        keys="G"
                        disabled=Signal::derive(move || editor.chosen.with(BTreeSet::is_empty))
                        press=move || super::annotations::group(editor)
                    />
                    <Tool icon=icondata_lu::LuNetwork label="Lay everything out" keys="L" press=move || keys::lay_out(editor) />
                    <Tool
                        icon=icondata_lu::LuCopy
                        label="Duplicate"
                        keys="Ctrl D"
                        disabled=Signal::derive(move || editor.chosen.with(BTreeSet::is_empty))
                        press=move || super::copying::duplicate(editor)
                    />
                    <Tool
                        icon=icondata_lu::LuTrash2
                        label="Delete"
                        keys="Del"
                        disabled=Signal::derive(move || editor.chosen.with(BTreeSet::is_empty) && editor.chosen_edge.with(Option::is_none))
                        press=move || keys::delete(editor)
                    />
                </div>
                <Show when=several>
                    <div class="flex flex-wrap items-center rounded-md border border-line bg-surface">
                        {move || {
                            let (icon, label) = if super::disable::all_off(editor) {
                                (icondata_lu::LuPower, "Enable")
                            } else {
                                (icondata_lu::LuPowerOff, "Disable")
                            };
                            view! { <Tool icon=icon label=label keys="D" press=move || {
                                super::disable::toggle(editor, &editor.chosen.get_untracked());
                                // The button is drawn anew with its other word.
                                browser::focus(BOARD);
                            } /> }
                        }}
                        {rows.map(|(icon, label, how)| view! { <Tool icon=icon label=label press=move || arrange(editor, how, label) /> }).into_iter().collect_view()}
                    </div>
                </Show>
            </div>
            <div class="pointer-events-auto ml-auto flex items-center gap-1">
                <super::peers::Peers editor=editor />
                <super::versions::VersionTools editor=editor />
                <SaveState editor=editor />
                <ProblemsButton editor=editor />
            </div>
        </div>
    }
    .into_any()
}

/// Opens the panel: of the chosen step, else with what is wrong.
#[component]
fn ProblemsButton(editor: Editor) -> impl IntoView {
    let count = move || editor.findings.with(Vec::len);
    view! {
        <button
            type="button"
            class="btn border-line bg-surface text-xs hover:bg-hover"
            aria-expanded=move || if editor.panel.get() { "true" } else { "false" }
            on:click=move |_| editor.panel.update(|open| *open = !*open)
        >
            {move || match count() {
                0 => view! {
                    <Icon icon=icondata_lu::LuCircleCheck size=14 class="text-success" />
                    <span class="hidden sm:inline">"Ready to run"</span>
                    <span class="sr-only sm:hidden">"Ready to run"</span>
                }
                    .into_any(),
                count => view! {
                    <Icon icon=icondata_lu::LuCircleAlert size=14 class="text-danger" />
                    <span class="hidden sm:inline">{crate::components::format::count(i64::try_from(count).unwrap_or(0), "problem", "problems")}</span>
                    <span class="sm:hidden">{count}<span class="sr-only">" problems"</span></span>
                }
                    .into_any(),
            }}
        </button>
    }
}

#[component]
fn SaveState(editor: Editor) -> impl IntoView {
    move || {
        let (icon, ink, words) = match editor.sync.state.get() {
            SaveStatus::Saved => (icondata_lu::LuCloudCheck, "text-muted", "Saved".to_owned()),
            SaveStatus::Saving => (icondata_lu::LuCloudUpload, "text-muted", "Saving".to_owned()),
            SaveStatus::Offline => (icondata_lu::LuCloudOff, "text-warning", "Offline, kept here".to_owned()),
            SaveStatus::SignedOut => (icondata_lu::LuCloudOff, "text-warning", "Signed out, kept here".to_owned()),
            SaveStatus::Refused(why) => (icondata_lu::LuCircleAlert, "text-danger", format!("Not saved, kept here: {why}")),
            SaveStatus::Disputed => (icondata_lu::LuCircleAlert, "text-warning", "Somebody else changed this".to_owned()),
        };
        editor.may_change.then(|| {
            view! {
                <span
                    data-saving=""
                    role="status"
                    class=format!("flex max-w-72 items-center gap-1.5 rounded-md border border-line bg-surface px-2.5 py-2 text-xs leading-4 {ink}")
                >
                    <Icon icon=icon size=14 />
                    {words}
                </span>
            }
        })
    }
}

#[component]
pub(super) fn Zoom(editor: Editor) -> impl IntoView {
    view! {
        <div class="absolute bottom-3 left-3 flex items-center rounded-md border border-line bg-surface" role="toolbar" aria-label="Zoom">
            <Tool icon=icondata_lu::LuMinus label="Zoom out" press=move || editor.zoom_by(0.8) />
            <button
                type="button"
                class="btn btn-ghost num w-16 px-0"
                title="Natural size (0)"
                on:click=move |_| editor.zoom_by(1.0 / editor.view.get_untracked().zoom)
            >
                {move || format!("{:.0} %", editor.view.with(|view| view.zoom * 100.0))}
            </button>
            <Tool icon=icondata_lu::LuPlus label="Zoom in" press=move || editor.zoom_by(1.25) />
            <Tool icon=icondata_lu::LuMaximize label="Show all" keys="1" press=move || editor.fit(false) />
            <Tool icon=icondata_lu::LuKeyboard label="Keys of the canvas" keys="?" press=move || browser::dialog(HELP, true) />
        </div>
    }
    .into_any()
}

#[component]
pub(super) fn Help() -> impl IntoView {
    let rows = KEYS
        .iter()
        .map(|(keys, what)| {
            view! {
                <div class="flex items-center justify-between gap-4 py-1">
                    <dt>{*what}</dt>
                    <dd class="flex flex-none gap-1">{keys.iter().map(|key| view! { <kbd class="kbd">{*key}</kbd> }).collect_view()}</dd>
                </div>
            }
        })
        .collect_view();
    view! {
        <Dialog id=HELP title="Keys of the canvas">
            <dl class="divide-y divide-line">{rows}</dl>
            <p class="mt-3 text-muted">"On a Mac, ⌘ does what Ctrl does. Two fingers move and zoom the paper."</p>
        </Dialog>
    }
    .into_any()
}
