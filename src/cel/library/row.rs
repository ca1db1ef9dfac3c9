//! The rows of the tables, and helpers for implementations: arguments by type, and results that count toward the budgets.

use ecow::EcoString;

use crate::cel::machine::{Failure, Machine};
use crate::cel::types::Signature;
use crate::cel::value::{List, Value};

/// An overload: a function for certain types.
pub struct Overload {
    /// The unique name in cel-go or Kubernetes, such as `contains_string`.
    pub id: &'static str,
    /// The name of the function or operator: `contains`, `_+_`, `math.greatest`.
    pub function: &'static str,
    /// Whether it is a method, whose receiver is the first of `args`.
    pub member: bool,
    /// The types of the arguments.
    pub args: &'static [Signature],
    /// The type of the result.
    pub result: Signature,
    /// Evaluates the call. The number of arguments is correct; their types may not be, because values may be dynamic.
    pub run: Run,
}

/// An implementation; it counts the memory of the values that it creates.
pub type Run = fn(&mut Machine<'_>, &[Value]) -> Result<Value, Failure>;

/// Functions that are available in the same versions.
pub struct Library {
    /// The name in messages and documentation.
    pub name: &'static str,
    /// The first minor version of Kubernetes 1 that has it; 0 for all, [`NEVER`] for none.
    pub since: u16,
    /// The first minor version that no longer has it.
    pub until: Option<u16>,
    /// The functions.
    pub overloads: &'static [Overload],
}

/// The version for libraries that no version of Kubernetes has, and that only assertions use.
pub const NEVER: u16 = u16::MAX;

impl Library {
    /// Whether Kubernetes 1.`minor` has the library.
    pub fn is_in(&self, minor: u16) -> bool {
        self.since <= minor && self.until.is_none_or(|until| minor < until)
    }
}

impl Overload {
    /// Whether the overload accepts these values.
    pub fn takes(&self, args: &[Value]) -> bool {
        self.args.len() == args.len() && self.args.iter().zip(args).all(|(wanted, value)| wanted.takes(value))
    }
}

impl Signature {
    fn takes(&self, value: &Value) -> bool {
        match (self, value) {
            (Signature::Dyn | Signature::Param(_), _)
            | (Signature::Null, Value::Null)
            | (Signature::Bool, Value::Bool(_))
            | (Signature::Int, Value::Int(_))
            | (Signature::Uint, Value::Uint(_))
            | (Signature::Double, Value::Double(_))
            | (Signature::String, Value::String(_))
            | (Signature::Bytes, Value::Bytes(_))
            | (Signature::Timestamp, Value::Timestamp(_))
            | (Signature::Duration, Value::Duration(_))
            | (Signature::Map(..), Value::Map(_))
            | (Signature::Type(_), Value::Type(_)) => true,
            (Signature::List(of), Value::List(list)) => match of {
                Signature::Dyn | Signature::Param(_) => true,
                // The first item determines the type of the others.
                of => list.get(0).is_none_or(|item| of.takes(&item)),
            },
            (Signature::Optional(of), Value::Optional(value)) => value.as_ref().is_none_or(|value| of.takes(value)),
            (Signature::Opaque(name), Value::Opaque(value)) => *name == value.type_name(),
            _ => false,
        }
    }
}

pub(super) const fn function(
    id: &'static str,
    function: &'static str,
    args: &'static [Signature],
    result: Signature,
    run: Run,
) -> Overload {
    Overload { id, function, member: false, args, result, run }
}

pub(super) const fn method(
    id: &'static str,
    function: &'static str,
    args: &'static [Signature],
    result: Signature,
    run: Run,
) -> Overload {
    Overload { id, function, member: true, args, result, run }
}

pub(super) const A: Signature = Signature::Param("A");
pub(super) const B: Signature = Signature::Param("B");
pub(super) const LIST_A: Signature = Signature::List(&A);
pub(super) const LIST_STRING: Signature = Signature::List(&Signature::String);
pub(super) const MAP_AB: Signature = Signature::Map(&A, &B);
pub(super) const OPTIONAL_A: Signature = Signature::Optional(&A);

/// The error if there is no overload for these types.
pub fn no_overload() -> Failure {
    Failure::error("no such overload")
}

pub(super) fn text(args: &[Value], at: usize) -> Result<&EcoString, Failure> {
    match args.get(at) {
        Some(Value::String(text)) => Ok(text),
        _ => Err(no_overload()),
    }
}

pub(super) fn int(args: &[Value], at: usize) -> Result<i64, Failure> {
    match args.get(at) {
        Some(Value::Int(value)) => Ok(*value),
        _ => Err(no_overload()),
    }
}

pub(super) fn list(args: &[Value], at: usize) -> Result<&List, Failure> {
    match args.get(at) {
        Some(Value::List(list)) => Ok(list),
        _ => Err(no_overload()),
    }
}

/// A string as a value, counted toward the budgets.
pub(super) fn made(machine: &mut Machine<'_>, text: impl Into<EcoString>) -> Result<Value, Failure> {
    let text = text.into();
    machine.allocate(text.len())?;
    Ok(Value::String(text))
}
