//! The mapping view: what earlier steps give on the left, what the step takes on the right, and lines between.

mod from;
mod hand;
mod lines;
mod to;

use super::{
    fields::StepData,
    state::{BOARD, Editor},
};
use crate::components::{browser, icon::Icon};
use leptos::{html, prelude::*};
use serde_json::Value;
use toolcrib::workflows::{
    canvas::{
        Point,
        fields::{
            automap::{Link, links, sources},
            feed,
        },
    },
    graph::change::{Source, fresh},
};

const DIALOG: &str = "canvas-mapping";
/// Where something new is made of what is dropped.
const NEW: &str = "";

/// What is held: a place on the left.
#[derive(Clone, Debug, PartialEq)]
struct Held {
    node: String,
    path: String,
    name: String,
    schema: Value,
}

/// A line that follows the pointer, on the two columns.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Pulled {
    start: Point,
    end: Point,
    moved: bool,
}

/// What the parts of the view share.
#[derive(Clone, Copy)]
struct Mapping {
    editor: Editor,
    data: StepData,
    /// Chosen by keys or by a click, or held by a pointer.
    held: RwSignal<Option<Held>>,
    pulled: RwSignal<Option<Pulled>>,
    /// The target below the pointer.
    over: RwSignal<Option<String>>,
    /// What would be connected by itself.
    proposed: RwSignal<Vec<Link>>,
    /// Said in the view: the dialog hides the canvas from assistive technology.
    said: RwSignal<String>,
    /// Counts what makes lines run elsewhere.
    moved: RwSignal<u32>,
    frame: NodeRef<html::Div>,
}

impl Mapping {
    fn stir(self) {
        self.moved.try_update(|count| *count = count.wrapping_add(1));
    }

    fn say(self, words: impl Into<String>) {
        self.said.set(words.into());
    }

    /// Feeds a field of the step from what is held.
    fn connect(self, field: &str) {
        let Some(held) = self.held.get_untracked() else {
            self.say("Choose a field on the left first.");
            return;
        };
        if let Some(why) = self.misfit(field, &held) {
            self.say(why);
            return;
        }
        let field = if field == NEW { self.fresh(&held.name) } else { field.to_owned() };
        let words = format!("{} feeds {field}", held.path);
        match self.data.set(&field, Source::Field { node: held.node, path: held.path }) {
            Ok(()) => {
                self.held.set(None);
                self.say(words);
            }
            Err(why) => self.say(why),
        }
    }

    fn disconnect(self, field: &str) {
        if untrack(|| self.data.source(field)) == Source::Nothing {
            self.say(format!("Nothing feeds {field}."));
            return;
        }
        match self.data.set(field, Source::Nothing) {
            Ok(()) => self.say(format!("Nothing feeds {field} any more.")),
            Err(why) => self.say(why),
        }
    }

    /// Why what is held cannot feed a field.
    fn misfit(self, field: &str, held: &Held) -> Option<String> {
        let field = self.data.fields.with_untracked(|fields| fields.iter().find(|one| one.name == field).cloned())?;
        if field.fixed {
            return Some(format!("The tool sets {} itself.", field.name));
        }
        let (given, wanted) = toolcrib::workflows::graph::types::fits(&held.schema, &field.schema).err()?;
        Some(format!("{} is {given}, and {} takes {wanted}.", held.name, field.name))
    }

    fn fresh(self, base: &str) -> String {
        let base: String = base.trim_start_matches("[*].").chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        let base = if base == "The_whole_output" { "value".to_owned() } else { base };
        self.data.fields.with_untracked(|fields| fresh(&base, |name| fields.iter().any(|field| field.name == name)))
    }

    fn propose(self) {
        let editor = self.editor;
        let found = self.data.id.with_value(|id| editor.catalog.with_untracked(|tools| editor.doc.with_value(|doc| links(doc, tools, id))));
        self.say(match found.as_slice() {
            [] => "Nothing more is plainly the same. Connect the rest by hand.".to_owned(),
            some => format!(
                "Would connect {}. Press Connect all to keep it.",
                some.iter().map(|link| format!("{} to {}", link.path, link.field)).collect::<Vec<_>>().join(", ")
            ),
        });
        self.proposed.set(found);
    }

    fn take_proposed(self) {
        let (editor, id, proposed) = (self.editor, self.data.id.get_value(), self.proposed.get_untracked());
        let change = editor.catalog.with_untracked(|tools| editor.doc.with_value(|doc| feed::set_all(doc, tools, &id, sources(&proposed))));
        self.proposed.set(Vec::new());
        match change {
            Ok(change) => {
                let words = format!(
                    "Mapped {} of {}",
                    crate::components::format::count(i64::try_from(proposed.len()).unwrap_or(0), "field", "fields"),
                    editor.title(&id)
                );
                editor.commit_quietly(change, words.clone());
                self.say(words);
            }
            Err((_, why)) => self.say(why),
        }
    }
}

/// `M`: opens the view for the chosen step.
pub(super) fn open(editor: Editor) {
    let can =
        editor.one().filter(|id| editor.doc.with_value(|doc| doc.node(id).is_some_and(toolcrib::workflows::canvas::geometry::has_way_in)));
    match can {
        Some(id) => editor.fields.mapping.set(Some(id)),
        None => editor.tell("Choose the one step first whose fields are to be mapped."),
    }
}

#[component]
pub(super) fn MappingLayer(editor: Editor) -> impl IntoView {
    move || editor.fields.mapping.get().map(|id| view! { <View editor=editor id=id /> })
}

#[component]
fn View(editor: Editor, id: String) -> impl IntoView {
    let title = editor.title(&id);
    let data = StepData::new(editor, id);
    let mapping = Mapping {
        editor,
        data,
        held: RwSignal::new(None),
        pulled: RwSignal::new(None),
        over: RwSignal::new(None),
        proposed: RwSignal::new(Vec::new()),
        said: RwSignal::new(String::new()),
        moved: RwSignal::new(0),
        frame: NodeRef::new(),
    };
    Effect::new(move |before: Option<()>| {
        if before.is_none() {
            request_animation_frame(move || {
                browser::dialog(DIALOG, true);
                browser::focus(from::LIST);
                mapping.stir();
            });
        }
    });
    let resized = window_event_listener(leptos::ev::resize, move |_| mapping.stir());
    on_cleanup(move || resized.remove());
    // A step that somebody deleted meanwhile has nothing to map.
    Effect::new(move |_| {
        if data.node.with(Option::is_none) {
            browser::dialog(DIALOG, false);
        }
    });
    let closed = move |_| {
        editor.fields.mapping.set(None);
        browser::focus(BOARD);
    };
    let close = move |_| browser::dialog(DIALOG, false);
    let proposals = move || mapping.proposed.with(Vec::len);
    view! {
        <dialog id=DIALOG class="dialog canvas-mapping" aria-labelledby="canvas-mapping-title" on:close=closed on:keydown=|event| event.stop_propagation()>
            <div class="mb-3 flex flex-wrap items-center gap-2">
                <h2 id="canvas-mapping-title" class="min-w-0 flex-1 truncate text-lg font-semibold">
                    {format!("Map into {title}")}
                </h2>
                {move || {
                    editor.may_change.then(|| match proposals() {
                        0 => view! {
                            <button type="button" class="btn btn-secondary" on:click=move |_| mapping.propose()>
                                <Icon icon=icondata_lu::LuWandSparkles />
                                "Auto-map"
                            </button>
                        }
                            .into_any(),
                        count => view! {
                            <button type="button" class="btn btn-primary" on:click=move |_| mapping.take_proposed()>
                                {format!("Connect all ({count})")}
                            </button>
                            <button type="button" class="btn btn-ghost" on:click=move |_| mapping.proposed.set(Vec::new())>
                                "Cancel"
                            </button>
                        }
                            .into_any(),
                    })
                }}
                <button type="button" class="btn btn-ghost btn-icon" aria-label="Close" on:click=close>
                    <Icon icon=icondata_lu::LuX />
                </button>
            </div>
            <div
                node_ref=mapping.frame
                class="relative grid grid-cols-2 gap-x-7 sm:gap-x-20"
                on:pointermove=move |event| hand::moved(mapping, &event)
                on:pointerup=move |event| hand::up(mapping, &event)
                on:pointercancel=move |_| hand::release(mapping)
            >
                <from::Sources mapping=mapping />
                <to::Targets mapping=mapping />
                <lines::Lines mapping=mapping />
            </div>
            <p class="mt-3 min-h-5 text-sm" role="status" aria-live="polite">
                {move || mapping.said.get()}
            </p>
            <p class="text-xs text-muted sm:hidden">"Pull a line from a dot, or tap left, then right."</p>
            <p class="text-xs text-muted max-sm:hidden">
                "Drag from left to right. By keys: Enter on the left takes a field, Enter on the right connects it, Delete takes it away."
            </p>
        </dialog>
    }
    .into_any()
}
