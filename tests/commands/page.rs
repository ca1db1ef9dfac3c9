//! Pages of commands: from Markdown to cases, and from results to Markdown.

use std::ops::Range;

/// One case.
#[derive(Debug, Default)]
pub struct Case {
    /// Its heading.
    pub heading: String,
    /// The line of the heading, from 1.
    pub line: usize,
    /// Paths and contents.
    pub files: Vec<(String, Vec<u8>)>,
    /// The commands, without `$ `.
    pub commands: Vec<String>,
    /// Whether the usage that follows an error is shown.
    pub shows_usage: bool,
    /// The lines from the commands to the end of the last block, counted from 0.
    pub result: Range<usize>,
}

/// The cases of a page.
pub fn cases(text: &str) -> Vec<Case> {
    let lines: Vec<&str> = text.lines().collect();
    let (mut shared, mut cases): (Vec<_>, Vec<Case>) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < lines.len() {
        if let Some(heading) = lines[at].strip_prefix("## ") {
            cases.push(Case { heading: heading.to_owned(), line: at + 1, files: shared.clone(), ..Case::default() });
        }
        let title = lines[at].trim_start_matches('`');
        let fence = &lines[at][..lines[at].len() - title.len()];
        if fence.len() < 3 {
            at += 1;
            continue;
        }
        let length = lines[at + 1..].iter().position(|line| *line == fence);
        let length = length.unwrap_or_else(|| panic!("the block in line {} does not end", at + 1));
        let content = &lines[at + 1..at + 1 + length];
        let end = at + length + 2;
        match cases.last_mut() {
            None => shared.push(file(title, content)),
            Some(case) if title.starts_with("console") => {
                case.commands = content.iter().filter_map(|line| line.strip_prefix("$ ")).map(str::to_owned).collect();
                case.shows_usage = title == "console usage";
                case.result = at..end;
            }
            Some(case) if !case.result.is_empty() => case.result.end = end,
            Some(case) => {
                let (path, content) = file(title, content);
                case.files.retain(|(other, _)| *other != path);
                case.files.push((path, content));
            }
        }
        at = end;
    }
    let empty = cases.iter().find(|case| case.commands.is_empty());
    assert!(empty.is_none(), "a case has no commands: {empty:?}");
    cases
}

/// The path and the content of a file. A block with the language `escaped` contains bytes: `\n`, `\r`, `\t`, `\\`, `\xFF`; its own
/// line breaks are ignored.
fn file(title: &str, lines: &[&str]) -> (String, Vec<u8>) {
    let (language, path) = title.trim().split_once(' ').unwrap_or_else(|| panic!("the block `{title}` has no path"));
    let text = lines.iter().flat_map(|line| [line, "\n"]).collect::<String>();
    (path.to_owned(), if language == "escaped" { unescape(&lines.concat()) } else { text.into_bytes() })
}

fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match (byte, if byte == b'\\' { rest.next() } else { None }) {
            (b'\\', Some(b'n')) => b'\n',
            (b'\\', Some(b'r')) => b'\r',
            (b'\\', Some(b't')) => b'\t',
            (b'\\', Some(b'x')) => {
                let digits: String = rest.by_ref().take(2).map(char::from).collect();
                u8::from_str_radix(&digits, 16).expect("two hexadecimal digits")
            }
            (b'\\', Some(other)) => other,
            (byte, _) => byte,
        });
    }
    bytes
}

/// A block of a page.
pub struct Block {
    title: String,
    lines: Vec<String>,
}

impl Block {
    /// A block of lines.
    pub fn new(title: &str, lines: Vec<String>) -> Self {
        Block { title: title.to_owned(), lines }
    }

    /// A file.
    pub fn of_file(path: &str, content: &[u8]) -> Self {
        let language = if path.ends_with(".yaml") || path.ends_with(".yml") { "yaml" } else { "text" };
        match std::str::from_utf8(content) {
            Ok(text) if (text.is_empty() || text.ends_with('\n')) && !text.contains('\r') => {
                Block::new(&format!("{language} {path}"), text.lines().map(str::to_owned).collect())
            }
            _ => Block::new(&format!("escaped {path}"), escape(content)),
        }
    }

    /// The lines from fence to fence.
    pub fn lines(self) -> Vec<String> {
        let longest = self.lines.iter().map(|line| line.len() - line.trim_start_matches('`').len()).max().unwrap_or(0);
        let fence = "`".repeat((longest + 1).max(3));
        let first = format!("{fence}{}", self.title);
        std::iter::once(first).chain(self.lines).chain([fence]).collect()
    }
}

/// One line per line of the content.
fn escape(content: &[u8]) -> Vec<String> {
    let escape_byte = |byte: &u8| match byte {
        b'\n' => "\\n".to_owned(),
        b'\r' => "\\r".to_owned(),
        b'\t' => "\\t".to_owned(),
        b'\\' => "\\\\".to_owned(),
        b' '..=b'~' => char::from(*byte).to_string(),
        byte => format!("\\x{byte:02x}"),
    };
    content.split_inclusive(|byte| *byte == b'\n').map(|line| line.iter().map(escape_byte).collect()).collect()
}

/// The words of a command, as a shell splits them.
pub fn words(command: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = command.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            ' ' => words.extend(word.take()),
            '\'' | '"' => word.get_or_insert_default().extend(chars.by_ref().take_while(|other| *other != c)),
            '$' if chars.peek() == Some(&'\'') => {
                let text: String = chars.by_ref().skip(1).take_while(|other| *other != '\'').collect();
                word.get_or_insert_default().push_str(&String::from_utf8_lossy(&unescape(&text)));
            }
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[test]
fn words_are_those_of_a_shell() {
    assert_eq!(words("a  'b c'd \"\" $'x\\ny' -- e=\"f g\""), ["a", "b cd", "", "x\ny", "--", "e=f g"]);
}

#[test]
fn a_page_becomes_cases() {
    let text = "# P\n\n```yaml a\n1\n```\n\n## One\n\n```escaped b\n\\x41\\n\n```\n\n```console\n$ kustomize x\nout\n```\n\n\
                ```yaml a\n2\n```\n\nText.\n";
    let cases = cases(text);
    let [case] = cases.as_slice() else { panic!("{cases:?}") };
    assert_eq!((case.heading.as_str(), case.line, case.result.clone()), ("One", 7, 12..20));
    assert_eq!(case.files, [("a".to_owned(), b"1\n".to_vec()), ("b".to_owned(), b"A\n".to_vec())]);
    assert_eq!(case.commands, ["kustomize x"]);
}
