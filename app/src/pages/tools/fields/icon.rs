//! The choice of an icon: all of them at a glance, as radio buttons, so that keyboard and plain HTML do.

use super::super::cells::{icon_named, kind_icon};
use crate::components::{field::FieldError, icon::Icon};
use leptos::prelude::*;
use toolcrib::tools::{ICONS, Kind};

#[component]
pub fn IconField(kind: Kind, value: String, error: Signal<Option<String>>) -> impl IntoView {
    let choice = |name: &str, label: String, icon: icondata_core::Icon| {
        let chosen = value == name;
        let title = label.clone();
        view! {
            <label
                title=title
                class="inline-flex size-8 cursor-pointer items-center justify-center rounded-md border border-line hover:bg-hover has-[:checked]:border-accent has-[:checked]:bg-accent-soft has-[:checked]:text-accent has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-accent"
            >
                <input type="radio" name="form[icon]" value=name.to_owned() checked=chosen class="sr-only" />
                <Icon icon=icon />
                <span class="sr-only">{label}</span>
            </label>
        }
    };
    let first = choice("", format!("As every {} tool", kind.label()), kind_icon(kind));
    let others: Vec<_> = ICONS.iter().filter_map(|name| icon_named(name).map(|icon| choice(name, name.replace('-', " "), icon))).collect();
    view! {
        <details>
            <summary class="cursor-pointer font-medium">"Icon"</summary>
            <fieldset class="mt-2">
                <legend class="sr-only">"Icon"</legend>
                <div class="flex max-w-xl flex-wrap gap-1">{first} {others}</div>
                <FieldError id="f-icon-error" error=error />
            </fieldset>
        </details>
    }
    .into_any()
}
