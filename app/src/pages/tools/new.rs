//! Register a tool: first its kind, then the form of that kind.

use super::{
    cells::kind_icon,
    fields::{ToolFields, follow},
    param,
    paste_curl::PasteCurl,
    query,
};
use crate::{
    api::{choices::form_choices, from_curl::Filled, tool_form::ToolForm, tools::CreateTool},
    components::{
        button::{Button, ButtonLink, Kind as ButtonKind},
        form::use_form,
        icon::Icon,
        page::{PageHeader, Skeleton},
    },
};
use leptos::prelude::*;
use toolcrib::tools::Kind;

#[component]
pub fn NewToolPage() -> impl IntoView {
    let org = param("org");
    let chosen = query("kind");
    let from = query("from");
    view! {
        {move || match Kind::parse(&chosen.get()).filter(|kind| kind.is_available() && *kind != Kind::Mcp) {
            Some(kind) => {
                let filled = Filled::decode(&from.get()).filter(|_| kind == Kind::ApiRequest);
                view! { <KindForm kind=kind org=org filled=filled /> }.into_any()
            }
            None => view! { <Chooser org=org /> }.into_any(),
        }}
    }
    .into_any()
}

#[component]
fn Chooser(org: Memo<String>) -> impl IntoView {
    let kinds = Kind::AVAILABLE
        .iter()
        .map(|kind| {
            let kind = *kind;
            view! {
                <li>
                    <a
                        class="panel flex h-full items-start gap-3 p-4 hover:bg-hover"
                        href=move || match kind {
                            // Imported, not written.
                            Kind::Mcp => format!("/{}/mcp-servers", org.get()),
                            kind => format!("/{}/tools/new?kind={kind}", org.get()),
                        }
                    >
                        <Icon icon=kind_icon(kind) size=20 class="mt-0.5 text-accent" />
                        <span>
                            <span class="block font-semibold">{kind.label()}</span>
                            <span class="mt-1 block text-muted">{kind.describe()}</span>
                        </span>
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        <PageHeader title="New tool" facts="What does the work?" />
        <ul class="grid max-w-3xl gap-4 sm:grid-cols-2">{kinds}</ul>
        <p class="mt-6">
            <a class="link" href=move || format!("/{}/openapi", org.get())>
                "Make many tools at once from an OpenAPI document"
            </a>
        </p>
    }
}

#[component]
fn KindForm(
    kind: Kind,
    org: Memo<String>,
    /// What a pasted command filled in.
    filled: Option<Filled>,
) -> impl IntoView {
    let create = ServerAction::<CreateTool>::new();
    let form = use_form(create);
    let preview = RwSignal::new(None);
    let offered = Resource::new_blocking(move || org.get(), form_choices);
    let (shown, notes) = filled.map_or_else(|| (ToolForm::empty(kind), None), |filled| (filled.form, Some(filled.notes)));
    view! {
        <PageHeader title=format!("New tool: {}", kind.label()) facts=kind.describe() />
        {(kind == Kind::ApiRequest).then(|| view! { <PasteCurl org=org notes=notes /> })}
        <Suspense fallback=|| view! { <Skeleton rows=8 /> }>
            {move || {
                let shown = shown.clone();
                Suspend::new(async move {
                let offered = offered.await.unwrap_or_default();
                view! {
                    <div class="max-w-4xl" on:input=move |event| follow(&event, preview)>
                        <ActionForm action=create>
                            <input type="hidden" name="org" value=move || org.get() />
                            <ToolFields shown=shown form=form is_new=true preview=preview choices=offered />
                            <div class="flex gap-2">
                                <Button kind=ButtonKind::Primary pending=create.pending()>
                                    "Register tool"
                                </Button>
                                <ButtonLink href=Signal::derive(move || format!("/{}/tools", org.get())) kind=ButtonKind::Ghost>
                                    "Cancel"
                                </ButtonLink>
                            </div>
                        </ActionForm>
                    </div>
                }
                    .into_any()
                })
            }}
        </Suspense>
    }
}
