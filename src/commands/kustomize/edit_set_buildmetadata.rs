//! `edit set buildmetadata`: replaces the options of the field `buildMetadata`.

use anyhow::Result;

use super::build_metadata;
use super::change::{self, Changed};
use crate::go_cli::Call;

/// Runs the command.
///
/// # Errors
/// An option is unknown, or the kustomization file can't be changed.
pub fn run(call: &Call) -> Result<()> {
    let options = build_metadata::options(call.args())?;
    change::kustomization(call, |kustomization| {
        kustomization.set_texts("buildMetadata", options);
        Ok(Changed::Yes)
    })
}
