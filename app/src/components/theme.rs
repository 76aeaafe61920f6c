//! Light, dark, or as the system says; remembered in this browser.

use super::{browser, icon::Icon};
use leptos::prelude::*;

/// The choice; `None` follows the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    System,
    Light,
    Dark,
}

impl Theme {
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    fn stored(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::System => "As the system",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }

    #[must_use]
    pub fn icon(self) -> icondata_core::Icon {
        match self {
            Self::System => icondata_lu::LuMonitor,
            Self::Light => icondata_lu::LuSun,
            Self::Dark => icondata_lu::LuMoon,
        }
    }

    /// Shows the page this way from now on.
    pub fn choose(self) {
        browser::remember("theme", self.stored());
        browser::root_attribute("data-theme", self.stored());
        browser::theme_changed();
    }

    /// What this browser remembers.
    #[must_use]
    pub fn remembered() -> Self {
        match browser::remembered("theme").as_deref() {
            Some("light") => Self::Light,
            Some("dark") => Self::Dark,
            _ => Self::System,
        }
    }
}

/// The three choices, as a menu. It needs a script and hides without one; the page then follows the system.
#[component]
pub fn ThemeMenu() -> impl IntoView {
    let chosen = RwSignal::new(Theme::System);
    Effect::new(move |_| chosen.set(Theme::remembered()));
    view! {
        <div class="needs-script">
            <super::menu::Menu label="Theme" icon=icondata_lu::LuSunMoon icon_only=true class="btn btn-ghost">
                {Theme::ALL
                    .into_iter()
                    .map(|theme| {
                        let choose = move |_| {
                            theme.choose();
                            chosen.set(theme);
                            #[cfg(feature = "hydrate")]
                            browser::close_menus(None);
                        };
                        view! {
                            <button
                                type="button"
                                class="menu-item"
                                aria-pressed=move || if chosen.get() == theme { "true" } else { "false" }
                                on:click=choose
                            >
                                <Icon icon=theme.icon() class="text-muted" />
                                <span class="flex-1">{theme.label()}</span>
                                <Show when=move || chosen.get() == theme>
                                    <Icon icon=icondata_lu::LuCheck class="text-accent" />
                                </Show>
                            </button>
                        }
                    })
                    .collect_view()}
            </super::menu::Menu>
        </div>
    }
    .into_any()
}
