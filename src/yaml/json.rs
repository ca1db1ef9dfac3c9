//! JSON as printed by Go's `encoding/json`: keys sorted; `<`, `>` and `&` escaped. Used where kustomize prints JSON: for the
//! hash of generated objects, and for JSON documents inside strings.

use super::node::{Node, Value};
use super::number::{Number, print_number};
use super::scalar;
use super::tagged::{Scalar, Tag};

/// A document as JSON, compact or indented by two spaces. `None` for values that JSON does not support (`.inf`, `.nan`).
pub fn print(node: &Node, pretty: bool) -> Option<String> {
    let mut out = String::new();
    Printer { is_settled: false, out: &mut out }.write(node, pretty.then_some(0), false)?;
    Some(out)
}

/// A document as compact JSON, after go-yaml has written and read it again and JSON has converted all its numbers to
/// `float64`.
pub fn print_settled(node: &Node) -> Option<String> {
    let mut out = String::new();
    Printer { is_settled: true, out: &mut out }.write(node, None, false)?;
    Some(out)
}

/// Rewrites a document as if it had been converted to JSON and back: strings in quotes, numbers and dates in their simplest
/// form, lists and mappings in brackets. kustomize does this to the items of lists.
pub fn respell(node: &mut Node) {
    node.set_brackets(true);
    if let Some(scalar) = node.as_scalar() {
        let mut text = String::new();
        let new = match scalar.tag {
            Tag::Str => Scalar::quoted(scalar.text.clone()),
            Tag::Timestamp => scalar::timestamp(&scalar.text).map_or_else(|| scalar.clone(), Scalar::quoted),
            _ if write_scalar(scalar, scalar.tag, &mut text).is_some() => Scalar::plain(text),
            _ => scalar.clone(),
        };
        node.respell(new);
    } else if let Some(items) = node.items_mut() {
        items.iter_mut().for_each(respell);
    } else if let Some(mapping) = node.as_mapping_mut() {
        mapping.iter_mut().for_each(|entry| respell(&mut entry.value));
    }
}

/// A string in JSON quotes.
pub fn quoted(text: &str) -> String {
    let mut out = String::new();
    write_string(text, &mut out);
    out
}

struct Printer<'o> {
    /// Whether values are printed as they are after go-yaml has written and read them again.
    is_settled: bool,
    out: &'o mut String,
}

impl Printer<'_> {
    fn write(&mut self, node: &Node, indent: Option<usize>, in_brackets: bool) -> Option<()> {
        let in_brackets = in_brackets || node.in_brackets();
        let deeper = indent.map(|indent| indent + 1);
        match node.value() {
            Value::Scalar(scalar) if self.is_settled => match scalar.settled_tag(in_brackets) {
                Tag::Str => write_string(&scalar.settled_text(in_brackets), self.out),
                Tag::Int | Tag::Float => write_number(Number::Float(scalar.number()?.as_f64()), self.out)?,
                tag => write_scalar(scalar, tag, self.out)?,
            },
            Value::Scalar(scalar) => write_scalar(scalar, scalar.tag, self.out)?,
            Value::Sequence(items) if items.is_empty() => self.out.push_str("[]"),
            Value::Sequence(items) => {
                for (at, item) in items.iter().enumerate() {
                    self.out.push(if at == 0 { '[' } else { ',' });
                    break_line(deeper, self.out);
                    self.write(item, deeper, in_brackets)?;
                }
                break_line(indent, self.out);
                self.out.push(']');
            }
            Value::Mapping(mapping) if mapping.is_empty() => self.out.push_str("{}"),
            Value::Mapping(mapping) => {
                let mut entries: Vec<_> = mapping.iter().collect();
                entries.sort_by_key(|entry| entry.key.text);
                for (at, entry) in entries.into_iter().enumerate() {
                    self.out.push(if at == 0 { '{' } else { ',' });
                    break_line(deeper, self.out);
                    write_string(&entry.key.text, self.out);
                    self.out.push_str(if indent.is_some() { ": " } else { ":" });
                    self.write(&entry.value, deeper, in_brackets)?;
                }
                break_line(indent, self.out);
                self.out.push('}');
            }
        }
        Some(())
    }
}

fn write_scalar(scalar: &Scalar, tag: Tag, out: &mut String) -> Option<()> {
    match tag {
        Tag::Null => out.push_str("null"),
        Tag::Bool => out.push_str(if scalar::bool_value(&scalar.text) { "true" } else { "false" }),
        Tag::Int | Tag::Float => write_number(scalar.number()?, out)?,
        Tag::Timestamp => write_string(&scalar::timestamp(&scalar.text)?, out),
        Tag::Str => write_string(&scalar.text, out),
    }
    Some(())
}

fn break_line(indent: Option<usize>, out: &mut String) {
    if let Some(indent) = indent {
        out.push('\n');
        (0..indent).for_each(|_| out.push_str("  "));
    }
}

/// Go's JSON: the shortest digits, with an exponent below 1e-6 and from 1e21.
fn write_number(number: Number, out: &mut String) -> Option<()> {
    match number {
        Number::Float(value) if !value.is_finite() => return None,
        Number::Float(value) if value != 0.0 && (value.abs() < 1e-6 || value.abs() >= 1e21) => {
            let text = format!("{value:e}");
            let (digits, exponent) = text.split_once('e')?;
            let (sign, exponent) = exponent.strip_prefix('-').map_or(("+", exponent), |exponent| ("-", exponent));
            out.push_str(&format!("{digits}e{sign}{exponent:0>2}"));
        }
        Number::Float(value) => out.push_str(&value.to_string()),
        number => print_number(number, out),
    }
    Some(())
}

fn write_string(text: &str, out: &mut String) {
    out.push('"');
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        // The first byte of U+2028 and U+2029.
        if byte >= 0x20 && !matches!(byte, b'"' | b'\\' | b'<' | b'>' | b'&' | 0xE2) {
            continue;
        }
        let Some(c) = text[at..].chars().next() else { break };
        out.push_str(&text[plain..at]);
        plain = at + c.len_utf8();
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => out.push_str(&format!("\\u{:04x}", c as u32)),
            c if (c as u32) < 0x20 => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push_str(&text[plain..]);
    out.push('"');
}
