//! Short messages about what just happened. They need a script; without one the next page says it itself.

use super::{badge::Tone, icon::Icon};
use leptos::prelude::*;

#[derive(Clone, PartialEq)]
struct Toast {
    number: u64,
    tone: Tone,
    text: String,
}

/// Where messages are sent: `use_toasts().success("Tool attached")`.
#[derive(Clone, Copy)]
pub struct Toasts(RwSignal<Vec<Toast>>, StoredValue<u64>);

impl Toasts {
    fn new() -> Self {
        Self(RwSignal::new(Vec::new()), StoredValue::new(0))
    }

    pub fn success(self, text: impl Into<String>) {
        self.show(Tone::Success, text);
    }

    pub fn error(self, text: impl Into<String>) {
        self.show(Tone::Danger, text);
    }

    pub fn show(self, tone: Tone, text: impl Into<String>) {
        let number = self.1.get_value() + 1;
        self.1.set_value(number);
        self.0.update(|toasts| {
            toasts.push(Toast { number, tone, text: text.into() });
            // More than four are read by nobody.
            let surplus = toasts.len().saturating_sub(4);
            toasts.drain(..surplus);
        });
        // A refusal stays until it is put away; the rest goes by itself.
        #[cfg(feature = "hydrate")]
        if tone != Tone::Danger {
            let this = self;
            set_timeout(move || this.dismiss(number), std::time::Duration::from_secs(6));
        }
    }

    fn dismiss(self, number: u64) {
        self.0.update(|toasts| toasts.retain(|toast| toast.number != number));
    }
}

/// Makes toasts available to everything below; call once, where [`Toaster`] is rendered.
pub fn provide_toasts() -> Toasts {
    let toasts = Toasts::new();
    provide_context(toasts);
    toasts
}

/// The toasts of this page; a set of its own where nobody provided one.
#[must_use]
pub fn use_toasts() -> Toasts {
    use_context().unwrap_or_else(provide_toasts)
}

/// Where toasts appear.
#[component]
pub fn Toaster() -> impl IntoView {
    let toasts = use_toasts();
    view! {
        <div role="status" aria-live="polite" class="pointer-events-none fixed right-4 bottom-4 z-50 flex w-80 max-w-[calc(100vw-32px)] flex-col gap-2">
            <For each=move || toasts.0.get() key=|toast| toast.number let:toast>
                <div class="pointer-events-auto flex items-start gap-2 rounded-md bg-raised p-3 shadow-pop">
                    <Icon icon=toast.tone.icon() class=format!("mt-0.5 {}", toast.tone.ink()) />
                    <p class="min-w-0 flex-1 break-words">{toast.text}</p>
                    <button type="button" class="text-muted hover:text-text" aria-label="Dismiss" on:click=move |_| toasts.dismiss(toast.number)>
                        <Icon icon=icondata_lu::LuX />
                    </button>
                </div>
            </For>
        </div>
    }
    .into_any()
}
