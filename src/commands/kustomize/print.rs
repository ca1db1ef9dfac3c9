//! Standard output of the commands of kustomize.

use super::printed::Printed;
use crate::commands::outcome::Outcome;
use crate::commands::output;

/// Prints text to standard output.
///
/// # Errors
/// It can't be written, which was reported.
pub fn print(text: &str) -> anyhow::Result<()> {
    match output::print(text) {
        Outcome::Success => Ok(()),
        _ => Err(Printed.into()),
    }
}
