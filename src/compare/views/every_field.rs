//! Every field of every object, by its path: `spec.template.spec.containers[web].image`.
//!
//! List items are identified by their merge keys, or else by their name, key, or type, or else by their position. A list of
//! scalars is one value. Names of generated objects are compared without the hash, because the content is compared anyway.

use std::collections::BTreeSet;

use super::{Fact, Surroundings, View};
use crate::resource::{ResMap, Resource};
use crate::schema::{Field, Kubernetes, Type, Version};
use crate::yaml::scalar::resolve;
use crate::yaml::{Node, Scalar, Tag, Value, json};

/// The view with all fields.
pub const VIEW: View = View {
    name: "all",
    purpose: "Every field of every object, by its path",
    facts,
    whole: |_: &ResMap| Vec::new(),
    containers,
    shows_presence: |_| true,
};

fn facts(object: &Resource, around: &Surroundings) -> Vec<Fact> {
    let gvk = object.gvk();
    let kind = Kubernetes::new(Version::NEWEST).kind(&gvk.group, &gvk.version, &gvk.kind);
    let mut walk = Walk { around, is_secret: object.kind() == "Secret", path: String::new(), facts: Vec::new() };
    walk.node(object.node(), kind, None);
    walk.facts
}

struct Walk<'a> {
    around: &'a Surroundings,
    is_secret: bool,
    /// The path of the current node.
    path: String,
    facts: Vec<Fact>,
}

impl Walk<'_> {
    fn node(&mut self, node: &Node, of: Option<Type>, field: Option<Field>) {
        let length = self.path.len();
        match node.value() {
            Value::Mapping(mapping) if !mapping.is_empty() => {
                for entry in mapping {
                    let key = entry.key.text.as_str();
                    let field = of.and_then(|of| of.field(key));
                    let below = field.map(Field::value).or_else(|| of.and_then(Type::additional));
                    step(&mut self.path, key);
                    self.node(&entry.value, below, field);
                    self.path.truncate(length);
                }
            }
            Value::Sequence(items) if items.iter().any(|item| item.as_scalar().is_none()) => {
                let labels = labels(items, field, self.path.ends_with(".ports"));
                for (at, item) in items.iter().enumerate() {
                    let label = labels.as_ref().and_then(|labels| labels.get(at).cloned()).unwrap_or_else(|| at.to_string());
                    self.path.extend(["[", &label, "]"]);
                    self.node(item, of.and_then(Type::items), None);
                    self.path.truncate(length);
                }
            }
            _ => self.leaf(node),
        }
    }

    fn leaf(&mut self, node: &Node) {
        let path = self.path.as_str();
        let same = json::print(node, false).unwrap_or_default();
        let mut fact = Fact::new(path, shown(node)).meaning(same);
        if let Some(items) = node.as_sequence() {
            fact = fact.items(items.iter().filter_map(Node::as_scalar).map(|scalar| scalar.text.as_str()));
        }
        if let Some(name) = node.as_str().and_then(|text| self.around.unhashed(text)) {
            fact = fact.meaning(format!("generated: {name}"));
        }
        let public = ["apiVersion", "kind", "type", "metadata.name", "metadata.namespace"];
        let is_flag = node.as_scalar().is_some_and(|scalar| matches!(scalar.tag, Tag::Bool | Tag::Null));
        let is_copied = self.around.is_copied(node) || node.children().any(|item| self.around.is_copied(item));
        fact.secret = (self.is_secret && !is_flag && !public.contains(&path)) || is_copied;
        self.facts.push(fact);
    }
}

/// What contains the value at a path: the paths of the mappings and lists around it, and the key in each.
fn containers(path: &str) -> Vec<(String, String)> {
    let mut starts = vec![];
    let mut depth = 0_usize;
    for (at, c) in path.char_indices() {
        match c {
            '[' => {
                if depth == 0 {
                    starts.push(at);
                }
                depth += 1;
            }
            ']' => depth = depth.saturating_sub(1),
            '.' if depth == 0 => starts.push(at),
            _ => {}
        }
    }
    let ends = starts.iter().skip(1).copied().chain([path.len()]);
    let key = |(start, end): (&usize, usize)| {
        let key = path.get(*start..end).unwrap_or_default().trim_start_matches(['.', '[']).trim_end_matches(']');
        (path.get(..*start).unwrap_or_default().to_owned(), key.to_owned())
    };
    starts.iter().zip(ends).map(key).collect()
}

/// Appends a key to a path, in brackets if it could be mistaken for a path.
fn step(path: &mut String, key: &str) {
    if key.is_empty() || key.contains(['.', '[', ']']) {
        path.extend(["[", key, "]"]);
    } else {
        path.extend([if path.is_empty() { "" } else { "." }, key]);
    }
}

/// The labels that identify the items of a list; `None` if no fields identify them.
fn labels(items: &[Node], field: Option<Field>, are_ports: bool) -> Option<Vec<String>> {
    let merge_key: Vec<&str> = field.and_then(Field::merge_key).into_iter().collect();
    let map_keys: Vec<&str> = field.map(|field| field.list_map_keys().into_iter().collect()).unwrap_or_default();
    // Port numbers may differ between environments even if the names are the same.
    let first: &[&str] = if are_ports { &["name"] } else { &[] };
    let candidates: [&[&str]; 7] = [first, &merge_key, &map_keys, &["name"], &["key"], &["resources", "apiGroups"], &["type"]];
    candidates.into_iter().filter(|keys| !keys.is_empty()).find_map(|keys| {
        let labels: Option<Vec<String>> = items.iter().map(|item| label(item, keys)).collect();
        labels.filter(|labels| labels.iter().collect::<BTreeSet<_>>().len() == labels.len())
    })
}

/// The values of an item's keys. The first key is required.
fn label(item: &Node, keys: &[&str]) -> Option<String> {
    let scalar = |node: &Node| node.as_scalar().map(|scalar| scalar.text.to_string());
    let text = |key: &&str| match item.get(key)?.as_sequence() {
        Some(items) => Some(items.iter().map(scalar).collect::<Option<Vec<_>>>()?.join(",")),
        None => item.get(key).and_then(scalar),
    };
    keys.first().and_then(text)?;
    Some(keys.iter().filter_map(text).filter(|text| !text.is_empty()).collect::<Vec<_>>().join("/"))
}

/// A value for people. Strings that look like another type are quoted.
fn shown(node: &Node) -> String {
    match node.value() {
        Value::Scalar(Scalar { tag: Tag::Str, text, .. }) if resolve(text) == Tag::Str => text.to_string(),
        Value::Scalar(Scalar { tag: Tag::Str, text, .. }) if text.is_empty() => String::new(),
        Value::Scalar(Scalar { tag: Tag::Str, text, .. }) => json::quoted(text),
        Value::Scalar(Scalar { tag: Tag::Null, .. }) => "null".to_owned(),
        Value::Scalar(scalar) => scalar.text.to_string(),
        Value::Mapping(_) => "{}".to_owned(),
        Value::Sequence(items) => format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_containers() {
        let found = containers("spec.containers[web].env[A.B].value");
        let expected = [
            ("spec", "containers"),
            ("spec.containers", "web"),
            ("spec.containers[web]", "env"),
            ("spec.containers[web].env", "A.B"),
            ("spec.containers[web].env[A.B]", "value"),
        ];
        assert_eq!(found, expected.map(|(container, key)| (container.to_owned(), key.to_owned())));
        assert_eq!(containers("metadata.annotations[a.b/c]")[1], ("metadata.annotations".to_owned(), "a.b/c".to_owned()));
        assert!(containers("kind").is_empty());
    }
}
