//! How macros with two variables build maps: `transformMap`, `transformMapEntry`.
//!
//! Behaviour: `ext/comprehensions.go` of cel-go.

use std::sync::Arc;

use ecow::{EcoString, eco_format};

use super::super::machine::{Failure, Machine};
use super::super::value::{Key, Map, Value};
use super::row::{A, B, Library, MAP_AB, function, no_overload};

/// The function that macros use; nobody can write its name.
pub static LIBRARY: Library = Library {
    name: "comprehensions with two variables",
    since: 32,
    until: None,
    overloads: &[
        function("@mapInsert_map_key_value", "cel.@mapInsert", &[MAP_AB, A, B], MAP_AB, insert),
        function("@mapInsert_map_map", "cel.@mapInsert", &[MAP_AB, MAP_AB], MAP_AB, insert),
    ],
};

fn insert(machine: &mut Machine<'_>, args: &[Value]) -> Result<Value, Failure> {
    match args {
        [Value::Map(map), added @ ..] => insert_into(map.clone(), added, machine),
        _ => Err(no_overload()),
    }
}

/// Puts a key and its value, or the entries of another map, into a map that may be changed in place.
pub fn insert_into(map: Map, added: &[Value], machine: &mut Machine<'_>) -> Result<Value, Failure> {
    let mut entries = match map {
        Map::Own(entries) => entries,
        Map::Read(_) => return Err(no_overload()),
    };
    if Arc::strong_count(&entries) > 1 {
        machine.allocate_items(2 * entries.iter().count())?;
    }
    let own = Arc::make_mut(&mut entries);
    let mut put = |key: Key, value: Value| {
        machine.allocate_items(3)?;
        let name = key.clone();
        let is_new = own.insert(key, value);
        is_new.then_some(()).ok_or_else(|| Failure::Error(eco_format!("the key {} is already there", shown(&name))))
    };
    match added {
        [key, value] => put(Key::of(key).ok_or_else(no_overload)?, value.clone())?,
        [Value::Map(other)] => {
            for key in other.keys() {
                let value = other.get(&key).unwrap_or(Value::Null);
                put(key, value)?;
            }
        }
        _ => return Err(no_overload()),
    }
    Ok(Value::Map(Map::Own(entries)))
}

fn shown(key: &Key) -> EcoString {
    match key {
        Key::Bool(value) => eco_format!("{value}"),
        Key::Int(value) => eco_format!("{value}"),
        Key::Uint(value) => eco_format!("{value}"),
        Key::String(value) => eco_format!("`{value}`"),
    }
}
