//! Somebody else saved first: what is stored now and what was typed, side by side. Nothing typed is lost; saving it anyway is a choice.

use super::{
    badge::Tone,
    button::{Button, Kind},
    form::Form,
    page::Notice,
};
use leptos::prelude::*;
use toolcrib::problem::Difference;

/// Stands inside the form. `what` is the noun: "tool".
#[component]
pub fn Conflict(form: Form, #[prop(into)] what: String) -> impl IntoView {
    move || {
        let problem = form.problem().filter(|problem| problem.status == 412)?;
        let differences = problem.differences;
        let some = !differences.is_empty();
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
                                <Differences
                                    differences=differences
                                    caption="What is stored now and what you typed"
                                    labels=["Field", "Stored now", "Yours"]
                                    nothing="(empty)"
                                />
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

/// Two states side by side, field by field. `nothing` stands where one of them has none. Inside a form's table each cell has its label with it.
#[component]
pub fn Differences(differences: Vec<Difference>, caption: &'static str, labels: [&'static str; 3], nothing: &'static str) -> impl IntoView {
    let shown = move |text: String| if text.is_empty() { nothing.to_owned() } else { text };
    let rows = differences
        .into_iter()
        .map(|difference| {
            view! {
                <tr>
                    <th scope="row">{difference.field}</th>
                    <td data-label=labels[1]>
                        <div class="max-h-60 overflow-auto font-mono text-xs break-words whitespace-pre-wrap">{shown(difference.stored)}</div>
                    </td>
                    <td data-label=labels[2]>
                        <div class="max-h-60 overflow-auto font-mono text-xs break-words whitespace-pre-wrap">{shown(difference.sent)}</div>
                    </td>
                </tr>
            }
        })
        .collect_view();
    let heads = labels.map(|label| view! { <th scope="col">{label}</th> }).collect_view();
    view! {
        <div class="panel overflow-x-auto" role="region" aria-label="Differences" tabindex="0">
            <table class="table">
                <caption class="sr-only">{caption}</caption>
                <thead>
                    <tr>{heads}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}
