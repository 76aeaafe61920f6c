//! Edits that only this browser has.

use toolcrib::ids::UserId;

/// What the canvas keeps of them, of every person, workflow and tab under a key of its own, begins like this.
#[must_use]
pub fn prefix(user: UserId) -> String {
    format!("canvas:{user}:")
}

/// Whether this person drew something that the server does not have yet. What somebody else drew here is theirs to send.
#[cfg(feature = "hydrate")]
fn there_is(user: UserId) -> bool {
    let Some(storage) = web_sys::window().and_then(|window| window.local_storage().ok().flatten()) else { return false };
    let prefix = prefix(user);
    (0..storage.length().unwrap_or(0)).filter_map(|index| storage.key(index).ok().flatten()).any(|key| key.starts_with(&prefix))
}

/// Who is about to sign out is asked, if something of theirs was not sent yet.
pub fn ask(event: &leptos::ev::MouseEvent, user: UserId) {
    #[cfg(feature = "hydrate")]
    if there_is(user) {
        let words = "Some edits on a canvas are not saved on the server yet. They stay in this browser and are sent when you sign in here again. Sign out now?";
        if web_sys::window().is_some_and(|window| window.confirm_with_message(words) == Ok(false)) {
            event.prevent_default();
        }
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (event, user);
}
