//! A choice among many, found by typing. Without a script it is a plain select.

use super::{field::FieldFrame, icon::Icon};
use leptos::prelude::*;

/// Options whose label holds every word that was typed.
fn matching(options: &[(String, String)], text: &str) -> Vec<(String, String)> {
    let text = text.to_lowercase();
    options
        .iter()
        .filter(|(_, label)| {
            let label = label.to_lowercase();
            text.split_whitespace().all(|word| label.contains(word))
        })
        .cloned()
        .collect()
}

/// Sends the value of the chosen option under `name`.
#[component]
pub fn Combobox(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    /// (value, label)
    options: Vec<(String, String)>,
    #[prop(optional, into)] value: String,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] hint: String,
    #[prop(default = true)] required: bool,
    #[prop(optional, into)] placeholder: String,
) -> impl IntoView {
    let id = format!("f-{name}");
    let list_id = format!("{id}-list");
    let item_id = {
        let id = id.clone();
        move |index: usize| format!("{id}-{index}")
    };
    // The select is rendered on the server; the page swaps it once it listens.
    let listening = RwSignal::new(false);
    Effect::new(move |_| listening.set(true));
    // Where something has to be chosen, the select's first line (“Choose a tool”) is no choice: here the placeholder says it.
    let choices = StoredValue::new(options.iter().filter(|(value, _)| !(required && value.is_empty())).cloned().collect::<Vec<_>>());
    let options = StoredValue::new(options);
    let chosen = RwSignal::new(value);
    let label_of = move |value: &str| {
        choices
            .with_value(|choices| choices.iter().find(|(option, _)| option == value).map_or_else(String::new, |(_, label)| label.clone()))
    };
    let text = RwSignal::new(label_of(&chosen.get_untracked()));
    let typed = RwSignal::new(false);
    let open = RwSignal::new(false);
    let active = RwSignal::new(0_usize);
    let shown =
        Memo::new(move |_| choices.with_value(|choices| if typed.get() { matching(choices, &text.get()) } else { choices.clone() }));
    let pick = move |index: usize| {
        if let Some((value, label)) = shown.with_untracked(|shown| shown.get(index).cloned()) {
            chosen.set(value);
            text.set(label);
        }
        typed.set(false);
        open.set(false);
    };
    let leave = move |_| {
        // What is no option falls back to the last choice.
        text.set(label_of(&chosen.get_untracked()));
        typed.set(false);
        open.set(false);
    };
    let keys = move |event: leptos::ev::KeyboardEvent| {
        let count = shown.with_untracked(Vec::len);
        match event.key().as_str() {
            "ArrowDown" | "ArrowUp" if !open.get_untracked() => open.set(true),
            "ArrowDown" if count > 0 => active.update(|active| *active = (*active + 1) % count),
            "ArrowUp" if count > 0 => active.update(|active| *active = (*active + count - 1) % count),
            "Enter" if open.get_untracked() => pick(active.get_untracked()),
            "Escape" if open.get_untracked() => leave(()),
            _ => return,
        }
        event.prevent_default();
    };
    let (select_id, select_name, field_id) = (id.clone(), name.clone(), id.clone());
    let error_id = format!("{id}-error");
    let described = move || error.with(Option::is_some).then(|| error_id.clone());
    let invalid = move || error.with(Option::is_some).then_some("true");
    view! {
        <FieldFrame id=field_id label=label.clone() hint=hint error=error required=required>
            {move || {
                let item_id = item_id.clone();
                if listening.get() {
                    let (list_id, described) = (list_id.clone(), described.clone());
                    let active_id = item_id.clone();
                    view! {
                        <div class="relative">
                            <input type="hidden" name=name.clone() prop:value=move || chosen.get() />
                            <input
                                id=id.clone()
                                type="text"
                                role="combobox"
                                class="field pr-8"
                                autocomplete="off"
                                placeholder=placeholder.clone()
                                aria-autocomplete="list"
                                aria-controls=list_id.clone()
                                aria-expanded=move || if open.get() { "true" } else { "false" }
                                aria-activedescendant=move || open.get().then(|| active_id(active.get()))
                                aria-invalid=invalid
                                aria-describedby=described
                                prop:value=move || text.get()
                                on:focus=move |_| open.set(true)
                                on:click=move |_| open.set(true)
                                on:blur=move |_| leave(())
                                on:keydown=keys
                                on:input=move |event| {
                                    text.set(event_target_value(&event));
                                    typed.set(true);
                                    active.set(0);
                                    open.set(true);
                                }
                            />
                            <Icon
                                icon=icondata_lu::LuChevronsUpDown
                                class="pointer-events-none absolute top-2 right-2 text-muted"
                            />
                            <ul
                                id=list_id
                                role="listbox"
                                aria-label=label.clone()
                                class="absolute z-30 mt-1 max-h-64 w-full overflow-y-auto rounded-md bg-raised p-1 shadow-pop"
                                hidden=move || !open.get()
                            >
                                {move || {
                                    let shown = shown.get();
                                    if shown.is_empty() {
                                        return view! { <li class="px-2 py-1.5 text-muted">"Nothing matches"</li> }.into_any();
                                    }
                                    shown
                                        .into_iter()
                                        .enumerate()
                                        .map(|(index, (value, label))| {
                                            view! {
                                                <li
                                                    id=item_id(index)
                                                    role="option"
                                                    class="menu-item cursor-pointer"
                                                    aria-selected=move || if active.get() == index { "true" } else { "false" }
                                                    // Before the blur, which would put the list away.
                                                    on:mousedown=move |event| {
                                                        event.prevent_default();
                                                        pick(index);
                                                    }
                                                >
                                                    <span class="min-w-0 flex-1 truncate">{label}</span>
                                                    {move || {
                                                        (chosen.get() == value)
                                                            .then(|| view! { <Icon icon=icondata_lu::LuCheck class="text-accent" /> })
                                                    }}
                                                </li>
                                            }
                                        })
                                        .collect_view()
                                        .into_any()
                                }}
                            </ul>
                        </div>
                    }
                        .into_any()
                } else {
                    let options = options.get_value();
                    view! {
                        <select
                            id=select_id.clone()
                            name=select_name.clone()
                            class="field"
                            required=required
                            aria-invalid=invalid
                            aria-describedby=described.clone()
                        >
                            {options
                                .into_iter()
                                .map(|(value, label)| {
                                    let selected = value == chosen.get_untracked();
                                    view! {
                                        <option value=value selected=selected>
                                            {label}
                                        </option>
                                    }
                                })
                                .collect_view()}
                        </select>
                    }
                        .into_any()
                }
            }}
        </FieldFrame>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::matching;

    #[test]
    fn options_are_found_by_any_words_of_their_label() {
        let options: Vec<(String, String)> =
            [("1", "Load CSV data"), ("2", "Generate report")].map(|(v, l)| (v.to_owned(), l.to_owned())).to_vec();
        assert_eq!(matching(&options, "data load").len(), 1);
        assert_eq!(matching(&options, "").len(), 2);
        assert!(matching(&options, "tool").is_empty());
    }
}
