//! `extract_text`: what a person would read of an HTML page.

use super::{Builtin, Inputs, Kind, bounded, count, flag};
use serde_json::{Value, json};

pub fn tool() -> Builtin {
    Builtin {
        name: "extract_text",
        display_name: "Extract text",
        description: "Turns HTML into readable plain text: headings, lists, tables and, if wanted, the links.",
        icon: "file-text",
        inputs: json!({"type": "object", "additionalProperties": false, "required": ["html"], "properties": {
            "html": {"type": "string"},
            "width": {"type": "integer", "minimum": 20, "maximum": 1000, "default": 120, "description": "Characters in a line."},
            "links": {"type": "boolean", "default": false, "description": "Number the links and list their addresses at the end."},
            "limit": {"type": "integer", "minimum": 100, "maximum": 1_000_000, "default": 100_000, "description": "The most characters to return."}
        }}),
        outputs: json!({"type": "object", "required": ["text", "is_cut"], "properties": {"text": {"type": "string"}, "is_cut": {"type": "boolean"}}}),
        examples: json!([
            {"title": "A page", "inputs": {"html": "<html><head><title>x</title><script>alert(1)</script></head><body><h1>Drills</h1><p>Two <b>new</b> models:</p><ul><li>D1</li><li>D2</li></ul></body></html>"},
             "outputs": {"text": "# Drills\n\nTwo new models:\n* D1\n* D2\n", "is_cut": false}}
        ]),
        work: Kind::Compute(compute),
    }
}

fn compute(inputs: &Inputs) -> Result<Value, String> {
    let html = bounded(inputs, "html")?;
    let links = flag(inputs, "links", false);
    let reader = if links { html2text::config::plain().link_footnotes(true) } else { html2text::config::plain_no_decorate() };
    // Too deep a nesting would need too deep a stack: refused before it is read.
    if nesting(html) > 400 {
        return Err("The elements of this page are nested too deeply.".to_owned());
    }
    let text = reader
        .allow_width_overflow()
        .string_from_read(html.as_bytes(), count(inputs, "width", 120))
        .map_err(|error| format!("This HTML cannot be read: {error}."))?;
    let limit = count(inputs, "limit", 100_000);
    let is_cut = text.chars().count() > limit;
    Ok(json!({"text": if is_cut { text.chars().take(limit).collect() } else { text }, "is_cut": is_cut}))
}

/// How deep elements lie at most, roughly: an opening that is never closed counts too.
fn nesting(html: &str) -> i64 {
    let (mut depth, mut most) = (0_i64, 0_i64);
    for (at, _) in html.match_indices('<') {
        let rest = &html[at + 1..];
        if rest.starts_with('/') {
            depth = (depth - 1).max(0);
        } else if rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let name: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
            let is_flat = [
                "br", "img", "hr", "input", "meta", "link", "p", "li", "td", "tr", "th", "option", "source", "wbr", "area", "base", "col",
                "embed", "track", "dt", "dd",
            ]
            .contains(&name.as_str());
            depth += i64::from(!is_flat);
            most = most.max(depth);
        }
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_listed_when_asked_for() {
        let done = compute(json!({"html": "<a href='https://a.example/x'>here</a>", "links": true}).as_object().unwrap()).unwrap();
        assert!(done["text"].as_str().unwrap().contains("[1]: https://a.example/x"), "{done}");
    }

    #[test]
    fn a_page_nested_without_end_is_refused() {
        assert!(compute(json!({"html": "<div>".repeat(100_000)}).as_object().unwrap()).unwrap_err().contains("nested"));
    }
}
