//! Whether a value contains what is listed: for a mapping the listed entries, for a list the listed items.
//!
//! A null matches a null or a missing field. With `exact`, a list must have exactly the listed items, in the same order.

use crate::source::Span;
use crate::yaml::scalar::bool_value;
use crate::yaml::{Key, Node, Scalar, Tag, Value, json};

/// A difference between the expected and the actual value.
#[derive(Clone, Debug)]
pub struct Mismatch {
    /// The field in the object.
    pub path: String,
    /// What was expected and what was found.
    pub message: String,
    /// Where the expected value is written.
    pub expected: Span,
    /// The value that was found, or the closest one around it.
    pub found: Node,
    /// Whether the field itself exists.
    pub exists: bool,
}

/// The parts of `expected` that `found` does not contain.
pub fn mismatches(expected: &Node, found: &Node, exact: bool) -> Vec<Mismatch> {
    let mut list = Vec::new();
    compare(expected, found, exact, "", &mut list);
    list
}

fn compare(expected: &Node, found: &Node, exact: bool, path: &str, list: &mut Vec<Mismatch>) {
    let mut push = |message: String| {
        list.push(Mismatch { path: path.to_owned(), message, expected: expected.span(), found: found.clone(), exists: true });
    };
    match (expected.value(), found.value()) {
        (Value::Scalar(a), Value::Scalar(b)) if is_same(a, b) => {}
        (Value::Mapping(entries), Value::Mapping(_)) => {
            for entry in entries {
                let path = join(path, &entry.key);
                match found.get(&entry.key.text) {
                    Some(value) => compare(&entry.value, value, exact, &path, list),
                    None if entry.value.is_null() => {}
                    None => {
                        let message = format!("expected {}, but the field is not set", shown(&entry.value));
                        list.push(Mismatch { path, message, expected: entry.key.span(), found: found.clone(), exists: false });
                    }
                }
            }
        }
        (Value::Sequence(expected), Value::Sequence(items)) if exact => {
            if expected.len() != items.len() {
                push(format!("expected a list of length {}, found a list of length {}", expected.len(), items.len()));
            } else {
                let pairs = expected.iter().zip(items).enumerate();
                pairs.for_each(|(at, (expected, item))| compare(expected, item, exact, &format!("{path}[{at}]"), list));
            }
        }
        (Value::Sequence(expected), Value::Sequence(items)) => {
            for element in expected {
                list.extend(nearest(element, items, found, path));
            }
        }
        _ => push(format!("expected {}, found {}", shown(expected), shown(found))),
    }
}

/// Why no item of a list matches: the differences of the item with the same name, or an error that there is none.
fn nearest(expected: &Node, items: &[Node], list_node: &Node, path: &str) -> Vec<Mismatch> {
    let mut of_same_name = None;
    for (at, item) in items.iter().enumerate() {
        let mut differences = Vec::new();
        compare(expected, item, false, &format!("{path}[{at}]"), &mut differences);
        if differences.is_empty() {
            return Vec::new();
        }
        let is_named = expected.get("name").is_some_and(|name| item.get("name").is_some_and(|other| name.same(other)));
        // A single item is meant as well, unless the expected one has a name.
        if is_named || (items.len() == 1 && expected.as_scalar().is_none() && expected.get("name").is_none()) {
            of_same_name.get_or_insert(differences);
        }
    }
    of_same_name.unwrap_or_else(|| {
        let message = format!("no item of the list contains {}", in_short(expected));
        vec![Mismatch { path: path.to_owned(), message, expected: expected.span(), found: list_node.clone(), exists: true }]
    })
}

/// Whether two scalars are the same once they are printed.
fn is_same(a: &Scalar, b: &Scalar) -> bool {
    let is_number = |tag: Tag| matches!(tag, Tag::Int | Tag::Float);
    match (a.settled_tag(false), b.settled_tag(false)) {
        (Tag::Null, Tag::Null) => true,
        (Tag::Bool, Tag::Bool) => bool_value(&a.text) == bool_value(&b.text),
        (x, y) if is_number(x) && is_number(y) => {
            a.text == b.text || a.number().zip(b.number()).is_some_and(|(a, b)| a.as_f64() == b.as_f64())
        }
        (Tag::Str | Tag::Timestamp, Tag::Str | Tag::Timestamp) => a.settled_text(false) == b.settled_text(false),
        _ => false,
    }
}

/// A value in a message: scalars as they are written; a string that looks like another type is labeled as a string.
fn shown(node: &Node) -> String {
    match node.as_scalar() {
        Some(scalar) if scalar.tag == Tag::Null => "null".to_owned(),
        Some(scalar) if scalar.tag == Tag::Str && crate::yaml::scalar::resolve(&scalar.text) != Tag::Str => {
            format!("the string `{}`", scalar.text)
        }
        Some(scalar) => format!("`{}`", scalar.text),
        None => node.type_name().to_owned(),
    }
}

/// A value of any type, shortened for a message.
fn in_short(node: &Node) -> String {
    const WIDTH: usize = 60;
    match (node.as_scalar(), json::print(node, false)) {
        (None, Some(text)) if text.len() <= WIDTH => format!("`{text}`"),
        _ => shown(node),
    }
}

fn join(path: &str, key: &Key) -> String {
    let plain = key.text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '$'));
    match (plain, path.is_empty()) {
        (true, true) => key.text.to_string(),
        (true, false) => format!("{path}.{}", key.text),
        (false, _) => format!("{path}[{}]", key.text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::Records;
    use crate::yaml::Dialect;

    fn differences(expected: &str, exact: bool) -> Vec<String> {
        let object = "replicas: 3\nimage: \"1.10\"\nflag: yes\nports:\n- {name: http, port: 80}\n- {name: admin, port: 81}\nargs: [a, b]\nsize: 0x10\n";
        let mut records = Records::default();
        let mut read = |text: &str| {
            let source = records.sources.add("test", text);
            let step = records.provenance.step("", "test");
            records.documents(source, step, Dialect::Manifest).unwrap().remove(0)
        };
        let list = mismatches(&read(expected), &read(object), exact);
        list.into_iter().map(|mismatch| format!("{}: {}", mismatch.path, mismatch.message)).collect()
    }

    #[test]
    fn a_part_is_contained() {
        for part in [
            "replicas: 3",
            "replicas: 3.0",
            "size: 16",
            "image: '1.10'",
            "ports: [{name: admin}]",
            "ports: [{port: 81}, {port: 80}]",
            "args: [b]",
            "args: []",
            "other: null",
        ] {
            assert_eq!(differences(part, false), Vec::<String>::new(), "{part}");
        }
        for part in ["args: [a, b]", "ports: [{name: http}, {name: admin}]"] {
            assert_eq!(differences(part, true), Vec::<String>::new(), "{part}");
        }
    }

    #[test]
    fn differences_are_reported_with_their_path() {
        let table = [
            ("replicas: 2", "replicas: expected `2`, found `3`"),
            ("image: 1.10", "image: expected `1.10`, found the string `1.10`"),
            ("ports: [{name: http, port: 82}]", "ports[0].port: expected `82`, found `80`"),
            ("ports: [{name: other}]", "ports: no item of the list contains `{\"name\":\"other\"}`"),
            ("args: [c]", "args: no item of the list contains `c`"),
            ("a.b/c: 1", "[a.b/c]: expected `1`, but the field is not set"),
            ("replicas: {a: b}", "replicas: expected a mapping, found `3`"),
        ];
        for (part, message) in table {
            assert_eq!(differences(part, false), [message], "{part}");
        }
        assert_eq!(differences("args: [a]", true), ["args: expected a list of length 1, found a list of length 2"]);
        assert_eq!(differences("args: [b, a]", true).len(), 2);
    }
}
