//! The Common Expression Language as Kubernetes uses it: rules of CustomResourceDefinitions, admission policies, match conditions,
//! device selectors, assertions.
//!
//! ```text
//! text -> tokens (scan) -> Expr (parse, macros) -> Checked (check) -> Estimate (cost)
//!                                                           |-> Value (evaluate)
//! ```
//! What may be used depends on the version of Kubernetes ([`environment`]); functions are rows in [`library`]. This room knows
//! neither YAML nor schemas: those who have them implement [`types::Fields`]. Behaviour: cel-go and `k8s.io/apiserver/pkg/cel`.

pub mod ast;
mod calls;
pub mod check;
#[cfg(test)]
mod check_table;
pub mod cost;
pub mod environment;
pub mod formats;
pub mod library;
mod literal;
mod macros;
mod macros_two;
pub mod parse;
#[cfg(test)]
mod parse_table;
mod scan;
pub mod types;
mod unify;
mod validators;
mod walk;
