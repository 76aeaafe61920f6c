//! The names in the way down to a page. On the server they are looked up while the page is rendered; in the browser each page tells the
//! name of its object when it has loaded it, so that the bar at the top asks for nothing of its own.

use crate::components::{breadcrumb::Breadcrumb, navigation};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use std::collections::BTreeMap;

/// Names by id, as far as pages have told them.
#[derive(Clone, Copy)]
struct Names(RwSignal<BTreeMap<String, String>>);

pub(super) fn provide_names() {
    provide_context(Names(RwSignal::new(BTreeMap::new())));
}

/// Tells what the object is called that the page of now is about; pages about no object tell nothing.
pub fn name_page() -> impl Fn(&str) + Copy + 'static {
    let tell = name_object();
    let id = StoredValue::new(use_location().pathname.with_untracked(|path| navigation::innermost(path).map(str::to_owned)));
    move |name| {
        if let Some(id) = id.get_value() {
            tell(&id, name);
        }
    }
}

/// Tells what an object is called that the page of now lies inside of.
pub fn name_object() -> impl Fn(&str, &str) + Copy + 'static {
    let names = use_context::<Names>();
    move |id, name| {
        if let Some(Names(names)) = names
            && names.with_untracked(|names| names.get(id).is_none_or(|known| known != name))
        {
            names.update(|names| {
                names.insert(id.to_owned(), name.to_owned());
            });
        }
    }
}

/// The breadcrumb of where one is.
#[component]
pub(super) fn Crumbs() -> impl IntoView {
    let path = use_location().pathname;
    let asked = path.get_untracked();
    // For the page that was asked for; the pages after it tell.
    let first = Resource::new_blocking(|| (), move |()| first_name(asked.clone()));
    let told = use_context::<Names>();
    view! {
        <Transition fallback=|| ()>
            {move || {
                first
                    .get()
                    .map(|first| {
                        let items = Signal::derive(move || {
                            path.with(|path| {
                                navigation::trail(
                                    path,
                                    |id| {
                                        told.and_then(|Names(names)| names.with(|names| names.get(id).cloned()))
                                            .or_else(|| first.as_ref().filter(|(known, _)| known == id).map(|(_, name)| name.clone()))
                                    },
                                )
                            })
                        });
                        view! { <Breadcrumb items=items /> }
                    })
            }}
        </Transition>
    }
    .into_any()
}

/// The id and name of what the page at this path is about.
async fn first_name(path: String) -> Option<(String, String)> {
    #[cfg(feature = "ssr")]
    {
        let org = path.trim_matches('/').split('/').next().unwrap_or_default().to_owned();
        let (section, id) = navigation::object(&path)?;
        let name = crate::api::frame::object_name(&org, section, id).await?;
        Some((id.to_owned(), name))
    }
    #[cfg(not(feature = "ssr"))]
    {
        let _ = path;
        None
    }
}
