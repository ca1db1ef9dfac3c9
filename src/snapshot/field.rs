//! Paths of fields in masks: `spec.template.spec.containers[name=web].image`, `metadata.annotations[a.b/*]`, `args[0]`.
//!
//! A step is a key, an index, or `key=value` for the items of a list that have this value; `*` matches any characters, so
//! `[*]` is every item. Keys with dots or slashes are written in brackets.

use crate::resource::wildcard::fits;
use crate::yaml::{Node, Scalar};

/// A path of steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field(Vec<String>);

impl Field {
    /// Parses a path; `None` if a bracket is not closed or a step is empty.
    pub fn parse(text: &str) -> Option<Field> {
        let mut steps = Vec::new();
        let mut rest = text;
        loop {
            let (step, after) = match rest.strip_prefix('[') {
                Some(inner) => inner.split_once(']')?,
                None => rest.split_at(rest.find(['.', '[']).unwrap_or(rest.len())),
            };
            if step.is_empty() {
                return None;
            }
            steps.push(step.to_owned());
            rest = match after.strip_prefix('.') {
                Some(next) => next,
                None if after.is_empty() => return Some(Field(steps)),
                None if after.starts_with('[') => after,
                None => return None,
            };
        }
    }

    /// Replaces every value at the path by a text; returns the number of values.
    pub fn replace(&self, node: &mut Node, text: &str) -> usize {
        replace(node, &self.0, text)
    }
}

fn replace(node: &mut Node, steps: &[String], text: &str) -> usize {
    let Some((step, rest)) = steps.split_first() else {
        node.respell(Scalar::string(text));
        return 1;
    };
    if !matches_any(node, step) {
        return 0;
    }
    let mut count = 0;
    if let Some(items) = node.items_mut() {
        for (index, item) in items.iter_mut().enumerate().filter(|(index, item)| is_item(item, *index, step)) {
            let _ = index;
            count += replace(item, rest, text);
        }
    } else if let Some(mapping) = node.as_mapping_mut() {
        for entry in mapping.iter_mut().filter(|entry| fits(step, &entry.key.text)) {
            count += replace(&mut entry.value, rest, text);
        }
    }
    count
}

/// Whether a step matches anything in the node: parts that do not change stay shared.
fn matches_any(node: &Node, step: &str) -> bool {
    match (node.as_sequence(), node.as_mapping()) {
        (Some(items), _) => items.iter().enumerate().any(|(index, item)| is_item(item, index, step)),
        (_, Some(mapping)) => mapping.iter().any(|entry| fits(step, &entry.key.text)),
        _ => false,
    }
}

fn is_item(item: &Node, index: usize, step: &str) -> bool {
    match step.split_once('=') {
        Some((key, value)) => item.get(key).and_then(Node::as_text).is_some_and(|text| fits(value, text)),
        None => fits(step, &index.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::Records;
    use crate::yaml::{Dialect, emit};

    #[test]
    fn paths_have_keys_and_brackets() {
        let steps = |text: &str| Field::parse(text).map(|field| field.0);
        let expected: Vec<String> = ["a", "b", "c.d/e", "name=x.y", "f"].map(str::to_owned).into();
        assert_eq!(steps("a.b[c.d/e][name=x.y].f"), Some(expected));
        for text in ["", "a..b", ".a", "a[b", "a[]", "a.", "a[b]c", "a.[b]]"] {
            assert_eq!(steps(text), None, "{text}");
        }
    }

    #[test]
    fn every_value_at_a_path_is_replaced() {
        let text = "a:\n- name: x\n  v: 1\n- name: y\n  v: 2\nb:\n  c.d/e: 3\n  c.d/f: 4\n";
        let table = [
            ("a[name=x].v", 1, "a:\n- name: x\n  v: M\n- name: \"y\"\n  v: 2\nb:\n  c.d/e: 3\n  c.d/f: 4\n"),
            ("a[*].v", 2, "a:\n- name: x\n  v: M\n- name: \"y\"\n  v: M\nb:\n  c.d/e: 3\n  c.d/f: 4\n"),
            ("a[1]", 1, "a:\n- name: x\n  v: 1\n- M\nb:\n  c.d/e: 3\n  c.d/f: 4\n"),
            ("b[c.d/*]", 2, "a:\n- name: x\n  v: 1\n- name: \"y\"\n  v: 2\nb:\n  c.d/e: M\n  c.d/f: M\n"),
            ("b.d", 0, "a:\n- name: x\n  v: 1\n- name: \"y\"\n  v: 2\nb:\n  c.d/e: 3\n  c.d/f: 4\n"),
        ];
        for (path, count, expected) in table {
            let mut records = Records::default();
            let source = records.sources.add("test", text);
            let step = records.provenance.step("", "test");
            let mut node = records.documents(source, step, Dialect::Manifest).unwrap().remove(0);
            assert_eq!(Field::parse(path).unwrap().replace(&mut node, "M"), count, "{path}");
            let mut out = String::new();
            emit(&node, &mut out).unwrap();
            assert_eq!(out, expected, "{path}");
        }
    }
}
