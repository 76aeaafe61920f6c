//! The questions a run waits on, with the answer's form for those who may give it.

use crate::{
    api::workflows::DecideApproval,
    components::{
        field::{FormError, TextArea},
        form::use_form,
        page::Panel,
        time::RelativeTime,
    },
};
use leptos::prelude::*;
use toolcrib::workflows::Approval;

#[component]
pub(super) fn Approvals(asked: Vec<(Approval, bool)>, org: String, id: String, decide: ServerAction<DecideApproval>) -> impl IntoView {
    let form = use_form(decide);
    asked
        .into_iter()
        .map(|(approval, may)| {
            let node = approval.node_id.clone();
            let question = if approval.message.is_empty() { "May this run go on?".to_owned() } else { approval.message.clone() };
            let title = format!("asked-{node}");
            let heading = title.clone();
            let (org, id, asking) = (org.clone(), id.clone(), node.clone());
            let answer = may.then(move || {
                let node = asking;
                view! {
                    <ActionForm action=decide>
                        <input type="hidden" name="org" value=org.clone() />
                        <input type="hidden" name="id" value=id.clone() />
                        <input type="hidden" name="node" value=node.clone() />
                        <FormError message=form.general_error() />
                        <TextArea
                            label="Note"
                            name="note"
                            id=format!("note-{node}")
                            value=form.value("note", "")
                            error=form.error("note")
                            hint="Kept with the run and handed to the steps after it."
                            rows=2
                        />
                        <div class="mt-3 flex flex-wrap gap-2">
                            <button class="btn btn-primary" name="answer" value="approve" disabled=move || decide.pending().get()>
                                "Approve"
                            </button>
                            <button class="btn btn-danger" name="answer" value="reject" disabled=move || decide.pending().get()>
                                "Reject"
                            </button>
                        </div>
                    </ActionForm>
                }
            });
            view! {
                <section class="mb-6 max-w-2xl" aria-labelledby=title>
                    <Panel>
                        <h2 id=heading class="font-semibold">{question}</h2>
                        <p class="mt-1 mb-3 text-sm text-muted">
                            "Step " <span class="font-mono">{node.clone()}</span> " asked " <RelativeTime at=approval.requested_at />
                            {approval
                                .due_at
                                .map(|due| view! { ", and waits until " <RelativeTime at=due /> })} "."
                        </p>
                        {answer}
                        {(!may).then(|| view! { <p class="text-muted">"Somebody who may approve it has to answer."</p> })}
                    </Panel>
                </section>
            }
        })
        .collect_view()
        .into_any()
}
