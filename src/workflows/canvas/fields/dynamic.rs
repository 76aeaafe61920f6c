//! Variables such as `{{organization_name}}` in the texts of a step. They are put in when a tool is called: the engine hands texts on as they are.

use super::complete::{Completion, Offer};
use crate::{
    tools::template::{Piece, names, pieces},
    variables::{BUILT_IN, InRuns, canonical},
    workflows::graph::{Catalog, Node, NodeKind, change::Source, types},
};
use serde_json::Value;

const MOST: usize = 20;

/// How the tool that a step calls reads the texts that it is given.
fn kind<'a>(node: &Node, tools: &'a Catalog) -> Option<&'a str> {
    if !matches!(node.kind, NodeKind::Tool | NodeKind::ForEach) {
        return None;
    }
    let kind = tools.get(&node.tool_id?)?.kind.as_str();
    // The texts of platform tools' inputs are data of theirs: a template to render, say.
    (kind != "builtin").then_some(kind)
}

/// Whether variables in the texts of this step are put in.
#[must_use]
pub fn fills(node: &Node, tools: &Catalog) -> bool {
    kind(node, tools).is_some()
}

/// Whether a text that is nothing but a variable may stand in a field of this schema.
#[must_use]
pub fn may_stand(schema: &Value) -> bool {
    schema.get("enum").is_none() && types::value_fits(&Value::from("{{name}}"), schema).is_ok()
}

/// The variable as a text names it.
#[must_use]
pub fn braced(name: &str) -> String {
    format!("{{{{{name}}}}}")
}

/// The variable that a field's constant is, if it is nothing else.
#[must_use]
pub fn alone<'a>(source: &Source, known: &'a [InRuns]) -> Option<&'a InRuns> {
    let Source::Constant(Value::String(text)) = source else { return None };
    match pieces(text, false).as_slice() {
        [Piece::Input(name)] => known.iter().find(|one| one.has_value && one.name == canonical(name)),
        _ => None,
    }
}

/// The variables that a run has values for and that hold all words of `search`.
#[must_use]
pub fn found<'a>(known: &'a [InRuns], search: &str) -> Vec<&'a InRuns> {
    let words: Vec<String> = search.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let hit = |one: &&InRuns| {
        let text = format!("{} {}", one.name, one.description).to_lowercase();
        one.has_value && words.iter().all(|word| text.contains(word))
    };
    known.iter().filter(hit).take(MOST).collect()
}

/// What could stand at `caret` (a byte) of a text, inside braces that were opened and not closed.
#[must_use]
pub fn complete(text: &str, caret: usize, known: &[InRuns]) -> Option<Completion> {
    let before = text.get(..caret)?;
    let from = before.rfind("{{")?;
    let typed = before[from + 2..].trim_start();
    if typed.contains(|c: char| c.is_whitespace() || c == '{' || c == '}') {
        return None;
    }
    let rest = &text[caret..];
    let name = rest.len() - rest.trim_start_matches(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.')).len();
    let closed = rest[name..].trim_start_matches(' ');
    let to = if closed.starts_with("}}") { text.len() - closed.len() + 2 } else { caret };
    let wanted = typed.to_lowercase();
    let mut offers: Vec<Offer> = known
        .iter()
        .filter(|one| one.has_value && one.name.to_lowercase().contains(&wanted))
        .map(|one| Offer { insert: braced(&one.name), label: one.name.clone(), what: "variable", about: one.description.clone() })
        .collect();
    offers.sort_by_key(|offer| !offer.label.to_lowercase().starts_with(&wanted));
    offers.truncate(MOST);
    (!offers.is_empty()).then_some(Completion { from, to, offers })
}

/// What becomes of a variable that a text names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub name: String,
    pub words: String,
    /// A call with it fails.
    pub fails: bool,
}

/// What is to be said of the variables in a text of this step. Other braces are text, unless the tool sends it to people or into an account.
#[must_use]
pub fn notes(node: &Node, tools: &Catalog, text: &str, known: &[InRuns]) -> Vec<Note> {
    let Some(kind) = kind(node, tools) else { return Vec::new() };
    let strict = matches!(kind, "sms" | "transfer_call" | "pipedream_action");
    let mut found: Vec<Note> = Vec::new();
    for name in names(text, false) {
        let own = canonical(&name);
        let (words, fails) = match known.iter().find(|one| one.name == own) {
            Some(one) if one.has_value => (one.description.clone(), false),
            Some(_) if matches!(own, "session_id" | "agent_name") => {
                ("Only there when an agent runs the workflow, in a session of its own; else the call fails.".to_owned(), true)
            }
            Some(_) if BUILT_IN.iter().any(|one| one.name == own) => {
                ("No run of a workflow has it: the call would fail. Take it as an input of the workflow.".to_owned(), true)
            }
            Some(_) => ("It has no value: the call would fail. Give it one under Settings → Variables.".to_owned(), true),
            None if strict => ("There is no such variable: the call would fail.".to_owned(), true),
            None => continue,
        };
        if !found.iter().any(|note| note.name == name) {
            found.push(Note { name, words, fails });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ids::ToolId, workflows::graph::ToolShape};
    use serde_json::json;

    fn known() -> Vec<InRuns> {
        let one = |name: &str, has_value| InRuns { name: name.into(), description: format!("About {name}"), has_value };
        vec![one("organization_name", true), one("run_id", true), one("caller_phone_number", false), one("empty", false)]
    }

    fn step(kind: &str) -> (Node, Catalog) {
        let id = ToolId(uuid::Uuid::from_u128(1));
        let shape = ToolShape {
            id,
            name: "one".into(),
            display_name: "One".into(),
            kind: kind.into(),
            status: "active".into(),
            input_schema: json!({}),
            output_schema: json!({}),
            fixed: Vec::new(),
        };
        let mut node = Node::new("one", NodeKind::Tool);
        node.tool_id = Some(id);
        (node, [(id, shape)].into_iter().collect())
    }

    #[test]
    fn texts_are_filled_where_a_tool_is_called_that_is_none_of_the_platform_s() {
        for (kind, fills_in) in [("python", true), ("composite", true), ("sms", true), ("builtin", false)] {
            let (node, tools) = step(kind);
            assert_eq!(fills(&node, &tools), fills_in, "{kind}");
        }
        let (_, tools) = step("python");
        assert!(!fills(&Node::new("made", NodeKind::Transform), &tools));
        assert!(may_stand(&json!({ "type": "string" })) && may_stand(&json!({})));
        assert!(!may_stand(&json!({ "type": "number" })) && !may_stand(&json!({ "enum": ["a"] })));
    }

    #[test]
    fn what_a_run_has_is_offered_inside_open_braces_and_takes_their_place() {
        let labels = |text: &str, caret| {
            complete(text, caret, &known()).map(|found| found.offers.iter().map(|offer| offer.label.clone()).collect::<Vec<_>>())
        };
        assert_eq!(labels("Hi {{", 5), Some(vec!["organization_name".to_owned(), "run_id".to_owned()]));
        assert_eq!(labels("Hi {{ru", 7), Some(vec!["run_id".to_owned()]));
        assert_eq!(labels("Hi {{caller", 11), None, "no run has it");
        assert_eq!(labels("Hi {{run_id}} and", 17), None);
        assert_eq!(labels("Hi {", 4), None);
        let taken = |text: &str, caret| {
            let found = complete(text, caret, &known()).expect("offers");
            super::super::complete::take(text, &found, &found.offers[0])
        };
        assert_eq!(taken("Hi {{ru, bye", 7), ("Hi {{run_id}}, bye".to_owned(), 13));
        assert_eq!(taken("ü {{ ru_x }}!", 8), ("ü {{run_id}}!".to_owned(), 13));
    }

    #[test]
    fn a_constant_that_is_one_variable_and_nothing_else_is_known() {
        let of = |text: &str| alone(&Source::Constant(json!(text)), &known()).map(|one| one.name.clone());
        assert_eq!(of("{{ run_id }}"), Some("run_id".to_owned()));
        assert_eq!((of("run {{run_id}}"), of("{{nobody}}"), of("{{empty}}")), (None, None, None));
        assert_eq!(found(&known(), "about run").iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["run_id"]);
    }

    #[test]
    fn what_would_make_a_call_fail_is_said() {
        let told = |kind: &str, text: &str| {
            let (node, tools) = step(kind);
            notes(&node, &tools, text, &known()).into_iter().map(|note| (note.name, note.fails)).collect::<Vec<_>>()
        };
        let text = "{{run_id}} {{customer.number}} {{empty}} {{first}} {{run_id}}";
        let mut expected = vec![("run_id".to_owned(), false), ("customer.number".to_owned(), true), ("empty".to_owned(), true)];
        assert_eq!(told("python", text), expected);
        expected.push(("first".to_owned(), true));
        assert_eq!(told("sms", text), expected, "what goes out to people holds no open braces");
        assert_eq!(told("builtin", text), []);
    }
}
