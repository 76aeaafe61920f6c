//! What do we have, is it healthy, who uses it?

mod filters;
mod rows;
mod tree;

use super::{param, query};
use crate::{
    api::tools::{ToolChoices, ToolQuery, list_tools, tool_facets},
    components::{
        button::{ButtonLink, Kind as ButtonKind},
        columns::use_columns,
        icon::Icon,
        menu::{Menu, MenuLink},
        page::{EmptyState, ErrorNotice, PageHeader, Skeleton},
    },
};
use filters::Filters;
use leptos::prelude::*;
use rows::{COLUMNS, Rows};
use tree::CategoryTree;
pub(super) use tree::indent;

/// The address, as a question.
pub(super) fn asked() -> Memo<ToolQuery> {
    let part = |name| query(name);
    let (q, kind, status, category, tag, owner) = (part("q"), part("kind"), part("status"), part("category"), part("tag"), part("owner"));
    let (visibility, agent, used, sort, dir, after) =
        (part("visibility"), part("agent"), part("used"), part("sort"), part("dir"), part("after"));
    Memo::new(move |_| ToolQuery {
        q: q.get(),
        kind: kind.get(),
        status: status.get(),
        category: category.get(),
        tag: tag.get(),
        owner: owner.get(),
        visibility: visibility.get(),
        agent: agent.get(),
        used: used.get(),
        sort: sort.get(),
        dir: dir.get(),
        after: after.get(),
    })
}

#[component]
pub fn ToolsPage() -> impl IntoView {
    let org = param("org");
    let asked = asked();
    let columns = use_columns("tools", &COLUMNS);
    let facets = Resource::new_blocking(move || org.get(), tool_facets);
    let tools = Resource::new_blocking(move || (org.get(), asked.get()), |(org, query)| list_tools(org, query));
    view! {
        // Apart from the rows: what is typed here stays while they change.
        <Suspense fallback=|| view! { <Skeleton rows=2 /> }>
            {move || Suspend::new(async move {
                match facets.await {
                    Ok(facets) => {
                        let rows = view! {
                            <Transition fallback=|| view! { <Skeleton rows=8 /> }>
                                {move || Suspend::new(async move {
                                    match tools.await {
                                        Ok(list) => view! { <Rows list=list org=org asked=asked columns=columns /> }.into_any(),
                                        Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                                    }
                                })}
                            </Transition>
                        }
                            .into_any();
                        view! { <Shown facets=facets org=org asked=asked rows=rows /> }.into_any()
                    }
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Shown(facets: ToolChoices, org: Memo<String>, asked: Memo<ToolQuery>, rows: AnyView) -> impl IntoView {
    let base = format!("/{}/tools", org.get_untracked());
    let new_href = format!("{base}/new");
    let may_build = facets.may_build;
    let none = facets.facets.tools == 0;
    let first_href = new_href.clone();
    let (export_href, import_href, sorting_href) = (format!("{base}.json"), format!("{base}/import"), format!("{base}/categories"));
    view! {
        <PageHeader title="Tools">
            <Menu label="More" icon=icondata_lu::LuEllipsis icon_only=true>
                <a class="menu-item" href=export_href rel="external" download="">
                    <Icon icon=icondata_lu::LuDownload class="text-muted" />
                    "Export all as JSON"
                </a>
                {may_build
                    .then(|| {
                        view! {
                            <MenuLink href=import_href icon=icondata_lu::LuUpload>
                                "Import tools"
                            </MenuLink>
                        }
                    })}
                <MenuLink href=sorting_href icon=icondata_lu::LuFolderTree>
                    "Categories and tags"
                </MenuLink>
            </Menu>
            {may_build
                .then(|| {
                    view! {
                        <ButtonLink href=new_href kind=ButtonKind::Primary icon=icondata_lu::LuPlus>
                            "New tool"
                        </ButtonLink>
                    }
                })}
        </PageHeader>
        {if none {
            view! {
                <EmptyState
                    icon=icondata_lu::LuWrench
                    title="No tools yet"
                    text="A tool is one thing an agent can do: call an API, run a script. Register one, try it, then attach it to an agent."
                >
                    {may_build
                        .then(|| {
                            view! {
                                <ButtonLink href=first_href icon=icondata_lu::LuPlus>
                                    "Register the first tool"
                                </ButtonLink>
                            }
                        })}
                </EmptyState>
            }
                .into_any()
        } else {
            view! {
                <div class="gap-6 lg:grid lg:grid-cols-[200px_minmax(0,1fr)]">
                    <CategoryTree categories=facets.facets.categories.clone() total=facets.facets.tools may_build=may_build org=org asked=asked />
                    <div class="min-w-0">
                        <Filters facets=facets.facets base=base asked=asked />
                        {rows}
                    </div>
                </div>
            }
                .into_any()
        }}
    }
}
