//! `edit set namesuffix`: sets the field `nameSuffix`. An empty value removes it.

use anyhow::{Result, bail};

use super::change;
use crate::go_cli::Call;

/// Runs the command.
///
/// # Errors
/// There is not exactly one argument, or the kustomization file can't be changed.
pub fn run(call: &Call) -> Result<()> {
    let [value] = call.args() else {
        bail!("must specify exactly one suffix value");
    };
    change::set_text(call, "nameSuffix", value)
}
