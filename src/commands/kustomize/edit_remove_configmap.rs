//! `edit remove configmap`: removes entries of `configMapGenerator` by name.
//!
//! Behavior: kustomize's `edit remove configmap`; see `generator_entry.rs`.

use anyhow::Result;

use super::generator_entry::CONFIG_MAP;
use crate::go_cli::Call;

/// Runs the command.
///
/// # Errors
/// The arguments are not valid, or the kustomization can't be changed.
pub fn run(call: &Call) -> Result<()> {
    CONFIG_MAP.remove(call)
}
