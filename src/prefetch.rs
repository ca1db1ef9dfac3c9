//! Fetches what a kustomization names by URL, several at a time, before the walk asks for one after the other.
//!
//! Stands in front of the walk over one layer. It changes no result: what fails here fails again at the entry that wants
//! it, from memory.

use crate::kustomization::Kustomization;
use crate::load::{Loader, Use};
use crate::records::Records;
use crate::yaml::Node;

/// Fields that list files or directories of resources.
const RESOURCES: [&str; 5] = ["resources", "bases", "generators", "transformers", "validators"];

/// Fields that list files, as they are or under `path`.
const FILES: [&str; 7] =
    ["configurations", "crds", "openapi", "patches", "patchesJson6902", "patchesStrategicMerge", "replacements"];

/// Fetches the remote entries of a kustomization, and warns about forms that kustomize will drop.
pub fn run(kustomization: &Kustomization, loader: &Loader, records: &mut Records) {
    let entries = |fields: &'static [&str], how: Use| {
        fields.iter().filter_map(|field| kustomization.field(field)).flat_map(paths).map(move |node| (node, how))
    };
    let all =
        entries(&RESOURCES, Use::Resource).chain(entries(&["components"], Use::Directory)).chain(entries(&FILES, Use::File));
    let mut wanted = sources(kustomization);
    for (node, how) in all {
        let Some(path) = node.as_str() else { continue };
        if path.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("git::")) {
            let warning =
                node.warning("deprecated-prefix", "the prefix `git::` means nothing, and kustomize will refuse it one day");
            records.find(warning.help("leave it out"));
        }
        wanted.push((path, how));
    }
    loader.prefetch(&wanted);
}

/// The files of config map and secret generators.
fn sources(kustomization: &Kustomization) -> Vec<(&str, Use)> {
    let generators = ["configMapGenerator", "secretGenerator"].iter().filter_map(|field| kustomization.field(field));
    let generators = generators.filter_map(Node::as_sequence).flatten();
    let lists = generators.flat_map(|generator| ["files", "envs", "env"].iter().filter_map(|list| generator.get(list)));
    let entries = lists.flat_map(paths).filter_map(Node::as_str);
    entries.map(|entry| (entry.split_once('=').map_or(entry, |(_, path)| path), Use::File)).collect()
}

/// The paths in a field: a list of them, or of mappings with a `path`, or one such mapping.
fn paths(field: &Node) -> Vec<&Node> {
    let entries = field.as_sequence().unwrap_or(std::slice::from_ref(field));
    entries.iter().filter_map(|entry| if entry.as_mapping().is_some() { entry.get("path") } else { Some(entry) }).collect()
}
