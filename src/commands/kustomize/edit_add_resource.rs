//! `edit add resource`: adds files, directories, and URLs to the field `resources`.

use anyhow::{Result, bail};

use super::{change, loader};
use crate::go_cli::Call;

/// Runs the command.
///
/// # Errors
/// A path names nothing, or the kustomization file can't be changed.
pub fn run(call: &Call) -> Result<()> {
    if call.args().is_empty() {
        bail!("must specify a resource file");
    }
    let paths = if call.on("no-verify") { call.args().to_vec() } else { loader::existing(call.args())? };
    change::add_bases(call, "resources", "resource", paths)
}
