//! What kustomize adds to the words for a failure in the configuration of a generator or transformer: the
//! configuration itself.
//!
//! Behavior: kustomize's `configureBuiltinPlugin`, which prints the configuration with `sigs.k8s.io/yaml`: sorted keys, without
//! empty fields.

use super::file::Kustomization;
use crate::yaml::{Entry, Key, Mapping, Node, Scalar, Value, emit};

/// The kind of transformer and the configuration that an item of a field becomes.
pub fn config(field: &str, index: usize, kustomization: &Kustomization) -> Option<(&'static str, String)> {
    let list = kustomization.field(field)?;
    let item = list.as_sequence().and_then(|items| items.get(index))?;
    let (kind, config) = match field {
        "patches" => ("PatchTransformer", item.clone()),
        "patchesJson6902" => ("PatchJson6902Transformer", renamed(item)),
        "patchesStrategicMerge" => ("PatchStrategicMergeTransformer", within("paths", list)),
        "replacements" => ("ReplacementTransformer", within("Replacements", list)),
        _ => return None,
    };
    Some((kind, printed(&config, true)))
}

/// The configuration that an item of `helmCharts` becomes.
pub fn chart(index: usize, kustomization: &Kustomization) -> Option<String> {
    let item = kustomization.field("helmCharts")?.as_sequence()?.get(index)?;
    let globals = kustomization.field("helmGlobals").and_then(Node::as_mapping).into_iter().flatten();
    let mut entries: Vec<Entry> = globals.chain(item.as_mapping()?).cloned().collect();
    if !entries.iter().any(|entry| entry.key.text == "namespace" && !is_empty(&entry.value)) {
        let namespace = kustomization.nearest_namespace().unwrap_or_default();
        let value = Node::read(Value::Scalar(Scalar::string(namespace)), item.span(), item.origin());
        entries.push(Entry { key: Key::new("namespace", item.span()), value });
    }
    Some(printed(&Node::read(Value::Mapping(entries.into_iter().collect()), item.span(), item.origin()), true))
}

/// The text before a failure in a configuration.
pub fn trouble(kind: &str, config: &str) -> String {
    format!("trouble configuring builtin {kind} with config: `\n{config}`: ")
}

/// A configuration as it is printed; of a field without what is empty.
pub fn printed(config: &Node, is_field: bool) -> String {
    let mut text = String::new();
    // What can't be printed has other errors.
    let _ = emit(&sorted(config, is_field), &mut text);
    text
}

/// A JSON patch has a different name in the configuration of the older transformer.
fn renamed(item: &Node) -> Node {
    let entries = item.as_mapping().into_iter().flatten();
    let name = |entry: &Entry| if entry.key.text == "patch" { "jsonOp" } else { entry.key.text.as_static() };
    let entries = entries.map(|entry| Entry { key: Key::new(name(entry), entry.key.span()), value: entry.value.clone() });
    Node::read(Value::Mapping(entries.collect()), item.span(), item.origin())
}

fn within(field: &str, list: &Node) -> Node {
    let entry = Entry { key: Key::new(field, list.span()), value: list.clone() };
    Node::read(Value::Mapping(std::iter::once(entry).collect()), list.span(), list.origin())
}

/// A node with sorted keys.
fn sorted(node: &Node, is_field: bool) -> Node {
    let value = match node.value() {
        Value::Scalar(scalar) => Value::Scalar(Scalar::printed(scalar.tag, scalar.text.clone())),
        Value::Sequence(items) => Value::Sequence(items.iter().map(|item| sorted(item, is_field)).collect()),
        Value::Mapping(mapping) => {
            let mut entries: Vec<Entry> = mapping.iter().filter(|entry| !(is_field && is_empty(&entry.value))).cloned().collect();
            entries.sort_by_key(|entry| entry.key.text);
            let entries = entries.into_iter().map(|entry| Entry { value: sorted(&entry.value, is_field), ..entry });
            Value::Mapping(entries.collect::<Mapping>())
        }
    };
    Node::read(value, node.span(), node.origin())
}

fn is_empty(node: &Node) -> bool {
    node.is_null() || node.as_text().is_some_and(|text| text.is_empty()) || node.as_sequence().is_some_and(<[Node]>::is_empty)
}
