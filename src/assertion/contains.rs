//! Whether a value holds what is listed: of a mapping the listed entries, of a list the listed elements.
//!
//! A null is held by what is null or not there. With `exact`, a list holds as many elements as are listed, in their order.

use crate::source::Span;
use crate::yaml::scalar::bool_value;
use crate::yaml::{Key, Node, Scalar, Tag, Value, json};

/// Something that does not hold.
#[derive(Clone, Debug)]
pub struct Mismatch {
    /// The field in the object.
    pub path: String,
    /// What was found and what is wanted.
    pub message: String,
    /// Where it is wanted.
    pub wanted: Span,
    /// The value that was found, or the nearest one around it.
    pub found: Node,
    /// Whether the value itself was found.
    pub is_there: bool,
}

/// What of `wanted` does not hold.
pub fn mismatches(wanted: &Node, found: &Node, exact: bool) -> Vec<Mismatch> {
    let mut list = Vec::new();
    look(wanted, found, exact, "", &mut list);
    list
}

fn look(wanted: &Node, found: &Node, exact: bool, path: &str, list: &mut Vec<Mismatch>) {
    let mut push = |message: String| {
        list.push(Mismatch { path: path.to_owned(), message, wanted: wanted.span(), found: found.clone(), is_there: true });
    };
    match (wanted.value(), found.value()) {
        (Value::Scalar(a), Value::Scalar(b)) if is_same(a, b) => {}
        (Value::Mapping(entries), Value::Mapping(_)) => {
            for entry in entries {
                let path = join(path, &entry.key);
                match found.get(&entry.key.text) {
                    Some(value) => look(&entry.value, value, exact, &path, list),
                    None if entry.value.is_null() => {}
                    None => {
                        let message = format!("it is not set, but {} is wanted", shown(&entry.value));
                        list.push(Mismatch { path, message, wanted: entry.key.span, found: found.clone(), is_there: false });
                    }
                }
            }
        }
        (Value::Sequence(wanted), Value::Sequence(items)) if exact => {
            if wanted.len() != items.len() {
                push(format!("found a list of length {}, but one of length {} is wanted", items.len(), wanted.len()));
            } else {
                let pairs = wanted.iter().zip(items).enumerate();
                pairs.for_each(|(at, (wanted, item))| look(wanted, item, exact, &format!("{path}[{at}]"), list));
            }
        }
        (Value::Sequence(wanted), Value::Sequence(items)) => {
            for element in wanted {
                list.extend(nearest(element, items, found, path));
            }
        }
        _ => push(format!("found {}, but {} is wanted", shown(found), shown(wanted))),
    }
}

/// Why no element of a list is as wanted: what is wrong with the one of the same name, or that there is none.
fn nearest(wanted: &Node, items: &[Node], around: &Node, path: &str) -> Vec<Mismatch> {
    let mut of_same_name = None;
    for (at, item) in items.iter().enumerate() {
        let mut wrong = Vec::new();
        look(wanted, item, false, &format!("{path}[{at}]"), &mut wrong);
        if wrong.is_empty() {
            return Vec::new();
        }
        let is_named = wanted.get("name").is_some_and(|name| item.get("name").is_some_and(|other| name.same(other)));
        // The only one is meant, too, when no other one was asked for by its name.
        if is_named || (items.len() == 1 && wanted.as_scalar().is_none() && wanted.get("name").is_none()) {
            of_same_name.get_or_insert(wrong);
        }
    }
    of_same_name.unwrap_or_else(|| {
        let message = format!("no element of the list holds {}", in_short(wanted));
        vec![Mismatch { path: path.to_owned(), message, wanted: wanted.span(), found: around.clone(), is_there: true }]
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

/// A value in a message: scalars as they are, with quotes where their type would be missed.
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

/// A value of any form in a message.
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

    fn wrong(wanted: &str, exact: bool) -> Vec<String> {
        let object = "replicas: 3\nimage: \"1.10\"\nflag: yes\nports:\n- {name: http, port: 80}\n- {name: admin, port: 81}\nargs: [a, b]\nsize: 0x10\n";
        let mut records = Records::default();
        let mut read = |text: &str| {
            let source = records.sources.add("test", text);
            let step = records.provenance.step("", "test");
            records.documents(source, step, Dialect::Manifest).unwrap().remove(0)
        };
        let list = mismatches(&read(wanted), &read(object), exact);
        list.into_iter().map(|mismatch| format!("{}: {}", mismatch.path, mismatch.message)).collect()
    }

    #[test]
    fn a_part_is_held() {
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
            assert_eq!(wrong(part, false), Vec::<String>::new(), "{part}");
        }
        for part in ["args: [a, b]", "ports: [{name: http}, {name: admin}]"] {
            assert_eq!(wrong(part, true), Vec::<String>::new(), "{part}");
        }
    }

    #[test]
    fn what_does_not_hold_is_told_with_its_path() {
        let table = [
            ("replicas: 2", "replicas: found `3`, but `2` is wanted"),
            ("image: 1.10", "image: found the string `1.10`, but `1.10` is wanted"),
            ("ports: [{name: http, port: 82}]", "ports[0].port: found `80`, but `82` is wanted"),
            ("ports: [{name: other}]", "ports: no element of the list holds `{\"name\":\"other\"}`"),
            ("args: [c]", "args: no element of the list holds `c`"),
            ("a.b/c: 1", "[a.b/c]: it is not set, but `1` is wanted"),
            ("replicas: {a: b}", "replicas: found `3`, but a mapping is wanted"),
        ];
        for (part, message) in table {
            assert_eq!(wrong(part, false), [message], "{part}");
        }
        assert_eq!(wrong("args: [a]", true), ["args: found a list of length 2, but one of length 1 is wanted"]);
        assert_eq!(wrong("args: [b, a]", true).len(), 2);
    }
}
