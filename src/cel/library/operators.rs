//! The operators of logic and arithmetic, and access to items and entries.
//!
//! Behaviour: `common/stdlib` and `common/types/overflow.go` of cel-go. The evaluator does what is not strict itself: `&&`, `||`,
//! the conditional and the choice between optionals.

use ecow::eco_format;

use super::super::compare::equal;
use super::super::machine::{Failure, Machine};
use super::super::time;
use super::super::types::Signature::{self, Bool, Bytes, Double, Duration, Dyn, Int, String, Timestamp, Uint};
use super::super::value::{Key, List, Value};
use super::row::{A, B, LIST_A, Library, MAP_AB, OPTIONAL_A, function, no_overload};

/// Logic.
pub static LOGIC: Library = Library {
    name: "operators",
    since: 0,
    until: None,
    overloads: &[
        function("conditional", "_?_:_", &[Bool, A, A], A, |_, _| Err(no_overload())),
        function("logical_and", "_&&_", &[Bool, Bool], Bool, |_, _| Err(no_overload())),
        function("logical_or", "_||_", &[Bool, Bool], Bool, |_, _| Err(no_overload())),
        function("logical_not", "!_", &[Bool], Bool, |_, args| match args {
            [Value::Bool(value)] => Ok(Value::Bool(!value)),
            _ => Err(no_overload()),
        }),
        function("not_strictly_false", "@not_strictly_false", &[Bool], Bool, |_, args| {
            Ok(Value::Bool(!matches!(args, [Value::Bool(false)])))
        }),
    ],
};

/// Arithmetic.
pub static ARITHMETIC: Library = Library {
    name: "operators",
    since: 0,
    until: None,
    overloads: &[
        function("add_bytes", "_+_", &[Bytes, Bytes], Bytes, add),
        function("add_double", "_+_", &[Double, Double], Double, add),
        function("add_duration_duration", "_+_", &[Duration, Duration], Duration, add),
        function("add_duration_timestamp", "_+_", &[Duration, Timestamp], Timestamp, add),
        function("add_timestamp_duration", "_+_", &[Timestamp, Duration], Timestamp, add),
        function("add_int64", "_+_", &[Int, Int], Int, add),
        function("add_list", "_+_", &[LIST_A, LIST_A], LIST_A, add),
        function("add_string", "_+_", &[String, String], String, add),
        function("add_uint64", "_+_", &[Uint, Uint], Uint, add),
        function("subtract_double", "_-_", &[Double, Double], Double, subtract),
        function("subtract_duration_duration", "_-_", &[Duration, Duration], Duration, subtract),
        function("subtract_int64", "_-_", &[Int, Int], Int, subtract),
        function("subtract_timestamp_duration", "_-_", &[Timestamp, Duration], Timestamp, subtract),
        function("subtract_timestamp_timestamp", "_-_", &[Timestamp, Timestamp], Duration, subtract),
        function("subtract_uint64", "_-_", &[Uint, Uint], Uint, subtract),
        function("multiply_double", "_*_", &[Double, Double], Double, multiply),
        function("multiply_int64", "_*_", &[Int, Int], Int, multiply),
        function("multiply_uint64", "_*_", &[Uint, Uint], Uint, multiply),
        function("divide_double", "_/_", &[Double, Double], Double, divide),
        function("divide_int64", "_/_", &[Int, Int], Int, divide),
        function("divide_uint64", "_/_", &[Uint, Uint], Uint, divide),
        function("modulo_int64", "_%_", &[Int, Int], Int, modulo),
        function("modulo_uint64", "_%_", &[Uint, Uint], Uint, modulo),
        function("negate_double", "-_", &[Double], Double, negate),
        function("negate_int64", "-_", &[Int], Int, negate),
    ],
};

/// Items, entries, and whether they are there.
pub static ACCESS: Library = Library {
    name: "operators",
    since: 0,
    until: None,
    overloads: &[
        function("index_list", "_[_]", &[LIST_A, Int], A, index),
        function("index_map", "_[_]", &[MAP_AB, A], B, index),
        function("in_list", "@in", &[A, LIST_A], Bool, contains),
        function("in_map", "@in", &[A, MAP_AB], Bool, contains),
    ],
};

/// `_[_]` and `_[?_]` on optionals.
pub static OPTIONAL_ACCESS: Library = Library {
    name: "optional types",
    since: 28,
    until: None,
    overloads: &[
        function("select_optional_field", "_?._", &[Dyn, String], OPTIONAL_A, |_, args| optional(args)),
        function("list_optindex_optional_int", "_[?_]", &[LIST_A, Int], OPTIONAL_A, |_, args| optional(args)),
        function("optional_list_optindex_optional_int", "_[?_]", &[Signature::Optional(&LIST_A), Int], OPTIONAL_A, |_, args| {
            optional(args)
        }),
        function("map_optindex_optional_value", "_[?_]", &[MAP_AB, A], Signature::Optional(&B), |_, args| optional(args)),
        function(
            "optional_map_optindex_optional_value",
            "_[?_]",
            &[Signature::Optional(&MAP_AB), A],
            Signature::Optional(&B),
            |_, args| optional(args),
        ),
        function("optional_list_index_int", "_[_]", &[Signature::Optional(&LIST_A), Int], OPTIONAL_A, |_, args| optional(args)),
        function("optional_map_index_value", "_[_]", &[Signature::Optional(&MAP_AB), A], Signature::Optional(&B), |_, args| {
            optional(args)
        }),
    ],
};

fn too_large() -> Failure {
    Failure::error("integer overflow")
}

fn int(value: Option<i64>) -> Result<Value, Failure> {
    value.map(Value::Int).ok_or_else(too_large)
}

fn uint(value: Option<u64>) -> Result<Value, Failure> {
    value.map(Value::Uint).ok_or_else(|| Failure::error("unsigned integer overflow"))
}

fn duration(value: Option<i64>) -> Result<Value, Failure> {
    value.map(Value::Duration).ok_or_else(|| Failure::error("duration overflow"))
}

fn add(machine: &mut Machine<'_>, args: &[Value]) -> Result<Value, Failure> {
    match args {
        [Value::Int(a), Value::Int(b)] => int(a.checked_add(*b)),
        [Value::Uint(a), Value::Uint(b)] => uint(a.checked_add(*b)),
        [Value::Double(a), Value::Double(b)] => Ok(Value::Double(a + b)),
        [Value::String(a), Value::String(b)] => {
            machine.allocate(a.len() + b.len())?;
            let mut text = a.clone();
            text.push_str(b);
            Ok(Value::String(text))
        }
        [Value::Bytes(a), Value::Bytes(b)] => {
            machine.allocate(a.len() + b.len())?;
            Ok(Value::Bytes(a.iter().chain(b.iter()).copied().collect()))
        }
        [Value::List(a), Value::List(b)] => {
            machine.allocate_items(a.len() + b.len())?;
            Ok(Value::List(List::new(a.iter().chain(b.iter()).collect())))
        }
        [Value::Duration(a), Value::Duration(b)] => duration(a.checked_add(*b)),
        [Value::Timestamp(time), Value::Duration(by)] | [Value::Duration(by), Value::Timestamp(time)] => {
            time::add(time, *by).map(Value::Timestamp)
        }
        _ => Err(no_overload()),
    }
}

fn subtract(_: &mut Machine<'_>, args: &[Value]) -> Result<Value, Failure> {
    match args {
        [Value::Int(a), Value::Int(b)] => int(a.checked_sub(*b)),
        [Value::Uint(a), Value::Uint(b)] => uint(a.checked_sub(*b)),
        [Value::Double(a), Value::Double(b)] => Ok(Value::Double(a - b)),
        [Value::Duration(a), Value::Duration(b)] => duration(a.checked_sub(*b)),
        [Value::Timestamp(to), Value::Timestamp(from)] => time::between(from, to).map(Value::Duration),
        [Value::Timestamp(time), Value::Duration(by)] => {
            let by = by.checked_neg().ok_or_else(time::overflow)?;
            time::add(time, by).map(Value::Timestamp)
        }
        _ => Err(no_overload()),
    }
}

fn multiply(_: &mut Machine<'_>, args: &[Value]) -> Result<Value, Failure> {
    match args {
        [Value::Int(a), Value::Int(b)] => int(a.checked_mul(*b)),
        [Value::Uint(a), Value::Uint(b)] => uint(a.checked_mul(*b)),
        [Value::Double(a), Value::Double(b)] => Ok(Value::Double(a * b)),
        _ => Err(no_overload()),
    }
}

fn divide(_: &mut Machine<'_>, args: &[Value]) -> Result<Value, Failure> {
    match args {
        [Value::Int(_), Value::Int(0)] | [Value::Uint(_), Value::Uint(0)] => Err(Failure::error("division by zero")),
        [Value::Int(a), Value::Int(b)] => int(a.checked_div(*b)),
        [Value::Uint(a), Value::Uint(b)] => uint(a.checked_div(*b)),
        [Value::Double(a), Value::Double(b)] => Ok(Value::Double(a / b)),
        _ => Err(no_overload()),
    }
}

fn modulo(_: &mut Machine<'_>, args: &[Value]) -> Result<Value, Failure> {
    match args {
        [Value::Int(_), Value::Int(0)] | [Value::Uint(_), Value::Uint(0)] => Err(Failure::error("modulus by zero")),
        [Value::Int(a), Value::Int(b)] => int(a.checked_rem(*b)),
        [Value::Uint(a), Value::Uint(b)] => uint(a.checked_rem(*b)),
        _ => Err(no_overload()),
    }
}

fn negate(_: &mut Machine<'_>, args: &[Value]) -> Result<Value, Failure> {
    match args {
        [Value::Int(value)] => int(value.checked_neg()),
        [Value::Double(value)] => Ok(Value::Double(-value)),
        _ => Err(no_overload()),
    }
}

fn contains(machine: &mut Machine<'_>, args: &[Value]) -> Result<Value, Failure> {
    match args {
        [item, Value::List(list)] => {
            for other in list.iter() {
                machine.spend(1)?;
                if equal(item, &other, machine)? {
                    return Ok(Value::Bool(true));
                }
            }
            Ok(Value::Bool(false))
        }
        [key, Value::Map(map)] => Ok(Value::Bool(Key::of(key).is_some_and(|key| map.has(&key)))),
        _ => Err(no_overload()),
    }
}

fn index(_: &mut Machine<'_>, args: &[Value]) -> Result<Value, Failure> {
    match args {
        [Value::Optional(_), _] => optional(args),
        [operand, key] => access(operand, key)?.ok_or_else(|| missing(operand, key)),
        _ => Err(no_overload()),
    }
}

/// What is at an index or under a key, as an optional.
fn optional(args: &[Value]) -> Result<Value, Failure> {
    let [operand, key] = args else { return Err(no_overload()) };
    let operand = match operand {
        Value::Optional(None) => return Ok(Value::Optional(None)),
        Value::Optional(Some(value)) => value,
        value => value,
    };
    Ok(access(operand, key)?.map_or(Value::Optional(None), Value::some))
}

/// What is at an index or under a key, if there is something.
fn access(operand: &Value, key: &Value) -> Result<Option<Value>, Failure> {
    match operand {
        Value::List(list) => {
            let at = match key {
                Value::Int(at) => Some(*at),
                Value::Uint(at) => i64::try_from(*at).ok(),
                Value::Double(at) if at.fract() == 0.0 => Some(*at as i64),
                _ => return Err(Failure::Error(eco_format!("unsupported index type `{}` in list", key.type_name()))),
            };
            Ok(at.and_then(|at| usize::try_from(at).ok()).and_then(|at| list.get(at)))
        }
        Value::Map(map) => Ok(Key::of(key).and_then(|key| map.get(&key))),
        _ => Err(no_overload()),
    }
}

fn missing(operand: &Value, key: &Value) -> Failure {
    match (operand, key) {
        (Value::List(list), Value::Int(at)) => {
            Failure::Error(eco_format!("the index {at} is out of bounds: the list has {} items", list.len()))
        }
        (Value::List(_), _) => Failure::error("the index is out of bounds"),
        (_, Value::String(key)) => no_such_key(key),
        (_, Value::Int(key)) => no_such_key(&eco_format!("{key}")),
        _ => Failure::error("no such key"),
    }
}

/// A field or key is not there.
pub fn no_such_key(key: &str) -> Failure {
    Failure::Error(eco_format!("there is no `{key}`"))
}
