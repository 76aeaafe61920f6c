//! The guard, on the pages of an imported tool: what was approved, what the server offers now, and the decision.

use crate::{
    api::mcp_servers::{ApproveChange, PinPage, RejectChange},
    components::{
        badge::Tone,
        button::{Button, Kind},
        field::FormError,
        form::use_form,
        page::{Notice, Section},
        time::RelativeTime,
    },
};
use leptos::prelude::*;
use serde_json::Value;
use toolcrib::{
    ids::ToolId,
    mcp::{FieldDifference, PinState},
};

/// What is decided in the panel. Made by the page itself: what is made inside of what is still being read gets its number in another order
/// on the server than in the browser.
#[derive(Clone, Copy)]
pub struct Guard {
    approve: ServerAction<ApproveChange>,
    reject: ServerAction<RejectChange>,
}

impl Default for Guard {
    fn default() -> Self {
        Self::new()
    }
}

impl Guard {
    #[must_use]
    pub fn new() -> Self {
        Self { approve: ServerAction::new(), reject: ServerAction::new() }
    }

    /// Changes with every decision.
    #[must_use]
    pub fn decisions(&self) -> usize {
        self.approve.version().get() + self.reject.version().get()
    }
}

/// Says where an imported tool comes from; where it is stopped, why. `full` shows the difference and the decision.
#[component]
pub fn PinPanel(page: PinPage, org: String, guard: Guard, full: bool) -> impl IntoView {
    let Guard { approve, reject } = guard;
    let PinPage { pin, may_decide } = page;
    let origin = view! {
        <p class="mb-4 text-muted">
            "Imported: " <code>{pin.upstream_name.clone()}</code> " of the MCP server "
            <a class="link" href=format!("/{org}/mcp-servers/{}", pin.server_id)>
                {pin.server_name.clone()}
            </a> ", as it was approved " <RelativeTime at=pin.approved_at />
            {pin.approved_by_name.clone().map(|name| format!(" by {name}"))} "."
        </p>
    };
    let title = match pin.state {
        PinState::Pinned => return view! { <div>{full.then_some(origin)}</div> }.into_any(),
        PinState::Changed => "Stopped: the server changed this tool",
        PinState::Gone => "Stopped: the server no longer offers this tool",
        PinState::Rejected => "Stopped: the change was rejected",
    };
    let text = match pin.state {
        PinState::Gone => "Calls are refused. Should the server offer it again exactly as it was approved, it runs again by itself.",
        PinState::Rejected => "Calls are refused until the server offers something else, or an admin approves the change after all.",
        _ => "Calls are refused, and models still see what was approved, until an admin has looked at the difference.",
    };
    let differences = pin.differences();
    let decision = pin.proposed_hash.clone().filter(|_| full);
    let page_href = format!("/{org}/tools/{}", pin.tool_id);
    view! {
        <div class="mb-6">
            <Notice tone=if pin.state == PinState::Changed { Tone::Warning } else { Tone::Danger } title=title>
                <p>
                    {text} " " {pin.noticed_at.map(|at| view! { "Noticed " <RelativeTime at=at /> "." })} " "
                    {(!full)
                        .then(|| {
                            view! {
                                <a class="link" href=page_href>
                                    "Look at it"
                                </a>
                            }
                        })}
                </p>
            </Notice>
        </div>
        {full.then_some(origin)}
        {decision
            .map(|hash| {
                view! {
                    <Section title="What changed" text="Field by field. Read descriptions as a model would: as instructions.">
                        <Differences differences=differences />
                        {if may_decide {
                            view! { <Decide tool=pin.tool_id org=org hash=hash approve=approve reject=reject rejected=pin.state == PinState::Rejected /> }
                                .into_any()
                        } else {
                            view! { <p class="mt-4 text-muted">"Admins and owners decide about it."</p> }.into_any()
                        }}
                    </Section>
                }
            })}
    }
    .into_any()
}

#[component]
fn Differences(differences: Vec<FieldDifference>) -> impl IntoView {
    let side = |value: Option<Value>| match value {
        None => view! { <span class="text-muted">"–"</span> }.into_any(),
        Some(Value::String(text)) => view! { <span class="break-words whitespace-pre-wrap">{text}</span> }.into_any(),
        Some(other) => {
            let text = serde_json::to_string_pretty(&other).unwrap_or_default();
            view! { <pre class="overflow-x-auto font-mono text-xs whitespace-pre-wrap">{text}</pre> }.into_any()
        }
    };
    view! {
        <div class="panel overflow-x-auto" role="region" aria-label="What changed" tabindex="0">
            <table class="table">
                <caption class="sr-only">"What changed"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Field"</th>
                        <th scope="col">"Approved"</th>
                        <th scope="col">"Offered now"</th>
                    </tr>
                </thead>
                <tbody>
                    {differences
                        .into_iter()
                        .map(|one| {
                            view! {
                                <tr>
                                    <th scope="row" class="align-top font-mono text-xs break-all">
                                        {one.field}
                                    </th>
                                    <td class="min-w-48 bg-danger-soft align-top">{side(one.before)}</td>
                                    <td class="min-w-48 bg-success-soft align-top">{side(one.after)}</td>
                                </tr>
                            }
                        })
                        .collect_view()}
                </tbody>
            </table>
        </div>
    }
}

#[component]
fn Decide(
    tool: ToolId,
    org: String,
    hash: String,
    approve: ServerAction<ApproveChange>,
    reject: ServerAction<RejectChange>,
    rejected: bool,
) -> impl IntoView {
    let (reject_org, reject_hash) = (org.clone(), hash.clone());
    let (approval, rejection) = (use_form(approve), use_form(reject));
    let hidden = move |org: String, hash: String| {
        view! {
            <input type="hidden" name="org" value=org />
            <input type="hidden" name="tool" value=tool.to_string() />
            <input type="hidden" name="proposed_hash" value=hash />
        }
    };
    view! {
        <div class="mt-4 space-y-2">
            <FormError message=approval.general_error() />
            <FormError message=rejection.general_error() />
            <div class="flex flex-wrap gap-2">
                <ActionForm action=approve>
                    {hidden(org, hash)}
                    <Button kind=Kind::Primary pending=approve.pending()>
                        "Approve as a new version"
                    </Button>
                </ActionForm>
                {(!rejected)
                    .then(|| {
                        view! {
                            <ActionForm action=reject>
                                {hidden(reject_org, reject_hash)}
                                <Button pending=reject.pending()>"Reject"</Button>
                            </ActionForm>
                        }
                    })}
            </div>
        </div>
    }
}
