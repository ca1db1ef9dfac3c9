//! `${NAME}` in texts: the substitution of variables that Flux makes after a build (`postBuild`). Independent of YAML and objects.
//!
//! ```text
//! text -> parts: text and expressions (parse) -> the text with the values of variables (evaluate)
//! ```
//!
//! Behavior: the fork of drone/envsubst in fluxcd/pkg. It differs from a shell: `:?` and `:+` mean `:-`, `-` without a colon is an
//! error, patterns of replacements are literal, and lengths are counted in bytes.

mod evaluate;
mod glob;
mod parse;
mod placeholder;
#[cfg(test)]
mod table;

pub use evaluate::{Error, substitute};
pub use placeholder::{Syntax, find};
