//! What could follow at the caret of an expression: steps, their fields, filters, tests, functions.

use super::{
    control::{brief, kind},
    origins::Origin,
    preview::{Samples, output},
};
use crate::workflows::graph::{
    Definition,
    expression::{FILTERS, FUNCTIONS, TESTS},
    types,
};
use serde_json::Value;

/// A name that an expression may begin with, and what is known of its value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Name {
    pub name: String,
    pub about: String,
    pub schema: Value,
    pub sample: Option<Value>,
}

/// Something that could be written at the caret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub insert: String,
    pub label: String,
    /// What kind of thing it is: `step`, `field`, `filter`, `test`, `function`, `word`, `variable`.
    pub what: &'static str,
    pub about: String,
}

/// What is offered, and which part of the text (bytes) it takes the place of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    pub from: usize,
    pub to: usize,
    pub offers: Vec<Offer>,
}

const MOST: usize = 40;
const WORDS: [(&str, &str); 10] = [
    ("and", "both hold"),
    ("or", "one of them holds"),
    ("not", "does not hold"),
    ("if", "… if … else …"),
    ("else", "… if … else …"),
    ("in", "is one of"),
    ("is", "is defined, is none, …"),
    ("true", "the value true"),
    ("false", "the value false"),
    ("none", "no value"),
];

/// The names that an expression of a step may use: the steps before it, `input`, and what the place gives besides. What is known of their
/// values comes with those that `text` has already: of many steps it would be much.
#[must_use]
pub fn names(definition: &Definition, origins: &[Origin], samples: &Samples, also: &[&str], text: &str) -> Vec<Name> {
    let mut found: Vec<Name> = origins
        .iter()
        .map(|origin| {
            let (name, about) = (origin.node.clone(), origin.title.clone());
            if !text.contains(&name) {
                return Name { name, about, ..Name::default() };
            }
            let schema = origin.places.last().map(|whole| whole.schema.clone()).unwrap_or_default();
            Name { sample: output(definition, samples, &name).map(std::borrow::Cow::into_owned), name, about, schema }
        })
        .collect();
    if !found.iter().any(|name| name.name == "input") {
        let sample = samples.input.clone().map(Value::Object);
        found.push(Name {
            name: "input".to_owned(),
            about: "What the run was given".to_owned(),
            schema: definition.input_schema(),
            sample,
        });
    }
    let about = |name: &str| match name {
        "inputs" => "What this step takes",
        "item" => "One of the list",
        "index" => "Its place in the list, from 0",
        _ => "",
    };
    found.extend(also.iter().map(|name| Name { name: (*name).to_owned(), about: about(name).to_owned(), ..Name::default() }));
    found
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether a name can stand in an expression as it is.
fn is_name(text: &str) -> bool {
    text.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_') && text.chars().all(is_word)
}

/// What could stand at `caret` (a byte). `asked`: also where nothing of it is typed yet. `None`: nothing.
#[must_use]
pub fn complete(text: &str, caret: usize, known: &[Name], asked: bool) -> Option<Completion> {
    let before = text.get(..caret)?;
    if in_quotes(before) {
        return None;
    }
    let from = before.char_indices().rev().take_while(|(_, c)| is_word(*c)).last().map_or(caret, |(at, _)| at);
    let to = caret + text[caret..].chars().take_while(|c| is_word(*c)).map(char::len_utf8).sum::<usize>();
    let prefix = &before[from..];
    if prefix.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let left = before[..from].trim_end();
    if let Some(base) = before[..from].strip_suffix('.') {
        return of_fields(base, prefix, from, to, known);
    }
    let (what, list): (&'static str, &[&str]) = match last_words(left) {
        _ if left.ends_with('|') => ("filter", FILTERS),
        (_, "is") | ("is", "not") => ("test", TESTS),
        _ => return of_names(prefix, from, to, known, asked),
    };
    let offer = |name: &&str| Offer { insert: (*name).to_owned(), label: (*name).to_owned(), what, about: about(name).to_owned() };
    let offers = list.iter().filter(|name| name.starts_with(prefix)).map(offer).collect();
    some(from, to, prefix, offers)
}

fn some(from: usize, to: usize, prefix: &str, mut offers: Vec<Offer>) -> Option<Completion> {
    offers.truncate(MOST);
    // What stands there already needs no offer.
    let done = offers.len() == 1 && offers.iter().all(|offer| offer.insert == prefix);
    (!offers.is_empty() && !done).then_some(Completion { from, to, offers })
}

/// Whether the end of `text` lies inside a text of the expression.
#[must_use]
pub fn in_quotes(text: &str) -> bool {
    let mut open = None;
    let mut escaped = false;
    for c in text.chars() {
        match open {
            Some(_) if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some(quote) if c == quote => open = None,
            None if c == '"' || c == '\'' => open = Some(c),
            _ => {}
        }
    }
    open.is_some()
}

fn last_words(text: &str) -> (&str, &str) {
    let mut words = text.rsplit(|c: char| !is_word(c)).filter(|word| !word.is_empty());
    let ends_in_word = text.ends_with(is_word);
    let last = words.next().filter(|_| ends_in_word).unwrap_or_default();
    (words.next().unwrap_or_default(), last)
}

fn of_names(prefix: &str, from: usize, to: usize, known: &[Name], asked: bool) -> Option<Completion> {
    if prefix.is_empty() && !asked {
        return None;
    }
    let wanted = prefix.to_lowercase();
    let fits = |name: &str, about: &str| {
        let (name, about) = (name.to_lowercase(), about.to_lowercase());
        name.starts_with(&wanted)
            || (wanted.len() > 1 && (name.contains(&wanted) || about.split_whitespace().any(|word| word.starts_with(&wanted))))
    };
    let steps = known.iter().filter(|name| fits(&name.name, &name.about)).map(|name| Offer {
        insert: if is_name(&name.name) { name.name.clone() } else { format!("nodes[\"{}\"]", name.name) },
        label: name.name.clone(),
        what: "step",
        about: name.about.clone(),
    });
    let functions = FUNCTIONS.iter().filter(|name| name.starts_with(&wanted)).map(|name| Offer {
        insert: format!("{name}("),
        label: (*name).to_owned(),
        what: "function",
        about: about(name).to_owned(),
    });
    let words = WORDS.iter().filter(|(word, _)| !wanted.is_empty() && word.starts_with(&wanted)).map(|(word, about)| Offer {
        insert: (*word).to_owned(),
        label: (*word).to_owned(),
        what: "word",
        about: (*about).to_owned(),
    });
    let mut offers: Vec<Offer> = steps.chain(functions).chain(words).collect();
    offers.sort_by_key(|offer| !offer.label.to_lowercase().starts_with(&wanted));
    some(from, to, prefix, offers)
}

/// The fields of what stands before the dot.
fn of_fields(base: &str, prefix: &str, from: usize, to: usize, known: &[Name]) -> Option<Completion> {
    let (schema, sample) = resolve(base, known)?;
    let mut fields: Vec<(String, String)> =
        types::fields(&schema).into_iter().map(|(name, inner)| (name.to_owned(), kind(inner))).collect();
    if let Some(Value::Object(given)) = &sample {
        for (name, value) in given {
            match fields.iter_mut().find(|(known, _)| known == name) {
                Some((_, about)) => *about = format!("{about} · {}", brief(value, 24)),
                None => fields.push((name.clone(), brief(value, 32))),
            }
        }
    }
    let wanted = prefix.to_lowercase();
    fields.retain(|(name, _)| name.to_lowercase().contains(&wanted));
    fields.sort_by_key(|(name, _)| !name.to_lowercase().starts_with(&wanted));
    // A name with spaces or the like is written in brackets, and the dot goes.
    let odd = fields.iter().any(|(name, _)| !is_name(name));
    let offers = fields.into_iter().map(|(name, about)| Offer {
        insert: match (odd, is_name(&name)) {
            (false, _) => name.clone(),
            (true, true) => format!(".{name}"),
            (true, false) => format!("[\"{name}\"]"),
        },
        label: name,
        what: "field",
        about,
    });
    some(if odd { from - 1 } else { from }, to, prefix, offers.collect())
}

/// What is known of the value that a chain such as `load.rows[0]` names.
fn resolve(chain: &str, known: &[Name]) -> Option<(Value, Option<Value>)> {
    let mut parts: Vec<Part> = Vec::new();
    let mut rest = chain;
    let root = loop {
        if let Some(inner) = rest.strip_suffix(']') {
            let open = inner.rfind('[')?;
            parts.push(Part::of(&inner[open + 1..]));
            rest = &inner[..open];
            continue;
        }
        let start = rest.char_indices().rev().take_while(|(_, c)| is_word(*c)).last().map(|(at, _)| at)?;
        let word = &rest[start..];
        match rest[..start].strip_suffix('.') {
            Some(before) => {
                parts.push(Part::Field(word.to_owned()));
                rest = before;
            }
            None if rest[..start].trim_end().ends_with('|') => return None,
            None => break word,
        }
    };
    parts.reverse();
    let mut parts = parts.into_iter();
    let of = |name: &str| known.iter().find(|one| one.name == name).map(|one| (one.schema.clone(), one.sample.clone()));
    let (mut schema, mut sample) = match of(root) {
        Some(found) => found,
        None if root == "nodes" => match parts.next()? {
            Part::Field(id) => of(&id)?,
            _ => return None,
        },
        None => return None,
    };
    for part in parts {
        (schema, sample) = part.inside(&schema, sample.as_ref());
    }
    Some((schema, sample))
}

enum Part {
    Field(String),
    Index(i64),
    /// A part of a list is a list of the same.
    Slice,
}

impl Part {
    fn of(text: &str) -> Self {
        let text = text.trim();
        let quoted = text.strip_prefix(['"', '\'']).and_then(|text| text.strip_suffix(['"', '\'']));
        match (quoted, text.parse()) {
            (Some(name), _) => Self::Field(name.to_owned()),
            (None, Ok(index)) => Self::Index(index),
            (None, Err(_)) if text.contains(':') => Self::Slice,
            (None, Err(_)) => Self::Index(0),
        }
    }

    fn inside(&self, schema: &Value, sample: Option<&Value>) -> (Value, Option<Value>) {
        match self {
            Self::Slice => (schema.clone(), sample.cloned()),
            Self::Field(name) => (
                schema.get("properties").and_then(|fields| fields.get(name)).cloned().unwrap_or_default(),
                sample.and_then(|sample| sample.get(name)).cloned(),
            ),
            Self::Index(index) => {
                let items = sample.and_then(Value::as_array);
                let place = usize::try_from(*index).ok();
                let item = items.and_then(|items| place.map_or_else(|| items.last(), |at| items.get(at).or_else(|| items.first())));
                (schema.get("items").cloned().unwrap_or_default(), item.cloned())
            }
        }
    }
}

/// The text with an offer taken, and where the caret is then (bytes).
#[must_use]
pub fn take(text: &str, completion: &Completion, offer: &Offer) -> (String, usize) {
    let (before, after) = (&text[..completion.from], &text[completion.to..]);
    (format!("{before}{}{after}", offer.insert), completion.from + offer.insert.len())
}

/// What filters, tests and functions do, in a few words.
fn about(name: &str) -> &'static str {
    match name {
        "abs" => "without its sign",
        "bool" => "true or false",
        "capitalize" => "first letter large",
        "count" | "length" => "how many",
        "d" | "default" => "another value where there is none: default('none')",
        "dictsort" => "pairs by their names",
        "first" => "the first one",
        "last" => "the last one",
        "float" => "as a number",
        "int" => "as a whole number",
        "groupby" => "groups by a field: groupby('city')",
        "items" => "pairs of name and value",
        "join" => "as one text: join(', ')",
        "lines" => "the lines of a text",
        "list" => "as a list",
        "lower" => "in small letters",
        "upper" => "in large letters",
        "map" => "a field of each: map(attribute='name')",
        "max" => "the largest",
        "min" => "the smallest",
        "reject" => "without those that pass a test",
        "rejectattr" => "without those whose field passes a test",
        "replace" => "replace('a', 'b')",
        "reverse" => "from the end",
        "round" => "rounded: round(2)",
        "select" => "those that pass a test",
        "selectattr" => "those whose field passes a test: selectattr('n', 'gt', 1)",
        "sort" => "in order: sort(attribute='n')",
        "split" => "a list from a text: split(',')",
        "string" => "as text",
        "sum" => "added up: sum(attribute='price')",
        "title" => "Every Word Large",
        "tojson" => "as JSON",
        "trim" => "without spaces around it",
        "unique" => "each once",
        "defined" => "is there",
        "undefined" => "is not there",
        "none" => "has no value",
        "number" => "is a number",
        "mapping" => "is an object",
        "sequence" | "iterable" => "is a list",
        "even" | "odd" => "of whole numbers",
        "startingwith" => "startingwith('a')",
        "endingwith" => "endingwith('a')",
        "in" => "is one of",
        "range" => "numbers: range(5)",
        "dict" => "an object: dict(a=1)",
        _ => "",
    }
}
