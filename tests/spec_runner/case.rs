//! Converts Markdown to cases.
//!
//! `## heading` begins a case. A fenced block whose title is a path (```` ```yaml base/kustomization.yaml ````) is a file;
//! files before the first case belong to every case of the page, unless the case has a file of the same name. A `console`
//! block contains the command; the default is `render build .`. The last block is `output` (the exact output) or `error` (the
//! standard error, with exit code 1). All other text is for the reader.
//!
//! On pages named `validate-*` the command is `render validate` with the files of the case, or with `.` if there is a
//! kustomization among them. The last block of such a command is `validate`: its output, whether or not it accepts the files.
//!
//! The last block of `render test` is `test`, whether or not the tests pass.
//!
//! On pages named `blame*` the command is `render blame .`, and the last block of a case that succeeds is `blame`.
//!
//! Pages named `compare*` contain commands of their own, `render compare` with directories of the case; their output is not a
//! stream of objects.
//!
//! Commands on pages named `diff*` are `render diff ...` in a `console` block; `output` is the output with exit code 0 or 1 (in
//! the formats for jobs also 2), `error` the error with exit code 2. With `; echo $?` after the command, the exit code is a line
//! at the end.
//!
//! Pages in `tests/parity` describe known differences: there, a `kustomize` block before the last one contains the output of
//! kustomize.
//!
//! A block with the language `escaped` contains bytes: `\n`, `\r`, `\t`, `\\`, `\xFF`, and `\*9` for nine repetitions of the
//! preceding character; its own line breaks are ignored. (Other languages are only used for syntax highlighting.)

use std::path::{Path, PathBuf};

use render::kustomization::FILE_NAMES;

/// One case.
#[derive(Clone, Debug, Default)]
pub struct Case {
    /// The page that contains it.
    pub page: PathBuf,
    /// Its heading.
    pub heading: String,
    /// The line of the heading, from 1.
    pub line: usize,
    /// Paths and contents.
    pub files: Vec<(String, Vec<u8>)>,
    /// The arguments of `render`.
    pub arguments: Vec<String>,
    /// Whether the output is followed by the exit code.
    pub prints_code: bool,
    /// The output of kustomize, or the first line of its error, if it differs.
    pub kustomize: Option<String>,
    /// The expected result; `None` for a new case.
    pub expected: Option<Expected>,
    /// The line after the last one, counted from 0: the position of a missing expected result.
    pub end: usize,
}

/// The last block.
#[derive(Clone, Debug)]
pub struct Expected {
    /// The kind of block.
    pub ending: Ending,
    /// Its text.
    pub text: String,
    /// The lines from fence to fence, counted from 0.
    pub lines: std::ops::Range<usize>,
}

/// The kind of result of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Objects are printed.
    Output,
    /// Nothing is printed, and an error is reported.
    Error,
    /// Findings are printed, or the message that there are none.
    Validate,
    /// Test results are printed.
    Test,
    /// The origin of the output is printed.
    Blame,
}

impl Case {
    /// `images: A new tag`
    pub fn title(&self) -> String {
        format!("{}: {}", self.page.file_stem().unwrap_or_default().display(), self.heading)
    }

    /// Whether it runs a working helm program.
    pub fn needs_helm(&self) -> bool {
        let has = |flag: &str| self.arguments.iter().any(|argument| argument == flag);
        has("--enable-helm") && !has("--helm-command")
    }

    /// Whether its output consists of objects, which can be read and printed again.
    pub fn prints_objects(&self) -> bool {
        let others = ["deps", "compare", "diff", "catalogue"];
        self.arguments.first().is_none_or(|command| !others.contains(&command.as_str()))
    }

    /// The arguments of `render` if the page does not specify them.
    fn command(&self) -> Vec<String> {
        let is_kustomization = |path: &str| FILE_NAMES.contains(&path);
        let all = || vec![".".to_owned()];
        let files = || self.files.iter().map(|(path, _)| path.clone()).collect();
        let is_about = |topic: &str| self.page.file_stem().is_some_and(|stem| stem.to_string_lossy().starts_with(topic));
        let of_validation = is_about("validate");
        let built = !of_validation || self.files.iter().any(|(path, _)| is_kustomization(path));
        let paths: Vec<String> = if built { all() } else { files() };
        let command = match of_validation {
            true => "validate",
            false if is_about("blame") => "blame",
            false => "build",
        };
        std::iter::once(command.to_owned()).chain(paths).collect()
    }

    /// The expected kind of result.
    pub fn ending(&self) -> Option<Ending> {
        self.expected.as_ref().map(|expected| expected.ending)
    }

    /// The expected output or error.
    pub fn expected_text(&self) -> &str {
        self.expected.as_ref().map_or("", |expected| &expected.text)
    }
}

/// The cases of the specification, pages by name.
pub fn all_cases() -> Vec<Case> {
    cases_below("tests/spec")
}

/// The cases of known differences from kustomize, pages by name.
pub fn differences() -> Vec<Case> {
    cases_below("tests/parity")
}

fn cases_below(directory: &str) -> Vec<Case> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join(directory);
    let mut pages: Vec<PathBuf> =
        std::fs::read_dir(&directory).expect("a directory of pages").map(|entry| entry.expect("an entry").path()).collect();
    pages.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    pages.sort();
    pages.iter().flat_map(|page| cases(page, &std::fs::read_to_string(page).expect("a page"))).collect()
}

/// The cases of a page.
pub fn cases(page: &Path, text: &str) -> Vec<Case> {
    let lines: Vec<&str> = text.lines().collect();
    let mut shared: Vec<(String, Vec<u8>)> = Vec::new();
    let mut cases: Vec<Case> = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let here = || format!("{}:{}", page.display(), at + 1);
        if let Some(heading) = lines[at].strip_prefix("## ") {
            cases.push(Case {
                page: page.to_owned(),
                heading: heading.trim().to_owned(),
                line: at + 1,
                files: shared.clone(),
                ..Case::default()
            });
        }
        let Some((fence, info)) = opening(lines[at]) else {
            at += 1;
            continue;
        };
        let length = lines[at + 1..].iter().position(|line| *line == fence);
        let length = length.unwrap_or_else(|| panic!("{}: the block does not end", here()));
        let block = Block { info, lines: &lines[at + 1..at + 1 + length], range: at..at + length + 2 };
        match cases.last_mut() {
            Some(case) => block.put(case).unwrap_or_else(|message| panic!("{}: {message}", here())),
            None => shared.push(block.file().unwrap_or_else(|message| panic!("{}: {message}", here()))),
        }
        at += length + 2;
        if let Some(case) = cases.last_mut() {
            case.end = at;
        }
    }
    cases.iter_mut().filter(|case| case.arguments.is_empty()).for_each(|case| case.arguments = case.command());
    cases
}

/// The fence and the words after it.
fn opening(line: &str) -> Option<(&str, &str)> {
    let info = line.trim_start_matches('`');
    let fence = &line[..line.len() - info.len()];
    (fence.len() >= 3).then_some((fence, info.trim()))
}

struct Block<'p> {
    info: &'p str,
    lines: &'p [&'p str],
    range: std::ops::Range<usize>,
}

impl Block<'_> {
    fn put(&self, case: &mut Case) -> Result<(), String> {
        if case.expected.is_some() {
            return Err("nothing may follow the block of the result".into());
        }
        let ending = match self.info {
            "output" => Ending::Output,
            "error" => Ending::Error,
            "validate" => Ending::Validate,
            "test" => Ending::Test,
            "blame" => Ending::Blame,
            "console" => {
                let command = self.lines.join(" ");
                let words = command.strip_prefix("$ render ").ok_or("a command must start with `$ render `")?;
                case.prints_code = words.ends_with("; echo $?");
                let words = words.strip_suffix("; echo $?").unwrap_or(words);
                case.arguments = words.split_whitespace().map(str::to_owned).collect();
                return Ok(());
            }
            "kustomize" => {
                case.kustomize = Some(self.text());
                return Ok(());
            }
            _ => {
                let (path, content) = self.file()?;
                case.files.retain(|(other, _)| *other != path);
                case.files.push((path, content));
                return Ok(());
            }
        };
        case.expected = Some(Expected { ending, text: self.text(), lines: self.range.clone() });
        Ok(())
    }

    fn text(&self) -> String {
        self.lines.iter().flat_map(|line| [line, "\n"]).collect()
    }

    /// The path and the content of a file.
    fn file(&self) -> Result<(String, Vec<u8>), String> {
        let (language, path) = self.info.split_once(' ').ok_or("the block has no path: write ```` ```yaml PATH ````")?;
        let content = if language == "escaped" { unescape(&self.lines.concat())? } else { self.text().into_bytes() };
        Ok((path.trim().to_owned(), content))
    }
}

/// The bytes that an `escaped` block represents.
fn unescape(text: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((plain, escape)) = rest.split_once('\\') {
        bytes.extend(plain.bytes());
        let wrong = || format!("`\\{escape}` is not a valid escape sequence");
        let (byte, length) = match escape.chars().next().ok_or_else(wrong)? {
            'n' => (b'\n', 1),
            'r' => (b'\r', 1),
            't' => (b'\t', 1),
            '\\' => (b'\\', 1),
            'x' => (escape.get(1..3).and_then(|hex| u8::from_str_radix(hex, 16).ok()).ok_or_else(wrong)?, 3),
            '*' => {
                let digits = escape[1..].bytes().take_while(u8::is_ascii_digit).count();
                let times: usize = escape[1..=digits].parse().map_err(|_| wrong())?;
                let byte = bytes.pop().ok_or_else(wrong)?;
                bytes.extend(std::iter::repeat_n(byte, times));
                rest = &escape[1 + digits..];
                continue;
            }
            _ => return Err(wrong()),
        };
        bytes.push(byte);
        rest = &escape[length..];
    }
    bytes.extend(rest.bytes());
    Ok(bytes)
}

#[test]
fn a_page_becomes_cases() {
    let page = "# images\n\n```yaml a.yaml\na: 1\n```\n\n## One\n\nProse.\n\n```console\n$ render dir\n```\n\n\
                ````text dir/b\n```\n````\n\n```output\nx\n```\n\n## Two\n\n```escaped a.yaml\n\\xff\\*3\na\\n\n```\n";
    let cases = cases(Path::new("images.md"), page);
    let [one, two] = cases.as_slice() else { panic!("{cases:?}") };
    assert_eq!((one.title().as_str(), one.line, one.ending()), ("images: One", 7, Some(Ending::Output)));
    assert_eq!(one.arguments, ["dir"]);
    assert_eq!(one.files, [("a.yaml".into(), b"a: 1\n".to_vec()), ("dir/b".into(), b"```\n".to_vec())]);
    assert_eq!(one.expected_text(), "x\n");
    assert_eq!(two.files, [("a.yaml".into(), b"\xff\xff\xffa\n".to_vec())]);
    assert_eq!((two.arguments.join(" ").as_str(), two.ending()), ("build .", None));
}

#[test]
fn pages_about_validation_validate_their_files() {
    let page = "# Pods\n\n## One\n\n```yaml a.yaml\na: 1\n```\n\n```yaml b.yaml\na: 1\n```\n\n```validate\nx\n```\n\n\
                ## Two\n\n```yaml kustomization.yaml\na: 1\n```\n";
    let cases = cases(Path::new("validate-pods.md"), page);
    let [one, two] = cases.as_slice() else { panic!("{cases:?}") };
    assert_eq!((one.arguments.join(" ").as_str(), one.ending()), ("validate a.yaml b.yaml", Some(Ending::Validate)));
    assert_eq!((two.arguments.join(" ").as_str(), two.ending()), ("validate .", None));
}
