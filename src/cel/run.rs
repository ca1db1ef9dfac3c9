//! An expression made ready to be evaluated: its functions are looked up, its constants computed.
//!
//! What the API server computes once costs nothing each time (`interpreter/decorators.go` of cel-go, `OptOptimize`): lists and
//! maps of literals, conversions of literals, and the search in such lists.

use super::ast::{Expr, Kind};
use super::check::Checked;
use super::evaluate::Evaluator;
use super::machine::{Failure, Limits, Machine, Patterns};
use super::program::{Callee, Program, resolve};
use super::value::Value;

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

    /// Evaluates it with these variables.
    pub fn evaluate(&self, variables: &[(&str, Value)], limits: &Limits) -> Evaluation {
        let mut machine = Machine::new(limits, &self.patterns);
        let result = Evaluator::new(self, variables, &mut machine).evaluate(&self.expr);
        Evaluation { result, cost: machine.cost() }
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
