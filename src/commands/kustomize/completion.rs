//! `kustomize completion SHELL`: the script that a shell loads to complete command lines.

use super::printed::Printed;
use super::program::tree;
use crate::commands::outcome::Outcome;
use crate::commands::output;
use crate::go_cli::{Call, script};

/// Prints the script.
pub fn run(call: &Call) -> anyhow::Result<()> {
    let shell = call.args().first().map_or("", String::as_str);
    let text = script(&tree(call.program), shell, call.path).unwrap_or_default();
    match output::print(&text) {
        Outcome::Success => Ok(()),
        _ => Err(Printed.into()),
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn the_scripts_are_those_of_kustomize() {
        let expected = [
            ("bash", 46685, "b928ed34d2473a12"),
            ("zsh", 7856, "de7c8e322b63ce80"),
            ("fish", 9969, "96ef7eee90f235e8"),
            ("powershell", 10910, "db4b2fcf9d33e7c9"),
        ];
        for (shell, length, digest) in expected {
            let text = script(&tree("kustomize"), shell, "completion").unwrap_or_default();
            let found = format!("{:x}", Sha256::digest(&text));
            assert_eq!((shell, text.len(), &found[..16]), (shell, length, digest));
        }
    }
}
