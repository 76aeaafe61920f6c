//! Reads an expression and writes it anew with nothing in it but what is foreseen: `*` and `~` become functions that check what they
//! are given, filters, tests and functions are those of a list, and there are no methods.

use super::filters::{FILTERS, FUNCTIONS, TESTS};
use minijinja::machinery::{
    ast::{BinOpKind, CallArg, CompareOpKind, Expr, UnaryOpKind},
    parse_expr,
};
use std::collections::BTreeSet;

/// The expression written anew, and the names it uses.
pub(super) fn rewrite(text: &str) -> Result<(String, BTreeSet<String>), String> {
    let expression = parse_expr(text).map_err(|error| super::words(&error))?;
    let mut writer = Writer { out: String::new(), names: BTreeSet::new() };
    writer.expression(&expression)?;
    Ok((writer.out, writer.names))
}

struct Writer {
    out: String,
    names: BTreeSet<String>,
}

type Done = Result<(), String>;

impl Writer {
    fn put(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn expression(&mut self, expression: &Expr) -> Done {
        match expression {
            Expr::Var(var) => {
                self.names.insert(var.id.to_owned());
                self.put(var.id);
            }
            Expr::Const(value) => self.constant(&value.value)?,
            Expr::Slice(slice) => {
                self.group(&slice.expr)?;
                self.put("[");
                for (index, part) in [&slice.start, &slice.stop, &slice.step].into_iter().enumerate() {
                    if index > 0 {
                        self.put(":");
                    }
                    if let Some(part) = part {
                        self.group(part)?;
                    }
                }
                self.put("]");
            }
            Expr::UnaryOp(unary) => {
                self.put(match unary.op {
                    UnaryOpKind::Not => "not ",
                    UnaryOpKind::Neg => "-",
                });
                self.group(&unary.expr)?;
            }
            Expr::BinOp(binary) => match operator(binary.op) {
                Ok(sign) => {
                    self.group(&binary.left)?;
                    self.put(sign);
                    self.group(&binary.right)?;
                }
                Err(function) => {
                    self.put(function);
                    self.put("(");
                    self.expression(&binary.left)?;
                    self.put(",");
                    self.expression(&binary.right)?;
                    self.put(")");
                }
            },
            Expr::Compare(compare) => {
                self.group(&compare.expr)?;
                for step in &compare.ops {
                    self.put(comparison(step.op));
                    self.group(&step.expr)?;
                }
            }
            Expr::IfExpr(choice) => {
                self.group(&choice.true_expr)?;
                self.put(" if ");
                self.group(&choice.test_expr)?;
                if let Some(otherwise) = &choice.false_expr {
                    self.put(" else ");
                    self.group(otherwise)?;
                }
            }
            Expr::Filter(filter) => {
                let value = filter.expr.as_ref().ok_or("A filter needs a value before it.")?;
                known("filter", filter.name, FILTERS)?;
                self.named_in_arguments("filter", filter.name, &filter.args)?;
                self.group(value)?;
                self.put("|");
                self.put(filter.name);
                self.arguments(&filter.args)?;
            }
            Expr::Test(test) => {
                known("test", test.name, TESTS)?;
                self.group(&test.expr)?;
                self.put(" is ");
                self.put(test.name);
                if !test.args.is_empty() {
                    self.arguments(&test.args)?;
                }
            }
            Expr::GetAttr(get) => {
                self.group(&get.expr)?;
                self.put(".");
                self.put(get.name);
            }
            Expr::GetItem(get) => {
                self.group(&get.expr)?;
                self.put("[");
                self.expression(&get.subscript_expr)?;
                self.put("]");
            }
            Expr::Call(call) => match &call.expr {
                Expr::Var(function) if FUNCTIONS.contains(&function.id) => {
                    self.put(function.id);
                    self.arguments(&call.args)?;
                }
                _ => return Err("Only range() and dict() can be called; values are changed by filters, such as name|upper.".to_owned()),
            },
            Expr::List(list) => self.list(&list.items)?,
            Expr::Tuple(tuple) => self.list(&tuple.items)?,
            Expr::Map(map) => {
                self.put("{");
                for (key, value) in map.keys.iter().zip(&map.values) {
                    self.expression(key)?;
                    self.put(":");
                    self.expression(value)?;
                    self.put(",");
                }
                self.put("}");
            }
        }
        Ok(())
    }

    fn group(&mut self, expression: &Expr) -> Done {
        self.put("(");
        self.expression(expression)?;
        self.put(")");
        Ok(())
    }

    fn list(&mut self, items: &[Expr]) -> Done {
        self.put("[");
        for item in items {
            self.expression(item)?;
            self.put(",");
        }
        self.put("]");
        Ok(())
    }

    fn arguments(&mut self, arguments: &[CallArg]) -> Done {
        self.put("(");
        for argument in arguments {
            match argument {
                CallArg::Pos(value) => self.expression(value)?,
                CallArg::Kwarg(name, value) => {
                    self.put(name);
                    self.put("=");
                    self.expression(value)?;
                }
                CallArg::PosSplat(_) | CallArg::KwargSplat(_) => return Err("Arguments are written out, without stars.".to_owned()),
            }
            self.put(",");
        }
        self.put(")");
        Ok(())
    }

    /// `map('upper')` names a filter, `select('odd')` a test: they must be written out, and be of the list.
    fn named_in_arguments(&self, _: &str, filter: &str, arguments: &[CallArg]) -> Done {
        let (place, kind, list) = match filter {
            "map" => (0, "filter", FILTERS),
            "select" | "reject" => (0, "test", TESTS),
            "selectattr" | "rejectattr" => (1, "test", TESTS),
            _ => return Ok(()),
        };
        match arguments.iter().filter(|argument| matches!(argument, CallArg::Pos(_))).nth(place) {
            Some(CallArg::Pos(Expr::Const(name))) => match name.value.as_str() {
                Some(name) => known(kind, name, list),
                None => Err(format!("“{filter}” takes the name of a {kind} there.")),
            },
            Some(_) => Err(format!("“{filter}” takes the name of a {kind} there, written out.")),
            None => Ok(()),
        }
    }

    fn constant(&mut self, value: &minijinja::Value) -> Done {
        let text = match value.as_str() {
            Some(text) => serde_json::to_string(text).map_err(|error| error.to_string())?,
            None if value.kind() == minijinja::value::ValueKind::Number => format!("({value})"),
            None => serde_json::to_string(value).map_err(|error| error.to_string())?.replace("null", "none"),
        };
        self.put(&text);
        Ok(())
    }
}

fn known(kind: &str, name: &str, list: &[&str]) -> Done {
    if list.contains(&name) { Ok(()) } else { Err(format!("There is no {kind} “{name}”. There are: {}.", list.join(", "))) }
}

/// The sign, or the function that stands for it.
fn operator(kind: BinOpKind) -> Result<&'static str, &'static str> {
    match kind {
        BinOpKind::Eq => Ok("=="),
        BinOpKind::Ne => Ok("!="),
        BinOpKind::Lt => Ok("<"),
        BinOpKind::Lte => Ok("<="),
        BinOpKind::Gt => Ok(">"),
        BinOpKind::Gte => Ok(">="),
        BinOpKind::ScAnd => Ok(" and "),
        BinOpKind::ScOr => Ok(" or "),
        BinOpKind::Add => Ok("+"),
        BinOpKind::Sub => Ok("-"),
        BinOpKind::Div => Ok("/"),
        BinOpKind::FloorDiv => Ok("//"),
        BinOpKind::Rem => Ok("%"),
        BinOpKind::Pow => Ok("**"),
        BinOpKind::In => Ok(" in "),
        BinOpKind::Mul => Err("__times"),
        BinOpKind::Concat => Err("__concat"),
    }
}

fn comparison(kind: CompareOpKind) -> &'static str {
    match kind {
        CompareOpKind::Eq => "==",
        CompareOpKind::Ne => "!=",
        CompareOpKind::Lt => "<",
        CompareOpKind::Lte => "<=",
        CompareOpKind::Gt => ">",
        CompareOpKind::Gte => ">=",
        CompareOpKind::In => " in ",
        CompareOpKind::NotIn => " not in ",
    }
}
