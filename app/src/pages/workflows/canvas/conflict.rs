//! Both changed the same: both states side by side, and the choice.

use super::{
    state::{BOARD, Editor},
    sync::Dispute,
};
use crate::components::{
    badge::Tone,
    browser,
    button::{Button, Kind},
    conflict::Differences,
    page::Notice,
};
use leptos::prelude::*;
use toolcrib::workflows::graph::compare;

#[component]
pub(super) fn ConflictNotice(editor: Editor) -> impl IntoView {
    move || {
        let Dispute { newest, mine, merged, .. } = editor.sync.dispute.get()?;
        let named = |field: &str| merged.disputed.iter().any(|id| field == format!("Step {id}") || field == format!("Connection {id}"));
        let mut differences = compare::differences(&newest.workflow.definition, &mine);
        differences.retain(|difference| named(&difference.field));
        let decide = move |mine: bool| {
            editor.decide(mine);
            browser::focus(BOARD);
        };
        Some(view! {
            <section
                class="absolute inset-x-3 top-16 z-30 mx-auto max-h-[70%] max-w-3xl space-y-3 overflow-auto rounded-lg bg-raised p-4 shadow-pop"
                aria-label="Somebody else changed this"
            >
                <Notice tone=Tone::Warning>
                    "Somebody else changed the same steps while you drew. Nothing of yours is lost: it is kept in this browser until you choose. Everything that only one of you changed stays either way."
                </Notice>
                <Differences
                    differences=differences
                    caption="What they saved and what you drew"
                    labels=["Part", "Theirs, saved", "Yours"]
                    nothing="(removed)"
                />
                <div class="flex flex-wrap gap-2">
                    <Button type_="button" kind=Kind::Danger on:click=move |_| decide(true)>
                        "Keep mine"
                    </Button>
                    <Button type_="button" on:click=move |_| decide(false)>
                        "Keep theirs"
                    </Button>
                </div>
            </section>
        }
        .into_any())
    }
}
