//! Runs the cases of `tests/commands/*.md`: commands under the name `kustomize` and `render`, with everything that they print, and
//! the files that they change.
//!
//! `RENDER_UPDATE=1 cargo test --test commands` writes the results to the pages; read the diff before you commit it.
//! `RENDER_CASE=labels` runs the cases whose page or heading contains that text.
//!
//! `## heading` begins a case. A fenced block whose title is a path (```` ```yaml base/kustomization.yaml ````) is a file; files
//! before the first case belong to every case of the page, unless the case has a file of the same name. The block `console`
//! contains the commands, and what they print:
//!
//! - `$ cd overlay && kustomize edit set image 'a=b' < input.yaml`: a command. `cd` and `<` are optional. Words can be in single or
//!   double quotes, and `$'a\nb'` contains escapes.
//! - `! line`: a line of standard error. The usage that follows an error is left out: see the block `console usage`.
//! - `[1]`: the exit code, if it is not 0.
//! - any other line: a line of standard output. `\ no newline` follows a last line that does not end.
//!
//! Further blocks are the files that were changed or created, or `removed PATH`. `{DIR}`, `{TIME}`, and `{PTR}` replace what
//! differs from run to run.

#[path = "commands/page.rs"]
mod page;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use page::{Block, Case, cases, words};
use regex::Regex;
use similar::TextDiff;

type Files = BTreeMap<String, Vec<u8>>;

#[test]
fn every_command_does_what_its_page_shows() {
    let filter = std::env::var("RENDER_CASE").unwrap_or_default();
    let updates = std::env::var_os("RENDER_UPDATE").is_some_and(|value| value == "1");
    let programs = programs();
    let mut failures = Vec::new();
    for path in pages() {
        let text = std::fs::read_to_string(&path).expect("a page");
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        for case in cases(&text).iter().rev().filter(|case| format!("{name}: {}", case.heading).contains(&filter)) {
            let found = run(case, programs.path());
            if found != lines[case.result.clone()] {
                let (old, new) = (lines[case.result.clone()].join("\n"), found.join("\n"));
                let diff = TextDiff::from_lines(&old, &new).unified_diff().context_radius(3).to_string();
                failures.push(format!("{}:{}: {}\n(- expected, + found)\n{diff}", path.display(), case.line, case.heading));
                lines.splice(case.result.clone(), found);
            }
        }
        if updates {
            std::fs::write(&path, lines.join("\n") + "\n").expect("a page");
        }
    }
    assert!(updates || failures.is_empty(), "{} cases fail\n\n{}", failures.len(), failures.join("\n"));
}

fn pages() -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/commands");
    let entries = std::fs::read_dir(directory).expect("a directory of pages");
    let mut pages: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    pages.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    pages.sort();
    pages
}

/// A directory with the program under its names.
fn programs() -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    for name in ["render", "kustomize"] {
        let path = directory.path().join(name);
        #[cfg(unix)]
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_render"), path).expect("a link");
        #[cfg(not(unix))]
        std::fs::copy(env!("CARGO_BIN_EXE_render"), path.with_extension("exe")).expect("a copy");
    }
    directory
}

/// The lines of a page that follow the files of a case.
fn run(case: &Case, programs: &Path) -> Vec<String> {
    let outer = tempfile::tempdir().expect("a directory");
    let directory = outer.path().canonicalize().expect("a path").join("case");
    std::fs::create_dir(&directory).expect("a directory");
    for (path, content) in &case.files {
        let path = directory.join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        std::fs::write(path, content).expect("a file");
    }
    let before = files(&directory, &directory);
    let transcript = case.commands.iter().flat_map(|command| once(command, &directory, programs, case.shows_usage));
    let title = if case.shows_usage { "console usage" } else { "console" };
    let mut lines = Block::new(title, transcript.collect()).lines();
    let after = files(&directory, &directory);
    for path in before.keys().filter(|path| !after.contains_key(*path)) {
        lines.push(String::new());
        lines.extend(Block::new(&format!("removed {path}"), Vec::new()).lines());
    }
    for (path, content) in after.iter().filter(|(path, content)| before.get(*path) != Some(content)) {
        lines.push(String::new());
        lines.extend(Block::of_file(path, content).lines());
    }
    lines
}

/// The files below a directory.
fn files(root: &Path, directory: &Path) -> Files {
    let mut found = Files::new();
    for entry in std::fs::read_dir(directory).expect("a directory").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            found.extend(files(root, &entry));
        } else {
            let path = entry.strip_prefix(root).expect("a path below the root").to_string_lossy().into_owned();
            found.insert(path, std::fs::read(&entry).expect("a file"));
        }
    }
    found
}

/// A command and what it prints.
fn once(command: &str, directory: &Path, programs: &Path, shows_usage: bool) -> Vec<String> {
    let mut words = words(command);
    let mut place = directory.to_owned();
    if words.first().is_some_and(|word| word == "cd") {
        place = place.join(&words[1]);
        words.drain(..3);
    }
    let mut input = Vec::new();
    if let [.., less, file] = words.as_slice()
        && less == "<"
    {
        input = std::fs::read(place.join(file)).expect("a file");
        words.truncate(words.len() - 2);
    }
    let mut child = Command::new(programs.join(&words[0]))
        .args(&words[1..])
        .current_dir(place)
        .env_remove("CI")
        .env("RENDER_CACHE_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("empty-cache"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // A program that does not read its input has closed it.
    let _ = child.stdin.take().expect("an input").write_all(&input);
    let output = child.wait_with_output().expect("the program ends");
    let mut lines = vec![format!("$ {command}")];
    lines.extend(shown(&output.stdout, directory));
    let errors = shown(&output.stderr, directory).into_iter();
    let errors = errors.take_while(|line| shows_usage || line != "Usage:");
    lines.extend(errors.map(|line| format!("! {line}").trim_end().to_owned()));
    if output.status.code() != Some(0) {
        lines.push(format!("[{}]", output.status.code().map_or("killed".to_owned(), |code| code.to_string())));
    }
    lines
}

/// The lines of an output, without what differs from run to run.
fn shown(bytes: &[u8], directory: &Path) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes).replace(&directory.display().to_string(), "{DIR}");
    let text = Regex::new(r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d").expect("a pattern").replace_all(&text, "{TIME}");
    let text = Regex::new(r"0xc[0-9a-f]{6,}").expect("a pattern").replace_all(&text, "{PTR}");
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    if !text.is_empty() && !text.ends_with('\n') {
        lines.push("\\ no newline".to_owned());
    }
    lines
}
