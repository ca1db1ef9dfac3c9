//! Fetches what a kustomization names by URL, several at a time, before the walk requests them one by one.
//!
//! Runs before the walk over one layer. It does not change any result: a failure here is remembered, and reported at the
//! item that needs the file.

use crate::kustomization::Kustomization;
use crate::load::{Loader, Use};
use crate::records::Records;
use crate::yaml::Node;

/// Fields that list files or directories of resources.
const RESOURCES: [&str; 5] = ["resources", "bases", "generators", "transformers", "validators"];

/// Fields that list files, either directly or under `path`.
const FILES: [&str; 7] =
    ["configurations", "crds", "openapi", "patches", "patchesJson6902", "patchesStrategicMerge", "replacements"];

/// Fetches the remote items of a kustomization, and warns about forms that kustomize will drop.
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
            let warning = node.warning(
                "deprecated-prefix",
                "the prefix `git::` has no effect, and future versions of kustomize will reject it",
            );
            records.find(warning.help("remove it"));
        }
        wanted.push((path, how));
    }
    loader.prefetch(&wanted);
}

/// The files of ConfigMap and Secret generators.
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
