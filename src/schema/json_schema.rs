//! Converts JSON schemas, such as those that kubeconform uses, into the form of schemas in CustomResourceDefinitions.
//!
//! Such schemas come from definitions and have lost a little: `additionalProperties: false` was added, integers or strings became
//! `oneOf`. What a definition can't express is left out, so that nothing is rejected for a reason that only this program has.

use serde_json::{Map, Value};

/// Words whose value is taken as it is.
const KEPT: [&str; 16] = [
    "enum",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
    "pattern",
    "format",
    "required",
    "default",
];

/// Words that a definition can't express: without them, a schema accepts more.
const LOST: [&str; 14] = [
    "if",
    "then",
    "else",
    "patternProperties",
    "prefixItems",
    "contains",
    "propertyNames",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "unevaluatedProperties",
    "unevaluatedItems",
    "uniqueItems",
    "$dynamicRef",
];

const PRESERVES: &str = "x-kubernetes-preserve-unknown-fields";
const INT_OR_STRING: &str = "x-kubernetes-int-or-string";

/// The most schemas that one document is expanded to.
const MAX: usize = 200_000;

/// The most references that lead from one to the next.
const MAX_DEPTH: usize = 64;

/// Converts a document; the schema of an object is at its root.
pub fn convert(document: &Value) -> Value {
    let mut converter = Converter { document, following: Vec::new(), lost: 0, count: 0 };
    let mut root = converter.schema(document);
    close_root(document, &mut root);
    Value::Object(root)
}

/// Whether a document looks like a schema of objects.
pub fn is_schema(document: &Value) -> bool {
    ["properties", "$ref", "allOf", "anyOf", "oneOf"]
        .iter()
        .any(|word| document.get(word).is_some_and(|value| !value.is_string()))
        || document.get("$ref").is_some_and(Value::is_string)
        || document.get("$schema").is_some() && document.get("type").is_some()
}

/// The group, version, and kind that a schema names itself: in `x-kubernetes-group-version-kind`, or as the only value of fields.
pub fn names(document: &Value) -> Option<(String, String, String)> {
    let text = |value: &Value, word: &str| value.get(word).and_then(Value::as_str).map(str::to_owned);
    if let Some(named) = document.get("x-kubernetes-group-version-kind") {
        let named = named.as_array().map_or(Some(named), |all| all.first())?;
        return Some((text(named, "group").unwrap_or_default(), text(named, "version")?, text(named, "kind")?));
    }
    let only = |field: &str| {
        let field = document.get("properties")?.get(field)?;
        let listed = field.get("enum").and_then(Value::as_array).filter(|listed| listed.len() == 1);
        let value = field.get("const").or_else(|| listed?.first())?;
        value.as_str().map(str::to_owned)
    };
    let (api_version, kind) = (only("apiVersion")?, only("kind")?);
    let (group, version) = api_version.split_once('/').unwrap_or(("", &api_version));
    Some((group.to_owned(), version.to_owned(), kind))
}

/// Catalogs close all objects but the root.
fn close_root(document: &Value, root: &mut Map<String, Value>) {
    let fields = |word: &str| document.get("properties").and_then(|properties| properties.get(word));
    let whole = fields("apiVersion").is_some() && fields("kind").is_some() && fields("metadata").is_some();
    let closed = |value: &Value| value.get("additionalProperties") == Some(&Value::Bool(false));
    let below = document.get("properties").and_then(Value::as_object).is_some_and(|fields| fields.values().any(closed));
    let open = document.get("additionalProperties").is_some() || document.get(PRESERVES).is_some();
    if whole && below && !open {
        root.remove(PRESERVES);
    }
    if let Some(properties) = root.get_mut("properties").and_then(Value::as_object_mut) {
        properties.entry("status").or_insert_with(anything);
    }
}

fn anything() -> Value {
    serde_json::json!({ PRESERVES: true, "nullable": true })
}

struct Converter<'d> {
    document: &'d Value,
    /// The references that are being followed.
    following: Vec<&'d str>,
    /// How much was left out so far.
    lost: usize,
    /// How many schemas there were so far.
    count: usize,
}

impl<'d> Converter<'d> {
    fn schema(&mut self, schema: &'d Value) -> Map<String, Value> {
        self.count += 1;
        let Some(given) = schema.as_object().filter(|_| self.count <= MAX) else {
            self.lost += usize::from(*schema != Value::Bool(true));
            return anything().as_object().cloned().unwrap_or_default();
        };
        if let Some(reference) = given.get("$ref").and_then(Value::as_str) {
            return self.follow(reference, given);
        }
        self.lost += LOST.iter().filter(|word| given.contains_key(**word)).count();
        let mut out = Map::new();
        for (word, value) in given {
            if KEPT.contains(&word.as_str()) || word.starts_with("x-kubernetes-") || word == "nullable" {
                out.insert(word.clone(), value.clone());
            }
        }
        bounds(&mut out);
        if let Some(only) = given.get("const") {
            out.insert("enum".into(), Value::Array(vec![only.clone()]));
        }
        types(given.get("type"), &mut out);
        self.fields(given, &mut out);
        self.items(given, &mut out);
        let adopted = self.combinations(given, &mut out);
        if !adopted || given.contains_key("additionalProperties") {
            open(given, &mut out);
        }
        out
    }

    /// The schema that a reference leads to, with the words that are next to the reference.
    fn follow(&mut self, reference: &'d str, given: &'d Map<String, Value>) -> Map<String, Value> {
        let target = reference.strip_prefix('#').and_then(|pointer| self.document.pointer(&unescaped(pointer)));
        let Some(target) = target.filter(|_| self.following.len() < MAX_DEPTH && !self.following.contains(&reference)) else {
            self.lost += 1;
            return anything().as_object().cloned().unwrap_or_default();
        };
        self.following.push(reference);
        let mut found = self.schema(target);
        self.following.pop();
        for word in ["nullable", "default"] {
            if let Some(value) = given.get(word) {
                found.insert(word.to_owned(), value.clone());
            }
        }
        found
    }

    fn fields(&mut self, given: &'d Map<String, Value>, out: &mut Map<String, Value>) {
        if let Some(properties) = given.get("properties").and_then(Value::as_object) {
            let allowed = properties.iter().filter(|(_, schema)| schema.is_object() || **schema == Value::Bool(true));
            let fields = allowed.map(|(name, schema)| (name.clone(), Value::Object(self.schema(schema)))).collect();
            out.insert("properties".into(), Value::Object(fields));
        }
        if let Some(schema) = given.get("additionalProperties").filter(|schema| schema.is_object()) {
            let schema = self.schema(schema);
            out.insert("additionalProperties".into(), Value::Object(schema));
        }
    }

    fn items(&mut self, given: &'d Map<String, Value>, out: &mut Map<String, Value>) {
        match given.get("items") {
            Some(items) if items.is_object() && !given.contains_key("prefixItems") => {
                let items = self.schema(items);
                out.insert("items".into(), Value::Object(items));
            }
            Some(Value::Array(_) | Value::Bool(false)) => self.lost += 1,
            _ => {}
        }
    }

    /// Converts `allOf` and the like. A single clause becomes part of the schema itself; returns whether there is one.
    fn combinations(&mut self, given: &'d Map<String, Value>, out: &mut Map<String, Value>) -> bool {
        let (mut all, mut adopted): (Vec<Value>, bool) = (Vec::new(), false);
        for word in ["allOf", "anyOf", "oneOf"] {
            let Some(listed) = given.get(word).and_then(Value::as_array) else { continue };
            if word != "allOf" && type_names(listed).is_some_and(|names| restrict_types(&names, out)) {
                continue;
            }
            let lost = self.lost;
            let mut clauses: Vec<Map<String, Value>> = Vec::new();
            for schema in listed {
                if is_null(schema) {
                    out.insert("nullable".into(), Value::Bool(true));
                } else if *schema != Value::Bool(false) {
                    clauses.push(self.schema(schema));
                }
            }
            let lossy = self.lost > lost || listed.iter().any(is_closed_somewhere);
            if clauses.len() == 1 && !given.contains_key("properties") {
                adopt(clauses.pop().unwrap_or_default(), out);
                adopted = true;
                continue;
            }
            let clauses: Vec<Value> = clauses.into_iter().map(clause).collect();
            match word {
                _ if clauses.is_empty() => {}
                "allOf" => all.extend(clauses),
                "oneOf" if lossy => all.push(serde_json::json!({ "anyOf": clauses })),
                word => _ = out.insert(word.to_owned(), Value::Array(clauses)),
            }
        }
        if let Some(not) = given.get("not") {
            let lost = self.lost;
            let converted = self.schema(not);
            if self.lost == lost && not.is_object() && !is_closed_somewhere(not) {
                out.insert("not".into(), clause(converted));
            }
        }
        if !all.is_empty() {
            out.insert("allOf".into(), Value::Array(all));
        }
        adopted
    }
}

/// The part of a reference after `#` as `Value::pointer` expects it.
fn unescaped(pointer: &str) -> String {
    pointer.replace("%24", "$").replace("%20", " ").replace("%7B", "{").replace("%7D", "}")
}

/// Limits that are exclusive by their own number.
fn bounds(out: &mut Map<String, Value>) {
    for (exclusive, inclusive, least) in [("exclusiveMinimum", "minimum", true), ("exclusiveMaximum", "maximum", false)] {
        let Some(limit) = out.get(exclusive).and_then(Value::as_f64) else { continue };
        let other = out.get(inclusive).and_then(Value::as_f64);
        let counts = other.is_none_or(|other| if least { limit >= other } else { limit <= other });
        if let Some(number) = out.remove(exclusive).filter(|_| counts) {
            out.insert(inclusive.to_owned(), number);
            out.insert(exclusive.to_owned(), Value::Bool(true));
        }
    }
}

fn types(given: Option<&Value>, out: &mut Map<String, Value>) {
    let is_either = out.get("format").and_then(Value::as_str) == Some("int-or-string");
    if is_either {
        out.remove("format");
        out.insert(INT_OR_STRING.into(), Value::Bool(true));
    }
    if out.get(INT_OR_STRING) == Some(&Value::Bool(true)) {
        return;
    }
    let names: Vec<&str> = match given {
        Some(Value::String(name)) => vec![name],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => return,
    };
    restrict_types(&names, out);
}

/// Limits values to these types; false if that can't be said.
fn restrict_types(names: &[&str], out: &mut Map<String, Value>) -> bool {
    let mut rest: Vec<&str> = names.iter().copied().filter(|name| *name != "null").collect();
    rest.sort_unstable();
    rest.dedup();
    if out.contains_key("type") || out.contains_key("anyOf") {
        return false;
    }
    if names.contains(&"null") {
        out.insert("nullable".into(), Value::Bool(true));
    }
    match rest.as_slice() {
        [] => {}
        [one] => _ = out.insert("type".into(), Value::String((*one).to_owned())),
        ["integer", "number"] => _ = out.insert("type".into(), Value::String("number".to_owned())),
        ["integer", "string"] => _ = out.insert(INT_OR_STRING.into(), Value::Bool(true)),
        several => {
            let each = several.iter().map(|name| serde_json::json!({ "type": name })).collect();
            out.insert("anyOf".into(), Value::Array(each));
        }
    }
    true
}

/// The types that alternatives allow, if they say nothing else.
fn type_names(listed: &[Value]) -> Option<Vec<&str>> {
    let mut names = Vec::new();
    for schema in listed {
        let schema = schema.as_object().filter(|schema| schema.len() == 1)?;
        match schema.get("type")? {
            Value::String(name) => names.push(name.as_str()),
            Value::Array(several) => names.extend(several.iter().filter_map(Value::as_str)),
            _ => return None,
        }
    }
    Some(names)
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").and_then(Value::as_str) == Some("null")
        || schema.get("enum").and_then(Value::as_array).is_some_and(|listed| listed.iter().all(Value::is_null))
}

/// Whether an alternative rejects unknown fields, which a clause of a definition can't.
fn is_closed_somewhere(schema: &Value) -> bool {
    match schema {
        Value::Object(words) => {
            words.get("additionalProperties") == Some(&Value::Bool(false)) || words.values().any(is_closed_somewhere)
        }
        Value::Array(items) => items.iter().any(is_closed_somewhere),
        _ => false,
    }
}

/// Adds the words of the only clause to the schema itself.
fn adopt(only: Map<String, Value>, out: &mut Map<String, Value>) {
    for (word, value) in only {
        if word == "allOf" && out.contains_key("allOf") {
            continue;
        }
        out.entry(word).or_insert(value);
    }
}

/// A clause without words that only a schema outside of clauses has.
fn clause(mut schema: Map<String, Value>) -> Value {
    schema.remove(PRESERVES);
    schema.remove("default");
    Value::Object(schema)
}

/// Allows unknown fields where the schema does not exclude them.
fn open(given: &Map<String, Value>, out: &mut Map<String, Value>) {
    let closed = given.get("additionalProperties") == Some(&Value::Bool(false)) && !given.contains_key("patternProperties");
    let typed = out.get("type").and_then(Value::as_str);
    let described = out.contains_key("properties") || out.contains_key("additionalProperties");
    let is_object = typed == Some("object") || typed.is_none() && described;
    let is_open = match typed {
        _ if out.get(INT_OR_STRING) == Some(&Value::Bool(true)) => false,
        _ if is_object => !closed && !out.contains_key("additionalProperties"),
        Some("array") => !out.contains_key("items"),
        Some(_) => false,
        None => true,
    };
    let untyped = typed.is_none();
    if is_open {
        out.insert(PRESERVES.into(), Value::Bool(true));
    }
    if untyped && out.get(INT_OR_STRING) != Some(&Value::Bool(true)) {
        out.entry("nullable").or_insert(Value::Bool(true));
    }
}
