//! The request of a new tool from a pasted `curl` command: a form of its own, which leads to the form it filled.

use crate::{
    api::from_curl::FromCurl,
    components::{
        button::Button,
        field::{FormError, TextArea},
        form::use_form,
        page::Notice,
    },
};
use leptos::prelude::*;
use toolcrib::tools::curl::Note;

#[component]
pub fn PasteCurl(
    org: Memo<String>,
    /// What was left out of the command that filled the form below; `None`: none was pasted.
    notes: Option<Vec<Note>>,
) -> impl IntoView {
    let read = ServerAction::<FromCurl>::new();
    let form = use_form(read);
    let told = notes.map(|notes| {
        let rows = notes.iter().map(|note| view! { <li>{note.sentence()}</li> }).collect_view();
        let some = !notes.is_empty();
        view! {
            <Notice title="Filled in from the command">
                {some.then(|| view! { <ul class="list-disc space-y-1 pl-5">{rows}</ul> })}
                <p>"Give it a name and a description, and look through what was taken over."</p>
            </Notice>
        }
    });
    view! {
        <div class="mb-6 max-w-4xl space-y-4">
            {told}
            <details open=form.was_refused()>
                <summary class="cursor-pointer font-medium">"Paste a curl command"</summary>
                <ActionForm action=read attr:class="mt-3 space-y-3">
                    <input type="hidden" name="org" value=move || org.get() />
                    <FormError message=form.general_error() />
                    <TextArea
                        label="Command"
                        name="secret_command"
                        error=form.error("secret_command")
                        hint="As a browser, Postman or documentation copies it. Keys, passwords and cookies in it are left out and kept nowhere."
                        placeholder="curl 'https://api.example.com/v1/orders?status=open' -H 'Accept: application/json'"
                        rows=5
                        mono=true
                        required=true
                    />
                    <Button pending=read.pending()>"Fill in the form"</Button>
                </ActionForm>
            </details>
        </div>
    }
    .into_any()
}
