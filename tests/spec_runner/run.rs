//! Runs cases: each one twice; the output is also read and printed again.

use std::path::{Path, PathBuf};
use std::process::Command;

use render::kustomization::{FIELDS, FILE_NAMES};
use render::records::Records;
use render::yaml::{Dialect, Node, emit, known_field};
use similar::TextDiff;

use super::case::{Case, Ending};
use super::helm::Helm;

/// The result of a case.
pub struct Run {
    ending: Ending,
    text: String,
    /// What is wrong regardless of the expected result.
    problem: Option<String>,
}

/// Runs a case, with this helm if it needs one.
pub fn run(case: &Case, helm: Option<&Helm>) -> Run {
    let directory = tempfile::tempdir().expect("a directory");
    for (path, content) in &case.files {
        let path = directory.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        std::fs::write(&path, content).expect("a file");
        if content.starts_with(b"#!") {
            make_executable(&path);
        }
    }
    let mut run = once(case, directory.path(), helm);
    if run.ending == Ending::Output && run.problem.is_none() {
        let again = once(case, directory.path(), helm);
        run.problem = if again.text == run.text && !case.prints_objects() {
            None
        } else if again.text == run.text {
            reprint(&run.text)
                .map_or_else(|problem| Some(format!("the output can't be read: {problem}")), |text| changed(&run.text, &text))
        } else {
            Some(format!("the second run has different output:\n{}", diff(&run.text, &again.text)))
        };
    }
    run
}

fn once(case: &Case, directory: &Path, helm: Option<&Helm>) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_render"));
    command.env_remove("CI").env("RENDER_CACHE_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("empty-cache"));
    if let Some(helm) = helm {
        command.env("PATH", helm.path());
    }
    let output = command.args(&case.arguments).current_dir(directory).output().expect("the program starts");
    let (stdout, stderr) = (text(output.stdout), text(output.stderr));
    let is_command = |name: &str| case.arguments.first().is_some_and(|command| command == name);
    match output.status.code() {
        Some(code @ (0 | 1)) if is_command("diff") && stderr.is_empty() => {
            let code = if case.prints_code { format!("{code}\n") } else { String::new() };
            Run { ending: Ending::Output, text: stdout + &code, problem: None }
        }
        Some(2) if is_command("diff") && stdout.is_empty() => Run { ending: Ending::Error, text: stderr, problem: None },
        // The formats for jobs contain the errors, which standard error repeats.
        Some(2) if is_command("diff") => Run { ending: Ending::Output, text: stdout, problem: None },
        // The findings of builds come before the result.
        Some(0 | 1) if is_command("test") && (stderr.is_empty() || !stdout.is_empty()) => {
            Run { ending: Ending::Test, text: stderr + &stdout, problem: None }
        }
        Some(0) if is_command("blame") => Run { ending: Ending::Blame, text: stderr + &stdout, problem: None },
        Some(0) if is_command("compare") => Run { ending: Ending::Output, text: stderr + &stdout, problem: None },
        Some(0 | 1) if is_command("validate") && stderr.is_empty() => {
            Run { ending: Ending::Validate, text: stdout, problem: None }
        }
        Some(0) => Run { ending: Ending::Output, text: stdout, problem: None },
        code => {
            let wrong_code = (code != Some(1)).then(|| format!("the exit code is {code:?}"));
            let printed = (!stdout.is_empty()).then(|| format!("there is output despite an error:\n{stdout}"));
            Run { ending: Ending::Error, text: stderr, problem: wrong_code.or(printed) }
        }
    }
}

#[cfg(unix)]
fn make_executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("a script");
}

#[cfg(not(unix))]
fn make_executable(_: &Path) {}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("the output is UTF-8")
}

/// The result of reading and printing a stream of printed documents.
fn reprint(text: &str) -> Result<String, String> {
    let documents = read(text)?;
    let mut texts = Vec::new();
    for document in &documents {
        let mut out = String::new();
        emit(document, &mut out).map_err(|errors| format!("{errors:?}"))?;
        texts.push(out);
    }
    Ok(texts.join("---\n"))
}

fn read(text: &str) -> Result<Vec<Node>, String> {
    let mut records = Records::default();
    let source = records.sources.add("output", text);
    let step = records.provenance.step("", "test");
    records.documents(source, step, Dialect::Manifest).map_err(|errors| format!("{errors:?}"))
}

fn changed(old: &str, new: &str) -> Option<String> {
    (old != new).then(|| format!("the output changes when it is read and printed again:\n{}", diff(old, new)))
}

fn diff(old: &str, new: &str) -> String {
    TextDiff::from_lines(old, new).unified_diff().context_radius(3).to_string()
}

impl Run {
    /// What is wrong, in readable form; `None` if nothing is.
    pub fn failure(&self, case: &Case) -> Option<String> {
        let place = format!("{}:{}: {}", case.page.display(), case.line, case.heading);
        let problem = match &self.problem {
            Some(problem) => problem.clone(),
            None if case.expected.is_none() => "the case has no result block yet; RENDER_UPDATE=1 writes it".into(),
            None if case.ending() != Some(self.ending) => {
                format!("expected {:?}, found {:?}:\n{}", case.ending(), self.ending, self.text)
            }
            None if case.expected_text() != self.text => {
                format!("(- expected, + found)\n{}", diff(case.expected_text(), &self.text))
            }
            None => return None,
        };
        Some(format!("{place}\n{problem}"))
    }
}

/// Writes the results of cases to their pages.
pub fn update(cases: &[Case], runs: &[Run]) {
    let mut pages: Vec<&PathBuf> = cases.iter().map(|case| &case.page).collect();
    pages.dedup();
    for page in pages {
        let text = std::fs::read_to_string(page).expect("a page");
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        for (case, run) in cases.iter().zip(runs).filter(|(case, _)| case.page == *page).rev() {
            let block = block(run);
            match &case.expected {
                Some(expected) => drop(lines.splice(expected.lines.clone(), block)),
                None => drop(lines.splice(case.end..case.end, [String::new()].into_iter().chain(block))),
            }
        }
        let new = lines.join("\n") + "\n";
        if new != text {
            std::fs::write(page, new).expect("a page");
        }
    }
}

fn block(run: &Run) -> impl Iterator<Item = String> {
    let longest = run.text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat((longest + 1).max(3));
    let title = match run.ending {
        Ending::Output => "output",
        Ending::Error => "error",
        Ending::Validate => "validate",
        Ending::Test => "test",
        Ending::Blame => "blame",
    };
    let lines: Vec<String> = run.text.lines().map(str::to_owned).collect();
    std::iter::once(format!("{fence}{title}")).chain(lines).chain([fence.clone()])
}

/// The fields in the kustomization files of a case.
pub fn fields_in_use(case: &Case) -> Vec<&'static str> {
    let is_kustomization = |path: &str| FILE_NAMES.contains(&path.rsplit('/').next().unwrap_or(path));
    let files = case.files.iter().filter(|(path, _)| is_kustomization(path));
    let documents = files.filter_map(|(_, content)| read(std::str::from_utf8(content).ok()?).ok()).flatten();
    let keys = documents.flat_map(|document| {
        let entries = document.as_mapping().into_iter().flatten();
        entries.filter(|entry| !entry.value.is_null()).map(|entry| entry.key.text).collect::<Vec<_>>()
    });
    keys.filter_map(|key| known_field(&key, FIELDS)).collect()
}
