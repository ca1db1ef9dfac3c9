//! The inputs that once made a fuzz target fail, and a few small ones: `tests/fuzz/inputs/CHECK/NAME`.
//!
//! `fuzz/README.md` describes how new ones are found.

mod checks;
mod memory;
mod properties;

use std::path::{Path, PathBuf};

/// As large as the program's own stack, in bytes.
const STACK: usize = 1 << 30;

fn below(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths
}

#[test]
fn inputs_that_once_failed_pass() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/inputs");
    for directory in below(&root) {
        let name = directory.file_name().expect("a name").to_string_lossy().into_owned();
        let found = checks::CHECKS.iter().find(|(check, _)| *check == name);
        let (_, check) = *found.unwrap_or_else(|| panic!("there is no check `{name}`"));
        for file in below(&directory) {
            let data = std::fs::read(&file).expect("a file");
            let thread = std::thread::Builder::new().stack_size(STACK).spawn(move || check(&data)).expect("a thread");
            thread.join().unwrap_or_else(|_| panic!("{} failed", file.display()));
        }
    }
}

#[test]
fn every_check_has_a_target() {
    let targets = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/targets");
    if !targets.is_dir() {
        eprintln!("skipped: no fuzz targets, as in a published package");
        return;
    }
    for (name, _) in checks::CHECKS {
        assert!(targets.join(format!("{name}.rs")).is_file(), "no fuzz target for `{name}`");
    }
}
