//! What an evaluation can cost at most: the estimate that a server makes before it accepts a rule.
//!
//! Behaviour: `checker/cost.go` of cel-go, with the functions of Kubernetes (`pkg/cel/library/cost.go` of apiserver) in
//! [`kubernetes`], those of cel-go's extensions in [`extensions`] and the built-in ones in [`functions`]. `has()` costs nothing,
//! as apiserver configures it. Sizes of values come from their schemas, through [`Sizes`].

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
