//! Folds renames of generated objects: if a name changes only because the content changes, the new name is shown once, at the
//! object, and not at every reference to it.

use ecow::EcoString;
use rustc_hash::FxHashMap;

use super::model::Change;
use super::object::Object;
use crate::resource::ResId;

/// Generated objects whose names changed with their content.
#[derive(Debug, Default)]
pub struct Renamed {
    /// By the namespaces of both sides: an object that stays where it is does not refer to one that moved.
    namespaces: FxHashMap<(EcoString, EcoString), Names>,
    none: Names,
}

/// The renamed objects of one namespace, or of those that moved from one to another.
#[derive(Debug, Default)]
pub struct Names {
    /// Old name to new name.
    new: FxHashMap<EcoString, EcoString>,
    /// Old name to display name without the hash: `ConfigMap/settings`.
    shown: FxHashMap<EcoString, String>,
    /// How many objects have or had each name.
    uses: FxHashMap<EcoString, usize>,
}

impl Renamed {
    /// Records pairs of objects. Names shared by several objects are left out, because references to them are ambiguous.
    pub fn new<'o>(pairs: impl Iterator<Item = (&'o Object, &'o Object)>) -> Self {
        let mut renamed = Renamed::default();
        let differ = |(old, new): &(&Object, &Object)| old.is_generated && new.is_generated && old.id.name != new.id.name;
        for (old, new) in pairs.filter(differ) {
            let names = renamed.namespaces.entry((old.id.effective_namespace(), new.id.effective_namespace())).or_default();
            *names.uses.entry(old.id.name.clone()).or_default() += 1;
            *names.uses.entry(new.id.name.clone()).or_default() += 1;
            names.new.insert(old.id.name.clone(), new.id.name.clone());
            names.shown.insert(old.id.name.clone(), format!("{}/{}", new.id.gvk.kind, new.stem));
        }
        for Names { new, uses, .. } in renamed.namespaces.values_mut() {
            new.retain(|old, new| uses[old] == 1 && uses[new] == 1);
        }
        renamed
    }

    /// The names to which an object with this old and this new id may refer.
    pub fn near(&self, old: &ResId, new: &ResId) -> &Names {
        self.namespaces.get(&(old.effective_namespace(), new.effective_namespace())).unwrap_or(&self.none)
    }
}

impl Names {
    /// The new name.
    pub fn today<'t>(&'t self, name: &'t EcoString) -> &'t EcoString {
        self.new.get(name).unwrap_or(name)
    }

    /// The renamed object to which a changed value refers.
    pub fn referred(&self, change: &Change) -> Option<&str> {
        let text = |side: &Option<super::model::Sided>| side.as_ref()?.node.as_text().cloned();
        let (old, new) = (text(&change.old)?, text(&change.new)?);
        (self.new.get(&old) == Some(&new)).then(|| self.shown[&old].as_str())
    }
}

/// Whether a change affects the object's own id.
pub fn is_identity(change: &Change) -> bool {
    let path = &change.path;
    match path.0.len() {
        1 => path.starts_with(&["apiVersion"]),
        2 => path.starts_with(&["metadata", "name"]) || path.starts_with(&["metadata", "namespace"]),
        _ => false,
    }
}
