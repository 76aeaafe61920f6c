//! What starts a workflow by itself: the list, a new trigger, and the page of one.

mod detail;
mod example;
mod fields;
mod firings;
mod form;
mod list;
mod new;
mod secret;

pub use detail::TriggerPage;
pub use list::TriggersPage;
pub use new::NewTriggerPage;

use toolcrib::workflows::triggers::TriggerKind;

/// What fires it, in a sentence.
pub(super) fn described(kind: TriggerKind) -> &'static str {
    match kind {
        TriggerKind::Webhook => "Another system sends to an address of its own, with a secret or a signature.",
        TriggerKind::Schedule => "It is time: a cron pattern in a time zone.",
        TriggerKind::CallStart => "A voice call begins: Vapi says so, and the run gets the call's data.",
    }
}

pub(super) fn icon(kind: TriggerKind) -> icondata_core::Icon {
    match kind {
        TriggerKind::Webhook => icondata_lu::LuWebhook,
        TriggerKind::Schedule => icondata_lu::LuCalendarClock,
        TriggerKind::CallStart => icondata_lu::LuPhoneIncoming,
    }
}
