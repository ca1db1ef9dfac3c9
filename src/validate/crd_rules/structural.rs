//! Checks that a schema is structural: each value has one type, which is specified outside `allOf`, `anyOf`, `oneOf`, and `not`.
//!
//! Behavior: `structuralschema.ValidateStructural`: first the invariants, then completeness (what `allOf` and the like restrict
//! must be specified outside them).

use super::super::look::{self, entries, items, set, text};
use super::super::{Findings, Path};
use crate::schema::pattern;
use crate::schema::structural::is_true;
use crate::yaml::Node;

/// The position of a schema.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// It describes the whole object.
    Root,
    /// It describes the items of a list.
    Item,
    /// It describes a field.
    Field,
}

/// Checks a schema and all schemas below it.
pub fn check(node: &Node, level: Level, path: &Path<'_>, out: &mut Findings) {
    let json = text(node, "type").map(|(json, _)| json);
    if json == Some("array") && set(node, "items").is_none() {
        out.required(node, &path.field("items"), "a list requires a schema for its items");
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
            out.forbidden(additional, &path, "the root must not have `additionalProperties`");
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
                out.invalid(found, &path.field(field), "not allowed together with `x-kubernetes-int-or-string`");
            }
        }
    }
    let Some(embedded) = flag("x-kubernetes-embedded-resource") else { return };
    match json {
        Some("object") => {}
        None => out.required(embedded, &path.field("type"), "an embedded resource requires `type: object`"),
        Some(found) => {
            out.invalid(embedded, &path.field("type"), format!("an embedded resource requires `type: object`, found `{found}`"))
        }
    }
    if let Some(additional) = set(node, "additionalProperties") {
        out.forbidden(
            additional,
            &path.field("additionalProperties"),
            "an embedded resource must not have `additionalProperties`",
        );
    }
    if !is_true(node, "x-kubernetes-preserve-unknown-fields") && entries(node, "properties").next().is_none() {
        out.required(
            embedded,
            &path.field("properties"),
            "an embedded resource requires `properties` or `x-kubernetes-preserve-unknown-fields: true`",
        );
    }
}

fn own_type(node: &Node, json: Option<&str>, level: Level, path: &Path<'_>, out: &mut Findings) {
    let typeless = ["x-kubernetes-int-or-string", "x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"];
    let place = node.get("type").unwrap_or(node);
    match json {
        None if typeless.iter().any(|field| is_true(node, field)) => {}
        None => {
            let message = match level {
                Level::Root => "the root requires `type`",
                Level::Item => "the items of the list require `type`",
                Level::Field => "the field requires `type`",
            };
            out.required(place, &path.field("type"), message);
        }
        Some(found) if level == Level::Root && found != "object" => {
            out.invalid(place, &path.field("type"), format!("the root requires `type: object`, found `{found}`"));
        }
        Some(_) => {}
    }
}

/// Checks that `apiVersion`, `kind`, and `metadata` have the types that they have in every object.
fn meta_fields(node: &Node, level: Level, path: &Path<'_>, out: &mut Findings) {
    let is_object = level == Level::Root || is_true(node, "x-kubernetes-embedded-resource");
    let Some(properties) = set(node, "properties").filter(|_| is_object) else { return };
    let properties_path = path.field("properties");
    for (field, expected) in [("apiVersion", "string"), ("kind", "string"), ("metadata", "object")] {
        let Some(found) = set(properties, field) else { continue };
        let (path, json) = (properties_path.key(field), text(found, "type").map_or("", |(json, _)| json));
        if json != expected {
            out.invalid(
                found.get("type").unwrap_or(found),
                &path.field("type"),
                format!("`{field}` requires `type: {expected}`"),
            );
        }
        if field == "metadata" && level == Level::Root && !restricts_only_names(found) {
            let message = "only `name` and `generateName` of `metadata` can be restricted";
            out.forbidden(found, &path, message);
        }
    }
}

fn restricts_only_names(metadata: &Node) -> bool {
    let names = |entry: &crate::yaml::Entry| matches!(entry.key.text.as_str(), "name" | "generateName");
    let is_set = |node: &Node| !node.is_null() && !look::is_false_or_empty(node);
    metadata.as_mapping().into_iter().flatten().all(|entry| match entry.key.text.as_str() {
        "type" | "default" => true,
        "properties" => entry.value.as_mapping().is_none_or(|fields| fields.is_empty() || fields.iter().all(names)),
        _ => !is_set(&entry.value),
    })
}

/// Whether a field is `[{type: integer}, {type: string}]`, which is allowed in `anyOf` of an integer or string.
fn is_int_or_string(node: &Node, field: &str) -> bool {
    let types: Vec<&str> = items(node, field).map(|(_, clause)| only_type(clause)).collect();
    types == ["integer", "string"]
}

fn only_type(clause: &Node) -> &str {
    let alone = clause.as_mapping().is_some_and(|mapping| mapping.len() == 1);
    text(clause, "type").filter(|_| alone).map_or("", |(json, _)| json)
}

/// Whether the first item of `allOf` is such an `anyOf`.
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
        out.invalid(place, &path.field("pattern"), format!("`{found}` is not a valid regular expression: {fault}"));
    }
}

/// Checks a schema inside `allOf` and the like: it can restrict values, but not specify their types and metadata.
fn nested(node: &Node, skips_any_of: bool, path: &Path<'_>, out: &mut Findings) {
    const FORBIDDEN: [&str; 11] = [
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
            out.forbidden(&entry.value, &path, "`metadata` must not be restricted inside `allOf`, `anyOf`, `oneOf`, or `not`");
        }
    }
    let types = ["x-kubernetes-list-type", "x-kubernetes-map-type"];
    for field in FORBIDDEN.into_iter().chain(types) {
        let found = node.get(field).filter(|value| !look::is_false_or_empty(value));
        if let Some(found) = found {
            let message = format!("`{field}` is not allowed inside `allOf`, `anyOf`, `oneOf`, or `not`");
            out.forbidden(found, &path.field(field), message);
        }
    }
}

/// Checks that what `allOf` and the like restrict is also specified outside them.
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
        return out.required(clause, at, format!("must be specified here, because `{path}` restricts it"));
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
