//! The bar at the foot of the canvas: begins runs, and says how the one stands that is shown.

use super::{
    super::{
        panel::jump,
        state::{BOARD, Editor},
        toolbar::Tool,
    },
    start::What,
    took,
};
use crate::{
    api::workflows::cancel_on_canvas,
    components::{browser, format, icon::Icon},
};
use leptos::prelude::*;
use toolcrib::workflows::{
    canvas::overlay::Refused,
    engine::{NodeStatus, RunStatus},
};

#[component]
pub(in super::super) fn RunBar(editor: Editor) -> impl IntoView {
    let runs = editor.runs;
    // Beside the panel of a step, where that lies over the right of the board.
    let right = move || {
        let covered = editor.size.get().0 >= 760.0 && (editor.panel.get() || editor.chosen.with(|chosen| chosen.len() == 1));
        if covered { "388px" } else { "12px" }
    };
    let one = Memo::new(move |_| editor.chosen.with(|chosen| chosen.len() == 1));
    view! {
        <div
            class="pointer-events-none absolute bottom-15 left-3 z-10 flex flex-col items-center gap-2 sm:bottom-3 sm:left-60"
            style:right=right
        >
            <Refusals editor=editor />
            <div class="pointer-events-auto flex max-w-full flex-wrap items-center justify-center gap-2" role="toolbar" aria-label="Run">
                <div class="flex items-center rounded-md border border-line bg-surface">
                    <button
                        type="button"
                        class="btn btn-ghost font-medium"
                        title="Run the draft (R)"
                        aria-busy=move || runs.busy.get().then_some("true")
                        disabled=runs.busy
                        on:click=move |_| editor.run(What::Whole, false)
                    >
                        {move || {
                            if runs.busy.get() {
                                view! { <Icon icon=icondata_lu::LuLoaderCircle class="spin" /> }
                            } else {
                                view! { <Icon icon=icondata_lu::LuPlay class="text-accent" /> }
                            }
                        }}
                        "Run draft"
                    </button>
                    <Show when=move || one.get()>
                        <Tool icon=icondata_lu::LuArrowRightToLine label="Run to here" keys="T" disabled=runs.busy press=move || editor.run_part(true) />
                        <Tool icon=icondata_lu::LuArrowRightFromLine label="Run from here" keys="F" disabled=runs.busy press=move || editor.run_part(false) />
                    </Show>
                    <PinToggle editor=editor />
                    <Tool icon=icondata_lu::LuListVideo label="Past runs" press=move || editor.open_past_runs() />
                </div>
                <Shown editor=editor />
            </div>
        </div>
    }
    .into_any()
}

/// Whether pinned data stands in for steps.
#[component]
fn PinToggle(editor: Editor) -> impl IntoView {
    let runs = editor.runs;
    let count = Memo::new(move |_| runs.pins.with(|pins| pins.len()));
    view! {
        <Show when=move || { count.get() > 0 }>
            <button
                type="button"
                class="btn btn-ghost text-xs"
                title="Use pinned data"
                aria-pressed=move || if runs.use_pins.get() { "true" } else { "false" }
                aria-label=move || format!("Use pinned data: {} pinned", count.get())
                on:click=move |_| {
                    runs.use_pins.update(|on| *on = !*on);
                    editor.said.set(if runs.use_pins.get_untracked() { "Pinned data is used" } else { "Pinned data is not used" }.to_owned());
                }
            >
                {move || {
                    if runs.use_pins.get() {
                        view! { <Icon icon=icondata_lu::LuPin size=14 class="text-accent" /> }
                    } else {
                        view! { <Icon icon=icondata_lu::LuPinOff size=14 class="text-muted" /> }
                    }
                }}
                {move || format!("{} pinned{}", count.get(), if runs.use_pins.get() { "" } else { ", off" })}
            </button>
        </Show>
    }
}

fn look(status: RunStatus) -> (icondata_core::Icon, &'static str, &'static str) {
    match status {
        RunStatus::Pending => (icondata_lu::LuClock, "text-info", "Begins"),
        RunStatus::Running => (icondata_lu::LuLoaderCircle, "text-running", "Running"),
        RunStatus::Waiting => (icondata_lu::LuCirclePause, "text-info", "Waiting"),
        RunStatus::Completed => (icondata_lu::LuCircleCheck, "text-success", "Done"),
        RunStatus::Failed => (icondata_lu::LuCircleX, "text-danger", "Failed"),
        RunStatus::Cancelled => (icondata_lu::LuCircleSlash, "text-muted", "Cancelled"),
    }
}

/// The run that was begun or opened last: how it stands, and what can be done with it.
#[component]
fn Shown(editor: Editor) -> impl IntoView {
    let runs = editor.runs;
    let status = Memo::new(move |_| runs.live.with(|live| live.as_ref().map(|live| live.status)));
    let time = move || {
        let (started, ended) = runs.live.with(|live| live.as_ref().map(|live| (live.started_at, live.completed_at)))?;
        if ended.is_none() {
            runs.tick.track();
        }
        took(started, ended).map(format::duration)
    };
    let state = move || {
        let lost = runs.lost.get();
        let Some(status) = status.get() else {
            return view! { <span class="text-muted">"Reading…"</span> }.into_any();
        };
        let (icon, ink, word) = look(status);
        let spin = if status == RunStatus::Running { "spin" } else { "" };
        view! {
            <span data-run-state=status.as_str() class=format!("flex items-center gap-1.5 font-medium {ink}")>
                <Icon icon=icon size=14 class=spin />
                {if lost && !status.is_final() { "Reconnecting" } else { word }}
            </span>
        }
        .into_any()
    };
    let segment = move |over: bool, label: &'static str| {
        view! {
            <button
                type="button"
                class=move || {
                    let ink = if runs.over.get() == over { "bg-accent-soft font-medium" } else { "text-muted hover:bg-hover" };
                    format!("min-h-8 rounded-sm px-2 py-1 text-xs pointer-coarse:min-h-11 {ink}")
                }
                aria-pressed=move || if runs.over.get() == over { "true" } else { "false" }
                on:click=move |_| match runs.shown.get_untracked() {
                    Some(run) if over => editor.show_run(run),
                    _ => editor.show_draft(),
                }
            >
                {label}
            </button>
        }
    };
    let some = Memo::new(move |_| runs.shown.with(Option::is_some));
    view! {
        <Show when=move || some.get()>
            <div class="flex flex-wrap items-center gap-x-2 gap-y-1 rounded-md border border-line bg-surface px-2 py-1 text-sm" role="group" aria-label="The run">
                {state}
                <span class="num text-muted" data-run-time="">{time}</span>
                <ToLook editor=editor status=status />
                {move || {
                    let may = runs.head.with(|head| head.as_ref().is_none_or(|head| head.may_cancel));
                    (may && status.get().is_some_and(|status| !status.is_final()))
                        .then(|| {
                            view! {
                                <button type="button" class="btn btn-secondary btn-small" on:click=move |_| editor.cancel_run()>
                                    "Cancel"
                                </button>
                            }
                        })
                }}
                {move || {
                    (status.get() == Some(RunStatus::Failed))
                        .then(|| {
                            view! {
                                <button type="button" class="btn btn-secondary btn-small" title="Go on after the failure (Shift R)" disabled=runs.busy on:click=move |_| editor.go_on()>
                                    <Icon icon=icondata_lu::LuStepForward size=14 />
                                    "Go on"
                                </button>
                            }
                        })
                }}
                <span class="flex items-center rounded-md border border-line p-0.5" role="group" aria-label="Show">
                    {segment(false, "Draft")} {segment(true, "Run")}
                </span>
                <Other editor=editor />
            </div>
        </Show>
    }
}

/// The step to look at first: the one that failed, or that waits for an answer.
#[component]
fn ToLook(editor: Editor, status: Memo<Option<RunStatus>>) -> impl IntoView {
    let runs = editor.runs;
    move || {
        let wanted = match status.get()? {
            RunStatus::Failed => NodeStatus::Error,
            RunStatus::Waiting => NodeStatus::Waiting,
            _ => return None,
        };
        runs.live.track();
        let id = runs.overlay.with_value(|overlay| overlay.first(wanted).map(str::to_owned))?;
        let name = editor.doc.with_value(|doc| doc.node(&id).is_some()).then(|| editor.title(&id))?;
        let verb = if wanted == NodeStatus::Error { "at" } else { "for" };
        Some(view! {
            <button
                type="button"
                class="link max-w-48 truncate"
                on:click=move |_| {
                    if let Some(run) = runs.shown.get_untracked() {
                        editor.show_run(run);
                    }
                    jump(editor, &id, None);
                    super::inspect(editor);
                }
            >
                {format!("{verb} {name}")}
            </button>
        })
    }
}

/// What the run ran, where that is not what is drawn.
#[component]
fn Other(editor: Editor) -> impl IntoView {
    let runs = editor.runs;
    move || {
        let differs = runs.differs.get().filter(|_| runs.over.get())?;
        let of = runs.head.with(|head| match head.as_ref().and_then(|head| head.run.workflow_version) {
            Some(version) => format!("of version {version}"),
            None => "of another version of the draft".to_owned(),
        });
        Some(view! {
            <span class="basis-full text-xs text-warning" role="note" data-differs="">
                {format!("This run was {of}: {differs}.")}
            </span>
        })
    }
}

/// Why nothing was begun, with jumps to where it is.
#[component]
fn Refusals(editor: Editor) -> impl IntoView {
    let runs = editor.runs;
    let told = move || runs.refused.get().into_iter().filter(|one| one.input.is_none()).collect::<Vec<_>>();
    let row = move |one: Refused| {
        match one.node {
        Some(id) => view! {
            <li>
                <button type="button" class="menu-item items-start text-sm" on:click=move |_| jump(editor, &id, one.field.as_deref())>
                    <Icon icon=icondata_lu::LuCircleAlert size=14 class="mt-0.5 text-danger" />
                    <span class="min-w-0">{one.words}</span>
                </button>
            </li>
        }
        .into_any(),
        None => view! { <li class="flex items-start gap-2 px-2 py-1.5 text-sm"><Icon icon=icondata_lu::LuCircleAlert size=14 class="mt-0.5 text-danger" /><span class="min-w-0">{one.words}</span></li> }.into_any(),
    }
    };
    move || {
        let told = told();
        (!told.is_empty()).then(|| {
            view! {
                <div class="pointer-events-auto relative max-h-60 w-full max-w-lg overflow-y-auto rounded-lg bg-raised p-3 pr-12 shadow-pop" role="alert" data-refused="">
                    <p class="px-2 font-medium">"It was not run:"</p>
                    <ul>{told.into_iter().map(row).collect_view()}</ul>
                    <button
                        type="button"
                        class="btn btn-ghost btn-icon absolute top-1 right-1"
                        aria-label="Close"
                        on:click=move |_| {
                            runs.refused.set(Vec::new());
                            browser::focus(BOARD);
                        }
                    >
                        <Icon icon=icondata_lu::LuX />
                    </button>
                </div>
            }
        })
    }
}

impl Editor {
    pub(super) fn cancel_run(self) {
        let Some(run) = self.runs.shown.get_untracked() else { return };
        self.said.set("Cancelling".to_owned());
        leptos::task::spawn_local(async move {
            if let Err(error) = cancel_on_canvas(self.org.get_value(), run.to_string()).await
                && self.runs.shown.try_get_untracked().is_some()
            {
                self.tell(error.0.sentence().to_owned());
            }
        });
        // The button goes with the run's end.
        browser::focus(BOARD);
    }
}
