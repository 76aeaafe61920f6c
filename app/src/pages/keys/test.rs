//! Test a key with the smallest real call, and say what it got.

use super::new::with_first;
use crate::{
    api::keys::{KeyPage, TestKey},
    components::{
        badge::Tone,
        button::Button,
        code::CodeBlock,
        field::{FormError, SelectField},
        form::use_form,
        page::{Notice, Section},
        time::RelativeTime,
    },
};
use leptos::prelude::*;
use toolcrib::keys::{KeyTest, TestOutcome};

fn tone(outcome: TestOutcome) -> Tone {
    match outcome {
        TestOutcome::Accepted => Tone::Success,
        TestOutcome::Refused | TestOutcome::Unreachable => Tone::Danger,
        TestOutcome::Unclear => Tone::Warning,
    }
}

#[component]
pub fn TestKeySection(org: String, page: KeyPage, action: ServerAction<TestKey>) -> impl IntoView {
    let form = use_form(action);
    let key = page.detail.key;
    let tools = page.choices.askers.into_iter().filter(|asker| asker.key_name == key.key_name && asker.way.can_be_tested());
    let mut tools: Vec<_> = tools.filter_map(|asker| Some((asker.as_tool()?.to_string(), asker.name))).collect();
    tools.dedup();
    let has_tool = !tools.is_empty();
    let options = with_first("", "The first tool that asks for it", tools);
    let value = action.value();
    let result = move || value.get().and_then(Result::ok).map(|tested| view! { <Result tested=tested /> });
    let last = page.last_test.map(|last| {
        let status = last.status.map(|status| format!(" ({status})")).unwrap_or_default();
        view! {
            <p class="mt-2 text-muted">
                {format!("Last test with {}: {}{status}, ", last.tool_name, last.outcome.label().to_lowercase())} <RelativeTime at=last.at />
            </p>
        }
    });
    let body = if has_tool {
        view! {
            <FormError message=form.general_error() />
            <ActionForm action=action attr:class="flex flex-wrap items-end gap-3">
                <input type="hidden" name="org" value=org />
                <input type="hidden" name="id" value=key.id.to_string() />
                <SelectField
                    label="With the API of"
                    name="tool_id"
                    options=options
                    value=form.value("tool_id", "")
                    error=form.error("tool_id")
                    required=false
                    class="w-64"
                />
                <Button pending=action.pending()>"Test key"</Button>
            </ActionForm>
            <div aria-live="polite" class="mt-3 empty:hidden">
                {result}
            </div>
            {last}
        }
        .into_any()
    } else {
        view! { <p class="text-muted">{format!("No tool sends {} anywhere yet, so there is nothing to test it against.", key.key_name)}</p> }
            .into_any()
    };
    view! {
        <Section title="Does it work?" text="Makes the smallest real call: a request that reads, or the one for an access token.">
            {body}
        </Section>
    }
    .into_any()
}

#[component]
fn Result(tested: KeyTest) -> impl IntoView {
    view! {
        <Notice tone=tone(tested.outcome) title=tested.outcome.label()>
            <p>{tested.message}</p>
            {tested.request.map(|request| view! { <p class="mt-1 font-mono text-xs break-all">{format!("{request} · {:.0} ms", tested.ms)}</p> })}
            {tested.answer.map(|answer| view! { <CodeBlock code=answer language="text" label="What the API answered" copy=false class="mt-2 max-h-40 overflow-auto" /> })}
        </Notice>
    }
    .into_any()
}
