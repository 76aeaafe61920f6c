//! Which of the offered tools to take, and under which names.

use crate::{
    api::mcp_servers::ImportMcpTools,
    components::{
        badge::{Badge, Tone},
        button::{Button, Kind},
        code::CodeBlock,
        field::{Checkbox, FieldError, FormError, SelectField},
        field_table::{FieldCell, FieldTable},
        form::{Form, use_form},
    },
};
use leptos::prelude::*;
use toolcrib::mcp::OfferedTool;

#[component]
pub fn ImportForm(offered: Vec<OfferedTool>, org: String, id: String, action: ServerAction<ImportMcpTools>) -> impl IntoView {
    let form = use_form(action);
    let rows = offered.into_iter().enumerate().map(|(index, tool)| view! { <Row index=index tool=tool form=form /> }).collect_view();
    let visibilities = vec![
        ("public".to_owned(), "Public: everybody in the organization".to_owned()),
        ("private".to_owned(), "Private: yourself, admins and whom a grant names".to_owned()),
    ];
    view! {
        <ActionForm action=action attr:class="space-y-4">
            <input type="hidden" name="org" value=org />
            <input type="hidden" name="id" value=id />
            <FormError message=form.general_error() />
            <FieldTable label="Tools the server offers" columns=vec!["Import", "Tool upstream", "Name here"]>
                {rows}
            </FieldTable>
            <div class="grid max-w-xl gap-4">
                <SelectField
                    label="Visibility"
                    name="visibility"
                    options=visibilities
                    value=form.value("visibility", "public")
                    error=form.error("visibility")
                />
                <Checkbox
                    label="Activate at once"
                    name="activate"
                    checked=form.checked("activate", true)
                    hint="Otherwise they are drafts, which run from their own pages only."
                />
            </div>
            <Button kind=Kind::Primary pending=action.pending()>
                "Import the chosen tools"
            </Button>
        </ActionForm>
    }
}

#[component]
fn Row(index: usize, tool: OfferedTool, form: Form) -> impl IntoView {
    let field = move |name: &str| format!("tools[{index}][{name}]");
    let (pick, name) = (field("pick"), field("name"));
    let is_refused = tool.refusal.is_some();
    let definition = tool.definition.clone();
    let (upstream, sent, named) = (definition.name.clone(), definition.name.clone(), definition.name.clone());
    let names: Vec<String> = tool.imported.iter().map(|one| one.tool_name.clone()).collect();
    // What is here already is not taken a second time by accident.
    let checked = form.checked(&pick, false);
    let error = form.error(&name);
    let schema = serde_json::to_string_pretty(&definition.input_schema).unwrap_or_default();
    let hints = definition.annotations.clone().unwrap_or_default();
    let hint = |name: &str| hints.get(name).and_then(serde_json::Value::as_bool);
    let badges = [
        (hint("readOnlyHint") == Some(true)).then_some((Tone::Neutral, "Says it only reads")),
        (hint("destructiveHint") == Some(true)).then_some((Tone::Warning, "Says it may destroy")),
        (hint("openWorldHint") == Some(true)).then_some((Tone::Neutral, "Says it reaches out")),
    ];
    let label_id = format!("import-{index}-tool");
    let error_id = format!("import-{index}-error");
    let described = error_id.clone();
    view! {
        <tr>
            <FieldCell column="Import">
                <input type="hidden" name=field("upstream_name") value=sent />
                <input
                    type="checkbox"
                    class="check"
                    name=pick
                    value="true"
                    checked=checked
                    disabled=is_refused
                    aria-label=format!("Import {named}")
                />
            </FieldCell>
            <FieldCell column="Tool upstream" wide=true>
                <div id=label_id class="font-mono font-medium break-all">
                    {upstream}
                </div>
                <p class="mt-1 line-clamp-3 max-w-prose text-muted">{definition.description.clone()}</p>
                <div class="mt-1 flex flex-wrap gap-1">
                    {badges
                        .into_iter()
                        .flatten()
                        .map(|(tone, words)| view! { <Badge tone=tone plain=true>{words}</Badge> })
                        .collect_view()}
                    {names.into_iter().map(|name| view! { <Badge tone=Tone::Success>{format!("Imported as {name}")}</Badge> }).collect_view()}
                </div>
                {tool.refusal.map(|why| view! { <p class="mt-1 text-danger">{why}</p> })}
                <details class="mt-1">
                    <summary class="cursor-pointer text-muted">"Inputs"</summary>
                    <CodeBlock code=schema language="json" label="Input schema" class="mt-1 max-h-72 overflow-auto" />
                </details>
            </FieldCell>
            <FieldCell column="Name here">
                <input
                    name=name.clone()
                    class="field font-mono"
                    value=form.value(&name, tool.proposed_name)
                    disabled=is_refused
                    aria-label=format!("Name of {} here", definition.name)
                    aria-describedby=described
                    autocomplete="off"
                />
                <FieldError id=error_id error=error />
            </FieldCell>
        </tr>
    }
}
