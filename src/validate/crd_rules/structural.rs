//! Whether a schema is structural: every value has one type, stated outside of `allOf`, `anyOf`, `oneOf` and `not`.
//!
//! Behaviour: `structuralschema.ValidateStructural`: first invariants, then completeness (what the junctors speak of must exist
//! outside of them).

use super::super::look::{self, entries, items, set, text};
use super::super::{Findings, Path};
use crate::schema::pattern;
use crate::schema::structural::is_true;
use crate::yaml::Node;

/// Where a schema stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// The whole object.
    Root,
    /// The entries of a list.
    Item,
    /// A field.
    Field,
}

/// Checks a schema and all below it.
pub fn check(node: &Node, level: Level, path: &Path<'_>, out: &mut Findings) {
    let json = text(node, "type").map(|(json, _)| json);
    if json == Some("array") && set(node, "items").is_none() {
        out.required(node, &path.field("items"), "a list needs a schema for its entries");
    }
    if let Some(of) = set(node, "items") {
        check(of, Level::Item, &path.field("items"), out);
    }
    let properties = path.field("properties");
    for entry in entries(node, "properties") {
        check(&entry.value, Level::Field, &properties.key(&entry.key.text), out);
    }
    if let Some(additional) = set(node, "additionalProperties") {
        let path = path.field("additionalProperties");
        if level == Level::Root {
            out.forbidden(additional, &path, "the root may not have `additionalProperties`");
        }
        if additional.as_mapping().is_some() {
            check(additional, Level::Field, &path, out);
        }
    }
    extensions(node, json, path, out);
    junctors(node, is_int_or_string(node, "anyOf"), nested_int_or_string(node), path, out);
    own_type(node, json, level, path, out);
    meta_fields(node, level, path, out);
    complete(node, node, path, path, out);
}

fn extensions(node: &Node, json: Option<&str>, path: &Path<'_>, out: &mut Findings) {
    let flag = |field: &'static str| node.get(field).filter(|_| is_true(node, field));
    if is_true(node, "x-kubernetes-int-or-string") {
        for field in ["x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"] {
            if let Some(found) = flag(field) {
                out.invalid(found, &path.field(field), "this can't be where `x-kubernetes-int-or-string` is");
            }
        }
    }
    let Some(embedded) = flag("x-kubernetes-embedded-resource") else { return };
    match json {
        Some("object") => {}
        None => out.required(embedded, &path.field("type"), "an embedded resource must have `type: object`"),
        Some(found) => out.invalid(embedded, &path.field("type"), format!("an embedded resource is an object, not `{found}`")),
    }
    if let Some(additional) = set(node, "additionalProperties") {
        out.forbidden(
            additional,
            &path.field("additionalProperties"),
            "an embedded resource may not have `additionalProperties`",
        );
    }
    if !is_true(node, "x-kubernetes-preserve-unknown-fields") && entries(node, "properties").next().is_none() {
        out.required(embedded, &path.field("properties"), "an embedded resource needs `properties`, or keeps unknown fields");
    }
}

fn own_type(node: &Node, json: Option<&str>, level: Level, path: &Path<'_>, out: &mut Findings) {
    let typeless = ["x-kubernetes-int-or-string", "x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"];
    let place = node.get("type").unwrap_or(node);
    match json {
        None if typeless.iter().any(|field| is_true(node, field)) => {}
        None => {
            let message = match level {
                Level::Root => "the root has no `type`",
                Level::Item => "the entries of the list have no `type`",
                Level::Field => "the field has no `type`",
            };
            out.required(place, &path.field("type"), message);
        }
        Some(found) if level == Level::Root && found != "object" => {
            out.invalid(place, &path.field("type"), format!("the root must be an object, not `{found}`"));
        }
        Some(_) => {}
    }
}

/// `apiVersion`, `kind` and `metadata` are what they are in every object.
fn meta_fields(node: &Node, level: Level, path: &Path<'_>, out: &mut Findings) {
    let is_object = level == Level::Root || is_true(node, "x-kubernetes-embedded-resource");
    let Some(properties) = set(node, "properties").filter(|_| is_object) else { return };
    let properties_path = path.field("properties");
    for (field, wanted) in [("apiVersion", "string"), ("kind", "string"), ("metadata", "object")] {
        let Some(found) = set(properties, field) else { continue };
        let (path, json) = (properties_path.key(field), text(found, "type").map_or("", |(json, _)| json));
        if json != wanted {
            out.invalid(found.get("type").unwrap_or(found), &path.field("type"), format!("`{field}` must be of type `{wanted}`"));
        }
        if field == "metadata" && level == Level::Root && !restricts_names_alone(found) {
            let message = "`metadata` is implied: only `name` and `generateName` may be restricted";
            out.forbidden(found, &path, message);
        }
    }
}

fn restricts_names_alone(metadata: &Node) -> bool {
    let names = |entry: &crate::yaml::Entry| matches!(entry.key.text.as_str(), "name" | "generateName");
    let says_something = |node: &Node| !node.is_null() && !look::is_false_or_empty(node);
    metadata.as_mapping().into_iter().flatten().all(|entry| match entry.key.text.as_str() {
        "type" | "default" => true,
        "properties" => entry.value.as_mapping().is_none_or(|fields| fields.is_empty() || fields.iter().all(names)),
        _ => !says_something(&entry.value),
    })
}

/// `anyOf: [{type: integer}, {type: string}]`, which an integer or string may have.
fn is_int_or_string(node: &Node, field: &str) -> bool {
    let types: Vec<&str> = items(node, field).map(|(_, clause)| only_type(clause)).collect();
    types == ["integer", "string"]
}

fn only_type(clause: &Node) -> &str {
    let alone = clause.as_mapping().is_some_and(|mapping| mapping.len() == 1);
    text(clause, "type").filter(|_| alone).map_or("", |(json, _)| json)
}

/// `allOf` whose first part is just such an `anyOf`.
fn nested_int_or_string(node: &Node) -> bool {
    items(node, "allOf").next().is_some_and(|(_, first)| is_int_or_string(first, "anyOf"))
}

fn junctors(node: &Node, skips_any_of: bool, skips_first: bool, path: &Path<'_>, out: &mut Findings) {
    for field in ["anyOf", "allOf", "oneOf"] {
        let path = path.field(field);
        if field == "anyOf" && skips_any_of {
            continue;
        }
        for (at, clause) in items(node, field) {
            nested(clause, field == "allOf" && at == 0 && skips_first, &path.index(at), out);
        }
    }
    if let Some(not) = set(node, "not") {
        nested(not, false, &path.field("not"), out);
    }
    if let Some((found, place)) = text(node, "pattern")
        && let Some(fault) = pattern::fault(found)
    {
        out.invalid(place, &path.field("pattern"), format!("`{found}` is no regular expression: {fault}"));
    }
}

/// What stands inside of a junctor may restrict values, but not state what they are.
fn nested(node: &Node, skips_any_of: bool, path: &Path<'_>, out: &mut Findings) {
    const STATEMENTS: [&str; 11] = [
        "type",
        "additionalProperties",
        "default",
        "title",
        "description",
        "nullable",
        "x-kubernetes-preserve-unknown-fields",
        "x-kubernetes-embedded-resource",
        "x-kubernetes-int-or-string",
        "x-kubernetes-list-map-keys",
        "x-kubernetes-validations",
    ];
    junctors(node, skips_any_of, false, path, out);
    if let Some(of) = set(node, "items") {
        nested(of, false, &path.field("items"), out);
    }
    let properties = path.field("properties");
    for entry in entries(node, "properties") {
        let path = properties.key(&entry.key.text);
        nested(&entry.value, false, &path, out);
        if entry.key.text == "metadata" {
            out.forbidden(&entry.value, &path, "`metadata` can't be restricted inside of a junctor");
        }
    }
    let types = ["x-kubernetes-list-type", "x-kubernetes-map-type"];
    for field in STATEMENTS.into_iter().chain(types) {
        let found = node.get(field).filter(|value| !look::is_false_or_empty(value));
        if let Some(found) = found {
            let message = format!("`{field}` must stand outside of `allOf`, `anyOf`, `oneOf` and `not`");
            out.forbidden(found, &path.field(field), message);
        }
    }
}

/// What junctors speak of must be described outside of them, too.
fn complete(clause: &Node, schema: &Node, at: &Path<'_>, path: &Path<'_>, out: &mut Findings) {
    let mut each = |clause: &Node, path: &Path<'_>| complete_nested(clause, Some(schema), at, path, out);
    for field in ["allOf", "anyOf", "oneOf"] {
        let path = path.field(field);
        items(clause, field).for_each(|(index, clause)| each(clause, &path.index(index)));
    }
    if let Some(not) = set(clause, "not") {
        each(not, &path.field("not"));
    }
}

fn complete_nested(clause: &Node, schema: Option<&Node>, at: &Path<'_>, path: &Path<'_>, out: &mut Findings) {
    let Some(schema) = schema else {
        return out.required(clause, at, format!("it is not described, but restricted in `{path}`"));
    };
    complete(clause, schema, at, path, out);
    if let Some(of) = set(clause, "items") {
        complete_nested(of, set(schema, "items"), &at.field("items"), &path.field("items"), out);
    }
    let (at, path) = (at.field("properties"), path.field("properties"));
    for entry in entries(clause, "properties") {
        let known = schema.get("properties").and_then(|properties| properties.get(&entry.key.text));
        complete_nested(&entry.value, known, &at.key(&entry.key.text), &path.key(&entry.key.text), out);
    }
}
