//! `edit remove label`: removes keys from the field `commonLabels`.

use anyhow::Result;

use super::metadata;
use crate::go_cli::Call;

/// Runs the command.
///
/// # Errors
/// The arguments are not keys, a key is not in the file, or the kustomization file can't be changed.
pub fn run(call: &Call) -> Result<()> {
    metadata::remove(call, "commonLabels", "label")
}
