//! Keys that work on every page, and the overview of them behind `?`.

use super::{dialog::Dialog, navigation::DESTINATIONS};
use leptos::prelude::*;

/// The id of the overview, for buttons that open it.
pub const SHORTCUTS: &str = "shortcuts";

/// The overview.
#[component]
pub fn Shortcuts() -> impl IntoView {
    let row = |keys: Vec<String>, what: String| {
        view! {
            <div class="flex items-center justify-between gap-4 py-1">
                <dt>{what}</dt>
                <dd class="flex gap-1">{keys.into_iter().map(|key| view! { <kbd class="kbd">{key}</kbd> }).collect_view()}</dd>
            </div>
        }
    };
    view! {
        <Dialog id=SHORTCUTS title="Keyboard shortcuts">
            <dl class="divide-y divide-line">
                {row(vec!["Ctrl".to_owned(), "K".to_owned()], "Go anywhere, do anything (⌘ K on a Mac)".to_owned())}
                {row(vec!["/".to_owned()], "The same, with one key".to_owned())}
                {row(vec!["?".to_owned()], "This overview".to_owned())}
                {row(vec!["Esc".to_owned()], "Close what is open".to_owned())}
                {DESTINATIONS
                    .iter()
                    .map(|place| row(vec!["g".to_owned(), place.key.to_string()], format!("Go to {}", place.label.to_lowercase())))
                    .collect_view()}
            </dl>
        </Dialog>
    }
    .into_any()
}

/// What a key means, given the key before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortcut {
    Palette,
    Overview,
    /// Waits for the second key.
    Go,
    /// To this place in [`DESTINATIONS`].
    To(usize),
}

/// `after_go`: `g` was pressed just before. `typing`: the focus is where keys are text.
#[must_use]
pub fn shortcut(key: &str, command: bool, alt: bool, typing: bool, after_go: bool) -> Option<Shortcut> {
    if command && !alt && key.eq_ignore_ascii_case("k") {
        return Some(Shortcut::Palette);
    }
    if command || alt || typing {
        return None;
    }
    let place = || DESTINATIONS.iter().position(|place| key.chars().eq([place.key]));
    match key {
        _ if after_go && place().is_some() => place().map(Shortcut::To),
        "/" => Some(Shortcut::Palette),
        "?" => Some(Shortcut::Overview),
        "g" => Some(Shortcut::Go),
        _ => None,
    }
}

/// Listens for the keys as long as the component that calls this is there. `go` is called with the index of a place.
pub fn listen(go: impl Fn(usize) + Clone + Send + Sync + 'static) {
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| {
        use super::browser;
        use wasm_bindgen::JsCast;
        let go = go.clone();
        let went = StoredValue::new(0.0_f64);
        let keys = window_event_listener(leptos::ev::keydown, move |event| {
            let typing = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()).is_some_and(|element| {
                matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
                    || element.closest("[contenteditable]").ok().flatten().is_some()
            });
            let after_go = js_sys::Date::now() - went.get_value() < 1500.0;
            let Some(shortcut) = shortcut(&event.key(), event.ctrl_key() || event.meta_key(), event.alt_key(), typing, after_go) else {
                return;
            };
            event.prevent_default();
            went.set_value(if shortcut == Shortcut::Go { js_sys::Date::now() } else { 0.0 });
            match shortcut {
                Shortcut::Palette => browser::dialog(super::palette::PALETTE, true),
                Shortcut::Overview => browser::dialog(SHORTCUTS, true),
                Shortcut::Go => {}
                Shortcut::To(index) => go(index),
            }
        });
        let clicks = window_event_listener(leptos::ev::click, |event: leptos::ev::MouseEvent| {
            let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
            if let Some(target) = &target {
                browser::follow_command(&event, target);
            }
            // A link in a menu leads away: its menu closes too.
            let link = target.as_ref().is_some_and(|target| target.closest("a").ok().flatten().is_some());
            browser::close_menus(if link { None } else { target.as_deref() });
        });
        let escape = window_event_listener(leptos::ev::keyup, |event| {
            if event.key() == "Escape" {
                browser::close_menus(None);
            }
        });
        on_cleanup(move || {
            keys.remove();
            clicks.remove();
            escape.remove();
        });
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = go;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_text_where_somebody_types() {
        assert_eq!(shortcut("?", false, false, true, false), None);
        assert_eq!(shortcut("t", false, false, true, true), None);
        assert_eq!(shortcut("k", true, false, true, false), Some(Shortcut::Palette));
    }

    #[test]
    fn g_and_then_a_letter_goes_there() {
        assert_eq!(shortcut("g", false, false, false, false), Some(Shortcut::Go));
        assert_eq!(shortcut("t", false, false, false, true), Some(Shortcut::To(1)));
        assert_eq!(shortcut("t", false, false, false, false), None);
        assert_eq!(shortcut("t", true, false, false, true), None);
    }
}
