//! Values made from values: `load.price * load.count`, `rows|length > 10`, `"Dear " ~ customer.name`. Jinja's expressions, locked in:
//! no templates, no files, no methods, a fixed list of filters, a bounded amount of work and of memory. The same in browser and server.

mod filters;
mod safe;

/// What expressions may use, by name.
pub use filters::{FILTERS, FUNCTIONS, TESTS};

use minijinja::{
    Environment, UndefinedBehavior,
    value::{Serde, Value as Inner},
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

/// An expression is a line or two; what is longer belongs into a tool.
pub const MOST_LETTERS: usize = 2_000;
const FUEL: u64 = 200_000;

/// An expression that has been read and may be evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expression {
    /// Written anew from what was read, so that nothing unforeseen gets through.
    safe: String,
    names: BTreeSet<String>,
}

/// The values an expression can name, made ready once and used for many evaluations.
#[derive(Clone, Debug, Default)]
pub struct Scope(BTreeMap<String, Inner>);

impl Scope {
    pub fn set(&mut self, name: impl Into<String>, value: &Value) {
        self.0.insert(name.into(), Inner::from(Serde(value)));
    }
}

impl Expression {
    /// Reads an expression; the error says what is wrong with it. Braces around it are taken off: `{{ a }}` is `a`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let text = text.strip_prefix("{{").and_then(|inner| inner.strip_suffix("}}")).unwrap_or(text).trim();
        if text.is_empty() {
            return Err("The expression is empty.".to_owned());
        }
        if text.chars().count() > MOST_LETTERS {
            return Err(format!("The expression is longer than {MOST_LETTERS} characters."));
        }
        let (safe, names) = safe::rewrite(text)?;
        Ok(Self { safe, names })
    }

    /// The names it uses: ids of nodes, `input`, `inputs`, `nodes`, `item`, `index`.
    #[must_use]
    pub fn names(&self) -> &BTreeSet<String> {
        &self.names
    }

    /// Its value. What is not in `scope` is not there: an error, unless the expression asks with `is defined` or `default`.
    pub fn eval(&self, scope: &Scope) -> Result<Value, String> {
        filters::refill();
        let compiled = environment().compile_expression(&self.safe).map_err(|error| words(&error))?;
        let context = Inner::from_pairs(self.names.iter().filter_map(|name| Some((name.clone(), scope.0.get(name)?.clone()))));
        let value = compiled.eval(context).map_err(|error| words(&error))?;
        if value.is_undefined() {
            return Err("There is no such value.".to_owned());
        }
        serde_json::to_value(&value).map_err(|error| format!("The value cannot be handed on: {error}."))
    }

    /// Whether it holds: false are `false`, `none`, 0, empty texts and empty lists.
    pub fn holds(&self, scope: &Scope) -> Result<bool, String> {
        Ok(match self.eval(scope)? {
            Value::Null => false,
            Value::Bool(value) => value,
            Value::Number(number) => number.as_f64() != Some(0.0),
            Value::String(text) => !text.is_empty(),
            Value::Array(items) => !items.is_empty(),
            Value::Object(fields) => !fields.is_empty(),
        })
    }
}

fn environment() -> &'static Environment<'static> {
    static ENVIRONMENT: OnceLock<Environment<'static>> = OnceLock::new();
    ENVIRONMENT.get_or_init(|| {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(FUEL));
        environment.set_recursion_limit(50);
        filters::install(&mut environment);
        environment
    })
}

fn words(error: &minijinja::Error) -> String {
    let text = error.detail().map_or_else(|| error.kind().to_string(), |detail| format!("{}: {detail}", error.kind()));
    format!("{text}.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn scope() -> Scope {
        let mut scope = Scope::default();
        let load = json!({ "price": 2.5, "count": 4, "rows": [{ "n": 1 }, { "n": 2 }, { "n": 3 }], "name": "Ada", "none": null });
        scope.set("load", &load);
        scope.set("nodes", &json!({ "odd id": { "x": 7 } }));
        scope
    }

    fn value(text: &str) -> Result<Value, String> {
        Expression::parse(text)?.eval(&scope())
    }

    #[test]
    fn values_are_made_from_earlier_outputs() {
        for (text, expected) in [
            ("load.price * load.count", json!(10.0)),
            ("{{ load.count }}", json!(4)),
            ("2 * 3 + 4", json!(10)),
            ("2 + 3 * 4", json!(14)),
            ("load.rows|length", json!(3)),
            ("load.rows|map(attribute='n')|list", json!([1, 2, 3])),
            ("load.rows|selectattr('n', 'gt', 1)|map(attribute='n')|sum", json!(5)),
            ("load.rows[1].n", json!(2)),
            ("load['rows'][-1]['n']", json!(3)),
            ("load.rows[:2]|map(attribute='n')|join(', ')", json!("1, 2")),
            ("\"Dear \" ~ load.name ~ '\\n'", json!("Dear Ada\n")),
            ("'big' if load.count > 3 else 'small'", json!("big")),
            ("load.gone|default('none')", json!("none")),
            ("load.gone is defined", json!(false)),
            ("load.name is string and not load.none", json!(true)),
            ("1 < load.count <= 4", json!(true)),
            ("2 in load.rows|map(attribute='n')", json!(true)),
            ("{'total': load.count, 'list': [1, none, true]}", json!({ "total": 4, "list": [1, null, true] })),
            ("nodes['odd id'].x", json!(7)),
            ("load", json!({ "price": 2.5, "count": 4, "rows": [{ "n": 1 }, { "n": 2 }, { "n": 3 }], "name": "Ada", "none": null })),
            ("load.name|upper|replace('D', 'dd')", json!("AddA")),
            ("-load.count + 2", json!(-2)),
            ("7 // 2 + 7 % 2", json!(4)),
        ] {
            assert_eq!(value(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_not_there_or_makes_no_sense_says_so() {
        for (text, why) in [
            ("", "empty"),
            ("load.", "syntax error"),
            ("load.gone", "no such value"),
            ("load.gone.x", "undefined"),
            ("nobody", "no such value"),
            ("load.name * 3", "multiplies numbers"),
            ("3 * [1]", "multiplies numbers"),
            ("load.name|frobnicate", "no filter “frobnicate”"),
            ("load.name is odd_thing", "no test “odd_thing”"),
            ("load.name.upper()", "Only range"),
            ("include('x')", "Only range"),
            ("debug()", "Only range"),
        ] {
            let error = value(text).expect_err(text);
            assert!(error.contains(why), "{text}: {error}");
        }
        assert!(Expression::parse(&"1 + ".repeat(900)).expect_err("long").contains("longer than"));
    }

    #[test]
    fn neither_work_nor_memory_can_be_blown_up() {
        let many = format!("[{}]", vec!["load.rows"; 200].join(","));
        for text in [
            "range(100000000)|list|length".to_owned(),
            "range(10000)|select('in', range(10000)|list)|list|length".to_owned(),
            "range(10000)|map('string')|join('x'|replace('x', load.name))|replace('A', range(10000)|join(','))|length".to_owned(),
            format!("{many}|map('replace', 'a', range(9999)|join)|join"),
        ] {
            let began = std::time::Instant::now();
            assert!(value(&text).is_err(), "{text}");
            assert!(began.elapsed().as_secs() < 5, "{text}");
        }
    }

    #[test]
    fn the_names_an_expression_uses_are_known_before_it_runs() {
        let expression =
            Expression::parse("load.rows|selectattr('n', 'gt', input.least) if nodes['a'] is defined else item").expect("expression");
        assert_eq!(expression.names().iter().map(String::as_str).collect::<Vec<_>>(), ["input", "item", "load", "nodes"]);
    }
}
