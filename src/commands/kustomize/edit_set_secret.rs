//! `edit set secret`: changes literals or the namespace of an entry of `secretGenerator`.
//!
//! Behavior: kustomize's `edit set secret`; see `generator_entry.rs`.

use anyhow::Result;

use super::generator_entry::SECRET;
use crate::go_cli::Call;

/// Runs the command.
///
/// # Errors
/// The arguments are not valid, or the kustomization can't be changed.
pub fn run(call: &Call) -> Result<()> {
    SECRET.set(call)
}
