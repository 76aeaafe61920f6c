//! Two versions side by side: what differs, by fields and lines.

use crate::components::{
    button::ButtonLink,
    page::{Notice, Section},
    side_by_side::SideBySide,
    time::RelativeTime,
};
use leptos::prelude::*;
use toolcrib::tools::comparison::{Comparison, VersionHead};

#[component]
pub fn Compared(comparison: Comparison, base: String) -> impl IntoView {
    let Comparison { from, to, changed, same } = comparison;
    let turned = format!("{base}?from={}&to={}", to.version, from.version);
    let title = format!("Version {} and version {}", from.version, to.version);
    let nothing = changed.is_empty();
    let labels = (format!("Version {}", from.version), format!("Version {}", to.version));
    let fields = changed
        .into_iter()
        .map(|mut field| {
            field.name = field.name.replace('_', " ");
            view! { <SideBySide field=field labels=labels.clone() /> }
        })
        .collect_view();
    let same = same.into_iter().map(|name| name.replace('_', " ")).collect::<Vec<_>>().join(", ");
    view! {
        <Section title=title>
            <div class="mb-3 grid gap-2 sm:grid-cols-2">
                <Head head=from />
                <Head head=to />
            </div>
            {nothing.then(|| view! { <Notice>"Nothing differs."</Notice> })}
            {fields}
            {(!same.is_empty()).then(|| view! { <p class="mt-3 text-muted">"Equal: " {same}</p> })}
            <p class="mt-3 flex gap-2">
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

#[component]
fn Head(head: VersionHead) -> impl IntoView {
    view! {
        <p>
            <span class="font-semibold">{format!("Version {}", head.version)}</span>
            " "
            <span class="text-muted">
                <RelativeTime at=head.created_at />
                {head.created_by_name.map(|name| format!(" by {name}"))}
            </span>
            <span class="block text-muted">{head.changelog}</span>
        </p>
    }
}
