//! What was published of a workflow: the draft beside it, all versions, any two side by side; back to an old one.

mod compared;
mod publish;
mod shown;
mod tools;

use super::{
    param, query,
    tabs::{Tab, WorkflowTabs},
};
use crate::{
    api::workflows::{
        PublishWorkflow, RestoreWorkflowVersion, WorkflowVersionsPage as Page, compare_workflow_versions, get_workflow_version,
        workflow_versions,
    },
    components::{
        badge::{Badge, Tone},
        button::{Button, ButtonLink, Kind},
        dialog::ConfirmDialog,
        field::FormError,
        form::{successes, use_form},
        icon::Icon,
        page::{EmptyState, ErrorNotice, PageHeader, Section, Skeleton},
        table::CursorPager,
        time::RelativeTime,
    },
};
use compared::Compared;
use leptos::prelude::*;
use publish::PublishForm;
use shown::Shown;
use toolcrib::workflows::WorkflowVersionHead;
use tools::AsTools;

#[component]
pub fn WorkflowVersionsPage() -> impl IntoView {
    let (org, id, cursor) = (param("org"), param("id"), query("cursor"));
    let (from, to, look) = (query("from"), query("to"), query("version"));
    // Publishing leads back to this address: what is read here has to know of it.
    let publish = ServerAction::<PublishWorkflow>::new();
    let published = successes(publish);
    let page = Resource::new_blocking(
        move || (org.get(), id.get(), cursor.get(), published.get()),
        |(org, id, cursor, _)| workflow_versions(org, id, cursor),
    );
    let compared = Resource::new_blocking(
        move || (org.get(), id.get(), from.get(), to.get()),
        async move |(org, id, from, to)| match from.is_empty() || to.is_empty() {
            true => Ok(None),
            false => compare_workflow_versions(org, id, from, to).await.map(Some),
        },
    );
    let looked = Resource::new_blocking(
        move || (org.get(), id.get(), look.get().parse::<i32>().ok()),
        async move |(org, id, version)| match version {
            Some(version) => get_workflow_version(org, id, version).await.map(Some),
            None => Ok(None),
        },
    );
    view! {
        <Transition fallback=|| view! { <Skeleton rows=8 /> }>
            {move || Suspend::new(async move {
                let (page, compared, looked) = (page.await, compared.await, looked.await);
                let org = org.get_untracked();
                match page {
                    Ok(page) => {
                        let base = format!("/{org}/workflows/{}/versions", page.workflow.id);
                        let compared = match compared {
                            Ok(Some(comparison)) => Some(view! { <Compared comparison=comparison base=base.clone() /> }.into_any()),
                            Ok(None) => None,
                            Err(error) => Some(view! { <ErrorNotice error=error /> }.into_any()),
                        };
                        let looked = match looked {
                            Ok(Some(shown)) => Some(view! { <Shown shown=shown base=base /> }.into_any()),
                            Ok(None) => None,
                            Err(error) => Some(view! { <ErrorNotice error=error /> }.into_any()),
                        };
                        let chosen = (from.get_untracked(), to.get_untracked());
                        view! { <Body page=page org=org chosen=chosen publish=publish>{compared}{looked}</Body> }.into_any()
                    }
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Body(page: Page, org: String, chosen: (String, String), publish: ServerAction<PublishWorkflow>, children: Children) -> impl IntoView {
    let Page { workflow, versions, differences, tools, may_change } = page;
    let here = format!("/{org}/workflows/{}", workflow.id);
    let export = format!("{here}/export.json");
    let facts = match (workflow.published_version, differences) {
        (None, _) => format!("Never published · draft at revision {}", workflow.revision),
        (Some(version), Some(0)) => format!("Version {version} is published · the draft is the same"),
        (Some(version), _) => format!("Version {version} is published · the draft differs"),
    };
    let empty = versions.items.is_empty();
    let org_of_list = org.clone();
    let publishing =
        may_change.then(|| view! { <PublishForm workflow=workflow.clone() differences=differences org=org.clone() publish=publish /> });
    view! {
        <PageHeader title=workflow.display_name.clone() facts=facts>
            <a class="btn btn-secondary" href=export rel="external" download="">
                <Icon icon=icondata_lu::LuDownload />
                "Export the draft"
            </a>
        </PageHeader>
        <WorkflowTabs org=org.clone() id=workflow.id.to_string() may_change=may_change active=Tab::Versions />
        <div class="max-w-4xl">
            {children()} {publishing}
            <Section title="Versions" text="Triggers, agents and REST run the newest version. Whoever edits the draft disturbs no run.">
                {if empty {
                    view! { <EmptyState icon=icondata_lu::LuGitBranch title="Nothing is published yet" text="Until then runs use the draft as it is." /> }
                        .into_any()
                } else {
                    view! {
                        <List versions=versions.items published=workflow.published_version revision=workflow.revision here=here org=org_of_list may_change=may_change chosen=chosen />
                        <CursorPager next=versions.next_cursor />
                    }
                        .into_any()
                }}
            </Section>
            <AsTools workflow=workflow tools=tools org=org may_change=may_change />
        </div>
    }
    .into_any()
}

#[component]
fn List(
    versions: Vec<WorkflowVersionHead>,
    published: Option<i32>,
    revision: i32,
    here: String,
    org: String,
    may_change: bool,
    chosen: (String, String),
) -> impl IntoView {
    let restore = ServerAction::<RestoreWorkflowVersion>::new();
    let form = use_form(restore);
    let base = format!("{here}/versions");
    let id = here.rsplit('/').next().unwrap_or_default().to_owned();
    // Proposed: what is published, and the draft.
    let or = |chosen: String, otherwise: String| if chosen.is_empty() { otherwise } else { chosen };
    let from = or(chosen.0, published.map(|version| version.to_string()).unwrap_or_default());
    let to = or(chosen.1, "draft".to_owned());
    let choice = move |name: &'static str, words: &'static str, chosen: &str, value: String, spoken: String| {
        view! {
            <label class="inline-flex items-center gap-1 text-xs text-muted">
                <input type="radio" name=name value=value.clone() checked=chosen == value />
                {words}
                <span class="sr-only">{spoken}</span>
            </label>
        }
    };
    let rows = versions
        .iter()
        .map(|head| {
            let number = head.version;
            let spoken = format!("version {number}");
            let restore = may_change.then(|| {
                view! {
                    <ConfirmDialog
                        id=format!("restore-{number}")
                        label="Restore"
                        title=format!("Make the draft what it was at version {number}?")
                        text="What the draft holds now is replaced; publish it first if it is worth keeping. What is published stays published."
                        small=true
                    >
                        <button type="submit" form=format!("restore-form-{number}") class="btn btn-primary">
                            {format!("Restore version {number}")}
                        </button>
                    </ConfirmDialog>
                }
            });
            view! {
                <li class="border-b border-line py-4 last:border-0">
                    <div class="flex flex-wrap items-center gap-x-3 gap-y-1">
                        <a class="font-semibold" href=format!("{base}?version={number}")>
                            {format!("Version {number}")}
                        </a>
                        {(published == Some(number)).then(|| view! { <Badge tone=Tone::Accent>"Published"</Badge> })}
                        <span class="text-muted">
                            <RelativeTime at=head.created_at />
                            {format!(" by {}", head.created_by_name)}
                        </span>
                        <span class="inline-flex gap-3">
                            {choice("from", "from", &from, number.to_string(), spoken.clone())} {choice("to", "to", &to, number.to_string(), spoken)}
                        </span>
                        <span class="ml-auto flex gap-2">
                            <ButtonLink href=format!("{base}?from={number}&to=draft") small=true>
                                "Compare with draft"
                            </ButtonLink>
                            {restore}
                        </span>
                    </div>
                    {(!head.note.is_empty()).then(|| view! { <p class="mt-1 max-w-prose whitespace-pre-wrap">{head.note.clone()}</p> })}
                    <p class="mt-1 text-xs text-muted">{format!("Revision {} of the draft", head.revision)}</p>
                </li>
            }
        })
        .collect_view();
    // Beside the list's own form, since forms do not nest: the buttons name the form they send.
    let restores = versions
        .iter()
        .filter(|_| may_change)
        .map(|head| {
            let (org, id, number) = (org.clone(), id.clone(), head.version);
            view! {
                <ActionForm action=restore attr:id=format!("restore-form-{number}")>
                    <input type="hidden" name="org" value=org />
                    <input type="hidden" name="id" value=id />
                    <input type="hidden" name="version" value=number />
                    <input type="hidden" name="revision" value=revision />
                </ActionForm>
            }
        })
        .collect_view();
    view! {
        <FormError message=form.general_error() />
        {restores}
        <form method="get" action=base>
            <p class="flex flex-wrap items-center gap-3">
                <span class="text-muted">"Choose two, from and to."</span>
                <span class="inline-flex gap-3">
                    <span class="text-xs font-medium">"Draft"</span>
                    {choice("from", "from", &from, "draft".to_owned(), "the draft".to_owned())}
                    {choice("to", "to", &to, "draft".to_owned(), "the draft".to_owned())}
                </span>
                <Button kind=Kind::Secondary small=true>
                    <Icon icon=icondata_lu::LuColumns2 />
                    "Compare"
                </Button>
            </p>
            <ol>{rows}</ol>
        </form>
    }
    .into_any()
}
