//! What the text of a file must say, given what kustomize would write: deprecated fields stay where they are.
//!
//! kustomize moves the content of deprecated fields when it reads a file (`FixKustomization`), and adds `apiVersion` and `kind`.
//! An edit that does not concern them must not touch them.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::pairs::pairs;
use crate::edit::types::{KUSTOMIZATION, Kind, Struct, folds_to};

/// The lists that kustomize sorts by name.
const SORTED: [&str; 2] = ["images", "replicas"];

type Fields = Map<String, Value>;

/// The values of a file without those that have no effect: empty strings, lists, and mappings.
pub fn stripped(fields: &Fields) -> Fields {
    strip_fields(fields, &KUSTOMIZATION)
}

fn strip_fields(fields: &Fields, of: &'static Struct) -> Fields {
    let mut out = Fields::new();
    for found in of.all() {
        let field = found.field;
        let value =
            fields.get(field.json).or_else(|| fields.iter().find(|(name, _)| folds_to(name, field.json)).map(|(_, value)| value));
        let value = value.cloned().unwrap_or(Value::Null);
        if of.name == "Replica" && field.json == "count" {
            out.insert(field.json.to_owned(), if value.is_null() { Value::from(0) } else { value });
        } else if let Some(value) = strip(value, &field.kind) {
            out.insert(field.json.to_owned(), value);
        } else if !field.omitempty {
            out.insert(field.json.to_owned(), Value::Null);
        }
    }
    out
}

/// The value of a field without its empty parts; `None` if it has no effect.
fn strip(value: Value, kind: &'static Kind) -> Option<Value> {
    match (kind, value) {
        (_, Value::Null) => None,
        (Kind::Text(_), Value::String(text)) => (!text.is_empty()).then_some(Value::String(text)),
        (Kind::Bool, Value::Bool(on)) => on.then_some(Value::Bool(true)),
        (Kind::Int(_), Value::Number(number)) => (number.as_i64() != Some(0)).then_some(Value::Number(number)),
        (Kind::List(item), Value::Array(items)) => {
            let items: Vec<Value> = items.into_iter().map(|value| keep(value, item)).collect();
            (!items.is_empty()).then_some(Value::Array(items))
        }
        (Kind::Map(item), Value::Object(map)) => {
            let map: Fields = map.into_iter().map(|(key, value)| (key, keep(value, item))).collect();
            (!map.is_empty()).then_some(Value::Object(map))
        }
        (Kind::Struct(of), Value::Object(fields)) => Some(Value::Object(strip_fields(&fields, of))),
        (Kind::Pointer(to), value) => Some(keep(value, to)),
        (_, value) => Some(value),
    }
}

/// The value of an item, which is kept even if it is empty.
fn keep(value: Value, kind: &'static Kind) -> Value {
    match kind {
        Kind::Struct(of) => match value {
            Value::Object(fields) => Value::Object(strip_fields(&fields, of)),
            _ => Value::Object(strip_fields(&Fields::new(), of)),
        },
        Kind::Text(_) if value.is_null() => Value::String(String::new()),
        Kind::Pointer(to) if !value.is_null() => keep(value, to),
        _ => value,
    }
}

/// What kustomize would write, without `apiVersion` and `kind` if the file does not have them.
pub fn with_own_type(raw: &Fields, after: &Fields) -> Fields {
    let fields = after.iter().filter(|(name, _)| raw.contains_key(*name) || !matches!(name.as_str(), "apiVersion" | "kind"));
    fields.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// What the text must say so that it is read as `after`: `raw` is what it says, and `fixed` how kustomize reads it.
pub fn of(raw: &Fields, fixed: &Fields, after: &Fields) -> Fields {
    let mut target = after.clone();
    SORTED.iter().for_each(|name| in_file_order(name, raw, fixed, &mut target));
    for (name, old) in [("resources", "bases"), ("images", "imageTags")] {
        if raw.contains_key(old) {
            keep_old_list(&mut target, raw, fixed, name, old);
        }
    }
    if raw.contains_key("helmChartInflationGenerator") {
        let all = ["helmCharts", "helmGlobals", "helmChartInflationGenerator"];
        if ["helmCharts", "helmGlobals"].iter().all(|name| fixed.get(*name) == after.get(*name)) {
            all.iter().for_each(|name| set(&mut target, name, raw.get(*name)));
        }
    }
    for name in ["configMapGenerator", "secretGenerator"] {
        keep_env(&mut target, raw, name);
    }
    target
}

fn set(fields: &mut Fields, name: &str, value: Option<&Value>) {
    match value {
        Some(value) => _ = fields.insert(name.to_owned(), value.clone()),
        None => _ = fields.remove(name),
    }
}

/// Keeps what the text says in some fields if the edit does not concern `name`.
fn keep_raw(target: &mut Fields, raw: &Fields, fixed: &Fields, after: &Fields, names: &[&str], name: &str) -> bool {
    let unchanged = fixed.get(name) == after.get(name);
    if unchanged {
        names.iter().for_each(|name| set(target, name, raw.get(*name)));
    }
    unchanged
}

fn list<'f>(fields: &'f Fields, name: &str) -> &'f [Value] {
    fields.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// Divides a list into the part that is under the name `name` and the part under its deprecated name `old`.
fn keep_old_list(target: &mut Fields, raw: &Fields, fixed: &Fields, name: &str, old: &str) {
    let after = target.clone();
    if keep_raw(target, raw, fixed, &after, &[name, old], name) {
        return;
    }
    let (first, after) = (list(raw, name).len(), list(&after, name));
    let is_free = name == "images" && is_order_free(name, after);
    let paired = pairs(list(fixed, name), after, name);
    let (mut own, mut deprecated) = (Vec::new(), Vec::new());
    for (item, at) in after.iter().zip(paired) {
        let is_old = match at {
            Some(at) => at >= first,
            None if is_free => first == 0,
            None => !deprecated.is_empty() || first == 0,
        };
        if !is_old && !deprecated.is_empty() && !is_free {
            return;
        }
        if is_old { deprecated.push(item.clone()) } else { own.push(item.clone()) }
    }
    let value = |items: Vec<Value>| (!items.is_empty()).then_some(Value::Array(items));
    let (own, deprecated) = (value(own), value(deprecated));
    set(target, name, own.as_ref());
    set(target, old, deprecated.as_ref());
}

/// Keeps `env` of generators, which kustomize moves to the end of `envs`.
fn keep_env(target: &mut Fields, raw: &Fields, name: &str) {
    let raw = list(raw, name);
    if !raw.iter().any(|item| item.get("env").is_some()) {
        return;
    }
    let Some(Value::Array(items)) = target.get_mut(name) else { return };
    let paired = pairs(raw, items, name);
    for (item, at) in items.iter_mut().zip(paired) {
        let env = at.and_then(|at| raw.get(at)).and_then(|raw| raw.get("env"));
        let (Some(env), Some(fields)) = (env, item.as_object_mut()) else { continue };
        let Some(Value::Array(envs)) = fields.get_mut("envs") else { continue };
        if envs.last() == Some(env) {
            envs.pop();
            if envs.is_empty() {
                fields.remove("envs");
            }
            fields.insert("env".to_owned(), env.clone());
        }
    }
}

/// Keeps the order of a list that kustomize sorts by name, if the order has no effect.
fn in_file_order(name: &str, raw: &Fields, fixed: &Fields, target: &mut Fields) {
    let (before, after) = (list(fixed, name), list(target, name));
    if before == after || !is_order_free(name, after) || before.is_empty() {
        return;
    }
    let mut new: Vec<Option<&Value>> = after.iter().map(Some).collect();
    let mut ordered: Vec<Option<&Value>> = vec![None; before.len()];
    for (at, old) in pairs(before, after, name).into_iter().enumerate() {
        if let Some(old) = old {
            ordered[old] = new[at].take();
        }
    }
    let mut ordered: Vec<Value> = ordered.into_iter().flatten().cloned().collect();
    let is_sorted = ordered.is_sorted_by_key(name_of) && !raw.contains_key("imageTags");
    for item in new.into_iter().flatten() {
        let at = if is_sorted { ordered.partition_point(|other| name_of(other) <= name_of(item)) } else { ordered.len() };
        ordered.insert(at, item.clone());
    }
    set(target, name, Some(&Value::Array(ordered)));
}

fn name_of(image: &Value) -> String {
    image.get("name").and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Whether the order of items has no effect: all names differ, and no image is renamed to a name that another one changes.
pub fn is_order_free(field: &str, items: &[Value]) -> bool {
    if field == "images" {
        return is_images_order_free(items);
    }
    items.iter().map(name_of).collect::<HashSet<String>>().len() == items.len()
}

fn is_images_order_free(images: &[Value]) -> bool {
    // A name is a regular expression, in which a period stands for any character.
    let blurred = |name: &str| name.replace(|c: char| !c.is_alphanumeric(), ".");
    let names: HashSet<String> = images.iter().map(name_of).collect();
    let matched: HashSet<String> = names.iter().map(|name| blurred(name)).collect();
    let is_plain = |name: &String| !name.contains(['*', '+', '?', '(', ')', '[', ']', '{', '}', '|', '^', '$', '\\', ':', '@']);
    let is_apart = |image: &Value| {
        let new = image.get("newName").and_then(Value::as_str).unwrap_or_default();
        new == name_of(image) || !matched.contains(&blurred(new))
    };
    matched.len() == images.len() && names.iter().all(is_plain) && images.iter().all(is_apart)
}

/// A comparable form of what a file says: the order of items is removed if it has no effect.
pub fn comparable(fields: &Fields) -> Fields {
    let mut out = stripped(fields);
    for name in SORTED {
        if let Some(Value::Array(items)) = out.get_mut(name)
            && is_order_free(name, items)
        {
            items.sort_by_key(name_of);
        }
    }
    out
}
