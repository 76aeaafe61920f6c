//! What all fields of one step share.

use super::super::state::Editor;
use leptos::prelude::*;
use serde_json::Value;
use std::{sync::Arc, time::Duration};
use toolcrib::workflows::{
    canvas::fields::{
        dynamic::{alone, fills},
        feed,
        origins::{Origin, origins},
    },
    graph::{
        Node, NodeKind,
        change::{Change, Source, fed, source_of},
        shape, types,
    },
};

/// A field that a step takes.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Field {
    pub name: String,
    pub schema: Value,
    pub required: bool,
    /// The tool sets it itself.
    pub fixed: bool,
}

#[derive(Clone, Copy)]
pub(in super::super) struct StepData {
    pub editor: Editor,
    pub id: StoredValue<String>,
    /// `None` for a moment, when it was deleted.
    pub node: Memo<Option<Node>>,
    pub fields: Memo<Vec<Field>>,
    /// Where values could come from. Made after a pause: of a large graph it takes longer than a frame.
    pub origins: RwSignal<Arc<Vec<Origin>>>,
}

impl StepData {
    pub fn new(editor: Editor, id: String) -> Self {
        let id = StoredValue::new(id);
        let node = Memo::new(move |_| {
            editor.version.track();
            id.with_value(|id| editor.doc.with_value(|doc| doc.node(id).cloned()))
        });
        let fields = Memo::new(move |_| node.get().map(|node| fields(editor, &node)).unwrap_or_default());
        let found = RwSignal::new(Arc::default());
        let turn = StoredValue::new(0_u32);
        Effect::new(move |_| {
            editor.version.track();
            editor.catalog.track();
            editor.fields.samples.track();
            let own = turn.get_value() + 1;
            turn.set_value(own);
            let make = move || {
                if turn.try_get_value() == Some(own) {
                    let list = editor.catalog.with_untracked(|tools| {
                        editor.fields.samples.with_untracked(|samples| {
                            editor.doc.with_value(|doc| id.with_value(|id| origins(doc, tools, id, &samples.outputs)))
                        })
                    });
                    found.try_set(Arc::new(list));
                }
            };
            set_timeout(make, Duration::from_millis(80));
        });
        editor.fields.ask_once(editor);
        Self { editor, id, node, fields, origins: found }
    }

    pub fn source(self, field: &str) -> Source {
        self.editor.version.track();
        self.id.with_value(|id| self.editor.doc.with_value(|doc| doc.node(id).map_or(Source::Nothing, |node| source_of(doc, node, field))))
    }

    /// Whether variables in the step's texts are put in.
    pub fn fills(self) -> bool {
        self.node.with(|node| self.editor.catalog.with(|tools| node.as_ref().is_some_and(|node| fills(node, tools))))
    }

    /// The variable that a field is set to, and nothing else.
    pub fn variable(self, field: &str) -> Option<String> {
        let source = self.source(field);
        let name = self.editor.fields.variables.with(|known| alone(&source, known).map(|one| one.name.clone()));
        name.filter(|_| self.fills())
    }

    pub fn field(self, name: &str) -> Option<Field> {
        self.fields.with(|fields| fields.iter().find(|field| field.name == name).cloned())
    }

    /// Sets where a field comes from. `Err`: why not, for the field.
    pub fn set(self, field: &str, source: Source) -> Result<(), String> {
        set_field(self.editor, &self.id.get_value(), field, source)
    }

    /// Makes a field an input that the calling agent fills.
    pub fn ask_agent(self, field: &Field) -> Result<(), String> {
        let (editor, id) = (self.editor, self.id.get_value());
        let change = editor.catalog.with_untracked(|tools| {
            editor.doc.with_value(|doc| feed::by_agent(doc, tools, &id, &field.name, &field.schema, field.required))
        });
        let words = format!("The calling agent fills {} of {}", field.name, editor.title(&id));
        editor.commit_quietly(change.map_err(|(_, message)| message)?, words);
        Ok(())
    }

    /// Sets something of the step itself; steps that the expressions name lead to it afterwards.
    pub fn set_node(self, change: impl FnOnce(&mut Node), expressions: &[&str]) {
        set_node(self.editor, &self.id.get_value(), change, expressions);
    }
}

/// The same where the panel may be gone already.
pub(in super::super) fn set_field(editor: Editor, id: &str, field: &str, source: Source) -> Result<(), String> {
    if editor.version.is_disposed() {
        return Ok(());
    }
    let change = editor.catalog.with_untracked(|tools| editor.doc.with_value(|doc| feed::set(doc, tools, id, field, source)));
    let words = format!("Changed {field} of {}", editor.title(id));
    editor.commit_quietly(change.map_err(|(_, message)| message)?, words);
    Ok(())
}

/// Where a field comes from now, without following it.
pub(in super::super) fn source_now(editor: Editor, id: &str, field: &str) -> Source {
    if editor.version.is_disposed() {
        return Source::Nothing;
    }
    editor.doc.with_value(|doc| doc.node(id).map_or(Source::Nothing, |node| source_of(doc, node, field)))
}

/// Sets something of a step; steps that the expressions name lead to it afterwards.
pub(super) fn set_node(editor: Editor, id: &str, change: impl FnOnce(&mut Node), expressions: &[&str]) {
    if editor.version.is_disposed() {
        return;
    }
    let Some(mut node) = editor.doc.with_value(|doc| doc.node(id).cloned()) else { return };
    change(&mut node);
    let change = editor.doc.with_value(|doc| feed::with_edges(doc, node, expressions));
    let words = format!("Changed {}", editor.title(id));
    editor.commit_quietly(change, words);
}

/// What the step takes by its schema, and what it is fed besides.
fn fields(editor: Editor, node: &Node) -> Vec<Field> {
    editor.catalog.with(|tools| {
        let schema = shape::input(node, tools).map(std::borrow::Cow::into_owned).unwrap_or_default();
        let fixed = shape::fixed(node, tools);
        let mut found: Vec<Field> = types::fields(&schema)
            .into_iter()
            .map(|(name, inner)| Field {
                name: name.to_owned(),
                schema: inner.clone(),
                required: types::demands(&schema, name),
                fixed: fixed.iter().any(|one| one == name),
            })
            .collect();
        // What is needed is asked for first.
        found.sort_by_key(|field| !field.required);
        for extra in editor.doc.with_value(|doc| fed(doc, node)) {
            if !found.iter().any(|field| field.name == extra) {
                found.push(Field { name: extra, schema: Value::Null, required: false, fixed: false });
            }
        }
        found
    })
}

/// Whether fields can be added that no schema knows.
pub(in super::super) fn is_open(node: &Node, fields: &[Field]) -> bool {
    let known = fields.iter().any(|field| !field.schema.is_null());
    !known && !matches!(node.kind, NodeKind::Tool | NodeKind::Workflow)
}

/// Changes the words that the agent reads for an input of the workflow.
pub(super) fn describe_input(editor: Editor, name: &str, description: String) {
    if editor.version.is_disposed() {
        return;
    }
    let mut inputs = editor.doc.with_value(|doc| doc.inputs().to_vec());
    if let Some(field) = inputs.iter_mut().find(|field| field.name == name) {
        field.description = description.trim().to_owned();
        editor.commit_quietly(Change::SetInputs(inputs), format!("Described the input {name}"));
    }
}
