//! Subjects × tools. A cell is a link that opens it beside the matrix, with the reason and a form; all of it works without a script.

use super::{moment_field, permission_options, why::Why};
use crate::{
    api::access::{MatrixPage, OpenCell, SetGrant, access_matrix},
    components::{
        button::{Button, ButtonLink, Kind},
        conflict::Conflict,
        field::{FormError, SelectField, TextField},
        form::{RowForms, say_when_done, successes, use_row_forms},
        format,
        icon::Icon,
        page::{EmptyState, ErrorNotice, Notice, PageHeader, Skeleton},
        query::Query,
        table::use_query,
    },
    pages::address::{param, query},
};
use leptos::{attr::custom::custom_attribute, prelude::*};
use toolcrib::{
    grants::matrix::{Cell, Matrix, MatrixQuery, MatrixSubject, MatrixTool, SUBJECTS, TOOLS},
    tools::{Level, Visibility},
};

#[component]
pub fn AccessPage() -> impl IntoView {
    let org = param("org");
    let (tool, who, subjects, private) = (query("tool"), query("who"), query("subjects"), query("private"));
    let (page, subjects_page, cell) = (query("page"), query("subjects_page"), query("cell"));
    let set = ServerAction::<SetGrant>::new();
    say_when_done(set, "Grant saved");
    let saved = successes(set);
    let forms = use_row_forms(set, &["id", "subject"]);
    let asked = Memo::new(move |_| MatrixQuery {
        tool: tool.get(),
        who: who.get(),
        subjects: subjects.get(),
        private_only: !private.get().is_empty(),
        page: page.get().parse().unwrap_or(1),
        subjects_page: subjects_page.get().parse().unwrap_or(1),
    });
    let data = Resource::new_blocking(
        move || (org.get(), asked.get(), cell.get(), saved.get()),
        |(org, query, cell, _)| access_matrix(org, query, cell),
    );
    let address = use_query();
    view! {
        <Transition fallback=|| view! { <Skeleton rows=8 /> }>
            {move || Suspend::new(async move {
                match data.await {
                    Ok(page) => {
                        let address = address.get_untracked();
                        view! { <Shown page=page org=org.get_untracked() address=address cell=cell.get_untracked() set=set forms=forms /> }.into_any()
                    }
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Shown(page: MatrixPage, org: String, address: Query, cell: String, set: ServerAction<SetGrant>, forms: RowForms) -> impl IntoView {
    let MatrixPage { matrix, query, open } = page;
    let facts = format!(
        "{} × {}",
        format::count(matrix.tool_count, "tool", "tools"),
        format::count(matrix.subject_count, "agent or person", "agents and people")
    );
    let filtered = !query.tool.is_empty() || !query.who.is_empty() || !query.subjects.is_empty() || query.private_only;
    let empty = matrix.tools.is_empty() || matrix.subjects.is_empty();
    let gone = open.is_none() && !cell.is_empty();
    let close = address.clone().with("cell", None).href();
    let pages = pages(&address, &matrix, &query);
    let all = address.path.clone();
    let columns = if open.is_some() { "grid gap-6 xl:grid-cols-[minmax(0,1fr)_22rem]" } else { "grid" };
    let panel = open.map(|open| {
        let back = address.href();
        let back = back.split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default();
        view! { <Opened open=open org=org back=back close=close set=set forms=forms /> }
    });
    view! {
        <PageHeader title="Access" facts=facts />
        <Filters query=query />
        {gone.then(|| view! { <div class="mb-4"><Notice>"The tool or who was named is gone meanwhile."</Notice></div> })}
        <div class=columns>
            <div class="min-w-0 xl:order-first">
                {if empty && filtered {
                    view! {
                        <EmptyState icon=icondata_lu::LuSearchX title="Nothing matches" text="Filter by other words, or show everything.">
                            <ButtonLink href=all>"Show everything"</ButtonLink>
                        </EmptyState>
                    }
                        .into_any()
                } else if empty {
                    view! {
                        <EmptyState
                            icon=icondata_lu::LuShieldCheck
                            title="No tools to give access to"
                            text="The tools that you own or administer stand here, against the agents and people who may use them."
                        />
                    }
                        .into_any()
                } else {
                    view! {
                        <Grid matrix=matrix address=address chosen=cell />
                        {pages}
                        <Legend />
                    }
                        .into_any()
                }}
            </div>
            {panel}
        </div>
    }
    .into_any()
}

#[component]
fn Filters(query: MatrixQuery) -> impl IntoView {
    let kinds = [("", "Agents and people"), ("agent", "Agents"), ("user", "People")]
        .into_iter()
        .map(|(value, label)| {
            let selected = query.subjects == value;
            view! {
                <option value=value selected=selected>
                    {label}
                </option>
            }
        })
        .collect_view();
    view! {
        <form method="get" role="search" class="mb-4 flex flex-wrap items-center gap-2">
            <input type="search" name="tool" class="field w-52 max-w-full" placeholder="Filter tools" aria-label="Filter tools" value=query.tool />
            <input
                type="search"
                name="who"
                class="field w-52 max-w-full"
                placeholder="Filter agents and people"
                aria-label="Filter agents and people"
                value=query.who
            />
            <select name="subjects" class="field w-auto" aria-label="Agents or people">
                {kinds}
            </select>
            <label class="flex items-center gap-2">
                <input type="checkbox" name="private" value="1" class="check" checked=query.private_only />
                "Private tools only"
            </label>
            <button class="btn btn-secondary">"Filter"</button>
        </form>
    }
}

#[component]
fn Grid(matrix: Matrix, address: Query, chosen: String) -> impl IntoView {
    let heads = matrix.subjects.iter().map(head).collect_view();
    let subjects = matrix.subjects;
    let org = address.path.trim_end_matches("/access").to_owned();
    let rows = matrix
        .tools
        .into_iter()
        .zip(matrix.cells)
        .map(|(tool, cells)| {
            let cells =
                subjects.iter().zip(cells).map(|(subject, cell)| cell_view(&tool, subject, &cell, &address, &chosen)).collect_view();
            let private = tool.visibility == Visibility::Private;
            view! {
                <tr>
                    <th scope="row">
                        <a class="row-link block truncate" href=format!("{org}/tools/{}/access", tool.id)>
                            {tool.display_name}
                        </a>
                        <div class="flex items-center gap-1 truncate font-mono text-xs font-normal text-muted">
                            {private.then(|| view! { <Icon icon=icondata_lu::LuLock size=12 /> <span class="sr-only">"private"</span> })}
                            {tool.name}
                        </div>
                    </th>
                    {cells}
                </tr>
            }
        })
        .collect_view();
    view! {
        <div role="region" aria-label="Access matrix" tabindex="0" class="panel max-h-[70vh] overflow-auto">
            <table class="table matrix">
                <caption class="sr-only">"What each agent and person may do with each tool"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Tool"</th>
                        {heads}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn head(one: &MatrixSubject) -> impl IntoView + use<> {
    let (icon, under) = match &one.role {
        Some(role) => (icondata_lu::LuUser, role.clone()),
        None => (icondata_lu::LuBot, "agent".to_owned()),
    };
    view! {
        <th scope="col" title=one.name.clone()>
            <div class="flex w-24 items-center gap-1">
                <Icon icon=icon size=12 />
                <span class="truncate text-text">{one.name.clone()}</span>
            </div>
            <div class="font-normal">{under}</div>
        </th>
    }
}

/// A letter, how it is come by, and the same in words for those who hear it.
fn cell_view(tool: &MatrixTool, one: &MatrixSubject, cell: &Cell, address: &Query, chosen: &str) -> impl IntoView + use<> {
    let name = format!("{}~{}", tool.id, one.subject);
    let href = format!("{}#cell", address.clone().with("cell", Some(&name)).href());
    let granted = cell.granted.filter(|_| !cell.is_expired);
    let waits = granted.is_some() && one.role.is_none() && cell.attached != Some(true);
    let (letter, class) = match (cell.level, granted) {
        (Level::None, Some(_)) => ("·", "border border-dashed border-line-strong text-muted"),
        (Level::None, None) => ("–", "text-muted"),
        (level, Some(_)) => (letter(level), "bg-accent-soft font-semibold text-accent"),
        (level, None) => (letter(level), "bg-sunken text-text"),
    };
    let mut words = format!("{} on {}: {}", one.name, tool.name, cell.level.label().to_lowercase());
    if let Some(permission) = granted {
        words.push_str(&format!(", granted {}", permission.as_str()));
        if waits {
            words.push_str(", but not attached");
        }
        if let Some(end) = cell.expires_at {
            words.push_str(&format!(" until {}", format::exact(end)));
        }
    } else if cell.is_expired {
        words.push_str(", grant expired");
    }
    let current = (name == chosen).then_some("true");
    let outline = if current.is_some() { "outline-2 outline-accent" } else { "" };
    let clock = cell.expires_at.is_some();
    view! {
        <td>
            <a
                {..custom_attribute("noscroll", "")}
                href=href
                title=words.clone()
                aria-label=words
                aria-current=current
                class=format!(
                    "flex h-7 w-12 items-center justify-center gap-0.5 rounded-sm no-underline hover:ring-1 hover:ring-line-strong {class} {outline}",
                )
            >
                {letter}
                {clock.then(|| view! { <Icon icon=icondata_lu::LuClock size=12 /> })}
            </a>
        </td>
    }
}

fn letter(level: Level) -> &'static str {
    match level {
        Level::None => "–",
        Level::Read => "R",
        Level::Execute => "E",
        Level::Admin => "A",
    }
}

#[component]
fn Legend() -> impl IntoView {
    view! {
        <p class="mt-3 flex flex-wrap gap-x-5 gap-y-1 text-xs text-muted">
            <span>"R read · E execute · A admin · – nothing"</span>
            <span class="inline-flex items-center gap-1">
                <span class="rounded-sm bg-accent-soft px-1 font-semibold text-accent">"E"</span>
                "by a grant"
            </span>
            <span class="inline-flex items-center gap-1">
                <span class="rounded-sm bg-sunken px-1 text-text">"E"</span>
                "by visibility, ownership or role"
            </span>
            <span class="inline-flex items-center gap-1">
                <span class="rounded-sm border border-dashed border-line-strong px-1">"·"</span>
                "granted, but not attached"
            </span>
            <span class="inline-flex items-center gap-1">
                <Icon icon=icondata_lu::LuClock size=12 />
                "has an end"
            </span>
        </p>
    }
}

/// Ways to the other parts of a matrix that is too large for one page.
fn pages(address: &Query, matrix: &Matrix, query: &MatrixQuery) -> impl IntoView + use<> {
    let line = |words: &str, key: &'static str, page: i64, size: i64, total: i64| {
        let page = page.max(1);
        let link = |to: i64, label: String| {
            let href = address.clone().with("cell", None).with(key, (to > 1).then(|| to.to_string()).as_deref()).href();
            view! {
                <a class="btn btn-secondary btn-small" href=href>
                    {label}
                </a>
            }
        };
        (total > size).then(|| {
            let last = (page * size).min(total);
            view! {
                <span class="inline-flex flex-wrap items-center gap-2">
                    <span class="num">{format!("{words} {}–{last} of {total}", ((page - 1) * size + 1).min(total))}</span>
                    {(page > 1).then(|| link(page - 1, format!("Previous {}", words.to_lowercase())))}
                    {(last < total).then(|| link(page + 1, format!("Next {}", words.to_lowercase())))}
                </span>
            }
        })
    };
    view! {
        <nav aria-label="Parts of the matrix" class="mt-3 flex flex-wrap gap-x-6 gap-y-2 text-sm text-muted empty:hidden">
            {line("Tools", "page", query.page, TOOLS, matrix.tool_count)}
            {line("Agents and people", "subjects_page", query.subjects_page, SUBJECTS, matrix.subject_count)}
        </nav>
    }
}

#[component]
fn Opened(open: OpenCell, org: String, back: String, close: String, set: ServerAction<SetGrant>, forms: RowForms) -> impl IntoView {
    let OpenCell { explanation, tool_display_name, grant } = open;
    let (tool, subject) = (explanation.tool_id.to_string(), explanation.subject().to_string());
    let cell = format!("{tool}~{subject}");
    let (form, sending) = (forms.of(&cell), forms.sending(&cell));
    let now = grant.as_ref().map_or("none", |grant| grant.permission.as_str());
    let expected = grant.as_ref().map_or_else(|| "none".to_owned(), |grant| toolcrib::seen::tag(grant.created_at));
    let end = moment_field(grant.as_ref().and_then(|grant| grant.expires_at));
    let given = grant.map(|grant| {
        let by = grant.granted_by_name.map(|name| format!(" by {name}")).unwrap_or_default();
        format!("Given{by} on {}.", format::exact(grant.created_at))
    });
    view! {
        <aside id="cell" on:submit=sending class="order-first min-w-0 space-y-4 xl:order-last" aria-label="The chosen cell">
            <div class="flex items-start justify-between gap-2">
                <h2 class="min-w-0 text-lg font-semibold break-words">
                    {format!("{} and {tool_display_name}", explanation.subject_name)}
                </h2>
                <a {..custom_attribute("noscroll", "")} class="btn btn-ghost btn-icon" href=close aria-label="Close" title="Close">
                    <Icon icon=icondata_lu::LuX />
                </a>
            </div>
            <ActionForm action=set attr:class="panel space-y-3 p-4">
                <input type="hidden" name="org" value=org />
                <input type="hidden" name="id" value=tool />
                <input type="hidden" name="subject" value=subject />
                <input type="hidden" name="back" value=back />
                <input type="hidden" name="expected" value=form.value("expected", expected) />
                <FormError message=form.general_error() />
                <Conflict form=form what="grant" />
                <SelectField
                    label="Grant"
                    name="permission"
                    options=permission_options(true)
                    value=form.value("permission", now)
                    error=form.error("permission")
                />
                <TextField
                    label="Until (UTC)"
                    name="expires_at"
                    type_="datetime-local"
                    value=form.value("expires_at", end)
                    error=form.error("expires_at")
                    hint="Empty: until it is revoked."
                />
                <div class="flex flex-wrap items-center gap-3">
                    <Button kind=Kind::Primary pending=set.pending()>
                        "Save"
                    </Button>
                    <span class="text-xs text-muted">{given}</span>
                </div>
            </ActionForm>
            <Why explanation=explanation />
        </aside>
    }
}
