//! Findings about the items of a kustomization file before anything is built: deprecated fields, items that appear twice, and
//! items that a later one overrides.

use rustc_hash::FxHashMap;

use super::file::{DEPRECATED, Kustomization, hidden};
use crate::diagnostic::Diagnostic;
use crate::records::Records;
use crate::yaml::{Mapping, Node};

/// Fields that list paths; a component may be listed twice on purpose, because it operates on the existing objects.
const PATHS: &[&str] =
    &["bases", "configurations", "crds", "generators", "patchesStrategicMerge", "resources", "transformers", "validators"];

/// Records the findings.
pub fn run(kustomization: &Kustomization, records: &mut Records) {
    let found = [deprecated, repeated_paths, repeated_patches, shadowed_images, shadowed_replicas, shadowed_labels];
    found
        .iter()
        .flat_map(|look| look(kustomization))
        .chain(kustomization.shadowed().iter().cloned())
        .for_each(|found| records.find(found));
}

fn deprecated(kustomization: &Kustomization) -> Vec<Diagnostic> {
    let fields = DEPRECATED.iter().filter_map(|(field, successor)| Some((field, successor, kustomization.field(field)?)));
    let warning = |(field, successor, node): (&&str, &&str, &Node)| {
        node.warning("deprecated-field", format!("`{field}` is deprecated")).help(format!("use `{successor}`"))
    };
    fields.map(warning).collect()
}

fn repeated_paths(kustomization: &Kustomization) -> Vec<Diagnostic> {
    let lists = PATHS.iter().filter_map(|field| kustomization.field(field)?.as_sequence());
    lists.flat_map(|entries| repeated(entries.iter(), |entry| entry.as_str().map(tidy))).collect()
}

fn repeated_patches(kustomization: &Kustomization) -> Vec<Diagnostic> {
    let patches = kustomization.field("patches").and_then(Node::as_sequence).unwrap_or_default();
    repeated(patches.iter(), |entry| {
        let path = entry.get("path")?.as_str()?;
        let target = entry.get("target").and_then(Node::as_mapping).into_iter().flat_map(Mapping::iter);
        let parts = target.map(|part| format!("{}={};", part.key.text, part.value.as_text().map_or("", |text| text.as_str())));
        Some(format!("{} {}", tidy(path), parts.collect::<String>()))
    })
}

fn tidy(path: &str) -> String {
    path.trim_start_matches("./").trim_end_matches('/').to_owned()
}

/// Items with the same identity as an earlier one.
fn repeated<'n>(entries: impl Iterator<Item = &'n Node>, identity: impl Fn(&Node) -> Option<String>) -> Vec<Diagnostic> {
    let mut known: FxHashMap<String, &Node> = FxHashMap::default();
    let mut found = Vec::new();
    for entry in entries {
        let Some(identity) = identity(entry) else { continue };
        match known.get(&identity) {
            Some(first) => {
                let warning = entry.warning("duplicate-entry", "this item appears twice");
                found.push(warning.label(first.span(), "first listed here").help("remove one of them"));
            }
            None => _ = known.insert(identity, entry),
        }
    }
    found
}

fn shadowed_images(kustomization: &Kustomization) -> Vec<Diagnostic> {
    let images = kustomization.field("images").and_then(Node::as_sequence).unwrap_or_default();
    // An image that gets a new name is a different image for the next item.
    shadowed(images, &["newTag", "digest"], |entry| entry.get("newName").is_none())
}

fn shadowed_replicas(kustomization: &Kustomization) -> Vec<Diagnostic> {
    shadowed(kustomization.field("replicas").and_then(Node::as_sequence).unwrap_or_default(), &["count"], |_| true)
}

/// Items with the same `name` whose field a later one sets again.
fn shadowed(entries: &[Node], fields: &[&str], counts: impl Fn(&Node) -> bool) -> Vec<Diagnostic> {
    let mut known: FxHashMap<(&str, &str), &Node> = FxHashMap::default();
    let mut found = Vec::new();
    for entry in entries {
        let Some(name) = entry.get("name").and_then(Node::as_str) else { continue };
        for field in fields {
            let Some(value) = entry.get(field) else { continue };
            if let Some(first) = known.get(&(name, *field)) {
                found.push(hidden(first, value, &format!("the `{field}` of `{name}`")));
            }
            if counts(entry) {
                known.insert((name, field), value);
            }
        }
    }
    found
}

fn shadowed_labels(kustomization: &Kustomization) -> Vec<Diagnostic> {
    let entries = kustomization.field("labels").and_then(Node::as_sequence).unwrap_or_default();
    let pairs = entries.iter().filter_map(|entry| entry.get("pairs")).chain(kustomization.field("commonLabels"));
    let mut known: FxHashMap<&str, &Node> = FxHashMap::default();
    let mut found = Vec::new();
    for entry in pairs.filter_map(Node::as_mapping).flat_map(Mapping::iter) {
        let key = entry.key.text.as_str();
        match known.insert(key, &entry.value) {
            Some(first) if !first.same(&entry.value) => found.push(hidden(first, &entry.value, &format!("the label `{key}`"))),
            _ => {}
        }
    }
    found
}
