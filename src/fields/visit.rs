//! Follows a field spec through an object and passes every field that it reaches to a setter.
//!
//! Lists are entered without being named; missing mappings are created if the spec has `create`. Behavior: kustomize's
//! `fieldspec.Filter`, with its treatment of null: a null on the path becomes what the path requires, if that is known.
//! It looks each part up with kyaml's `PathGetter`, to which some names mean an item of a list ([`selects_item`]).

use ecow::{EcoString, EcoVec};

use super::field_specs::FieldSpec;
use crate::diagnostic::Diagnostic;
use crate::resource::ResId;
use crate::yaml::provenance::Edit;
use crate::yaml::{Expected, Key, Mapping, Node, Scalar, Tag, Value, wrong_kind};

/// The value that a missing last field is created with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Create {
    /// None: the field must exist.
    Nothing,
    /// An empty string.
    Scalar,
    /// An empty mapping.
    Mapping,
}

/// What is done to a field.
pub type Set<'s> = &'s mut dyn FnMut(&mut Node, &mut Edit<'_>) -> Result<(), Diagnostic>;

/// Passes the fields that `spec` reaches in `object` to `set`.
///
/// # Errors
/// There is a scalar before the end of the path, or `set` fails.
pub fn visit(object: &mut Node, spec: &FieldSpec, create: Create, edit: &mut Edit<'_>, set: Set<'_>) -> Result<(), Diagnostic> {
    let create = if spec.create { create } else { Create::Nothing };
    if create == Create::Nothing && !reaches(object, &spec.parts) {
        return Ok(());
    }
    let done = walk(object, &spec.parts, create, edit, set).map_err(|mut error| {
        let id = ResId::of(object).words();
        error.words.surround(format!("considering field '{}' of object {id}: ", spec.path), "");
        error
    });
    done.map_err(|error| match (&error.help, error.code) {
        (Some(_), _) => error,
        (None, FIELD_PATH) => {
            error.help(format!("a field path reaches all items of a list: remove the part from `{}`", spec.path))
        }
        (None, _) => error.help(format!("the field path is `{}`", spec.path)),
    })
}

/// The code of errors about the path itself.
const FIELD_PATH: &str = "field-path";

/// Whether a part of a path only selects items of a list: an integer, `-`, `*`, or anything in brackets. A mapping can't be
/// entered with it, even if it has such a key; a list is entered before the part is considered.
pub fn selects_item(part: &str) -> bool {
    if is_plain(part) {
        return false;
    }
    let part = name_of(part);
    part.parse::<i64>().is_ok() || matches!(part, "-" | "*") || (part.starts_with('[') && part.ends_with(']'))
}

/// Whether a mapping can't be entered with a part.
pub fn is_refused(part: &str) -> bool {
    part.is_empty() || part == "[]" || selects_item(part)
}

/// Whether a part is certainly the name of a field, as nearly all are.
fn is_plain(part: &str) -> bool {
    matches!(part.as_bytes(), [first, .., last] if first.is_ascii_alphabetic() && last.is_ascii_alphanumeric())
}

/// The key that a part looks up. A part of blanks has none and stays where it is.
fn name_of(part: &str) -> &str {
    if is_plain(part) {
        return part;
    }
    part.strip_suffix("[]").unwrap_or(part).trim()
}

/// The field of a mapping that a part, which is not refused, leads to.
pub fn next<'n>(node: &'n Node, part: &str) -> Option<&'n Node> {
    match name_of(part) {
        "" => Some(node),
        name => node.get(name),
    }
}

/// Whether a walk finds anything to change or to report; this avoids copying shared documents.
pub fn reaches(node: &Node, parts: &[EcoString]) -> bool {
    let Some((part, rest)) = parts.split_first() else { return true };
    match node.value() {
        Value::Sequence(items) => items.iter().any(|item| reaches(item, parts)),
        Value::Mapping(_) if is_refused(part) => true,
        Value::Mapping(_) => match next(node, part) {
            Some(field) if field.is_null() => rest.is_empty() || part.ends_with("[]"),
            Some(field) => reaches(field, rest),
            None => false,
        },
        Value::Scalar(scalar) => scalar.tag != Tag::Null,
    }
}

fn walk(node: &mut Node, parts: &[EcoString], create: Create, edit: &mut Edit<'_>, set: Set<'_>) -> Result<(), Diagnostic> {
    let Some((part, rest)) = parts.split_first() else { return set(node, edit) };
    match node.value() {
        Value::Sequence(_) => {
            for item in node.items_mut().unwrap_or_default() {
                walk(item, parts, create, edit, set).map_err(|mut error| {
                    error.words.surround(format!("visit traversal on path: [{}]: ", parts.join(" ")), "");
                    error
                })?;
            }
            Ok(())
        }
        Value::Mapping(_) if part.is_empty() || part == "[]" => Err(node
            .error(FIELD_PATH, "a part of the field's path is empty")
            .words("cannot set or create an empty field name")
            .help("use a path such as `spec/template/metadata`, without a slash at the end")),
        Value::Mapping(_) if selects_item(part) => {
            let words = match part.as_str() {
                "*" => "wildcard is not supported in PathGetter".to_owned(),
                _ => wrong_kind(Expected::Sequence, node),
            };
            let error = node
                .error(FIELD_PATH, format!("expected a list for `{part}` in the field path, found a mapping"))
                .words(format!("fieldName: {}: {words}", name_of(part)));
            Err(match node.get(name_of(part)) {
                Some(_) => error.help(format!("a field path can't lead to the key `{part}`: change this field with a patch")),
                None => error,
            })
        }
        Value::Mapping(_) if name_of(part).is_empty() => walk(node, rest, create, edit, set),
        Value::Mapping(_) => {
            let is_list = part.ends_with("[]");
            let made = match is_list {
                true => Some(Value::Sequence(EcoVec::new())),
                false => made_value(create, rest.is_empty()),
            };
            let creates = !is_list && create != Create::Nothing;
            let Some(field) = field(node, name_of(part), made, creates, edit) else { return Ok(()) };
            walk(field, rest, create, edit, set)
        }
        Value::Scalar(scalar) if scalar.tag == Tag::Null => Ok(()),
        Value::Scalar(_) => {
            let message = format!("expected a mapping with `{part}`, found {}", node.type_name());
            Err(node.error("wrong-type", message).words("expected sequence or mapping node"))
        }
    }
}

fn made_value(create: Create, last: bool) -> Option<Value> {
    match create {
        Create::Nothing => None,
        Create::Scalar if last => Some(Value::Scalar(Scalar::string(""))),
        Create::Scalar | Create::Mapping => Some(Value::Mapping(Mapping::default())),
    }
}

/// The field of a mapping: an existing one, or one that is created if it is missing or null.
fn field<'n>(node: &'n mut Node, name: &str, made: Option<Value>, creates: bool, edit: &mut Edit<'_>) -> Option<&'n mut Node> {
    let mapping = node.as_mapping_mut()?;
    if mapping.get(name).is_none() {
        let value = made.clone().filter(|_| creates)?;
        let new = Node::new(value, edit);
        mapping.push(Key::new(name, edit.span()), new);
    }
    let field = mapping.get_mut(name)?;
    if let Some(value) = made.filter(|_| field.is_null()) {
        // Only the type changes: a prefix of `null` becomes `p-null`.
        let value = match (value, field.as_scalar()) {
            (Value::Scalar(made), Some(null)) => Value::Scalar(Scalar { text: null.text.clone(), ..made }),
            (value, _) => value,
        };
        field.set(value, edit);
    }
    Some(field)
}

/// The group of a value that is not shared with any other field.
pub const ALONE: u32 = 0;

/// Sets one entry of a mapping to a string. A new one belongs to the group of this number; returns whether it is new.
/// A null, which is only reached without `create`, stays as it is.
///
/// # Errors
/// The node is neither a mapping nor null.
pub fn set_entry(node: &mut Node, key: &EcoString, value: &Scalar, group: u32, edit: &mut Edit<'_>) -> Result<bool, Diagnostic> {
    if node.is_null() {
        return Ok(false);
    }
    let type_name = node.type_name();
    // The step that adds the first entry to an empty mapping counts as its creator.
    if node.as_mapping().is_some_and(|mapping| mapping.is_empty() && node.span() != edit.span()) {
        node.set(Value::Mapping(Mapping::default()), edit);
    }
    let Some(mapping) = node.as_mapping_mut() else {
        let error = node.error("wrong-type", format!("expected a mapping to set `{key}` in, found {type_name}"));
        return Err(error.words(wrong_kind(Expected::Mapping, node)));
    };
    match mapping.get_mut(key) {
        Some(field) => {
            field.set_string(value.text.clone(), edit);
            Ok(false)
        }
        None => {
            let new = Node::new(Value::Scalar(Scalar { shared: group, ..value.clone() }), edit);
            mapping.push(Key::new(key.clone(), edit.span()), new);
            Ok(true)
        }
    }
}

/// Replaces a scalar with another one.
///
/// # Errors
/// The node is a list or a mapping.
pub fn set_scalar(node: &mut Node, scalar: Scalar, edit: &mut Edit<'_>) -> Result<(), Diagnostic> {
    if node.as_scalar().is_none() {
        let error = node.error("wrong-type", format!("expected a scalar, found {}", node.type_name()));
        return Err(error.words(wrong_kind(Expected::Scalar, node)));
    }
    node.set(Value::Scalar(scalar), edit);
    Ok(())
}
