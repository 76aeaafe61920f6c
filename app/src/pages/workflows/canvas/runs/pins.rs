//! Pins: what a step gave, kept to stand in for it while the draft is tried out.

use super::super::state::Editor;
use crate::{
    api::workflows::{remove_canvas_pin, set_canvas_pin},
    components::icon::Icon,
    error::AppError,
};
use leptos::prelude::*;
use serde_json::Value;
use toolcrib::workflows::{
    engine::NodeStatus,
    pins::{MOST_BYTES, SetPin, may_be_pinned},
};

fn words(error: &AppError) -> String {
    let told: Vec<&str> = error.0.errors.iter().map(|error| error.message.as_str()).collect();
    if told.is_empty() { error.0.sentence().to_owned() } else { told.join(" ") }
}

impl Editor {
    pub(super) fn may_pin(self, id: &str) -> bool {
        self.may_change && self.doc.with_value(|doc| doc.node(id).is_some_and(may_be_pinned))
    }

    /// Pins what the chosen step gave in the run that is shown, or takes its pin away.
    pub fn pin_or_unpin(self) {
        let Some(id) = self.one() else {
            self.tell("Choose the step first whose output is to be pinned.");
            return;
        };
        if self.runs.pins.with_untracked(|pins| pins.contains_key(&id)) {
            self.unpin(id);
        } else {
            self.pin_shown(id);
        }
    }

    pub(super) fn pin_shown(self, id: String) {
        let runs = self.runs;
        if !self.may_pin(&id) {
            self.tell(if self.may_change {
                format!("What {} gives cannot be pinned: it chooses a branch, or is the workflow's own input or output.", self.title(&id))
            } else {
                "You may look at this workflow, but not change it.".to_owned()
            });
            return;
        }
        let gave = runs.overlay.with_value(|overlay| overlay.nodes.get(&id).is_some_and(|live| live.status == NodeStatus::Success));
        let run = runs.shown.get_untracked().filter(|_| gave && runs.over.get_untracked());
        match run {
            Some(run) => self.pin(id, SetPin { run_id: Some(run), output: None }, None),
            None => self.tell(format!("Show a run in which {} gave something; that is pinned then.", self.title(&id))),
        }
    }

    pub(super) fn pin(self, id: String, pin: SetPin, wrong: Option<RwSignal<Option<String>>>) {
        leptos::task::spawn_local(async move {
            // The server knows a new step once it is saved.
            self.send();
            if let Err(why) = self.saved().await {
                self.tell(why);
                return;
            }
            match set_canvas_pin(self.org.get_value(), self.id.get_value(), id.clone(), pin).await {
                Ok(pin) => {
                    let known = self.runs.pins.try_update(|pins| pins.insert(pin.node_id, pin.output));
                    if known.is_some() {
                        self.fields.refresh(self);
                        self.tell(format!("Pinned what {} gives. Runs of the draft take it instead of running the step.", self.title(&id)));
                    }
                    if let Some(wrong) = wrong {
                        wrong.try_set(None);
                    }
                }
                Err(error) => match wrong {
                    Some(wrong) => drop(wrong.try_set(Some(words(&error)))),
                    None => self.tell(words(&error)),
                },
            }
        });
    }

    pub(super) fn unpin(self, id: String) {
        if !self.may_change {
            self.tell("You may look at this workflow, but not change it.");
            return;
        }
        leptos::task::spawn_local(async move {
            match remove_canvas_pin(self.org.get_value(), self.id.get_value(), id.clone()).await {
                Err(error) if error.0.status != 404 => self.tell(words(&error)),
                _ => {
                    if self.runs.pins.try_update(|pins| pins.remove(&id)).is_some() {
                        self.fields.refresh(self);
                        self.tell(format!("{} runs again: its pin is gone.", self.title(&id)));
                    }
                }
            }
        });
    }
}

/// The pin of a step: what is pinned, as JSON that can be edited.
#[component]
pub(super) fn PinField(editor: Editor, id: String) -> impl IntoView {
    let runs = editor.runs;
    let id = StoredValue::new(id);
    let pinned = Memo::new(move |_| id.with_value(|id| runs.pins.with(|pins| pins.get(id).cloned())));
    let gave = super::state_of(editor, &id.get_value());
    let can_take = move || gave.with(|live| live.as_ref().is_some_and(|live| live.status == NodeStatus::Success));
    let editing = RwSignal::new(None::<String>);
    let wrong = RwSignal::new(None::<String>);
    // Once what is pinned is what was written, the field has done its work.
    Effect::new(move |before: Option<()>| {
        pinned.track();
        if before.is_some() {
            editing.set(None);
            wrong.set(None);
        }
    });
    let edit = move || editing.set(Some(pinned.with_untracked(|value| value.as_ref().map_or_else(|| "{}".to_owned(), pretty))));
    let keep = move || {
        let Some(text) = editing.get_untracked() else { return };
        if text.len() > MOST_BYTES {
            wrong.set(Some(format!("A pin holds {} KB at most.", MOST_BYTES / 1024)));
            return;
        }
        match serde_json::from_str::<Value>(&text) {
            Ok(output) if pinned.with_untracked(|old| old.as_ref() == Some(&output)) => editing.set(None),
            Ok(output) => editor.pin(id.get_value(), SetPin { output: Some(output), run_id: None }, Some(wrong)),
            Err(error) => wrong.set(Some(format!("This is not JSON: line {}, column {}.", error.line(), error.column()))),
        }
    };
    let buttons = move || {
        let (has, may) = (pinned.with(Option::is_some), editor.may_change);
        view! {
            <p class="mt-2 flex flex-wrap gap-2">
                {(may && can_take())
                    .then(|| {
                        view! {
                            <button type="button" class="btn btn-secondary btn-small" on:click=move |_| editor.pin_shown(id.get_value())>
                                <Icon icon=icondata_lu::LuPin size=14 />
                                {if has { "Pin this output instead" } else { "Pin this output" }}
                            </button>
                        }
                    })}
                {may
                    .then(|| {
                        view! {
                            <button type="button" class="btn btn-ghost btn-small" on:click=move |_| edit()>
                                {if has { "Edit the pin" } else { "Write an output by hand" }}
                            </button>
                        }
                    })}
                {(may && has)
                    .then(|| {
                        view! {
                            <button type="button" class="btn btn-ghost btn-small" on:click=move |_| editor.unpin(id.get_value())>
                                "Unpin"
                            </button>
                        }
                    })}
            </p>
        }
    };
    let open = Memo::new(move |_| editing.with(Option::is_some));
    view! {
        <section class="border-t border-line pt-3" aria-label="Pin">
            <h3 class="flex items-center gap-1.5 font-medium">
                <Icon icon=icondata_lu::LuPin size=14 />
                {move || if pinned.with(Option::is_some) { "Pinned output" } else { "Not pinned" }}
            </h3>
            <p class="mt-0.5 text-xs text-muted">"Runs of the draft take what is pinned instead of running the step. Published runs never do."</p>
            {move || {
                (!open.get())
                    .then(|| pinned.get())
                    .flatten()
                    .map(|value| view! { <div class="mt-2"><super::json::Tree value=value label="Pinned output" /></div> })
            }}
            {move || {
                if open.get() {
                    view! {
                        <div class="mt-2">
                            <textarea
                                class="field font-mono text-xs"
                                rows="8"
                                aria-label="Pinned output as JSON"
                                spellcheck="false"
                                prop:value=editing.get_untracked().unwrap_or_default()
                                on:input=move |event| editing.update_untracked(|text| *text = Some(event_target_value(&event)))
                            ></textarea>
                            {move || wrong.get().map(|words| view! { <p class="mt-1 text-xs text-danger" role="alert">{words}</p> })}
                            <p class="mt-2 flex gap-2">
                                <button type="button" class="btn btn-secondary btn-small" on:click=move |_| keep()>
                                    "Pin this"
                                </button>
                                <button type="button" class="btn btn-ghost btn-small" on:click=move |_| editing.set(None)>
                                    "Cancel"
                                </button>
                            </p>
                        </div>
                    }
                        .into_any()
                } else {
                    buttons().into_any()
                }
            }}
        </section>
    }
    .into_any()
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}
