//! The rows of the tables, and what implementations need: arguments by type, and results that are accounted for.

use ecow::EcoString;

use crate::cel::machine::{Failure, Machine};
use crate::cel::types::Signature;
use crate::cel::value::{List, Value};

/// A function for certain types.
pub struct Overload {
    /// Its name in cel-go or Kubernetes, such as `contains_string`; unique.
    pub id: &'static str,
    /// The name of the function or operator: `contains`, `_+_`, `math.greatest`.
    pub function: &'static str,
    /// Whether it is a method: the receiver is the first of `args`.
    pub member: bool,
    /// The types of the arguments.
    pub args: &'static [Signature],
    /// The type of the result.
    pub result: Signature,
    /// Evaluates it. The number of arguments is right; their types may not be, since values may be dynamic.
    pub run: Run,
}

/// An implementation: it accounts for the memory of what it creates with the machine.
pub type Run = fn(&mut Machine<'_>, &[Value]) -> Result<Value, Failure>;

/// Functions that come and go together.
pub struct Library {
    /// Its name in messages and documentation.
    pub name: &'static str,
    /// The first minor version of Kubernetes 1 that has it; 0 for all, [`NEVER`] for none.
    pub since: u16,
    /// The first minor version that no longer has it.
    pub until: Option<u16>,
    /// Its functions.
    pub overloads: &'static [Overload],
}

/// The version of what no version of Kubernetes has: it is for assertions alone.
pub const NEVER: u16 = u16::MAX;

impl Library {
    /// Whether a version of Kubernetes, 1.`minor`, has it.
    pub fn is_in(&self, minor: u16) -> bool {
        self.since <= minor && self.until.is_none_or(|until| minor < until)
    }
}

impl Overload {
    /// Whether it is for these values.
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
                // The first item tells what the others are.
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

/// There is no function for these types.
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

/// A string as a value, accounted for.
pub(super) fn made(machine: &mut Machine<'_>, text: impl Into<EcoString>) -> Result<Value, Failure> {
    let text = text.into();
    machine.allocate(text.len())?;
    Ok(Value::String(text))
}
