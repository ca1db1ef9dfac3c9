//! `edit add buildmetadata`: adds options to the field `buildMetadata`.

use anyhow::{Result, bail};

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
        for option in options {
            if list.contains(&option) {
                bail!("buildMetadata option {option} already in kustomization file");
            }
            list.push(option);
        }
        kustomization.set_texts("buildMetadata", list);
        Ok(Changed::Yes)
    })
}
