//! Values of expressions.
//!
//! Collections and strings are shared, so a clone is cheap. Values that expressions only read, such as a whole manifest, are
//! accessed through [`Read`] and [`Items`] and converted field by field. Behavior: `common/types` of cel-go.

use std::any::Any;
use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use chrono::{DateTime, FixedOffset};
use ecow::EcoString;

/// A value.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(f64),
    String(EcoString),
    Bytes(Arc<[u8]>),
    /// A timestamp; the offset is only used for printing.
    Timestamp(DateTime<FixedOffset>),
    /// A duration in nanoseconds.
    Duration(i64),
    List(List),
    Map(Map),
    /// The name of a type.
    Type(EcoString),
    Optional(Option<Arc<Value>>),
    /// A value of a library, such as an address.
    Opaque(Arc<dyn Opaque>),
}

/// A value of a library.
pub trait Opaque: Any + Debug + Send + Sync {
    /// The name of the type.
    fn type_name(&self) -> &'static str;
    /// Whether the value is equal to another one.
    fn equals(&self, other: &dyn Opaque) -> bool;
    /// The value as a string, if `string(value)` accepts it.
    fn print(&self) -> Option<EcoString> {
        None
    }
    /// The size for cost calculation, if it has one.
    fn size(&self) -> Option<u64> {
        None
    }
}

/// A list.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum List {
    Own(Arc<Vec<Value>>),
    Read(Arc<dyn Items>),
}

/// A list that is converted item by item.
pub trait Items: Debug + Send + Sync {
    /// The number of items.
    fn len(&self) -> usize;
    /// Whether it is empty.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// An item.
    fn get(&self, at: usize) -> Option<Value>;
}

/// A map, or an object with fields.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum Map {
    Own(Arc<Entries>),
    Read(Arc<dyn Read>),
}

/// A map with strings as keys, or an object, that is converted field by field.
pub trait Read: Debug + Send + Sync {
    /// The value of a field; `None` if it is not set.
    fn get(&self, name: &str) -> Option<Value>;
    /// Whether a field is set.
    fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }
    /// The names of all fields that are set.
    fn names(&self) -> Vec<EcoString>;
    /// The number of fields that are set.
    fn len(&self) -> usize {
        self.names().len()
    }
    /// Whether no field is set.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The name of the type of an object; `None` for a map.
    fn type_name(&self) -> Option<EcoString> {
        None
    }
}

/// The entries of a map, in insertion order.
#[derive(Debug, Default)]
pub struct Entries {
    entries: Vec<(Key, Value)>,
    index: HashMap<Key, usize>,
}

/// The key of an entry. Signed and unsigned integers with the same value are the same key.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum Key {
    Bool(bool),
    Int(i64),
    Uint(u64),
    String(EcoString),
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Key::Bool(a), Key::Bool(b)) => a == b,
            (Key::Int(a), Key::Int(b)) => a == b,
            (Key::Uint(a), Key::Uint(b)) => a == b,
            (Key::Int(a), Key::Uint(b)) | (Key::Uint(b), Key::Int(a)) => u64::try_from(*a) == Ok(*b),
            (Key::String(a), Key::String(b)) => a == b,
            _ => false,
        }
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Key::Bool(value) => value.hash(state),
            Key::Int(value) => (*value as u64).hash(state),
            Key::Uint(value) => value.hash(state),
            Key::String(value) => value.hash(state),
        }
    }
}

const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;

impl Key {
    /// The value as a key; `None` if its type can't be a key.
    pub fn of(value: &Value) -> Option<Self> {
        Some(match value {
            Value::Bool(value) => Key::Bool(*value),
            Value::Int(value) => Key::Int(*value),
            Value::Uint(value) => Key::Uint(*value),
            Value::String(value) => Key::String(value.clone()),
            // A float without a fraction matches the integer.
            Value::Double(value) if value.fract() == 0.0 && (-TWO_TO_63..TWO_TO_63).contains(value) => Key::Int(*value as i64),
            Value::Double(value) if value.fract() == 0.0 && (0.0..2.0 * TWO_TO_63).contains(value) => Key::Uint(*value as u64),
            _ => return None,
        })
    }

    /// The key as a value.
    pub fn value(&self) -> Value {
        match self {
            Key::Bool(value) => Value::Bool(*value),
            Key::Int(value) => Value::Int(*value),
            Key::Uint(value) => Value::Uint(*value),
            Key::String(value) => Value::String(value.clone()),
        }
    }
}

impl Entries {
    /// Adds an entry; returns false if the key already exists.
    pub fn insert(&mut self, key: Key, value: Value) -> bool {
        if self.index.contains_key(&key) {
            return false;
        }
        self.index.insert(key.clone(), self.entries.len());
        self.entries.push((key, value));
        true
    }

    /// The entries.
    pub fn iter(&self) -> impl Iterator<Item = &(Key, Value)> {
        self.entries.iter()
    }
}

impl Clone for Entries {
    fn clone(&self) -> Self {
        Entries { entries: self.entries.clone(), index: self.index.clone() }
    }
}

impl List {
    /// A list of these values.
    pub fn new(values: Vec<Value>) -> Self {
        List::Own(Arc::new(values))
    }

    /// The number of items.
    pub fn len(&self) -> usize {
        match self {
            List::Own(values) => values.len(),
            List::Read(items) => items.len(),
        }
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// An item.
    pub fn get(&self, at: usize) -> Option<Value> {
        match self {
            List::Own(values) => values.get(at).cloned(),
            List::Read(items) => items.get(at),
        }
    }

    /// The items.
    pub fn iter(&self) -> impl Iterator<Item = Value> + '_ {
        (0..self.len()).map_while(|at| self.get(at))
    }
}

impl Map {
    /// The number of entries.
    pub fn len(&self) -> usize {
        match self {
            Map::Own(entries) => entries.entries.len(),
            Map::Read(fields) => fields.len(),
        }
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of an entry.
    pub fn get(&self, key: &Key) -> Option<Value> {
        match (self, key) {
            (Map::Own(entries), _) => entries.entries.get(*entries.index.get(key)?).map(|(_, value)| value.clone()),
            (Map::Read(fields), Key::String(name)) => fields.get(name),
            (Map::Read(_), _) => None,
        }
    }

    /// The value of a field.
    pub fn field(&self, name: &str) -> Option<Value> {
        match self {
            Map::Own(_) => self.get(&Key::String(name.into())),
            Map::Read(fields) => fields.get(name),
        }
    }

    /// Whether an entry exists.
    pub fn has(&self, key: &Key) -> bool {
        match (self, key) {
            (Map::Own(entries), _) => entries.index.contains_key(key),
            (Map::Read(fields), Key::String(name)) => fields.has(name),
            (Map::Read(_), _) => false,
        }
    }

    /// The keys, in order.
    pub fn keys(&self) -> Vec<Key> {
        match self {
            Map::Own(entries) => entries.entries.iter().map(|(key, _)| key.clone()).collect(),
            Map::Read(fields) => fields.names().into_iter().map(Key::String).collect(),
        }
    }
}

impl Value {
    /// A string.
    pub fn string(text: impl Into<EcoString>) -> Self {
        Value::String(text.into())
    }

    /// A list.
    pub fn list(values: Vec<Value>) -> Self {
        Value::List(List::new(values))
    }

    /// An optional with a value.
    pub fn some(value: Value) -> Self {
        Value::Optional(Some(Arc::new(value)))
    }

    /// A value of a library.
    pub fn opaque(value: impl Opaque) -> Self {
        Value::Opaque(Arc::new(value))
    }

    /// The value of a library, if it has this type.
    pub fn as_opaque<T: Opaque>(&self) -> Option<&T> {
        match self {
            Value::Opaque(value) => {
                let value: &dyn Any = &**value;
                value.downcast_ref()
            }
            _ => None,
        }
    }

    /// The name of the type, as `type(value)` returns it.
    pub fn type_name(&self) -> EcoString {
        EcoString::from(match self {
            Value::Null => "null_type",
            Value::Bool(_) => "bool",
            Value::Int(_) => "int",
            Value::Uint(_) => "uint",
            Value::Double(_) => "double",
            Value::String(_) => "string",
            Value::Bytes(_) => "bytes",
            Value::Timestamp(_) => "google.protobuf.Timestamp",
            Value::Duration(_) => "google.protobuf.Duration",
            Value::List(_) => "list",
            Value::Map(Map::Read(fields)) => match fields.type_name() {
                Some(name) => return name,
                None => "map",
            },
            Value::Map(_) => "map",
            Value::Type(_) => "type",
            Value::Optional(_) => "optional_type",
            Value::Opaque(value) => value.type_name(),
        })
    }

    /// The size for cost calculation: characters, bytes, items, or entries; 1 for everything else.
    pub fn size(&self) -> u64 {
        match self {
            Value::String(text) => text.chars().count() as u64,
            Value::Bytes(bytes) => bytes.len() as u64,
            Value::List(list) => list.len() as u64,
            Value::Map(map) => map.len() as u64,
            Value::Optional(Some(value)) => value.size(),
            Value::Opaque(value) => value.size().unwrap_or(1),
            _ => 1,
        }
    }

    /// Whether it is the zero value of its type, for which `optional.ofNonZeroValue` returns an empty optional.
    pub fn is_zero(&self) -> bool {
        match self {
            Value::Null => true,
            Value::Bool(value) => !value,
            Value::Int(value) | Value::Duration(value) => *value == 0,
            Value::Uint(value) => *value == 0,
            Value::Double(value) => *value == 0.0,
            Value::String(text) => text.is_empty(),
            Value::Bytes(bytes) => bytes.is_empty(),
            // Go's zero time is January 1 of the year 1.
            Value::Timestamp(time) => time.timestamp() == -62_135_596_800 && time.timestamp_subsec_nanos() == 0,
            Value::List(list) => list.is_empty(),
            Value::Map(map) => map.is_empty(),
            Value::Optional(value) => value.as_ref().is_none_or(|value| value.is_zero()),
            Value::Type(_) | Value::Opaque(_) => false,
        }
    }
}
