//! CEL, the Common Expression Language, with the libraries of Kubernetes.

pub mod ast;
mod compare;
mod cost;
mod evaluate;
mod fold;
pub mod library;
pub mod machine;
mod number;
pub mod program;
pub mod regex;
pub mod time;
pub mod types;
pub mod value;
