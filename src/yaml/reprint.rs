//! Prints a changed document as kyaml does: in its original style.
//!
//! Quotes, block scalars, flow collections and comments are kept; indentation becomes two spaces, and lists are not indented
//! below their key. Used for documents inside strings that replacements change. Behavior: go-yaml v3's encoder with compact
//! sequences.

use super::json;
use super::node::{Entry, Node, Value};
use super::scalar;
use super::tagged::{Scalar, Tag};

/// The text of `changed`, a document that was read as `original` from `text` (its spans are offsets into it).
pub fn reprint(text: &str, original: &Node, changed: &Node) -> String {
    let mut printer = Printer { text, out: String::new() };
    match changed.value() {
        Value::Scalar(scalar) => printer.scalar(scalar, Some(original), 0),
        _ if printer.is_flow(Some(original)) => printer.flow(changed, Some(original)),
        _ => printer.block(changed, Some(original), 0, false),
    }
    printer.out
}

struct Printer<'a> {
    text: &'a str,
    out: String,
}

impl Printer<'_> {
    fn source(&self, original: Option<&Node>) -> &str {
        original.and_then(|node| self.text.get(node.span().start as usize..node.span().end as usize)).unwrap_or("")
    }

    fn is_flow(&self, original: Option<&Node>) -> bool {
        self.source(original).starts_with(['{', '['])
    }

    /// A mapping or list in block style. With `inline` its first line has already been started.
    fn block(&mut self, node: &Node, original: Option<&Node>, indent: usize, inline: bool) {
        let mut first = inline;
        for (at, item) in node.as_sequence().unwrap_or_default().iter().enumerate() {
            let old = original.and_then(|original| original.as_sequence()?.get(at));
            self.comments_above(old.map(|old| old.span().start), indent, &mut first);
            self.out.push('-');
            self.value(item, old, indent, true);
        }
        for Entry { key, value } in node.as_mapping().into_iter().flatten() {
            let old = original.and_then(|original| original.as_mapping()?.get_entry(&key.text));
            self.comments_above(old.map(|old| old.key.span().start), indent, &mut first);
            let quoted =
                old.and_then(|old| self.text.get(old.key.span().start as usize..old.key.span().end as usize)).unwrap_or("");
            let text = if quoted.starts_with(['"', '\'']) { quoted.to_owned() } else { key.text.to_string() };
            self.out.push_str(&text);
            self.out.push(':');
            self.value(value, old.map(|old| &old.value), indent, false);
        }
    }

    /// The text after `key:` or `-`, with the line break at its end.
    fn value(&mut self, node: &Node, original: Option<&Node>, indent: usize, in_list: bool) {
        let empty =
            node.as_sequence().is_some_and(<[Node]>::is_empty) || node.as_mapping().is_some_and(|mapping| mapping.is_empty());
        match node.value() {
            Value::Scalar(scalar) => {
                self.out.push(' ');
                self.scalar(scalar, original, indent + 2);
                self.comment_after(original);
            }
            _ if empty || self.is_flow(original) => {
                self.out.push(' ');
                self.flow(node, original);
                self.comment_after(original);
            }
            Value::Mapping(_) if in_list => {
                self.out.push(' ');
                return self.block(node, original, indent + 2, true);
            }
            Value::Sequence(_) if in_list => {
                self.out.push(' ');
                return self.block(node, original, indent + 2, true);
            }
            Value::Mapping(_) => {
                self.out.push('\n');
                return self.block(node, original, indent + 2, false);
            }
            Value::Sequence(_) => {
                self.out.push('\n');
                return self.block(node, original, indent, false);
            }
        }
        self.out.push('\n');
    }

    fn flow(&mut self, node: &Node, original: Option<&Node>) {
        match node.value() {
            Value::Scalar(scalar) => self.scalar(scalar, original, 0),
            Value::Sequence(items) => {
                self.out.push('[');
                for (at, item) in items.iter().enumerate() {
                    self.out.push_str(if at > 0 { ", " } else { "" });
                    self.flow(item, original.and_then(|original| original.as_sequence()?.get(at)));
                }
                self.out.push(']');
            }
            Value::Mapping(mapping) => {
                self.out.push('{');
                for (at, entry) in mapping.iter().enumerate() {
                    self.out.push_str(if at > 0 { ", " } else { "" });
                    self.out.push_str(&entry.key.text);
                    self.out.push_str(": ");
                    self.flow(&entry.value, original.and_then(|original| original.get(&entry.key.text)));
                }
                self.out.push('}');
            }
        }
    }

    /// A scalar in the style of the one that it replaces.
    fn scalar(&mut self, scalar: &Scalar, original: Option<&Node>, indent: usize) {
        let text = &scalar.text;
        let style = self.source(original).chars().next();
        let block = matches!(style, Some('|' | '>')) || (text.contains('\n') && original.is_none());
        let printed = match style {
            Some('"') => json::quoted(text),
            Some('\'') => single_quoted(text),
            _ if block && text.contains('\n') => {
                let chomp = if text.ends_with('\n') { "" } else { "-" };
                let line = |line: &str| if line.is_empty() { "\n".to_owned() } else { format!("\n{:indent$}{line}", "") };
                format!("|{chomp}{}", text.trim_end_matches('\n').split('\n').map(line).collect::<String>())
            }
            _ if scalar.tag == Tag::Str && scalar::needs_quotes(text) => json::quoted(text),
            _ if scalar.tag == Tag::Str && !is_plain(text) => single_quoted(text),
            _ => text.to_string(),
        };
        self.out.push_str(&printed);
    }

    /// Comment lines right above an entry; also starts the line of the entry.
    fn comments_above(&mut self, start: Option<u32>, indent: usize, first: &mut bool) {
        if std::mem::take(first) {
            return;
        }
        let before = self.text.get(..start.unwrap_or(0) as usize).unwrap_or("");
        let mut lines: Vec<&str> = before.lines().collect();
        if !before.ends_with('\n') {
            lines.pop();
        }
        let comments = lines.iter().rev().take_while(|line| line.trim_start().starts_with('#')).count();
        for comment in &lines[lines.len() - comments..] {
            self.out.push_str(&format!("{:indent$}{}\n", "", comment.trim()));
        }
        self.out.push_str(&" ".repeat(indent));
    }

    /// A comment after a value on the same line.
    fn comment_after(&mut self, original: Option<&Node>) {
        let rest = original.and_then(|node| self.text.get(node.span().end as usize..)).unwrap_or("");
        let line = rest.split('\n').next().unwrap_or("").trim();
        if line.starts_with('#') {
            self.out.push_str(&format!(" {line}"));
        }
    }
}

pub(super) fn single_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Whether a text may be written without quotes.
fn is_plain(text: &str) -> bool {
    let sign = |c: char| "#,[]{}&*!|>'\"%@` ".contains(c);
    let mark = |mark: &str| text.starts_with(mark);
    let begins_oddly = text.is_empty() || text.starts_with(sign) || ["- ", "? ", ": ", "---", "..."].into_iter().any(mark);
    let ends_oddly = text.ends_with([' ', ':']) || matches!(text, "-" | "?");
    let holds = |part: &str| text.contains(part);
    !(begins_oddly || ends_oddly || holds(": ") || holds(" #") || text.chars().any(char::is_control))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;
    use crate::yaml::provenance::Provenance;
    use crate::yaml::{Dialect, read_first};

    fn same(text: &str) -> String {
        let (mut sources, mut provenance) = (Sources::default(), Provenance::default());
        let source = sources.add("x", text);
        let step = provenance.step("", "test");
        let origin = provenance.read(step, sources.whole(source));
        let node = read_first(text, source, origin, Dialect::Manifest).unwrap().unwrap();
        reprint(text, &node, &node)
    }

    #[test]
    fn layout_follows_kyaml_and_style_is_kept() {
        assert_eq!(same("a:\n    - 'x'\n    -   b: \"y\"\n        c: [1,  2]\n"), "a:\n- 'x'\n- b: \"y\"\n  c: [1, 2]\n");
        assert_eq!(same("a: {\n  b: 1,\n  c: {d: 2}\n}\n"), "a: {b: 1, c: {d: 2}}\n");
        assert_eq!(same("# top\na: 1 # one\n\n# two\nb: |\n  x\n  y\n"), "# top\na: 1 # one\n# two\nb: |\n  x\n  y\n");
    }
}
