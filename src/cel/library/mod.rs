//! The functions that expressions may use: one table per library, one row per overload.
//!
//! A row serves the checker (types), the evaluator (`run`) and the cost model (`id`), so a function can't be known to one of them
//! alone. Behaviour: the libraries of cel-go and `k8s.io/apiserver/pkg/cel/library`; which version of Kubernetes has which library
//! is from `pkg/cel/environment/base.go`.

use super::evaluate::{Failure, Machine};
use super::types::Signature;
use super::value::Value;

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
    /// The first minor version of Kubernetes 1 that has it; 0 for all.
    pub since: u16,
    /// The first minor version that no longer has it.
    pub until: Option<u16>,
    /// Its functions.
    pub overloads: &'static [Overload],
}
