//! `edit set label`: sets pairs of the field `commonLabels`.

use anyhow::Result;

use super::change::{self, Changed};
use super::metadata;
use crate::go_cli::Call;

/// Runs the command.
///
/// # Errors
/// An argument is not a pair, or the kustomization file can't be changed.
pub fn run(call: &Call) -> Result<()> {
    metadata::require(call.args(), "label")?;
    let pairs = metadata::pairs(call.args(), "label")?;
    change::kustomization(call, |kustomization| {
        metadata::insert(kustomization.map_mut("commonLabels"), pairs, "label", true)?;
        Ok(Changed::Yes)
    })
}
