//! The decision, step by step.

use crate::components::{
    badge::{Badge, Tone},
    icon::Icon,
    page::Notice,
};
use leptos::prelude::*;
use toolcrib::tools::explain::{Explanation, Outcome, Step};

/// The answer and the steps that lead to it.
#[component]
pub fn Why(explanation: Explanation) -> impl IntoView {
    let tone = if explanation.may_call { Tone::Success } else { Tone::Warning };
    let steps = explanation.steps.into_iter().map(|step| view! { <WhyStep step=step /> }).collect_view();
    view! {
        <Notice tone=tone>{explanation.answer}</Notice>
        <ol class="mt-3 space-y-2" aria-label="How this is decided">
            {steps}
        </ol>
        <p class="mt-3 text-xs text-muted">
            "A step that stops refuses the call, whatever the others say. Of the steps that give a permission one is enough."
        </p>
    }
    .into_any()
}

fn look(outcome: Outcome) -> (icondata_core::Icon, &'static str, &'static str) {
    match outcome {
        Outcome::Passes => (icondata_lu::LuCheck, "text-success", "passes"),
        Outcome::Stops => (icondata_lu::LuCircleX, "text-danger", "stops"),
        Outcome::Gives => (icondata_lu::LuCirclePlus, "text-success", "gives"),
        Outcome::Nothing => (icondata_lu::LuMinus, "text-muted", "gives nothing"),
    }
}

#[component]
fn WhyStep(step: Step) -> impl IntoView {
    let (icon, ink, words) = look(step.outcome);
    let gives = step.outcome == Outcome::Gives;
    view! {
        <li class="flex items-start gap-2">
            <Icon icon=icon class=format!("mt-0.5 {ink}") />
            <div class="min-w-0">
                <p class="flex flex-wrap items-center gap-2">
                    <span class="font-medium">{step.rule.label()}</span>
                    <span class="sr-only">{words}</span>
                    {gives.then(|| view! { <Badge tone=Tone::Success plain=true>{step.level.label()}</Badge> })}
                </p>
                <p class="text-muted break-words">{step.message}</p>
            </div>
        </li>
    }
    .into_any()
}
