//! A step as the form of the outline sets it, fields that the calling agent fills among them.

use super::feed::{Mode, by_agent, leave, mode};
use crate::workflows::graph::{
    Catalog, Definition, NodeKind,
    change::{Change, Source, apply, source_of},
    patch::Patch,
};
use serde_json::Value;

/// A field that the calling agent is to fill.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    pub field: String,
    pub schema: Value,
    pub required: bool,
    /// What the agent is told of it; `None`: what the field says of itself, or what was said before.
    pub words: Option<String>,
}

/// What the agent is told of a field that it fills; `None`: it does not fill this one.
#[must_use]
pub fn words<'a>(definition: &'a Definition, id: &str, field: &str) -> Option<&'a str> {
    let node = definition.node(id)?;
    match source_of(definition, node, field) {
        Source::Field { path, .. } if mode(definition, node, field) == Mode::Ai => {
            Some(definition.inputs().iter().find(|input| input.name == path).map_or("", |input| input.description.as_str()))
        }
        _ => None,
    }
}

/// The change that sets a step ([`Change::SetStep`]) and lets the agent fill the fields of `asked`. `Err`: the field and why not.
pub fn set_step(definition: &Definition, tools: &Catalog, step: Change, asked: Vec<Asked>) -> Result<Change, (String, String)> {
    let Change::SetStep { node: id, sources, .. } = &step else { return Ok(step) };
    let marked = |field: &str| definition.node(id).is_some_and(|node| mode(definition, node, field) == Mode::Ai);
    if asked.is_empty() && !sources.iter().any(|(field, _)| marked(field)) {
        return Ok(step);
    }
    let id = id.clone();
    let mut after = definition.clone();
    for (field, source) in sources {
        after = leave(after, &id, field, source);
    }
    after = apply(after, step, tools)?;
    for Asked { field, schema, required, words } in asked {
        if after.node(&id).is_none_or(|node| mode(&after, node, &field) != Mode::Ai) {
            let change = by_agent(&after, tools, &id, &field, &schema, required)?;
            after = apply(after, change, tools)?;
        }
        let source = after.node(&id).map(|node| source_of(&after, node, &field));
        if let (Some(words), Some(Source::Field { node: input, path })) = (words, source)
            && let Some(input) = after.nodes.iter_mut().find(|node| node.id == input && node.kind == NodeKind::Input)
            && let Some(input) = input.config.fields.iter_mut().find(|one| one.name == path)
        {
            input.description = words;
        }
    }
    Ok(Change::Patch(Box::new(Patch::between(definition, &after))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ids::ToolId, workflows::graph::ToolShape};
    use serde_json::json;

    fn scene() -> (Definition, Catalog) {
        let id = ToolId(uuid::Uuid::from_u128(1));
        let shape = ToolShape {
            id,
            name: "send".into(),
            display_name: "Send".into(),
            kind: "python".into(),
            status: "active".into(),
            input_schema: json!({ "type": "object", "required": ["text"],
                "properties": { "text": { "type": "string", "description": "What to send." }, "times": { "type": "integer" } } }),
            output_schema: json!({}),
            fixed: Vec::new(),
        };
        let definition = json!({ "nodes": [{ "id": "send", "toolId": id.0, "position": { "x": 400, "y": 100 } }], "edges": [] });
        (serde_json::from_value(definition).expect("definition"), [(id, shape)].into_iter().collect())
    }

    fn step(sources: Vec<(&str, Source)>) -> Change {
        let sources = sources.into_iter().map(|(field, source)| (field.to_owned(), source)).collect();
        Change::SetStep { node: "send".into(), label: "Send it".into(), sources, retry: None, continue_on_error: false }
    }

    fn text(words: Option<&str>) -> Vec<Asked> {
        let schema = json!({ "type": "string", "description": "What to send." });
        vec![Asked { field: "text".into(), schema, required: true, words: words.map(str::to_owned) }]
    }

    fn made(definition: &Definition, tools: &Catalog, step: Change, asked: Vec<Asked>) -> Definition {
        let change = set_step(definition, tools, step, asked).expect("change");
        apply(definition.clone(), change, tools).expect("applied")
    }

    #[test]
    fn a_form_lets_the_agent_fill_a_field_beside_what_it_sets_itself() {
        let (definition, tools) = scene();
        let after = made(&definition, &tools, step(vec![("times", Source::Constant(json!(2)))]), text(None));
        assert_eq!(words(&after, "send", "text"), Some("What to send."));
        let node = after.node("send").expect("send");
        assert_eq!((node.config.inputs["times"].clone(), node.label.as_deref()), (json!(2), Some("Send it")));
        // Saved again it stays the one input; the words change.
        let again = made(&after, &tools, step(vec![("times", Source::Nothing)]), text(Some("The message.")));
        assert_eq!((again.inputs().len(), words(&again, "send", "text")), (1, Some("The message.")));
        assert_eq!(words(&again, "send", "times"), None);
    }

    #[test]
    fn set_otherwise_the_input_goes_and_taken_as_a_plain_input_it_stays() {
        let (definition, tools) = scene();
        let asked = made(&definition, &tools, step(Vec::new()), text(None));
        let fixed = made(&asked, &tools, step(vec![("text", Source::Constant(json!("hello")))]), Vec::new());
        assert!(fixed.inputs().is_empty() && words(&fixed, "send", "text").is_none());
        let plain = Source::Field { node: "input".into(), path: "text".into() };
        let taken = made(&asked, &tools, step(vec![("text", plain.clone())]), Vec::new());
        let node = taken.node("send").expect("send");
        assert_eq!((taken.inputs().len(), source_of(&taken, node, "text")), (1, plain));
        assert_eq!(mode(&taken, node, "text"), Mode::Variable);
    }

    #[test]
    fn without_the_agent_it_is_the_form_s_own_change() {
        let (definition, tools) = scene();
        let plain = step(vec![("text", Source::Constant(json!("hello")))]);
        assert_eq!(set_step(&definition, &tools, plain.clone(), Vec::new()), Ok(plain));
    }
}
