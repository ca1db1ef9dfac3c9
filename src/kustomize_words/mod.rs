//! kustomize's own words for a failure: what follows `Error: ` if the program is called as `kustomize`.

mod go;
pub mod paths;
mod words;

pub use go::{cause, cut_os_error, quote};
pub use words::Words;
