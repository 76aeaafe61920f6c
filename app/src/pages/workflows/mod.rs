//! Workflows: the list, a new one, and the pages that a workflow is made and run on: its canvas, and the outline that needs no script.

mod annotations;
mod canvas;
mod drawing;
mod edit;
mod gallery;
mod import;
mod inputs;
mod list;
mod moved;
mod new;
mod outputs;
mod rows_form;
mod run_form;
mod settings;
mod source_rows;
mod step;
mod tabs;
mod triggers;
mod versions;

pub use canvas::CanvasPage;
pub use drawing::{Drawing, Mark};
pub use edit::OutlinePage;
pub use list::WorkflowsPage;
pub use moved::CanvasMoved;
pub use new::NewWorkflowPage;
pub use triggers::{NewTriggerPage, TriggerPage, TriggersPage};
pub use versions::WorkflowVersionsPage;

use crate::components::{conflict::Conflict, field::FormError, form::Form};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

/// A part of the path: `param("org")` in `/:org/workflows`.
pub(crate) fn param(name: &'static str) -> Memo<String> {
    let params = use_params_map();
    Memo::new(move |_| params.with(|params| params.get(name).unwrap_or_default()))
}

/// A part of the query; empty where there is none.
pub(crate) fn query(name: &'static str) -> Memo<String> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| query.get(name).unwrap_or_default()))
}

/// What every form of a workflow's page needs to know.
#[derive(Clone)]
pub(crate) struct Editing {
    pub org: String,
    pub id: String,
    pub revision: i32,
    /// Told when something was saved, so that the page is read anew.
    pub saved: RwSignal<u32>,
}

impl Editing {
    /// The hidden fields: which workflow, and which revision was read.
    pub fn hidden(&self) -> impl IntoView + use<> {
        view! {
            <input type="hidden" name="org" value=self.org.clone() />
            <input type="hidden" name="id" value=self.id.clone() />
            <input type="hidden" name="revision" value=self.revision.to_string() />
        }
    }

    /// What a form that keeps something begins with: the hidden fields, what is wrong with it as a whole, and, where somebody else saved
    /// first, both states. `ours`: whether the refused form of this page load is this one.
    pub fn head(&self, form: Form, ours: bool) -> impl IntoView + use<> {
        // The revision that was read when the form was filled, not the newest: that is what tells that it is late.
        let revision = if ours { form.value("revision", self.revision.to_string()) } else { self.revision.to_string() };
        let message = form.general_error();
        view! {
            <input type="hidden" name="org" value=self.org.clone() />
            <input type="hidden" name="id" value=self.id.clone() />
            <input type="hidden" name="revision" value=revision />
            <FormError message=Signal::derive(move || message.get().filter(|_| ours)) />
            {ours.then(|| view! { <Conflict form=form what="workflow" /> })}
        }
    }

    /// Reads the page anew once `action` has succeeded.
    pub fn watch<S>(&self, action: ServerAction<S>)
    where
        S: leptos::server_fn::ServerFn<Output = (), Error = crate::error::AppError> + Clone + Send + Sync + 'static,
        S::Error: Clone + Send + Sync + 'static,
    {
        let saved = self.saved;
        let value = action.value();
        Effect::new(move |_| {
            if value.with(|value| matches!(value, Some(Ok(())))) {
                saved.update(|count| *count += 1);
            }
        });
    }
}
