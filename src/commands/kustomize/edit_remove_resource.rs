//! `edit remove resource`: removes what matches a pattern from the field `resources`, whether there is such a file or not.

use anyhow::{Result, bail};

use super::change;
use crate::go_cli::Call;

/// Runs the command.
///
/// # Errors
/// A pattern is not well-formed, or the kustomization file can't be changed.
pub fn run(call: &Call) -> Result<()> {
    if call.args().is_empty() {
        bail!("must specify a resource file");
    }
    change::remove_matching(call, "resources", call.args())
}
