//! The types of values.
//!
//! Behavior: `common/types` of cel-go. The checker works with [`Type`]; [`Signature`] is the constant form in the tables
//! of overloads.

use std::sync::Arc;
use std::{fmt, ptr};

/// The type of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Type {
    Dyn,
    Null,
    Bool,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    Timestamp,
    Duration,
    List(Arc<Type>),
    Map(Arc<Type>, Arc<Type>),
    /// `optional_type(T)`
    Optional(Arc<Type>),
    /// A type as a value: `type(T)`.
    Type(Arc<Type>),
    /// A type of a library, without fields, such as `kubernetes.Quantity` or `net.IP`.
    Opaque(&'static str),
    /// An object with declared fields.
    Object(ObjectType),
    /// A type parameter, used during checking.
    Param(u32),
}

impl fmt::Display for Type {
    /// Formats a type as in messages of cel-go (`FormatCELType`).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Dyn => f.write_str("dyn"),
            Type::Null => f.write_str("null"),
            Type::Bool => f.write_str("bool"),
            Type::Int => f.write_str("int"),
            Type::Uint => f.write_str("uint"),
            Type::Double => f.write_str("double"),
            Type::String => f.write_str("string"),
            Type::Bytes => f.write_str("bytes"),
            Type::Timestamp => f.write_str("timestamp"),
            Type::Duration => f.write_str("duration"),
            Type::List(item) => write!(f, "list({item})"),
            Type::Map(key, value) => write!(f, "map({key}, {value})"),
            Type::Optional(of) => write!(f, "optional_type({of})"),
            Type::Type(of) => write!(f, "type({of})"),
            Type::Opaque(name) => f.write_str(name),
            Type::Object(object) => f.write_str(object.0.name()),
            Type::Param(number) => write!(f, "_var{number}"),
        }
    }
}

/// The fields of an object type; implemented by modules that have schemas.
pub trait Fields: Send + Sync {
    /// The name of the type in messages.
    fn name(&self) -> &str;
    /// The type of a field, by the name that expressions use; `None` if there is no such field.
    fn field(&self, name: &str) -> Option<Type>;
}

/// An object type. Two object types are equal if they share their declaration.
#[derive(Clone)]
pub struct ObjectType(pub Arc<dyn Fields>);

impl PartialEq for ObjectType {
    fn eq(&self, other: &Self) -> bool {
        ptr::addr_eq(Arc::as_ptr(&self.0), Arc::as_ptr(&other.0)) || self.0.name() == other.0.name()
    }
}

impl Eq for ObjectType {}

impl fmt::Debug for ObjectType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name())
    }
}

/// A type in a table of overloads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Signature {
    Dyn,
    Null,
    Bool,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    Timestamp,
    Duration,
    List(&'static Signature),
    Map(&'static Signature, &'static Signature),
    Optional(&'static Signature),
    Type(&'static Signature),
    Opaque(&'static str),
    /// A type parameter: `A`, `B`.
    Param(&'static str),
}
