//! Conversions between types: `int('1')`, `string(1.5)`, `type(x)`.
//!
//! Behaviour: `ConvertToType` of the types of cel-go, with Go's rules for reading and printing.

use std::str;

use ecow::eco_format;

use super::super::machine::{Failure, Machine};
use super::super::number::{parse_bool, parse_double, print_double};
use super::super::time::{from_seconds, parse_duration, parse_time, print_duration, print_time};
use super::super::types::Signature::{self, Bool, Bytes, Double, Duration, Dyn, Int, String, Timestamp, Uint};
use super::super::value::Value;
use super::row::{self, A, Library, function, no_overload};

/// The conversions.
pub static LIBRARY: Library = Library {
    name: "conversions",
    since: 0,
    until: None,
    overloads: &[
        function("type", "type", &[A], Signature::Type(&A), |_, args| match args {
            [value] => Ok(Value::Type(value.type_name())),
            _ => Err(no_overload()),
        }),
        function("to_dyn", "dyn", &[A], Dyn, same),
        function("bool_to_bool", "bool", &[Bool], Bool, same),
        function("string_to_bool", "bool", &[String], Bool, |_, args| {
            parsed(args, "bool", |text| parse_bool(text).map(Value::Bool))
        }),
        function("bytes_to_bytes", "bytes", &[Bytes], Bytes, same),
        function("string_to_bytes", "bytes", &[String], Bytes, |machine, args| {
            let text = row::text(args, 0)?;
            machine.allocate(text.len())?;
            Ok(Value::Bytes(text.as_bytes().into()))
        }),
        function("double_to_double", "double", &[Double], Double, same),
        function("int64_to_double", "double", &[Int], Double, double),
        function("string_to_double", "double", &[String], Double, |_, args| {
            parsed(args, "double", |text| parse_double(text).map(Value::Double))
        }),
        function("uint64_to_double", "double", &[Uint], Double, double),
        function("duration_to_duration", "duration", &[Duration], Duration, same),
        function("string_to_duration", "duration", &[String], Duration, |_, args| {
            parsed(args, "duration", |text| parse_duration(text).map(Value::Duration))
        }),
        function("int64_to_int64", "int", &[Int], Int, same),
        function("double_to_int64", "int", &[Double], Int, int),
        function("duration_to_int64", "int", &[Duration], Int, int),
        function("string_to_int64", "int", &[String], Int, |_, args| {
            parsed(args, "int", |text| text.parse().ok().map(Value::Int))
        }),
        function("timestamp_to_int64", "int", &[Timestamp], Int, int),
        function("uint64_to_int64", "int", &[Uint], Int, int),
        function("string_to_string", "string", &[String], String, same),
        function("bool_to_string", "string", &[Bool], String, string),
        function("bytes_to_string", "string", &[Bytes], String, string),
        function("double_to_string", "string", &[Double], String, string),
        function("duration_to_string", "string", &[Duration], String, string),
        function("int64_to_string", "string", &[Int], String, string),
        function("timestamp_to_string", "string", &[Timestamp], String, string),
        function("uint64_to_string", "string", &[Uint], String, string),
        function("timestamp_to_timestamp", "timestamp", &[Timestamp], Timestamp, same),
        function("int64_to_timestamp", "timestamp", &[Int], Timestamp, |_, args| {
            from_seconds(row::int(args, 0)?).map(Value::Timestamp)
        }),
        function("string_to_timestamp", "timestamp", &[String], Timestamp, |_, args| {
            let time = parse_time(row::text(args, 0)?)?;
            parsed(args, "timestamp", |_| time.map(Value::Timestamp))
        }),
        function("uint64_to_uint64", "uint", &[Uint], Uint, same),
        function("double_to_uint64", "uint", &[Double], Uint, uint),
        function("int64_to_uint64", "uint", &[Int], Uint, uint),
        function("string_to_uint64", "uint", &[String], Uint, |_, args| {
            parsed(args, "uint", |text| text.parse().ok().filter(|_| !text.starts_with('+')).map(Value::Uint))
        }),
    ],
};

fn same(_: &mut Machine<'_>, args: &[Value]) -> Result<Value, Failure> {
    args.first().cloned().ok_or_else(no_overload)
}

fn parsed(args: &[Value], wanted: &str, parse: impl FnOnce(&str) -> Option<Value>) -> Result<Value, Failure> {
    let text = row::text(args, 0)?;
    parse(text).ok_or_else(|| Failure::Error(eco_format!("`{text}` is not a valid {wanted}")))
}

fn out_of_range() -> Failure {
    Failure::error("integer overflow")
}

fn double(_: &mut Machine<'_>, args: &[Value]) -> Result<Value, Failure> {
    match args {
        [Value::Int(value)] => Ok(Value::Double(*value as f64)),
        [Value::Uint(value)] => Ok(Value::Double(*value as f64)),
        _ => Err(no_overload()),
    }
}

fn int(_: &mut Machine<'_>, args: &[Value]) -> Result<Value, Failure> {
    match args {
        // The ends of the range are beyond it, since they may have been rounded.
        [Value::Double(value)] if *value > i64::MIN as f64 && *value < i64::MAX as f64 => Ok(Value::Int(*value as i64)),
        [Value::Double(_)] => Err(out_of_range()),
        [Value::Duration(value)] => Ok(Value::Int(*value)),
        [Value::Timestamp(time)] => Ok(Value::Int(time.timestamp())),
        [Value::Uint(value)] => i64::try_from(*value).map(Value::Int).map_err(|_| out_of_range()),
        _ => Err(no_overload()),
    }
}

fn uint(_: &mut Machine<'_>, args: &[Value]) -> Result<Value, Failure> {
    match args {
        [Value::Double(value)] if *value >= 0.0 && *value < u64::MAX as f64 => Ok(Value::Uint(*value as u64)),
        [Value::Int(value)] if *value >= 0 => Ok(Value::Uint(*value as u64)),
        [Value::Double(_) | Value::Int(_)] => Err(out_of_range()),
        _ => Err(no_overload()),
    }
}

/// A value as a string.
pub(super) fn string(machine: &mut Machine<'_>, args: &[Value]) -> Result<Value, Failure> {
    let [value] = args else { return Err(no_overload()) };
    if let Value::Bytes(bytes) = value {
        machine.allocate(bytes.len())?;
    }
    print(value).map(Value::String).ok_or_else(|| match value {
        Value::Bytes(_) => Failure::error("invalid UTF-8 in bytes, cannot convert to string"),
        _ => no_overload(),
    })
}

/// A scalar as a string; `None` when it has none.
pub fn print(value: &Value) -> Option<ecow::EcoString> {
    Some(match value {
        Value::Bool(value) => eco_format!("{value}"),
        Value::Int(value) => eco_format!("{value}"),
        Value::Uint(value) => eco_format!("{value}"),
        Value::Double(value) => print_double(*value),
        Value::String(text) | Value::Type(text) => text.clone(),
        Value::Bytes(bytes) => str::from_utf8(bytes).ok()?.into(),
        Value::Duration(value) => print_duration(*value),
        Value::Timestamp(time) => print_time(time),
        Value::Opaque(value) => return value.print(),
        _ => return None,
    })
}
