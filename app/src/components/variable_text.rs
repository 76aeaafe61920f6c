//! Text with `{{variables}}`: shown as badges with their meaning as one types, completed after `{{`, unknown ones marked. Without a script it
//! is a plain field, and the badges are those of what was saved.

use super::{
    field::{FieldFrame, textarea_html},
    icon::Icon,
};
use leptos::{html::Textarea, prelude::*};
use toolcrib::{
    tools::template,
    variables::{Known, canonical, is_known},
};

/// The variables named in `text`, each once, in order.
fn named(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for name in template::names(text, false) {
        if !found.contains(&name) {
            found.push(name);
        }
    }
    found
}

/// What of a variable's name stands before the caret, where one is being typed: `Hi {{call` → `call`.
#[cfg(any(feature = "hydrate", test))]
fn asked(before: &str) -> Option<&str> {
    let name = &before[before.rfind("{{")? + 2..];
    name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-')).then_some(name)
}

fn matching(variables: &[Known], asked: &str) -> Vec<Known> {
    let asked = asked.to_lowercase();
    let mut found: Vec<Known> = variables.iter().filter(|one| one.name.contains(&asked)).cloned().collect();
    found.sort_by_key(|one| !one.name.starts_with(&asked));
    found.truncate(8);
    found
}

/// The text up to the caret and after it.
#[cfg(feature = "hydrate")]
fn around_caret(area: &web_sys::HtmlTextAreaElement) -> (String, String) {
    let units: Vec<u16> = area.value().encode_utf16().collect();
    let caret = area.selection_start().ok().flatten().map_or(units.len(), |at| at as usize).min(units.len());
    (String::from_utf16_lossy(&units[..caret]), String::from_utf16_lossy(&units[caret..]))
}

/// Puts the chosen name in place of what was typed of it, and tells whoever listens.
fn complete(area: NodeRef<Textarea>, name: &str) {
    #[cfg(feature = "hydrate")]
    if let Some(area) = area.get_untracked() {
        let (before, after) = around_caret(&area);
        let start = before.rfind("{{").unwrap_or(before.len());
        let head = format!("{}{{{{{name}}}}}", &before[..start]);
        let caret = u32::try_from(head.encode_utf16().count()).unwrap_or(0);
        area.set_value(&format!("{head}{}", after.strip_prefix("}}").unwrap_or(&after)));
        let _ = area.set_selection_range(caret, caret);
        let init = web_sys::EventInit::new();
        init.set_bubbles(true);
        if let Ok(event) = web_sys::Event::new_with_event_init_dict("input", &init) {
            let _ = area.dispatch_event(&event);
        }
        let _ = area.focus();
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (area, name);
}

#[component]
pub fn VariableText(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    #[prop(into)] value: String,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] hint: String,
    #[prop(default = 3)] rows: u32,
    #[prop(optional)] mono: bool,
    #[prop(optional)] required: bool,
    #[prop(optional, into)] placeholder: Option<String>,
    variables: StoredValue<Vec<Known>>,
) -> impl IntoView {
    let id = format!("f-{}", name.replace(['[', ']', '.', '/', ' '], "-"));
    let list_id = format!("{id}-variables");
    let option_id = {
        let id = id.clone();
        move |index: usize| format!("{id}-variable-{index}")
    };
    let area = NodeRef::<Textarea>::new();
    let typed = RwSignal::new(value.clone());
    let partial = RwSignal::new(None::<String>);
    let active = RwSignal::new(0_usize);
    let offered = Memo::new(move |_| {
        partial.with(|partial| partial.as_ref().map(|partial| variables.with_value(|known| matching(known, partial))).unwrap_or_default())
    });
    let look = move || {
        #[cfg(feature = "hydrate")]
        if let Some(area) = area.get_untracked() {
            let (before, _) = around_caret(&area);
            partial.set(asked(&before).map(str::to_owned));
        }
    };
    let pick = move |index: usize| {
        if let Some(one) = offered.with_untracked(|offered| offered.get(index).cloned()) {
            complete(area, &one.name);
        }
        partial.set(None);
    };
    let keys = move |event: leptos::ev::KeyboardEvent| {
        let count = offered.with_untracked(Vec::len);
        if count == 0 {
            return;
        }
        match event.key().as_str() {
            "ArrowDown" => active.update(|active| *active = (*active + 1) % count),
            "ArrowUp" => active.update(|active| *active = (*active + count - 1) % count),
            "Enter" | "Tab" => pick(active.get_untracked()),
            "Escape" => partial.set(None),
            _ => return,
        }
        event.prevent_default();
    };
    let (hint_id, error_id, has_hint) = (format!("{id}-hint"), format!("{id}-error"), !hint.is_empty());
    let described = move || match (has_hint, error.with(Option::is_some)) {
        (true, true) => Some(format!("{error_id} {hint_id}")),
        (true, false) => Some(hint_id.clone()),
        (false, true) => Some(error_id.clone()),
        (false, false) => None,
    };
    let active_id = option_id.clone();
    let listed = list_id.clone();
    view! {
        <FieldFrame id=id.clone() label=label hint=hint error=error required=required>
            <div class="relative">
                <textarea
                    node_ref=area
                    id=id.clone()
                    name=name
                    rows=rows
                    class=if mono { "field font-mono text-sm" } else { "field" }
                    required=required
                    placeholder=placeholder
                    autocomplete="off"
                    spellcheck=mono.then_some("false")
                    aria-autocomplete="list"
                    aria-controls=list_id
                    aria-activedescendant=move || (!offered.with(Vec::is_empty)).then(|| active_id(active.get()))
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                    aria-describedby=described
                    inner_html=textarea_html(&value)
                    on:input=move |event| {
                        typed.set(event_target_value(&event));
                        active.set(0);
                        look();
                    }
                    on:keydown=keys
                    on:blur=move |_| partial.set(None)
                />
                <ul id=listed role="listbox" aria-label="Variables" class="panel absolute top-full right-0 left-0 z-20 -mt-1 p-1 shadow-pop empty:hidden">
                    {move || {
                        let option_id = option_id.clone();
                        offered
                            .get()
                            .into_iter()
                            .enumerate()
                            .map(move |(index, one)| {
                                view! {
                                    <li
                                        id=option_id(index)
                                        role="option"
                                        class="menu-item cursor-pointer flex-wrap gap-x-3 gap-y-0"
                                        aria-selected=move || if active.get() == index { "true" } else { "false" }
                                        on:mousedown=move |event| {
                                            event.prevent_default();
                                            pick(index);
                                        }
                                    >
                                        <span class="font-mono text-sm">{one.name}</span>
                                        <span class="text-xs text-muted">{one.description}</span>
                                    </li>
                                }
                            })
                            .collect_view()
                    }}
                </ul>
            </div>
        </FieldFrame>
        <ul aria-live="polite" aria-label="Variables in this text" class="mt-1 space-y-1 empty:hidden">
            {move || {
                typed
                    .with(|text| named(text))
                    .into_iter()
                    .map(|name| {
                        let known = variables.with_value(|known| {
                            is_known(&name, known).then(|| known.iter().find(|one| one.name == canonical(&name)).map(|one| one.description.clone()).unwrap_or_default())
                        });
                        match known {
                            Some(description) => view! {
                                <li class="flex flex-wrap items-center gap-x-2 gap-y-0.5 text-xs">
                                    <span class="inline-flex items-center gap-1 rounded-sm bg-info-soft px-1.5 py-0.5 font-mono font-medium text-info">
                                        <Icon icon=icondata_lu::LuBraces size=12 />
                                        {name}
                                    </span>
                                    <span class="text-muted">{description}</span>
                                </li>
                            }
                                .into_any(),
                            None => view! {
                                <li class="flex flex-wrap items-center gap-x-2 gap-y-0.5 text-xs" data-unknown-variable="">
                                    <span class="inline-flex items-center gap-1 rounded-sm bg-danger-soft px-1.5 py-0.5 font-mono font-medium text-danger">
                                        <Icon icon=icondata_lu::LuCircleAlert size=12 />
                                        {name}
                                    </span>
                                    <span class="text-danger">"There is no such variable. Choose another, or declare it under Settings."</span>
                                </li>
                            }
                                .into_any(),
                        }
                    })
                    .collect_view()
            }}
        </ul>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_asked_for_only_inside_open_braces() {
        assert_eq!(asked("Hi {{call"), Some("call"));
        assert_eq!(asked("Hi {{"), Some(""));
        assert_eq!(asked("Hi {{caller}} and"), None);
        assert_eq!(asked("Hi { call"), None);
        assert_eq!(asked("{{a b"), None);
    }

    #[test]
    fn what_begins_with_it_comes_first() {
        let known: Vec<Known> =
            ["is_called", "called_at", "other"].iter().map(|name| Known { name: (*name).into(), description: String::new() }).collect();
        assert_eq!(matching(&known, "call").iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["called_at", "is_called"]);
    }
}
