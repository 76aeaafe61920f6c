//! What pages are laid out with: header, sections, facts, notices, and what stands where nothing is yet.

use super::{badge::Tone, frame::name_page, icon::Icon};
use crate::error::AppError;
use leptos::prelude::*;
use leptos_meta::Title;

/// The top of a page: its title (the document's too), one line of facts, and as children at most one primary action and a menu.
#[component]
pub fn PageHeader(
    /// Plain text, no signal: the head of the document may be written when the page's signals are gone already.
    #[prop(into)]
    title: String,
    #[prop(optional, into)] facts: Signal<String>,
    /// What the page's object is called, where the title is not its name.
    #[prop(optional, into)]
    object: Option<String>,
    /// Stands before the title.
    #[prop(optional)]
    icon: Option<icondata_core::Icon>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    // The bar at the top calls the page's object by the same name.
    let name = name_page();
    let named = object.unwrap_or_else(|| title.clone());
    Effect::new(move |_| name(&named));
    view! {
        <Title text=format!("{title} · Toolcrib") />
        <header class="mb-5 flex flex-wrap items-start justify-between gap-x-4 gap-y-3">
            <div class="min-w-0">
                <h1 class="flex items-center gap-2 text-xl font-semibold tracking-tight break-words">
                    {icon.map(|icon| view! { <Icon icon=icon size=20 class="text-muted" /> })}
                    <span class="min-w-0">{title}</span>
                </h1>
                <p class="mt-0.5 text-muted empty:hidden">{move || Some(facts.get()).filter(|facts| !facts.is_empty())}</p>
            </div>
            {children.map(|children| view! { <div class="flex flex-wrap items-center gap-2">{children()}</div> })}
        </header>
    }
    .into_any()
}

/// A part of a page under a heading of its own.
#[component]
pub fn Section(
    #[prop(into)] title: String,
    #[prop(optional, into)] text: String,
    #[prop(optional, into)] class: String,
    children: Children,
) -> impl IntoView {
    // What spaces the children belongs where the children are.
    let (spacing, own): (Vec<&str>, Vec<&str>) = class.split_whitespace().partition(|class| class.starts_with("space-"));
    view! {
        <section class=format!("mb-8 {}", own.join(" "))>
            <h2 class="mb-1 text-lg font-semibold">{title}</h2>
            {(!text.is_empty()).then(|| view! { <p class="mb-3 max-w-prose text-muted">{text}</p> })}
            <div class=format!("mt-3 {}", spacing.join(" "))>{children()}</div>
        </section>
    }
    .into_any()
}

/// A bordered surface. Never put one inside another.
#[component]
pub fn Panel(#[prop(optional, into)] class: String, children: Children) -> impl IntoView {
    view! { <div class=format!("panel p-4 {class}")>{children()}</div> }.into_any()
}

/// What would stand here, and the next step.
#[component]
pub fn EmptyState(
    #[prop(optional)] icon: Option<icondata_core::Icon>,
    #[prop(into)] title: String,
    #[prop(optional, into)] text: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="flex flex-col items-center rounded-md border border-dashed border-line px-6 py-12 text-center">
            {icon.map(|icon| view! { <Icon icon=icon size=24 class="mb-3 text-muted" /> })}
            <p class="font-semibold">{title}</p>
            {(!text.is_empty()).then(|| view! { <p class="mt-1 max-w-md text-muted">{text}</p> })}
            {children.map(|children| view! { <div class="mt-4 flex flex-wrap justify-center gap-2">{children()}</div> })}
        </div>
    }
    .into_any()
}

/// A list of facts: `<Facts><Fact label="Kind">"api_request"</Fact></Facts>`.
#[component]
pub fn Facts(children: Children) -> impl IntoView {
    view! { <dl class="grid grid-cols-[minmax(96px,max-content)_1fr] gap-x-6 gap-y-2">{children()}</dl> }.into_any()
}

/// One fact: what it is called and what it is.
#[component]
pub fn Fact(#[prop(into)] label: String, children: Children) -> impl IntoView {
    view! {
        <dt class="text-muted">{label}</dt>
        <dd class="num min-w-0 break-words">{children()}</dd>
    }
    .into_any()
}

/// One number that is read at a glance. `note` compares it or says what it counts.
#[component]
pub fn Stat(
    #[prop(into)] label: String,
    #[prop(into)] value: Signal<String>,
    #[prop(optional, into)] note: Signal<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="panel min-w-0 p-4">
            <p class="text-xs font-medium text-muted">{label}</p>
            <p class="num mt-1 text-2xl font-semibold tracking-tight">{move || value.get()}</p>
            <p class="num mt-0.5 text-xs text-muted empty:hidden">{move || Some(note.get()).filter(|note| !note.is_empty())}</p>
            {children.map(|children| view! { <div class="mt-2">{children()}</div> })}
        </div>
    }
    .into_any()
}

/// Something to know on this page, with an icon of its tone.
#[component]
pub fn Notice(#[prop(optional)] tone: Tone, #[prop(optional, into)] title: String, children: Children) -> impl IntoView {
    view! {
        <div class=format!("flex items-start gap-2 rounded-md px-3 py-2 {}", tone.soft())>
            <Icon icon=tone.icon() class=format!("mt-0.5 {}", tone.ink()) />
            <div class="min-w-0 text-text">
                {(!title.is_empty()).then(|| view! { <p class="font-semibold">{title}</p> })}
                {children()}
            </div>
        </div>
    }
    .into_any()
}

/// A read that was refused: what happened, why, and what to do.
#[component]
pub fn ErrorNotice(error: AppError) -> impl IntoView {
    let missing = error.0.status == 404;
    let name = name_page();
    Effect::new(move |_| {
        if missing {
            name("Not found");
        }
    });
    view! {
        <div role="alert" class="rounded-md border border-line px-6 py-10 text-center">
            <Icon
                icon=if missing { icondata_lu::LuSearchX } else { icondata_lu::LuTriangleAlert }
                size=24
                class=if missing { "mx-auto mb-3 text-muted" } else { "mx-auto mb-3 text-danger" }
            />
            <p class="font-semibold">{if missing { "There is nothing here".to_owned() } else { error.0.title.clone() }}</p>
            <p class="mt-1 text-muted">{error.0.sentence().to_owned()}</p>
        </div>
    }
    .into_any()
}

/// Grey bars where something is being loaded.
#[component]
pub fn Skeleton(#[prop(default = 4)] rows: usize) -> impl IntoView {
    const WIDTHS: [&str; 4] = ["w-11/12", "w-3/4", "w-5/6", "w-2/3"];
    view! {
        <div role="status" class="space-y-3 py-2">
            <span class="sr-only">"Loading"</span>
            {(0..rows).map(|row| view! { <div class=format!("skeleton h-4 {}", WIDTHS[row % 4])></div> }).collect_view()}
        </div>
    }
    .into_any()
}
