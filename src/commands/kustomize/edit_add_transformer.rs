//! `edit add transformer`: adds the files of a pattern to the field `transformers`.

use anyhow::{Result, bail};

use super::{change, loader};
use crate::go_cli::Call;

/// Runs the command.
///
/// # Errors
/// A pattern is not well-formed, or the kustomization file can't be changed.
pub fn run(call: &Call) -> Result<()> {
    if call.args().is_empty() {
        bail!("must specify a yaml file which contains a transformer plugin resource");
    }
    change::add_paths(call, "transformers", "transformer", loader::matching(call.args())?)
}
