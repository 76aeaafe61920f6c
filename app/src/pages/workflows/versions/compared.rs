//! Two versions, or one and the draft, side by side.

use crate::components::{
    button::ButtonLink,
    page::{Notice, Section},
    side_by_side::SideBySide,
};
use leptos::prelude::*;
use toolcrib::workflows::WorkflowComparison;

#[component]
pub(super) fn Compared(comparison: WorkflowComparison, base: String) -> impl IntoView {
    let WorkflowComparison { from, to, changed } = comparison;
    let name = |side: Option<i32>| side.map_or_else(|| "Draft".to_owned(), |version| format!("Version {version}"));
    let in_query = |side: Option<i32>| side.map_or_else(|| "draft".to_owned(), |version| version.to_string());
    let labels = (name(from), name(to));
    let turned = format!("{base}?from={}&to={}", in_query(to), in_query(from));
    let drawn = format!("{}?compare={}..{}", base.trim_end_matches("/versions"), in_query(from), in_query(to));
    let nothing = changed.is_empty();
    let title = format!("{} → {}", labels.0, labels.1);
    let fields = changed.into_iter().map(|field| view! { <SideBySide field=field labels=labels.clone() /> }).collect_view();
    view! {
        <Section title=title>
            {nothing.then(|| view! { <Notice>"Nothing differs."</Notice> })} {fields} <p class="mt-3 flex gap-2">
                <ButtonLink href=drawn small=true icon=icondata_lu::LuWorkflow>
                    "Show on the canvas"
                </ButtonLink>
                <ButtonLink href=turned small=true>
                    "The other way round"
                </ButtonLink>
                <ButtonLink href=base small=true>
                    "Close"
                </ButtonLink>
            </p>
        </Section>
    }
    .into_any()
}
