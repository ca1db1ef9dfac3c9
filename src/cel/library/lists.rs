//! Lists: `slice`, `flatten`, `sort`, `distinct`, `lists.range`, `reverse`.
//!
//! Behaviour: `ext/lists.go` of cel-go; Kubernetes has version 3 since 1.34.

use std::cmp::Ordering;

use ecow::eco_format;

use super::super::compare::{equal, order};
use super::super::machine::{Failure, Machine};
use super::super::types::Signature::{self, Bool, Bytes, Double, Duration, Dyn, Int, String, Timestamp, Uint};
use super::super::value::{List, Value};
use super::row::{LIST_A, Library, function, int, list, method};

const LIST_DYN: Signature = Signature::List(&Dyn);

/// The functions.
pub static LIBRARY: Library = Library {
    name: "lists",
    since: 34,
    until: None,
    overloads: &[
        method("list_slice", "slice", &[LIST_A, Int, Int], LIST_A, slice),
        method("list_flatten", "flatten", &[Signature::List(&LIST_A)], LIST_A, flatten),
        method("list_flatten_int", "flatten", &[LIST_DYN, Int], LIST_DYN, flatten),
        function("lists_range", "lists.range", &[Int], Signature::List(&Int), range),
        method("list_reverse", "reverse", &[LIST_A], LIST_A, reverse),
        method("list_distinct", "distinct", &[LIST_A], LIST_A, distinct),
        method("list_int_sort", "sort", &[Signature::List(&Int)], Signature::List(&Int), sort),
        method("list_uint_sort", "sort", &[Signature::List(&Uint)], Signature::List(&Uint), sort),
        method("list_double_sort", "sort", &[Signature::List(&Double)], Signature::List(&Double), sort),
        method("list_bool_sort", "sort", &[Signature::List(&Bool)], Signature::List(&Bool), sort),
        method("list_google.protobuf.Duration_sort", "sort", &[Signature::List(&Duration)], Signature::List(&Duration), sort),
        method("list_google.protobuf.Timestamp_sort", "sort", &[Signature::List(&Timestamp)], Signature::List(&Timestamp), sort),
        method("list_string_sort", "sort", &[Signature::List(&String)], Signature::List(&String), sort),
        method("list_bytes_sort", "sort", &[Signature::List(&Bytes)], Signature::List(&Bytes), sort),
        method("list_int_sortByAssociatedKeys", "@sortByAssociatedKeys", &[LIST_A, Signature::List(&Int)], LIST_A, sort_by),
        method("list_uint_sortByAssociatedKeys", "@sortByAssociatedKeys", &[LIST_A, Signature::List(&Uint)], LIST_A, sort_by),
        method("list_double_sortByAssociatedKeys", "@sortByAssociatedKeys", &[LIST_A, Signature::List(&Double)], LIST_A, sort_by),
        method("list_bool_sortByAssociatedKeys", "@sortByAssociatedKeys", &[LIST_A, Signature::List(&Bool)], LIST_A, sort_by),
        method(
            "list_google.protobuf.Duration_sortByAssociatedKeys",
            "@sortByAssociatedKeys",
            &[LIST_A, Signature::List(&Duration)],
            LIST_A,
            sort_by,
        ),
        method(
            "list_google.protobuf.Timestamp_sortByAssociatedKeys",
            "@sortByAssociatedKeys",
            &[LIST_A, Signature::List(&Timestamp)],
            LIST_A,
            sort_by,
        ),
        method("list_string_sortByAssociatedKeys", "@sortByAssociatedKeys", &[LIST_A, Signature::List(&String)], LIST_A, sort_by),
        method("list_bytes_sortByAssociatedKeys", "@sortByAssociatedKeys", &[LIST_A, Signature::List(&Bytes)], LIST_A, sort_by),
    ],
};

fn slice(machine: &mut Machine<'_>, args: &[Value]) -> Result<Value, Failure> {
    let (list, start, end) = (list(args, 0)?, int(args, 1)?, int(args, 2)?);
    let wrong = |why: &str| Failure::Error(eco_format!("cannot slice({start}, {end}), {why}"));
    let (Ok(from), Ok(to)) = (usize::try_from(start), usize::try_from(end)) else {
        return Err(wrong("negative indexes not supported"));
    };
    if from > to {
        return Err(wrong("start index must be less than or equal to end index"));
    }
    if to > list.len() {
        return Err(wrong(&eco_format!("list is length {}", list.len())));
    }
    machine.allocate_items(to - from)?;
    Ok(Value::list((from..to).filter_map(|at| list.get(at)).collect()))
}

fn flatten(machine: &mut Machine<'_>, args: &[Value]) -> Result<Value, Failure> {
    let depth = if args.len() > 1 { int(args, 1)? } else { 1 };
    if depth < 0 {
        return Err(Failure::error("level must be non-negative"));
    }
    let mut out = Vec::new();
    flatten_into(list(args, 0)?, depth, &mut out, machine)?;
    Ok(Value::list(out))
}

fn flatten_into(list: &List, depth: i64, out: &mut Vec<Value>, machine: &mut Machine<'_>) -> Result<(), Failure> {
    for item in list.iter() {
        machine.allocate_items(1)?;
        match item {
            Value::List(inner) if depth > 0 => flatten_into(&inner, depth - 1, out, machine)?,
            item => out.push(item),
        }
    }
    Ok(())
}

fn range(machine: &mut Machine<'_>, args: &[Value]) -> Result<Value, Failure> {
    let count = int(args, 0)?.max(0);
    machine.allocate_items(usize::try_from(count).unwrap_or(usize::MAX))?;
    Ok(Value::list((0..count).map(Value::Int).collect()))
}

fn reverse(machine: &mut Machine<'_>, args: &[Value]) -> Result<Value, Failure> {
    let list = list(args, 0)?;
    machine.allocate_items(list.len())?;
    Ok(Value::list((0..list.len()).rev().filter_map(|at| list.get(at)).collect()))
}

fn distinct(machine: &mut Machine<'_>, args: &[Value]) -> Result<Value, Failure> {
    let list = list(args, 0)?;
    machine.allocate_items(list.len())?;
    let mut unique: Vec<Value> = Vec::new();
    for item in list.iter() {
        let mut seen = false;
        for other in &unique {
            machine.spend(1)?;
            seen = equal(&item, other, machine)?;
            if seen {
                break;
            }
        }
        if !seen {
            unique.push(item);
        }
    }
    Ok(Value::list(unique))
}

fn sort(machine: &mut Machine<'_>, args: &[Value]) -> Result<Value, Failure> {
    let list = list(args, 0)?;
    sorted(list, list, machine)
}

fn sort_by(machine: &mut Machine<'_>, args: &[Value]) -> Result<Value, Failure> {
    sorted(list(args, 0)?, list(args, 1)?, machine)
}

/// The items in the order of their keys.
fn sorted(list: &List, keys: &List, machine: &mut Machine<'_>) -> Result<Value, Failure> {
    if list.len() != keys.len() {
        return Err(Failure::error("there must be as many keys as items"));
    }
    // Each item is looked at about log(n) times.
    machine.spend(list.len() as u64 * u64::from(list.len().checked_ilog2().unwrap_or(0)))?;
    machine.allocate_items(list.len() * 2)?;
    let mut items: Vec<(Value, Value)> = keys.iter().zip(list.iter()).collect();
    if let Some((first, _)) = items.first() {
        if order(first, first).is_none() && !matches!(first, Value::Double(_)) {
            return Err(Failure::error("list elements must be comparable"));
        }
        if items.iter().any(|(key, _)| key.type_name() != first.type_name()) {
            return Err(Failure::error("list elements must have the same type"));
        }
    }
    items.sort_by(|(a, _), (b, _)| order(a, b).unwrap_or(Ordering::Equal));
    Ok(Value::list(items.into_iter().map(|(_, item)| item).collect()))
}
