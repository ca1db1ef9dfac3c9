//! JSON as Go's `encoding/json` prints it: keys sorted, `<`, `>` and `&` escaped. Used where kustomize prints JSON: the
//! hash of generated objects, and JSON documents inside strings.

use super::node::{Node, Scalar, Tag, Value};
use super::number::{Number, print_number};
use super::scalar;

/// A document as JSON, compact or indented by two spaces. `None` for what JSON can't hold (`.inf`, `.nan`).
pub fn print(node: &Node, pretty: bool) -> Option<String> {
    let mut out = String::new();
    write(node, pretty.then_some(0), &mut out)?;
    Some(out)
}

/// Spells a document as one that comes back from JSON: strings in quotes, numbers and dates in their plainest form.
/// kustomize sends the items of lists through it.
pub fn respell(node: &mut Node) {
    if let Some(scalar) = node.as_scalar() {
        let mut text = String::new();
        let new = match scalar.tag {
            Tag::Str => Scalar::quoted(scalar.text.clone()),
            Tag::Timestamp => scalar::timestamp(&scalar.text).map_or_else(|| scalar.clone(), Scalar::quoted),
            _ if write(node, None, &mut text).is_some() => Scalar::plain(text),
            _ => scalar.clone(),
        };
        node.respell(new);
    } else if let Some(items) = node.items_mut() {
        items.iter_mut().for_each(respell);
    } else if let Some(mapping) = node.as_mapping_mut() {
        mapping.iter_mut().for_each(|entry| respell(&mut entry.value));
    }
}

/// A text in JSON's quotes.
pub fn quoted(text: &str) -> String {
    let mut out = String::new();
    write_string(text, &mut out);
    out
}

fn write(node: &Node, indent: Option<usize>, out: &mut String) -> Option<()> {
    let deeper = indent.map(|indent| indent + 1);
    match node.value() {
        Value::Scalar(scalar) => match scalar.tag {
            Tag::Null => out.push_str("null"),
            Tag::Bool => out.push_str(if scalar::bool_value(&scalar.text) { "true" } else { "false" }),
            Tag::Int | Tag::Float => write_number(scalar.number()?, out)?,
            Tag::Timestamp => write_string(&scalar::timestamp(&scalar.text)?, out),
            Tag::Str => write_string(&scalar.text, out),
        },
        Value::Sequence(items) if items.is_empty() => out.push_str("[]"),
        Value::Sequence(items) => {
            for (at, item) in items.iter().enumerate() {
                out.push(if at == 0 { '[' } else { ',' });
                break_line(deeper, out);
                write(item, deeper, out)?;
            }
            break_line(indent, out);
            out.push(']');
        }
        Value::Mapping(mapping) if mapping.is_empty() => out.push_str("{}"),
        Value::Mapping(mapping) => {
            let mut entries: Vec<_> = mapping.iter().collect();
            entries.sort_by(|a, b| a.key.text.cmp(&b.key.text));
            for (at, entry) in entries.into_iter().enumerate() {
                out.push(if at == 0 { '{' } else { ',' });
                break_line(deeper, out);
                write_string(&entry.key.text, out);
                out.push_str(if indent.is_some() { ": " } else { ":" });
                write(&entry.value, deeper, out)?;
            }
            break_line(indent, out);
            out.push('}');
        }
    }
    Some(())
}

fn break_line(indent: Option<usize>, out: &mut String) {
    if let Some(indent) = indent {
        out.push('\n');
        (0..indent).for_each(|_| out.push_str("  "));
    }
}

/// Go's JSON: the shortest digits, an exponent below 1e-6 and from 1e21 on.
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
    for c in text.chars() {
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
    out.push('"');
}
