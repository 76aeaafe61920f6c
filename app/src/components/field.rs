//! Fields of forms. Each has a visible label, says what is expected, and carries its own error.

use super::{browser, icon::Icon};
use leptos::prelude::*;

/// Text as it may stand between two tags.
#[must_use]
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Text as the inner HTML of a `<textarea>`. A parsed page drops one leading line break, so the server puts one in front; what a script
/// sets as inner HTML stays as it is.
#[must_use]
pub fn textarea_html(text: &str) -> String {
    format!("{}{}", if cfg!(feature = "ssr") { "\n" } else { "" }, escape(text))
}

/// What belongs to every field: ids that tie label, hint and error to the control.
#[derive(Clone)]
struct Parts {
    id: String,
    hint_id: String,
    error_id: String,
    has_hint: bool,
    error: Signal<Option<String>>,
}

impl Parts {
    fn new(id: &str, name: &str, hint: &str, error: Signal<Option<String>>) -> Self {
        let id = if id.is_empty() { format!("f-{}", name.replace(['[', ']', '.', '/', ' '], "-")) } else { id.to_owned() };
        Self { hint_id: format!("{id}-hint"), error_id: format!("{id}-error"), id, has_hint: !hint.is_empty(), error }
    }

    fn described_by(&self) -> impl Fn() -> Option<String> + Clone + Send + Sync + use<> {
        let this = self.clone();
        move || {
            let error = this.error.with(Option::is_some);
            match (this.has_hint, error) {
                (true, true) => Some(format!("{} {}", this.error_id, this.hint_id)),
                (true, false) => Some(this.hint_id.clone()),
                (false, true) => Some(this.error_id.clone()),
                (false, false) => None,
            }
        }
    }

    fn invalid(&self) -> impl Fn() -> Option<&'static str> + Clone + Send + Sync + use<> {
        let error = self.error;
        move || error.with(Option::is_some).then_some("true")
    }
}

/// Label above, error and hint below. For controls of your own: give the control the id `f-{name}`.
#[component]
pub fn FieldFrame(
    #[prop(into)] id: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional)] required: bool,
    #[prop(optional, into)] class: String,
    children: Children,
) -> impl IntoView {
    let hint_id = format!("{id}-hint");
    let error_id = format!("{id}-error");
    view! {
        <div class=format!("min-w-0 {class}")>
            <label for=id class="mb-1 flex items-baseline gap-1.5 font-medium">
                {label}
                {(!required).then(|| view! { <span class="text-xs font-normal text-muted">"optional"</span> })}
            </label>
            {children()}
            <FieldError id=error_id error=error />
            {(!hint.is_empty()).then(|| view! { <p id=hint_id class="mt-1 text-xs text-muted">{hint}</p> })}
        </div>
    }
    .into_any()
}

/// The message at a field; announced when it appears.
#[component]
pub fn FieldError(#[prop(into)] id: String, #[prop(into)] error: Signal<Option<String>>) -> impl IntoView {
    view! {
        <div id=id role="alert" class="empty:hidden">
            {move || {
                error
                    .get()
                    .map(|message| {
                        view! {
                            <p class="mt-1 flex items-start gap-1.5 text-xs text-danger">
                                <Icon icon=icondata_lu::LuCircleAlert size=14 class="mt-px" />
                                <span>{message}</span>
                            </p>
                        }
                    })
            }}
        </div>
    }
    .into_any()
}

/// What is wrong with the form as a whole.
#[component]
pub fn FormError(#[prop(into)] message: Signal<Option<String>>) -> impl IntoView {
    view! {
        <div role="alert" class="empty:hidden">
            {move || {
                message
                    .get()
                    .map(|message| {
                        view! {
                            <p class="flex items-start gap-2 rounded-md bg-danger-soft px-3 py-2 text-danger">
                                <Icon icon=icondata_lu::LuCircleAlert class="mt-0.5" />
                                <span>{message}</span>
                            </p>
                        }
                    })
            }}
        </div>
    }
    .into_any()
}

/// One line of text. `value` sets what stands there at first; what somebody types is never overwritten.
#[component]
pub fn TextField(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    #[prop(optional, into)] value: Signal<String>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] hint: String,
    #[prop(default = "text")] type_: &'static str,
    #[prop(optional)] required: bool,
    #[prop(optional)] mono: bool,
    #[prop(optional, into)] placeholder: Option<String>,
    #[prop(optional, into)] autocomplete: Option<String>,
    #[prop(optional, into)] id: String,
    #[prop(optional, into)] class: String,
    #[prop(optional)] autofocus: bool,
) -> impl IntoView {
    let parts = Parts::new(&id, &name, &hint, error);
    view! {
        <FieldFrame id=parts.id.clone() label=label hint=hint error=error required=required class=class>
            <input
                id=parts.id.clone()
                name=name
                type=type_
                class=if mono { "field font-mono" } else { "field" }
                value=move || value.get()
                required=required
                placeholder=placeholder
                autocomplete=autocomplete.unwrap_or_else(|| "off".to_owned())
                autofocus=autofocus
                aria-invalid=parts.invalid()
                aria-describedby=parts.described_by()
            />
        </FieldFrame>
    }
    .into_any()
}

/// Several lines of text; `mono` for code and JSON.
#[component]
pub fn TextArea(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    #[prop(optional, into)] value: Signal<String>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] hint: String,
    #[prop(default = 4)] rows: u32,
    #[prop(optional)] mono: bool,
    #[prop(optional)] required: bool,
    #[prop(optional, into)] placeholder: Option<String>,
    #[prop(optional, into)] id: String,
    #[prop(optional, into)] class: String,
    /// `python`, `shell` or `json`: with JavaScript a code editor stands in for the field.
    #[prop(optional)]
    editor: &'static str,
    /// Lines the editor marks: JSON `[{"line", "message"}]`.
    #[prop(optional, into)]
    marks: String,
) -> impl IntoView {
    let parts = Parts::new(&id, &name, &hint, error);
    let editor = (!editor.is_empty()).then_some(editor);
    Effect::new(move |_| {
        if editor.is_some() {
            browser::load_module("/editor/editor.js");
        }
    });
    view! {
        <FieldFrame id=parts.id.clone() label=label hint=hint error=error required=required class=class>
            // As inner HTML: a text node would be filled with a space where the value is empty.
            <textarea
                id=parts.id.clone()
                name=name
                rows=rows
                class=if mono { "field font-mono text-sm whitespace-pre overflow-x-auto" } else { "field" }
                required=required
                placeholder=placeholder
                spellcheck=mono.then_some("false")
                data-editor=editor
                data-editor-errors=(!marks.is_empty()).then_some(marks)
                autocomplete="off"
                aria-invalid=parts.invalid()
                aria-describedby=parts.described_by()
                inner_html=move || textarea_html(&value.get())
            />
        </FieldFrame>
    }
    .into_any()
}

/// One of some known values.
#[component]
pub fn SelectField(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    /// (value, label)
    options: Vec<(String, String)>,
    #[prop(optional, into)] value: Signal<String>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] hint: String,
    #[prop(default = true)] required: bool,
    #[prop(optional, into)] id: String,
    #[prop(optional, into)] class: String,
) -> impl IntoView {
    let parts = Parts::new(&id, &name, &hint, error);
    let options = options
        .into_iter()
        .map(|(option, label)| {
            let this = option.clone();
            view! {
                <option value=option selected=move || value.with(|value| *value == this)>
                    {label}
                </option>
            }
        })
        .collect_view();
    view! {
        <FieldFrame id=parts.id.clone() label=label hint=hint error=error required=required class=class>
            <select
                id=parts.id.clone()
                name=name
                class="field"
                required=required
                aria-invalid=parts.invalid()
                aria-describedby=parts.described_by()
            >
                {options}
            </select>
        </FieldFrame>
    }
    .into_any()
}

/// Yes or no. Sends `value` ("true" unless told) when checked, nothing otherwise.
#[component]
pub fn Checkbox(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    #[prop(optional, into)] checked: Signal<bool>,
    #[prop(optional, into)] hint: String,
    #[prop(default = "true".to_owned(), into)] value: String,
    #[prop(optional, into)] id: String,
    #[prop(optional)] disabled: bool,
) -> impl IntoView {
    let id = match (id.is_empty(), value.as_str()) {
        (false, _) => id,
        (true, "true") => format!("f-{name}"),
        (true, value) => format!("f-{name}-{value}"),
    };
    let hint_id = format!("{id}-hint");
    let described_by = (!hint.is_empty()).then(|| hint_id.clone());
    view! {
        <div class="flex items-start gap-2">
            <input
                id=id.clone()
                name=name
                type="checkbox"
                value=value
                class="check"
                checked=move || checked.get()
                disabled=disabled
                aria-describedby=described_by
            />
            <div class="min-w-0">
                <label for=id>{label}</label>
                {(!hint.is_empty()).then(|| view! { <p id=hint_id class="text-xs text-muted">{hint}</p> })}
            </div>
        </div>
    }
    .into_any()
}
