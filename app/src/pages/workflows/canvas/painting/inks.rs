//! The colours of the page, as a canvas needs them: as they come out in the theme that is shown.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ink {
    Surface,
    Sunken,
    Line,
    Muted,
    Accent,
    AccentSoft,
    Info,
    InfoSoft,
    Warning,
    WarningSoft,
    Running,
    RunningSoft,
    Success,
    SuccessSoft,
    Danger,
    DangerSoft,
}

impl Ink {
    const ALL: [(Self, &'static str); 16] = [
        (Self::Surface, "surface"),
        (Self::Sunken, "sunken"),
        (Self::Line, "line-strong"),
        (Self::Muted, "muted"),
        (Self::Accent, "accent"),
        (Self::AccentSoft, "accent-soft"),
        (Self::Info, "info"),
        (Self::InfoSoft, "info-soft"),
        (Self::Warning, "warning"),
        (Self::WarningSoft, "warning-soft"),
        (Self::Running, "running"),
        (Self::RunningSoft, "running-soft"),
        (Self::Success, "success"),
        (Self::SuccessSoft, "success-soft"),
        (Self::Danger, "danger"),
        (Self::DangerSoft, "danger-soft"),
    ];
}

#[derive(Default)]
pub(super) struct Inks(Vec<String>);

impl Inks {
    /// Reads them beside `element`. Asking the browser is slow: once for each theme.
    pub fn read(element: &Element) -> Self {
        let window = web_sys::window();
        let document = window.as_ref().and_then(web_sys::Window::document);
        let probe = document.and_then(|document| document.create_element("span").ok()).and_then(|span| span.dyn_into::<HtmlElement>().ok());
        let (Some(window), Some(probe), Some(parent)) = (window, probe, element.parent_element()) else { return Self::default() };
        if parent.append_child(&probe).is_err() {
            return Self::default();
        }
        let read = |(_, token): &(Ink, &str)| {
            let _ = probe.style().set_property("color", &format!("var(--c-{token})"));
            let style = window.get_computed_style(&probe).ok().flatten();
            style.and_then(|style| style.get_property_value("color").ok()).unwrap_or_default()
        };
        let colours = Ink::ALL.iter().map(read).collect();
        probe.remove();
        Self(colours)
    }

    pub fn of(&self, ink: Ink) -> &str {
        self.0.get(ink as usize).map_or("", String::as_str)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
