//! Expressions over whole objects, without a schema: those of assertions (`render test`).
//!
//! Values are what they are in the document. An evaluation has a budget: what a comprehension goes through is counted before it
//! starts, so that a slip in an expression ends in a message and not in a long wait.

use std::cell::Cell;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use cel::common::ast::{CallExpr, EntryExpr, Expr, IdedExpr};
use cel::common::types::DYN_TYPE;
use cel::common::value::CowVal;
use cel::objects::Key;
use cel::{Context, DeclarationError, Env, ExecutionError, Value};

use super::{ENVIRONMENT, Outcome, TOO_MUCH, failure, parse};
use crate::yaml::scalar::{Number, bool_value};
use crate::yaml::{Node, Tag, Value as Yaml};

/// Names of types, and what names of functions begin with: no variables.
const NO_VARIABLES: [&str; 19] = [
    "base64",
    "bool",
    "bytes",
    "double",
    "duration",
    "int",
    "list",
    "lists",
    "map",
    "math",
    "null_type",
    "optional",
    "optional_type",
    "sets",
    "string",
    "strings",
    "timestamp",
    "type",
    "uint",
];

/// Counts what a comprehension goes through. Nobody can write a name with this sign.
const SPEND: &str = "@spend";

thread_local! {
    /// How many more elements the evaluation at work may go through.
    static BUDGET: Cell<u64> = const { Cell::new(0) };
}

/// An expression over whole objects.
#[derive(Debug)]
pub struct FreeExpression {
    expression: IdedExpr,
    variables: Vec<String>,
}

impl FreeExpression {
    /// Parses an expression, which may use these variables.
    ///
    /// # Errors
    /// It can't be read, or uses another variable; the cause in words.
    pub fn new(text: &str, known: &[&str]) -> Result<Self, String> {
        let program = parse(text).map_err(|cause| in_short(&cause))?;
        let mut variables = Vec::new();
        look(program.expression(), &mut Vec::new(), &mut variables);
        if let Some(name) = variables.iter().find(|name| !known.contains(&name.as_str())) {
            let known: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
            return Err(format!("there is no variable `{name}`; there is {}", known.join(" and ")));
        }
        let mut expression = program.expression().clone();
        count(&mut expression);
        Ok(FreeExpression { expression, variables })
    }

    /// Whether it looks at a variable.
    pub fn uses(&self, variable: &str) -> bool {
        self.variables.iter().any(|other| other == variable)
    }

    /// Evaluates it with these variables.
    pub fn evaluate(&self, variables: &[(&str, Value)]) -> Outcome {
        BUDGET.set(TOO_MUCH);
        let run = || {
            let mut context = Context::with_env(Arc::clone(&ENVIRONMENT));
            for (name, value) in variables.iter().filter(|(name, _)| self.uses(name)) {
                context.add_variable_from_value(*name, value.clone());
            }
            context.resolve(&self.expression)
        };
        let result = catch_unwind(AssertUnwindSafe(run));
        if BUDGET.get() == 0 {
            return Outcome::Unknown(format!("it goes through more than {TOO_MUCH} elements"));
        }
        match result {
            Ok(Ok(Value::Bool(holds))) => Outcome::Bool(holds),
            Ok(Ok(Value::String(text))) => Outcome::Text(text.to_string()),
            Ok(Ok(other)) => Outcome::Unknown(format!("it yields a value of the type `{}`", other.type_of())),
            Ok(Err(error)) => failure(&error),
            Err(_) => Outcome::Unknown("the evaluation broke off".into()),
        }
    }
}

/// Adds the function that counts.
pub fn extension(env: &mut Env) -> Result<(), DeclarationError> {
    env.add_overload(SPEND, "spend", vec![DYN_TYPE], spend)
}

fn spend<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let range = args.into_iter().next().ok_or_else(|| ExecutionError::function_error(SPEND, "no argument"))?;
    let size = range.as_ref().as_sizer().map_or(0, |sizer| u64::try_from(*sizer.size().inner()).unwrap_or(0));
    let left = BUDGET.get().saturating_sub(size);
    BUDGET.set(left);
    if left == 0 { Err(ExecutionError::function_error(SPEND, "too much")) } else { Ok(range) }
}

/// What the parser says, without all that might have stood there.
fn in_short(cause: &str) -> String {
    match cause.split(" expecting ").next() {
        Some(cause) if cause.contains("<EOF>") => "it ends too early".to_owned(),
        Some(cause) => cause.to_owned(),
        None => String::new(),
    }
}

/// Finds the variables that an expression does not bind itself.
fn look<'e>(node: &'e IdedExpr, bound: &mut Vec<&'e str>, found: &mut Vec<String>) {
    match &node.expr {
        Expr::Ident(name) => {
            let name = name.as_str();
            if !bound.contains(&name) && !NO_VARIABLES.contains(&name) && !found.iter().any(|other| other == name) {
                found.push(name.to_owned());
            }
        }
        Expr::Literal(_) | Expr::Unspecified => {}
        Expr::Select(select) => look(&select.operand, bound, found),
        Expr::Call(call) => {
            call.target.iter().map(AsRef::as_ref).chain(&call.args).for_each(|part| look(part, bound, found));
        }
        Expr::List(list) => list.elements.iter().for_each(|part| look(part, bound, found)),
        Expr::Map(map) => map.entries.iter().for_each(|entry| look_entry(&entry.expr, bound, found)),
        Expr::Struct(made) => made.entries.iter().for_each(|entry| look_entry(&entry.expr, bound, found)),
        Expr::Comprehension(comprehension) => {
            let c = comprehension.as_ref();
            [&c.iter_range, &c.accu_init].into_iter().for_each(|part| look(part, bound, found));
            let outside = bound.len();
            bound.extend([c.iter_var.as_str(), c.accu_var.as_str()]);
            bound.extend(c.iter_var2.as_deref());
            [&c.loop_cond, &c.loop_step, &c.result].into_iter().for_each(|part| look(part, bound, found));
            bound.truncate(outside);
        }
    }
}

fn look_entry<'e>(entry: &'e EntryExpr, bound: &mut Vec<&'e str>, found: &mut Vec<String>) {
    match entry {
        EntryExpr::StructField(field) => look(&field.value, bound, found),
        EntryExpr::MapEntry(entry) => [&entry.key, &entry.value].into_iter().for_each(|part| look(part, bound, found)),
    }
}

/// Lets every comprehension count what it goes through.
fn count(node: &mut IdedExpr) {
    match &mut node.expr {
        Expr::Ident(_) | Expr::Literal(_) | Expr::Unspecified => {}
        Expr::Select(select) => count(&mut select.operand),
        Expr::Call(call) => call.target.iter_mut().map(AsMut::as_mut).chain(&mut call.args).for_each(count),
        Expr::List(list) => list.elements.iter_mut().for_each(count),
        Expr::Map(map) => map.entries.iter_mut().for_each(|entry| count_entry(&mut entry.expr)),
        Expr::Struct(made) => made.entries.iter_mut().for_each(|entry| count_entry(&mut entry.expr)),
        Expr::Comprehension(comprehension) => {
            let c = comprehension.as_mut();
            [&mut c.iter_range, &mut c.accu_init, &mut c.loop_cond, &mut c.loop_step, &mut c.result].into_iter().for_each(count);
            let range = std::mem::take(&mut c.iter_range);
            let call = CallExpr { func_name: SPEND.to_owned(), target: None, args: vec![range.clone()] };
            c.iter_range = IdedExpr { id: range.id, expr: Expr::Call(call) };
        }
    }
}

fn count_entry(entry: &mut EntryExpr) {
    match entry {
        EntryExpr::StructField(field) => count(&mut field.value),
        EntryExpr::MapEntry(entry) => [&mut entry.key, &mut entry.value].into_iter().for_each(count),
    }
}

/// A document as expressions see it: numbers are integers where they are whole, keys are texts.
pub fn value(node: &Node) -> Value {
    match node.value() {
        Yaml::Scalar(scalar) => match scalar.tag {
            Tag::Null => Value::Null,
            Tag::Bool => Value::Bool(bool_value(&scalar.text)),
            Tag::Int | Tag::Float => scalar.number().map_or(Value::Null, number),
            Tag::Str | Tag::Timestamp => Value::String(Arc::new(scalar.text.to_string())),
        },
        Yaml::Sequence(items) => Value::List(Arc::new(items.iter().map(value).collect())),
        Yaml::Mapping(mapping) => {
            let entries = mapping.iter().map(|entry| (Key::from(entry.key.text.as_str()), value(&entry.value)));
            Value::Map(entries.collect::<HashMap<Key, Value>>().into())
        }
    }
}

fn number(number: Number) -> Value {
    match number {
        Number::Int(value) => Value::Int(value),
        Number::Float(value) if value.fract() == 0.0 && value.abs() < 9e15 => Value::Int(value as i64),
        other => Value::Float(other.as_f64()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::Records;
    use crate::yaml::Dialect;

    fn object(text: &str) -> Value {
        let mut records = Records::default();
        let source = records.sources.add("test", text);
        let step = records.provenance.step("", "test");
        value(&records.documents(source, step, Dialect::Manifest).unwrap().remove(0))
    }

    fn ask(text: &str) -> Outcome {
        let object =
            object("name: web\nreplicas: 3\nports: [{name: http, port: 80}, {name: admin, port: 81}]\nlabels: {a.b/c: d}\n");
        FreeExpression::new(text, &["object", "objects"]).unwrap().evaluate(&[("object", object)])
    }

    #[test]
    fn documents_are_asked_without_a_schema() {
        for text in [
            "object.replicas > 2 && object.name == 'web'",
            "object.ports.exists(p, p.name == 'http' && p.port == 80)",
            "object.ports.map(p, p.port).sum() == 161",
            "object.ports.filter(p, p.port > 80)[0].name == 'admin'",
            "object.labels['a.b/c'] == 'd' && !has(object.annotations)",
            "object.labels.all(k, k.contains('/'))",
        ] {
            assert_eq!(ask(text), Outcome::Bool(true), "{text}");
        }
        assert_eq!(ask("'it is ' + object.name"), Outcome::Text("it is web".into()));
        assert!(matches!(ask("object.nothing == 1"), Outcome::Failed(_)));
        assert!(matches!(ask("object.replicas"), Outcome::Unknown(_)));
    }

    #[test]
    fn other_variables_and_what_is_no_expression_are_refused_at_once() {
        assert!(FreeExpression::new("objekt.name == ''", &["object"]).is_err_and(|cause| cause.contains("`objekt`")));
        assert!(FreeExpression::new("object.(", &["object"]).is_err());
        assert!(FreeExpression::new("object.ports.all(p, type(p.port) == int)", &["object"]).is_ok());
    }

    #[test]
    fn nothing_takes_forever() {
        let text = "lists.range(1000).all(a, lists.range(1000).all(b, lists.range(1000).all(c, a + b + c >= 0)))";
        assert!(matches!(ask(text), Outcome::Unknown(cause) if cause.contains("1000000")));
        assert_eq!(ask("lists.range(1000).all(a, lists.range(100).all(b, a + b >= 0))"), Outcome::Bool(true));
    }
}
