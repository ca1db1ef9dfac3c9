//! How lists of custom resources merge, if builds are to merge them like the API server's own patches: by the keys in their
//! definitions (`x-kubernetes-list-map-keys`). kustomize has no definitions and replaces such lists.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::definitions::Definitions;
use super::gvk::Gvk;
use super::openapi::Definition;
use crate::yaml::Node;

/// Definitions of custom resources, for use by patches.
#[derive(Debug)]
pub struct CustomLists {
    definitions: Definitions,
    known: FxHashMap<Gvk, Found>,
}

/// The result for a kind, and the number of objects that were searched.
type Found = (Option<Arc<Definition>>, usize);

impl CustomLists {
    /// Uses these definitions and the catalog.
    pub fn new(definitions: Definitions) -> Self {
        CustomLists { definitions, known: FxHashMap::default() }
    }

    /// How objects of a kind merge, if its definition is known or among the `count` objects of the build.
    pub fn of<'n>(&mut self, gvk: &Gvk, objects: impl Iterator<Item = &'n Node>, count: usize) -> Option<Arc<Definition>> {
        match self.known.get(gvk) {
            Some((Some(found), _)) => return Some(Arc::clone(found)),
            Some((None, looked)) if *looked == count => return None,
            _ => {}
        }
        for object in objects {
            self.definitions.add(object);
        }
        let definition = self.definitions.find(&gvk.group, &gvk.kind);
        let version = definition.as_ref().and_then(|definition| definition.version(&gvk.version));
        let found = version.map(|version| Arc::new(Definition::from(version.schema().as_ref())));
        self.known.insert(gvk.clone(), (found.clone(), count));
        found
    }
}
