//! A field of an earlier step, found by searching.

use super::step::StepData;
use crate::components::{browser, icon::Icon};
use leptos::{html, prelude::*};
use serde_json::Value;
use toolcrib::{
    variables::InRuns,
    workflows::{
        canvas::fields::{
            control::brief,
            dynamic::{braced, found, may_stand},
            origins::{Groups, Row, rows},
            preview::at,
        },
        graph::{NodeKind, change::Source},
    },
};

/// More are found by typing.
const MOST: usize = 60;

/// What people call a place: `rows of Load CSV`.
pub(in super::super) fn words(data: StepData, node: &str, path: &str) -> String {
    let editor = data.editor;
    let input = editor.doc.with_value(|doc| doc.node(node).is_some_and(|node| node.kind == NodeKind::Input));
    let title = editor.title(node);
    match (input, path) {
        (true, "$") => "All of the workflow's input".to_owned(),
        (true, path) => format!("Workflow input {path}"),
        (false, "$") => format!("The whole output of {title}"),
        (false, path) => format!("{path} of {title}"),
    }
}

/// Where a field comes from, in a few words.
pub(in super::super) fn source_words(data: StepData, source: &Source) -> String {
    match source {
        Source::Nothing => "nothing".to_owned(),
        Source::Constant(value) => brief(value, 40),
        Source::Expression(text) => text.clone(),
        Source::Field { node, path } => words(data, node, path),
    }
}

/// Variables such as `{{run_id}}` as rows of no step, where the step's tool fills them in.
fn variables(data: StepData, schema: &Value, search: &str) -> Option<(String, Vec<Row>)> {
    let editor = data.editor;
    let row = |one: &InRuns| Row {
        node: String::new(),
        path: braced(&one.name),
        name: one.description.clone(),
        depth: 0,
        kind: "variable".to_owned(),
        misfit: None,
    };
    let rows: Vec<Row> = editor.fields.variables.with(|known| found(known, search).into_iter().map(row).collect());
    (data.fills() && may_stand(schema) && !rows.is_empty()).then(|| ("Variables of the run".to_owned(), rows))
}

#[component]
pub(super) fn Variable(
    data: StepData,
    name: StoredValue<String>,
    schema: Value,
    wrong: RwSignal<Option<String>>,
    /// Opens at once, once.
    asked: RwSignal<bool>,
) -> impl IntoView {
    let chosen = Memo::new(move |_| match data.source(&name.get_value()) {
        Source::Field { node, path } => Some((node, path)),
        _ => data.variable(&name.get_value()).map(|variable| (String::new(), braced(&variable))),
    });
    let open = RwSignal::new(asked.get_untracked());
    asked.set(false);
    let id = format!("field-{}", name.get_value());
    let label = move || match chosen.get() {
        None => "Choose a field".to_owned(),
        Some((node, path)) if node.is_empty() => format!("Variable {}", path.trim_matches(['{', '}'])),
        Some((node, path)) => words(data, &node, &path),
    };
    let pick = {
        let id = id.clone();
        move |row: Row| {
            if let Some(why) = row.misfit {
                data.editor.said.set(why.clone());
                wrong.set(Some(why));
                return;
            }
            let source =
                if row.node.is_empty() { Source::Constant(row.path.into()) } else { Source::Field { node: row.node, path: row.path } };
            wrong.set(data.set(&name.get_value(), source).err());
            open.set(false);
            browser::focus(&id);
        }
    };
    let close = {
        let id = id.clone();
        move || {
            open.set(false);
            browser::focus(&id);
        }
    };
    let (pick, close) = (Callback::new(pick), Callback::new(move |()| close()));
    let schema = StoredValue::new(schema);
    view! {
        <button
            id=id
            type="button"
            class="field flex items-center gap-2 text-left"
            aria-haspopup="listbox"
            aria-expanded=move || if open.get() { "true" } else { "false" }
            aria-label=move || format!("{}: {}", name.get_value(), label())
            on:click=move |_| open.update(|open| *open = !*open)
        >
            <span class=move || if chosen.with(Option::is_some) { "min-w-0 flex-1 truncate" } else { "min-w-0 flex-1 truncate text-muted" }>{label}</span>
            <Icon icon=icondata_lu::LuChevronsUpDown size=14 class="text-muted" />
        </button>
        <Show when=move || open.get()>
            <Search data=data name=name schema=schema.get_value() chosen=chosen pick=pick close=close />
        </Show>
    }
    .into_any()
}

#[component]
fn Search(
    data: StepData,
    name: StoredValue<String>,
    schema: Value,
    chosen: Memo<Option<(String, String)>>,
    pick: Callback<Row>,
    close: Callback<()>,
) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let active = RwSignal::new(0_usize);
    let list_id = format!("field-{}-places", name.get_value());
    let groups: Memo<Groups> = Memo::new(move |_| {
        let mut groups = name.with_value(|name| data.origins.with(|origins| text.with(|text| rows(origins, name, &schema, text, MOST))));
        groups.extend(variables(data, &schema, &text.get()));
        groups
    });
    let flat = move || groups.with_untracked(|groups| groups.iter().flat_map(|(_, rows)| rows.clone()).collect::<Vec<_>>());
    let field = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            request_animation_frame(move || drop(field.focus()));
        }
    });
    let row_id = {
        let list_id = list_id.clone();
        move |index: usize| format!("{list_id}-{index}")
    };
    let walk = {
        let row_id = row_id.clone();
        move |by: isize| {
            let count = flat().len();
            if count > 0 {
                active.update(|active| *active = active.saturating_add_signed(by).min(count - 1));
                browser::scroll_into_view(&row_id(active.get_untracked()));
            }
        }
    };
    let keydown = move |event: web_sys::KeyboardEvent| {
        match event.key().as_str() {
            "ArrowDown" => walk(1),
            "ArrowUp" => walk(-1),
            "Enter" => {
                if let Some(row) = flat().get(active.get_untracked()) {
                    pick.run(row.clone());
                }
            }
            "Escape" => close.run(()),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    let current = {
        let row_id = row_id.clone();
        move || row_id(active.get())
    };
    let list = move || {
        let mut index = 0;
        let editor = data.editor;
        groups
            .get()
            .into_iter()
            .map(|(title, rows)| {
                let rows = rows
                    .into_iter()
                    .map(|row| {
                        let own = index;
                        index += 1;
                        let sample =
                            editor.fields.samples.with(|samples| editor.doc.with_value(|doc| at(doc, samples, &row.node, &row.path)));
                        let taken = chosen.with(|chosen| chosen.as_ref().is_some_and(|(node, path)| *node == row.node && *path == row.path));
                        let refused = row.misfit.is_some();
                        let about = row.node.is_empty().then(|| row.name.clone());
                        let second = row.misfit.clone().or(about).or_else(|| sample.map(|value| brief(&value, 60)));
                        let (shown, kind) = (if row.path == "$" { row.name.clone() } else { row.path.clone() }, row.kind.clone());
                        view! {
                            <li
                                id=row_id(own)
                                role="option"
                                aria-selected=move || if active.get() == own { "true" } else { "false" }
                                aria-disabled=refused.then_some("true")
                                class=if refused { "menu-item cursor-not-allowed items-start opacity-60" } else { "menu-item cursor-pointer items-start" }
                                on:pointerdown=move |event| event.prevent_default()
                                on:click=move |_| pick.run(row.clone())
                            >
                                <span class="min-w-0 flex-1">
                                    <span class="flex items-baseline gap-2">
                                        <span class="truncate font-mono text-xs">{shown}</span>
                                        <span class="text-2xs text-muted">{kind}</span>
                                    </span>
                                    {second.map(|words| view! { <span class="block truncate text-xs text-muted">{words}</span> })}
                                </span>
                                {taken.then(|| view! { <Icon icon=icondata_lu::LuCheck size=14 /> <span class="sr-only">"chosen"</span> })}
                            </li>
                        }
                    })
                    .collect_view();
                view! {
                    <li role="presentation">
                        <p class="px-2 pt-2 pb-0.5 text-xs font-medium text-muted">{title.clone()}</p>
                        <ul role="group" aria-label=title>
                            {rows}
                        </ul>
                    </li>
                }
            })
            .collect_view()
    };
    view! {
        <div class="mt-1 rounded-md border border-line bg-raised shadow-pop">
            <div class="border-b border-line p-1.5">
                <input
                    node_ref=field
                    class="field"
                    role="combobox"
                    aria-label=format!("Search what {} could take", name.get_value())
                    aria-expanded="true"
                    aria-controls=list_id.clone()
                    aria-activedescendant=current
                    placeholder="Search, or type a path such as rows[0].name"
                    autocomplete="off"
                    spellcheck="false"
                    // Nothing of the form: the search is not a change of a field.
                    on:change=move |event| event.stop_propagation()
                    on:input=move |event| {
                        text.set(event_target_value(&event));
                        active.set(0);
                    }
                    on:keydown=keydown
                />
            </div>
            <ul id=list_id role="listbox" aria-label="Fields of earlier steps" class="max-h-64 overflow-y-auto p-1">
                {list}
                {move || groups.with(Vec::is_empty).then(|| view! { <li role="option" aria-selected="false" aria-disabled="true" class="px-2 py-3 text-muted">"No earlier step gives anything like that."</li> })}
            </ul>
        </div>
    }
    .into_any()
}
