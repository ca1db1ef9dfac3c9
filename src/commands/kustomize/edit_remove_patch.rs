//! `edit remove patch`: removes a patch from the field `patches`. Everything that the flags do not mention has to be empty.

use anyhow::{Result, bail};

use super::change::{self, Changed};
use super::{log, patch};
use crate::go_cli::Call;

/// Runs the command.
///
/// # Errors
/// There are both a path and a patch, or the kustomization file can't be changed.
pub fn run(call: &Call) -> Result<()> {
    if !call.text("patch").is_empty() && !call.text("path").is_empty() {
        bail!("patch and path can't be set at the same time");
    }
    let patch = patch::from_flags(call);
    change::kustomization(call, |kustomization| {
        if !kustomization.list("patches").iter().any(|item| patch::is_same(item, &patch)) {
            log::line(&format!("patch {} doesn't exist in kustomization file", call.text("patch")));
            return Ok(Changed::No);
        }
        kustomization.list_mut("patches").retain(|item| !patch::is_same(item, &patch));
        Ok(Changed::Yes)
    })
}
