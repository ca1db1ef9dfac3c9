//! YAML documents with their formatting, and the writer: quotes, block scalars, flow style, anchors, comments, embedded
//! documents.

use std::fmt::Write as _;

/// A value and its formatting.
#[derive(Clone, Debug, PartialEq)]
pub enum Yaml {
    /// A string, which is read as a string in any style.
    Text(String, Quotes),
    /// Any single-line value, as written.
    Plain(String),
    /// A sequence.
    Seq(Vec<Yaml>, Style),
    /// A mapping.
    Map(Vec<Entry>, Style),
    /// `&name value`
    Anchor(String, Box<Yaml>),
    /// `*name`
    Alias(String),
    /// A string that contains documents: a patch, or JSON in a ConfigMap.
    Embedded(Vec<Yaml>, Embedding),
}

/// The style of a string, if it is possible.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub enum Quotes {
    /// Without quotes if that is safe, otherwise double quotes.
    #[default]
    Auto,
    Single,
    Double,
    /// `|`
    Literal,
    /// `>`
    Folded,
}

/// The style of a collection.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub enum Style {
    #[default]
    Block,
    /// Sequences are indented below their key.
    Indented,
    Flow,
}

/// How documents are embedded in a string.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Embedding {
    Yaml,
    Json,
}

/// An entry of a mapping.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub key: String,
    pub quoted: bool,
    pub value: Yaml,
    /// Written after the value, or on a line before it.
    pub comment: Option<String>,
}

impl From<&str> for Yaml {
    fn from(text: &str) -> Self {
        Yaml::Text(text.to_owned(), Quotes::Auto)
    }
}

impl From<String> for Yaml {
    fn from(text: String) -> Self {
        Yaml::Text(text, Quotes::Auto)
    }
}

impl From<usize> for Yaml {
    fn from(number: usize) -> Self {
        Yaml::Plain(number.to_string())
    }
}

impl From<bool> for Yaml {
    fn from(value: bool) -> Self {
        Yaml::Plain(value.to_string())
    }
}

impl<T: Into<Yaml>> From<Vec<T>> for Yaml {
    fn from(items: Vec<T>) -> Self {
        Yaml::Seq(items.into_iter().map(Into::into).collect(), Style::Block)
    }
}

/// A mapping: `map! { "name" => "web", "replicas" => 3 }`.
macro_rules! map {
    ($($key:expr => $value:expr),* $(,)?) => {
        $crate::document::Yaml::map(vec![$(($key.to_string(), $crate::document::Yaml::from($value))),*])
    };
}
pub(crate) use map;

impl Yaml {
    pub fn map(entries: Vec<(String, Yaml)>) -> Self {
        let entries = entries.into_iter().map(|(key, value)| Entry { key, quoted: false, value, comment: None });
        Yaml::Map(entries.collect(), Style::Block)
    }

    pub fn plain(text: impl Into<String>) -> Self {
        Yaml::Plain(text.into())
    }

    pub fn get(&self, key: &str) -> Option<&Yaml> {
        match self {
            Yaml::Map(entries, _) => entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value),
            Yaml::Anchor(_, value) => value.get(key),
            _ => None,
        }
    }

    /// The value at a path of keys.
    pub fn at(&self, path: &[&str]) -> Option<&Yaml> {
        path.iter().try_fold(self, |value, key| value.get(key))
    }

    pub fn get_mut(&mut self, key: &str) -> Option<&mut Yaml> {
        match self {
            Yaml::Map(entries, _) => entries.iter_mut().find(|entry| entry.key == key).map(|entry| &mut entry.value),
            _ => None,
        }
    }

    /// Sets a key of a mapping.
    pub fn set(&mut self, key: &str, value: impl Into<Yaml>) {
        let value = value.into();
        match self.get_mut(key) {
            Some(old) => *old = value,
            None => {
                if let Yaml::Map(entries, _) = self {
                    entries.push(Entry { key: key.to_owned(), quoted: false, value, comment: None });
                }
            }
        }
    }

    /// Sets a key of a mapping if the condition is true.
    pub fn set_if(&mut self, condition: bool, key: &str, value: impl FnOnce() -> Yaml) {
        if condition {
            self.set(key, value());
        }
    }

    pub fn text(&self) -> Option<&str> {
        match self {
            Yaml::Text(text, _) | Yaml::Plain(text) => Some(text),
            Yaml::Anchor(_, value) => value.text(),
            _ => None,
        }
    }

    pub fn items(&self) -> &[Yaml] {
        match self {
            Yaml::Seq(items, _) => items,
            Yaml::Anchor(_, value) => value.items(),
            _ => &[],
        }
    }

    pub fn entries(&self) -> &[Entry] {
        match self {
            Yaml::Map(entries, _) => entries,
            Yaml::Anchor(_, value) => value.entries(),
            _ => &[],
        }
    }

    pub fn is_empty(&self) -> bool {
        matches!(self, Yaml::Seq(items, _) if items.is_empty()) || matches!(self, Yaml::Map(entries, _) if entries.is_empty())
    }
}

/// Writes a stream of documents.
pub fn write_all(documents: &[Yaml]) -> String {
    documents.iter().map(write).collect::<Vec<_>>().join("---\n")
}

/// Writes a document, which ends with a line break.
pub fn write(document: &Yaml) -> String {
    let mut out = String::new();
    block(document, 0, &mut out);
    out
}

/// A collection at the beginning of a line, or any other document.
fn block(value: &Yaml, indent: usize, out: &mut String) {
    match value {
        Yaml::Map(entries, Style::Block | Style::Indented) if !entries.is_empty() => {
            for (at, entry) in entries.iter().enumerate() {
                pad(indent, at, out);
                entry_block(entry, indent, out);
            }
        }
        Yaml::Seq(items, Style::Block | Style::Indented) if !items.is_empty() => {
            for (at, item) in items.iter().enumerate() {
                pad(indent, at, out);
                out.push('-');
                item_block(item, indent, out);
            }
        }
        other => {
            after(other, indent, out);
            if let Some(rest) = out.strip_prefix(' ').map(str::to_owned).filter(|_| indent == 0) {
                *out = rest;
            }
        }
    }
}

/// The first line of a block is indented by the writer of the preceding `- `.
fn pad(indent: usize, at: usize, out: &mut String) {
    if at > 0 || out.is_empty() || out.ends_with('\n') {
        _ = write!(out, "{:indent$}", "");
    }
}

fn entry_block(entry: &Entry, indent: usize, out: &mut String) {
    if let Some(comment) = entry.comment.as_ref().filter(|_| entry.value.is_multi_line()) {
        _ = write!(out, "#{comment}\n{:indent$}", "");
    }
    _ = write!(out, "{}:", entry.shown_key());
    after(&entry.value, indent, out);
    if let Some(comment) = entry.comment.as_ref().filter(|_| !entry.value.is_multi_line()) {
        out.pop();
        _ = writeln!(out, " #{comment}");
    }
}

fn item_block(item: &Yaml, indent: usize, out: &mut String) {
    match item {
        Yaml::Map(entries, Style::Block | Style::Indented) if !entries.is_empty() => {
            out.push(' ');
            block(item, indent + 2, out);
        }
        Yaml::Seq(items, Style::Block | Style::Indented) if !items.is_empty() => {
            out.push(' ');
            block(item, indent + 2, out);
        }
        other => after(other, indent, out),
    }
}

/// The text after `key:` or `-`, to the end of the line or beyond.
fn after(value: &Yaml, indent: usize, out: &mut String) {
    match value {
        Yaml::Map(entries, Style::Block | Style::Indented) if !entries.is_empty() => {
            out.push('\n');
            block(value, indent + 2, out);
        }
        Yaml::Seq(items, style @ (Style::Block | Style::Indented)) if !items.is_empty() => {
            out.push('\n');
            block(value, if *style == Style::Block { indent } else { indent + 3 }, out);
        }
        Yaml::Anchor(name, value) => {
            _ = write!(out, " &{name}");
            after(value, indent, out);
        }
        Yaml::Text(text, Quotes::Literal) if can_be_block(text) => block_scalar('|', text, indent + 2, out),
        Yaml::Text(text, Quotes::Folded) if can_be_block(text) => block_scalar('>', text, indent + 2, out),
        Yaml::Embedded(documents, Embedding::Yaml) if can_be_block(&write_all(documents)) => {
            block_scalar('|', &write_all(documents), indent + 2, out);
        }
        other => {
            let mut text = String::new();
            flow(other, &mut text);
            _ = writeln!(out, "{}{text}", if text.is_empty() { "" } else { " " });
        }
    }
}

/// A value on one line, in the form for flow collections.
fn flow(value: &Yaml, out: &mut String) {
    match value {
        Yaml::Text(text, quotes) => out.push_str(&quoted(text, *quotes)),
        Yaml::Plain(text) => out.push_str(text),
        Yaml::Alias(name) => _ = write!(out, "*{name}"),
        Yaml::Anchor(name, value) => {
            _ = write!(out, "&{name} ");
            flow(value, out);
        }
        Yaml::Seq(items, _) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { ", " });
                flow(item, out);
            }
            out.push(']');
        }
        Yaml::Map(entries, _) => {
            out.push('{');
            for (at, entry) in entries.iter().enumerate() {
                _ = write!(out, "{}{}: ", if at == 0 { "" } else { ", " }, entry.shown_key());
                flow(&entry.value, out);
            }
            out.push('}');
        }
        Yaml::Embedded(documents, Embedding::Json) if documents.len() == 1 => {
            let mut json = String::new();
            write_json(&documents[0], &mut json);
            out.push_str(&quoted(&json, Quotes::Single));
        }
        Yaml::Embedded(documents, _) => out.push_str(&quoted(&write_all(documents), Quotes::Double)),
    }
}

/// A document as JSON, as far as its formatting allows.
fn write_json(value: &Yaml, out: &mut String) {
    match value {
        Yaml::Text(text, _) => out.push_str(&double_quoted(text)),
        Yaml::Seq(items, _) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                write_json(item, out);
            }
            out.push(']');
        }
        Yaml::Map(entries, _) => {
            out.push('{');
            for (at, entry) in entries.iter().enumerate() {
                _ = write!(out, "{}{}:", if at == 0 { "" } else { "," }, double_quoted(&entry.key));
                write_json(&entry.value, out);
            }
            out.push('}');
        }
        Yaml::Anchor(_, value) => write_json(value, out),
        other => flow(other, out),
    }
}

impl Entry {
    fn shown_key(&self) -> String {
        if self.key == "<<" && !self.quoted {
            return "<<".into();
        }
        quoted(&self.key, if self.quoted { Quotes::Double } else { Quotes::Auto })
    }
}

impl Yaml {
    fn is_multi_line(&self) -> bool {
        match self {
            Yaml::Map(_, style) | Yaml::Seq(_, style) => *style != Style::Flow && !self.is_empty(),
            Yaml::Text(text, Quotes::Literal | Quotes::Folded) => can_be_block(text),
            Yaml::Embedded(_, Embedding::Yaml) => true,
            Yaml::Anchor(_, value) => value.is_multi_line(),
            _ => false,
        }
    }
}

fn quoted(text: &str, quotes: Quotes) -> String {
    match quotes {
        Quotes::Auto if is_safe(text) => text.to_owned(),
        Quotes::Single if text.chars().all(is_printable) => format!("'{}'", text.replace('\'', "''")),
        _ => double_quoted(text),
    }
}

fn double_quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => _ = write!(out, "\\{c}"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if is_printable(c) => out.push(c),
            c if (c as u32) < 0x1_0000 => _ = write!(out, "\\u{:04x}", c as u32),
            c => _ = write!(out, "\\U{:08x}", c as u32),
        }
    }
    out.push('"');
    out
}

fn is_printable(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') && (c as u32) < 0x1_0000
}

/// Whether a text is a string if it is not quoted, in YAML 1.1 and 1.2, in block and flow style.
fn is_safe(text: &str) -> bool {
    let words = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "inf", "nan"];
    let starts = text.starts_with(|c: char| c.is_ascii_alphabetic() || "/$^.".contains(c) && text.len() > 1);
    let number = text.starts_with('.') && text.contains(|c: char| c.is_ascii_digit());
    starts
        && !number
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "._/-$()^|+@".contains(c))
        && !text.starts_with("...")
        && !words.contains(&text.trim_start_matches('.').to_ascii_lowercase().as_str())
}

fn can_be_block(text: &str) -> bool {
    let lines_fit = text.lines().all(|line| line.is_empty() || !line.trim().is_empty());
    !text.is_empty() && lines_fit && text.chars().all(|c| c == '\n' || is_printable(c)) && !text.trim().is_empty()
}

/// A block scalar with this value, its lines indented by `indent` spaces.
fn block_scalar(style: char, text: &str, indent: usize, out: &mut String) {
    let body = text.trim_end_matches('\n');
    let chomp = ["-", "", "+"][(text.len() - body.len()).min(2)];
    let digit = if text.starts_with([' ', '\n']) { "2" } else { "" };
    _ = writeln!(out, " {style}{digit}{chomp}");
    let lines: Vec<&str> = text.split_terminator('\n').collect();
    for (at, line) in lines.iter().enumerate() {
        _ = writeln!(out, "{:width$}{line}", "", width = if line.is_empty() { 0 } else { indent });
        let folds = |line: &str| !line.is_empty() && !line.starts_with(' ');
        let next = lines[at + 1..].iter().find(|line| !line.is_empty());
        if style == '>' && folds(line) && next.is_some_and(|next| folds(next)) {
            out.push('\n');
        }
    }
}
