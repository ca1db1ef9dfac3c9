//! What to do about common mistakes in YAML: values of the wrong type, templates that were not rendered, tabs, and lines whose
//! indentation does not fit those above.
//!
//! Nothing here runs for valid input. Behavior: none of kustomize's; only the help of errors.

use std::ops::Range;

use super::node::Node;
use super::scalar;
use super::tagged::{Scalar, Tag};

impl Node {
    /// How to change a scalar into a value of the type, if its spelling is the reason that it has another one.
    pub fn remedy(&self, expected: &str) -> Option<&'static str> {
        let scalar = self.as_scalar().filter(|scalar| scalar.tag != Tag::Null)?;
        if expected == "a string" {
            return Some("quote the value");
        }
        let span = self.span();
        // The quotes are part of the location.
        let is_quoted = scalar.tag == Tag::Str && (span.end - span.start) as usize == scalar.text.len() + 2;
        let plain = Scalar::plain(scalar.text.as_str()).tag;
        let fits = match expected {
            "an integer" => plain == Tag::Int,
            "a number" => matches!(plain, Tag::Int | Tag::Float) && scalar::number(&scalar.text).is_some(),
            "a boolean" => plain == Tag::Bool,
            _ => false,
        };
        (is_quoted && fits).then_some("remove the quotes")
    }
}

/// The help for a syntax error, and lines above it to compare the faulty one with.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Remedy {
    /// What to do.
    pub help: Option<String>,
    /// The lines, and what they show.
    pub lines: Vec<(Range<usize>, String)>,
}

impl From<&str> for Remedy {
    fn from(help: &str) -> Self {
        Remedy { help: Some(help.to_owned()), lines: Vec::new() }
    }
}

/// The remedy for a syntax error with this message, at an offset of a text.
pub fn of_syntax_error(text: &str, offset: usize, message: &str) -> Remedy {
    let start = text.get(..offset).unwrap_or(text).rfind('\n').map_or(0, |at| at + 1);
    let line = text[start..].lines().next().unwrap_or("");
    if message.contains("a tab cannot") {
        return "replace the tab with spaces".into();
    }
    if !message.contains("depth") && is_template(text, start, line) {
        return "this is a template, not YAML: list its chart under `helmCharts`, or render it first, as with `helm template`"
            .into();
    }
    if line.trim_start().starts_with("${") {
        return "placeholders such as `${NAME}` are not replaced; outside values, replace them first, as with `envsubst`".into();
    }
    let second_value = message.starts_with("a mapping value is not allowed here");
    if second_value && text.get(start..offset).is_some_and(|before| before.contains(": ")) {
        return "quote a value that contains `: `".into();
    }
    let differs = second_value || message.contains("less indentation");
    differs.then(|| indentation(text, start, line)).flatten().unwrap_or_default()
}

/// Whether a line, the one above it, or the first one is an action of Go's templates.
fn is_template(text: &str, start: usize, line: &str) -> bool {
    let has_content = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let is_action = |line: &str| line.trim_start().trim_start_matches("- ").starts_with("{{");
    let above = text[..start].lines().rev().find(has_content);
    let first = text.lines().find(has_content);
    line.contains("{{") && !line.trim_start().starts_with('#') || above.into_iter().chain(first).any(is_action)
}

/// A line of which the indentation is that of a block.
struct Level {
    indent: usize,
    /// Where its text is.
    range: Range<usize>,
}

/// The remedy for a line that is indented like no block around it.
fn indentation(text: &str, start: usize, line: &str) -> Option<Remedy> {
    let found = width(line);
    let (mut open, mut closed) = (Vec::<Level>::new(), None);
    let (mut at, mut opens) = (0, false);
    for above in text[..start].split_inclusive('\n') {
        let content = above.trim();
        let range = at + width(above)..at + above.trim_end().len();
        at += above.len();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        opens = content.ends_with(':') || content == "-";
        if content.starts_with("---") {
            open.clear();
            continue;
        }
        let mut indent = width(above);
        while open.last().is_some_and(|level| level.indent > indent) {
            open.pop();
        }
        let mut rest = content;
        loop {
            match open.last_mut() {
                Some(level) if level.indent == indent => level.range = range.clone(),
                _ => open.push(Level { indent, range: range.clone() }),
            }
            let Some(item) = rest.strip_prefix("- ") else { break };
            indent += rest.len() - item.trim_start().len();
            rest = item.trim_start();
        }
    }
    while open.last().is_some_and(|level| level.indent > found) {
        closed = open.pop();
    }
    // The first line of a block may be indented by any number of spaces.
    let level = open.pop().filter(|level| level.indent < found && (closed.is_some() || !opens))?;
    let is_item = |line: &str| line.trim_start().starts_with("- ");
    // An item belongs to the list of the item above it.
    let closed = closed.filter(|_| !(is_item(line) && text.get(level.range.clone()).is_some_and(is_item)));
    let help = match &closed {
        Some(closed) => format!("indent the line by {} or {}, not by {}", level.indent, spaces(closed.indent), spaces(found)),
        None => format!("indent the line by {}, not by {}", spaces(level.indent), spaces(found)),
    };
    let lines = [Some(level), closed].into_iter().flatten();
    let lines = lines.map(|level| (level.range, format!("indented by {}", spaces(level.indent))));
    Some(Remedy { help: Some(help), lines: lines.collect() })
}

fn spaces(count: usize) -> String {
    format!("{count} {}", if count == 1 { "space" } else { "spaces" })
}

/// The number of spaces at the start of a line.
fn width(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn help(text: &str, at: &str, message: &str) -> String {
        of_syntax_error(text, text.find(at).unwrap(), message).help.unwrap_or_default()
    }

    #[test]
    fn a_line_that_is_indented_differently_is_compared_with_those_around() {
        let deeper = "a mapping value is not allowed here: ...";
        let text = "metadata:\n  name: x\n   labels:\n     a: b\n";
        assert_eq!(help(text, "labels", deeper), "indent the line by 2 spaces, not by 3 spaces");
        let between = "expected another mapping key or less indentation, found a mapping";
        let text = "metadata:\n  labels:\n    a: b\n   name: x\n";
        assert_eq!(help(text, "name", between), "indent the line by 2 or 4 spaces, not by 3 spaces");
        let text = "items:\n- kind: x\n - kind: y\n";
        assert_eq!(help(text, "- kind: y", between), "indent the line by 0 spaces, not by 1 space");
        assert_eq!(help("a:\n  b: c: d\n", ": d", deeper), "quote a value that contains `: `");
    }

    #[test]
    fn templates_are_recognized_by_their_actions() {
        assert!(help("a: 1\n{{- if .x }}\n", "{{", "x").starts_with("this is a template"));
        assert!(help("{{ if .x }}\na: 1\n", "a: 1", "x").starts_with("this is a template"));
        assert_eq!(help("# {{ x }}\na: 1\n", "a: 1", "x"), "");
        assert!(help("a: 1\n${X}\n", "${", "x").starts_with("placeholders"));
    }
}
