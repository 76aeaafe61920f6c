//! Tools as a document that another organization can read: no ids, no owners, no counters, no secrets; categories by their names.

use crate::{
    Error, Result,
    tools::{Category, NewTool, Tool, categories::tree},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// What the first field of a document says.
pub const FORMAT: &str = "toolcrib.tools";

/// A category by its name and the names above it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PortableCategory {
    /// From the top down, its own name last.
    pub path: Vec<String>,
    #[serde(default)]
    pub description: String,
}

/// A document of tools.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// `toolcrib.tools`
    pub format: String,
    /// 1
    pub format_version: u32,
    #[serde(default)]
    pub categories: Vec<PortableCategory>,
    /// What a tool is made from, with `category` (names from the top down) in the place of `category_id`.
    pub tools: Vec<Map<String, Value>>,
}

impl Document {
    #[must_use]
    pub fn new(categories: Vec<PortableCategory>, tools: Vec<Map<String, Value>>) -> Self {
        Self { format: FORMAT.to_owned(), format_version: 1, categories, tools }
    }

    /// Reads a document, also a single tool or a list of tools without a frame.
    pub fn parse(text: &str) -> Result<Self> {
        let value: Value =
            serde_json::from_str(text).map_err(|error| Error::invalid("document", format!("This is not valid JSON: {error}.")))?;
        Self::of(value)
    }

    pub fn of(value: Value) -> Result<Self> {
        let framed = match value {
            Value::Array(tools) => json!({"format": FORMAT, "format_version": 1, "tools": tools}),
            Value::Object(tool) if !tool.contains_key("format") && tool.contains_key("kind") => {
                json!({"format": FORMAT, "format_version": 1, "tools": [tool]})
            }
            other => other,
        };
        let document: Self = serde_json::from_value(framed)
            .map_err(|error| Error::invalid("document", format!("This is no document of tools: {error}.")))?;
        if document.format != FORMAT || document.format_version != 1 {
            return Err(Error::invalid("document", format!("Expected the format {FORMAT} in version 1.")));
        }
        if document.tools.is_empty() {
            return Err(Error::invalid("document", "There is no tool in it."));
        }
        Ok(document)
    }
}

/// A tool as it stands in a document.
pub fn portable(tool: &Tool, categories: &[Category]) -> Result<Map<String, Value>> {
    let mut new = as_new(tool);
    new.category_id = None;
    let Value::Object(mut fields) = serde_json::to_value(&new).map_err(|error| Error::Internal(error.into()))? else {
        return Err(Error::internal("a tool is no object"));
    };
    fields.shift_remove("category_id");
    let path = tool.category_id.map(|id| names_above(categories, id)).unwrap_or_default();
    fields.insert("category".to_owned(), json!(path));
    Ok(fields)
}

/// The names from the top down to a category.
pub(crate) fn names_above(categories: &[Category], id: crate::ids::CategoryId) -> Vec<String> {
    let mut names = Vec::new();
    let mut at = categories.iter().find(|category| category.id == id);
    while let Some(category) = at.filter(|_| names.len() <= categories.len()) {
        names.push(category.name.clone());
        at = category.parent_id.and_then(|parent| categories.iter().find(|category| category.id == parent));
    }
    names.reverse();
    names
}

/// The categories that these tools stand in, and those above them, parents first.
#[must_use]
pub fn portable_categories(categories: &[Category], tools: &[Tool]) -> Vec<PortableCategory> {
    let flat = tree::flatten(categories.to_vec());
    let mut needed = std::collections::HashSet::new();
    for tool in tools {
        let mut at = tool.category_id;
        while let Some(category) = at.filter(|id| needed.insert(*id)).and_then(|id| flat.iter().find(|category| category.id == id)) {
            at = category.parent_id;
        }
    }
    flat.iter()
        .filter(|category| needed.contains(&category.id))
        .map(|category| PortableCategory { path: names_above(&flat, category.id), description: category.description.clone() })
        .collect()
}

/// What would make this tool.
#[must_use]
pub fn as_new(tool: &Tool) -> NewTool {
    let status = tool.status;
    NewTool { status, ..crate::tools::update::apply(tool, crate::tools::UpdateTool::default()) }
}
