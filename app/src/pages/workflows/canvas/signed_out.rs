//! Nobody is signed in any more: what was drawn is kept, and sent when they are back.

use super::{state::Editor, sync::SaveStatus};
use crate::components::{icon::Icon, query};
use leptos::prelude::*;

#[component]
pub(super) fn SignedOut(editor: Editor) -> impl IntoView {
    let out = Memo::new(move |_| editor.sync.state.get() == SaveStatus::SignedOut);
    move || {
        let here = format!("/{}/workflows/{}", editor.org.get_value(), editor.id.get_value());
        out.get().then(|| {
            view! {
                <div
                    class="absolute inset-x-3 top-16 z-30 mx-auto flex max-w-2xl flex-wrap items-center gap-x-3 gap-y-2 rounded-lg bg-raised p-3 shadow-pop"
                    role="alert"
                    data-signed-out=""
                >
                    <Icon icon=icondata_lu::LuCloudOff class="text-warning" />
                    <p class="min-w-0 flex-1">"You are signed out. Your edits are kept in this browser."</p>
                    <a class="btn btn-secondary" href=format!("/sign-in?next={}", query::encode(&here)) target="_blank" rel="noopener">
                        "Sign in again"
                        <span class="sr-only">" (in a new tab)"</span>
                    </a>
                </div>
            }
        })
    }
}
