//! `edit add annotation`: adds pairs to the field `commonAnnotations`.

use anyhow::Result;

use super::change::{self, Changed};
use super::metadata;
use crate::go_cli::Call;

/// Runs the command.
///
/// # Errors
/// An argument is not a pair, a key is already in the file, or the kustomization file can't be changed.
pub fn run(call: &Call) -> Result<()> {
    metadata::require(call.args(), "annotation")?;
    let pairs = metadata::pairs(call.args(), "annotation")?;
    change::kustomization(call, |kustomization| {
        metadata::insert(kustomization.map_mut("commonAnnotations"), pairs, "annotation", call.on("force"))?;
        Ok(Changed::Yes)
    })
}
