//! An expression whose functions are looked up, and whose constants are known.

use super::ast::{Expr, Kind};
use super::library::{self, Overload};
use super::machine::Patterns;
use super::value::Value;
use super::walk::qualified_name;

/// An expression that can be evaluated.
#[derive(Debug)]
pub struct Program {
    pub(super) expr: Expr,
    pub(super) calls: Vec<Callee>,
    pub(super) constants: Vec<Option<Value>>,
    pub(super) patterns: Patterns,
}

/// What a call calls.
#[derive(Clone, Debug, Default)]
pub struct Callee {
    /// The functions that it may be.
    pub overloads: Vec<&'static Overload>,
    /// Whether the receiver is only the first word of the name, as in `math.abs(x)`.
    pub is_namespaced: bool,
}

impl Program {
    /// Whether it looks at a variable.
    pub fn uses(&self, variable: &str) -> bool {
        let mut found = false;
        self.expr.walk(&mut |node| found |= matches!(&node.kind, Kind::Ident(name) if name == variable));
        found
    }

    /// What a call calls.
    pub fn callee(&self, id: u32) -> Option<&Callee> {
        self.calls.get(id as usize)
    }

    /// The value of a node that is constant.
    pub fn constant(&self, id: u32) -> Option<&Value> {
        self.constants.get(id as usize)?.as_ref()
    }
}

/// Looks up the functions of all calls. `bound` are the variables of the macros around.
pub(super) fn resolve<'e>(node: &'e Expr, bound: &mut Vec<&'e str>, calls: &mut Vec<Callee>) {
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
