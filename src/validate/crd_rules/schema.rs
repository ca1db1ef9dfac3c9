//! The schema of a version: what OpenAPI's words mean here, which are not supported, and how Kubernetes' own ones combine.
//!
//! Behaviour: `ValidateCustomResourceDefinitionOpenAPISchema` and its callers.

use rustc_hash::FxHashSet;

use super::super::look::{self, entries, items, set, text};
use super::super::{Findings, Path};
use super::{defaults, expressions, structural};
use crate::schema::structural::is_true;
use crate::yaml::Node;

const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];

/// What is known of the whole schema.
#[derive(Clone, Copy)]
pub struct Root {
    /// Whether the status is a resource of its own, so that little may be said at the root.
    pub has_status: bool,
}

/// Why no default may stand somewhere.
#[derive(Clone, Copy, Default)]
struct Place {
    /// Defaults are forbidden, because...
    no_default: Option<&'static str>,
    /// It is in `apiVersion`, `kind` or `metadata` of an object.
    in_meta: bool,
    is_root: bool,
}

/// Checks the schema of a version; `holder` is what it stands in.
pub fn check_root(node: &Node, root: Root, holder: &Path<'_>, out: &mut Findings) {
    let path = holder.field("openAPIV3Schema");
    if root.has_status {
        at_root(node, &path, out);
    }
    if is_true(node, "nullable") {
        out.forbidden(node.get("nullable").unwrap_or(node), &path.field("nullable"), "the root can't be null");
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

/// Fields that keep a schema from being looked at as a structural one.
fn has_unsupported(node: &Node) -> bool {
    let list_of_schemas = node.get("items").is_some_and(|items| items.as_sequence().is_some());
    let fields = ["id", "$schema", "$ref", "patternProperties", "dependencies", "additionalItems", "definitions"];
    let kept = "x-kubernetes-preserve-unknown-fields";
    list_of_schemas
        || look::is_false(node, kept)
        || fields.iter().any(|field| node.get(field).is_some_and(|value| !look::is_false_or_empty(value)))
}

/// Whether a schema, or one below it, has a property.
fn any(node: &Node, holds: &dyn Fn(&Node) -> bool) -> bool {
    let below = |field: &str| set(node, field).is_some_and(|of| of.as_mapping().is_some() && any(of, holds));
    let in_list = |field: &str| items(node, field).any(|(_, clause)| any(clause, holds));
    holds(node)
        || below("items")
        || below("additionalProperties")
        || below("not")
        || in_list("allOf")
        || in_list("anyOf")
        || in_list("oneOf")
        || entries(node, "properties").any(|entry| any(&entry.value, holds))
}

/// With a status of its own, the root may only say what stays true of the status.
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
            let message = format!("`{}` can't stand at the root of a schema whose status is a subresource", entry.key.text);
            return out.at(entry.key.span, "invalid-value", message, path.to_string());
        }
    }
}

fn check(node: &Node, place: Place, path: &Path<'_>, out: &mut Findings) {
    words(node, place, path, out);
    let below = Place { is_root: false, ..place };
    if let Some(additional) = set(node, "additionalProperties") {
        let allowed = additional.as_scalar().is_some() && !look::is_false(node, "additionalProperties");
        let path = path.field("additionalProperties");
        if entries(node, "properties").next().is_some() && !allowed {
            out.forbidden(additional, &path, "a schema has either `properties` or `additionalProperties`");
        }
        if additional.as_mapping().is_some() {
            let reason = "inside of `additionalProperties` of metadata";
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
            below.no_default = if place.is_root { Some("in what every object has") } else { below.no_default };
        }
        check(&entry.value, below, &path.key(name), out);
    }
}

/// The words that are not supported, or not with every value.
fn words(node: &Node, place: Place, path: &Path<'_>, out: &mut Findings) {
    if let Some((found, value)) = text(node, "type") {
        if found == "null" {
            out.forbidden(value, &path.field("type"), "`null` is no type here: use `nullable: true`");
        } else {
            look::one_of(node, "type", &TYPES, path, out);
        }
    }
    if let (Some(default), Some(reason)) = (set(node, "default"), place.no_default) {
        out.forbidden(default, &path.field("default"), format!("there may be no default {reason}"));
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
        out.forbidden(list, &path.field("items"), "`items` must be one schema, not a list of them");
    }
    let embedded = "x-kubernetes-embedded-resource";
    if place.in_meta && is_true(node, embedded) {
        out.forbidden(node.get(embedded).unwrap_or(node), &path.field(embedded), "there are no objects in metadata");
    }
    if is_true(node, "uniqueItems") {
        let error = node.get("uniqueItems").unwrap_or(node).error("forbidden-value", "`uniqueItems` can't be true");
        out.push(error.help("use `x-kubernetes-list-type: set`"), path.field("uniqueItems").to_string());
    }
    let kept = "x-kubernetes-preserve-unknown-fields";
    if look::is_false(node, kept) {
        out.invalid(node.get(kept).unwrap_or(node), &path.field(kept), "it must be true or not be there");
    }
}

/// `x-kubernetes-list-type`, `x-kubernetes-list-map-keys` and `x-kubernetes-map-type`.
fn topology(node: &Node, path: &Path<'_>, out: &mut Findings) {
    let json = text(node, "type").map_or("", |(json, _)| json);
    for (field, wanted, allowed) in [
        ("x-kubernetes-map-type", "object", &["atomic", "granular"][..]),
        ("x-kubernetes-list-type", "array", &["atomic", "set", "map"]),
    ] {
        let Some(found) = set(node, field) else { continue };
        let place = path.field("type");
        match json {
            json if json == wanted => {}
            "" => out.required(found, &place, format!("`{field}` needs `type: {wanted}`")),
            json => {
                out.invalid(node.get("type").unwrap_or(found), &place, format!("`{field}` needs `type: {wanted}`, not `{json}`"))
            }
        }
        look::one_of(node, field, allowed, path, out);
    }
    let list = text(node, "x-kubernetes-list-type").map_or("", |(list, _)| list);
    let of = set(node, "items").filter(|of| of.as_mapping().is_some());
    if let (Some(keys), false) = (items(node, KEYS).next(), list == "map") {
        let place = path.field("x-kubernetes-list-type");
        match list {
            "" => out.required(keys.1, &place, "it must be `map` where there are `x-kubernetes-list-map-keys`"),
            _ => out.invalid(keys.1, &place, "it must be `map` where there are `x-kubernetes-list-map-keys`"),
        }
    }
    if list == "map" {
        list_map(node, of, path, out);
    }
    let Some(of) = of.filter(|_| matches!(list, "set" | "map")) else { return };
    let items_path = path.field("items");
    if is_true(of, "nullable") {
        let place = of.get("nullable").unwrap_or(of);
        out.forbidden(place, &items_path.field("nullable"), format!("an entry of a {list} can't be null"));
    }
    let topology = |field: &str| text(of, field).map_or("", |(found, _)| found);
    if list == "set" && json == "array" {
        match topology_of(of) {
            "array" if !matches!(topology("x-kubernetes-list-type"), "" | "atomic") => {
                out.invalid(of, &items_path.field("x-kubernetes-list-type"), "the lists in a set must be atomic");
            }
            "object" if topology("x-kubernetes-map-type") != "atomic" => {
                out.invalid(of, &items_path.field("x-kubernetes-map-type"), "the mappings in a set must be atomic");
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
        out.required(place, &keys_path, "a list of type `map` needs keys");
    }
    let items_path = path.field("items");
    let Some(of) = of else {
        if set(node, "items").is_none() {
            out.required(node, &items_path, "a list of type `map` needs a schema for its entries");
        }
        return;
    };
    if topology_of(of) != "object" {
        let place = of.get("type").unwrap_or(of);
        return out.invalid(place, &items_path.field("type"), "the entries of a list of type `map` must be objects");
    }
    let required: FxHashSet<&str> = items(of, "required").filter_map(|(_, name)| look::as_text(name)).collect();
    let properties = items_path.field("properties");
    let mut seen = FxHashSet::default();
    for (_, node) in items(node, KEYS) {
        let key = look::as_text(node).unwrap_or_default();
        if !seen.insert(key) {
            out.invalid(node, &keys_path, format!("the key `{key}` stands twice"));
        }
        let Some(field) = of.get("properties").and_then(|fields| fields.get(key)) else {
            out.invalid(node, &keys_path, format!("the entries have no field `{key}`"));
            continue;
        };
        let path = properties.key(key);
        if matches!(topology_of(field), "array" | "object") {
            out.invalid(field, &path.field("type"), format!("the key `{key}` must be a scalar"));
        }
        if !required.contains(key) && set(field, "default").is_none() {
            out.required(field, &path.field("default"), format!("the key `{key}` must be required, or have a default"));
        }
        if is_true(field, "nullable") {
            out.forbidden(field, &path.field("nullable"), format!("the key `{key}` can't be null"));
        }
    }
}

/// What is said about `x-kubernetes-validations` apart from the expressions themselves.
fn rules(node: &Node, path: &Path<'_>, out: &mut Findings) {
    let path = path.field("x-kubernetes-validations");
    for (at, rule) in items(node, "x-kubernetes-validations") {
        let path = path.index(at);
        let found = |field: &str| rule.get(field).and_then(look::as_text).unwrap_or_default();
        let place = |field: &str| rule.get(field).unwrap_or(rule);
        let lines = |text: &str| text.trim().contains(['\n', '\r']);
        let (message, expression) = (found("message"), found("messageExpression"));
        if found("rule").trim().is_empty() {
            out.required(rule, &path.field("rule"), "the rule is empty");
        } else if !message.is_empty() && message.trim().is_empty() {
            out.invalid(place("message"), &path.field("message"), "the message is blank");
        } else if lines(message) {
            out.invalid(place("message"), &path.field("message"), "the message must be one line");
        } else if lines(found("rule")) && message.trim().is_empty() {
            out.required(rule, &path.field("message"), "a rule of several lines needs a message");
        }
        if !expression.is_empty() && expression.trim().is_empty() {
            out.required(place("messageExpression"), &path.field("messageExpression"), "the expression is blank");
        }
        let reasons = ["FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"];
        if set(rule, "reason").is_some_and(|reason| look::as_text(reason).is_some_and(|reason| !reasons.contains(&reason))) {
            out.unsupported(place("reason"), &path.field("reason"), &reasons);
        }
        let field = found("fieldPath");
        if !field.is_empty() {
            let blank = field.trim().is_empty() || field.contains(['\n', '\r']);
            if blank || lookup(node, field).is_none() {
                out.invalid(place("fieldPath"), &path.field("fieldPath"), format!("`{field}` is no path to a field here"));
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

/// Fields by which objects may be selected.
pub fn selectable_fields(version: &Node, path: &Path<'_>, out: &mut Findings) {
    let list = set(version, "selectableFields");
    let schema = version.get("schema").and_then(|schema| set(schema, "openAPIV3Schema"));
    let mut seen = FxHashSet::default();
    for (at, field) in items(version, "selectableFields") {
        let path = path.index(at);
        let path = path.field("jsonPath");
        let Some((found, place)) = text(field, "jsonPath") else {
            out.required(field, &path, "`jsonPath` is missing");
            continue;
        };
        let Some(schema) = schema else { return out.invalid(place, &path, "the version has no schema to select by") };
        match lookup(schema, found).filter(|_| !found.contains('[')) {
            None => out.invalid(place, &path, format!("`{found}` is no path to a field")),
            Some(_) if found == ".metadata" || found.starts_with(".metadata.") => {
                out.invalid(place, &path, "metadata can't be selected by");
            }
            Some(target) if !matches!(topology_of(target), "string" | "boolean" | "integer") => {
                out.invalid(place, &path, format!("`{found}` is neither a string nor a boolean nor an integer"));
            }
            Some(_) if !seen.insert(found) => out.duplicate(place, &path, format!("`{found}` stands twice")),
            Some(_) => {}
        }
    }
    if let Some(list) = list.filter(|_| seen.len() > 8) {
        out.too_long(list, path, format!("found {} fields, but at most 8 are allowed", seen.len()));
    }
}
