//! What a text is: a document of ours, steps from a clipboard, a bare definition; or why not, with the place.

use super::{Document, FORMAT, Foreign, MOST_BYTES, VERSION, foreign};
use crate::workflows::graph::{Catalog, Definition, Severity, validate::validate};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Why a text cannot be imported.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    Empty,
    TooLarge {
        bytes: usize,
    },
    /// Not JSON.
    Syntax {
        line: usize,
        column: usize,
        message: String,
    },
    /// JSON, but something in it is not what it should be.
    Field {
        pointer: String,
        message: String,
    },
    /// From a newer Toolcrib.
    Newer {
        version: u64,
    },
    /// From another product.
    Foreign(Box<Foreign>),
    /// JSON of which nobody knows what it is.
    Unknown,
}

impl Refusal {
    /// For people.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Empty => "Nothing was given. Choose a file, or paste the text of one.".to_owned(),
            Self::TooLarge { bytes } => {
                format!("This is {:.1} MiB; at most {} MiB are read.", *bytes as f64 / 1_048_576.0, MOST_BYTES / 1_048_576)
            }
            Self::Syntax { line, column, message } => format!("This is not JSON: line {line}, column {column}: {message}."),
            Self::Field { pointer, message } => format!("At {}: {message}", if pointer.is_empty() { "the top" } else { pointer }),
            Self::Newer { version } => {
                format!(
                    "This document has version {version} of the format; this Toolcrib reads version {VERSION}. Update it, or export again from there."
                )
            }
            Self::Foreign(found) => found.product.sentence().to_owned(),
            Self::Unknown => {
                "This is JSON, but no workflow. A workflow that was exported here begins with \"format\": \"toolcrib.workflow\".".to_owned()
            }
        }
    }
}

/// The document a text holds. Steps that were copied from a canvas, and a bare definition, are documents without a name.
pub fn read(text: &str) -> Result<Document, Refusal> {
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Err(Refusal::Empty);
    }
    if text.len() > MOST_BYTES {
        return Err(Refusal::TooLarge { bytes: text.len() });
    }
    let value: Value = match serde_json::from_str(text) {
        Ok(value) => value,
        Err(error) => {
            if let Some(found) = foreign::recognise_text(text) {
                return Err(Refusal::Foreign(Box::new(found)));
            }
            let whole = error.to_string();
            let message = whole.split(" at line ").next().unwrap_or(&whole).to_owned();
            return Err(Refusal::Syntax { line: error.line(), column: error.column(), message });
        }
    };
    if let Some(found) = foreign::recognise(&value) {
        return Err(Refusal::Foreign(Box::new(found)));
    }
    let Value::Object(mut fields) = value else { return Err(Refusal::Unknown) };
    if let Some(format) = fields.get("format") {
        if format != FORMAT {
            let message = format!("This is {format}, not \"{FORMAT}\".");
            return Err(Refusal::Field { pointer: "/format".to_owned(), message });
        }
        match fields.get("version").and_then(Value::as_u64) {
            Some(version) if version > u64::from(VERSION) => return Err(Refusal::Newer { version }),
            Some(version) if version >= 1 => {}
            _ => {
                return Err(Refusal::Field {
                    pointer: "/version".to_owned(),
                    message: "The version of the format is a number from 1.".to_owned(),
                });
            }
        }
        let document: Document = typed(Value::Object(fields), "")?;
        return sound(document);
    }
    // What REST gives for a workflow has the definition inside; what a canvas copies is one.
    let of = |fields: &Map<String, Value>, name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (name, display_name, description) = (of(&fields, "name"), of(&fields, "display_name"), of(&fields, "description"));
    let (definition, at) = match fields.remove("definition") {
        Some(definition) => (definition, "/definition"),
        None => {
            fields.remove("toolcrib");
            (Value::Object(fields), "")
        }
    };
    if !definition.get("nodes").is_some_and(Value::is_array) {
        return Err(Refusal::Unknown);
    }
    let definition: Definition = typed(definition, at)?;
    let document = Document {
        format: FORMAT.to_owned(),
        version: VERSION,
        name,
        display_name,
        description,
        published_version: None,
        definition,
        tools: Vec::new(),
        workflows: Vec::new(),
        notes: Vec::new(),
    };
    sound(document)
}

/// Reads the value, or says at which field it stops making sense.
fn typed<T: DeserializeOwned>(value: Value, at: &str) -> Result<T, Refusal> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let mut pointer = at.to_owned();
        for segment in error.path() {
            use serde_path_to_error::Segment;
            let part = match segment {
                Segment::Seq { index } => index.to_string(),
                Segment::Map { key } => key.replace('~', "~0").replace('/', "~1"),
                Segment::Enum { variant } => variant.clone(),
                Segment::Unknown => continue,
            };
            pointer.push('/');
            pointer.push_str(&part);
        }
        let mut message = error.into_inner().to_string();
        if !message.ends_with('.') {
            message.push('.');
        }
        Refusal::Field { pointer, message }
    })
}

/// What has no clear meaning is not even begun with: two steps of one id, edges to nowhere, circles.
fn sound(document: Document) -> Result<Document, Refusal> {
    if document.definition.nodes.is_empty() {
        let pointer = "/definition/nodes".to_owned();
        return Err(Refusal::Field { pointer, message: "There is no step in it.".to_owned() });
    }
    let findings = validate(&document.definition, &Catalog::default());
    match findings.into_iter().find(|finding| finding.severity == Severity::Error && finding.code.is_structural()) {
        Some(finding) => Err(Refusal::Field {
            pointer: finding.pointer(&document.definition),
            message: format!("{} {}", finding.message, finding.remedy),
        }),
        None => Ok(document),
    }
}
