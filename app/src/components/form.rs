//! A refused form never loses what was typed, and says at each field what is wrong, with and without JavaScript.
//!
//! With JavaScript the inputs stay on the page and the refusal comes from the action. Without it the server keeps a refused form for ten
//! minutes ([`Flash`]) and sends the browser back to the page with `?flash=<id>`, where the page is rendered with the values put back.

use super::toast::use_toasts;
use crate::error::AppError;
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

/// The name of the query value that names a refused form.
pub const FLASH_QUERY: &str = "flash";

/// A form that was refused before the WebAssembly arrived. Values of secret fields are never in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Flash {
    pub id: String,
    /// The server function it was sent to.
    pub path: String,
    pub values: Vec<(String, String)>,
    pub error: AppError,
}

/// The refused form of this page load, if there is one; the server's knowledge handed to the browser for hydration.
#[derive(Clone, Default)]
struct LoadedFlash(Option<Flash>);

/// Called once by `App`, inside no component of its own: reads what the server found for `?flash=`.
pub fn provide_flash() {
    let flash = SharedValue::new(use_context::<Flash>).into_inner();
    provide_context(LoadedFlash(flash));
}

/// What a form shows: values put back, and what is wrong with them. Cheap to copy into closures.
#[derive(Clone, Copy)]
pub struct Form {
    flash: StoredValue<Option<Flash>>,
    /// `None`: nothing was sent since the page was loaded.
    outcome: Signal<Option<Option<AppError>>>,
}

/// Ties a form to its action: `let form = use_form(action);`.
pub fn use_form<S>(action: ServerAction<S>) -> Form
where
    S: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
{
    let here = use_query_map().read_untracked().get(FLASH_QUERY);
    let flash = use_context::<LoadedFlash>()
        .and_then(|loaded| loaded.0)
        .filter(|flash| flash.path == S::PATH && here.as_deref() == Some(&flash.id));
    let value = action.value();
    let outcome = Signal::derive(move || value.with(|value| value.as_ref().map(|result| result.as_ref().err().cloned())));
    Form { flash: StoredValue::new(flash), outcome }
}

/// Says `text` whenever the action has succeeded. Without a script nobody hears it: there the new page says what it has.
pub fn say_when_done<S>(action: ServerAction<S>, text: &'static str)
where
    S: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
{
    let (toasts, value) = (use_toasts(), action.value());
    Effect::new(move |_| {
        if value.with(|value| matches!(value, Some(Ok(_)))) {
            toasts.success(text);
        }
    });
}

impl Form {
    /// What was typed into this field when the form was refused, else `default`.
    #[must_use]
    pub fn value(&self, name: &str, default: impl Into<String>) -> String {
        self.typed(name).unwrap_or_else(|| default.into())
    }

    /// All values of a field that may come more than once; `None` when no form was refused.
    #[must_use]
    pub fn values(&self, name: &str) -> Option<Vec<String>> {
        self.flash.with_value(|flash| {
            let flash = flash.as_ref()?;
            Some(flash.values.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect())
        })
    }

    /// Whether a checkbox was ticked when the form was refused (browsers leave out the others), else `default`.
    #[must_use]
    pub fn checked(&self, name: &str, default: bool) -> bool {
        self.flash.with_value(|flash| flash.as_ref().map_or(default, |flash| flash.values.iter().any(|(key, _)| key == name)))
    }

    /// Whether this page shows a form that was refused.
    #[must_use]
    pub fn was_refused(&self) -> bool {
        self.flash.with_value(Option::is_some)
    }

    /// What is wrong with this field.
    #[must_use]
    pub fn error(&self, name: &str) -> Signal<Option<String>> {
        let (form, name) = (*self, name.to_owned());
        Signal::derive(move || form.refusal().and_then(|error| error.0.field(&name).map(str::to_owned)))
    }

    /// What is wrong with the form as a whole.
    #[must_use]
    pub fn general_error(&self) -> Signal<Option<String>> {
        let form = *self;
        Signal::derive(move || form.refusal().map(|error| error.0.sentence().to_owned()))
    }

    /// The refusal as it is, for what is more than a sentence.
    #[must_use]
    pub fn problem(&self) -> Option<toolcrib::problem::Problem> {
        self.refusal().map(|error| *error.0)
    }

    /// The refusal itself, the newest one.
    fn refusal(&self) -> Option<AppError> {
        self.outcome.get().unwrap_or_else(|| self.flash.with_value(|flash| flash.as_ref().map(|flash| flash.error.clone())))
    }

    fn typed(&self, name: &str) -> Option<String> {
        self.flash.with_value(|flash| flash.as_ref()?.values.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()))
    }
}
