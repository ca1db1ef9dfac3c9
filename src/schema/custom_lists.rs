//! How lists of custom resources merge, where builds are to merge them as the API server's own patches do: by the keys that their
//! definitions name (`x-kubernetes-list-map-keys`). kustomize knows no definitions and replaces such lists.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::definitions::Definitions;
use super::gvk::Gvk;
use super::openapi::Definition;
use crate::yaml::Node;

/// Definitions of custom resources, as patches ask for them.
#[derive(Debug)]
pub struct CustomLists {
    definitions: Definitions,
    known: FxHashMap<Gvk, Found>,
}

/// What was found of a kind, and among how many objects it was looked for.
type Found = (Option<Rc<Definition>>, usize);

impl CustomLists {
    /// Knows these definitions, and the catalogue.
    pub fn new(definitions: Definitions) -> Self {
        CustomLists { definitions, known: FxHashMap::default() }
    }

    /// How objects of a kind merge, when its definition is known or among the `count` objects at hand.
    pub fn of<'n>(&mut self, gvk: &Gvk, objects: impl Iterator<Item = &'n Node>, count: usize) -> Option<Rc<Definition>> {
        match self.known.get(gvk) {
            Some((Some(found), _)) => return Some(Rc::clone(found)),
            Some((None, looked)) if *looked == count => return None,
            _ => {}
        }
        for object in objects {
            self.definitions.add(object);
        }
        let definition = self.definitions.find(&gvk.group, &gvk.kind);
        let version = definition.as_ref().and_then(|definition| definition.version(&gvk.version));
        let found = version.map(|version| Rc::new(Definition::from(version.schema().as_ref())));
        self.known.insert(gvk.clone(), (found.clone(), count));
        found
    }
}
