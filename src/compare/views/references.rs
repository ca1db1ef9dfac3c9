//! What custom resources refer to: issuers, Secret stores, gateways, backends.

use std::collections::BTreeMap;

use super::{Fact, Surroundings};
use crate::references::{is_custom, own_references};
use crate::resource::Resource;

/// Facts about references, one per kind of target. Names are those before prefixes, suffixes, and hashes, which differ anyway.
pub fn facts(object: &Resource, around: &Surroundings) -> Vec<Fact> {
    let gvk = object.gvk();
    if !is_custom(&gvk.group) {
        return Vec::new();
    }
    let mut names: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let references = own_references(object.node(), &gvk.group, &gvk.kind);
    for reference in references.iter().filter(|reference| !reference.name.is_empty() && !reference.is_created()) {
        // Classes have a field of their own.
        let Some(kind) = reference.kinds.first().filter(|kind| !kind.kind.ends_with("Class")) else { continue };
        let found = names.entry(format!("{} {}", reference.row.verb(), kind.kind)).or_default();
        let name = around.original_name(kind.kind, reference.name);
        if !found.contains(&name) {
            found.push(name);
        }
    }
    names.into_iter().map(|(field, names)| Fact::new(field, names.join(", ")).items(names.into_iter())).collect()
}
