//! `edit add configmap`: adds an entry of `configMapGenerator`, or sources to an existing one.
//!
//! Behavior: kustomize's `edit add configmap`; see `generator_entry.rs`.

use anyhow::Result;

use super::generator_entry::CONFIG_MAP;
use crate::go_cli::Call;

/// Runs the command.
///
/// # Errors
/// The arguments are not valid, or the kustomization can't be changed.
pub fn run(call: &Call) -> Result<()> {
    CONFIG_MAP.add(call)
}
