//! Name, password, and where one is signed in.

use crate::{
    api::users::{ChangePassword, EndOtherSessions, EndSession, RenameAccount, SignOut, get_account},
    components::{
        badge::{Badge, Tone},
        button::{Button, Kind},
        columns::{Column, ColumnMenu, Columns, use_columns, usual},
        field::{FormError, TextField},
        form::use_form,
        frame::refresh_frame_after,
        page::{ErrorNotice, Notice, PageHeader, Section, Skeleton},
        table::{SortHeader, Table, in_order, use_query},
        time::RelativeTime,
        unsent,
    },
    pages::address::{param, query},
};
use leptos::prelude::*;
use std::cmp::Ordering;
use toolcrib::users::SignInSession;

#[component]
pub fn AccountPage() -> impl IntoView {
    let org = param("org");
    let saved = query("saved");
    let rename = ServerAction::<RenameAccount>::new();
    refresh_frame_after(rename);
    let password = ServerAction::<ChangePassword>::new();
    let end = ServerAction::<EndSession>::new();
    let end_others = ServerAction::<EndOtherSessions>::new();
    let sign_out = ServerAction::<SignOut>::new();
    let name_form = use_form(rename);
    let password_form = use_form(password);
    let end_form = use_form(end);
    let version = move || rename.version().get() + password.version().get() + end.version().get() + end_others.version().get();
    let account = Resource::new_blocking(version, |_| get_account());
    let note = Signal::derive(move || match saved.get().as_str() {
        "name" => Some("Your name was changed."),
        "password" => Some("Your password was changed. Every other browser was signed out."),
        _ => None,
    });
    view! {
        <Transition fallback=|| view! { <Skeleton rows=6 /> }>
            {move || Suspend::new(async move {
                match account.await {
                    Ok(account) => {
                        let (others, user) = (account.sessions.len() > 1, account.user.id);
                        view! {
                            <PageHeader title="Your account" facts=account.user.email.clone()>
                                <ActionForm action=sign_out>
                                    <Button icon=icondata_lu::LuLogOut on:click=move |event| unsent::ask(&event, user)>
                                        "Sign out"
                                    </Button>
                                </ActionForm>
                            </PageHeader>
                            {move || {
                                note.get()
                                    .map(|note| {
                                        view! {
                                            <div class="mb-4">
                                                <Notice tone=Tone::Success>{note}</Notice>
                                            </div>
                                        }
                                    })
                            }}
                            <Section title="Name">
                                <ActionForm action=rename attr:class="max-w-xl space-y-4">
                                    <input type="hidden" name="org" value=move || org.get() />
                                    <FormError message=name_form.general_error() />
                                    <TextField
                                        label="Your name"
                                        name="name"
                                        value=name_form.value("name", &account.user.name)
                                        error=name_form.error("name")
                                        autocomplete="name"
                                        required=true
                                    />
                                    <Button kind=Kind::Primary pending=rename.pending()>
                                        "Save name"
                                    </Button>
                                </ActionForm>
                            </Section>
                            <Section title="Password" text="Changing it signs every other browser out.">
                                <ActionForm action=password attr:class="max-w-xl space-y-4">
                                    <input type="hidden" name="org" value=move || org.get() />
                                    <input type="hidden" name="username" value=account.user.email.clone() autocomplete="username" />
                                    <FormError message=password_form.general_error() />
                                    <TextField
                                        label="Current password"
                                        name="current_password"
                                        type_="password"
                                        error=password_form.error("current_password")
                                        autocomplete="current-password"
                                        required=true
                                    />
                                    <TextField
                                        label="New password"
                                        name="new_password"
                                        type_="password"
                                        error=password_form.error("new_password")
                                        hint="At least 10 characters."
                                        autocomplete="new-password"
                                        required=true
                                    />
                                    <Button pending=password.pending()>"Change password"</Button>
                                </ActionForm>
                            </Section>
                            <Section title="Where you are signed in">
                                <FormError message=end_form.general_error() />
                                <Sessions org=org.get_untracked() sessions=account.sessions end=end />
                                {others
                                    .then(|| {
                                        view! {
                                            <ActionForm action=end_others attr:class="mt-3">
                                                <input type="hidden" name="org" value=move || org.get() />
                                                <Button>"Sign out everywhere else"</Button>
                                            </ActionForm>
                                        }
                                    })}
                            </Section>
                        }
                            .into_any()
                    }
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

static COLUMNS: [Column; 3] = [usual("address", "Address"), usual("signed_in", "Signed in"), usual("last_seen", "Last seen")];

fn compare(a: &SignInSession, b: &SignInSession, column: &str) -> Ordering {
    let name = |session: &SignInSession| session.user_agent.as_deref().map(browser);
    match column {
        "browser" => name(a).cmp(&name(b)),
        "address" => a.address.cmp(&b.address),
        "signed_in" => a.created_at.cmp(&b.created_at),
        "last_seen" => a.last_seen_at.cmp(&b.last_seen_at),
        _ => Ordering::Equal,
    }
}

#[component]
fn Sessions(org: String, sessions: Vec<SignInSession>, end: ServerAction<EndSession>) -> impl IntoView {
    let columns = use_columns("sessions", &COLUMNS);
    let query = use_query();
    let rows = move || {
        let row = |session| view! { <Session org=org.clone() session=session columns=columns end=end /> };
        in_order(sessions.clone(), &query.get(), compare).into_iter().map(row).collect_view()
    };
    view! {
        <div class="mb-2 flex justify-end">
            <ColumnMenu columns=columns />
        </div>
        <Table label="Sign-in sessions">
            <thead>
                <tr>
                    <SortHeader name="browser" label="Browser" />
                    {columns.has("address").then(|| view! { <SortHeader name="address" label="Address" /> })}
                    {columns.has("signed_in").then(|| view! { <SortHeader name="signed_in" label="Signed in" /> })}
                    {columns.has("last_seen").then(|| view! { <SortHeader name="last_seen" label="Last seen" /> })}
                    <th scope="col">
                        <span class="sr-only">"Actions"</span>
                    </th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
}

#[component]
fn Session(org: String, session: SignInSession, columns: Columns, end: ServerAction<EndSession>) -> impl IntoView {
    let what = session.user_agent.as_deref().map_or_else(|| "Unknown browser".to_owned(), browser);
    view! {
        <tr>
            <td>
                <span title=session.user_agent.clone().unwrap_or_default()>{what.clone()}</span>
                {session.current.then(|| view! { <span class="ml-2"><Badge tone=Tone::Success>"this browser"</Badge></span> })}
            </td>
            {columns
                .has("address")
                .then(|| view! { <td class="font-mono text-xs">{session.address.unwrap_or_else(|| "–".to_owned())}</td> })}
            {columns
                .has("signed_in")
                .then(|| {
                    view! {
                        <td>
                            <RelativeTime at=session.created_at />
                        </td>
                    }
                })}
            {columns
                .has("last_seen")
                .then(|| {
                    view! {
                        <td>
                            <RelativeTime at=session.last_seen_at />
                        </td>
                    }
                })}
            <td class="text-right">
                {(!session.current)
                    .then(|| {
                        view! {
                            <ActionForm action=end>
                                <input type="hidden" name="org" value=org.clone() />
                                <input type="hidden" name="session_id" value=session.id.to_string() />
                                <Button small=true attr:aria-label=format!("Sign out {what}")>
                                    "Sign out"
                                </Button>
                            </ActionForm>
                        }
                    })}
            </td>
        </tr>
    }
    .into_any()
}

/// `Firefox on Linux`, as well as it can be read from what the browser says of itself.
fn browser(user_agent: &str) -> String {
    let find = |names: &[(&str, &'static str)]| names.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name);
    let name = find(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ]);
    let on = find(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (name, on) {
        (Some(name), Some(on)) => format!("{name} on {on}"),
        (Some(name), None) => name.to_owned(),
        _ => user_agent.chars().take(40).collect(),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_browser_is_named_as_people_know_it() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";
        assert_eq!(super::browser(chrome), "Chrome on Linux");
        assert_eq!(super::browser("curl/8.5.0"), "curl");
        assert_eq!(super::browser("my-script"), "my-script");
    }
}
