//! `/` leads on: to the set-up, to signing in, or into an organization.

use crate::{api::users::home, components::page::ErrorNotice};
use leptos::prelude::*;
use leptos_router::components::Redirect;

#[component]
pub fn HomePage() -> impl IntoView {
    let to = Resource::new_blocking(|| (), |()| home());
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match to.await {
                    Ok(path) => view! { <Redirect path=path /> }.into_any(),
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}
