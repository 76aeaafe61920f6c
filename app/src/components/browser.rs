//! What only a browser can do, behind functions that do nothing on the server: pages call them from effects and event handlers.

use chrono::{DateTime, Utc};

/// Now: the server's clock while rendering, the reader's in the browser.
#[must_use]
pub fn now() -> Option<DateTime<Utc>> {
    #[cfg(feature = "hydrate")]
    {
        #[allow(clippy::cast_possible_truncation)]
        return DateTime::from_timestamp_millis(js_sys::Date::now() as i64);
    }
    #[cfg(all(feature = "ssr", not(feature = "hydrate")))]
    {
        return crate::context::system().ok().map(|system| system.clock.now());
    }
    #[allow(unreachable_code)]
    None
}

/// The moment in the reader's own zone and language.
#[must_use]
pub fn local_time(at: DateTime<Utc>) -> Option<String> {
    #[cfg(feature = "hydrate")]
    {
        #[allow(clippy::cast_precision_loss)]
        let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(at.timestamp_millis() as f64));
        return Some(format!("{} {}", String::from(date.to_date_string()), date.to_time_string().as_string()?.get(0..8)?));
    }
    #[allow(unreachable_code)]
    {
        let _ = at;
        None
    }
}

/// How many minutes the reader's clock is ahead of universal time at this moment.
#[must_use]
pub fn offset_minutes(at: DateTime<Utc>) -> Option<i32> {
    #[cfg(feature = "hydrate")]
    {
        #[allow(clippy::cast_precision_loss)]
        let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(at.timestamp_millis() as f64));
        #[allow(clippy::cast_possible_truncation)]
        return Some(-(date.get_timezone_offset() as i32));
    }
    #[allow(unreachable_code)]
    {
        let _ = at;
        None
    }
}

/// What the reader's time zone is called: `Europe/Zurich`.
#[must_use]
pub fn zone_name() -> Option<String> {
    #[cfg(feature = "hydrate")]
    {
        let format = js_sys::Intl::DateTimeFormat::new(&js_sys::Array::new(), &js_sys::Object::new());
        let options = format.resolved_options();
        return js_sys::Reflect::get(&options, &wasm_bindgen::JsValue::from_str("timeZone")).ok()?.as_string();
    }
    #[allow(unreachable_code)]
    None
}

/// The cookies that a script may read, as `a=1; b=2`.
#[must_use]
pub fn cookies() -> String {
    #[cfg(feature = "hydrate")]
    if let Some(document) = web_sys::window().and_then(|window| window.document()) {
        let read = js_sys::Reflect::get(&document, &wasm_bindgen::JsValue::from_str("cookie"));
        return read.ok().and_then(|value| value.as_string()).unwrap_or_default();
    }
    String::new()
}

/// Puts text on the clipboard.
pub fn copy(text: &str) {
    #[cfg(feature = "hydrate")]
    if let Some(window) = web_sys::window() {
        let _ = window.navigator().clipboard().write_text(text);
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = text;
}

/// A remembered choice of this browser.
#[must_use]
pub fn remembered(key: &str) -> Option<String> {
    #[cfg(feature = "hydrate")]
    {
        return web_sys::window()?.local_storage().ok()??.get_item(key).ok()?;
    }
    #[allow(unreachable_code)]
    {
        let _ = key;
        None
    }
}

/// Remembers a choice, or forgets it.
pub fn remember(key: &str, value: Option<&str>) {
    #[cfg(feature = "hydrate")]
    if let Some(storage) = web_sys::window().and_then(|window| window.local_storage().ok().flatten()) {
        let _ = match value {
            Some(value) => storage.set_item(key, value),
            None => storage.remove_item(key),
        };
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (key, value);
}

/// Loads a module of ours, once; it finds by itself what it is for.
pub fn load_module(address: &str) {
    #[cfg(feature = "hydrate")]
    if let Some(document) = web_sys::window().and_then(|window| window.document())
        && let Ok(None) = document.query_selector(&format!("script[src='{address}']"))
        && let (Ok(script), Ok(Some(head))) = (document.create_element("script"), document.query_selector("head"))
    {
        let _ = script.set_attribute("type", "module");
        let _ = script.set_attribute("src", address);
        let _ = head.append_child(&script);
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = address;
}

/// Told on the window when the reader chose light or dark.
#[cfg(feature = "hydrate")]
const THEME: &str = "toolcrib:theme";

/// Says that light became dark, or the other way round.
pub fn theme_changed() {
    #[cfg(feature = "hydrate")]
    if let (Some(window), Ok(event)) = (web_sys::window(), web_sys::Event::new(THEME)) {
        let _ = window.dispatch_event(&event);
    }
}

/// Calls this whenever light became dark, or the other way round, by the reader's choice or the system's, as long as the owner lives.
#[cfg(feature = "hydrate")]
pub fn on_theme(call: impl Fn() + 'static) {
    use leptos::prelude::{StoredValue, UpdateValue, on_cleanup};
    use wasm_bindgen::{JsCast, closure::Closure};
    let Some(window) = web_sys::window() else { return };
    let system = window.match_media("(prefers-color-scheme: dark)").ok().flatten();
    let call = Closure::<dyn FnMut()>::new(call);
    let function: js_sys::Function = call.as_ref().unchecked_ref::<js_sys::Function>().clone();
    let _ = window.add_event_listener_with_callback(THEME, &function);
    if let Some(system) = &system {
        let _ = system.add_event_listener_with_callback("change", &function);
    }
    let kept = StoredValue::new_local(Some((call, function, system)));
    on_cleanup(move || {
        let Some((call, function, system)) = kept.try_update_value(Option::take).flatten() else { return };
        if let Some(window) = web_sys::window() {
            let _ = window.remove_event_listener_with_callback(THEME, &function);
        }
        if let Some(system) = system {
            let _ = system.remove_event_listener_with_callback("change", &function);
        }
        drop(call);
    });
}

/// What stands in the field of this name.
#[must_use]
pub fn field_value(name: &str) -> Option<String> {
    #[cfg(feature = "hydrate")]
    {
        return js_sys::Reflect::get(named(name, "")?.as_ref(), &"value".into()).ok()?.as_string();
    }
    #[allow(unreachable_code)]
    {
        let _ = name;
        None
    }
}

/// Puts a value into the field of this name, as if it had been typed. `false` where there is none.
pub fn fill_field(name: &str, value: &str) -> bool {
    #[cfg(feature = "hydrate")]
    {
        return named(name, "").is_some_and(|field| changed(&field, "value", &value.into()));
    }
    #[allow(unreachable_code)]
    {
        let _ = (name, value);
        false
    }
}

/// Ticks the box or button of this name and value, or unticks it.
pub fn tick(name: &str, value: &str, on: bool) {
    #[cfg(feature = "hydrate")]
    if let Some(field) = named(name, &format!("[value=\"{value}\"]")) {
        changed(&field, "checked", &on.into());
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (name, value, on);
}

#[cfg(feature = "hydrate")]
fn named(name: &str, more: &str) -> Option<web_sys::Element> {
    web_sys::window()?.document()?.query_selector(&format!("[name=\"{name}\"]{more}")).ok()?
}

#[cfg(feature = "hydrate")]
fn changed(field: &web_sys::Element, property: &str, value: &wasm_bindgen::JsValue) -> bool {
    let set = js_sys::Reflect::set(field, &property.into(), value).unwrap_or_default();
    let options = web_sys::CustomEventInit::new();
    options.set_bubbles(true);
    if let Ok(event) = web_sys::CustomEvent::new_with_event_init_dict("input", &options) {
        let _ = field.dispatch_event(&event);
    }
    set
}

/// Sets or removes an attribute of `<html>`.
pub fn root_attribute(name: &str, value: Option<&str>) {
    #[cfg(feature = "hydrate")]
    if let Some(root) = web_sys::window().and_then(|window| window.document()).and_then(|document| document.document_element()) {
        let _ = match value {
            Some(value) => root.set_attribute(name, value),
            None => root.remove_attribute(name),
        };
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (name, value);
}

/// Opens or closes the dialog with this id; open, it is modal.
pub fn dialog(id: &str, open: bool) {
    #[cfg(feature = "hydrate")]
    if let Some(dialog) = element(id) {
        if open {
            // Opening an open one throws, which is fine.
            call(&dialog, "showModal");
        } else if dialog.has_attribute("open") {
            call(&dialog, "close");
        } else {
            call(&dialog, "hidePopover");
        }
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (id, open);
}

/// Makes a dialog modal that the server rendered open. Closing it first would tell that somebody closed it.
pub fn make_modal(id: &str) {
    #[cfg(feature = "hydrate")]
    if let Some(dialog) = element(id) {
        let _ = dialog.remove_attribute("open");
        call(&dialog, "showModal");
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = id;
}

/// Does what a clicked button's `command` says, in browsers that do not know commands.
#[cfg(feature = "hydrate")]
pub fn follow_command(event: &web_sys::MouseEvent, target: &web_sys::Element) {
    use wasm_bindgen::JsValue;
    let Some(button) = target.closest("button[commandfor]").ok().flatten() else { return };
    if js_sys::Reflect::has(&button, &JsValue::from_str("commandForElement")).unwrap_or(false) {
        return;
    }
    if let (Some(id), Some(command)) = (button.get_attribute("commandfor"), button.get_attribute("command")) {
        event.prevent_default();
        dialog(&id, command == "show-modal");
    }
}

/// Calls a method by its name: web-sys has no stable binding for it.
#[cfg(feature = "hydrate")]
fn call(element: &web_sys::Element, method: &str) {
    use wasm_bindgen::{JsCast, JsValue};
    if let Ok(function) = js_sys::Reflect::get(element, &JsValue::from_str(method))
        && let Some(function) = function.dyn_ref::<js_sys::Function>()
    {
        let _ = function.call0(element);
    }
}

#[cfg(feature = "hydrate")]
fn element(id: &str) -> Option<web_sys::Element> {
    web_sys::window()?.document()?.get_element_by_id(id)
}

/// Scrolls as little as needed for the element with this id to be seen.
pub fn scroll_into_view(id: &str) {
    #[cfg(feature = "hydrate")]
    if let Some(element) = element(id) {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = id;
}

/// Moves the focus to the element with this id.
pub fn focus(id: &str) {
    #[cfg(feature = "hydrate")]
    {
        use wasm_bindgen::JsCast;
        if let Some(element) = web_sys::window()
            .and_then(|window| window.document())
            .and_then(|document| document.get_element_by_id(id))
            .and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok())
        {
            let _ = element.focus();
        }
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = id;
}

/// Closes open menus (`<details data-menu>`) other than the one that holds `keep`.
#[cfg(feature = "hydrate")]
pub fn close_menus(keep: Option<&web_sys::Node>) {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    let Ok(open) = document.query_selector_all("details[data-menu][open]") else { return };
    for index in 0..open.length() {
        use wasm_bindgen::JsCast;
        let Some(menu) = open.item(index).and_then(|node| node.dyn_into::<web_sys::Element>().ok()) else { continue };
        if menu.contains(keep) {
            continue;
        }
        // Who was inside goes on from the menu's button.
        let inside = document.active_element().is_some_and(|active| menu.contains(Some(&active)));
        let _ = menu.remove_attribute("open");
        if inside
            && let Ok(Some(summary)) = menu.query_selector("summary")
            && let Ok(summary) = summary.dyn_into::<web_sys::HtmlElement>()
        {
            let _ = summary.focus();
        }
    }
}
