//! A new name that only follows from new content is told once, at the object that has it, and not at every reference to it.

use ecow::EcoString;
use rustc_hash::FxHashMap;

use super::model::Change;
use super::object::Object;

/// Generated objects whose names changed with their content.
#[derive(Debug, Default)]
pub struct Renamed {
    /// The new names by the old ones.
    pub names: FxHashMap<EcoString, EcoString>,
    /// What they are called without the hash, by the old names: `ConfigMap/settings`.
    pub shown: FxHashMap<EcoString, String>,
}

impl Renamed {
    /// Notes a pair of objects.
    pub fn add(&mut self, old: &Object, new: &Object) {
        if old.is_generated && new.is_generated && old.id.name != new.id.name {
            self.names.insert(old.id.name.clone(), new.id.name.clone());
            self.shown.insert(old.id.name.clone(), format!("{}/{}", new.id.gvk.kind, new.stem));
        }
    }

    /// The generated object that a change is a reference to.
    pub fn referred(&self, change: &Change) -> Option<&str> {
        let text = |side: &Option<super::model::Sided>| side.as_ref()?.node.as_text().cloned();
        let (old, new) = (text(&change.old)?, text(&change.new)?);
        (self.names.get(&old) == Some(&new)).then(|| self.shown[&old].as_str())
    }
}

/// Whether a change is one of the object's own id.
pub fn is_identity(change: &Change) -> bool {
    let path = &change.path;
    match path.0.len() {
        1 => path.starts_with(&["apiVersion"]),
        2 => path.starts_with(&["metadata", "name"]) || path.starts_with(&["metadata", "namespace"]),
        _ => false,
    }
}
