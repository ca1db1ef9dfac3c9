//! `edit add patch`: adds a patch to the field `patches`.

use anyhow::{Result, bail};
use serde_json::Value;

use super::change::{self, Changed};
use super::{log, patch};
use crate::edit::{go_print, types};
use crate::go_cli::Call;

/// Runs the command.
///
/// # Errors
/// There is neither a path nor a patch or there are both, or the kustomization file can't be changed.
pub fn run(call: &Call) -> Result<()> {
    match (call.text("patch").is_empty(), call.text("path").is_empty()) {
        (false, false) => bail!("patch and path can't be set at the same time"),
        (true, true) => bail!("must provide either patch or path"),
        _ => {}
    }
    let patch = patch::from_flags(call);
    change::kustomization(call, |kustomization| {
        if let Some(item) = kustomization.list("patches").iter().find(|item| patch::is_same(item, &patch)) {
            log::line(&format!("patch {} already in kustomization file", go_print::go_syntax(&types::PATCH, item)));
            return Ok(Changed::No);
        }
        kustomization.list_mut("patches").push(Value::Object(patch));
        Ok(Changed::Yes)
    })
}
