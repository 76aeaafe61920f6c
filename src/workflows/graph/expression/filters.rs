//! The filters, tests and functions of expressions. Those that could make much from little draw from a budget.

use minijinja::{
    Environment, Error, ErrorKind,
    value::{Value, ValueKind},
};
use std::cell::Cell;

/// What expressions may use. `map` and its like name filters and tests of these lists too.
pub const FILTERS: &[&str] = &[
    "abs",
    "bool",
    "capitalize",
    "count",
    "d",
    "default",
    "dictsort",
    "first",
    "float",
    "groupby",
    "int",
    "items",
    "join",
    "last",
    "length",
    "lines",
    "list",
    "lower",
    "map",
    "max",
    "min",
    "reject",
    "rejectattr",
    "replace",
    "reverse",
    "round",
    "select",
    "selectattr",
    "sort",
    "split",
    "string",
    "sum",
    "title",
    "tojson",
    "trim",
    "unique",
    "upper",
];
pub const TESTS: &[&str] = &[
    "boolean",
    "defined",
    "divisibleby",
    "endingwith",
    "eq",
    "equalto",
    "even",
    "false",
    "float",
    "ge",
    "greaterthan",
    "gt",
    "in",
    "int",
    "integer",
    "iterable",
    "le",
    "lessthan",
    "lower",
    "lt",
    "mapping",
    "ne",
    "none",
    "number",
    "odd",
    "sequence",
    "startingwith",
    "string",
    "true",
    "undefined",
    "upper",
];
pub const FUNCTIONS: &[&str] = &["range", "dict"];

/// What one evaluation may make out of little: letters joined, steps searched.
const BUDGET: usize = 8 * 1024 * 1024;
const LONGEST_RANGE: i64 = 10_000;

thread_local! {
    static LEFT: Cell<usize> = const { Cell::new(BUDGET) };
}

pub(super) fn refill() {
    LEFT.set(BUDGET);
}

fn draw(amount: usize) -> Result<(), Error> {
    match LEFT.get().checked_sub(amount) {
        Some(left) => {
            LEFT.set(left);
            Ok(())
        }
        None => Err(Error::new(ErrorKind::OutOfFuel, "this makes too much out of too little")),
    }
}

fn wrong(message: &'static str) -> Error {
    Error::new(ErrorKind::InvalidOperation, message)
}

pub(super) fn install(environment: &mut Environment<'static>) {
    environment.add_function("__times", times);
    environment.add_function("__concat", concat);
    environment.add_function("range", range);
    environment.add_filter("join", join);
    environment.add_filter("replace", replace);
    environment.add_filter("string", string);
    environment.add_filter("tojson", to_json);
    environment.add_test("in", is_in);
}

fn times(left: &Value, right: &Value) -> Result<Value, Error> {
    if left.is_undefined() || right.is_undefined() {
        return Err(Error::new(ErrorKind::UndefinedError, "a factor is not there"));
    }
    if left.kind() != ValueKind::Number || right.kind() != ValueKind::Number {
        return Err(wrong("“*” multiplies numbers, not texts or lists"));
    }
    match (i64::try_from(left.clone()), i64::try_from(right.clone())) {
        (Ok(a), Ok(b)) if left.is_integer() && right.is_integer() => {
            a.checked_mul(b).map(Value::from).ok_or_else(|| wrong("the product is too large"))
        }
        _ => Ok(Value::from(number(left)? * number(right)?)),
    }
}

fn number(value: &Value) -> Result<f64, Error> {
    f64::try_from(value.clone())
}

/// A value as text, paid for by its length.
fn text(value: &Value) -> Result<String, Error> {
    if value.is_undefined() {
        return Err(Error::new(ErrorKind::UndefinedError, "a part of the text is not there"));
    }
    let text = value.to_string();
    draw(text.len())?;
    Ok(text)
}

fn string(value: &Value) -> Result<String, Error> {
    text(value)
}

fn concat(left: &Value, right: &Value) -> Result<String, Error> {
    Ok(text(left)? + &text(right)?)
}

fn join(value: &Value, separator: Option<String>, rest: minijinja::value::Kwargs) -> Result<String, Error> {
    let attribute: Option<String> = rest.get("attribute")?;
    rest.assert_all_used()?;
    let separator = separator.unwrap_or_default();
    let mut joined = String::new();
    for (index, item) in value.try_iter()?.enumerate() {
        if index > 0 {
            draw(separator.len())?;
            joined.push_str(&separator);
        }
        let item = match &attribute {
            Some(name) => item.get_attr(name)?,
            None => item,
        };
        draw(1)?;
        joined.push_str(&text(&item)?);
    }
    Ok(joined)
}

fn replace(value: String, from: String, to: String) -> Result<String, Error> {
    draw(value.len())?;
    let times = if from.is_empty() { value.chars().count() + 1 } else { value.matches(&from).count() };
    draw(times.saturating_mul(to.len()))?;
    Ok(value.replace(&from, &to))
}

fn to_json(value: &Value) -> Result<String, Error> {
    let text = serde_json::to_string(value).map_err(|_| wrong("this value cannot be written as JSON"))?;
    draw(text.len())?;
    Ok(text)
}

fn is_in(value: &Value, within: &Value) -> Result<bool, Error> {
    draw(within.as_str().map_or_else(|| within.len().unwrap_or(1), str::len))?;
    if let (Some(part), Some(whole)) = (value.as_str(), within.as_str()) {
        return Ok(whole.contains(part));
    }
    Ok(within.try_iter()?.any(|item| item == *value))
}

fn range(first: i64, end: Option<i64>, step: Option<i64>) -> Result<Vec<i64>, Error> {
    let (first, end) = end.map_or((0, first), |end| (first, end));
    let step = step.unwrap_or(1);
    if step == 0 {
        return Err(wrong("a range needs a step"));
    }
    let count = if step > 0 { end.saturating_sub(first) } else { first.saturating_sub(end) }.max(0) / step.saturating_abs().max(1);
    if count > LONGEST_RANGE {
        return Err(wrong("a range has 10 000 numbers at most"));
    }
    let mut numbers = Vec::new();
    let mut next = first;
    while (step > 0 && next < end) || (step < 0 && next > end) {
        numbers.push(next);
        next = next.saturating_add(step);
    }
    Ok(numbers)
}
