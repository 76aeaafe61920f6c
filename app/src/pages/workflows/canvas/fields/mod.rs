//! The form of a step, made from what it takes: each field fixed, filled by the agent, taken from another step, or made by an expression.
//! What is decided lies in `toolcrib::workflows::canvas::fields`; here it is drawn.

mod area;
mod draft;
mod each;
mod expression;
mod fixed;
mod kind;
mod list;
mod offers;
mod row;
mod settings;
mod shown;
mod step;
mod text;
mod variable;

pub(super) use draft::Draft;
pub(super) use kind::KindField;
pub(super) use list::FieldList;
pub(super) use settings::SettingsField;
pub(super) use step::{StepData, is_open};
pub(super) use variable::source_words;

use super::state::Editor;
use crate::api::workflows::{get_samples, variables_in_runs};
use leptos::prelude::*;
use toolcrib::{variables::InRuns, workflows::canvas::fields::preview::Samples};

/// What the form knows besides the draft itself.
#[derive(Clone, Copy)]
pub(super) struct Fields {
    /// What steps gave last.
    pub samples: RwSignal<Samples>,
    /// The variables that texts may name.
    pub variables: RwSignal<Vec<InRuns>>,
    /// The step whose title is being written on its card.
    pub renaming: RwSignal<Option<String>>,
    /// The step whose mapping view is open.
    pub mapping: RwSignal<Option<String>>,
    /// A field of the chosen step that the panel should go to.
    pub wanted: RwSignal<Option<String>>,
    asked: StoredValue<bool>,
}

impl Fields {
    pub fn new() -> Self {
        Self {
            samples: RwSignal::new(Samples::default()),
            variables: RwSignal::new(Vec::new()),
            renaming: RwSignal::new(None),
            mapping: RwSignal::new(None),
            wanted: RwSignal::new(None),
            asked: StoredValue::new(false),
        }
    }

    /// Asks for what the steps gave last: after a run ended, or a pin was set.
    pub fn refresh(self, editor: Editor) {
        self.asked.set_value(true);
        let (org, id) = (editor.org.get_value(), editor.id.get_value());
        leptos::task::spawn_local(async move {
            match get_samples(org, id).await {
                Ok(found) => {
                    self.samples.try_update(|samples| *samples = found);
                }
                // Previews say that there is no data; asked again with the next step that is chosen.
                Err(_) => {
                    self.asked.try_set_value(false);
                }
            }
        });
    }

    /// The same, if it was never asked for.
    pub fn ask_once(self, editor: Editor) {
        if !self.asked.get_value() {
            self.refresh(editor);
        }
        if self.variables.with_untracked(Vec::is_empty) {
            let org = editor.org.get_value();
            leptos::task::spawn_local(async move {
                // Without them none is offered; asked again with the next step that is chosen.
                if let Ok(known) = variables_in_runs(org).await {
                    self.variables.try_set(known);
                }
            });
        }
    }
}
