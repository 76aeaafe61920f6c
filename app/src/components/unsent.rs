//! Edits that only this browser has.

/// What the canvas keeps of them begins like this.
#[cfg(feature = "hydrate")]
const KEPT: &str = "canvas:";

/// Whether something was drawn that the server does not have yet.
#[cfg(feature = "hydrate")]
fn there_is() -> bool {
    let Some(storage) = web_sys::window().and_then(|window| window.local_storage().ok().flatten()) else { return false };
    (0..storage.length().unwrap_or(0)).filter_map(|index| storage.key(index).ok().flatten()).any(|key| key.starts_with(KEPT))
}

/// Who is about to sign out is asked, if something was not sent yet.
pub fn ask(event: &leptos::ev::MouseEvent) {
    #[cfg(feature = "hydrate")]
    if there_is() {
        let words = "Some edits on a canvas are not saved on the server yet. They stay in this browser and are sent when you sign in here again. Sign out now?";
        if web_sys::window().is_some_and(|window| window.confirm_with_message(words) == Ok(false)) {
            event.prevent_default();
        }
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = event;
}
