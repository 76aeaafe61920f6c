//! Accept an invitation: as who is signed in, with a new account, or after signing in.

use crate::{
    api::{
        members::{Accept, AcceptWithAccount, InvitationPage as Found, look_up_invitation},
        users::SignOut,
    },
    components::{
        button::{Button, ButtonLink, Kind},
        field::{FormError, TextField},
        form::use_form,
        page::Notice,
    },
    pages::{address::param, sign_in::Narrow},
};
use leptos::prelude::*;

#[component]
pub fn InvitationPage() -> impl IntoView {
    let token = param("token");
    let found = Resource::new_blocking(move || token.get(), look_up_invitation);
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match found.await {
                    Ok(found) => view! { <Invited token=token.get_untracked() found=found /> }.into_any(),
                    Err(error) => {
                        view! {
                            <Narrow title="This invitation cannot be used" text=refusal(error.0.status, error.0.sentence())>
                                <ButtonLink href="/">"Go to the start page"</ButtonLink>
                            </Narrow>
                        }
                            .into_any()
                    }
                }
            })}
        </Suspense>
    }
    .into_any()
}

fn refusal(status: u16, sentence: &str) -> String {
    if status == 404 {
        "The link is incomplete, or the invitation was taken back. Ask for a new one.".to_owned()
    } else {
        sentence.to_owned()
    }
}

#[component]
fn Invited(token: String, found: Found) -> impl IntoView {
    let Found { invitation, signed_in } = found;
    let title = format!("Join {}", invitation.organization_name);
    let text = format!("You are invited with the role {}: {}.", invitation.role.as_str(), lower_first(invitation.role.describe()));
    let body = match signed_in {
        Some(user) => {
            let other = invitation.email.filter(|email| !email.eq_ignore_ascii_case(&user.email));
            match other {
                Some(email) => view! { <WrongAccount email=email mine=user.email /> }.into_any(),
                None => view! { <AcceptAs token=token email=user.email /> }.into_any(),
            }
        }
        None => view! { <WithAccount token=token email=invitation.email.unwrap_or_default() /> }.into_any(),
    };
    view! {
        <Narrow title=title text=text>
            {body}
        </Narrow>
    }
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

#[component]
fn AcceptAs(token: String, email: String) -> impl IntoView {
    let accept = ServerAction::<Accept>::new();
    let form = use_form(accept);
    view! {
        <ActionForm action=accept attr:class="space-y-4">
            <input type="hidden" name="token" value=token />
            <FormError message=form.general_error() />
            <p>"You are signed in as " <strong>{email}</strong> "."</p>
            <Button kind=Kind::Primary pending=accept.pending()>
                "Accept invitation"
            </Button>
        </ActionForm>
    }
}

#[component]
fn WrongAccount(email: String, mine: String) -> impl IntoView {
    let sign_out = ServerAction::<SignOut>::new();
    view! {
        <Notice>
            "This invitation is for " <strong>{email}</strong> ". You are signed in as " <strong>{mine}</strong>
            ". Sign out, then open the link again."
        </Notice>
        <ActionForm action=sign_out attr:class="mt-4">
            <Button pending=sign_out.pending()>"Sign out"</Button>
        </ActionForm>
    }
}

#[component]
fn WithAccount(token: String, email: String) -> impl IntoView {
    let accept = ServerAction::<AcceptWithAccount>::new();
    let form = use_form(accept);
    let sign_in = format!("/sign-in?next=/invitations/{token}");
    view! {
        <ActionForm action=accept attr:class="space-y-4">
            <input type="hidden" name="token" value=token />
            <FormError message=form.general_error() />
            <TextField label="Your name" name="name" value=form.value("name", "") error=form.error("name") autocomplete="name" required=true />
            <TextField
                label="E-mail"
                name="email"
                type_="email"
                value=form.value("email", &email)
                error=form.error("email")
                hint="You sign in with it."
                autocomplete="username"
                required=true
            />
            <TextField
                label="Password"
                name="password"
                type_="password"
                error=form.error("password")
                hint="At least 10 characters."
                autocomplete="new-password"
                required=true
            />
            <Button kind=Kind::Primary pending=accept.pending()>
                "Create account and join"
            </Button>
        </ActionForm>
        <p class="mt-6 text-sm text-muted">
            "You have an account? " <a class="link" href=sign_in>
                "Sign in to accept"
            </a>
        </p>
    }
}
