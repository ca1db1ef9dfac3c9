//! Files of a directory, changed together: all new files are complete before the first one is moved into place, and if that
//! fails, what was moved is moved back.
//!
//! Only regular files are replaced or removed. A file keeps its mode and, where that is permitted, its owner. No descriptor is
//! kept open, so the number of files is not limited.

use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::file::keep_on;
use super::scratch::{Scratch, create_new, hold, sweep};

/// A file to write.
pub struct NewFile {
    /// Its name in the directory.
    pub name: String,
    /// Its content.
    pub text: String,
    /// If it is new, whether only its owner may read it.
    pub private: bool,
}

/// Changes to a directory, in the order in which they are made.
#[derive(Default)]
pub struct Changes {
    /// Files to write; a file may be written twice.
    pub write: Vec<NewFile>,
    /// Files to remove.
    pub remove: Vec<String>,
    /// Files to write when the others are removed.
    pub last: Vec<NewFile>,
}

/// One step that was prepared.
struct Step {
    path: PathBuf,
    /// The complete file; `None` removes the file.
    new: Option<PathBuf>,
    /// The place for what the step replaces.
    old: PathBuf,
}

/// Makes the changes, completely or not at all. The directory is created if it does not exist.
///
/// # Errors
/// The directory can't be written to, or something that is not a regular file is in the way.
pub fn apply(directory: &Path, changes: &Changes) -> anyhow::Result<()> {
    if changes.write.is_empty() && changes.remove.is_empty() && changes.last.is_empty() {
        sweep(directory);
        return Ok(());
    }
    let created = create(directory).with_context(|| format!("can't create the directory `{}`", directory.display()))?;
    let result = in_existing(directory, changes);
    if result.is_err() {
        // From the innermost to the outermost, as long as they are empty.
        created.iter().take_while(|directory| fs::remove_dir(directory).is_ok()).for_each(drop);
    }
    result
}

fn in_existing(directory: &Path, changes: &Changes) -> anyhow::Result<()> {
    sweep(directory);
    let scratch = Scratch::directory(directory).with_context(|| cannot("write to", directory))?;
    let mut steps = Vec::new();
    for file in changes.write.iter().chain(&changes.last) {
        steps.push(stage(directory, file, &scratch.path.join(format!("{}", steps.len())))?);
    }
    let last = steps.split_off(changes.write.len());
    for name in &changes.remove {
        let path = directory.join(name);
        existing(&path).with_context(|| cannot("remove", &path))?;
        steps.push(Some(Step { path, new: None, old: PathBuf::new() }));
    }
    steps.extend(last);
    commit(steps.into_iter().flatten().enumerate().map(|(at, mut step)| {
        step.old = scratch.path.join(format!("old-{at}"));
        step
    }))
}

/// Creates a directory and those that contain it, and returns the new ones, the innermost first.
fn create(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let missing = directory.ancestors().take_while(|path| !path.as_os_str().is_empty() && !path.exists());
    let missing: Vec<PathBuf> = missing.map(Path::to_owned).collect();
    fs::create_dir_all(directory)?;
    Ok(missing)
}

/// Writes a file under a temporary name; `None` if the file has this content.
fn stage(directory: &Path, file: &NewFile, new: &Path) -> anyhow::Result<Option<Step>> {
    let path = directory.join(&file.name);
    let place = || cannot("write", &path);
    let old = existing(&path).with_context(place)?;
    if old.as_ref().is_some_and(|old| has_content(&path, old, &file.text)) {
        return Ok(None);
    }
    let write = || {
        // Between the files, a signal finds a directory that nobody adds files to.
        let _held = hold();
        let mut out = create_new(new, file.private || old.is_some())?;
        if let Some(old) = &old {
            // The owner of a file in a directory is kept where that is permitted; its mode in any case.
            if keep_on(&out, old, &path).is_err() {
                out.set_permissions(old.permissions())?;
            }
        }
        out.write_all(file.text.as_bytes())
    };
    write().with_context(place)?;
    Ok(Some(Step { path: path.clone(), new: Some(new.to_owned()), old: PathBuf::new() }))
}

/// The regular file at a path, if there is something.
fn existing(path: &Path) -> io::Result<Option<Metadata>> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_file() => Ok(Some(found)),
        Ok(found) if found.is_symlink() => Err(io::Error::other("it is a symbolic link")),
        Ok(_) => Err(io::Error::other("it is not a regular file")),
        Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(cause),
    }
}

fn has_content(path: &Path, found: &Metadata, text: &str) -> bool {
    let mut content = Vec::with_capacity(text.len());
    found.len() == text.len() as u64
        && File::open(path).and_then(|file| file.take(found.len() + 1).read_to_end(&mut content)).is_ok()
        && content == text.as_bytes()
}

/// Makes the steps, or none. A signal waits until they are made.
fn commit(steps: impl Iterator<Item = Step>) -> anyhow::Result<()> {
    let _held = hold();
    let mut done: Vec<Step> = Vec::new();
    for step in steps {
        let action = if step.new.is_some() { "write" } else { "remove" };
        if let Err(cause) = make(&step) {
            let lost = done.iter().rev().filter(|step| undo(step).is_err()).count();
            let error = anyhow::Error::from(cause).context(cannot(action, &step.path));
            return Err(if lost > 0 { error.context(format!("{lost} files could not be restored")) } else { error });
        }
        done.push(step);
    }
    Ok(())
}

fn make(step: &Step) -> io::Result<()> {
    match &step.new {
        None => ignore_missing(fs::rename(&step.path, &step.old)),
        Some(new) => {
            // A second name, so that the file is at its place at any time; a copy in file systems without hard links.
            ignore_missing(fs::hard_link(&step.path, &step.old).or_else(|cause| match cause.kind() {
                ErrorKind::NotFound => Err(cause),
                _ => fs::copy(&step.path, &step.old).map(drop),
            }))?;
            fs::rename(new, &step.path)
        }
    }
}

fn undo(step: &Step) -> io::Result<()> {
    if step.old.exists() { fs::rename(&step.old, &step.path) } else { ignore_missing(fs::remove_file(&step.path)) }
}

fn ignore_missing(result: io::Result<()>) -> io::Result<()> {
    result.or_else(|cause| if cause.kind() == ErrorKind::NotFound { Ok(()) } else { Err(cause) })
}

fn cannot(action: &str, path: &Path) -> String {
    format!("can't {action} `{}`", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(directory: &Path) -> Vec<(String, String)> {
        let entries = fs::read_dir(directory).expect("a directory").map(|entry| entry.expect("an entry"));
        let content = |path: &Path| fs::read_to_string(path).unwrap_or_default();
        let mut files: Vec<_> = entries.map(|entry| (entry.file_name().display().to_string(), content(&entry.path()))).collect();
        files.sort();
        files
    }

    #[test]
    fn a_failure_undoes_the_steps_before_it() {
        let directory = tempfile::tempdir().expect("a directory");
        let at = |name: &str| directory.path().join(name);
        for name in ["a", "gone", "new-a", "new-b"] {
            fs::write(at(name), name).expect("a file");
        }
        let step = |path: &str, new: Option<&str>, old: &str| Step { path: at(path), new: new.map(at), old: at(old) };
        let steps = [
            step("a", Some("new-a"), "old-a"),
            step("b", Some("new-b"), "old-b"),
            step("gone", None, "old-gone"),
            step("c", Some("missing"), "old-c"),
        ];
        let error = commit(steps.into_iter()).expect_err("the last step fails").to_string();
        assert!(error.starts_with("can't write `") && error.ends_with("/c`"), "{error}");
        assert_eq!(read(directory.path()), [("a".to_owned(), "a".to_owned()), ("gone".to_owned(), "gone".to_owned())]);
    }

    #[test]
    fn a_directory_that_was_created_is_removed_on_failure() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = |name: &str| NewFile { name: name.to_owned(), text: "x".to_owned(), private: false };
        let changes = Changes { write: vec![file("a"), file("no/b")], ..Changes::default() };
        apply(&directory.path().join("x/y"), &changes).expect_err("no such directory");
        assert_eq!(read(directory.path()), []);
        apply(&directory.path().join("x/y"), &Changes { write: vec![file("a")], ..Changes::default() }).expect("written");
        assert_eq!(read(&directory.path().join("x/y")), [("a".to_owned(), "x".to_owned())]);
    }
}
