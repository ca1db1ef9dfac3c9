//! `edit add base`: adds directories, separated by commas, to the field `resources`, which the field `bases` has become.

use std::path::Path;

use anyhow::{Result, bail};

use super::change::{self, Changed};
use crate::go_cli::Call;

/// Runs the command.
///
/// # Errors
/// A path does not exist or is already in the file, or the kustomization file can't be changed.
pub fn run(call: &Call) -> Result<()> {
    let [paths] = call.args() else {
        bail!("must specify a base directory");
    };
    change::kustomization(call, |kustomization| {
        let mut list = kustomization.texts("resources");
        for path in paths.split(',') {
            if !Path::new(path).exists() {
                bail!("{path} does not exist");
            }
            if list.iter().any(|item| item == path) {
                bail!("base {path} already in kustomization file");
            }
            list.push(path.to_owned());
        }
        kustomization.set_texts("resources", list);
        Ok(Changed::Yes)
    })
}
