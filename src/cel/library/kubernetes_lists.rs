//! Kubernetes' own functions for lists: `sum`, `min`, `max`, `isSorted`, `indexOf`.
//!
//! Behaviour: `lists.go` of Kubernetes.

use std::cmp::Ordering;

use super::super::compare::{equal, order};
use super::super::machine::{Failure, Machine};
use super::super::types::Signature::{self, Bool, Bytes, Double, Duration, Dyn, Int, String, Timestamp, Uint};
use super::super::value::{List, Value};
use super::row::{A, LIST_A, Library, list, method, no_overload};

/// The functions.
pub static LIBRARY: Library = Library {
    name: "Kubernetes lists",
    since: 0,
    until: None,
    overloads: &[
        method("list_int_is_sorted_bool", "isSorted", &[Signature::List(&Int)], Bool, is_sorted),
        method("list_uint_is_sorted_bool", "isSorted", &[Signature::List(&Uint)], Bool, is_sorted),
        method("list_double_is_sorted_bool", "isSorted", &[Signature::List(&Double)], Bool, is_sorted),
        method("list_bool_is_sorted_bool", "isSorted", &[Signature::List(&Bool)], Bool, is_sorted),
        method("list_duration_is_sorted_bool", "isSorted", &[Signature::List(&Duration)], Bool, is_sorted),
        method("list_timestamp_is_sorted_bool", "isSorted", &[Signature::List(&Timestamp)], Bool, is_sorted),
        method("list_string_is_sorted_bool", "isSorted", &[Signature::List(&String)], Bool, is_sorted),
        method("list_bytes_is_sorted_bool", "isSorted", &[Signature::List(&Bytes)], Bool, is_sorted),
        method("list_int_sum_int", "sum", &[Signature::List(&Int)], Int, |machine, args| sum(machine, args, Value::Int(0))),
        method("list_uint_sum_uint", "sum", &[Signature::List(&Uint)], Uint, |machine, args| sum(machine, args, Value::Uint(0))),
        method("list_double_sum_double", "sum", &[Signature::List(&Double)], Double, |machine, args| {
            sum(machine, args, Value::Double(0.0))
        }),
        method("list_duration_sum_duration", "sum", &[Signature::List(&Duration)], Duration, |machine, args| {
            sum(machine, args, Value::Duration(0))
        }),
        method("list_int_max_int", "max", &[Signature::List(&Int)], Int, |machine, args| {
            extreme(machine, args, Ordering::Greater)
        }),
        method("list_uint_max_uint", "max", &[Signature::List(&Uint)], Uint, |machine, args| {
            extreme(machine, args, Ordering::Greater)
        }),
        method("list_double_max_double", "max", &[Signature::List(&Double)], Double, |machine, args| {
            extreme(machine, args, Ordering::Greater)
        }),
        method("list_bool_max_bool", "max", &[Signature::List(&Bool)], Bool, |machine, args| {
            extreme(machine, args, Ordering::Greater)
        }),
        method("list_duration_max_duration", "max", &[Signature::List(&Duration)], Duration, |machine, args| {
            extreme(machine, args, Ordering::Greater)
        }),
        method("list_timestamp_max_timestamp", "max", &[Signature::List(&Timestamp)], Timestamp, |machine, args| {
            extreme(machine, args, Ordering::Greater)
        }),
        method("list_string_max_string", "max", &[Signature::List(&String)], String, |machine, args| {
            extreme(machine, args, Ordering::Greater)
        }),
        method("list_bytes_max_bytes", "max", &[Signature::List(&Bytes)], Bytes, |machine, args| {
            extreme(machine, args, Ordering::Greater)
        }),
        method("list_int_min_int", "min", &[Signature::List(&Int)], Int, |machine, args| extreme(machine, args, Ordering::Less)),
        method("list_uint_min_uint", "min", &[Signature::List(&Uint)], Uint, |machine, args| {
            extreme(machine, args, Ordering::Less)
        }),
        method("list_double_min_double", "min", &[Signature::List(&Double)], Double, |machine, args| {
            extreme(machine, args, Ordering::Less)
        }),
        method("list_bool_min_bool", "min", &[Signature::List(&Bool)], Bool, |machine, args| {
            extreme(machine, args, Ordering::Less)
        }),
        method("list_duration_min_duration", "min", &[Signature::List(&Duration)], Duration, |machine, args| {
            extreme(machine, args, Ordering::Less)
        }),
        method("list_timestamp_min_timestamp", "min", &[Signature::List(&Timestamp)], Timestamp, |machine, args| {
            extreme(machine, args, Ordering::Less)
        }),
        method("list_string_min_string", "min", &[Signature::List(&String)], String, |machine, args| {
            extreme(machine, args, Ordering::Less)
        }),
        method("list_bytes_min_bytes", "min", &[Signature::List(&Bytes)], Bytes, |machine, args| {
            extreme(machine, args, Ordering::Less)
        }),
        method("list_a_index_of_int", "indexOf", &[LIST_A, A], Int, |machine, args| position(machine, args, false)),
        method("list_a_last_index_of_int", "lastIndexOf", &[LIST_A, A], Int, |machine, args| position(machine, args, true)),
    ],
};

/// Since version 1 of the library.
pub static INCLUDES: Library = Library {
    name: "Kubernetes lists",
    since: 37,
    until: None,
    overloads: &[method("list_includes_dyn_dyn", "includes", &[Dyn, Dyn], Bool, |machine, args| match args {
        [Value::List(list), item] => Ok(Value::Bool(find(list.len(), list, item, machine, false)?.is_some())),
        [value, other] => Ok(Value::Bool(equal(value, other, machine)?)),
        _ => Err(no_overload()),
    })],
};

fn is_sorted(machine: &mut Machine<'_>, args: &[Value]) -> Result<Value, Failure> {
    let list = list(args, 0)?;
    machine.spend(list.len() as u64)?;
    let mut previous: Option<Value> = None;
    for item in list.iter() {
        if let Some(previous) = previous
            && order(&previous, &item).ok_or_else(no_overload)? == Ordering::Greater
        {
            return Ok(Value::Bool(false));
        }
        previous = Some(item);
    }
    Ok(Value::Bool(true))
}

fn sum(machine: &mut Machine<'_>, args: &[Value], zero: Value) -> Result<Value, Failure> {
    let list = list(args, 0)?;
    machine.spend(list.len() as u64)?;
    let overflow = || Failure::error("integer overflow");
    list.iter().try_fold(zero, |sum, item| {
        Ok(match (sum, item) {
            (Value::Int(a), Value::Int(b)) => Value::Int(a.checked_add(b).ok_or_else(overflow)?),
            (Value::Uint(a), Value::Uint(b)) => Value::Uint(a.checked_add(b).ok_or_else(overflow)?),
            (Value::Double(a), Value::Double(b)) => Value::Double(a + b),
            (Value::Duration(a), Value::Duration(b)) => Value::Duration(a.checked_add(b).ok_or_else(overflow)?),
            _ => return Err(no_overload()),
        })
    })
}

fn extreme(machine: &mut Machine<'_>, args: &[Value], wanted: Ordering) -> Result<Value, Failure> {
    let list = list(args, 0)?;
    machine.spend(list.len() as u64)?;
    let mut items = list.iter();
    let name = if wanted == Ordering::Less { "min called on empty list" } else { "max called on empty list" };
    let mut best = items.next().ok_or_else(|| Failure::error(name))?;
    for item in items {
        if order(&item, &best).ok_or_else(no_overload)? == wanted {
            best = item;
        }
    }
    Ok(best)
}

fn position(machine: &mut Machine<'_>, args: &[Value], last: bool) -> Result<Value, Failure> {
    let [Value::List(list), item] = args else { return Err(no_overload()) };
    let found = find(list.len(), list, item, machine, last)?;
    Ok(Value::Int(found.and_then(|at| i64::try_from(at).ok()).unwrap_or(-1)))
}

fn find(count: usize, list: &List, item: &Value, machine: &mut Machine<'_>, last: bool) -> Result<Option<usize>, Failure> {
    for step in 0..count {
        machine.spend(1)?;
        let at = if last { count - 1 - step } else { step };
        if equal(&list.get(at).unwrap_or(Value::Null), item, machine)? {
            return Ok(Some(at));
        }
    }
    Ok(None)
}
