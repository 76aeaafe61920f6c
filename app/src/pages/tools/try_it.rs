//! Call the tool with a form made from its input schema; see what came back, how long it took and where it is recorded.

use super::{
    frame::{Tab, ToolFrame},
    param, query,
};
use crate::{
    api::tools::{ToolPage, TryTool, tool_execution},
    components::{
        badge::{StatusBadge, Tone},
        button::{Button, Kind as ButtonKind},
        code::CodeBlock,
        field::{FormError, SelectField, TextArea, TextField},
        form::{Form, use_form},
        page::{EmptyState, Notice},
        time::Duration,
    },
};
use leptos::prelude::*;
use serde_json::Value;
use toolcrib::{
    executions::Execution,
    schema::form::{Field, Input, fields},
    tools::Tool,
    variables::{BUILT_IN, named},
};

#[component]
pub fn ToolTryPage() -> impl IntoView {
    let action = ServerAction::<TryTool>::new();
    let org = param("org");
    let asked = query("execution");
    let example = query("example");
    let execution = Resource::new_blocking(
        move || (org.get(), asked.get()),
        |(org, id)| async move { if id.is_empty() { Ok(None) } else { tool_execution(org, id).await } },
    );
    view! {
        <ToolFrame
            tab=Tab::Try
            body=move |page, org| {
                view! {
                    <Transition>
                        {move || {
                            let (page, org) = (page.clone(), org.clone());
                            Suspend::new(async move {
                                let found = execution.await.ok().flatten().filter(|execution| execution.tool_id == page.tool.id);
                                view! { <Shown page=page org=org action=action execution=found example=example.get_untracked() /> }.into_any()
                            })
                        }}
                    </Transition>
                }
                    .into_any()
            }
        />
    }
    .into_any()
}

#[component]
fn Shown(page: ToolPage, org: String, action: ServerAction<TryTool>, execution: Option<Execution>, example: String) -> impl IntoView {
    if !page.may_execute {
        return view! { <Notice>"You may see this tool but not call it. Its owner or an admin can grant it."</Notice> }.into_any();
    }
    let form = use_form(action);
    let tool = page.tool;
    let inputs = execution
        .as_ref()
        .map(|execution| execution.inputs.clone())
        .or_else(|| tool.config_metadata.get("examples")?.get(example.parse::<usize>().ok()?)?.get("inputs").cloned());
    let shown: Vec<Field> = fields(&tool.input_schema).into_iter().filter(|field| tool.asks_for(&field.name)).collect();
    let none = shown.is_empty();
    let controls = shown.into_iter().map(|field| control(&field, inputs.as_ref(), form)).collect_view();
    let variables = variable_controls(&tool, execution.as_ref(), form);
    let result_org = org.clone();
    view! {
        <div class="grid gap-8 lg:grid-cols-2">
            <ActionForm action=action attr:class="min-w-0 space-y-4">
                <input type="hidden" name="org" value=org />
                <input type="hidden" name="id" value=tool.id.to_string() />
                <FormError message=form.general_error() />
                {none.then(|| view! { <p class="text-muted">"This tool takes no inputs."</p> })}
                {controls}
                {variables}
                <Button kind=ButtonKind::Primary icon=icondata_lu::LuPlay pending=action.pending()>
                    "Run"
                </Button>
                <p class="text-xs text-muted">"This is a real call; it is recorded as an execution."</p>
            </ActionForm>
            <div class="min-w-0" aria-live="polite">
                {match execution {
                    Some(execution) => view! { <Outcome execution=execution org=result_org /> }.into_any(),
                    None => {
                        view! {
                            <EmptyState
                                icon=icondata_lu::LuPlay
                                title="Nothing run yet"
                                text="The response, its time and its log stand here after a run."
                            />
                        }
                            .into_any()
                    }
                }}
            </div>
        </div>
    }
    .into_any()
}

/// Variables that the tool's texts name and a call brings: here they are typed in.
fn variable_controls(tool: &Tool, execution: Option<&Execution>, form: Form) -> Option<AnyView> {
    let here = ["session_id", "run_id", "node_id", "agent_name", "organization_name", "organization_slug"];
    let named: Vec<String> = named::by_tool(tool).into_iter().filter(|name| !here.contains(&name.as_str())).collect();
    if named.is_empty() {
        return None;
    }
    let used = execution.and_then(|execution| execution.account.get("variables"));
    let fields = named
        .into_iter()
        .map(|name| {
            let built_in = BUILT_IN.iter().find(|one| one.name == name);
            let before = used.and_then(|used| used.get(&name)).map(toolcrib::tools::template::as_text).unwrap_or_default();
            let field = format!("variables[{name}]");
            view! {
                <TextField
                    label=name
                    name=field.clone()
                    value=form.value(&field, before)
                    hint=built_in.map(|one| one.description).unwrap_or("A variable of this organization; empty for its own value.")
                    placeholder=built_in.map(|one| one.example.to_owned()).unwrap_or_default()
                    mono=true
                />
            }
        })
        .collect_view();
    Some(
        view! {
            <fieldset class="space-y-4 border-t border-line pt-4">
                <legend class="sr-only">"Variables"</legend>
                <p class="text-muted">"Variables that a real call brings along."</p>
                {fields}
            </fieldset>
        }
        .into_any(),
    )
}

fn control(field: &Field, inputs: Option<&Value>, form: Form) -> AnyView {
    let name = format!("inputs[{}]", field.name);
    let initial = inputs.and_then(|inputs| inputs.get(&field.name)).map_or_else(|| field.initial(), |value| field.show(value));
    let value = form.value(&name, initial);
    let error = form.error(&field.name.replace('~', "~0").replace('/', "~1"));
    // A default stands in where nothing is typed, so the browser need not insist.
    let required = field.required && field.default.is_none();
    let (label, hint) = (field.label.clone(), field.description.clone());
    let pairs =
        |values: &[(&str, &str)]| values.iter().map(|(value, label)| ((*value).to_owned(), (*label).to_owned())).collect::<Vec<_>>();
    match &field.input {
        Input::Text => view! { <TextField label=label name=name value=value error=error hint=hint required=required /> }.into_any(),
        Input::LongText => view! { <TextArea label=label name=name value=value error=error hint=hint required=required /> }.into_any(),
        Input::Integer | Input::Number => {
            view! { <TextField label=label name=name value=value error=error hint=hint required=required class="num" /> }.into_any()
        }
        Input::Boolean => {
            let options = pairs(&[("", "–"), ("true", "Yes"), ("false", "No")]);
            view! { <SelectField label=label name=name options=options value=value error=error hint=hint required=required /> }.into_any()
        }
        Input::Choice(choices) => {
            let word = |choice: &Value| choice.as_str().map_or_else(|| choice.to_string(), str::to_owned);
            let mut options = pairs(&[("", "–")]);
            options.extend(choices.iter().map(|choice| (word(choice), word(choice))));
            view! { <SelectField label=label name=name options=options value=value error=error hint=hint required=required /> }.into_any()
        }
        Input::Json(kind) => {
            let hint = format!("{hint} JSON{}.", if kind == "any" { String::new() } else { format!(", {kind}") });
            view! { <TextArea label=label name=name value=value error=error hint=hint.trim().to_owned() required=required mono=true /> }
                .into_any()
        }
    }
}

#[component]
fn Outcome(execution: Execution, org: String) -> impl IntoView {
    let output = execution.outputs.as_ref().map(|output| serde_json::to_string_pretty(output).unwrap_or_default());
    let account = execution
        .account
        .as_object()
        .filter(|account| !account.is_empty())
        .and_then(|_| serde_json::to_string_pretty(&execution.account).ok());
    let warnings =
        execution.warnings.clone().into_iter().map(|warning| view! { <Notice tone=Tone::Warning>{warning}</Notice> }).collect_view();
    view! {
        <div class="space-y-4">
            <p class="flex flex-wrap items-center gap-3">
                <StatusBadge status=execution.status.as_str() />
                <Duration ms=execution.duration_ms />
                <a class="link" href=format!("/{org}/executions/{}", execution.id)>
                    "Open the execution"
                </a>
            </p>
            {execution.error_message.clone().map(|message| view! { <Notice tone=Tone::Danger>{message}</Notice> })}
            {warnings}
            {output
                .map(|code| {
                    view! {
                        <div>
                            <h2 class="mb-1 font-medium">"Output"</h2>
                            <CodeBlock code=code language="json" label="Output" class="max-h-128 overflow-auto" />
                        </div>
                    }
                })}
            {execution
                .logs
                .clone()
                .map(|log| {
                    view! {
                        <div>
                            <h2 class="mb-1 font-medium">"Log"</h2>
                            <CodeBlock code=log label="Log" class="max-h-80 overflow-auto" />
                        </div>
                    }
                })}
            {account
                .map(|code| {
                    view! {
                        <details>
                            <summary class="cursor-pointer font-medium">"What was done"</summary>
                            <CodeBlock code=code language="json" label="What was done" class="mt-2" />
                        </details>
                    }
                })}
        </div>
    }
}
