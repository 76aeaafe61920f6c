//! What a source gives on the data of the last run.

use super::step::StepData;
use crate::components::icon::Icon;
use leptos::prelude::*;
use serde_json::Value;
use std::time::Duration;
use toolcrib::workflows::{
    canvas::fields::{
        control::brief,
        preview::{Preview, preview},
    },
    graph::change::Source,
};

/// The preview of `source`, made anew a moment after it, the draft or the data changed.
pub(super) fn follow(data: StepData, source: Signal<Source>, schema: Signal<Value>) -> RwSignal<Option<Preview>> {
    let found = RwSignal::new(None);
    let turn = StoredValue::new(0_u32);
    let editor = data.editor;
    Effect::new(move |_| {
        let (source, schema) = (source.get(), schema.get());
        editor.version.track();
        editor.fields.samples.track();
        let own = turn.get_value() + 1;
        turn.set_value(own);
        let make = move || {
            if turn.try_get_value() != Some(own) {
                return;
            }
            let made = editor.catalog.with_untracked(|tools| {
                editor.fields.samples.with_untracked(|samples| {
                    data.id.with_value(|id| editor.doc.with_value(|doc| preview(doc, tools, samples, id, &source, &schema)))
                })
            });
            if found.with_untracked(|found| *found != made) {
                found.set(made);
            }
        };
        set_timeout(make, Duration::from_millis(120));
    });
    found
}

/// One line under a field.
#[component]
pub(super) fn PreviewLine(found: RwSignal<Option<Preview>>, #[prop(into)] id: String) -> impl IntoView {
    let line = move || {
        found.get().map(|found| match found {
            Preview::Value { value, shortened, misfit } => {
                let long = serde_json::to_string_pretty(&value).unwrap_or_default();
                let note = shortened.then_some(" (of shortened data)");
                view! {
                    <span class="text-muted">"Preview: "</span>
                    <span class="font-mono break-all" title=long>
                        {brief(&value, 160)}
                    </span>
                    <span class="text-muted">{note}</span>
                    {misfit
                        .map(|words| {
                            view! {
                                <span class="mt-0.5 flex items-start gap-1 text-warning">
                                    <Icon icon=icondata_lu::LuTriangleAlert size=14 class="mt-px" />
                                    {words}
                                </span>
                            }
                        })}
                }
                .into_any()
            }
            Preview::Unknown(words) => view! { <span class="text-muted">{words}</span> }.into_any(),
            Preview::Wrong(words) => view! {
                <span class="flex items-start gap-1 text-danger">
                    <Icon icon=icondata_lu::LuCircleAlert size=14 class="mt-px" />
                    {words}
                </span>
            }
            .into_any(),
        })
    };
    view! {
        <p id=id class="mt-1 max-h-24 overflow-y-auto text-xs empty:hidden" class:hidden=move || found.with(Option::is_none) data-preview="">
            {line}
        </p>
    }
}
