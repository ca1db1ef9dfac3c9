//! Access to the fields of objects that the decoder accepts, where null counts as unset; and checks that many rules share.

use super::findings::Findings;
use super::names;
use super::path::Path;
use crate::yaml::scalar::Number;
use crate::yaml::{Node, Tag};

/// A field that is set and not null.
pub fn set<'n>(node: &'n Node, field: &str) -> Option<&'n Node> {
    node.get(field).filter(|value| !value.is_null())
}

/// A field that is a nonempty string, and its node.
pub fn text<'n>(node: &'n Node, field: &str) -> Option<(&'n str, &'n Node)> {
    let value = node.get(field)?;
    Some((as_text(value)?, value)).filter(|(text, _)| !text.is_empty())
}

/// The value of a string.
pub fn as_text(node: &Node) -> Option<&str> {
    node.as_scalar().filter(|scalar| matches!(scalar.tag, Tag::Str | Tag::Timestamp)).map(|scalar| scalar.text.as_str())
}

/// A field that is an integer, and its node.
pub fn int<'n>(node: &'n Node, field: &str) -> Option<(i64, &'n Node)> {
    let value = node.get(field)?;
    Some((as_int(value)?, value))
}

/// The value of an integer.
pub fn as_int(node: &Node) -> Option<i64> {
    match node.as_scalar()?.number()? {
        Number::Int(value) => Some(value),
        Number::Float(value) if value.fract() == 0.0 => Some(value as i64),
        _ => None,
    }
}

/// Whether a field is true.
pub fn is_true(node: &Node, field: &str) -> bool {
    node.get(field)
        .and_then(Node::as_scalar)
        .is_some_and(|scalar| scalar.tag == Tag::Bool && crate::yaml::scalar::bool_value(&scalar.text))
}

/// Whether a field is set to false.
pub fn is_false(node: &Node, field: &str) -> bool {
    node.get(field).and_then(Node::as_scalar).is_some_and(|scalar| scalar.tag == Tag::Bool) && !is_true(node, field)
}

/// Whether a value is null, false, or an empty string, list, or mapping.
pub fn is_false_or_empty(node: &Node) -> bool {
    match node.value() {
        crate::yaml::Value::Sequence(items) => items.is_empty(),
        crate::yaml::Value::Mapping(mapping) => mapping.is_empty(),
        crate::yaml::Value::Scalar(scalar) => match scalar.tag {
            Tag::Null => true,
            Tag::Bool => !crate::yaml::scalar::bool_value(&scalar.text),
            Tag::Str | Tag::Timestamp => scalar.text.is_empty(),
            Tag::Int | Tag::Float => false,
        },
    }
}

/// The items of a list, with their indices.
pub fn items<'n>(node: &'n Node, field: &str) -> impl Iterator<Item = (usize, &'n Node)> + use<'n> {
    node.get(field).and_then(Node::as_sequence).unwrap_or_default().iter().enumerate()
}

/// The number of items in a list.
pub fn count(node: &Node, field: &str) -> usize {
    node.get(field).and_then(Node::as_sequence).map_or(0, <[Node]>::len)
}

/// The entries of a mapping.
pub fn entries<'n>(node: &'n Node, field: &str) -> impl Iterator<Item = &'n crate::yaml::Entry> + use<'n> {
    node.get(field).and_then(Node::as_mapping).into_iter().flatten()
}

/// Checks that a field is one of the supported strings, if it is set and not empty.
pub fn one_of(node: &Node, field: &str, allowed: &[&str], path: &Path<'_>, out: &mut Findings) {
    if let Some((found, value)) = text(node, field).filter(|(found, _)| !allowed.contains(found)) {
        let _ = found;
        out.unsupported(value, &path.field(field), allowed);
    }
}

/// Checks that a field is a nonempty string, and returns it.
pub fn required_text<'n>(node: &'n Node, field: &str, path: &Path<'_>, out: &mut Findings) -> Option<(&'n str, &'n Node)> {
    let found = text(node, field);
    if found.is_none() {
        out.required(set(node, field).unwrap_or(node), &path.field(field), format!("`{field}` is required"));
    }
    found
}

/// Checks a string with a rule, if it is set and not empty.
pub fn form(node: &Node, field: &str, rule: fn(&str) -> Result<(), String>, path: &Path<'_>, out: &mut Findings) {
    if let Some((found, value)) = text(node, field)
        && let Err(cause) = rule(found)
    {
        out.invalid(value, &path.field(field), format!("`{found}` {cause}"));
    }
}

/// Checks that a number is not negative, if it is set.
pub fn not_negative(node: &Node, field: &str, path: &Path<'_>, out: &mut Findings) {
    if let Some((found, value)) = int(node, field).filter(|(found, _)| *found < 0) {
        out.invalid(value, &path.field(field), format!("`{field}` must not be negative, found {found}"));
    }
}

/// Checks that a number is in a range, if it is set.
pub fn in_range(node: &Node, field: &str, range: std::ops::RangeInclusive<i64>, path: &Path<'_>, out: &mut Findings) {
    if let Some((found, value)) = int(node, field).filter(|(found, _)| !range.contains(found)) {
        let (least, most) = (range.start(), range.end());
        out.invalid(value, &path.field(field), format!("`{field}` must be between {least} and {most}, found {found}"));
    }
}

/// Checks a required port: a number from 1 to 65535, or a port name.
pub fn port(node: &Node, field: &str, path: &Path<'_>, out: &mut Findings) {
    let path = path.field(field);
    let Some(value) = set(node, field) else { return out.required(node, &path, format!("`{field}` is required")) };
    let wrong = match (as_int(value), as_text(value)) {
        (Some(number), _) => names::port_number(number).err().map(|cause| format!("the port {cause}")),
        (None, Some(name)) => names::port_name(name).err().map(|cause| format!("the port name `{name}` {cause}")),
        (None, None) => None,
    };
    if let Some(message) = wrong {
        out.invalid(value, &path, message);
    }
}

/// Checks that a field is one of the supported strings, if it is set, even to an empty string.
pub fn choice(node: &Node, field: &str, allowed: &[&str], path: &Path<'_>, out: &mut Findings) {
    if let Some(value) = set(node, field).filter(|value| as_text(value).is_none_or(|found| !allowed.contains(&found))) {
        out.unsupported(value, &path.field(field), allowed);
    }
}

/// Checks that a required field is one of the supported strings. To the server, an unset field is an empty string.
pub fn required_choice(node: &Node, field: &str, allowed: &[&str], path: &Path<'_>, out: &mut Findings) {
    match text(node, field) {
        Some(_) => one_of(node, field, allowed, path, out),
        None => {
            let error = node.get(field).unwrap_or(node).error("unsupported-value", format!("`{field}` is required"));
            out.push(error.help(super::findings::supported(allowed)), path.field(field).to_string());
        }
    }
}

/// The strings of a list with their indices; as on the server, null counts as an empty string.
pub fn texts<'n>(node: &'n Node, field: &str) -> impl Iterator<Item = (usize, &'n str, &'n Node)> + use<'n> {
    items(node, field).map(|(at, item)| (at, as_text(item).unwrap_or(""), item))
}

/// The value of a quantity in thousandths; 0 for null.
pub fn amount(node: &Node) -> Option<f64> {
    if node.is_null() { Some(0.0) } else { crate::schema::quantity::parse(&node.as_scalar()?.text) }
}

/// Whether an amount in thousandths is a whole number.
pub fn is_whole(amount: f64) -> bool {
    // Floats of this size can't represent thousandths.
    amount.abs() >= 9e15 || amount % 1000.0 == 0.0
}

/// Checks that a field is a nonempty string, and checks it with a rule.
pub fn required_form(node: &Node, field: &str, rule: fn(&str) -> Result<(), String>, path: &Path<'_>, out: &mut Findings) {
    if required_text(node, field, path, out).is_some() {
        form(node, field, rule, path, out);
    }
}

/// A set of names or other values that must be unique.
#[derive(Default)]
pub struct Unique<'n> {
    seen: rustc_hash::FxHashSet<&'n str>,
}

impl<'n> Unique<'n> {
    /// Adds a name, and reports it at `path` if it was added before. Returns whether it was.
    pub fn add(&mut self, value: &'n str, node: &Node, path: &Path<'_>, out: &mut Findings) -> bool {
        let before = !self.seen.insert(value);
        if before {
            out.duplicate(node, path, format!("the name `{value}` appears twice"));
        }
        before
    }

    /// Adds a value. Returns whether it is new.
    pub fn insert(&mut self, value: &'n str) -> bool {
        self.seen.insert(value)
    }

    /// Whether a value was added.
    pub fn has(&self, value: &str) -> bool {
        self.seen.contains(value)
    }
}
