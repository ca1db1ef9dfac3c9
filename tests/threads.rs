//! The number of threads changes nothing: the same bytes on standard output and standard error, the same exit code, the same files.
//!
//! All cases of the specification are built, validated, and compared together, and so are the stacks, and the cases in a git
//! repository in which some of them were changed.

#[allow(dead_code)]
#[path = "support/git.rs"]
mod git;
#[allow(dead_code)]
mod spec_runner;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use git::{init, is_available, isolated};
use spec_runner::case::{Case, Ending, all_cases};

/// Exit code, standard output, standard error.
type Run = (Option<i32>, String, String);

fn render(directory: &Path, threads: &str, arguments: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_render"));
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("empty-cache");
    command.env_remove("CI").env("RENDER_CACHE_DIR", cache).env("RENDER_THREADS", threads);
    let output = isolated(command.args(arguments).current_dir(directory)).output().expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// Runs a command with several numbers of threads; returns the exit code.
fn same(directory: &Path, arguments: &[&str]) -> Option<i32> {
    let one = render(directory, "1", arguments);
    for threads in ["2", "8"] {
        let many = render(directory, threads, arguments);
        assert!(many == one, "{arguments:?} in {}: {threads} threads\n{many:#?}\none:\n{one:#?}", directory.display());
    }
    one.0
}

/// Writes the files of cases, each in a directory of its own; returns the directories.
fn write(root: &Path, cases: &[&Case]) -> Vec<String> {
    let name = |at: usize| format!("case-{at:03}");
    for (at, case) in cases.iter().enumerate() {
        for (path, content) in &case.files {
            let path = root.join(name(at)).join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
            std::fs::write(&path, content).expect("a file");
        }
    }
    (0..cases.len()).map(name).filter(|name| root.join(name).join("kustomization.yaml").is_file()).collect()
}

/// The cases of the pages; those that are built and those that are not, because one error suppresses all output.
fn by_page(cases: &[Case]) -> BTreeMap<(&Path, bool), Vec<&Case>> {
    let mut pages: BTreeMap<_, Vec<&Case>> = BTreeMap::new();
    for case in cases {
        let is_built = case.ending() != Some(Ending::Error);
        pages.entry((case.page.as_path(), is_built)).or_default().push(case);
    }
    pages
}

#[test]
fn the_cases_of_each_page() {
    let cases = all_cases();
    let mut codes = Vec::new();
    for ((_, is_built), cases) in by_page(&cases) {
        let root = tempfile::tempdir().expect("a directory");
        let directories = write(root.path(), &cases);
        let directories: Vec<&str> = directories.iter().map(String::as_str).collect();
        let mut run = |arguments: &[&str]| codes.push(same(root.path(), &[arguments, &["--offline"]].concat()));
        run(&["validate", "."]);
        if directories.len() < 2 {
            continue;
        }
        let mut with = |arguments: &[&str]| run(&[arguments, directories.as_slice()].concat());
        with(&[]);
        with(&["validate", "--strict"]);
        with(&["deps", "--format", "json"]);
        if is_built {
            with(&["--no-validate"]);
            with(&["compare", "--all"]);
            with(&["test"]);
        }
    }
    let count = |code: i32| codes.iter().filter(|found| **found == Some(code)).count();
    assert!(count(0) > 100 && count(1) > 100 && count(0) + count(1) + count(2) == codes.len(), "{codes:?}");
}

#[test]
fn all_cases_together() {
    let cases = all_cases();
    let root = tempfile::tempdir().expect("a directory");
    for ((page, is_built), cases) in by_page(&cases) {
        let page = page.file_stem().expect("a name").to_string_lossy().into_owned();
        write(&root.path().join(format!("{page}-{is_built}")), &cases);
    }
    assert_eq!(same(root.path(), &["validate", ".", "--offline"]), Some(2));
    assert_eq!(same(root.path(), &["validate", ".", "--offline", "--format", "json"]), Some(2));
    assert!(same(root.path(), &["test", "--offline"]).is_some());
}

#[test]
fn the_stacks() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let overlays = ["overlays/dev", "overlays/staging", "overlays/production"];
    for arguments in [&["--strict"][..], &[], &["validate"], &["compare"], &["deps"], &["deps", "--objects"], &["test"]] {
        assert!(same(root, &[arguments, &overlays].concat()).is_some_and(|code| code < 2), "{arguments:?}");
    }
    assert_eq!(same(root, &["diff", "overlays/staging", "overlays/production"]), Some(1));
    assert_eq!(same(root, &["validate"]), Some(0));
}

#[test]
fn a_repository_with_changes() {
    if !is_available() {
        return;
    }
    let cases: Vec<Case> = all_cases().into_iter().filter(|case| case.ending() == Some(Ending::Output)).collect();
    let root = tempfile::tempdir().expect("a directory");
    let directories = write(root.path(), &cases.iter().step_by(4).collect::<Vec<_>>());
    init(root.path());
    // Some builds change, and some fail, because the field appears twice.
    for directory in directories.iter().step_by(3) {
        let path = root.path().join(directory).join("kustomization.yaml");
        let text = std::fs::read_to_string(&path).expect("a file");
        std::fs::write(&path, format!("{text}\nnamePrefix: new-\n")).expect("a file");
    }
    let diff = ["diff", "--base", "HEAD", "--keep-going", "--offline"];
    assert_eq!(same(root.path(), &diff), Some(2));
    assert_eq!(same(root.path(), &[&diff[..], &["--all", "--format", "json"]].concat()), Some(2));
    assert_eq!(same(root.path(), &["affected", "--since", "HEAD", "--offline"]), Some(0));
    assert_eq!(same(root.path(), &["affected", "--since", "HEAD", "--offline", "--all", "--format", "json"]), Some(0));
    let some: Vec<&str> = directories.iter().step_by(7).map(String::as_str).collect();
    assert_eq!(same(root.path(), &[&["affected", "--since", "HEAD", "--offline"], some.as_slice()].concat()), Some(0));
}

#[test]
fn directories_of_files() {
    let cases: Vec<Case> = all_cases().into_iter().filter(|case| case.ending() == Some(Ending::Output)).collect();
    let root = tempfile::tempdir().expect("a directory");
    let directories = write(root.path(), &cases.iter().step_by(5).collect::<Vec<_>>());
    let builds = |directory: &&String| render(root.path(), "1", &["build", directory, "--offline"]).0 == Some(0);
    let directories: Vec<&str> = directories.iter().filter(builds).map(String::as_str).collect();
    let print = ["--no-validate", "--offline"];
    assert_eq!(same(root.path(), &[&print[..], &directories].concat()), Some(0));
    // Names appear twice.
    assert_eq!(same(root.path(), &[&print[..], &["-o", "out/"], &directories].concat()), Some(1));
    assert!(!root.path().join("out").exists());
}
