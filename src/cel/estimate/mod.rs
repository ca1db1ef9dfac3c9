//! Estimates the maximum cost of an evaluation, as a server does before it accepts a rule.
//!
//! Behavior: `checker/cost.go` of cel-go, with the functions of Kubernetes (`pkg/cel/library/cost.go` of apiserver) in
//! [`kubernetes`], those of cel-go's extensions in [`extensions`], and the built-in ones in [`functions`]. `has()` has no cost,
//! as configured by apiserver. Sizes of values come from their schemas, through [`Sizes`].

mod comprehensions;
mod estimator;
mod extensions;
mod functions;
mod kubernetes;
mod range;
#[cfg(test)]
mod table;

pub use estimator::{Sizes, estimate};
pub use range::Range;
