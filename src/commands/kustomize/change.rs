//! One change of the kustomization file of the working directory: find, read, change, write.
//!
//! The commands check their arguments first, so a wrong argument is reported even if there is no file.
//! Behavior: the order of steps in kustomize's `edit` commands.

use anyhow::Result;

use super::{glob, log};
use crate::edit::{Kustomization, KustomizationFile};
use crate::go_cli::Call;

/// Whether there is something to write after a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// The file is written, even if its content stays the same.
    Yes,
    /// The file is left as it is.
    No,
}

/// Changes the kustomization file. It is not written if the change fails.
///
/// # Errors
/// There is no file, it can't be read or written, or the change fails.
pub fn kustomization(call: &Call, change: impl FnOnce(&mut Kustomization) -> Result<Changed>) -> Result<()> {
    let mut file = KustomizationFile::find()?;
    let mut kustomization = file.read()?;
    match change(&mut kustomization)? {
        Changed::Yes => file.write(&kustomization, call.style()),
        Changed::No => Ok(()),
    }
}

/// Sets a field that contains a string.
///
/// # Errors
/// As [`kustomization`].
pub fn set_text(call: &Call, field: &str, text: &str) -> Result<()> {
    kustomization(call, |kustomization| {
        kustomization.set_text(field, text);
        Ok(Changed::Yes)
    })
}

/// Adds paths to a list. Those that it already contains are noted on standard error.
///
/// # Errors
/// As [`kustomization`].
pub fn add_paths(call: &Call, field: &str, kind: &str, paths: Vec<String>) -> Result<()> {
    if paths.is_empty() {
        return Ok(());
    }
    kustomization(call, |kustomization| {
        add_to_list(kustomization, field, kind, paths);
        Ok(Changed::Yes)
    })
}

/// Adds paths to a list of bases, without the kustomization file itself, which a pattern may match.
///
/// # Errors
/// As [`kustomization`].
pub fn add_bases(call: &Call, field: &str, kind: &str, paths: Vec<String>) -> Result<()> {
    if paths.is_empty() {
        return Ok(());
    }
    let mut file = KustomizationFile::find()?;
    let mut kustomization = file.read()?;
    let others = paths.into_iter().filter(|path| path != file.path()).collect();
    add_to_list(&mut kustomization, field, kind, others);
    file.write(&kustomization, call.style())
}

/// Adds paths to a list. Those that it already contains are noted on standard error.
fn add_to_list(kustomization: &mut Kustomization, field: &str, kind: &str, paths: Vec<String>) {
    let mut list = kustomization.texts(field);
    for path in paths {
        if list.contains(&path) {
            log::line(&format!("{kind} {path} already in kustomization file"));
        } else {
            list.push(path);
        }
    }
    kustomization.set_texts(field, list);
}

/// Removes the items of a list that match one of the patterns. Without such items, the file is left as it is.
///
/// # Errors
/// As [`kustomization`], or a pattern is not well-formed, which is found only if the list has items.
pub fn remove_matching(call: &Call, field: &str, patterns: &[String]) -> Result<()> {
    kustomization(call, |kustomization| {
        let before = kustomization.texts(field);
        let mut after = before.clone();
        for pattern in patterns {
            for item in &before {
                if glob::matches(pattern, item)? {
                    after.retain(|kept| kept != item);
                }
            }
        }
        let changed = if after.len() < before.len() { Changed::Yes } else { Changed::No };
        kustomization.set_texts(field, after);
        Ok(changed)
    })
}
