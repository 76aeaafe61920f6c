//! `calculate`: arithmetic on exact decimals (28 significant digits), where 0.1 + 0.2 is 0.3.

use super::{Builtin, Inputs, Kind, text};
use rust_decimal::{Decimal, MathematicalOps, RoundingStrategy};
use serde_json::{Value, json};
use std::str::FromStr;

pub fn tool() -> Builtin {
    Builtin {
        name: "calculate",
        display_name: "Calculate",
        description: "Computes an arithmetic expression with exact decimals: + - * / % ^, parentheses, and abs, round(x, places), floor, ceil, sqrt, min, max, sum, avg. Names stand for the given variables.",
        icon: "calculator",
        inputs: json!({"type": "object", "additionalProperties": false, "required": ["expression"], "properties": {
            "expression": {"type": "string", "minLength": 1, "maxLength": 2000, "description": "For example (price - cost) / price * 100"},
            "variables": {"type": "object", "description": "Numbers by name, as numbers or as text with decimals.", "additionalProperties": {"type": ["number", "string"]}},
            "places": {"type": "integer", "minimum": 0, "maximum": 28, "description": "Round the result, half away from zero, to so many decimal places."}
        }}),
        outputs: json!({"type": "object", "required": ["result", "number"], "properties": {
            "result": {"type": "string", "description": "The exact decimal."}, "number": {"type": "number", "description": "The same as a JSON number."}}}),
        examples: json!([
            {"title": "Exact where binary fractions are not", "inputs": {"expression": "0.1 + 0.2"}, "outputs": {"result": "0.3", "number": 0.3}},
            {"title": "A margin in percent", "inputs": {"expression": "(price - cost) / price * 100", "variables": {"price": "19.99", "cost": 12.5}, "places": 2}, "outputs": {"result": "37.47", "number": 37.47}},
            {"title": "Several values", "inputs": {"expression": "max(3, 2 ^ 5, avg(10, 20)) - sqrt(16)"}, "outputs": {"result": "28", "number": 28.0}}
        ]),
        work: Kind::Compute(compute),
    }
}

fn compute(inputs: &Inputs) -> Result<Value, String> {
    let mut result = evaluate(text(inputs, "expression"), inputs.get("variables"))?;
    if let Some(places) = inputs.get("places").and_then(Value::as_u64) {
        result = result.round_dp_with_strategy(u32::try_from(places).unwrap_or(28), RoundingStrategy::MidpointAwayFromZero);
    }
    let result = result.normalize();
    Ok(json!({"result": result.to_string(), "number": result.to_string().parse::<f64>().unwrap_or_default()}))
}

fn evaluate(expression: &str, variables: Option<&Value>) -> Result<Decimal, String> {
    let mut parser = Parser { text: expression, at: 0, depth: 0, variables };
    let result = parser.sum()?;
    match parser.peek() {
        None => Ok(result),
        Some(c) => Err(parser.wrong(&format!("“{c}” was not expected here"))),
    }
}

/// Recursive descent: sum → product → power → sign → atom.
struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    variables: Option<&'a Value>,
}

const TOO_LARGE: &str = "The result is too large: 28 digits are the most.";

impl Parser<'_> {
    fn wrong(&self, what: &str) -> String {
        format!("{what}, at character {} of “{}”.", self.text[..self.at].chars().count() + 1, self.text)
    }

    fn peek(&mut self) -> Option<char> {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
        self.text[self.at..].chars().next()
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    fn sum(&mut self) -> Result<Decimal, String> {
        let mut left = self.product()?;
        loop {
            left = if self.take('+') {
                left.checked_add(self.product()?)
            } else if self.take('-') || self.take('−') {
                left.checked_sub(self.product()?)
            } else {
                return Ok(left);
            }
            .ok_or(TOO_LARGE)?;
        }
    }

    fn product(&mut self) -> Result<Decimal, String> {
        let mut left = self.sign()?;
        loop {
            let division = |right: Decimal, parser: &Self| if right.is_zero() { Err(parser.wrong("Division by zero")) } else { Ok(right) };
            left = if self.take('*') || self.take('×') {
                left.checked_mul(self.sign()?)
            } else if self.take('/') || self.take('÷') {
                let right = self.sign()?;
                left.checked_div(division(right, self)?)
            } else if self.take('%') {
                let right = self.sign()?;
                left.checked_rem(division(right, self)?)
            } else {
                return Ok(left);
            }
            .ok_or(TOO_LARGE)?;
        }
    }

    /// A sign binds less tightly than a power: -2 ^ 2 is -4.
    fn sign(&mut self) -> Result<Decimal, String> {
        self.depth += 1;
        if self.depth > 100 {
            return Err("The expression is nested too deeply.".to_owned());
        }
        let value = if self.take('-') || self.take('−') {
            -self.sign()?
        } else if self.take('+') {
            self.sign()?
        } else {
            self.power()?
        };
        self.depth -= 1;
        Ok(value)
    }

    fn power(&mut self) -> Result<Decimal, String> {
        let base = self.atom()?;
        if !self.take('^') {
            return Ok(base);
        }
        let exponent = self.sign()?;
        if exponent.fract().is_zero() {
            let whole = i64::try_from(exponent.trunc().mantissa()).ok().filter(|whole| whole.abs() <= 10_000).ok_or(TOO_LARGE)?;
            if whole < 0 && base.is_zero() {
                return Err(self.wrong("Division by zero"));
            }
            return base.checked_powi(whole).ok_or_else(|| TOO_LARGE.to_owned());
        }
        if base.is_sign_negative() {
            return Err(self.wrong("A negative number has no such power"));
        }
        base.checked_powd(exponent).ok_or_else(|| TOO_LARGE.to_owned())
    }

    fn atom(&mut self) -> Result<Decimal, String> {
        if self.take('(') {
            let inner = self.sum()?;
            return if self.take(')') { Ok(inner) } else { Err(self.wrong("A “)” is missing")) };
        }
        let begin = match self.peek() {
            None => return Err(self.wrong("A number is missing")),
            Some(c) if c.is_ascii_digit() || c == '.' => return self.number(),
            Some(c) if c.is_alphabetic() || c == '_' => self.at,
            Some(c) => return Err(self.wrong(&format!("“{c}” was not expected here"))),
        };
        let rest = &self.text[begin..];
        let name = &rest[..rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())];
        self.at += name.len();
        if self.take('(') { self.function(name) } else { self.variable(name) }
    }

    fn number(&mut self) -> Result<Decimal, String> {
        let rest = &self.text[self.at..];
        let mut end = rest.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '_').unwrap_or(rest.len());
        // 1.5e3
        if rest[end..].starts_with(['e', 'E']) {
            let exponent = &rest[end + 1..];
            let sign = usize::from(exponent.starts_with(['+', '-']));
            let digits = exponent[sign..].bytes().take_while(u8::is_ascii_digit).count();
            if digits > 0 {
                end += 1 + sign + digits;
            }
        }
        let digits = &rest[..end];
        let value = Decimal::from_str(digits)
            .or_else(|_| Decimal::from_scientific(digits))
            .map_err(|_| self.wrong(&format!("“{digits}” is no number")))?;
        self.at += end;
        Ok(value)
    }

    fn variable(&self, name: &str) -> Result<Decimal, String> {
        let value = self.variables.and_then(|variables| variables.get(name));
        let text = match value {
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::String(text)) => text.trim().to_owned(),
            _ => return Err(format!("There is no variable “{name}”.")),
        };
        Decimal::from_str(&text)
            .or_else(|_| Decimal::from_scientific(&text))
            .map_err(|_| format!("The variable “{name}” is no number: “{text}”."))
    }

    fn function(&mut self, name: &str) -> Result<Decimal, String> {
        let mut given = Vec::new();
        if !self.take(')') {
            loop {
                given.push(self.sum()?);
                if self.take(')') {
                    break;
                }
                if !self.take(',') {
                    return Err(self.wrong("A “,” or “)” is missing"));
                }
            }
        }
        let total = || given.iter().try_fold(Decimal::ZERO, |sum, value| sum.checked_add(*value)).ok_or_else(|| TOO_LARGE.to_owned());
        match (name, given.as_slice()) {
            ("abs", [x]) => Ok(x.abs()),
            ("floor", [x]) => Ok(x.floor()),
            ("ceil", [x]) => Ok(x.ceil()),
            ("round", [x]) => Ok(x.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero)),
            ("round", [x, places]) => {
                let places =
                    u32::try_from(places.trunc().mantissa()).ok().filter(|places| *places <= 28).ok_or("round takes 0 to 28 places.")?;
                Ok(x.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero))
            }
            ("sqrt", [x]) => x.sqrt().ok_or_else(|| self.wrong("A negative number has no square root")),
            ("min", [first, rest @ ..]) => Ok(rest.iter().fold(*first, |least, value| least.min(*value))),
            ("max", [first, rest @ ..]) => Ok(rest.iter().fold(*first, |most, value| most.max(*value))),
            ("sum", [_, ..]) => total(),
            ("avg", [_, ..]) => total()?.checked_div(Decimal::from(given.len())).ok_or_else(|| TOO_LARGE.to_owned()),
            ("abs" | "floor" | "ceil" | "round" | "sqrt" | "min" | "max" | "sum" | "avg", _) => {
                Err(format!("{name} was given {} values.", given.len()))
            }
            _ => Err(format!("There is no function “{name}”. There are abs, avg, ceil, floor, max, min, round, sqrt and sum.")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(expression: &str) -> Result<String, String> {
        evaluate(expression, Some(&json!({"x": 2, "y": "0.5"}))).map(|value| value.normalize().to_string())
    }

    #[test]
    fn operators_bind_as_in_school() {
        for (expression, expected) in [
            ("2 + 3 * 4", "14"),
            ("(2 + 3) * 4", "20"),
            ("-2 ^ 2", "-4"),
            ("2 ^ 3 ^ 2", "512"),
            ("2 ^ -1", "0.5"),
            ("10 - 4 - 3", "3"),
            ("7 % 4", "3"),
            ("1.5e3", "1500"),
            ("x * y", "1"),
            ("100 * 1.1", "110"),
        ] {
            assert_eq!(result(expression).as_deref(), Ok(expected), "{expression}");
        }
    }

    #[test]
    fn what_cannot_be_computed_says_where() {
        for (expression, part) in [
            ("1 / 0", "Division by zero"),
            ("1 +", "A number is missing"),
            ("(1", "“)” is missing"),
            ("2 z", "“z” was not expected"),
            ("nope(1)", "no function “nope”"),
            ("q", "no variable “q”"),
            ("9 ^ 9999", "too large"),
            ("sqrt(-1)", "no square root"),
            ("round(1, 99)", "0 to 28"),
        ] {
            let error = result(expression).unwrap_err();
            assert!(error.contains(part), "{expression}: {error}");
        }
        assert!(result(&"(".repeat(5000)).unwrap_err().contains("nested too deeply"));
    }
}
