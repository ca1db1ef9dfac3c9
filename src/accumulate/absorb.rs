//! Adds a generated object to the existing ones: as a new object, or merged into the one with its name (`behavior`).
//!
//! Behavior: kustomize's `ResMap.AbsorbAll`, including how it rewrites metadata and data.

use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::kustomize_words::quote;
use crate::resource::{Behavior, ResMap, Resource};
use crate::yaml::provenance::Edit;
use crate::yaml::{Entry, Key, Mapping, Node, Scalar, Value};

/// Adds a generated object, or merges it into an existing one.
pub fn absorb(resources: &mut ResMap, mut new: Resource, edit: &mut Edit<'_>) -> Result<(), Diagnostic> {
    let merges = matches!(new.behavior, Behavior::Merge | Behavior::Replace);
    let at = match resources.find_ever(new.id()).as_slice() {
        [] if merges => {
            let names: Vec<&str> =
                resources.iter().filter(|other| other.kind() == new.kind()).map(|other| other.id().name.as_str()).collect();
            let near = did_you_mean(&new.id().name, names);
            return Err(new
                .error("no-match", format!("there is no {} to merge with or replace", new.id()))
                .words(format!("id {} does not exist; cannot merge or replace", go_syntax(&new)))
                .help_if(near.map(|near| format!("did you mean `{near}`?"))));
        }
        [] => return resources.append(new).map(|_| ()),
        [at] => *at,
        several => {
            let error = new.error("ambiguous-merge", format!("{} objects are or were named {}", several.len(), new.id()));
            let found = || several.iter().filter_map(|&at| resources.get(at));
            let shown: Vec<String> = found().map(Resource::json_words).collect();
            let id = new.id().words();
            let error = error.words(format!("found multiple objects [{}] that could accept merge of {id}", shown.join(" ")));
            let found = found();
            return Err(found.fold(error, |error, other| error.label(other.name_span(), format!("{}", other.id()))));
        }
    };
    let Some(old) = resources.get(at) else { return Ok(()) };
    if !merges {
        return Err(new
            .error("duplicate-object", format!("{} already exists", new.id()))
            .words(format!(
                "id {} exists; can not use behavior: '{}', behavior must be merge or replace",
                go_syntax(&new),
                if new.behavior == Behavior::Create { "create" } else { "unspecified" }
            ))
            .label(old.name_span(), "first defined here")
            .help(if new.from_helm {
                "objects of charts are never merged: set a different `releaseName`, or list the chart only once"
            } else {
                "to change it, set `behavior: merge` or `behavior: replace`"
            }));
    }
    let merge_data = new.behavior == Behavior::Merge;
    let old_node = old.node().clone();
    let needs_hash = new.has_hash_mark() && old.wants_hash();
    new.edit(|node| {
        ["data", "binaryData"].into_iter().for_each(|field| remember(node.get_mut(field), old_node.get(field), edit));
        take_metadata(node, &old_node, merge_data);
    });
    new.take_history(old);
    if merge_data && old.origin.is_some() {
        new.origin = old.origin.clone();
    }
    new.set_needs_hash(needs_hash);
    new.from_helm |= old.from_helm;
    new.behavior = old.behavior;
    resources.replace(at, new);
    Ok(())
}

/// An id as Go prints it with `%#v`.
fn go_syntax(resource: &Resource) -> String {
    let (id, gvk) = (resource.id(), resource.gvk());
    let [group, version, kind] = [&gvk.group, &gvk.version, &gvk.kind].map(|part| quote(part));
    let (name, namespace) = (quote(&id.name), quote(&id.namespace));
    let scope = resource.is_cluster_scoped();
    format!(
        "resid.ResId{{Gvk:resid.Gvk{{Group:{group}, Version:{version}, Kind:{kind}, isClusterScoped:{scope}}}, \
         Name:{name}, Namespace:{namespace}}}"
    )
}

/// Records the values that new entries replace as part of their history.
fn remember(new: Option<&mut Node>, old: Option<&Node>, edit: &mut Edit<'_>) {
    let Some(old) = old.and_then(Node::as_mapping) else { return };
    for entry in new.and_then(Node::as_mapping_mut).into_iter().flat_map(Mapping::iter_mut) {
        if let (Some(before), Some(scalar)) = (old.get(&entry.key.text), entry.value.as_scalar().cloned()) {
            let span = entry.value.span();
            entry.value = before.clone();
            entry.value.set(Value::Scalar(scalar), &mut edit.at(span));
        }
    }
}

/// Copies name, namespace, labels, and annotations, and with `data` also the entries that the new object lacks.
fn take_metadata(node: &mut Node, old: &Node, data: bool) {
    if let Some(metadata) = node.get_mut("metadata").and_then(Node::as_mapping_mut) {
        for field in ["labels", "annotations"] {
            match (old.at_path(&["metadata", field]), metadata.get_mut(field)) {
                (Some(value), Some(own)) => add_missing(own, value, as_string),
                (Some(value), None) => metadata.put(Key::new(field, value.span()), as_strings(value, as_string)),
                (None, _) => {}
            }
        }
        for field in ["name", "namespace"] {
            take_text(metadata, old.at_path(&["metadata", field]), field);
        }
    }
    for field in ["labels", "annotations"] {
        let mapping = node.at_path_mut(&["metadata", field]).and_then(Node::as_mapping_mut);
        for entry in mapping.into_iter().flat_map(Mapping::iter_mut) {
            entry.key = Key::new(entry.key.text, entry.key.span());
            entry.value = as_string(&entry.value);
        }
        if let Some(metadata) = node.get_mut("metadata").and_then(Node::as_mapping_mut)
            && metadata.get(field).is_some_and(|node| node.as_mapping().is_none_or(Mapping::is_empty))
        {
            metadata.remove(field);
        }
    }
    if !data {
        return;
    }
    for field in ["data", "binaryData"] {
        if let Some(mapping) = node.as_mapping_mut()
            && mapping.get(field).is_none_or(|own| own.as_mapping().is_some_and(Mapping::is_empty))
            && old.get(field).and_then(Node::as_mapping).is_none_or(Mapping::is_empty)
        {
            mapping.remove(field);
            continue;
        }
        let (Some(value), Some(mapping)) = (old.get(field).filter(|value| value.as_mapping().is_some()), node.as_mapping_mut())
        else {
            continue;
        };
        match mapping.get_mut(field) {
            Some(own) => add_missing(own, value, as_data),
            None => mapping.put(Key::new(field, value.span()), as_strings(value, as_data)),
        }
    }
}

/// Copies a name or namespace: its text, without a type, in the quotes of the generated one.
fn take_text(metadata: &mut Mapping, old: Option<&Node>, field: &str) {
    let Some((old, text)) = old.and_then(|old| Some((old, old.as_scalar()?.text.clone()))) else {
        metadata.remove(field);
        return;
    };
    let scalar = match metadata.get(field).and_then(Node::as_scalar) {
        Some(own) => Scalar::rewritten(own, text),
        None => Scalar::untagged(text),
    };
    metadata.put(Key::new(field, old.span()), Node::read(Value::Scalar(scalar), old.span(), old.origin()));
}

/// A mapping whose values are strings, as kustomize writes it back.
fn as_strings(node: &Node, string: fn(&Node) -> Node) -> Node {
    let Some(mapping) = node.as_mapping() else { return node.clone() };
    let entries =
        mapping.iter().map(|entry| Entry { key: Key::new(entry.key.text, entry.key.span()), value: string(&entry.value) });
    Node::read(Value::Mapping(entries.collect()), node.span(), node.origin())
}

/// A label or annotation, written as a new value. A list or mapping becomes an empty string.
fn as_string(node: &Node) -> Node {
    let text = node.as_scalar().map(|scalar| scalar.text.clone()).unwrap_or_default();
    Node::read(Value::Scalar(Scalar::set_text(text)), node.span(), node.origin())
}

/// A value of `data`, where null is an empty string, written as a new value.
fn as_data(node: &Node) -> Node {
    let text = node.as_text().cloned().unwrap_or_default();
    Node::read(Value::Scalar(Scalar::set_text(text)), node.span(), node.origin())
}

fn add_missing(own: &mut Node, old: &Node, string: fn(&Node) -> Node) {
    let Some(mapping) = own.as_mapping_mut() else { return };
    for entry in old.as_mapping().into_iter().flatten() {
        if mapping.get(&entry.key.text).is_none() {
            mapping.push(Key::new(entry.key.text, entry.key.span()), string(&entry.value));
        }
    }
}
