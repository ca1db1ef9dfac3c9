//! The Common Expression Language (CEL) as Kubernetes uses it: rules of CustomResourceDefinitions, admission policies, match
//! conditions, device selectors, and assertions.
//!
//! ```text
//! text -> tokens (scan) -> Expr (parse, macros) -> Checked (check) -> maximum cost (estimate)
//!                                                           |-> Value (evaluate)
//! ```
//! The available features depend on the version of Kubernetes ([`environment`]); functions are rows in [`library`]. This module
//! is independent of YAML and schemas: its users implement [`types::Fields`]. Behavior: cel-go and `k8s.io/apiserver/pkg/cel`.

pub mod ast;
mod calls;
pub mod check;
#[cfg(test)]
mod check_table;
mod compare;
mod compile;
mod cost;
mod cursor;
pub mod environment;
pub mod estimate;
mod evaluate;
#[cfg(test)]
mod evaluate_table;
pub mod expression;
mod fold;
mod format_check;
pub mod library;
mod literal;
pub mod machine;
mod macros;
mod macros_two;
mod make;
mod number;
pub mod parse;
#[cfg(test)]
mod parse_table;
mod primary;
pub mod program;
pub mod run;
mod scan;
pub mod time;
pub mod types;
mod unify;
mod validators;
pub mod value;
mod walk;
