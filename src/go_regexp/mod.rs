//! Regular expressions in Go's syntax (RE2), as the package `regexp` parses them.
//!
//! kustomize and the API server use Go's expressions, the crate `regex` has a syntax of its own. `translate.rs` reads the one and
//! writes the other: every literal is escaped, and every class consists of explicit ranges. `compile.rs` compiles the result.
//!
//! Behavior: Go's `regexp/syntax` with the flags `Perl`.

mod class;
mod compile;
mod escape;
mod fault;
mod flags;
mod groups;
mod shape;
mod translate;
mod unicode;

pub use compile::{compile, compile_anchored};
pub use fault::Fault;
