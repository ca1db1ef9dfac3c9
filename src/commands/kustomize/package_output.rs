//! What the commands about packages have in common: standard input and output, and errors without a usage.

use std::io::Read;

use super::printed::Printed;
use crate::commands::outcome::Outcome;
use crate::commands::output;

/// All of standard input.
pub(super) fn stdin() -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Prints a text to standard output.
pub(super) fn print(text: &str) -> anyhow::Result<()> {
    match output::print(text) {
        Outcome::Success => Ok(()),
        _ => Err(Printed.into()),
    }
}

/// Prints an error that no usage follows.
pub(super) fn without_usage<T>(result: anyhow::Result<T>) -> anyhow::Result<T> {
    result.map_err(|error| {
        if !error.is::<Printed>() {
            output::eprint(&format!("Error: {error:#}\n"));
        }
        Printed.into()
    })
}
