//! What the outline changes of notes and groups.

#[cfg(feature = "ssr")]
use super::edit::{Read, change};
use crate::error::AppError;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use toolcrib::{
    Error,
    workflows::{
        canvas::{
            Point,
            annotations::{MOST_TEXT, group, note, put},
            geometry,
        },
        graph::{NodeKind, change::Change},
    },
};

#[cfg(feature = "ssr")]
const ANCHOR: &str = "#annotations";

/// A note below what stands on the canvas.
#[server(prefix = "/api/fn", endpoint = "workflows/add_note")]
pub async fn add_note(
    org: String,
    id: String,
    revision: i32,
    #[server(default)] overwrite: String,
    #[server(default)] text: String,
) -> Result<(), AppError> {
    change(&org, &id, Read { revision, overwrite }, ANCHOR, |workflow, _| {
        let bounds = geometry::bounds(&workflow.definition, |_| true).unwrap_or_default();
        let at = Point { x: bounds.x, y: bounds.end().y + 32.0 };
        let note = note(&workflow.definition, at, &read_text(&text)?);
        Ok(Change::Insert { nodes: vec![note], edges: Vec::new() })
    })
    .await
}

/// A frame around the chosen steps.
#[server(prefix = "/api/fn", endpoint = "workflows/add_group")]
pub async fn add_group(
    org: String,
    id: String,
    revision: i32,
    #[server(default)] overwrite: String,
    #[server(default)] text: String,
    #[server(default)] steps: Vec<String>,
) -> Result<(), AppError> {
    change(&org, &id, Read { revision, overwrite }, ANCHOR, |workflow, _| {
        let mut definition = workflow.definition.clone();
        toolcrib::workflows::graph::layout::arrange(&mut definition);
        let group = group(&definition, &steps.into_iter().collect());
        let mut group = group.ok_or_else(|| Error::invalid("text", "Choose the steps that it is to hold."))?;
        if !text.trim().is_empty() {
            group.label = Some(text.trim().chars().take(120).collect());
        }
        Ok(Change::Insert { nodes: vec![group], edges: Vec::new() })
    })
    .await
}

/// The words of a note, or the name of a group.
#[server(prefix = "/api/fn", endpoint = "workflows/save_annotation")]
pub async fn save_annotation(
    org: String,
    id: String,
    revision: i32,
    #[server(default)] overwrite: String,
    node: String,
    #[server(default)] text: String,
) -> Result<(), AppError> {
    change(&org, &id, Read { revision, overwrite }, ANCHOR, |workflow, _| {
        let found = workflow.definition.node(&node).filter(|node| node.kind.is_annotation()).cloned();
        let mut found = found.ok_or_else(|| Error::invalid("text", "It is not there any more. Load the page again."))?;
        if found.kind == NodeKind::Group {
            found.label = Some(text.trim().chars().take(120).collect::<String>()).filter(|label| !label.is_empty());
        } else {
            found.config.text = Some(read_text(&text)?);
        }
        Ok(Change::Patch(Box::new(put(&workflow.definition, found).unwrap_or_default())))
    })
    .await
}

#[cfg(feature = "ssr")]
fn read_text(text: &str) -> Result<String, Error> {
    let text = text.replace("\r\n", "\n").trim_end().to_owned();
    match text.chars().count() {
        0 => Err(Error::invalid("text", "A note says something.")),
        1..=MOST_TEXT => Ok(text),
        _ => Err(Error::invalid("text", format!("At most {MOST_TEXT} characters."))),
    }
}
