//! Workflows: the list, a new one, and the page that a workflow is made and run on.

mod drawing;
mod edit;
mod inputs;
mod list;
mod new;
mod outputs;
mod rows_form;
mod run_form;
mod settings;
mod source_rows;
mod step;

pub use drawing::{Drawing, Mark};
pub use edit::WorkflowPage;
pub use list::WorkflowsPage;
pub use new::NewWorkflowPage;

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
