//! `cfg count`: counts the objects of a directory or of standard input.

use super::package_output::{print, stdin, without_usage};
use crate::go_cli::Call;
use crate::packages::{self, KRM_FILE, PackageReader, subpackages};

/// Runs the command.
///
/// # Errors
/// A directory can't be read.
pub fn run(call: &Call) -> anyhow::Result<()> {
    let by_kind = call.on("kind");
    let Some(root) = call.args().first() else {
        let objects = without_usage(stdin().and_then(|bytes| packages::read(&bytes)))?;
        return print(&packages::count(&objects, by_kind));
    };
    let recurse = call.on("recurse-subpackages");
    for (at, path) in subpackages(root, recurse)?.iter().enumerate() {
        print(&format!("{}{path}/\n", if at > 0 { "\n" } else { "" }))?;
        let reader = PackageReader { path, package_file: KRM_FILE, ..PackageReader::default() };
        match reader.read() {
            Ok(objects) => print(&packages::count(&objects, by_kind))?,
            Err(error) if recurse => print(&format!("{error:#}\n"))?,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
