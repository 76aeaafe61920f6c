//! The pages of one workflow.

use crate::components::tabs::{TabLink, Tabs};
use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tab {
    Canvas,
    Steps,
    Json,
    Versions,
    Triggers,
}

#[component]
pub(super) fn WorkflowTabs(org: String, id: String, may_change: bool, active: Tab) -> impl IntoView {
    let here = format!("/{org}/workflows/{id}");
    let outline = format!("{here}/outline");
    let json = may_change.then(|| view! { <TabLink href=format!("{outline}?tab=json") label="JSON" active=active == Tab::Json /> });
    view! {
        <Tabs label="Workflow">
            <TabLink href=here.clone() label="Canvas" active=active == Tab::Canvas />
            <TabLink href=outline label="Outline" active=active == Tab::Steps />
            {json}
            <TabLink href=format!("{here}/versions") label="Versions" active=active == Tab::Versions />
            <TabLink href=format!("{here}/triggers") label="Triggers" active=active == Tab::Triggers />
        </Tabs>
    }
    .into_any()
}
