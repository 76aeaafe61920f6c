//! The lines between the columns, measured where the rows are.

use super::{Mapping, to};
use leptos::prelude::*;
use toolcrib::workflows::{
    canvas::{Point, curve},
    graph::change::Source,
};
use web_sys::{DomRect, Element};

#[derive(Clone, PartialEq)]
struct Line {
    path: String,
    field: String,
    /// Only proposed.
    dashed: bool,
}

/// Where the dot of a row is on the two columns; one that is scrolled away lies at the edge of its list.
fn dot(frame: &DomRect, row: &Element) -> Option<Point> {
    let list = row.closest("[role=listbox]").ok().flatten()?.get_bounding_client_rect();
    let rect = row.query_selector(".canvas-map-dot").ok().flatten()?.get_bounding_client_rect();
    let middle = (rect.top() + rect.height() / 2.0).max(list.top() + 2.0).min(list.bottom() - 2.0);
    Some(Point { x: rect.left() + rect.width() / 2.0 - frame.left(), y: middle - frame.top() })
}

fn line(frame: &DomRect, node: &str, path: &str, field: &str, dashed: bool) -> Option<Line> {
    let quoted = format!("{node}|{path}").replace('\\', "\\\\").replace('"', "\\\"");
    let source = document().query_selector(&format!("[data-from=\"{quoted}\"]")).ok().flatten()?;
    let target = document().get_element_by_id(&to::row_id(field))?;
    let (start, end) = (dot(frame, &source)?, dot(frame, &target)?);
    Some(Line { path: curve::path(start, end), field: field.to_owned(), dashed })
}

#[component]
pub(super) fn Lines(mapping: Mapping) -> impl IntoView {
    let lines = RwSignal::new(Vec::<Line>::new());
    let waiting = StoredValue::new(false);
    let measure = move || {
        if waiting.try_set_value(false).is_some() {
            return;
        }
        let Some(frame) = mapping.frame.try_get_untracked().flatten().map(|frame| frame.get_bounding_client_rect()) else { return };
        let data = mapping.data;
        let mut found: Vec<Line> = untrack(|| {
            let names: Vec<String> = data.fields.with(|fields| fields.iter().map(|field| field.name.clone()).collect());
            names
                .into_iter()
                .filter_map(|field| match data.source(&field) {
                    Source::Field { node, path } => line(&frame, &node, &path, &field, false),
                    _ => None,
                })
                .collect()
        });
        mapping.proposed.with_untracked(|proposed| {
            found.extend(proposed.iter().filter_map(|link| line(&frame, &link.node, &link.path, &link.field, true)));
        });
        if lines.with_untracked(|lines| *lines != found) {
            lines.set(found);
        }
    };
    Effect::new(move |_| {
        mapping.editor.version.track();
        mapping.data.origins.track();
        mapping.data.fields.track();
        mapping.proposed.track();
        mapping.moved.track();
        mapping.editor.fields.samples.track();
        // After the rows are laid out, once a frame.
        if !waiting.get_value() {
            waiting.set_value(true);
            request_animation_frame(measure);
        }
    });
    let pulled = move || {
        let pulled = mapping.pulled.get().filter(|pulled| pulled.moved)?;
        let good = mapping.over.with(|over| {
            let over = over.as_ref()?;
            mapping.held.with(|held| held.as_ref().map(|held| mapping.misfit(over, held).is_none()))
        });
        let ink = match good {
            Some(true) => "canvas-line stroke-success",
            Some(false) => "canvas-line stroke-danger",
            None => "canvas-line stroke-accent",
        };
        Some(view! { <path d=curve::path(pulled.start, pulled.end) class=ink stroke-dasharray="6 4" /> })
    };
    view! {
        <svg class="pointer-events-none absolute inset-0 size-full overflow-hidden" aria-hidden="true">
            {move || {
                lines
                    .get()
                    .into_iter()
                    .map(|line| {
                        let (ink, dash) = if line.dashed { ("canvas-line stroke-info", Some("5 5")) } else { ("canvas-line stroke-accent", None) };
                        view! { <path d=line.path class=ink stroke-dasharray=dash data-line=line.field data-proposed=line.dashed.then_some("") /> }
                    })
                    .collect_view()
            }}
            {pulled}
        </svg>
    }
    .into_any()
}
