//! `edit set namespace`: sets the field `namespace`. The name is not validated, as in kustomize.

use anyhow::{Result, bail};

use super::change;
use crate::go_cli::Call;

/// Runs the command.
///
/// # Errors
/// There is not exactly one argument, or the kustomization file can't be changed.
pub fn run(call: &Call) -> Result<()> {
    let [value] = call.args() else {
        bail!("must specify exactly one namespace value");
    };
    change::set_text(call, "namespace", value)
}
