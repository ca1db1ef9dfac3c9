//! The packages of a directory: a file named `Krmfile` makes a directory a package of its own.
//!
//! Behavior: `DirsWithFile` and `ExecuteCmdOnPkgs` in kustomize's `cmd/config`.

use super::walk::{Next, walk};
use crate::kustomize_words::paths::{base, clean, dir, join};

/// The name of the file.
pub const KRM_FILE: &str = "Krmfile";

/// The directories of the packages; the given one is always among them.
///
/// # Errors
/// The directory can't be read.
pub fn subpackages(root: &str, recurse: bool) -> anyhow::Result<Vec<String>> {
    let mut found = Vec::new();
    if recurse {
        walk(root, &mut |path, _| {
            if base(path) == KRM_FILE {
                found.push(dir(path));
            }
            Ok(Next::Continue)
        })?;
    } else {
        let file = join(root, KRM_FILE);
        if !std::fs::metadata(file).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound) {
            found.push(clean(root));
        }
    }
    if !found.iter().any(|package| package == root) {
        found.insert(0, root.to_owned());
    }
    Ok(found)
}
