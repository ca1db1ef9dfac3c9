//! Equality and order of values, across the types of numbers.
//!
//! Behavior: `Equal` and `Compare` of the types of cel-go (`common/types/compare.go`). Values of different types are unequal;
//! numbers are compared by their exact values.

use std::cmp::Ordering;

use super::machine::{Failure, Machine};
use super::value::{Map, Value};

/// Whether two values are equal.
///
/// # Errors
/// The values are too large to compare.
pub fn equal(a: &Value, b: &Value, machine: &mut Machine<'_>) -> Result<bool, Failure> {
    Ok(match (a, b) {
        (Value::List(a), Value::List(b)) => {
            if a.len() != b.len() {
                return Ok(false);
            }
            machine.spend(a.len() as u64)?;
            for (a, b) in a.iter().zip(b.iter()) {
                if !equal(&a, &b, machine)? {
                    return Ok(false);
                }
            }
            true
        }
        (Value::Map(a), Value::Map(b)) => return equal_maps(a, b, machine),
        (Value::Optional(Some(a)), Value::Optional(Some(b))) => return equal(a, b, machine),
        (Value::Optional(a), Value::Optional(b)) => a.is_none() && b.is_none(),
        (Value::String(a), Value::String(b)) => {
            machine.spend(a.len().min(b.len()) as u64 / 64)?;
            a == b
        }
        _ => equal_scalars(a, b),
    })
}

fn equal_maps(a: &Map, b: &Map, machine: &mut Machine<'_>) -> Result<bool, Failure> {
    if a.len() != b.len() {
        return Ok(false);
    }
    machine.spend(a.len() as u64)?;
    for key in a.keys() {
        let (Some(a), Some(b)) = (a.get(&key), b.get(&key)) else { return Ok(false) };
        if !equal(&a, &b, machine)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn equal_scalars(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Bytes(a), Value::Bytes(b)) => a == b,
        (Value::Timestamp(a), Value::Timestamp(b)) => a == b,
        (Value::Duration(a), Value::Duration(b)) => a == b,
        (Value::Type(a), Value::Type(b)) => a == b,
        (Value::Opaque(a), Value::Opaque(b)) => a.equals(&**b),
        _ => numbers(a, b) == Some(Ordering::Equal),
    }
}

/// The order of two values; `None` if they have no order.
pub fn order(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        (Value::String(a), Value::String(b)) => Some(a.as_bytes().cmp(b.as_bytes())),
        (Value::Bytes(a), Value::Bytes(b)) => Some(a.cmp(b)),
        (Value::Timestamp(a), Value::Timestamp(b)) => Some(a.cmp(b)),
        (Value::Duration(a), Value::Duration(b)) => Some(a.cmp(b)),
        _ => numbers(a, b),
    }
}

fn numbers(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Double(a), Value::Double(b)) => a.partial_cmp(b),
        (Value::Double(a), _) => with_double(*a, whole(b)?),
        (_, Value::Double(b)) => with_double(*b, whole(a)?).map(Ordering::reverse),
        _ => Some(whole(a)?.cmp(&whole(b)?)),
    }
}

fn whole(value: &Value) -> Option<i128> {
    match value {
        Value::Int(value) => Some(i128::from(*value)),
        Value::Uint(value) => Some(i128::from(*value)),
        _ => None,
    }
}

/// Compares a float with a 64-bit integer: outside the range of integers the float is larger or smaller, otherwise both are
/// compared as floats.
fn with_double(float: f64, whole: i128) -> Option<Ordering> {
    if float < -9_223_372_036_854_775_808.0 {
        return Some(Ordering::Less);
    }
    if float > 18_446_744_073_709_551_615.0 {
        return Some(Ordering::Greater);
    }
    float.partial_cmp(&(whole as f64))
}
