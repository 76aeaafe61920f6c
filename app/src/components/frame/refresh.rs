//! The frame shows names that pages can change: the organization's and one's own.

use crate::error::AppError;
use leptos::{prelude::*, server_fn::ServerFn};

/// Counts the changes that the frame has to read anew for.
#[derive(Clone, Copy)]
pub(super) struct Version(pub RwSignal<usize>);

pub(super) fn provide_version() -> RwSignal<usize> {
    let version = RwSignal::new(0);
    provide_context(Version(version));
    version
}

/// Reads the frame anew whenever `action` has succeeded.
pub fn refresh_frame_after<S>(action: ServerAction<S>)
where
    S: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
{
    let Some(Version(version)) = use_context() else { return };
    let value = action.value();
    Effect::new(move |_| {
        if value.with(|value| matches!(value, Some(Ok(_)))) {
            version.update(|version| *version += 1);
        }
    });
}
