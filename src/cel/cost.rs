//! The actual cost of a call, as an API server counts it.
//!
//! Behavior: `interpreter/runtimecost.go` and `ext/lists.go` of cel-go, and `cost.go` of Kubernetes, which takes precedence.

use super::library::{Overload, pattern_size};
use super::machine::{Failure, Machine};
use super::value::{List, Value};

/// The cost of a variable, and of each access to a field or item of it.
pub const SELECT: u64 = 1;
/// The cost of creating a list.
pub const LIST: u64 = 10;
/// The cost of creating a map.
pub const MAP: u64 = 30;

/// A tenth of the number of traversed characters, rounded up.
fn tenth(size: u64) -> u64 {
    size.div_ceil(10)
}

/// The cost of a call with this result.
///
/// # Errors
/// The values are too large to traverse.
pub fn of_call(overload: &Overload, args: &[Value], result: &Value, machine: &mut Machine<'_>) -> Result<u64, Failure> {
    let size = |at: usize| args.get(at).map_or(0, Value::size);
    if let "isSorted" | "sum" | "max" | "min" | "indexOf" | "lastIndexOf" | "includes" = overload.function {
        return args.first().map_or(Ok(0), |value| traversal(value, machine));
    }
    let special = of_lists(overload, args, result).or_else(|| of_kubernetes(overload, args, result));
    Ok(special.unwrap_or_else(|| match overload.id {
        "starts_with_string" | "ends_with_string" | "string_to_bytes" | "bytes_to_string" | "strings_quote" | "string_format" => {
            tenth(size(0))
        }
        "in_list" => size(1),
        "less_string"
        | "greater_string"
        | "less_equals_string"
        | "greater_equals_string"
        | "less_bytes"
        | "greater_bytes"
        | "less_equals_bytes"
        | "greater_equals_bytes"
        | "equals"
        | "not_equals" => tenth(size(0).min(size(1))),
        "add_string" | "add_bytes" => tenth(size(0) + size(1)),
        "matches_string" => of_pattern(size(0), size(1)),
        "contains_string" => tenth(size(0)) * tenth(size(1)),
        _ => 1,
    }))
}

fn of_pattern(text: u64, pattern: u64) -> u64 {
    tenth(1 + text).saturating_mul(pattern.div_ceil(4))
}

/// The cost of functions of the list library.
fn of_lists(overload: &Overload, args: &[Value], result: &Value) -> Option<u64> {
    let size = args.first().map_or(0, Value::size);
    let created = |cost: u64| Some(cost.saturating_add(1 + LIST));
    match (overload.id, args) {
        ("list_slice" | "lists_range" | "list_reverse", _) => created(result.size()),
        ("list_flatten", _) => created(size),
        ("list_flatten_int", [_, Value::Int(depth)]) => created(size.saturating_mul(u64::try_from(*depth).unwrap_or(0))),
        ("list_distinct", [Value::List(list)]) => created(among_themselves(list)),
        (_, [Value::List(list)]) if overload.function == "sort" => created(among_themselves(list)),
        (_, [_, Value::List(keys)]) if overload.function == "@sortByAssociatedKeys" => created(among_themselves(keys)),
        _ => None,
    }
}

/// The cost of comparing each item with each item of another list.
fn among_themselves(list: &List) -> u64 {
    let pairs = (list.len() as u64).saturating_mul(list.len() as u64);
    match list.get(0) {
        Some(Value::String(_) | Value::Bytes(_)) => pairs.saturating_mul(2).saturating_add(tenth(pairs)),
        _ => pairs.saturating_mul(2),
    }
}

/// The cost of Kubernetes' own functions, and of functions whose cost it overrides.
fn of_kubernetes(overload: &Overload, args: &[Value], result: &Value) -> Option<u64> {
    let size = |at: usize| args.get(at).map_or(0, Value::size);
    Some(match overload.function {
        "check" => 350_000,
        "url"
        | "lowerAscii"
        | "upperAscii"
        | "substring"
        | "trim"
        | "jsonpatch.escapeKey"
        | "cidr"
        | "isIP"
        | "isCIDR"
        | "quantity"
        | "isQuantity"
        | "semver"
        | "isSemver" => tenth(size(0)),
        "replace" | "split" | "ip.isCanonical" => (size(0) * 2).div_ceil(10),
        "join" => (result.size() * 2).div_ceil(10),
        "find" | "findAll" => of_pattern(size(0), size(1)),
        "ip" => {
            if overload.member {
                1
            } else {
                tenth(size(0))
            }
        }
        "containsIP" => tenth(size(0) * 2) + if overload.id == "cidr_contains_ip_string" { tenth(size(1)) } else { 0 },
        "containsCIDR" => {
            let parsed = if overload.id == "cidr_contains_cidr_string" { tenth(size(1)) } else { 0 };
            tenth(size(0) * 2) + tenth(size(0)) + 1 + parsed
        }
        "validate" => of_pattern(size(1), args.first().and_then(pattern_size)?),
        "_==_" if matches!(args.first(), Some(Value::Opaque(_))) => 1,
        _ => return None,
    })
}

/// The cost of traversing a value and everything in it once.
fn traversal(value: &Value, machine: &mut Machine<'_>) -> Result<u64, Failure> {
    machine.spend(1)?;
    Ok(match value {
        Value::String(text) => text.len() as u64 / 10,
        Value::Bytes(bytes) => bytes.len() as u64 / 10,
        Value::List(list) => list.iter().try_fold(0, |cost, item| Ok(cost + traversal(&item, machine)?))?,
        Value::Map(map) => map.keys().into_iter().try_fold(0, |cost, key| {
            let value = map.get(&key).unwrap_or(Value::Null);
            Ok(cost + traversal(&key.value(), machine)? + traversal(&value, machine)?)
        })?,
        _ => 1,
    })
}
