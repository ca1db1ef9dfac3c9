//! `edit remove buildmetadata`: removes options from the field `buildMetadata`, whether they are in it or not.

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
        let mut list = kustomization.texts("buildMetadata");
        list.retain(|option| !options.contains(option));
        kustomization.set_texts("buildMetadata", list);
        Ok(Changed::Yes)
    })
}
