//! The tools that were chosen in the list: the same change for all of them, and a report of what could not be done.

use super::{cells::tool_icon, param, query};
use crate::{
    api::tool_batches::{BulkTools, Chosen, Shown as Kept, get_batch, selection},
    components::{
        badge::{Badge, StatusBadge, Tone},
        button::{Button, ButtonLink, Kind as ButtonKind},
        dialog::ConfirmDialog,
        field::{FormError, SelectField, TextField},
        form::use_form,
        format,
        icon::Icon,
        page::{EmptyState, ErrorNotice, PageHeader, Section, Skeleton},
        table::{Table, use_query},
    },
};
use leptos::prelude::*;
use toolcrib::tools::{
    batch::{BulkReport, Outcome},
    categories::tree::path,
};

#[component]
pub fn ToolSelectionPage() -> impl IntoView {
    let org = param("org");
    let address = use_query();
    let ids = Memo::new(move |_| address.with(|query| query.all("id")));
    let batch = query("batch");
    let bulk = ServerAction::<BulkTools>::new();
    let chosen = Resource::new_blocking(move || (org.get(), ids.get(), batch.get()), |(org, ids, _)| selection(org, ids));
    let report = Resource::new_blocking(
        move || (org.get(), batch.get()),
        async move |(org, id)| if id.is_empty() { Ok(None) } else { get_batch(org, id).await },
    );
    view! {
        <Transition fallback=|| view! { <Skeleton rows=6 /> }>
            {move || Suspend::new(async move {
                let report = match report.await {
                    Ok(Some(Kept::Bulk(report))) => Some(view! { <Report report=report /> }.into_any()),
                    Ok(_) => None,
                    Err(error) => Some(view! { <ErrorNotice error=error /> }.into_any()),
                };
                match chosen.await {
                    Ok(chosen) => {
                        let org = org.get_untracked();
                        view! { <Shown chosen=chosen org=org report=report bulk=bulk /> }.into_any()
                    }
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Report(report: BulkReport) -> impl IntoView {
    let count = |outcome: Outcome| report.items.iter().filter(|item| item.outcome == outcome).count();
    let number = |outcome: Outcome| i64::try_from(count(outcome)).unwrap_or(i64::MAX);
    let mut facts = vec![format!("{}: {}", report.action.done(), format::count(number(Outcome::Done), "tool", "tools"))];
    if count(Outcome::Unchanged) > 0 {
        facts.push(format!("unchanged: {}", number(Outcome::Unchanged)));
    }
    if count(Outcome::Refused) > 0 {
        facts.push(format!("refused: {}", number(Outcome::Refused)));
    }
    let rows = report
        .items
        .into_iter()
        .map(|item| {
            let (tone, words) = match item.outcome {
                Outcome::Done => (Tone::Success, report.action.done()),
                Outcome::Unchanged => (Tone::Neutral, "Unchanged"),
                Outcome::Refused => (Tone::Danger, "Refused"),
            };
            let name = if item.name.is_empty() { item.id.to_string() } else { item.name };
            view! {
                <tr>
                    <th scope="row" class="font-mono">
                        {name}
                    </th>
                    <td>
                        <Badge tone=tone>{words}</Badge>
                    </td>
                    <td>{item.why}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Section title="What was done" text=facts.join(" · ")>
            <div role="status">
                <Table label="Report">
                    <caption class="sr-only">"Report"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Tool"</th>
                            <th scope="col">"Outcome"</th>
                            <th scope="col">"Why"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </Table>
            </div>
        </Section>
    }
    .into_any()
}

#[component]
fn Shown(chosen: Chosen, org: String, report: Option<AnyView>, bulk: ServerAction<BulkTools>) -> impl IntoView {
    let list = format!("/{org}/tools");
    let number = i64::try_from(chosen.tools.len()).unwrap_or(i64::MAX);
    let title = format::count(number, "selected tool", "selected tools");
    let back = list.clone();
    if chosen.tools.is_empty() {
        return view! {
            <PageHeader title=title />
            {report}
            <EmptyState icon=icondata_lu::LuListChecks title="Nothing is selected" text="Tick tools in the list, then do the same with all of them.">
                <ButtonLink href=back>"Back to the tools"</ButtonLink>
            </EmptyState>
        }
        .into_any();
    }
    let ids: Vec<String> = chosen.tools.iter().map(|tool| tool.id.to_string()).collect();
    let export = format!("/{org}/tools.json?{}", ids.iter().map(|id| format!("id={id}")).collect::<Vec<_>>().join("&"));
    let rows = chosen
        .tools
        .iter()
        .map(|tool| {
            let category = tool.category_id.map(|id| path(&chosen.categories, id)).unwrap_or_default();
            view! {
                <tr>
                    <th scope="row">
                        <span class="flex items-center gap-2">
                            <Icon icon=tool_icon(tool.icon.as_deref(), tool.kind) class="text-muted" />
                            <a class="row-link" href=format!("{list}/{}", tool.id)>
                                {tool.display_name.clone()}
                            </a>
                        </span>
                    </th>
                    <td>
                        <StatusBadge status=tool.status.as_str() />
                    </td>
                    <td>{category}</td>
                    <td>{tool.tags.join(", ")}</td>
                </tr>
            }
        })
        .collect_view();
    let actions = chosen.may_build.then(|| view! { <Actions chosen=chosen org=org ids=ids bulk=bulk /> });
    view! {
        <PageHeader title=title facts="The same for all of them. What cannot be done with one is said of that one; the others go on.">
            <a href=export class="btn btn-secondary" rel="external" download="">
                <Icon icon=icondata_lu::LuDownload />
                "Export as JSON"
            </a>
            <ButtonLink href=back kind=ButtonKind::Ghost>
                "Back to the tools"
            </ButtonLink>
        </PageHeader>
        {report}
        <Section title="Tools">
            <Table label="Selected tools">
                <caption class="sr-only">"Selected tools"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Tool"</th>
                        <th scope="col">"Status"</th>
                        <th scope="col">"Category"</th>
                        <th scope="col">"Tags"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
        </Section>
        {actions}
    }
    .into_any()
}

/// What every form of this page sends along.
fn hidden(org: &str, ids: &[String], action: Option<&'static str>) -> impl IntoView + use<> {
    let ids = ids.iter().map(|id| view! { <input type="hidden" name="ids[]" value=id.clone() /> }).collect_view();
    view! {
        <input type="hidden" name="org" value=org.to_owned() />
        {ids}
        {action.map(|action| view! { <input type="hidden" name="action" value=action /> })}
    }
}

#[component]
fn Actions(chosen: Chosen, org: String, ids: Vec<String>, bulk: ServerAction<BulkTools>) -> impl IntoView {
    let form = use_form(bulk);
    let number = i64::try_from(ids.len()).unwrap_or(i64::MAX);
    let mut places = vec![(String::new(), "Out of any category".to_owned())];
    places.extend(chosen.categories.iter().map(|category| (category.id.to_string(), path(&chosen.categories, category.id))));
    let names: Vec<String> = chosen.tools.iter().map(|tool| tool.name.clone()).collect();
    let goes = format!(
        "{} go for good, with their versions, grants and attachments to agents. Their executions stay on record.",
        names.join(", ")
    );
    let pending = bulk.pending();
    let status = |action: &'static str, words: &'static str| {
        let hidden = hidden(&org, &ids, Some(action));
        view! { <ActionForm action=bulk>{hidden} <Button pending=pending>{words}</Button></ActionForm> }
    };
    let (activate, disable, deprecate) = (status("activate", "Activate"), status("disable", "Disable"), status("deprecate", "Deprecate"));
    let (tag_hidden, move_hidden, delete_hidden) =
        (hidden(&org, &ids, None), hidden(&org, &ids, Some("move")), hidden(&org, &ids, Some("delete")));
    view! {
        <FormError message=form.general_error() />
        <div class="grid gap-x-10 lg:grid-cols-2">
            <Section title="Tag">
                <ActionForm action=bulk attr:class="flex flex-wrap items-end gap-2">
                    {tag_hidden}
                    <TextField label="Tag" name="tag" value=form.value("tag", "") error=form.error("tag") class="w-56" required=true />
                    <button class="btn btn-secondary" name="action" value="add_tag">
                        "Add tag"
                    </button>
                    <button class="btn btn-secondary" name="action" value="remove_tag">
                        "Remove tag"
                    </button>
                </ActionForm>
            </Section>
            <Section title="Category">
                <ActionForm action=bulk attr:class="flex flex-wrap items-end gap-2">
                    {move_hidden}
                    <SelectField
                        label="Category"
                        name="category_id"
                        options=places
                        value=form.value("category_id", "")
                        error=form.error("category_id")
                        class="w-56"
                        required=false
                    />
                    <Button pending=pending>"Move"</Button>
                </ActionForm>
            </Section>
            <Section title="Status">
                <div class="flex flex-wrap gap-2">{activate} {disable} {deprecate}</div>
            </Section>
            <Section title="Delete">
                <ConfirmDialog
                    id="delete-selected"
                    label=format!("Delete {}", format::count(number, "tool", "tools"))
                    title=format!("Delete {}?", format::count(number, "tool", "tools"))
                    text=goes
                >
                    <ActionForm action=bulk>
                        {delete_hidden} <Button kind=ButtonKind::Danger pending=pending>
                            {format!("Delete {} for good", format::count(number, "tool", "tools"))}
                        </Button>
                    </ActionForm>
                </ConfirmDialog>
            </Section>
        </div>
    }
    .into_any()
}
