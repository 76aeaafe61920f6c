use super::{
    automap::{links, question},
    complete::{Name, complete, names, take},
    control::{Control, control, read},
    feed::{AI_FIELDS, Mode, by_agent, mode, set, set_all, with_edges},
    origins::{best, misfit, origins, rows},
    preview::{Preview, Samples, cut, preview},
};
use crate::{
    ids::ToolId,
    workflows::graph::{
        Catalog, Definition, ToolShape,
        change::{Change, Source, apply, source_of},
        validate::validate,
    },
};
use serde_json::{Value, json};

fn tool(number: u128, name: &str, input: Value, output: Value) -> (ToolId, ToolShape) {
    let id = ToolId(uuid::Uuid::from_u128(number));
    let shape = ToolShape {
        id,
        name: name.to_owned(),
        display_name: name.to_owned(),
        kind: "python".to_owned(),
        status: "active".to_owned(),
        input_schema: input,
        output_schema: output,
        fixed: Vec::new(),
    };
    (id, shape)
}

fn object(fields: &Value, required: &[&str]) -> Value {
    json!({ "type": "object", "properties": fields, "required": required })
}

fn scene() -> (Definition, Catalog) {
    let row = json!({ "type": "object", "properties": { "price": { "type": "number" } } });
    let tools = [
        tool(
            1,
            "load",
            object(&json!({ "file": { "type": "string", "description": "Which file." } }), &["file"]),
            object(
                &json!({ "rows": { "type": "array", "items": row }, "count": { "type": "integer" }, "odd key": { "type": "string" } }),
                &[],
            ),
        ),
        tool(
            2,
            "sum",
            object(&json!({ "rows": { "type": "array" }, "note": { "type": "string" }, "unit": { "enum": ["EUR", "USD"] } }), &["rows"]),
            object(&json!({ "total": { "type": "number" } }), &[]),
        ),
        tool(3, "later", object(&json!({}), &[]), json!({})),
    ];
    let id = |number| uuid::Uuid::from_u128(number).to_string();
    let definition = json!({
        "nodes": [
            { "id": "load", "toolId": id(1), "position": { "x": 400, "y": 100 } },
            { "id": "sum", "toolId": id(2), "position": { "x": 800, "y": 100 } },
            { "id": "last", "toolId": id(3), "position": { "x": 1200, "y": 100 } },
            { "id": "aside", "type": "transform", "position": { "x": 400, "y": 400 }, "config": { "inputs": { "text": "hello" } } }],
        "edges": [{ "id": "a", "source": "load", "target": "sum" }, { "id": "b", "source": "sum", "target": "last" }] });
    (serde_json::from_value(definition).expect("definition"), tools.into_iter().collect())
}

fn samples() -> Samples {
    let mut samples = Samples::default();
    samples.outputs.insert("load".to_owned(), json!({ "rows": [{ "price": 2.5 }, { "price": 4 }], "count": 2, "odd key": "x" }));
    samples.outputs.insert("aside".to_owned(), json!({ "text": "hello" }));
    samples
}

fn made(definition: &Definition, change: Result<Change, (String, String)>, tools: &Catalog) -> Definition {
    apply(definition.clone(), change.expect("change"), tools).expect("applied")
}

fn field(node: &str, path: &str) -> Source {
    Source::Field { node: node.to_owned(), path: path.to_owned() }
}

#[test]
fn the_input_for_a_fixed_value_follows_the_schema() {
    for (schema, expected) in [
        (json!({ "type": "string" }), Control::Text),
        (json!({ "type": ["integer", "null"] }), Control::Number),
        (json!({ "type": "boolean" }), Control::Truth),
        (json!({ "type": "array" }), Control::Json),
        (json!({ "enum": ["a", 1] }), Control::Choice(vec![json!("a"), json!(1)])),
        (json!({}), Control::Any),
    ] {
        assert_eq!(control(&schema), expected, "{schema}");
    }
    let list = json!({ "type": "array" });
    assert_eq!(read(&Control::Json, "[1]", &list), Ok(Some(json!([1]))));
    assert!(read(&Control::Json, "[1,\n x]", &list).expect_err("broken").starts_with("Line 2, column 2"));
    assert!(read(&Control::Json, "{}", &list).is_err());
    assert_eq!(read(&Control::Text, " ", &json!({ "type": "string" })), Ok(None));
    assert_eq!(read(&Control::Choice(vec![json!(1)]), "1", &json!({ "enum": [1] })), Ok(Some(json!(1))));
}

#[test]
fn origins_are_the_steps_before_nearest_first_with_those_that_could_be() {
    let (definition, tools) = scene();
    let found = origins(&definition, &tools, "sum", &samples().outputs);
    let steps: Vec<(&str, bool)> = found.iter().map(|origin| (origin.node.as_str(), origin.before)).collect();
    assert_eq!(steps, [("load", true), ("aside", false)]);
    let paths: Vec<&str> = found[0].places.iter().map(|place| place.path.as_str()).collect();
    assert_eq!(paths, ["rows", "rows[*].price", "count", "odd key", "$"]);
    assert_eq!(found[0].places[1].kind, "list of number");
    let count = found[0].places.iter().find(|place| place.path == "count").expect("count");
    assert_eq!(misfit(count, &json!({ "type": "array" })), Some("It is integer, and array is wanted.".to_owned()));
    assert_eq!(best(&found, "rows", &json!({ "type": "array" })), Some(("load".to_owned(), "rows".to_owned())));
    assert_eq!(best(&found, "note", &json!({ "type": "string" })), None);
}

#[test]
fn a_step_without_a_schema_is_known_by_what_it_gave() {
    let (mut definition, mut tools) = scene();
    let shape = tools.tools.values_mut().find(|tool| tool.name == "load").expect("load");
    shape.output_schema = json!({});
    let found = origins(&definition, &tools, "sum", &samples().outputs);
    assert!(found[0].places.iter().any(|place| place.path == "rows[*].price" && place.kind.starts_with("list of")));
    definition.nodes.retain(|node| node.id != "load");
    assert!(origins(&definition, &tools, "sum", &samples().outputs).iter().all(|origin| origin.node != "load"));
}

#[test]
fn the_list_shows_what_fits_first_and_why_the_rest_does_not() {
    let (definition, tools) = scene();
    let found = origins(&definition, &tools, "sum", &samples().outputs);
    let groups = rows(&found, "rows", &json!({ "type": "array" }), "", 50);
    assert_eq!(groups[0].0, "load");
    assert_eq!(groups[0].1[0].path, "rows");
    assert!(groups[0].1.last().expect("rows").misfit.is_some());
    assert_eq!(rows(&found, "rows", &json!({}), "price", 50)[0].1.len(), 1);
    let typed = rows(&found, "note", &json!({}), "rows[0].price", 50);
    assert_eq!((typed.len(), typed[0].1[0].path.as_str()), (1, "rows[0].price"));
    assert!(rows(&found, "note", &json!({}), "nothing like it", 50).is_empty());
}

#[test]
fn a_field_that_the_agent_fills_becomes_an_input_in_one_change_and_goes_with_it() {
    let (definition, tools) = scene();
    let schema = json!({ "enum": ["EUR", "USD"], "description": "The unit." });
    let after = made(&definition, by_agent(&definition, &tools, "sum", "unit", &schema, true), &tools);
    let input = &after.inputs()[0];
    assert_eq!((input.name.as_str(), input.required, input.description.as_str()), ("unit", true, "The unit. One of \"EUR\", \"USD\"."));
    let node = after.node("sum").expect("sum");
    assert_eq!(mode(&after, node, "unit"), Mode::Ai);
    assert_eq!(source_of(&after, node, "unit"), field("input", "unit"));
    assert!(after.node("input").expect("input").position.x < 400.0);
    assert!(!validate(&after, &tools).iter().any(|finding| finding.field.as_deref() == Some("unit")));
    // The same name for another step is another input.
    let two = made(&after, by_agent(&after, &tools, "aside", "unit", &json!({}), false), &tools);
    assert_eq!(two.inputs()[1].name, "aside_unit");
    // Set otherwise, the input that nobody uses any more goes.
    let back = made(&after, set(&after, &tools, "sum", "unit", Source::Constant(json!("EUR"))), &tools);
    assert!(back.inputs().is_empty() && back.edges.len() == definition.edges.len(), "{back:?}");
    assert!(!back.node("sum").expect("sum").config.other.contains_key(AI_FIELDS));
    // One that is used elsewhere stays.
    let used = made(&after, set(&after, &tools, "aside", "text", field("input", "unit")), &tools);
    let left = made(&used, set(&used, &tools, "sum", "unit", Source::Nothing), &tools);
    assert_eq!(left.inputs().len(), 1);
    assert_eq!(mode(&left, left.node("aside").expect("aside"), "text"), Mode::Variable);
}

#[test]
fn an_expression_waits_for_the_steps_it_names() {
    let (definition, tools) = scene();
    let after =
        made(&definition, set(&definition, &tools, "sum", "note", Source::Expression("aside.text ~ load.count".to_owned())), &tools);
    let edges: Vec<(&str, &str)> = after.edges.iter().map(|edge| (edge.source.as_str(), edge.target.as_str())).collect();
    assert_eq!(edges, [("load", "sum"), ("sum", "last"), ("aside", "sum")]);
    assert!(!validate(&after, &tools).iter().any(|finding| finding.field.as_deref() == Some("note")));
    assert!(set(&definition, &tools, "sum", "note", Source::Expression("1 +".to_owned())).is_err());
    let mut aside = definition.node("aside").cloned().expect("aside");
    aside.config.result = Some("last.x".to_owned());
    let after = apply(definition.clone(), with_edges(&definition, aside, &["last.x"]), &tools).expect("applied");
    assert!(after.edges.iter().any(|edge| edge.source == "last" && edge.target == "aside"));
}

#[test]
fn what_plainly_means_the_same_is_mapped_at_once_and_what_is_set_stays() {
    let (definition, tools) = scene();
    let found = links(&definition, &tools, "sum");
    assert_eq!(found.iter().map(|link| (link.path.as_str(), link.field.as_str())).collect::<Vec<_>>(), [("rows", "rows")]);
    let after = made(&definition, set_all(&definition, &tools, "sum", super::automap::sources(&found)), &tools);
    assert_eq!(source_of(&after, after.node("sum").expect("sum"), "rows"), field("load", "rows"));
    assert!(links(&after, &tools, "sum").is_empty());
}

#[test]
fn an_edge_that_feeds_nothing_by_itself_asks_for_the_field_that_it_could_feed() {
    let (definition, tools) = scene();
    assert_eq!(question(&definition, &tools, "load", "sum"), Some("rows".to_owned()));
    let fed = made(&definition, set(&definition, &tools, "sum", "rows", field("load", "rows")), &tools);
    assert_eq!(question(&fed, &tools, "load", "sum"), None);
    assert_eq!(question(&definition, &tools, "sum", "last"), None);
}

#[test]
fn a_preview_shows_the_value_or_says_what_is_missing_or_wrong() {
    let (definition, tools) = scene();
    let show = |source: &Source, schema: Value| preview(&definition, &tools, &samples(), "sum", source, &schema);
    let expression = |text: &str| Source::Expression(text.to_owned());
    let value = |value: Value| Some(Preview::Value { value, shortened: false, misfit: None });
    assert_eq!(show(&expression("load.count * 21"), json!({ "type": "integer" })), value(json!(42)));
    assert_eq!(show(&field("load", "rows[*].price"), json!({ "type": "array" })), value(json!([2.5, 4])));
    assert_eq!(show(&Source::Nothing, json!({})), None);
    let misfit = show(&expression("load.count"), json!({ "type": "string" }));
    assert!(matches!(misfit, Some(Preview::Value { misfit: Some(words), .. }) if words.contains("integer")));
    assert!(matches!(show(&expression("last.x"), json!({})), Some(Preview::Unknown(words)) if words.contains("Run the workflow once")));
    assert!(matches!(show(&expression("load.count +"), json!({})), Some(Preview::Wrong(_))));
    assert!(matches!(show(&expression("nobody.x"), json!({})), Some(Preview::Wrong(words)) if words.contains("nobody")));
    assert!(matches!(show(&field("load", "gone"), json!({})), Some(Preview::Wrong(_))));
}

#[test]
fn what_is_too_large_is_told_in_part() {
    let (small, missing) = cut(json!({ "a": [1, 2], "b": "text" }));
    assert_eq!((small, missing), (json!({ "a": [1, 2], "b": "text" }), false));
    let (short, missing) = cut(json!({ "rows": vec![json!({ "text": "x".repeat(5_000) }); 500] }));
    assert!(missing && short["rows"].as_array().expect("rows").len() == 25 && short.to_string().len() < 60_000);
}

fn offers(text: &str, asked: bool) -> Vec<String> {
    let (definition, tools) = scene();
    let known = names(&definition, &origins(&definition, &tools, "sum", &samples().outputs), &samples(), &["inputs"], text);
    let found = complete(text, text.len(), &known, asked);
    found.map(|found| found.offers.into_iter().map(|offer| offer.insert).collect()).unwrap_or_default()
}

#[test]
fn completion_offers_steps_then_their_fields_then_filters() {
    assert_eq!(offers("lo", false), ["load"]);
    assert_eq!(offers("load.ro", false), ["rows"]);
    assert_eq!(offers("load.", false), [".rows", ".count", "[\"odd key\"]"]);
    assert_eq!(offers("2 * load.rows[0].", false), ["price"]);
    assert_eq!(offers("load.rows|le", false), ["length"]);
    assert_eq!(offers("load.count is def", false), ["defined"]);
    assert_eq!(offers("load.count is not non", false), ["none"]);
    assert!(offers("", false).is_empty() && offers("", true).contains(&"aside".to_owned()));
    assert!(offers("'lo", false).is_empty() && offers("12", false).is_empty() && offers("load", false).is_empty());
    assert!(offers("load.rows|first.", false).is_empty());
    assert_eq!(offers("nodes['load'].cou", false), ["count"]);
    assert_eq!(offers("range", false), ["range("]);
}

#[test]
fn an_offer_takes_the_place_of_the_word_at_the_caret() {
    let known = [Name { name: "load".to_owned(), schema: json!({ "properties": { "odd key": {}, "count": {} } }), ..Name::default() }];
    let found = complete("1 + lo * 2", 6, &known, false).expect("offers");
    assert_eq!(take("1 + lo * 2", &found, &found.offers[0]), ("1 + load * 2".to_owned(), 8));
    let found = complete("load.od", 7, &known, false).expect("offers");
    assert_eq!(take("load.od", &found, &found.offers[0]), ("load[\"odd key\"]".to_owned(), 15));
}
