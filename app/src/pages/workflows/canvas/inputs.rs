//! The inputs of a workflow, as rows that are kept while they are typed.

use super::state::Editor;
use crate::components::icon::Icon;
use leptos::prelude::*;
use toolcrib::workflows::graph::{FieldKind, InputField, change::Change, validate::check_input_name};

/// What the workflow is given.
#[component]
pub(super) fn InputRows(editor: Editor) -> impl IntoView {
    let stored = Memo::new(move |_| {
        editor.version.track();
        editor.doc.with_value(|doc| doc.inputs().to_vec())
    });
    let fields = StoredValue::new(stored.get_untracked());
    // The rows are drawn anew when somebody else changed them, or there are more or fewer: one that is being typed in keeps the focus.
    let redrawn = RwSignal::new(0_u32);
    Effect::new(move |_| {
        let stored = stored.get();
        if fields.with_value(|fields| *fields != stored) {
            fields.set_value(stored);
            redrawn.update(|count| *count += 1);
        }
    });
    let wrong = RwSignal::new(None::<String>);
    let keep = move |next: Vec<InputField>| {
        let names: Vec<&String> = next.iter().map(|field| &field.name).collect();
        let double = names.iter().enumerate().any(|(index, name)| names[..index].contains(name));
        let refused = next.iter().find_map(|field| check_input_name(&field.name).err());
        match (double, refused) {
            (true, _) => wrong.set(Some("Two inputs have the same name.".to_owned())),
            (_, Some(message)) => wrong.set(Some(message.into())),
            _ => {
                wrong.set(None);
                if fields.with_value(Vec::len) != next.len() {
                    redrawn.update(|count| *count += 1);
                }
                fields.set_value(next.clone());
                editor.commit_quietly(Change::SetInputs(next), "Changed the inputs");
            }
        }
    };
    let edit = move |index: usize, change: &dyn Fn(&mut InputField)| {
        let mut next = fields.get_value();
        if let Some(field) = next.get_mut(index) {
            change(field);
        }
        keep(next);
    };
    let rows = move || {
        redrawn.track();
        fields
            .get_value()
            .into_iter()
            .enumerate()
            .map(|(index, field)| {
                let kinds = FieldKind::ALL
                    .into_iter()
                    .map(|kind| view! { <option value=kind.as_str() selected=kind == field.kind>{kind.as_str()}</option> })
                    .collect_view();
                view! {
                    <li class="flex flex-wrap items-center gap-2">
                        <input
                            class="field min-w-24 flex-1 font-mono"
                            aria-label=format!("Name of input {}", index + 1)
                            prop:value=field.name.clone()
                            autocomplete="off"
                            on:change=move |event| {
                                let name = event_target_value(&event).trim().to_owned();
                                edit(index, &|field| field.name.clone_from(&name));
                            }
                        />
                        <select
                            class="field w-28"
                            aria-label=format!("Type of {}", field.name)
                            on:change=move |event| {
                                let kind = FieldKind::parse(&event_target_value(&event)).unwrap_or_default();
                                edit(index, &|field| field.kind = kind);
                            }
                        >
                            {kinds}
                        </select>
                        <label class="flex items-center gap-1.5 text-xs">
                            <input
                                type="checkbox"
                                class="check mt-0"
                                prop:checked=field.required
                                on:change=move |event| {
                                    let required = event_target_checked(&event);
                                    edit(index, &|field| field.required = required);
                                }
                            />
                            "required"
                        </label>
                        <button
                            type="button"
                            class="btn btn-ghost btn-icon"
                            aria-label=format!("Remove {}", field.name)
                            on:click=move |_| {
                                let mut next = fields.get_value();
                                next.remove(index);
                                keep(next);
                            }
                        >
                            <Icon icon=icondata_lu::LuTrash2 />
                        </button>
                    </li>
                }
            })
            .collect_view()
    };
    let name = RwSignal::new(String::new());
    let add = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let field = InputField {
            name: name.get_untracked().trim().to_owned(),
            kind: FieldKind::String,
            required: false,
            description: String::new(),
            default: None,
        };
        let mut next = fields.get_value();
        next.push(field);
        keep(next);
        if wrong.with_untracked(Option::is_none) {
            name.set(String::new());
        }
    };
    view! {
        <section>
            <h2 class="mb-2 font-semibold">"What the workflow is given"</h2>
            <ul class="space-y-2">{rows}</ul>
            {move || wrong.get().map(|words| view! { <p class="mt-1 text-xs text-danger" role="alert">{words}</p> })}
            <form class="mt-3 flex gap-2" on:submit=add>
                <input class="field font-mono" aria-label="Name of a new input" placeholder="new_input" autocomplete="off" bind:value=name />
                <button class="btn btn-secondary">"Add input"</button>
            </form>
        </section>
    }
    .into_any()
}
