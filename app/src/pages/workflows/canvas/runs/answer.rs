//! A question that the run waits on, and its answer.

use super::super::state::Editor;
use crate::{
    api::workflows::answer_on_canvas,
    components::{browser, time::RelativeTime},
};
use leptos::prelude::*;
use toolcrib::workflows::Approval;

#[component]
pub(super) fn Answer(editor: Editor, asked: Approval, may: bool, answered: Callback<()>) -> impl IntoView {
    let note = RwSignal::new(String::new());
    let (busy, wrong) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let (run, node) = (asked.run_id.to_string(), asked.node_id.clone());
    let decide = StoredValue::new(move |approve: bool| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let (run, node) = (run.clone(), node.clone());
        leptos::task::spawn_local(async move {
            let answer = answer_on_canvas(editor.org.get_value(), run, node, approve, note.get_untracked()).await;
            if busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(()) => {
                    editor.said.set(if approve { "Approved" } else { "Rejected" }.to_owned());
                    // The buttons go with the question: who answered by keys stays in the panel.
                    browser::focus(super::data::DATA);
                }
                Err(error) => {
                    let told: Vec<&str> = error.0.errors.iter().map(|error| error.message.as_str()).collect();
                    wrong.set(Some(if told.is_empty() { error.0.sentence().to_owned() } else { told.join(" ") }));
                }
            }
            answered.run(());
        });
    });
    let press = move |approve: bool| decide.with_value(|decide| decide(approve));
    view! {
        <section class="rounded-md border border-info bg-info-soft p-3" aria-label="Question">
            <h3 class="font-medium">{if asked.message.is_empty() { "Approve this step?".to_owned() } else { asked.message.clone() }}</h3>
            <p class="mt-0.5 text-xs text-muted">
                "Asked " <RelativeTime at=asked.requested_at />
                {asked.due_at.map(|due| view! { ", due " <RelativeTime at=due /> })}
            </p>
            {if may {
                view! {
                    <label class="mt-2 block">
                        <span class="mb-1 block text-xs font-medium">"Note"</span>
                        <textarea class="field" rows="2" maxlength="2000" on:input=move |event| note.set(event_target_value(&event))></textarea>
                    </label>
                    {move || wrong.get().map(|words| view! { <p class="mt-1 text-xs text-danger" role="alert">{words}</p> })}
                    <p class="mt-2 flex gap-2">
                        <button type="button" class="btn btn-primary btn-small" disabled=busy on:click=move |_| press(true)>
                            "Approve"
                        </button>
                        <button type="button" class="btn btn-secondary btn-small" disabled=busy on:click=move |_| press(false)>
                            "Reject"
                        </button>
                    </p>
                }
                    .into_any()
            } else {
                view! { <p class="mt-2 text-sm">"You are not among those who may answer this."</p> }.into_any()
            }}
        </section>
    }
    .into_any()
}
