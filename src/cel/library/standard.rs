//! The functions of the language itself that are not operators: sizes and searches in strings.

use ecow::EcoString;

use super::super::machine::{Failure, Machine};
use super::super::types::Signature::{Bool, Bytes, Int, String};
use super::super::value::Value;
use super::row::{LIST_A, Library, MAP_AB, function, method, no_overload, text};

/// The functions.
pub static LIBRARY: Library = Library {
    name: "standard",
    since: 0,
    until: None,
    overloads: &[
        function("size_bytes", "size", &[Bytes], Int, size),
        function("size_list", "size", &[LIST_A], Int, size),
        function("size_map", "size", &[MAP_AB], Int, size),
        function("size_string", "size", &[String], Int, size),
        method("bytes_size", "size", &[Bytes], Int, size),
        method("list_size", "size", &[LIST_A], Int, size),
        method("map_size", "size", &[MAP_AB], Int, size),
        method("string_size", "size", &[String], Int, size),
        method("contains_string", "contains", &[String, String], Bool, |machine, args| {
            test(machine, args, |text, part| text.contains(part))
        }),
        method("ends_with_string", "endsWith", &[String, String], Bool, |machine, args| {
            test(machine, args, |text, part| text.ends_with(part))
        }),
        method("starts_with_string", "startsWith", &[String, String], Bool, |machine, args| {
            test(machine, args, |text, part| text.starts_with(part))
        }),
        function("matches", "matches", &[String, String], Bool, matches),
        method("matches_string", "matches", &[String, String], Bool, matches),
    ],
};

fn size(machine: &mut Machine<'_>, args: &[Value]) -> Result<Value, Failure> {
    match args {
        [Value::String(text)] => machine.spend(text.len() as u64 / 64)?,
        [Value::Bytes(_) | Value::List(_) | Value::Map(_)] => {}
        _ => return Err(no_overload()),
    }
    args.first().map(|value| Value::Int(value.size() as i64)).ok_or_else(no_overload)
}

fn test(machine: &mut Machine<'_>, args: &[Value], holds: fn(&str, &str) -> bool) -> Result<Value, Failure> {
    let (text, part): (&EcoString, &EcoString) = (text(args, 0)?, text(args, 1)?);
    machine.spend(text.len() as u64 / 16)?;
    Ok(Value::Bool(holds(text, part)))
}

fn matches(machine: &mut Machine<'_>, args: &[Value]) -> Result<Value, Failure> {
    let (text, pattern) = (text(args, 0)?, text(args, 1)?);
    let regex = machine.pattern(pattern, text.len())?;
    Ok(Value::Bool(regex.is_match(text)))
}
