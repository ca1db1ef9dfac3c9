//! `edit add component`: adds directories and URLs to the field `components`.

use anyhow::{Result, bail};

use super::{change, loader};
use crate::go_cli::Call;

/// Runs the command.
///
/// # Errors
/// A path names nothing, or the kustomization file can't be changed.
pub fn run(call: &Call) -> Result<()> {
    if call.args().is_empty() {
        bail!("must specify a component file");
    }
    change::add_bases(call, "components", "component", loader::existing(call.args())?)
}
