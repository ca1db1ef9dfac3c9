//! Lists as sets. Behaviour: `ext/sets.go` of cel-go.

use super::super::compare::equal;
use super::super::machine::{Failure, Machine};
use super::super::types::Signature::Bool;
use super::super::value::{List, Value};
use super::row::{LIST_A, Library, function, list};

/// The functions.
pub static LIBRARY: Library = Library {
    name: "sets",
    since: 29,
    until: None,
    overloads: &[
        function("list_sets_contains_list", "sets.contains", &[LIST_A, LIST_A], Bool, |machine, args| {
            within(list(args, 1)?, list(args, 0)?, machine).map(Value::Bool)
        }),
        function("list_sets_equivalent_list", "sets.equivalent", &[LIST_A, LIST_A], Bool, |machine, args| {
            let (a, b) = (list(args, 0)?, list(args, 1)?);
            Ok(Value::Bool(within(a, b, machine)? && within(b, a, machine)?))
        }),
        function("list_sets_intersects_list", "sets.intersects", &[LIST_A, LIST_A], Bool, |machine, args| {
            let (a, b) = (list(args, 0)?, list(args, 1)?);
            for item in a.iter() {
                if has(b, &item, machine)? {
                    return Ok(Value::Bool(true));
                }
            }
            Ok(Value::Bool(false))
        }),
    ],
};

fn within(part: &List, whole: &List, machine: &mut Machine<'_>) -> Result<bool, Failure> {
    for item in part.iter() {
        if !has(whole, &item, machine)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn has(list: &List, item: &Value, machine: &mut Machine<'_>) -> Result<bool, Failure> {
    for other in list.iter() {
        machine.spend(1)?;
        if equal(&other, item, machine)? {
            return Ok(true);
        }
    }
    Ok(false)
}
