//! Rules for the schema of a version: which OpenAPI keywords are supported, and how Kubernetes' own extensions combine.
//!
//! Behavior: `ValidateCustomResourceDefinitionOpenAPISchema` and its callers.

use rustc_hash::FxHashSet;

use super::super::look::{self, entries, items, set, text};
use super::super::{Findings, Path};
use super::{defaults, expressions, structural};
use crate::schema::structural::is_true;
use crate::yaml::Node;

const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];

/// Properties of the whole schema.
#[derive(Clone, Copy)]
pub struct Root {
    /// Whether the status is a subresource, which limits the keywords at the root.
    pub has_status: bool,
}

/// The position of a schema, as far as rules depend on it.
#[derive(Clone, Copy, Default)]
struct Place {
    /// Where defaults are forbidden, in words; `None` if they are allowed.
    no_default: Option<&'static str>,
    /// Whether it is in `apiVersion`, `kind`, or `metadata` of an object.
    in_meta: bool,
    is_root: bool,
}

/// Checks the schema of a version; `holder` is the path of its parent.
pub fn check_root(node: &Node, root: Root, holder: &Path<'_>, out: &mut Findings) {
    let path = holder.field("openAPIV3Schema");
    if root.has_status {
        at_root(node, &path, out);
    }
    if is_true(node, "nullable") {
        out.forbidden(node.get("nullable").unwrap_or(node), &path.field("nullable"), "the root must not be nullable");
    }
    let mut own = Findings::new(out.object().clone(), out.version());
    if !any(node, &has_unsupported) {
        structural::check(node, structural::Level::Root, &path, &mut own);
        if !own.has_errors() {
            defaults::check(node, &path, &mut own);
        }
    }
    check(node, Place { is_root: true, ..Place::default() }, &path, &mut own);
    if !own.has_errors() {
        expressions::check(node, &path, &mut own);
    }
    out.append(own);
}

/// Whether a schema uses keywords that prevent it from being checked as a structural schema.
fn has_unsupported(node: &Node) -> bool {
    let list_of_schemas = node.get("items").is_some_and(|items| items.as_sequence().is_some());
    let fields = ["id", "$schema", "$ref", "patternProperties", "dependencies", "additionalItems", "definitions"];
    let kept = "x-kubernetes-preserve-unknown-fields";
    list_of_schemas
        || look::is_false(node, kept)
        || fields.iter().any(|field| node.get(field).is_some_and(|value| !look::is_false_or_empty(value)))
}

/// Whether a predicate is true for a schema or one below it.
fn any(node: &Node, is_match: &dyn Fn(&Node) -> bool) -> bool {
    let below = |field: &str| set(node, field).is_some_and(|of| of.as_mapping().is_some() && any(of, is_match));
    let in_list = |field: &str| items(node, field).any(|(_, clause)| any(clause, is_match));
    is_match(node)
        || below("items")
        || below("additionalProperties")
        || below("not")
        || in_list("allOf")
        || in_list("anyOf")
        || in_list("oneOf")
        || entries(node, "properties").any(|entry| any(&entry.value, is_match))
}

/// Checks the keywords at the root of a schema whose status is a subresource.
fn at_root(node: &Node, path: &Path<'_>, out: &mut Findings) {
    const ALLOWED: [&str; 22] = [
        "description",
        "type",
        "format",
        "title",
        "maximum",
        "exclusiveMaximum",
        "minimum",
        "exclusiveMinimum",
        "maxLength",
        "minLength",
        "pattern",
        "maxItems",
        "minItems",
        "uniqueItems",
        "multipleOf",
        "required",
        "items",
        "properties",
        "externalDocs",
        "example",
        "x-kubernetes-preserve-unknown-fields",
        "x-kubernetes-validations",
    ];
    for entry in node.as_mapping().into_iter().flatten().filter(|entry| !look::is_false_or_empty(&entry.value)) {
        if !ALLOWED.contains(&entry.key.text.as_str()) {
            let message = format!("`{}` is not allowed at the root of a schema with the `status` subresource", entry.key.text);
            return out.at(entry.key.span(), "invalid-value", message, path.to_string());
        }
    }
}

fn check(node: &Node, place: Place, path: &Path<'_>, out: &mut Findings) {
    keywords(node, place, path, out);
    let below = Place { is_root: false, ..place };
    if let Some(additional) = set(node, "additionalProperties") {
        let allowed = additional.as_scalar().is_some() && !look::is_false(node, "additionalProperties");
        let path = path.field("additionalProperties");
        if entries(node, "properties").next().is_some() && !allowed {
            out.forbidden(additional, &path, "`properties` and `additionalProperties` are mutually exclusive");
        }
        if additional.as_mapping().is_some() {
            let reason = "inside `additionalProperties` of metadata";
            let below = if place.in_meta { Place { no_default: Some(reason), ..below } } else { below };
            check(additional, below, &path, out);
        }
    }
    properties(node, place, below, path, out);
    for field in ["allOf", "oneOf", "anyOf"] {
        let path = path.field(field);
        items(node, field).for_each(|(at, clause)| check(clause, below, &path.index(at), out));
    }
    if let Some(not) = set(node, "not") {
        check(not, below, &path.field("not"), out);
    }
    if let Some(of) = set(node, "items").filter(|of| of.as_mapping().is_some()) {
        check(of, below, &path.field("items"), out);
    }
    topology(node, path, out);
    rules(node, path, out);
}

fn properties(node: &Node, place: Place, below: Place, path: &Path<'_>, out: &mut Findings) {
    let is_object = place.is_root || is_true(node, "x-kubernetes-embedded-resource");
    let path = path.field("properties");
    for entry in entries(node, "properties") {
        let name = entry.key.text.as_str();
        let mut below = below;
        if is_object && matches!(name, "metadata" | "kind" | "apiVersion") {
            below.in_meta = true;
            below.no_default = if place.is_root { Some("in `apiVersion`, `kind`, and `metadata`") } else { below.no_default };
        }
        check(&entry.value, below, &path.key(name), out);
    }
}

/// Checks keywords that are not supported, or not with every value.
fn keywords(node: &Node, place: Place, path: &Path<'_>, out: &mut Findings) {
    if let Some((found, value)) = text(node, "type") {
        if found == "null" {
            out.forbidden(value, &path.field("type"), "`null` is not a supported type; use `nullable: true`");
        } else {
            look::one_of(node, "type", &TYPES, path, out);
        }
    }
    if let (Some(default), Some(reason)) = (set(node, "default"), place.no_default) {
        out.forbidden(default, &path.field("default"), format!("a default is not allowed {reason}"));
    }
    for field in ["id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref"] {
        let found = node.get(field).filter(|value| !value.is_null());
        if let Some(found) =
            found.filter(|value| matches!(field, "$ref" | "dependencies" | "additionalItems") || !look::is_false_or_empty(value))
        {
            out.forbidden(found, &path.field(field), format!("`{field}` is not supported"));
        }
    }
    if let Some(list) = node.get("items").filter(|of| of.as_sequence().is_some_and(|of| !of.is_empty())) {
        out.forbidden(list, &path.field("items"), "`items` must be a schema, not a list of schemas");
    }
    let embedded = "x-kubernetes-embedded-resource";
    if place.in_meta && is_true(node, embedded) {
        out.forbidden(
            node.get(embedded).unwrap_or(node),
            &path.field(embedded),
            "embedded resources are not allowed in metadata",
        );
    }
    if is_true(node, "uniqueItems") {
        let error = node.get("uniqueItems").unwrap_or(node).error("forbidden-value", "`uniqueItems` must not be true");
        out.push(error.help("use `x-kubernetes-list-type: set`"), path.field("uniqueItems").to_string());
    }
    let kept = "x-kubernetes-preserve-unknown-fields";
    if look::is_false(node, kept) {
        out.invalid(node.get(kept).unwrap_or(node), &path.field(kept), "must be true or omitted");
    }
}

/// Checks `x-kubernetes-list-type`, `x-kubernetes-list-map-keys`, and `x-kubernetes-map-type`.
fn topology(node: &Node, path: &Path<'_>, out: &mut Findings) {
    let json = text(node, "type").map_or("", |(json, _)| json);
    for (field, expected, allowed) in [
        ("x-kubernetes-map-type", "object", &["atomic", "granular"][..]),
        ("x-kubernetes-list-type", "array", &["atomic", "set", "map"]),
    ] {
        let Some(found) = set(node, field) else { continue };
        let place = path.field("type");
        match json {
            json if json == expected => {}
            "" => out.required(found, &place, format!("`{field}` requires `type: {expected}`")),
            json => out.invalid(
                node.get("type").unwrap_or(found),
                &place,
                format!("`{field}` requires `type: {expected}`, found `{json}`"),
            ),
        }
        look::one_of(node, field, allowed, path, out);
    }
    let list = text(node, "x-kubernetes-list-type").map_or("", |(list, _)| list);
    let of = set(node, "items").filter(|of| of.as_mapping().is_some());
    if let (Some(keys), false) = (items(node, KEYS).next(), list == "map") {
        let place = path.field("x-kubernetes-list-type");
        match list {
            "" => out.required(keys.1, &place, "`x-kubernetes-list-map-keys` requires `x-kubernetes-list-type: map`"),
            _ => out.invalid(keys.1, &place, "`x-kubernetes-list-map-keys` requires `x-kubernetes-list-type: map`"),
        }
    }
    if list == "map" {
        list_map(node, of, path, out);
    }
    let Some(of) = of.filter(|_| matches!(list, "set" | "map")) else { return };
    let items_path = path.field("items");
    if is_true(of, "nullable") {
        let place = of.get("nullable").unwrap_or(of);
        out.forbidden(place, &items_path.field("nullable"), format!("the items of a list of type `{list}` must not be nullable"));
    }
    let topology = |field: &str| text(of, field).map_or("", |(found, _)| found);
    if list == "set" && json == "array" {
        match topology_of(of) {
            "array" if !matches!(topology("x-kubernetes-list-type"), "" | "atomic") => {
                out.invalid(of, &items_path.field("x-kubernetes-list-type"), "lists in a set must be atomic");
            }
            "object" if topology("x-kubernetes-map-type") != "atomic" => {
                out.invalid(of, &items_path.field("x-kubernetes-map-type"), "mappings in a set must be atomic");
            }
            _ => {}
        }
    }
}

const KEYS: &str = "x-kubernetes-list-map-keys";

fn topology_of(of: &Node) -> &str {
    text(of, "type").map_or("", |(json, _)| json)
}

fn list_map(node: &Node, of: Option<&Node>, path: &Path<'_>, out: &mut Findings) {
    let keys_path = path.field(KEYS);
    let place = node.get(KEYS).unwrap_or(node);
    if items(node, KEYS).next().is_none() {
        out.required(place, &keys_path, "a list of type `map` requires keys");
    }
    let items_path = path.field("items");
    let Some(of) = of else {
        if set(node, "items").is_none() {
            out.required(node, &items_path, "a list of type `map` requires a schema for its items");
        }
        return;
    };
    if topology_of(of) != "object" {
        let place = of.get("type").unwrap_or(of);
        return out.invalid(place, &items_path.field("type"), "the items of a list of type `map` must be objects");
    }
    let required: FxHashSet<&str> = items(of, "required").filter_map(|(_, name)| look::as_text(name)).collect();
    let properties = items_path.field("properties");
    let mut seen = FxHashSet::default();
    for (_, node) in items(node, KEYS) {
        let key = look::as_text(node).unwrap_or_default();
        if !seen.insert(key) {
            out.invalid(node, &keys_path, format!("the key `{key}` appears twice"));
        }
        let Some(field) = of.get("properties").and_then(|fields| fields.get(key)) else {
            out.invalid(node, &keys_path, format!("the items have no field `{key}`"));
            continue;
        };
        let path = properties.key(key);
        if matches!(topology_of(field), "array" | "object") {
            out.invalid(field, &path.field("type"), format!("the key `{key}` must be a scalar"));
        }
        if !required.contains(key) && set(field, "default").is_none() {
            out.required(field, &path.field("default"), format!("the key `{key}` must be required or have a default"));
        }
        if is_true(field, "nullable") {
            out.forbidden(field, &path.field("nullable"), format!("the key `{key}` must not be nullable"));
        }
    }
}

/// Checks `x-kubernetes-validations`, except the expressions themselves.
fn rules(node: &Node, path: &Path<'_>, out: &mut Findings) {
    let path = path.field("x-kubernetes-validations");
    for (at, rule) in items(node, "x-kubernetes-validations") {
        let path = path.index(at);
        let found = |field: &str| rule.get(field).and_then(look::as_text).unwrap_or_default();
        let place = |field: &str| rule.get(field).unwrap_or(rule);
        let lines = |text: &str| text.trim().contains(['\n', '\r']);
        let (message, expression) = (found("message"), found("messageExpression"));
        if found("rule").trim().is_empty() {
            out.required(rule, &path.field("rule"), "the rule must not be empty");
        } else if !message.is_empty() && message.trim().is_empty() {
            out.invalid(place("message"), &path.field("message"), "the message must not be blank");
        } else if lines(message) {
            out.invalid(place("message"), &path.field("message"), "the message must be a single line");
        } else if lines(found("rule")) && message.trim().is_empty() {
            out.required(rule, &path.field("message"), "a rule with several lines requires a message");
        }
        if !expression.is_empty() && expression.trim().is_empty() {
            out.required(place("messageExpression"), &path.field("messageExpression"), "the expression must not be blank");
        }
        let reasons = ["FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"];
        if set(rule, "reason").is_some_and(|reason| look::as_text(reason).is_some_and(|reason| !reasons.contains(&reason))) {
            out.unsupported(place("reason"), &path.field("reason"), &reasons);
        }
        let field = found("fieldPath");
        if !field.is_empty() {
            let blank = field.trim().is_empty() || field.contains(['\n', '\r']);
            if blank || lookup(node, field).is_none() {
                out.invalid(
                    place("fieldPath"),
                    &path.field("fieldPath"),
                    format!("`{field}` is not a valid path to a field of this schema"),
                );
            }
        }
    }
}

/// The schema at a path such as `.spec.name` or `.labels['a.b']`.
fn lookup<'n>(schema: &'n Node, path: &str) -> Option<&'n Node> {
    let mut at = schema;
    let mut rest = path;
    while !rest.is_empty() {
        let name;
        (name, rest) = step(rest)?;
        let fields = set(at, "properties");
        at = match fields {
            Some(fields) => fields.get(name)?,
            None => set(at, "additionalProperties").filter(|of| of.as_mapping().is_some())?,
        };
    }
    Some(at)
}

fn step(path: &str) -> Option<(&str, &str)> {
    if let Some(rest) = path.strip_prefix("['") {
        return rest.split_once("']");
    }
    let rest = path.strip_prefix('.')?;
    let end = rest.find(['.', '[']).unwrap_or(rest.len());
    rest.split_at_checked(end)
}

/// Checks the fields by which objects can be selected.
pub fn selectable_fields(version: &Node, path: &Path<'_>, out: &mut Findings) {
    let list = set(version, "selectableFields");
    let schema = version.get("schema").and_then(|schema| set(schema, "openAPIV3Schema"));
    let mut seen = FxHashSet::default();
    for (at, field) in items(version, "selectableFields") {
        let path = path.index(at);
        let path = path.field("jsonPath");
        let Some((found, place)) = text(field, "jsonPath") else {
            out.required(field, &path, "`jsonPath` is required");
            continue;
        };
        let Some(schema) = schema else { return out.invalid(place, &path, "`selectableFields` requires a schema") };
        match lookup(schema, found).filter(|_| !found.contains('[')) {
            None => out.invalid(place, &path, format!("`{found}` is not a valid path to a field")),
            Some(_) if found == ".metadata" || found.starts_with(".metadata.") => {
                out.invalid(place, &path, "metadata must not be a selectable field");
            }
            Some(target) if !matches!(topology_of(target), "string" | "boolean" | "integer") => {
                out.invalid(place, &path, format!("`{found}` must be a string, a boolean, or an integer"));
            }
            Some(_) if !seen.insert(found) => out.duplicate(place, &path, format!("`{found}` appears twice")),
            Some(_) => {}
        }
    }
    if let Some(list) = list.filter(|_| seen.len() > 8) {
        out.too_long(list, path, format!("must have at most 8 items, found {}", seen.len()));
    }
}
