//! What the built-in functions cost.
//!
//! Behaviour: `functionCost` of cel-go's `checker/cost.go`.

use super::super::ast::Expr;
use super::estimator::{Call, Coster, Node, PATTERN, STRING};
use super::range::Range;

impl<'c> Coster<'c> {
    /// What a call costs, with its arguments.
    pub(super) fn function(
        &mut self,
        expr: &Expr,
        function: &str,
        id: &str,
        target: Option<&Node<'_>>,
        args: &[Node<'_>],
        costs: &[Range],
    ) -> Call {
        let of_args = costs.iter().fold(Range::ZERO, |sum, cost| sum.plus(*cost));
        let ours = super::extensions::call(id, target, args);
        let ours = ours.or_else(|| super::kubernetes::call(self.sizes, function, id, target, args));
        if let Some(call) = ours {
            return Call { cost: call.cost.plus(of_args), ..call };
        }
        if let ("logical_or" | "logical_and", [left, right]) = (id, costs) {
            // The right one may not be evaluated.
            return Call { cost: Range { min: left.min, max: left.plus(*right).max }, size: None };
        }
        if let ("conditional", [_, yes, no], [condition, of_yes, of_no]) = (id, args, costs) {
            self.set_entries(expr, self.both(yes, no));
            return Call { cost: condition.plus(of_yes.union(*of_no)), size: Some(size(yes).union(size(no))) };
        }
        if let ("add_string" | "add_bytes" | "add_list", [a, b]) = (id, args) {
            self.set_entries(expr, self.both(a, b));
        }
        let call = of_values(id, target, args);
        Call { cost: call.cost.plus(of_args), ..call }
    }

    /// The sizes of the entries of two containers, if both are known.
    fn both(&self, a: &Node<'_>, b: &Node<'_>) -> Option<super::estimator::Entries> {
        let (a, b) = (self.entries_of(a.expr?)?, self.entries_of(b.expr?)?);
        Some(a.union(b))
    }
}

fn size(node: &Node<'_>) -> Range {
    node.size.unwrap_or(Range::UNKNOWN)
}

/// What a call costs by the sizes of its arguments.
fn of_values(id: &str, target: Option<&Node<'_>>, args: &[Node<'_>]) -> Call {
    let only = |cost: Range| Call { cost, size: None };
    let sized = |cost: Range, size: Range| Call { cost, size: Some(size) };
    match (id, target, args) {
        ("string_format", Some(target), _) => only(size(target).scaled(STRING)),
        ("string_to_bytes", _, [arg]) => {
            let of = size(arg);
            // Every character becomes four bytes at most.
            sized(of.scaled(STRING), Range { min: of.min, max: of.max.wrapping_mul(4) })
        }
        ("bytes_to_string", _, [arg]) => {
            let of = size(arg);
            sized(of.scaled(STRING), Range { min: of.min / 4, max: of.max })
        }
        ("strings_quote", _, [arg]) => {
            let of = size(arg);
            // Every character is escaped at most, and there are two quotes.
            let max = of.max.wrapping_mul(2).wrapping_add(2);
            sized(of.scaled(STRING), Range { min: of.min.saturating_add(2), max })
        }
        ("starts_with_string" | "ends_with_string", _, [arg]) => only(size(arg).scaled(STRING)),
        ("in_list", _, [_, list]) => only(size(list).scaled(1.0)),
        ("matches_string", Some(target), [pattern]) => {
            let text = size(target).plus(Range::ONE).scaled(STRING);
            only(text.times(size(pattern).scaled(PATTERN)))
        }
        ("contains_string", Some(target), [part]) => only(size(target).scaled(STRING).times(size(part).scaled(STRING))),
        ("add_list", _, [a, b]) => sized(Range::ONE, size(a).plus(size(b))),
        ("add_string" | "add_bytes", _, [a, b]) => {
            let of = size(a).plus(size(b));
            sized(of.scaled(STRING), of)
        }
        (id, _, [a, b]) if compares_all(id) => {
            let max = size(a).max.min(size(b).max);
            only(Range { min: u64::from(max > 0), max }.scaled(STRING))
        }
        _ => only(Range::ONE),
    }
}

/// Whether the arguments are traversed to compare them.
fn compares_all(id: &str) -> bool {
    matches!(id, "equals" | "not_equals")
        || ["less_", "less_equals_", "greater_", "greater_equals_"]
            .iter()
            .any(|order| matches!(id.strip_prefix(order), Some("string" | "bytes")))
}
