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

/// Counts what an action did; a refusal does not count, so that the page, and with it what was typed, stays as it is.
pub fn successes<S>(action: ServerAction<S>) -> Memo<usize>
where
    S: ServerFn + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
    S::Error: Send + Sync + 'static,
{
    let (value, version) = (action.value(), action.version());
    Memo::new(move |before: Option<&usize>| {
        let now = version.get();
        if value.with(|value| matches!(value, Some(Ok(_)))) { now } else { before.copied().unwrap_or_default() }
    })
}

/// Every row of a list has a form of one action. A refusal belongs to the row whose form was sent, and is shown there only.
#[derive(Clone, Copy)]
pub struct RowForms {
    form: Form,
    /// The fields that say which row it is.
    fields: &'static [&'static str],
    /// Which row's form was sent last, by a script.
    sent: RwSignal<Option<String>>,
}

/// Ties the forms of a list to their action: `let forms = use_row_forms(action, &["id"]);` outside of the rows, and in each row
/// `let form = forms.of(&id);` and around the form `on:submit=forms.sending(&id)`. Where several fields say which row it is, `~` joins their values.
pub fn use_row_forms<S>(action: ServerAction<S>, fields: &'static [&'static str]) -> RowForms
where
    S: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
{
    RowForms { form: use_form(action), fields, sent: RwSignal::new(None) }
}

impl RowForms {
    /// The form of one row.
    #[must_use]
    pub fn of(&self, row: &str) -> Form {
        let flash = self.form.flash.with_value(|flash| {
            let value = |flash: &Flash, name: &str| flash.values.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
            let whose = |flash: &Flash| self.fields.iter().map(|name| value(flash, name).unwrap_or_default()).collect::<Vec<_>>().join("~");
            flash.as_ref().filter(|flash| whose(flash) == row).cloned()
        });
        let (whole, sent, row) = (self.form.outcome, self.sent, row.to_owned());
        let outcome = Signal::derive(move || if sent.with(|sent| sent.as_ref() == Some(&row)) { whole.get() } else { None });
        Form { flash: StoredValue::new(flash), outcome }
    }

    /// Notes that this row's form is sent.
    pub fn sending<E>(&self, row: &str) -> impl Fn(E) + use<E> {
        let (sent, row) = (self.sent, row.to_owned());
        move |_| sent.set(Some(row.clone()))
    }
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

    /// What a map of fields (`replace[…]`) held when the form was refused.
    #[must_use]
    pub fn replaced(&self) -> std::collections::BTreeMap<String, String> {
        self.flash.with_value(|flash| {
            let values = flash.as_ref().map(|flash| flash.values.as_slice()).unwrap_or_default();
            let key = |name: &str| name.strip_prefix("replace[").and_then(|rest| rest.strip_suffix(']')).map(str::to_owned);
            values.iter().filter_map(|(name, value)| Some((key(name)?, value.clone()))).collect()
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
