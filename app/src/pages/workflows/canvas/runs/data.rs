//! What a step was given and gave, beside its settings.

use super::{
    super::{panel, state::Editor},
    Tab,
    pins::PinField,
    results::Results,
    state_of,
};
use crate::{
    api::workflows::{StepOfRun, inspect_step},
    components::browser,
};
use leptos::prelude::*;
use toolcrib::workflows::engine::NodeStatus;

pub(super) const DATA: &str = "canvas-step-data";
const TABS: [(Tab, &str, &str); 2] = [(Tab::Settings, "canvas-tab-settings", "Settings"), (Tab::Data, "canvas-tab-data", "Data")];

/// Opens what the chosen step was given and gave, and goes there.
pub(in super::super) fn inspect(editor: Editor) {
    if editor.one().is_none() {
        editor.tell("Choose the step first whose data you want to see.");
        return;
    }
    editor.runs.tab.set(Tab::Data);
    editor.panel.set(true);
    // Its panel is made with the next frame.
    panel::after_frames(2, || browser::focus(DATA));
}

/// Settings or data of the chosen step.
#[component]
pub(in super::super) fn Tabs(editor: Editor, one: Memo<Option<String>>) -> impl IntoView {
    let tab = editor.runs.tab;
    let buttons = move || {
        TABS.map(|(which, id, label)| {
            let chosen = move || tab.get() == which;
            view! {
                <button
                    type="button"
                    id=id
                    role="tab"
                    class=move || {
                        let ink = if chosen() { "border-accent font-medium" } else { "border-transparent text-muted hover:text-text" };
                        format!("border-b-2 px-3 py-2.5 text-sm {ink}")
                    }
                    aria-selected=move || if chosen() { "true" } else { "false" }
                    tabindex=move || if chosen() { "0" } else { "-1" }
                    on:click=move |_| tab.set(which)
                    on:keydown=move |event: web_sys::KeyboardEvent| {
                        if matches!(event.key().as_str(), "ArrowLeft" | "ArrowRight") {
                            let other = if which == Tab::Data { TABS[0] } else { TABS[1] };
                            tab.set(other.0);
                            browser::focus(other.1);
                            event.prevent_default();
                        }
                    }
                >
                    {label}
                </button>
            }
        })
        .into_iter()
        .collect_view()
    };
    let some = Memo::new(move |_| one.with(Option::is_some));
    view! {
        <Show when=move || some.get()>
            <div role="tablist" aria-label="Of the step" class="sticky top-0 z-10 flex border-b border-line bg-raised px-2 pr-12">
                {buttons()}
            </div>
        </Show>
    }
    .into_any()
}

#[component]
pub(in super::super) fn DataTab(editor: Editor, one: Memo<Option<String>>) -> impl IntoView {
    let of = Memo::new(move |_| one.get().filter(|_| editor.runs.tab.get() == Tab::Data));
    move || of.get().map(|id| view! { <Data editor=editor id=id /> })
}

#[component]
fn Data(editor: Editor, id: String) -> impl IntoView {
    let runs = editor.runs;
    let live = state_of(editor, &id);
    let found = RwSignal::new(None::<Result<StepOfRun, String>>);
    let again = RwSignal::new(0_u32);
    let turn = StoredValue::new(0_u32);
    // Asked anew when the step stands otherwise, not when only its time grows.
    let asked = Memo::new(move |_| {
        let run = runs.shown.get().filter(|_| runs.over.get())?;
        let stands = live.with(|live| live.as_ref().map(|live| (live.status, live.attempts, live.items, live.completed_at)))?;
        (stands.0 != NodeStatus::Pending).then_some((run, stands))
    });
    let node = StoredValue::new(id.clone());
    Effect::new(move |_| {
        again.track();
        let asked = asked.get();
        let now = turn.get_value() + 1;
        turn.set_value(now);
        let Some((run, _)) = asked else {
            found.set(None);
            return;
        };
        leptos::task::spawn_local(async move {
            let answer = inspect_step(editor.org.get_value(), run.to_string(), node.get_value()).await;
            if turn.try_get_value() == Some(now) {
                found.set(Some(answer.map_err(|error| error.0.sentence().to_owned())));
            }
        });
    });
    let body = {
        let id = id.clone();
        move || {
            if !runs.over.get() {
                let words = if runs.shown.with(Option::is_some) {
                    "The draft is shown. Choose “Run” at the foot of the canvas to see what this step was given and gave."
                } else {
                    "Run the draft (R), or open a past run, to see what this step was given and gave."
                };
                return view! { <p class="text-muted">{words}</p> }.into_any();
            }
            match found.get() {
                Some(Ok(step)) => {
                    let answered = Callback::new(move |()| again.update(|count| *count += 1));
                    view! { <Results editor=editor id=id.clone() step=step answered=answered /> }.into_any()
                }
                Some(Err(words)) => view! { <p role="alert" class="text-danger">{words}</p> }.into_any(),
                None if asked.with(Option::is_some) => view! { <p class="text-muted">"Reading…"</p> }.into_any(),
                None if runs.has_ended() => view! { <p class="text-muted">"The run did not come to this step."</p> }.into_any(),
                None => view! { <p class="text-muted">"The run has not come to this step yet."</p> }.into_any(),
            }
        }
    };
    let pin = editor.may_pin(&id) || runs.pins.with_untracked(|pins| pins.contains_key(&id));
    let title = editor.title(&id);
    view! {
        <div
            id=DATA
            role="tabpanel"
            tabindex="-1"
            aria-label=format!("Data of {title}")
            class="space-y-4 p-4 outline-none"
        >
            <h2 class="font-semibold">{title.clone()}</h2>
            {body}
            {pin.then(|| view! { <PinField editor=editor id=id /> })}
        </div>
    }
    .into_any()
}
