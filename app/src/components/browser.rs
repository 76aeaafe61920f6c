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

/// Opens (or closes) the popover with this id.
pub fn popover(id: &str, open: bool) {
    #[cfg(feature = "hydrate")]
    if let Some(element) = web_sys::window().and_then(|window| window.document()).and_then(|document| document.get_element_by_id(id)) {
        use wasm_bindgen::{JsCast, JsValue};
        // Called by name: web-sys has no stable binding for popovers. Opening an open one throws, which is fine.
        let method = if open { "showPopover" } else { "hidePopover" };
        if let Ok(function) = js_sys::Reflect::get(&element, &JsValue::from_str(method))
            && let Some(function) = function.dyn_ref::<js_sys::Function>()
        {
            let _ = function.call0(&element);
        }
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (id, open);
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
        if !menu.contains(keep) {
            let _ = menu.remove_attribute("open");
        }
    }
}
