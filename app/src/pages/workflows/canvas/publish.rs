//! Publishing without leaving the canvas: what is wrong, what changed, a note. What is drawn is saved first.

use super::{
    state::{BOARD, Editor},
    sync::SaveStatus,
};
use crate::{
    api::workflows::publish_draft,
    components::{
        browser,
        button::{Button, Kind},
        dialog::Dialog,
        field::FormError,
        icon::Icon,
    },
    pages::workflows::step::Problems,
};
use leptos::{html, prelude::*};
use std::time::Duration;
use toolcrib::workflows::canvas::difference::{Compared, Part, compare};

const PUBLISH: &str = "canvas-publish";
/// How often it looks whether all is saved, and for how long.
const LOOK: Duration = Duration::from_millis(150);
const LOOKS: u32 = 150;
const MOST_LISTED: usize = 12;

#[component]
pub(super) fn PublishDialog(editor: Editor) -> impl IntoView {
    let versions = editor.versions;
    let since = RwSignal::new(None::<Compared>);
    let wrong = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let open = RwSignal::new(false);
    let note = NodeRef::<html::Textarea>::new();
    Effect::new(move |before: Option<u32>| {
        let now = versions.publish_asked.get();
        if before.is_some_and(|before| before != now) {
            wrong.set(None);
            since.set(None);
            open.set(true);
            browser::dialog(PUBLISH, true);
            let published = versions.published.get_untracked();
            leptos::task::spawn_local(async move {
                if let Some(published) = published
                    && let Ok(old) = editor.version_of(Some(published)).await
                {
                    since.try_set(Some(editor.doc.with_value(|doc| compare(&old, doc))));
                }
            });
        }
        now
    });
    let problems =
        move || editor.findings.with(|findings| findings.iter().filter(|finding| finding.is_error()).cloned().collect::<Vec<_>>());
    let blocked = Signal::derive(move || busy.get() || !problems().is_empty());
    let publish = move || {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        wrong.set(None);
        let words = note.get_untracked().map(|note| note.value()).unwrap_or_default();
        editor.send();
        when_saved(editor, LOOKS, busy, wrong, words, note);
    };
    let changed = move || {
        let number = versions.published.get()?;
        let compared = since.get()?;
        let lines: Vec<String> = compared.order.iter().take(MOST_LISTED).map(|part| line(editor, &compared, part)).collect();
        let more = compared.order.len().saturating_sub(lines.len());
        Some(view! {
            <div data-since="">
                <p class="font-medium">{format!("Since version {number}: {}", compared.summary().to_lowercase())}</p>
                <ul class="mt-1 list-disc pl-5 text-sm">
                    {lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}
                    {(more > 0).then(|| view! { <li class="text-muted">{format!("and {more} more")}</li> })}
                </ul>
            </div>
        })
    };
    view! {
        <Dialog id=PUBLISH title="Publish">
            {move || open.get().then(|| view! {
                <div class="space-y-3">
                    <p class="text-muted">
                        {move || match versions.published.get() {
                            Some(version) => format!("The draft becomes version {}. Runs, triggers and agents use it from then on.", version + 1),
                            None => "The draft becomes version 1. Runs, triggers and agents use it from then on; you go on with the draft.".to_owned(),
                        }}
                    </p>
                    {move || {
                        let problems = problems();
                        (!problems.is_empty())
                            .then(|| {
                                view! {
                                    <div>
                                        <p class="mb-1 font-medium">"These have to be resolved first:"</p>
                                        <Problems findings=problems />
                                    </div>
                                }
                            })
                    }}
                    {changed}
                    <FormError message=wrong />
                    <label class="block">
                        <span class="mb-1 block font-medium">"What is new"</span>
                        <textarea node_ref=note class="field" rows="3" maxlength="2000"></textarea>
                        <span class="mt-1 block text-xs text-muted">"For those who read the history."</span>
                    </label>
                    <Button type_="button" kind=Kind::Primary disabled=blocked on:click=move |_| publish()>
                        <Icon icon=icondata_lu::LuUpload />
                        {move || if busy.get() { "Publishing…".to_owned() } else { format!("Publish version {}", versions.published.get().map_or(1, |version| version + 1)) }}
                    </Button>
                </div>
            })}
        </Dialog>
    }
    .into_any()
}

fn line(editor: Editor, compared: &Compared, part: &Part) -> String {
    let name = |id: &str| {
        editor
            .catalog
            .with_untracked(|tools| compared.both.node(id).map_or_else(|| id.to_owned(), |node| super::state::name_of(node, tools)))
    };
    match part {
        Part::Node(id) => format!("{} {}", name(id), compared.nodes.get(id).map_or("", |mark| mark.words())),
        Part::Edge(id) => {
            let ends = compared
                .both
                .edges
                .iter()
                .find(|edge| edge.id == *id)
                .map(|edge| format!("{} → {}", name(&edge.source), name(&edge.target)));
            format!("Connection {} {}", ends.unwrap_or_default(), compared.edges.get(id).map_or("", |mark| mark.words()))
        }
    }
}

/// Publishes once the server has all that is drawn; says so where it cannot have it.
fn when_saved(
    editor: Editor,
    looks: u32,
    busy: RwSignal<bool>,
    wrong: RwSignal<Option<String>>,
    words: String,
    note: NodeRef<html::Textarea>,
) {
    let Some(state) = editor.sync.state.try_get_untracked() else { return };
    let pending = editor.sync.pending.with_value(|pending| !pending.is_empty());
    let stop = move |why: &str| {
        busy.set(false);
        wrong.set(Some(why.to_owned()));
    };
    match state {
        SaveStatus::Saved if !pending => {}
        SaveStatus::Saved | SaveStatus::Saving if looks > 0 => {
            set_timeout(move || when_saved(editor, looks - 1, busy, wrong, words, note), LOOK);
            return;
        }
        SaveStatus::Disputed => return stop("Somebody else changed the same steps. Choose which to keep, then publish."),
        SaveStatus::SignedOut => return stop("You are signed out. Sign in in another tab; what you drew is kept here and saved then."),
        _ => return stop("What you drew is not saved yet, so it cannot be published. It is kept here; try again once it is saved."),
    }
    let revision = editor.sync.revision.get_value();
    leptos::task::spawn_local(async move {
        let answer = publish_draft(editor.org.get_value(), editor.id.get_value(), revision, words).await;
        if busy.try_set(false).is_some() {
            return;
        }
        match answer {
            Ok(head) => {
                editor.versions.published.set(Some(head.version));
                editor.tell(format!("Published version {}.", head.version));
                editor.versions.heads.update(|heads| heads.insert(0, head));
                if let Some(note) = note.get_untracked() {
                    note.set_value("");
                }
                browser::dialog(PUBLISH, false);
                browser::focus(BOARD);
            }
            Err(error) => {
                let told: Vec<String> = error.0.errors.iter().map(|error| error.message.clone()).collect();
                wrong.set(Some(if told.is_empty() { error.0.sentence().to_owned() } else { told.join(" ") }));
            }
        }
    });
}
