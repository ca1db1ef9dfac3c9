//! Optional values: `optional.of`, `orValue`, `first`, `unwrap`.
//!
//! Behaviour: `cel/library.go` of cel-go. `or` and `orValue` are not strict: the evaluator chooses.

use super::super::machine::{Failure, Machine};
use super::super::types::Signature::{self, Bool};
use super::super::value::Value;
use super::row::{A, LIST_A, Library, OPTIONAL_A, Overload, function, list, method, no_overload};

/// The functions.
pub static LIBRARY: Library = Library { name: "optional types", since: 28, until: None, overloads: &ALL };

static ALL: [Overload; 11] = [
    function("optional_of", "optional.of", &[A], OPTIONAL_A, |_, args| {
        args.first().cloned().map(Value::some).ok_or_else(no_overload)
    }),
    function("optional_ofNonZeroValue", "optional.ofNonZeroValue", &[A], OPTIONAL_A, |_, args| match args {
        [value] if value.is_zero() => Ok(Value::Optional(None)),
        [value] => Ok(Value::some(value.clone())),
        _ => Err(no_overload()),
    }),
    function("optional_none", "optional.none", &[], OPTIONAL_A, |_, _| Ok(Value::Optional(None))),
    method("optional_value", "value", &[OPTIONAL_A], A, |_, args| match args {
        [Value::Optional(Some(value))] => Ok(Value::clone(value)),
        [Value::Optional(None)] => Err(Failure::error("optional.none() dereference")),
        _ => Err(no_overload()),
    }),
    method("optional_hasValue", "hasValue", &[OPTIONAL_A], Bool, |_, args| match args {
        [Value::Optional(value)] => Ok(Value::Bool(value.is_some())),
        _ => Err(no_overload()),
    }),
    method("optional_or_optional", "or", &[OPTIONAL_A, OPTIONAL_A], OPTIONAL_A, |_, _| Err(no_overload())),
    method("optional_orValue_value", "orValue", &[OPTIONAL_A, A], A, |_, _| Err(no_overload())),
    method("list_first", "first", &[LIST_A], OPTIONAL_A, |_, args| {
        Ok(list(args, 0)?.get(0).map_or(Value::Optional(None), Value::some))
    }),
    method("list_last", "last", &[LIST_A], OPTIONAL_A, |_, args| {
        let list = list(args, 0)?;
        let last = list.len().checked_sub(1).and_then(|last| list.get(last));
        Ok(last.map_or(Value::Optional(None), Value::some))
    }),
    function("optional_unwrap", "optional.unwrap", &[Signature::List(&OPTIONAL_A)], LIST_A, unwrap),
    method("optional_unwrapOpt", "unwrapOpt", &[Signature::List(&OPTIONAL_A)], LIST_A, unwrap),
];

fn unwrap(machine: &mut Machine<'_>, args: &[Value]) -> Result<Value, Failure> {
    let list = list(args, 0)?;
    machine.allocate_items(list.len())?;
    let mut values = Vec::with_capacity(list.len());
    for item in list.iter() {
        match item {
            Value::Optional(value) => values.extend(value.map(|value| Value::clone(&value))),
            _ => return Err(Failure::error("the value is not optional")),
        }
    }
    Ok(Value::list(values))
}
