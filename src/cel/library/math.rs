//! Mathematics: `math.greatest`, `math.ceil`, `math.bitAnd`.
//!
//! No version of Kubernetes has this library; assertions do. Behaviour: `ext/math.go` of cel-go.

use std::cmp::Ordering;

use super::super::compare::order;
use super::super::machine::{Failure, Machine};
use super::super::types::Signature::{self, Bool, Double, Dyn, Int, Uint};
use super::super::value::Value;
use super::row::{Library, NEVER, function, no_overload};

/// The functions.
pub static LIBRARY: Library = Library {
    name: "math",
    since: NEVER,
    until: None,
    overloads: &[
        function("math_@min_double", "math.@min", &[Double], Double, |m, args| best(m, args, Ordering::Less)),
        function("math_@min_int", "math.@min", &[Int], Int, |m, args| best(m, args, Ordering::Less)),
        function("math_@min_uint", "math.@min", &[Uint], Uint, |m, args| best(m, args, Ordering::Less)),
        function("math_@min_double_double", "math.@min", &[Double, Double], Double, |m, args| best(m, args, Ordering::Less)),
        function("math_@min_int_int", "math.@min", &[Int, Int], Int, |m, args| best(m, args, Ordering::Less)),
        function("math_@min_uint_uint", "math.@min", &[Uint, Uint], Uint, |m, args| best(m, args, Ordering::Less)),
        function("math_@min_int_uint", "math.@min", &[Int, Uint], Dyn, |m, args| best(m, args, Ordering::Less)),
        function("math_@min_int_double", "math.@min", &[Int, Double], Dyn, |m, args| best(m, args, Ordering::Less)),
        function("math_@min_double_int", "math.@min", &[Double, Int], Dyn, |m, args| best(m, args, Ordering::Less)),
        function("math_@min_double_uint", "math.@min", &[Double, Uint], Dyn, |m, args| best(m, args, Ordering::Less)),
        function("math_@min_uint_int", "math.@min", &[Uint, Int], Dyn, |m, args| best(m, args, Ordering::Less)),
        function("math_@min_uint_double", "math.@min", &[Uint, Double], Dyn, |m, args| best(m, args, Ordering::Less)),
        function("math_@min_list_double", "math.@min", &[Signature::List(&Double)], Double, |m, args| {
            best(m, args, Ordering::Less)
        }),
        function("math_@min_list_int", "math.@min", &[Signature::List(&Int)], Int, |m, args| best(m, args, Ordering::Less)),
        function("math_@min_list_uint", "math.@min", &[Signature::List(&Uint)], Uint, |m, args| best(m, args, Ordering::Less)),
        function("math_@max_double", "math.@max", &[Double], Double, |m, args| best(m, args, Ordering::Greater)),
        function("math_@max_int", "math.@max", &[Int], Int, |m, args| best(m, args, Ordering::Greater)),
        function("math_@max_uint", "math.@max", &[Uint], Uint, |m, args| best(m, args, Ordering::Greater)),
        function("math_@max_double_double", "math.@max", &[Double, Double], Double, |m, args| best(m, args, Ordering::Greater)),
        function("math_@max_int_int", "math.@max", &[Int, Int], Int, |m, args| best(m, args, Ordering::Greater)),
        function("math_@max_uint_uint", "math.@max", &[Uint, Uint], Uint, |m, args| best(m, args, Ordering::Greater)),
        function("math_@max_int_uint", "math.@max", &[Int, Uint], Dyn, |m, args| best(m, args, Ordering::Greater)),
        function("math_@max_int_double", "math.@max", &[Int, Double], Dyn, |m, args| best(m, args, Ordering::Greater)),
        function("math_@max_double_int", "math.@max", &[Double, Int], Dyn, |m, args| best(m, args, Ordering::Greater)),
        function("math_@max_double_uint", "math.@max", &[Double, Uint], Dyn, |m, args| best(m, args, Ordering::Greater)),
        function("math_@max_uint_int", "math.@max", &[Uint, Int], Dyn, |m, args| best(m, args, Ordering::Greater)),
        function("math_@max_uint_double", "math.@max", &[Uint, Double], Dyn, |m, args| best(m, args, Ordering::Greater)),
        function("math_@max_list_double", "math.@max", &[Signature::List(&Double)], Double, |m, args| {
            best(m, args, Ordering::Greater)
        }),
        function("math_@max_list_int", "math.@max", &[Signature::List(&Int)], Int, |m, args| best(m, args, Ordering::Greater)),
        function("math_@max_list_uint", "math.@max", &[Signature::List(&Uint)], Uint, |m, args| best(m, args, Ordering::Greater)),
        function("math_ceil_double", "math.ceil", &[Double], Double, |_, args| rounded(args, f64::ceil)),
        function("math_floor_double", "math.floor", &[Double], Double, |_, args| rounded(args, f64::floor)),
        function("math_round_double", "math.round", &[Double], Double, |_, args| rounded(args, f64::round)),
        function("math_trunc_double", "math.trunc", &[Double], Double, |_, args| rounded(args, f64::trunc)),
        function("math_isInf_double", "math.isInf", &[Double], Bool, |_, args| test(args, f64::is_infinite)),
        function("math_isNaN_double", "math.isNaN", &[Double], Bool, |_, args| test(args, f64::is_nan)),
        function("math_isFinite_double", "math.isFinite", &[Double], Bool, |_, args| test(args, f64::is_finite)),
        function("math_abs_double", "math.abs", &[Double], Double, absolute),
        function("math_abs_int", "math.abs", &[Int], Int, absolute),
        function("math_abs_uint", "math.abs", &[Uint], Uint, absolute),
        function("math_sign_double", "math.sign", &[Double], Double, sign),
        function("math_sign_int", "math.sign", &[Int], Int, sign),
        function("math_sign_uint", "math.sign", &[Uint], Uint, sign),
        function("math_sqrt_double", "math.sqrt", &[Double], Double, root),
        function("math_sqrt_int", "math.sqrt", &[Int], Double, root),
        function("math_sqrt_uint", "math.sqrt", &[Uint], Double, root),
        function("math_bitAnd_int_int", "math.bitAnd", &[Int, Int], Int, |_, args| bits(args, |a, b| a & b)),
        function("math_bitAnd_uint_uint", "math.bitAnd", &[Uint, Uint], Uint, |_, args| bits(args, |a, b| a & b)),
        function("math_bitOr_int_int", "math.bitOr", &[Int, Int], Int, |_, args| bits(args, |a, b| a | b)),
        function("math_bitOr_uint_uint", "math.bitOr", &[Uint, Uint], Uint, |_, args| bits(args, |a, b| a | b)),
        function("math_bitXor_int_int", "math.bitXor", &[Int, Int], Int, |_, args| bits(args, |a, b| a ^ b)),
        function("math_bitXor_uint_uint", "math.bitXor", &[Uint, Uint], Uint, |_, args| bits(args, |a, b| a ^ b)),
        function("math_bitNot_int_int", "math.bitNot", &[Int], Int, |_, args| match args {
            [Value::Int(value)] => Ok(Value::Int(!value)),
            [Value::Uint(value)] => Ok(Value::Uint(!value)),
            _ => Err(no_overload()),
        }),
        function("math_bitNot_uint_uint", "math.bitNot", &[Uint], Uint, |_, args| match args {
            [Value::Uint(value)] => Ok(Value::Uint(!value)),
            _ => Err(no_overload()),
        }),
        function("math_bitShiftLeft_int_int", "math.bitShiftLeft", &[Int, Int], Int, |_, args| shifted(args, u64::checked_shl)),
        function("math_bitShiftLeft_uint_int", "math.bitShiftLeft", &[Uint, Int], Uint, |_, args| {
            shifted(args, u64::checked_shl)
        }),
        function("math_bitShiftRight_int_int", "math.bitShiftRight", &[Int, Int], Int, |_, args| shifted(args, u64::checked_shr)),
        function("math_bitShiftRight_uint_int", "math.bitShiftRight", &[Uint, Int], Uint, |_, args| {
            shifted(args, u64::checked_shr)
        }),
    ],
};

/// The smallest or largest of numbers of any types.
fn best(machine: &mut Machine<'_>, args: &[Value], wanted: Ordering) -> Result<Value, Failure> {
    let values: Vec<Value> = match args {
        [Value::List(list)] => {
            machine.allocate_items(list.len())?;
            list.iter().collect()
        }
        _ => args.to_vec(),
    };
    let mut values = values.into_iter();
    let mut best = values.next().ok_or_else(|| Failure::error("math.@min or math.@max list must not be empty"))?;
    for value in values {
        if order(&value, &best).ok_or_else(no_overload)? == wanted {
            best = value;
        }
    }
    if matches!(best, Value::Int(_) | Value::Uint(_) | Value::Double(_)) { Ok(best) } else { Err(no_overload()) }
}

fn rounded(args: &[Value], round: fn(f64) -> f64) -> Result<Value, Failure> {
    match args {
        [Value::Double(value)] => Ok(Value::Double(round(*value))),
        _ => Err(no_overload()),
    }
}

fn test(args: &[Value], holds: fn(f64) -> bool) -> Result<Value, Failure> {
    match args {
        [Value::Double(value)] => Ok(Value::Bool(holds(*value))),
        _ => Err(no_overload()),
    }
}

fn absolute(_: &mut Machine<'_>, args: &[Value]) -> Result<Value, Failure> {
    match args {
        [Value::Int(value)] => value.checked_abs().map(Value::Int).ok_or_else(|| Failure::error("integer overflow")),
        [Value::Uint(value)] => Ok(Value::Uint(*value)),
        [Value::Double(value)] => Ok(Value::Double(value.abs())),
        _ => Err(no_overload()),
    }
}

fn sign(_: &mut Machine<'_>, args: &[Value]) -> Result<Value, Failure> {
    match args {
        [Value::Int(value)] => Ok(Value::Int(value.signum())),
        [Value::Uint(value)] => Ok(Value::Uint(u64::from(*value > 0))),
        [Value::Double(value)] if value.is_nan() || *value == 0.0 => Ok(Value::Double(*value)),
        [Value::Double(value)] => Ok(Value::Double(value.signum())),
        _ => Err(no_overload()),
    }
}

fn root(_: &mut Machine<'_>, args: &[Value]) -> Result<Value, Failure> {
    match args {
        [Value::Int(value)] => Ok(Value::Double((*value as f64).sqrt())),
        [Value::Uint(value)] => Ok(Value::Double((*value as f64).sqrt())),
        [Value::Double(value)] => Ok(Value::Double(value.sqrt())),
        _ => Err(no_overload()),
    }
}

fn bits(args: &[Value], operate: fn(u64, u64) -> u64) -> Result<Value, Failure> {
    match args {
        [Value::Int(a), Value::Int(b)] => Ok(Value::Int(operate(*a as u64, *b as u64) as i64)),
        [Value::Uint(a), Value::Uint(b)] => Ok(Value::Uint(operate(*a, *b))),
        _ => Err(no_overload()),
    }
}

/// Shifts; by 64 or more bits nothing remains.
fn shifted(args: &[Value], shift: fn(u64, u32) -> Option<u64>) -> Result<Value, Failure> {
    let by = |by: i64| match by {
        ..0 => Err(Failure::error("math.bitShift negative offset")),
        _ => Ok(u32::try_from(by).unwrap_or(u32::MAX)),
    };
    match args {
        [Value::Int(value), Value::Int(offset)] => Ok(Value::Int(shift(*value as u64, by(*offset)?).unwrap_or(0) as i64)),
        [Value::Uint(value), Value::Int(offset)] => Ok(Value::Uint(shift(*value, by(*offset)?).unwrap_or(0))),
        _ => Err(no_overload()),
    }
}
