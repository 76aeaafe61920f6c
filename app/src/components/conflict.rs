//! Somebody else saved first: what is stored now and what was typed, side by side. Nothing typed is lost; saving it anyway is a choice.

use super::{
    badge::Tone,
    button::{Button, Kind},
    form::Form,
    page::Notice,
};
use leptos::prelude::*;

/// Stands inside the form. `what` is the noun: "tool".
#[component]
pub fn Conflict(form: Form, #[prop(into)] what: String) -> impl IntoView {
    move || {
        let problem = form.problem().filter(|problem| problem.status == 412)?;
        let rows = problem
            .differences
            .iter()
            .map(|difference| {
                view! {
                    <tr>
                        <th scope="row">{difference.field.clone()}</th>
                        <td>
                            <div class="max-h-60 overflow-auto font-mono text-xs break-words whitespace-pre-wrap">{shown(&difference.stored)}</div>
                        </td>
                        <td>
                            <div class="max-h-60 overflow-auto font-mono text-xs break-words whitespace-pre-wrap">{shown(&difference.sent)}</div>
                        </td>
                    </tr>
                }
            })
            .collect_view();
        let some = !problem.differences.is_empty();
        let current = problem.current.clone();
        let what = what.clone();
        Some(
            view! {
                // The first button is the one that the Enter key presses: that must not be the one below.
                <button class="hidden" tabindex="-1" aria-hidden="true"></button>
                <section class="mb-6 space-y-3" aria-label="Conflict">
                    <Notice tone=Tone::Warning>
                        {format!("What you typed still stands below. Take over what you want from the stored {what}, then save yours over it.")}
                    </Notice>
                    {some
                        .then(|| {
                            view! {
                                <div class="panel overflow-x-auto" role="region" aria-label="Differences" tabindex="0">
                                    <table class="table">
                                        <caption class="sr-only">"What is stored now and what you typed"</caption>
                                        <thead>
                                            <tr>
                                                <th scope="col">"Field"</th>
                                                <th scope="col">"Stored now"</th>
                                                <th scope="col">"Yours"</th>
                                            </tr>
                                        </thead>
                                        <tbody>{rows}</tbody>
                                    </table>
                                </div>
                            }
                        })}
                    {current
                        .map(|current| {
                            view! {
                                <Button kind=Kind::Danger attr:name="overwrite" attr:value=current>
                                    "Save mine over it"
                                </Button>
                            }
                        })}
                </section>
            }
            .into_any(),
        )
    }
}

fn shown(text: &str) -> String {
    if text.is_empty() { "(empty)".to_owned() } else { text.to_owned() }
}
