//! The way from an empty organization to a running workflow: what is done, what comes next.

use crate::components::{
    button::{ButtonLink, Kind},
    icon::Icon,
};
use leptos::prelude::*;
use toolcrib::overview::FirstSteps;

struct Step {
    done: bool,
    title: &'static str,
    text: &'static str,
    action: &'static str,
    href: String,
}

fn steps(first: FirstSteps, org: &str) -> Vec<Step> {
    vec![
        Step {
            done: first.has_tool,
            title: "Register a tool",
            text: "An HTTP API, or a Python script that runs in the sandbox.",
            action: "New tool",
            href: format!("/{org}/tools/new"),
        },
        Step {
            done: first.has_execution,
            title: "Run it",
            text: "Try the tool from its page. Every call is recorded with inputs, output and timing.",
            action: "Go to tools",
            href: format!("/{org}/tools"),
        },
        Step {
            done: first.has_attachment,
            title: "Attach it to an agent",
            text: "Make an agent, attach tools to it, and give its model the list.",
            action: "New agent",
            href: format!("/{org}/agents/new"),
        },
        Step {
            done: first.has_workflow,
            title: "Chain tools in a workflow",
            text: "The output of one tool becomes the input of the next.",
            action: "New workflow",
            href: format!("/{org}/workflows/new"),
        },
        Step {
            done: first.has_run,
            title: "Run the workflow",
            text: "Watch it node by node.",
            action: "Go to workflows",
            href: format!("/{org}/workflows"),
        },
    ]
}

/// The checklist; nothing once everything was done.
#[component]
pub fn Checklist(first: FirstSteps, org: String, may_build: bool) -> impl IntoView {
    if first.are_done() {
        return ().into_any();
    }
    let steps = steps(first, &org);
    let done = steps.iter().filter(|step| step.done).count();
    let next = steps.iter().position(|step| !step.done);
    let items = steps
        .into_iter()
        .enumerate()
        .map(|(i, step)| {
            let is_next = next == Some(i);
            view! {
                <li class="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line px-4 py-3 last:border-b-0">
                    {if step.done {
                        view! { <Icon icon=icondata_lu::LuCircleCheck size=18 class="text-success" label="Done" /> }.into_any()
                    } else {
                        view! { <Icon icon=icondata_lu::LuCircle size=18 class="text-muted" label="To do" /> }.into_any()
                    }}
                    <div class="min-w-0 flex-1">
                        <p class=if step.done { "text-muted" } else { "font-medium" }>{step.title}</p>
                        {(!step.done).then(|| view! { <p class="text-sm text-muted">{step.text}</p> })}
                    </div>
                    {(is_next && may_build)
                        .then(|| {
                            view! {
                                <ButtonLink href=step.href kind=Kind::Primary>
                                    {step.action}
                                </ButtonLink>
                            }
                        })}
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="mb-8" aria-labelledby="first-steps">
            <h2 id="first-steps" class="mb-1 text-lg font-semibold">
                "First steps"
            </h2>
            <p class="mb-3 text-muted">{format!("{done} of 5 done")}</p>
            <ol class="panel">{items}</ol>
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_organization_is_led_to_its_first_tool() {
        let steps = steps(FirstSteps::default(), "acme");
        assert_eq!(steps.iter().find(|step| !step.done).map(|step| step.href.as_str()), Some("/acme/tools/new"));
    }

    #[test]
    fn after_the_first_run_of_a_tool_an_agent_comes_next() {
        let steps = steps(FirstSteps { has_tool: true, has_execution: true, ..FirstSteps::default() }, "acme");
        assert_eq!(steps.iter().find(|step| !step.done).map(|step| step.href.as_str()), Some("/acme/agents/new"));
    }
}
