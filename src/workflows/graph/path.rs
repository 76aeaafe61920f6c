//! Where a value lies inside an output: `rows`, `items[0].name`, `items[*].price`, `["odd key"].x`, `$` for all of it.

use serde_json::Value;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    Field(String),
    Index(usize),
    /// Every item of a list.
    Each,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path(pub Vec<Segment>);

impl Path {
    /// Reads a path; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let mut rest = text.strip_prefix('$').unwrap_or(text);
        let mut segments = Vec::new();
        let mut first = rest.len() == text.len();
        while !rest.is_empty() {
            if let Some(inside) = rest.strip_prefix('[') {
                if let Some(quoted) = inside.strip_prefix('"') {
                    let end = quoted.find("\"]").ok_or_else(|| format!("“{text}” lacks a closing \"]."))?;
                    segments.push(Segment::Field(quoted[..end].to_owned()));
                    rest = &quoted[end + 2..];
                } else {
                    let end = inside.find(']').ok_or_else(|| format!("“{text}” lacks a closing bracket."))?;
                    segments.push(match inside[..end].trim() {
                        "*" => Segment::Each,
                        number => Segment::Index(
                            number.parse().map_err(|_| format!("“[{number}]” in “{text}” is neither a position such as [0] nor [*]."))?,
                        ),
                    });
                    rest = &inside[end + 1..];
                }
            } else {
                let field = match rest.strip_prefix('.') {
                    Some(after) => after,
                    None if first => rest,
                    None => return Err(format!("“{text}” lacks a dot before “{rest}”.")),
                };
                let end = field.find(['.', '[']).unwrap_or(field.len());
                if end == 0 {
                    return Err(format!("“{text}” has an empty field name."));
                }
                segments.push(Segment::Field(field[..end].to_owned()));
                rest = &field[end..];
            }
            first = false;
        }
        Ok(Self(segments))
    }

    /// The value at this place; `None` when there is none.
    #[must_use]
    pub fn find(&self, value: &Value) -> Option<Value> {
        find(&self.0, value)
    }

    /// Puts `value` at this place in `root`, making objects on the way. Only fields can be written to.
    pub fn put(&self, root: &mut serde_json::Map<String, Value>, value: Value) -> Result<(), String> {
        let mut fields = self.0.iter().map(|segment| match segment {
            Segment::Field(name) => Ok(name),
            Segment::Index(_) | Segment::Each => Err("Only fields can be fed, not positions in a list.".to_owned()),
        });
        let mut name = fields.next().ok_or("The name of the field is missing.")??;
        let mut object = root;
        for next in fields {
            let inner = object.entry(name.clone()).or_insert_with(|| Value::Object(serde_json::Map::new()));
            object = inner.as_object_mut().ok_or_else(|| format!("“{name}” is fed a value of its own and has no fields inside."))?;
            name = next?;
        }
        object.insert(name.clone(), value);
        Ok(())
    }
}

fn find(segments: &[Segment], value: &Value) -> Option<Value> {
    let Some((segment, rest)) = segments.split_first() else {
        return Some(value.clone());
    };
    match segment {
        Segment::Field(name) => find(rest, value.as_object()?.get(name)?),
        Segment::Index(index) => find(rest, value.as_array()?.get(*index)?),
        Segment::Each => Some(value.as_array()?.iter().map(|item| find(rest, item).unwrap_or(Value::Null)).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn paths_reach_fields_positions_and_every_item() {
        let value = json!({ "items": [{ "name": "a", "price": 1 }, { "name": "b" }], "odd key": { "x": 7 } });
        for (path, expected) in [
            ("items[0].name", Some(json!("a"))),
            ("items[*].price", Some(json!([1, null]))),
            ("$.items[1].name", Some(json!("b"))),
            ("[\"odd key\"].x", Some(json!(7))),
            ("$", Some(value.clone())),
            ("", Some(value.clone())),
            ("items[9]", None),
            ("items.name", None),
            ("nothing", None),
        ] {
            assert_eq!(Path::parse(path).expect(path).find(&value), expected, "{path}");
        }
    }

    #[test]
    fn a_path_that_is_none_says_why() {
        for (path, why) in
            [("a..b", "empty field name"), ("a[x]", "neither a position"), ("a[0", "closing"), ("a[0]b", "lacks a dot"), ("a.", "empty")]
        {
            assert!(Path::parse(path).expect_err(path).contains(why), "{path}");
        }
    }

    #[test]
    fn a_nested_field_can_be_fed_and_a_list_position_cannot() {
        let mut root = serde_json::Map::new();
        Path::parse("a.b").expect("path").put(&mut root, json!(1)).expect("put");
        Path::parse("a.c").expect("path").put(&mut root, json!(2)).expect("put");
        assert_eq!(Value::Object(root.clone()), json!({ "a": { "b": 1, "c": 2 } }));
        assert!(Path::parse("a[0]").expect("path").put(&mut root, json!(1)).is_err());
        assert!(Path::parse("a.b.c").expect("path").put(&mut root, json!(1)).is_err());
    }
}
