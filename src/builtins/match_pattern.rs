//! `match_pattern`: regular expressions whose time grows with the text only (no backtracking).

use super::{Builtin, Inputs, Kind, bounded, count, flag, text};
use regex::{Captures, RegexBuilder};
use serde_json::{Map, Value, json};

pub fn tool() -> Builtin {
    Builtin {
        name: "match_pattern",
        display_name: "Match pattern",
        description: "Finds a regular expression in text, with positions and groups, and replaces it if wanted.",
        icon: "regex",
        inputs: json!({"type": "object", "additionalProperties": false, "required": ["pattern", "text"], "properties": {
            "pattern": {"type": "string", "minLength": 1, "maxLength": 1000, "description": "RE2-like syntax: no look-around, no back-references."},
            "text": {"type": "string"},
            "ignore_case": {"type": "boolean", "default": false},
            "multi_line": {"type": "boolean", "default": false, "description": "^ and $ match at lines."},
            "replacement": {"type": "string", "description": "Replace every match; $1 and ${name} stand for groups."},
            "limit": {"type": "integer", "minimum": 1, "maximum": 10_000, "default": 100, "description": "The most matches to return."}
        }}),
        outputs: json!({"type": "object", "required": ["matched", "count", "matches"], "properties": {
            "matched": {"type": "boolean"}, "count": {"type": "integer", "description": "Matches in the whole text."},
            "matches": {"type": "array", "items": {"type": "object", "properties": {"text": {"type": "string"}, "start": {"type": "integer", "description": "In characters."}, "end": {"type": "integer"}, "groups": {"type": "object"}}}},
            "replaced": {"type": "string"}}}),
        examples: json!([
            {"title": "Order numbers with named groups", "inputs": {"pattern": "(?P<kind>[A-Z]{2})-(\\d+)", "text": "Ünits AB-12 and CD-345"},
             "outputs": {"matched": true, "count": 2, "matches": [{"text": "AB-12", "start": 6, "end": 11, "groups": {"kind": "AB", "2": "12"}}, {"text": "CD-345", "start": 16, "end": 22, "groups": {"kind": "CD", "2": "345"}}]}},
            {"title": "Replace", "inputs": {"pattern": "(\\w+)@(\\w+)", "text": "ada@example", "replacement": "$2 at $1"},
             "outputs": {"matched": true, "count": 1, "matches": [{"text": "ada@example", "start": 0, "end": 11, "groups": {"1": "ada", "2": "example"}}], "replaced": "example at ada"}}
        ]),
        work: Kind::Compute(compute),
    }
}

fn compute(inputs: &Inputs) -> Result<Value, String> {
    let haystack = bounded(inputs, "text")?;
    let pattern = RegexBuilder::new(text(inputs, "pattern"))
        .case_insensitive(flag(inputs, "ignore_case", false))
        .multi_line(flag(inputs, "multi_line", false))
        .size_limit(2 * 1024 * 1024)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => "The pattern is too large once its repetitions are written out.".to_owned(),
            other => format!("This is no pattern: {}", other.to_string().lines().last().unwrap_or_default()),
        })?;
    let limit = count(inputs, "limit", 100);
    let (mut found, mut matches) = (0_usize, Vec::new());
    // Positions in characters are counted onward from the last match, not from the beginning each time.
    let (mut byte, mut character) = (0, 0);
    for captures in pattern.captures_iter(haystack) {
        found += 1;
        if matches.len() >= limit {
            continue;
        }
        let Some(whole) = captures.get(0) else { continue };
        character += haystack[byte..whole.start()].chars().count();
        byte = whole.start();
        let length = whole.as_str().chars().count();
        matches.push(json!({"text": whole.as_str(), "start": character, "end": character + length, "groups": groups(&pattern, &captures)}));
    }
    let mut told = json!({"matched": found > 0, "count": found, "matches": matches});
    if let Some(replacement) = inputs.get("replacement").and_then(Value::as_str) {
        if found.saturating_mul(replacement.len()) > super::TEXT_BYTES {
            return Err("The replaced text would be too large.".to_owned());
        }
        told["replaced"] = Value::String(pattern.replace_all(haystack, replacement).into_owned());
    }
    Ok(told)
}

fn groups(pattern: &regex::Regex, captures: &Captures<'_>) -> Map<String, Value> {
    pattern
        .capture_names()
        .enumerate()
        .skip(1)
        .map(|(number, name)| {
            (
                name.map_or_else(|| number.to_string(), str::to_owned),
                captures.get(number).map_or(Value::Null, |group| Value::String(group.as_str().to_owned())),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_that_would_backtrack_for_years_is_done_at_once() {
        let done = compute(json!({"pattern": "^(a+)+$", "text": format!("{}b", "a".repeat(100_000))}).as_object().unwrap()).unwrap();
        assert_eq!(done["matched"], false);
    }

    #[test]
    fn broken_and_exploding_patterns_are_refused() {
        assert!(compute(json!({"pattern": "(", "text": ""}).as_object().unwrap()).unwrap_err().contains("unclosed group"));
        assert!(compute(json!({"pattern": "(?:a{1000}){1000}", "text": ""}).as_object().unwrap()).unwrap_err().contains("too large"));
    }
}
