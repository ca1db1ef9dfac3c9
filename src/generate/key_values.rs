//! Keys and values from env files, literals, and files, in this order.
//!
//! Behavior: kustomize's `kv.Loader`. An env file has one `KEY=value` per line, without quotes or `export`; a line without a
//! key is ignored, and so is everything from the first line that is too long. One pair of surrounding quotes is removed from
//! a literal; the content of a file is the value.

use serde::Deserialize;

use crate::diagnostic::{Diagnostic, Diagnostics, Result};
use crate::kustomize_words::quote;
use crate::source::Span;
use crate::stage::Context;
use crate::yaml::Located;

/// A key and its value, and where it is defined.
pub struct Pair {
    /// The key.
    pub key: String,
    /// The value: any bytes.
    pub value: Vec<u8>,
    /// The line of the env file, the literal, or the whole file.
    pub span: Span,
}

/// Where keys and values come from.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct KeyValueSources {
    /// `key=value`
    pub literals: Vec<Located<String>>,
    /// `[key=]path`
    pub files: Vec<Located<String>>,
    /// Files of `key=value` lines.
    pub envs: Vec<Located<String>>,
    /// One such file: the older spelling.
    pub env: Located<String>,
}

impl KeyValueSources {
    /// Reads all pairs. With `secret`, no line of the files is ever shown.
    ///
    /// # Errors
    /// Files can't be read, or items are malformed; all of them are reported.
    pub fn load(&self, around: Span, secret: bool, context: &mut Context<'_>) -> Result<Vec<Pair>> {
        let (mut pairs, mut errors) = (Vec::new(), Vec::new());
        let mut add = |read: Result<Vec<Pair>>, kind: &str, all: &[Located<String>]| match read {
            Ok(read) => pairs.extend(read),
            Err(found) => {
                let all: Vec<&str> = all.iter().map(|source| source.as_str()).collect();
                let before = format!("loading KV pairs: {kind} [{}]: ", all.join(" "));
                errors.extend(found.reword(|words| words.surround(before, "")).into_vec());
            }
        };
        let env = Some(&self.env).filter(|env| !env.is_empty());
        for path in self.envs.iter().chain(env) {
            let all: Vec<Located<String>> = self.envs.iter().chain(env).cloned().collect();
            add(env_file(path, path.span.unwrap_or(around), secret, context), "env source files:", &all);
        }
        for literal in &self.literals {
            let parsed = parse_literal(literal, literal.span.unwrap_or(around));
            add(parsed.map(|pair| vec![pair]).map_err(Diagnostics::from), "literal sources", &self.literals);
        }
        for file in &self.files {
            let read = read_file(file, file.span.unwrap_or(around), context);
            add(read.map(|pair| vec![pair]), "file sources:", &self.files);
        }
        Diagnostics::check(errors)?;
        if secret {
            pairs
                .iter()
                .filter(|pair| pair.span.source != around.source)
                .for_each(|pair| context.records.sources.hide(pair.span.source));
        }
        Ok(pairs)
    }
}

/// The longest line of an env file. Behavior: the buffer of Go's `bufio.Scanner`, which must also fit the end of the line.
const LINE_BYTES: usize = 65_535;

fn env_file(path: &str, at: Span, secret: bool, context: &mut Context<'_>) -> Result<Vec<Pair>> {
    let (shown, content) = context.loader.read(path, context.step).map_err(|error| error.at(at))?;
    let end = end_of_reading(&content);
    let ends_early = end < content.len();
    // What is never read need not be text.
    let is_text = !ends_early || std::str::from_utf8(&content).is_ok();
    let source = context.records.add_raw(shown, if is_text { &content } else { &content[..end] })?;
    let text = context.records.sources.get(source).text().clone();
    let mut pairs = Vec::new();
    let mut start = 0;
    for line in text[..end].split_inclusive('\n') {
        let span = Span { source, start: start as u32, end: (start + line.len()) as u32 };
        let first = start == 0;
        start += line.len();
        let line = without_end(line);
        let line = if first { line.strip_prefix('\u{feff}').unwrap_or(line) } else { line };
        let line = line.trim_start();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (key, value) = line.split_once('=').unwrap_or((line, ""));
        if key.is_empty() {
            let warning = Diagnostic::warning("lost-line", "there is no key before `=`, so the line is ignored").at(span);
            context.find(warning.help("write `KEY=value`, or remove the line"));
            continue;
        }
        pairs.push(Pair { key: key.to_owned(), value: value.as_bytes().to_vec(), span });
    }
    if ends_early {
        let lost = String::from_utf8_lossy(&content[end..]);
        let place = if is_text { Span { source, start: end as u32, end: end as u32 } } else { at };
        context.find(lost_lines(&lost, secret).at(place));
    }
    Ok(pairs)
}

/// Where the first line begins that is too long to be read, or the end of the content.
fn end_of_reading(content: &[u8]) -> usize {
    let mut start = 0;
    for line in content.split_inclusive(|&byte| byte == b'\n') {
        if line.strip_suffix(b"\n").unwrap_or(line).len() > LINE_BYTES {
            break;
        }
        start += line.len();
    }
    start
}

fn without_end(line: &str) -> &str {
    let line = line.strip_suffix('\n').unwrap_or(line);
    line.strip_suffix('\r').unwrap_or(line)
}

/// The warning about the lines from the first one that is too long. The lines of a Secret may be parts of a value that contain
/// `=`, so their keys are not named.
fn lost_lines(lost: &str, secret: bool) -> Diagnostic {
    let mut lines = lost.lines().map(str::trim_start).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let bytes = lost.split('\n').next().unwrap_or_default().len();
    let is_key = |key: &&str| key.len() <= 253 && !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_graphic());
    let keys: Vec<&str> = lines.clone().filter_map(|line| line.split_once('=')).map(|(key, _)| key).filter(is_key).collect();
    let mut message = format!("the line has {bytes} bytes, but at most {LINE_BYTES} are read: it is ignored");
    match lines.by_ref().count() {
        0 | 1 => {}
        2 => message.push_str(", and so is the line after it"),
        several => message.push_str(&format!(", and so are the {} lines after it", several - 1)),
    }
    if let ([first, rest @ ..], false) = (keys.as_slice(), secret) {
        let more = if rest.len() > 4 { format!(" and {} more", rest.len() - 4) } else { String::new() };
        let rest: String = rest.iter().take(4).map(|key| format!(", `{key}`")).collect();
        message.push_str(&format!("; lost: `{first}`{rest}{more}"));
    }
    Diagnostic::warning("lost-line", message).help("put the value in a file of its own and list it under `files`")
}

fn parse_literal(literal: &str, at: Span) -> Result<Pair, Diagnostic> {
    match literal.split_once('=') {
        Some((key, value)) if !key.is_empty() => {
            Ok(Pair { key: key.to_owned(), value: unquoted(value).as_bytes().to_vec(), span: at })
        }
        _ => {
            let words = format!("invalid literal source {literal}, expected key=value");
            Err(Diagnostic::error("literal", format!("expected `key=value`, found `{literal}`")).at(at).words(words))
        }
    }
}

fn unquoted(value: &str) -> &str {
    let quoted = |quote| value.len() >= 2 && value.starts_with(quote) && value.ends_with(quote);
    if quoted('"') || quoted('\'') { &value[1..value.len() - 1] } else { value }
}

/// The last part of a path. Behavior: Go's `path.Base`.
fn base_name(path: &str) -> &str {
    let trimmed = path.trim_end_matches('/');
    match (path, trimmed) {
        ("", _) => ".",
        (_, "") => "/",
        _ => trimmed.rsplit('/').next().unwrap_or(trimmed),
    }
}

fn read_file(entry: &str, at: Span, context: &mut Context<'_>) -> Result<Pair> {
    let quoted = quote(entry);
    let wrong = |message: String, words: String| Diagnostic::error("file-source", message).at(at).words(words);
    let (key, path) = match entry.split_once('=') {
        None => (base_name(entry), entry),
        Some((_, rest)) if rest.contains('=') => {
            let words = format!("source {quoted} key name or file path contains '='");
            return Err(wrong(format!("`{entry}` has more than one `=`"), words).into());
        }
        Some(("", path)) => {
            let words = format!("missing key name for file path {} in source {quoted}", quote(path));
            return Err(wrong(format!("there is no key before `={path}`"), words).into());
        }
        Some((key, "")) => {
            let words = format!("missing file path for key name {} in source {quoted}", quote(key));
            return Err(wrong(format!("there is no path after `{key}=`"), words).into());
        }
        Some((key, path)) => (key, path),
    };
    let (shown, value) = context.loader.read(path, context.step).map_err(|error| error.at(at))?;
    let span = match std::str::from_utf8(&value) {
        Ok(_) => {
            let source = context.records.add_raw(shown, &value)?;
            context.records.sources.whole(source)
        }
        Err(_) => at,
    };
    Ok(Pair { key: key.to_owned(), value, span })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_ends_at_a_line_that_is_too_long() {
        let line = |bytes: usize, end: &str| format!("A=b\nB={}{end}C=d\n", "x".repeat(bytes - 2));
        for (bytes, end, is_read) in
            [(LINE_BYTES, "\n", true), (LINE_BYTES + 1, "\n", false), (LINE_BYTES - 1, "\r\n", true), (LINE_BYTES, "\r\n", false)]
        {
            let text = line(bytes, end);
            assert_eq!(end_of_reading(text.as_bytes()), if is_read { text.len() } else { 4 }, "{bytes} {end:?}");
        }
    }

    #[test]
    fn the_warning_names_the_lost_keys_except_those_of_a_secret() {
        let lost = format!("B={}\n# comment\nC=d\n\nE=f\n", "x".repeat(LINE_BYTES));
        let message = lost_lines(&lost, false).message.clone();
        let bytes = LINE_BYTES + 2;
        let same =
            format!("the line has {bytes} bytes, but at most 65535 are read: it is ignored, and so are the 2 lines after it");
        assert_eq!(message, format!("{same}; lost: `B`, `C`, `E`"));
        assert_eq!(lost_lines(&lost, true).message, same);
    }

    #[test]
    fn the_key_of_a_file_is_the_last_part_of_its_path() {
        for (path, name) in [("a/b.txt", "b.txt"), ("b.txt/", "b.txt"), ("a/b.txt/.", "."), ("a/..", ".."), ("/", "/"), ("", ".")]
        {
            assert_eq!(base_name(path), name, "{path}");
        }
    }
}
