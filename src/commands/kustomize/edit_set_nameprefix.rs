//! `edit set nameprefix`: sets the field `namePrefix`. An empty value removes it.

use anyhow::{Result, bail};

use super::change;
use crate::go_cli::Call;

/// Runs the command.
///
/// # Errors
/// There is not exactly one argument, or the kustomization file can't be changed.
pub fn run(call: &Call) -> Result<()> {
    let [value] = call.args() else {
        bail!("must specify exactly one prefix value");
    };
    change::set_text(call, "namePrefix", value)
}
