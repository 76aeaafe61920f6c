//! `render_template`: text from a Jinja template and values. No file, no include, a bounded amount of work.

use super::{Builtin, Inputs, Kind, flag, text};
use minijinja::{AutoEscape, Environment, UndefinedBehavior, syntax::SyntaxConfig, value::Serde};
use serde_json::{Value, json};

/// Steps a template may take: some hundred thousand lines of output, a fraction of a second.
const FUEL: u64 = 2_000_000;
const OUTPUT_BYTES: usize = 1024 * 1024;

pub fn tool() -> Builtin {
    Builtin {
        name: "render_template",
        display_name: "Render template",
        description: "Fills a Jinja template with values: {{ name }}, {% for %}, {% if %}, filters. A value that is missing is an error, never empty text.",
        icon: "text-quote",
        inputs: json!({"type": "object", "additionalProperties": false, "required": ["template"], "properties": {
            "template": {"type": "string", "maxLength": 100_000},
            "values": {"type": "object", "default": {}},
            "escape_html": {"type": "boolean", "default": false, "description": "Write values so that they are safe inside HTML."}
        }}),
        outputs: json!({"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}),
        examples: json!([
            {"title": "A letter with a list", "inputs": {"template": "Dear {{ name }},\n{% for item in items %}- {{ item.name }}: {{ item.price }}\n{% endfor %}", "values": {"name": "Ada", "items": [{"name": "Drill", "price": 89.5}]}},
             "outputs": {"text": "Dear Ada,\n- Drill: 89.5\n"}}
        ]),
        work: Kind::Compute(compute),
    }
}

fn compute(inputs: &Inputs) -> Result<Value, String> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    // trim_blocks: a line with nothing but a tag leaves no empty line behind.
    let syntax = SyntaxConfig::builder().keep_trailing_newline(true).trim_blocks(true).build().map_err(|error| error.to_string())?;
    environment.set_syntax(syntax);
    let escape = flag(inputs, "escape_html", false);
    environment.set_auto_escape_callback(move |_| if escape { AutoEscape::Html } else { AutoEscape::None });
    let values = inputs.get("values").cloned().unwrap_or_else(|| json!({}));
    let rendered = environment.render_named_str("template", text(inputs, "template"), Serde(&values)).map_err(|error| {
        let line = error.line().map(|line| format!("Line {line}: ")).unwrap_or_default();
        let detail = error.detail().map_or_else(|| error.kind().to_string(), |detail| format!("{}: {detail}", error.kind()));
        format!("{line}{detail}.")
    })?;
    if rendered.len() > OUTPUT_BYTES {
        return Err("The text would be larger than 1 MiB.".to_owned());
    }
    Ok(json!({"text": rendered}))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(template: &str) -> String {
        compute(json!({"template": template}).as_object().unwrap()).unwrap_err()
    }

    #[test]
    fn what_is_missing_or_endless_is_refused() {
        assert!(error("a\n{{ nobody }}").starts_with("Line 2: undefined value"), "{}", error("a\n{{ nobody }}"));
        assert!(error("{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}").contains("fuel"));
        assert!(error("{% include 'etc/passwd' %}").contains("template"));
    }

    #[test]
    fn values_can_be_made_safe_for_html() {
        let done = compute(json!({"template": "{{ x }}", "values": {"x": "<b>"}, "escape_html": true}).as_object().unwrap()).unwrap();
        assert_eq!(done["text"], "&lt;b&gt;");
    }
}
