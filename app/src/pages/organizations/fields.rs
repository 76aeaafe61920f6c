//! Name and address of an organization. The address follows the name while one types, until one changes it oneself.

use crate::components::field::{FieldFrame, TextField};
use leptos::prelude::*;
use toolcrib::organizations::slug_from;

#[component]
pub fn OrganizationFields(
    name_field: &'static str,
    slug_field: &'static str,
    #[prop(into)] name: Signal<String>,
    #[prop(into)] name_error: Signal<Option<String>>,
    #[prop(into)] slug: Signal<String>,
    #[prop(into)] slug_error: Signal<Option<String>>,
) -> impl IntoView {
    let proposed = RwSignal::new(None::<String>);
    let touched = RwSignal::new(false);
    let propose = move |event: leptos::ev::Event| {
        if !touched.get_untracked() {
            proposed.set(Some(slug_from(&event_target_value(&event))));
        }
    };
    let shown_slug = Signal::derive(move || proposed.get().unwrap_or_else(|| slug.get()));
    let id = format!("f-{slug_field}");
    let described = format!("{id}-error {id}-hint");
    view! {
        <TextField label="Organization name" name=name_field value=name error=name_error required=true autocomplete="organization" on:input=propose />
        <FieldFrame
            id=id.clone()
            label="Address"
            hint="Stands in every link: lowercase letters, digits and hyphens. Made from the name if left empty; it cannot be changed later."
            error=slug_error
        >
            <input
                id=id.clone()
                name=slug_field
                class="field font-mono"
                autocomplete="off"
                value=move || slug.get()
                prop:value=move || shown_slug.get()
                on:input=move |event| {
                    touched.set(true);
                    proposed.set(Some(event_target_value(&event)));
                }
                aria-invalid=move || slug_error.with(Option::is_some).then_some("true")
                aria-describedby=described
            />
        </FieldFrame>
    }
}
