//! What the tests of the definition have in common.

mod changes;
mod mistakes;

use super::{Catalog, Definition, ToolShape};
use crate::ids::ToolId;
use serde_json::{Value, json};

fn id(n: u128) -> ToolId {
    ToolId(uuid::Uuid::from_u128(n))
}

fn tools() -> Catalog {
    let shape = |n, name: &str, input_schema, output_schema| {
        let (display_name, kind, status) = (name.to_uppercase(), "python".to_owned(), "active".to_owned());
        (
            id(n),
            ToolShape {
                id: id(n),
                name: name.to_owned(),
                display_name,
                kind,
                status,
                input_schema,
                output_schema,
                fixed: vec!["token".to_owned()],
            },
        )
    };
    Catalog::from_iter([
        shape(
            1,
            "load",
            json!({ "type": "object", "properties": { "file": { "type": "string" }, "limit": { "type": "integer" }, "token": { "type": "string" } }, "required": ["file", "token"] }),
            json!({ "type": "object", "properties": { "rows": { "type": "array", "items": { "type": "object", "properties": { "price": { "type": "number" } } } }, "count": { "type": "integer" } } }),
        ),
        shape(
            2,
            "margins",
            json!({ "type": "object", "properties": { "rows": { "type": "array" }, "top": { "type": "integer" } }, "required": ["rows"] }),
            json!({ "type": "object", "properties": { "average": { "type": "number" } } }),
        ),
    ])
}

fn definition(nodes: Value, edges: Value) -> Definition {
    serde_json::from_value(json!({ "nodes": nodes, "edges": edges })).expect("a definition")
}

fn load(extra: Value) -> Value {
    json!({ "id": "load", "toolId": id(1), "config": { "inputs": extra } })
}

fn fed() -> Value {
    load(json!({ "file": "a.csv" }))
}

fn margins() -> Value {
    json!({ "id": "margins", "toolId": id(2) })
}
