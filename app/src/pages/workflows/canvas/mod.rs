//! The canvas is the page of a workflow: drawn and edited in the browser. What it decides lies in `toolcrib::workflows::canvas`; here it draws and listens.
//! Without JavaScript the page says so and leads to the outline, which can do the same.

#[cfg(feature = "hydrate")]
mod add;
#[cfg(feature = "hydrate")]
mod annotations;
#[cfg(feature = "hydrate")]
mod board;
#[cfg(feature = "hydrate")]
mod cards;
#[cfg(feature = "hydrate")]
mod compare;
#[cfg(feature = "hydrate")]
mod conflict;
#[cfg(feature = "hydrate")]
mod connecting;
#[cfg(feature = "hydrate")]
mod copying;
#[cfg(feature = "hydrate")]
mod disable;
#[cfg(feature = "hydrate")]
mod edit;
#[cfg(feature = "hydrate")]
mod elements;
#[cfg(feature = "hydrate")]
mod exchange;
#[cfg(feature = "hydrate")]
mod fields;
#[cfg(feature = "hydrate")]
mod hand;
#[cfg(feature = "hydrate")]
mod inputs;
#[cfg(feature = "hydrate")]
mod kept;
#[cfg(feature = "hydrate")]
mod keys;
#[cfg(feature = "hydrate")]
mod live;
#[cfg(feature = "hydrate")]
mod mapping;
#[cfg(feature = "hydrate")]
mod minimap;
#[cfg(feature = "hydrate")]
mod painting;
#[cfg(feature = "hydrate")]
mod palette;
#[cfg(feature = "hydrate")]
mod panel;
#[cfg(feature = "hydrate")]
mod peers;
#[cfg(feature = "hydrate")]
mod pointer;
#[cfg(feature = "hydrate")]
mod press;
#[cfg(feature = "hydrate")]
mod publish;
#[cfg(feature = "hydrate")]
mod rename;
#[cfg(feature = "hydrate")]
mod runs;
#[cfg(feature = "hydrate")]
mod show;
#[cfg(feature = "hydrate")]
mod signed_out;
#[cfg(feature = "hydrate")]
mod state;
#[cfg(feature = "hydrate")]
mod swap;
#[cfg(feature = "hydrate")]
mod sync;
#[cfg(feature = "hydrate")]
mod toolbar;
#[cfg(feature = "hydrate")]
mod touch;
#[cfg(feature = "hydrate")]
mod vanished;
#[cfg(feature = "hydrate")]
mod versions;
#[cfg(feature = "hydrate")]
mod view;
#[cfg(feature = "hydrate")]
mod wheel;

use super::{
    param,
    tabs::{Tab, WorkflowTabs},
};
use crate::{
    api::workflows::{CanvasDraft, get_canvas},
    components::{
        button::{ButtonLink, Kind},
        page::{ErrorNotice, PageHeader, Skeleton},
    },
};
use leptos::prelude::*;

/// Counts how often the button of the page's title asked to publish.
#[derive(Clone, Copy)]
#[cfg_attr(not(feature = "hydrate"), allow(dead_code))]
struct PublishAsked(RwSignal<u32>);

/// Counts how often it asked to run.
#[derive(Clone, Copy)]
#[cfg_attr(not(feature = "hydrate"), allow(dead_code))]
struct RunAsked(RwSignal<u32>);

#[component]
pub fn CanvasPage() -> impl IntoView {
    let (org, id) = (param("org"), param("id"));
    let page = Resource::new_blocking(move || (org.get(), id.get()), |(org, id)| get_canvas(org, id));
    let opened = StoredValue::new(0_u32);
    view! {
        <Transition fallback=|| view! { <Skeleton rows=10 /> }>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(draft) => {
                        let org = org.get_untracked();
                        opened.update_value(|count| *count += 1);
                        let turn = opened.get_value();
                        // Made anew for each workflow that is opened from another: no button keeps what belonged to the one before.
                        view! {
                            <For
                                each=move || [draft.clone()]
                                key=move |_| turn
                                children=move |draft| view! { <Body draft=draft org=org.clone() /> }
                            />
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

#[component]
fn Body(draft: CanvasDraft, org: String) -> impl IntoView {
    let workflow = &draft.workflow;
    let (id, title, may_change) = (workflow.id.to_string(), workflow.display_name.clone(), draft.may_change);
    let here = format!("/{org}/workflows/{id}");
    let outline = format!("{here}/outline");
    // Drawn after hydration: the server sends the same few words to everybody.
    let drawn = RwSignal::new(false);
    Effect::new(move |_| drawn.set(true));
    let draft = StoredValue::new(Some(draft));
    let place = org.clone();
    let asked = PublishAsked(RwSignal::new(0));
    provide_context(asked);
    let run_asked = RunAsked(RwSignal::new(0));
    provide_context(run_asked);
    let ask_to_run = move |event: leptos::ev::MouseEvent| {
        if drawn.get_untracked() {
            event.prevent_default();
            run_asked.0.update(|count| *count += 1);
        }
    };
    let (versions, run) = (format!("{here}/versions"), format!("{outline}#run"));
    view! {
        <PageHeader title=title>
            {may_change
                .then(|| {
                    let publish = move |event: leptos::ev::MouseEvent| {
                        if drawn.get_untracked() {
                            event.prevent_default();
                            asked.0.update(|count| *count += 1);
                        }
                    };
                    view! {
                        <ButtonLink href=versions icon=icondata_lu::LuUpload on:click=publish>
                            "Publish"
                        </ButtonLink>
                    }
                })}
            <ButtonLink href=run kind=Kind::Primary icon=icondata_lu::LuPlay on:click=ask_to_run>
                "Run"
            </ButtonLink>
        </PageHeader>
        <WorkflowTabs org=org id=id may_change=may_change active=Tab::Canvas />
        <Show
            when=move || drawn.get()
            fallback=move || {
                view! {
                    <div class="without-script panel flex min-h-80 flex-col items-center justify-center gap-2 p-8 text-center">
                        <p class="font-medium">"The canvas is drawn in your browser and needs JavaScript."</p>
                        <p class="max-w-prose text-muted">"Everything that can be done here can be done in the outline too, which works without."</p>
                        <ButtonLink href=outline.clone() icon=icondata_lu::LuListTree>
                            "Open the outline"
                        </ButtonLink>
                    </div>
                }
            }
        >
            {
                let org = place.clone();
                move || draw(draft, org.clone())
            }
        </Show>
    }
    .into_any()
}

#[cfg(feature = "hydrate")]
fn draw(draft: StoredValue<Option<CanvasDraft>>, org: String) -> impl IntoView {
    let draft = draft.try_update_value(Option::take).flatten()?;
    Some(view! { <board::Board draft=draft org=org /> })
}

/// The server never draws it.
#[cfg(not(feature = "hydrate"))]
fn draw(draft: StoredValue<Option<CanvasDraft>>, org: String) -> impl IntoView {
    let _ = (draft, org);
}
