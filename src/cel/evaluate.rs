//! Evaluates expressions.
//!
//! Behaviour: `interpreter` of cel-go: `&&` and `||` absorb errors that they don't need, an error in the step of a comprehension
//! is the value of its accumulator, fields of optionals are optional. Costs are counted as `interpreter/runtimecost.go` does.

use std::sync::Arc;

use super::ast::{Entry, Expr, Item, Kind, Literal};
use super::cost::{self, of_call};
use super::library::{Overload, insert_into, no_overload, no_such_key};
use super::machine::{Budget, Failure, Machine};
use super::program::Program;
use super::value::{Entries, Key, List, Map, Value};
use super::walk::qualified_name;

/// How deep expressions may be nested.
const MOST_DEPTH: u32 = 400;

/// An evaluation at work.
pub struct Evaluator<'p, 'm, 'l> {
    pub(super) program: &'p Program,
    pub(super) machine: &'m mut Machine<'l>,
    variables: &'p [(&'p str, Value)],
    /// The variables of the macros around, innermost last. An accumulator may hold an error.
    pub(super) scope: Vec<(&'p str, Result<Value, Failure>)>,
    depth: u32,
}

type Evaluated = Result<Value, Failure>;

impl<'p, 'm, 'l> Evaluator<'p, 'm, 'l> {
    /// One that knows these variables.
    pub fn new(program: &'p Program, variables: &'p [(&'p str, Value)], machine: &'m mut Machine<'l>) -> Self {
        Evaluator { program, machine, variables, scope: Vec::new(), depth: 0 }
    }

    /// Evaluates a node.
    ///
    /// # Errors
    /// There is no value.
    pub fn evaluate(&mut self, node: &'p Expr) -> Evaluated {
        self.machine.spend(1)?;
        if let Some(value) = self.program.constant(node.id) {
            return Ok(value.clone());
        }
        match &node.kind {
            Kind::Literal(literal) => return Ok(value_of(literal)),
            Kind::Ident(name) => {
                self.machine.charge(cost::SELECT)?;
                return self.variable(name);
            }
            _ => {}
        }
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return Err(Failure::Budget(Budget::Depth));
        }
        let result = match &node.kind {
            Kind::Select { operand, field, test } => self.select(node, operand, field, *test),
            Kind::Call { function, target, args } => self.call(node, function, target.as_deref(), args),
            Kind::List(items) => self.list(items),
            Kind::Map(entries) => self.map(entries),
            Kind::Comprehension(comprehension) => self.fold(comprehension),
            Kind::Struct { .. } => Err(Failure::Unknown("objects are not created here".into())),
            Kind::Literal(_) | Kind::Ident(_) => Err(no_overload()),
        };
        self.depth -= 1;
        result
    }

    fn variable(&self, name: &str) -> Evaluated {
        let global = name.strip_prefix('.');
        if let Some((_, value)) = self.scope.iter().rev().find(|(known, _)| global.is_none() && *known == name) {
            return value.clone();
        }
        let name = global.unwrap_or(name);
        if let Some((_, value)) = self.variables.iter().find(|(known, _)| *known == name) {
            return Ok(value.clone());
        }
        type_named(name).ok_or_else(|| Failure::Error(ecow::eco_format!("there is no variable `{name}`")))
    }

    /// A name with dots: of a type, or of a variable.
    fn dotted(&self, node: &Expr) -> Option<Value> {
        let name = qualified_name(node)?;
        let first = name.split('.').next()?;
        if self.scope.iter().any(|(known, _)| *known == first) {
            return None;
        }
        let variable = self.variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
        variable.or_else(|| type_named(&name).filter(|_| !self.variables.iter().any(|(known, _)| *known == first)))
    }

    #[inline(never)]
    fn select(&mut self, node: &'p Expr, operand: &'p Expr, field: &str, test: bool) -> Evaluated {
        if let Some(value) = self.dotted(node).filter(|_| !test) {
            self.machine.charge(cost::SELECT)?;
            return Ok(value);
        }
        let value = self.evaluate(operand)?;
        if test {
            return has(&value, field).map(Value::Bool);
        }
        self.machine.charge(qualifier_cost(operand))?;
        let (value, is_optional) = match &value {
            Value::Optional(None) => return Ok(value),
            Value::Optional(Some(value)) => (&**value, true),
            value => (value, false),
        };
        let Value::Map(map) = value else { return Err(no_overload()) };
        match map.field(field) {
            Some(value) if is_optional => Ok(Value::some(value)),
            Some(value) => Ok(value),
            None if is_optional => Ok(Value::Optional(None)),
            None => Err(no_such_key(field)),
        }
    }

    #[inline(never)]
    fn call(&mut self, node: &'p Expr, function: &str, target: Option<&'p Expr>, args: &'p [Expr]) -> Evaluated {
        match (function, target, args) {
            ("_&&_", None, [left, right]) => return self.logic(left, right, false),
            ("_||_", None, [left, right]) => return self.logic(left, right, true),
            ("_?_:_", None, [condition, left, right]) => {
                return match self.evaluate(condition)? {
                    Value::Bool(true) => self.evaluate(left),
                    Value::Bool(false) => self.evaluate(right),
                    _ => Err(no_overload()),
                };
            }
            ("@not_strictly_false", None, [value]) => {
                self.machine.charge(1)?;
                return match self.evaluate(value) {
                    Ok(value) => Ok(Value::Bool(!matches!(value, Value::Bool(false)))),
                    Err(Failure::Budget(budget)) => Err(Failure::Budget(budget)),
                    Err(_) => Ok(Value::Bool(true)),
                };
            }
            ("or" | "orValue", Some(target), [other]) => return self.or(node, target, other, function),
            ("_[_]" | "_[?_]" | "_?._", None, [operand, index]) => return self.index(node, operand, index),
            ("_+_" | "cel.@mapInsert", None, [accumulator, added @ ..]) if self.is_accumulator(accumulator) => {
                return self.grow(node, added);
            }
            _ => {}
        }
        let callee = self.program.callee(node.id).ok_or_else(no_overload)?;
        let target = target.filter(|_| !callee.is_namespaced);
        let mut values = Vec::with_capacity(args.len() + 1);
        for arg in target.into_iter().chain(args) {
            values.push(self.evaluate(arg)?);
        }
        // The search in a list that never changes is a look into a table.
        if let ("@in", [_, list]) = (function, args)
            && self.program.constant(list.id).is_some_and(|list| matches!(list, Value::List(_)))
        {
            return self.run(&callee.overloads, target.is_some(), &values, false);
        }
        self.run(&callee.overloads, target.is_some(), &values, true)
    }

    fn overloads(&self, node: &Expr) -> &'p [&'static Overload] {
        self.program.callee(node.id).map_or(&[], |callee| &callee.overloads)
    }

    /// Runs the function that is for these values.
    pub(super) fn run(&mut self, overloads: &[&'static Overload], member: bool, args: &[Value], charged: bool) -> Evaluated {
        let overload = overloads.iter().find(|overload| overload.member == member && overload.takes(args));
        // Lists that are not all of one type are taken by what looks at each item.
        let overload = overload.or_else(|| {
            let fits = |overload: &&&&Overload| overload.member == member && overload.args.len() == args.len();
            overloads.iter().find(|overload| fits(&overload) && matches!(args.first(), Some(Value::List(_))))
        });
        let overload = overload.ok_or_else(no_overload)?;
        let result = (overload.run)(self.machine, args)?;
        if charged {
            let cost = of_call(overload, args, &result, self.machine)?;
            self.machine.charge(cost)?;
        }
        Ok(result)
    }

    /// `&&` and `||`: `decisive` is the value that decides alone.
    fn logic(&mut self, left: &'p Expr, right: &'p Expr, decisive: bool) -> Evaluated {
        let left = self.evaluate(left);
        match left {
            Ok(Value::Bool(value)) if value == decisive => return left,
            Err(Failure::Budget(_)) => return left,
            _ => {}
        }
        let right = self.evaluate(right);
        match (left, right) {
            (_, Ok(Value::Bool(value))) if value == decisive => Ok(Value::Bool(decisive)),
            (_, Err(Failure::Budget(budget))) => Err(Failure::Budget(budget)),
            (Err(Failure::Unknown(cause)), _) | (_, Err(Failure::Unknown(cause))) => Err(Failure::Unknown(cause)),
            (Err(error), _) | (_, Err(error)) => Err(error),
            (Ok(Value::Bool(_)), Ok(Value::Bool(value))) => Ok(Value::Bool(value)),
            _ => Err(no_overload()),
        }
    }

    /// `a.or(b)` and `a.orValue(b)`.
    fn or(&mut self, node: &'p Expr, target: &'p Expr, other: &'p Expr, function: &str) -> Evaluated {
        match self.evaluate(target)? {
            Value::Optional(Some(value)) if function == "orValue" => Ok(Value::clone(&value)),
            value @ Value::Optional(Some(_)) => Ok(value),
            Value::Optional(None) => match (self.evaluate(other)?, function) {
                (value, "orValue") | (value @ Value::Optional(_), _) => Ok(value),
                _ => Err(no_overload()),
            },
            value => {
                let other = self.evaluate(other)?;
                self.run(self.overloads(node), true, &[value, other], true)
            }
        }
    }

    /// `a[i]`, `a[?i]` and `a.?i`.
    fn index(&mut self, node: &'p Expr, operand: &'p Expr, index: &'p Expr) -> Evaluated {
        let value = self.evaluate(operand)?;
        let key = self.evaluate(index)?;
        // A variable as an index is part of the path.
        self.machine.refund(if is_attribute(index) { cost::SELECT } else { 0 });
        self.machine.charge(qualifier_cost(operand))?;
        self.run(self.overloads(node), false, &[value, key], false)
    }

    fn list(&mut self, items: &'p [Item]) -> Evaluated {
        self.machine.allocate_items(items.len())?;
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            match (self.evaluate(&item.value)?, item.optional) {
                (value, false) => values.push(value),
                (Value::Optional(value), true) => values.extend(value.map(|value| Value::clone(&value))),
                _ => return Err(no_overload()),
            }
        }
        self.machine.charge(cost::LIST)?;
        Ok(Value::list(values))
    }

    fn map(&mut self, parts: &'p [Entry]) -> Evaluated {
        self.machine.allocate_items(parts.len() * 3)?;
        let mut entries = Entries::default();
        for entry in parts {
            let key = self.evaluate(&entry.key)?;
            let value = match (self.evaluate(&entry.value)?, entry.optional) {
                (value, false) => value,
                (Value::Optional(None), true) => continue,
                (Value::Optional(Some(value)), true) => Value::clone(&value),
                _ => return Err(no_overload()),
            };
            let key = Key::of(&key)
                .filter(|_| !matches!(key, Value::Double(_)))
                .ok_or_else(|| Failure::error("unsupported key type"))?;
            if !entries.insert(key, value) {
                return Err(Failure::error("a key of the map is repeated"));
            }
        }
        self.machine.charge(cost::MAP)?;
        Ok(Value::Map(Map::Own(Arc::new(entries))))
    }

    /// Whether a node is the accumulator of the macro at work, which only what follows will look at.
    fn is_accumulator(&self, node: &Expr) -> bool {
        matches!(&node.kind, Kind::Ident(name) if name == "@result") && self.scope.iter().any(|(name, _)| *name == "@result")
    }

    /// Adds to the accumulator in place. The step of a comprehension is all that uses it, and replaces it.
    #[inline(never)]
    fn grow(&mut self, node: &'p Expr, added: &'p [Expr]) -> Evaluated {
        self.machine.charge(cost::SELECT)?;
        let mut values = vec![Value::Null];
        for part in added {
            values.push(self.evaluate(part)?);
        }
        let slot = self.scope.iter_mut().rev().find(|(name, _)| *name == "@result");
        let accumulator = slot.map_or(Ok(Value::Null), |(_, value)| std::mem::replace(value, Ok(Value::Null)))?;
        match (accumulator, values.as_slice()) {
            (Value::List(List::Own(mut list)), [_, Value::List(more)]) => {
                // What someone else sees, too, is copied.
                let copied = if Arc::strong_count(&list) > 1 { list.len() } else { 0 };
                self.machine.allocate_items(copied + more.len())?;
                self.machine.charge(1)?;
                Arc::make_mut(&mut list).extend(more.iter());
                Ok(Value::List(List::Own(list)))
            }
            (Value::Map(map), [_, added @ ..]) => {
                self.machine.charge(1)?;
                insert_into(map, added, self.machine)
            }
            (accumulator, _) => {
                if let Some(first) = values.first_mut() {
                    *first = accumulator;
                }
                self.run(self.overloads(node), false, &values, true)
            }
        }
    }
}

fn value_of(literal: &Literal) -> Value {
    match literal {
        Literal::Null => Value::Null,
        Literal::Bool(value) => Value::Bool(*value),
        Literal::Int(value) => Value::Int(*value),
        Literal::Uint(value) => Value::Uint(*value),
        Literal::Double(value) => Value::Double(*value),
        Literal::String(text) => Value::String(text.clone()),
        Literal::Bytes(bytes) => Value::Bytes(Arc::clone(bytes)),
    }
}

/// Whether a field is set.
fn has(value: &Value, field: &str) -> Result<bool, Failure> {
    match value {
        Value::Map(map) => Ok(map.has(&Key::String(field.into()))),
        Value::Optional(None) => Ok(false),
        Value::Optional(Some(value)) => has(value, field),
        _ => Err(no_overload()),
    }
}

/// Whether a node is a path from a variable.
fn is_attribute(node: &Expr) -> bool {
    match &node.kind {
        Kind::Ident(_) | Kind::Select { test: false, .. } => true,
        Kind::Call { function, .. } => matches!(function.as_str(), "_[_]" | "_[?_]" | "_?._" | "_?_:_"),
        _ => false,
    }
}

/// The cost of a step into a value: a path that begins with another value counts as a variable.
fn qualifier_cost(operand: &Expr) -> u64 {
    if is_attribute(operand) { cost::SELECT } else { 2 * cost::SELECT }
}

/// Types as values.
fn type_named(name: &str) -> Option<Value> {
    const TYPES: [&str; 19] = [
        "bool",
        "bytes",
        "double",
        "int",
        "list",
        "map",
        "null_type",
        "string",
        "type",
        "uint",
        "optional_type",
        "google.protobuf.Duration",
        "google.protobuf.Timestamp",
        "kubernetes.NamedFormat",
        "kubernetes.Quantity",
        "kubernetes.Semver",
        "kubernetes.URL",
        "net.CIDR",
        "net.IP",
    ];
    TYPES.contains(&name).then(|| Value::Type(name.into()))
}
