//! One version as it was published.

use crate::{
    api::workflows::ShownVersion,
    components::{
        button::ButtonLink,
        code::CodeBlock,
        page::{Panel, Section},
        time::RelativeTime,
    },
    pages::workflows::Drawing,
};
use leptos::prelude::*;

#[component]
pub(super) fn Shown(shown: ShownVersion, base: String) -> impl IntoView {
    let ShownVersion { version, tools } = shown;
    let number = version.head.version;
    let export = format!("{}/export.json?version={number}", base.trim_end_matches("/versions"));
    let json = serde_json::to_string_pretty(&version.definition).unwrap_or_default();
    let tools = tools.into_iter().map(|tool| (tool.id, tool)).collect();
    view! {
        <Section title=format!("Version {number}")>
            <p class="mb-3 text-muted">
                "Published "
                <RelativeTime at=version.head.created_at />
                {format!(" by {}", version.head.created_by_name)}
            </p>
            <div class="grid items-start gap-4 lg:grid-cols-[minmax(0,360px)_minmax(0,1fr)]">
                <Panel>
                    <Drawing definition=version.definition tools=tools link="" />
                </Panel>
                <CodeBlock code=json language="json" label=format!("Definition of version {number}") />
            </div>
            <p class="mt-3 flex flex-wrap gap-2">
                <a class="btn btn-secondary btn-small" href=export rel="external" download="">
                    "Export as JSON"
                </a>
                <ButtonLink href=base small=true>
                    "Close"
                </ButtonLink>
            </p>
        </Section>
    }
    .into_any()
}
