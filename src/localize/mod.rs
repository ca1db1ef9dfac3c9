//! A kustomization as a directory of its own: what it names is copied, and what it names by URL is fetched and then named by path.
//!
//! ```text
//! target, scope, destination (run) -> each kustomization (root): its fields (native), plugin configurations (plugins), charts
//! (charts) -> files below the destination (destination)
//! ```
//! A directory and the files it may read are a `Place`. Errors are in kustomize's words, which callers look for. The destination
//! is complete or does not exist. Behavior: kustomize's `api/internal/localizer`.

mod charts;
mod destination;
mod go_path;
mod native;
mod objects;
mod place;
mod plugins;
mod root;
mod run;
mod urls;
mod words;

pub use go_path::join;
pub use run::{Request, run};
