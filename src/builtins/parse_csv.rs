//! `parse_csv`: comma-separated text into rows of JSON.

use super::{Builtin, Inputs, Kind, bounded, count, flag, text};
use serde_json::{Map, Value, json};

pub fn tool() -> Builtin {
    Builtin {
        name: "parse_csv",
        display_name: "Parse CSV",
        description: "Turns CSV text into rows: finds the delimiter, takes the first line as names, and turns numbers and true/false into such.",
        icon: "table",
        inputs: json!({"type": "object", "additionalProperties": false, "required": ["text"], "properties": {
            "text": {"type": "string"},
            "delimiter": {"type": "string", "enum": ["auto", ",", ";", "\t", "|"], "default": "auto"},
            "header": {"type": "boolean", "default": true, "description": "The first line has the names."},
            "typed": {"type": "boolean", "default": true, "description": "Turn numbers, true and false into JSON numbers and booleans, and empty fields into null."},
            "limit": {"type": "integer", "minimum": 1, "maximum": 100_000, "default": 10_000, "description": "The most rows to return."}
        }}),
        outputs: json!({"type": "object", "required": ["columns", "rows", "count", "is_cut"], "properties": {
            "columns": {"type": "array", "items": {"type": "string"}}, "rows": {"type": "array"}, "count": {"type": "integer", "description": "Rows in the text."},
            "is_cut": {"type": "boolean", "description": "There were more rows than the limit."}}}),
        examples: json!([
            {"title": "Semicolons and quotes", "inputs": {"text": "name;price;active\n\"Bolt; M4\";0.12;true\nNut;;false"},
             "outputs": {"columns": ["name", "price", "active"], "rows": [{"name": "Bolt; M4", "price": 0.12, "active": true}, {"name": "Nut", "price": null, "active": false}], "count": 2, "is_cut": false}}
        ]),
        work: Kind::Compute(compute),
    }
}

fn compute(inputs: &Inputs) -> Result<Value, String> {
    let csv = bounded(inputs, "text")?.trim_start_matches('\u{feff}');
    let delimiter = match text(inputs, "delimiter") {
        "" | "auto" => guess(csv),
        given => given.as_bytes()[0],
    };
    let (header, typed, limit) = (flag(inputs, "header", true), flag(inputs, "typed", true), count(inputs, "limit", 10_000));
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).has_headers(header).from_reader(csv.as_bytes());
    let mut columns = Vec::new();
    if header {
        for name in reader.headers().map_err(|error| plain(&error))? {
            columns.push(unused(&columns, name.trim()));
        }
    }
    let (mut rows, mut found) = (Vec::new(), 0_usize);
    for record in reader.records() {
        let record = record.map_err(|error| plain(&error))?;
        found += 1;
        if rows.len() >= limit {
            continue;
        }
        let fields = record.iter().map(|field| if typed { value(field) } else { Value::String(field.to_owned()) });
        rows.push(if header { Value::Object(columns.iter().cloned().zip(fields).collect::<Map<_, _>>()) } else { fields.collect() });
    }
    Ok(json!({"columns": columns, "is_cut": found > rows.len(), "rows": rows, "count": found}))
}

/// The delimiter that stands most often in the first line, outside quotes.
fn guess(csv: &str) -> u8 {
    let mut quoted = false;
    let mut seen = [(b',', 0), (b';', 0), (b'\t', 0), (b'|', 0)];
    for byte in csv.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            _ if !quoted => seen.iter_mut().filter(|(delimiter, _)| *delimiter == byte).for_each(|(_, times)| *times += 1),
            _ => {}
        }
    }
    seen.into_iter().rev().max_by_key(|(_, times)| *times).filter(|(_, times)| *times > 0).map_or(b',', |(delimiter, _)| delimiter)
}

/// Two columns of one name would lose one of them.
fn unused(taken: &[String], name: &str) -> String {
    let name = if name.is_empty() { format!("column_{}", taken.len() + 1) } else { name.to_owned() };
    let mut candidate = name.clone();
    let mut number = 2;
    while taken.contains(&candidate) {
        candidate = format!("{name}_{number}");
        number += 1;
    }
    candidate
}

fn value(field: &str) -> Value {
    let text = field.trim();
    // Leading zeros are part of an article number or a postcode.
    let digits = text.trim_start_matches('-');
    let is_code = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    match text {
        "" => Value::Null,
        "true" | "TRUE" | "True" => Value::Bool(true),
        "false" | "FALSE" | "False" => Value::Bool(false),
        _ if !is_code && text.parse::<i64>().is_ok() && !text.starts_with('+') => text.parse::<i64>().map_or(Value::Null, Value::from),
        _ if !is_code
            && digits.starts_with(|c: char| c.is_ascii_digit())
            && digits.bytes().all(|b| b.is_ascii_digit() || b".eE+-".contains(&b)) =>
        {
            text.parse::<f64>()
                .ok()
                .filter(|number| number.is_finite() && digits.len() <= 17)
                .map_or_else(|| Value::String(field.to_owned()), Value::from)
        }
        _ => Value::String(field.to_owned()),
    }
}

fn plain(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { pos, expected_len, len } => {
            let line = pos.as_ref().map(csv::Position::line).unwrap_or_default();
            format!("Line {line} has {len} fields, the first has {expected_len}.")
        }
        _ => format!("This is no CSV: {error}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_with_leading_zeros_stay_text_and_numbers_become_numbers() {
        for (field, expected) in [
            ("007", json!("007")),
            ("0.5", json!(0.5)),
            ("-12", json!(-12)),
            ("1e3", json!(1000.0)),
            ("1-2", json!("1-2")),
            ("+49", json!("+49")),
            ("12345678901234567890", json!("12345678901234567890")),
        ] {
            assert_eq!(value(field), expected, "{field}");
        }
    }

    #[test]
    fn names_that_repeat_lose_no_column() {
        let done = compute(json!({"text": "a,a,\n1,2,3"}).as_object().unwrap()).unwrap();
        assert_eq!(done["rows"], json!([{"a": 1, "a_2": 2, "column_3": 3}]));
    }

    #[test]
    fn a_line_of_another_length_is_named() {
        assert_eq!(compute(json!({"text": "a,b\n1,2\n3"}).as_object().unwrap()).unwrap_err(), "Line 3 has 1 fields, the first has 2.");
    }
}
