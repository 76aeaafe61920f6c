//! What was published, beside the draft: a drawer with the history, and which two versions are looked at.

use super::{
    PublishAsked,
    compare::CompareLayer,
    state::{BOARD, Editor},
    toolbar::Tool,
};
use crate::{
    api::workflows::{CanvasDraft, get_workflow_version, workflow_versions},
    components::{
        badge::{Badge, Tone},
        browser,
        icon::Icon,
        time::RelativeTime,
    },
    error::AppError,
};
use leptos::prelude::*;
use std::collections::BTreeMap;
use toolcrib::{
    ids::ToolId,
    workflows::{
        Workflow, WorkflowVersionHead,
        graph::{Definition, change::Change, layout, patch::Patch},
    },
};

const DRAWER: &str = "canvas-history";

/// A version by its number; `None` is the draft.
pub(super) type Side = Option<i32>;

pub(super) fn side_words(side: Side) -> String {
    side.map_or_else(|| "Draft".to_owned(), |version| format!("Version {version}"))
}

fn side_text(side: Side) -> String {
    side.map_or_else(|| "draft".to_owned(), |version| version.to_string())
}

pub(super) fn read_side(text: &str) -> Option<Side> {
    if text == "draft" { Some(None) } else { text.parse().ok().map(Some) }
}

#[derive(Clone, Copy)]
pub(super) struct Versions {
    pub drawer: RwSignal<bool>,
    /// The two that are looked at; the same twice: that one alone.
    pub shown: RwSignal<Option<(Side, Side)>>,
    pub published: RwSignal<Option<i32>>,
    /// Newest first, as far as they were asked for.
    pub heads: RwSignal<Vec<WorkflowVersionHead>>,
    more: RwSignal<Option<String>>,
    wrong: RwSignal<Option<String>>,
    read: StoredValue<bool>,
    /// Versions never change: what was read once is kept.
    known: StoredValue<BTreeMap<i32, Definition>>,
    /// The workflow without its definition.
    pub workflow: StoredValue<Workflow>,
    pub vanished: StoredValue<BTreeMap<ToolId, String>>,
    pub publish_asked: RwSignal<u32>,
    /// What is offered for import, as text.
    pub offered: RwSignal<Option<String>>,
}

impl Versions {
    pub fn new(draft: &CanvasDraft) -> Self {
        let workflow = Workflow { definition: Definition::default(), findings: Vec::new(), ..draft.workflow.clone() };
        Self {
            drawer: RwSignal::new(false),
            shown: RwSignal::new(None),
            published: RwSignal::new(draft.workflow.published_version),
            heads: RwSignal::new(Vec::new()),
            more: RwSignal::new(None),
            wrong: RwSignal::new(None),
            read: StoredValue::new(false),
            known: StoredValue::new(BTreeMap::new()),
            workflow: StoredValue::new(workflow),
            vanished: StoredValue::new(draft.vanished.clone()),
            publish_asked: use_context::<PublishAsked>().map_or_else(|| RwSignal::new(0), |asked| asked.0),
            offered: RwSignal::new(None),
        }
    }
}

impl Editor {
    /// What a side holds. Every node has a place.
    pub async fn version_of(self, side: Side) -> Result<Definition, AppError> {
        let Some(number) = side else { return Ok(self.doc.get_value()) };
        if let Some(known) = self.versions.known.with_value(|known| known.get(&number).cloned()) {
            return Ok(known);
        }
        let shown = get_workflow_version(self.org.get_value(), self.id.get_value(), number).await?;
        let mut definition = shown.version.definition;
        layout::arrange(&mut definition);
        self.catalog.try_update(|tools| tools.tools.extend(shown.tools.into_iter().map(|tool| (tool.id, tool))));
        self.versions.known.try_update_value(|known| known.insert(number, definition.clone()));
        Ok(definition)
    }

    /// Asks for versions that are not listed yet.
    pub fn read_versions(self, anew: bool) {
        let versions = self.versions;
        let cursor = if anew { Some(String::new()) } else { versions.more.get_untracked() };
        let Some(cursor) = cursor else { return };
        leptos::task::spawn_local(async move {
            match workflow_versions(self.org.get_value(), self.id.get_value(), cursor).await {
                Ok(page) => {
                    versions.read.try_set_value(true);
                    versions.wrong.try_set(None);
                    versions.published.try_set(page.workflow.published_version);
                    versions.more.try_set(page.versions.next_cursor);
                    versions.heads.try_update(|heads| {
                        if anew {
                            heads.clear();
                        }
                        heads.extend(page.versions.items);
                    });
                }
                Err(error) => drop(versions.wrong.try_set(Some(error.0.sentence().to_owned()))),
            }
        });
    }

    pub fn look_at(self, from: Side, to: Side) {
        if !self.versions.read.get_value() {
            self.read_versions(true);
        }
        self.versions.drawer.set(false);
        self.versions.shown.set(Some((from, to)));
    }

    pub fn back_to_editing(self) {
        self.versions.shown.set(None);
        request_animation_frame(|| browser::focus(BOARD));
    }

    /// Makes the draft what it was at a version: an edit like any other, which is taken back like any other.
    pub fn restore_version(self, number: i32) {
        leptos::task::spawn_local(async move {
            match self.version_of(Some(number)).await {
                Ok(definition) => {
                    let patch = self.doc.with_value(|doc| Patch::between(doc, &definition));
                    if patch.is_empty() {
                        self.tell(format!("The draft is as it was at version {number}."));
                    } else if self.commit(Change::Patch(Box::new(patch)), format!("Restored version {number}")) {
                        self.versions.drawer.set(false);
                        self.back_to_editing();
                        self.fit(false);
                        self.tell(format!("The draft is as it was at version {number}. Ctrl Z takes that back."));
                    }
                }
                Err(error) => self.tell(error.0.sentence().to_owned()),
            }
        });
    }
}

/// In the toolbar: history, export, import.
#[component]
pub(super) fn VersionTools(editor: Editor) -> impl IntoView {
    let address = format!("/{}/workflows/{}/export.json", editor.org.get_value(), editor.id.get_value());
    let open = move || {
        editor.versions.drawer.update(|open| *open = !*open);
        if editor.versions.drawer.get_untracked() {
            editor.read_versions(true);
            request_animation_frame(|| browser::focus(DRAWER));
        }
    };
    view! {
        <div class="flex items-center rounded-md border border-line bg-surface" role="toolbar" aria-label="Versions and files">
            <Tool icon=icondata_lu::LuHistory label="History" press=open />
            <a
                class="btn btn-ghost btn-icon"
                href=address
                rel="external"
                download=""
                title="Export as JSON"
                aria-label="Export as JSON"
                // What is drawn goes first.
                on:click=move |_| editor.send()
            >
                <Icon icon=icondata_lu::LuDownload />
            </a>
            {editor.may_change.then(|| view! { <Tool icon=icondata_lu::LuImport label="Import JSON" press=move || super::exchange::open(editor, String::new()) /> })}
        </div>
    }
    .into_any()
}

/// What lies over the board: the drawer, and two versions in one drawing.
#[component]
pub(super) fn VersionsLayer(editor: Editor) -> impl IntoView {
    // The address says what is looked at, so that it can be shared.
    if let Some((from, to)) = asked_for() {
        editor.look_at(from, to);
    }
    Effect::new(move |_| say_in_address(editor.versions.shown.get()));
    view! {
        {move || editor.versions.drawer.get().then(|| view! { <Drawer editor=editor /> })}
        {move || editor.versions.shown.get().map(|shown| view! { <CompareLayer editor=editor shown=shown /> })}
    }
    .into_any()
}

fn location() -> Option<web_sys::Location> {
    web_sys::window().map(|window| window.location())
}

/// `?compare=3..draft`
fn asked_for() -> Option<(Side, Side)> {
    let search = location()?.search().ok()?;
    let value = search.trim_start_matches('?').split('&').find_map(|part| part.strip_prefix("compare="))?.to_owned();
    let (from, to) = value.split_once("..")?;
    Some((read_side(from)?, read_side(to)?))
}

fn say_in_address(shown: Option<(Side, Side)>) {
    let Some(path) = location().and_then(|location| location.pathname().ok()) else { return };
    if shown.is_none() && asked_for().is_none() {
        return;
    }
    let query = shown.map(|(from, to)| format!("?compare={}..{}", side_text(from), side_text(to))).unwrap_or_default();
    if let Some(history) = web_sys::window().and_then(|window| window.history().ok()) {
        let state = history.state().unwrap_or_default();
        let _ = history.replace_state_with_url(&state, "", Some(&format!("{path}{query}")));
    }
}

#[component]
fn Drawer(editor: Editor) -> impl IntoView {
    let versions = editor.versions;
    let close = move || {
        versions.drawer.set(false);
        browser::focus(BOARD);
    };
    let rows = move || {
        let published = versions.published.get();
        versions.heads.get().into_iter().map(|head| view! { <Row editor=editor head=head published=published /> }).collect_view()
    };
    view! {
        <aside
            id=DRAWER
            tabindex="-1"
            aria-label="History"
            class="absolute inset-x-3 top-15 z-20 max-h-[calc(100%-72px)] overflow-y-auto rounded-lg bg-raised p-4 shadow-pop outline-none sm:right-auto sm:w-90"
            on:keydown=move |event| {
                if event.key() == "Escape" {
                    event.stop_propagation();
                    close();
                }
            }
        >
            <div class="mb-2 flex items-center justify-between">
                <h2 class="font-semibold">"History"</h2>
                <button type="button" class="btn btn-ghost btn-icon -mr-2" aria-label="Close the history" on:click=move |_| close()>
                    <Icon icon=icondata_lu::LuX />
                </button>
            </div>
            {move || versions.wrong.get().map(|words| view! { <p class="mb-2 text-danger" role="alert">{words}</p> })}
            <ol>
                <li class="border-b border-line py-3">
                    <p class="flex items-center gap-2">
                        <span class="font-semibold">"Draft"</span>
                        <Badge tone=Tone::Neutral>"You edit this"</Badge>
                    </p>
                    <p class="mt-1 text-xs text-muted">
                        {move || match versions.published.get() {
                            Some(version) => format!("Runs use version {version} until you publish again."),
                            None => "Nothing is published yet: runs use the draft as it is.".to_owned(),
                        }}
                    </p>
                    {editor
                        .may_change
                        .then(|| {
                            view! {
                                <button type="button" class="btn btn-secondary btn-small mt-2" on:click=move |_| versions.publish_asked.update(|count| *count += 1)>
                                    "Publish"
                                </button>
                            }
                        })}
                </li>
                {rows}
            </ol>
            {move || {
                versions
                    .more
                    .get()
                    .is_some()
                    .then(|| view! { <button type="button" class="btn btn-secondary btn-small mt-3" on:click=move |_| editor.read_versions(false)>"Older versions"</button> })
            }}
        </aside>
    }
    .into_any()
}

#[component]
fn Row(editor: Editor, head: WorkflowVersionHead, published: Option<i32>) -> impl IntoView {
    let number = head.version;
    let of = |what: &str| format!("{what} version {number}");
    view! {
        <li class="border-b border-line py-3 last:border-0" data-version=number>
            <p class="flex flex-wrap items-center gap-x-2">
                <span class="font-semibold">{format!("Version {number}")}</span>
                {(published == Some(number)).then(|| view! { <Badge tone=Tone::Accent>"Published"</Badge> })}
            </p>
            <p class="text-xs text-muted">
                <RelativeTime at=head.created_at />
                {format!(" by {}", head.created_by_name)}
            </p>
            {(!head.note.is_empty()).then(|| view! { <p class="mt-1 whitespace-pre-wrap">{head.note.clone()}</p> })}
            <p class="mt-2 flex flex-wrap gap-2">
                <button type="button" class="btn btn-secondary btn-small" aria-label=format!("Compare version {number} with the draft") on:click=move |_| editor.look_at(Some(number), None)>
                    "Compare with draft"
                </button>
                <button type="button" class="btn btn-ghost btn-small" aria-label=of("Look at") on:click=move |_| editor.look_at(Some(number), Some(number))>
                    "Look"
                </button>
                {editor
                    .may_change
                    .then(|| {
                        view! {
                            <button type="button" class="btn btn-ghost btn-small" aria-label=of("Restore") on:click=move |_| editor.restore_version(number)>
                                "Restore"
                            </button>
                        }
                    })}
            </p>
        </li>
    }
    .into_any()
}
