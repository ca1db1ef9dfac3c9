//! The values of a document after it was printed.
//!
//! Some values change when kustomize prints them: a folded block with lines that are indented further gains line breaks, an empty
//! value in brackets becomes an empty string, and U+0085 is a line break. `render diff` compares what is printed.
//! Behavior: `emit.rs`, without printing.

use super::node::{Node, Value};
use super::style::Traits;
use super::tagged::{Scalar, Tag};

/// The document with the values that it has after it was printed; `None` if they are the same.
pub fn settled(node: &Node) -> Option<Node> {
    below(node, false)
}

fn below(node: &Node, in_brackets: bool) -> Option<Node> {
    let in_brackets = in_brackets || node.in_brackets();
    let mut changed = Vec::new();
    let mut note = |at: usize, node: &Node| changed.extend(below(node, in_brackets).map(|node| (at, node)));
    match node.value() {
        Value::Scalar(scalar) => {
            let mut node = node.clone();
            node.respell(single(scalar, in_brackets)?);
            return Some(node);
        }
        Value::Sequence(items) => items.iter().enumerate().for_each(|(at, item)| note(at, item)),
        Value::Mapping(mapping) => mapping.iter().enumerate().for_each(|(at, entry)| note(at, &entry.value)),
    }
    if changed.is_empty() {
        return None;
    }
    let mut copy = node.clone();
    let mut changed = changed.into_iter().peekable();
    let mut replace = |at: usize, node: &mut Node| {
        if let Some((_, new)) = changed.next_if(|(next, _)| *next == at) {
            *node = new;
        }
    };
    if let Some(mapping) = copy.as_mapping_mut() {
        mapping.iter_mut().enumerate().for_each(|(at, entry)| replace(at, &mut entry.value));
    } else if let Some(items) = copy.items_mut() {
        items.iter_mut().enumerate().for_each(|(at, item)| replace(at, item));
    }
    Some(copy)
}

fn single(scalar: &Scalar, in_brackets: bool) -> Option<Scalar> {
    if scalar.settled_tag(in_brackets) != Tag::Str {
        return None;
    }
    let text = scalar.settled_text(in_brackets);
    let read = Traits::of(&text).through_json(&text).unwrap_or_else(|_| text.as_ref().into());
    (scalar.tag != Tag::Str || *read != *scalar.text).then(|| Scalar::quoted(read.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;
    use crate::yaml::{Dialect, OriginId, emit, json, read_documents};

    fn read(text: &str) -> Node {
        let source = Sources::default().add("", text);
        read_documents(text, source, OriginId::UNKNOWN, Dialect::Manifest).expect("YAML").remove(0)
    }

    #[test]
    fn values_are_those_of_the_printed_document() {
        for text in [
            "a: >\n  a\n    more\n\n  b\n",
            "a: {b: , c: [~, null, ], d :e}\n",
            "a: {at: 2024-01-02 03:04:05, day: 2024-01-02}\n",
            "a: \"x\\u0085y\"\n",
        ] {
            let node = read(text);
            let settled = settled(&node).expect(text);
            let mut printed = String::new();
            emit(&node, &mut printed).expect("text");
            assert_eq!(json::print(&settled, false), json::print(&read(&printed), false), "{text}");
            assert!(super::settled(&settled).is_none(), "{text}");
        }
    }

    #[test]
    fn other_documents_do_not_change() {
        for text in ["a: |\n  b\n   c\n", "a: >\n  b\n  c\n", "a: [1, 0644, 1e3, true, '', x]\n", "a: ~\nb:\n"] {
            assert!(settled(&read(text)).is_none(), "{text}");
        }
    }
}
