//! What functions of cel-go's extensions for sets and lists cost.
//!
//! Behaviour: `ext/sets.go`, `ext/lists.go` and `ext/costs.go` of cel-go.

use super::super::ast::{Kind, Literal};
use super::estimator::{Call, NEW_LIST, Node, STRING};
use super::range::Range;

/// What a call costs without its arguments; `None` if it is not such a function.
pub(super) fn call(id: &str, target: Option<&Node<'_>>, args: &[Node<'_>]) -> Option<Call> {
    let size = |node: &Node<'_>| node.size.unwrap_or(Range::UNKNOWN);
    let squared = |of: Range| of.times(of);
    Some(match (id, target, args) {
        ("list_sets_contains_list" | "list_sets_intersects_list", _, [a, b]) => compared(size(a).times(size(b)), 1.0),
        ("list_sets_equivalent_list", _, [a, b]) => compared(size(a).times(size(b)), 2.0),
        ("list_slice", Some(list), [start, end]) => {
            let (start, end) = (number(start, 0), number(end, size(list).max));
            made(1.0, Range::exactly(end.wrapping_sub(start)))
        }
        ("lists_range", None, [count]) => made(1.0, Range::exactly(number(count, u64::MAX))),
        ("list_reverse", Some(list), []) => made(1.0, size(list)),
        ("list_flatten", Some(list), []) => made(1.0, size(list)),
        ("list_flatten_int", Some(list), [depth]) => made(number(depth, u64::MAX) as f64, size(list)),
        ("list_distinct", Some(list), []) => made(2.0, squared(size(list))),
        (id, Some(list), []) if id.starts_with("list_") && id.ends_with("_sort") => made(sorting(id), squared(size(list))),
        (id, Some(_), [keys]) if id.ends_with("_sortByAssociatedKeys") => made(sorting(id), squared(size(keys))),
        _ => return None,
    })
}

fn compared(pairs: Range, factor: f64) -> Call {
    Call { cost: pairs.scaled(factor).plus(Range::ONE), size: None }
}

/// A new list of this size.
fn made(factor: f64, size: Range) -> Call {
    Call { cost: size.scaled(factor).plus(Range::ONE).plus(NEW_LIST), size: Some(size) }
}

/// Strings and bytes are traversed when they are compared.
fn sorting(id: &str) -> f64 {
    if id.contains("_string_") || id.contains("_bytes_") { 2.0 + STRING } else { 2.0 }
}

/// A number that is written out.
fn number(node: &Node<'_>, otherwise: u64) -> u64 {
    match node.expr.map(|expr| &expr.kind) {
        Some(Kind::Literal(Literal::Int(value))) => u64::try_from(*value).unwrap_or(0),
        _ => otherwise,
    }
}
