//! An expression made ready to be evaluated: its functions are looked up, its constants computed.
//!
//! What the API server computes once costs nothing each time (`interpreter/decorators.go` of cel-go, `OptOptimize`): lists and
//! maps of literals, conversions of literals, and the search in such lists.

use super::ast::{Expr, Kind};
use super::check::Checked;
use super::evaluate::Evaluator;
use super::library::{self, Overload};
use super::machine::{Failure, Limits, Machine, Patterns};
use super::value::Value;

/// An expression that can be evaluated.
#[derive(Debug)]
pub struct Program {
    expr: Expr,
    calls: Vec<Callee>,
    constants: Vec<Option<Value>>,
    patterns: Patterns,
}

/// What a call calls.
#[derive(Clone, Debug, Default)]
pub struct Callee {
    /// The functions that it may be.
    pub overloads: Vec<&'static Overload>,
    /// Whether the receiver is only the first word of the name, as in `math.abs(x)`.
    pub is_namespaced: bool,
}

/// What an evaluation cost, and what came of it.
#[derive(Debug)]
pub struct Evaluation {
    /// The value, or why there is none.
    pub result: Result<Value, Failure>,
    /// The cost as the server counts it.
    pub cost: u64,
}

/// Functions that convert their only argument.
const CONVERSIONS: [&str; 10] = ["bool", "bytes", "double", "duration", "dyn", "int", "string", "timestamp", "type", "uint"];

impl Program {
    /// A program from an expression whose types are known.
    pub fn new(checked: Checked) -> Self {
        let calls = checked.overloads.into_iter().map(|overloads| Callee { overloads, is_namespaced: false });
        Self::with(checked.expr, calls.collect())
    }

    /// A program from an expression that was only parsed.
    pub fn unchecked(expr: Expr) -> Self {
        let mut calls = Vec::new();
        resolve(&expr, &mut Vec::new(), &mut calls);
        Self::with(expr, calls)
    }

    fn with(expr: Expr, calls: Vec<Callee>) -> Self {
        let mut program = Program { expr, calls, constants: Vec::new(), patterns: Patterns::default() };
        let mut constants = Vec::new();
        program.find_constants(&program.expr, &mut constants);
        program.constants = constants;
        program
    }

    /// Whether it looks at a variable.
    pub fn uses(&self, variable: &str) -> bool {
        let mut found = false;
        self.expr.walk(&mut |node| found |= matches!(&node.kind, Kind::Ident(name) if name == variable));
        found
    }

    /// Evaluates it with these variables.
    pub fn evaluate(&self, variables: &[(&str, Value)], limits: &Limits) -> Evaluation {
        let mut machine = Machine::new(limits, &self.patterns);
        let result = Evaluator::new(self, variables, &mut machine).evaluate(&self.expr);
        Evaluation { result, cost: machine.cost() }
    }

    /// What a call calls.
    pub fn callee(&self, id: u32) -> Option<&Callee> {
        self.calls.get(id as usize)
    }

    /// The value of a node that is constant.
    pub fn constant(&self, id: u32) -> Option<&Value> {
        self.constants.get(id as usize)?.as_ref()
    }

    /// Computes the constants below a node, and tells whether it is one itself.
    fn find_constants(&self, node: &Expr, found: &mut Vec<Option<Value>>) -> bool {
        let all = |found: &mut Vec<Option<Value>>, parts: &mut dyn Iterator<Item = &Expr>| {
            parts.fold(true, |all, part| self.find_constants(part, found) & all)
        };
        let is_constant = match &node.kind {
            Kind::Literal(_) => return true,
            Kind::Ident(_) => false,
            Kind::Select { operand, .. } => {
                self.find_constants(operand, found);
                false
            }
            Kind::Call { function, target, args } => {
                let parts = all(found, &mut target.iter().map(AsRef::as_ref).chain(args));
                parts && target.is_none() && args.len() == 1 && CONVERSIONS.contains(&function.as_str())
            }
            Kind::List(items) => all(found, &mut items.iter().map(|item| &item.value)) && !items.iter().any(|item| item.optional),
            Kind::Map(entries) => {
                all(found, &mut entries.iter().flat_map(|entry| [&entry.key, &entry.value]))
                    && !entries.iter().any(|entry| entry.optional)
            }
            Kind::Struct { fields, .. } => {
                all(found, &mut fields.iter().map(|field| &field.value));
                false
            }
            Kind::Comprehension(c) => {
                let parts = [&c.iter_range, &c.accu_init, &c.loop_condition, &c.loop_step, &c.result];
                all(found, &mut parts.into_iter());
                false
            }
        };
        let value = is_constant.then(|| {
            let mut machine = Machine::new(&Limits::FREE, &self.patterns);
            Evaluator::new(self, &[], &mut machine).evaluate(node).ok()
        });
        let Some(value) = value.flatten() else { return false };
        let at = node.id as usize;
        if found.len() <= at {
            found.resize(at + 1, None);
        }
        if let Some(place) = found.get_mut(at) {
            *place = Some(value);
        }
        true
    }
}

/// Looks up the functions of all calls. `bound` are the variables of the macros around.
fn resolve<'e>(node: &'e Expr, bound: &mut Vec<&'e str>, calls: &mut Vec<Callee>) {
    match &node.kind {
        Kind::Literal(_) | Kind::Ident(_) => {}
        Kind::Select { operand, .. } => resolve(operand, bound, calls),
        Kind::Call { function, target, args } => {
            let callee = callee(function, target.as_deref(), bound);
            let is_namespaced = callee.is_namespaced;
            if calls.len() <= node.id as usize {
                calls.resize(node.id as usize + 1, Callee::default());
            }
            if let Some(place) = calls.get_mut(node.id as usize) {
                *place = callee;
            }
            if let Some(target) = target.as_deref().filter(|_| !is_namespaced) {
                resolve(target, bound, calls);
            }
            args.iter().for_each(|part| resolve(part, bound, calls));
        }
        Kind::List(items) => items.iter().for_each(|item| resolve(&item.value, bound, calls)),
        Kind::Map(entries) => entries.iter().for_each(|entry| {
            resolve(&entry.key, bound, calls);
            resolve(&entry.value, bound, calls);
        }),
        Kind::Struct { fields, .. } => fields.iter().for_each(|field| resolve(&field.value, bound, calls)),
        Kind::Comprehension(c) => {
            resolve(&c.iter_range, bound, calls);
            resolve(&c.accu_init, bound, calls);
            let outside = bound.len();
            bound.extend([c.accu_var.as_str(), c.iter_var.as_str()]);
            bound.extend(c.iter_var2.as_deref());
            [&c.loop_condition, &c.loop_step, &c.result].into_iter().for_each(|part| resolve(part, bound, calls));
            bound.truncate(outside);
        }
    }
}

fn callee(function: &str, target: Option<&Expr>, bound: &[&str]) -> Callee {
    let function = function.strip_prefix('.').unwrap_or(function);
    if let Some(space) = target.and_then(qualified_name) {
        let first = space.split('.').next().unwrap_or_default();
        let overloads = library::overloads(&format!("{space}.{function}"));
        if !overloads.is_empty() && !bound.contains(&first) {
            return Callee { overloads: overloads.to_vec(), is_namespaced: true };
        }
    }
    Callee { overloads: library::overloads(function).to_vec(), is_namespaced: false }
}

/// The name that a chain of fields may be: `google.protobuf.Timestamp`.
pub fn qualified_name(node: &Expr) -> Option<String> {
    match &node.kind {
        Kind::Ident(name) => Some(name.trim_start_matches('.').to_owned()),
        Kind::Select { operand, field, test: false } => Some(format!("{}.{field}", qualified_name(operand)?)),
        _ => None,
    }
}
