//! Field specs, and lists of them in which no field appears twice.
//!
//! Behavior: kustomize's `FsSlice.MergeOne`, with an index where many specs are added.

use std::sync::Arc;

use ecow::EcoString;
use rustc_hash::FxHashMap;

use super::table::Table;
use crate::resource::Gvk;
use crate::yaml::path;

/// A path in the objects of some kinds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldSpec {
    /// The kind of the objects; an empty part matches any.
    pub gvk: Gvk,
    /// The path as written.
    pub path: EcoString,
    /// The parts of the path.
    pub parts: Arc<[EcoString]>,
    /// Whether missing fields on the path are created.
    pub create: bool,
}

impl FieldSpec {
    /// A field spec for a path and the kinds that have it.
    pub fn new(gvk: Gvk, path: impl Into<EcoString>, create: bool) -> Self {
        let path = path.into();
        let parts = path::split(&path, '/').into();
        FieldSpec { gvk, path, parts, create }
    }

    /// Whether an object of this kind has the field.
    pub fn applies_to(&self, gvk: &Gvk) -> bool {
        gvk.is_selected_by(&self.gvk)
    }
}

/// The fields that contain the name of an object of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameReference {
    /// The kind that is referred to.
    pub target: Gvk,
    /// The fields that refer to it.
    pub referrers: SpecList,
}

/// Two specs of the same field that differ in `create`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict(pub EcoString);

/// A list of field specs in which no field appears twice.
pub type SpecList = Table<FieldSpec>;

impl SpecList {
    /// Adds a spec, unless the list contains it.
    ///
    /// # Errors
    /// The list contains it with a different `create`.
    pub fn add(&mut self, spec: FieldSpec) -> Result<(), Conflict> {
        let known = self.iter().find(|known| known.path == spec.path && known.gvk.is_selected_by(&spec.gvk));
        match known.map(|known| known.create == spec.create) {
            Some(true) => Ok(()),
            Some(false) => Err(Conflict(spec.path)),
            None => {
                self.to_mut().push(spec);
                Ok(())
            }
        }
    }

    /// Adds all specs of another list.
    ///
    /// # Errors
    /// As [`SpecList::add`].
    pub fn add_all<'a>(&mut self, specs: impl IntoIterator<Item = &'a FieldSpec>) -> Result<(), Conflict> {
        let mut adding = Adding::to(self);
        specs.into_iter().try_for_each(|spec| adding.add(spec))
    }
}

/// The specs of a list that apply to a kind, looked up once for each kind.
pub struct ByKind<'s> {
    specs: &'s [FieldSpec],
    known: FxHashMap<Gvk, Vec<&'s FieldSpec>>,
}

impl<'s> ByKind<'s> {
    /// Looks up in this list.
    pub fn new(specs: &'s [FieldSpec]) -> Self {
        ByKind { specs, known: FxHashMap::default() }
    }

    /// The specs that apply to a kind, in order.
    pub fn of(&mut self, gvk: &Gvk) -> &[&'s FieldSpec] {
        if !self.known.contains_key(gvk) {
            let found = self.specs.iter().filter(|spec| spec.applies_to(gvk)).collect();
            self.known.insert(gvk.clone(), found);
        }
        self.known.get(gvk).map_or(&[], Vec::as_slice)
    }
}

/// A list to which many specs are added.
pub(super) struct Adding<'l> {
    list: &'l mut Vec<FieldSpec>,
    /// The indices of specs by path, and by path and kind.
    known: FxHashMap<(EcoString, Option<EcoString>), Vec<usize>>,
}

impl<'l> Adding<'l> {
    /// Adds to this list.
    pub fn to(list: &'l mut SpecList) -> Self {
        let mut adding = Adding { list: list.to_mut(), known: FxHashMap::default() };
        (0..adding.list.len()).for_each(|at| adding.enter(at));
        adding
    }

    fn enter(&mut self, at: usize) {
        let Some(FieldSpec { path, gvk, .. }) = self.list.get(at) else { return };
        for key in [(path.clone(), None), (path.clone(), Some(gvk.kind.clone()))] {
            self.known.entry(key).or_default().push(at);
        }
    }

    /// Adds a spec, unless the list contains it.
    pub fn add(&mut self, spec: &FieldSpec) -> Result<(), Conflict> {
        let key = (spec.path.clone(), (!spec.gvk.kind.is_empty()).then(|| spec.gvk.kind.clone()));
        let near = self.known.get(&key).into_iter().flatten().filter_map(|&at| self.list.get(at));
        match near.into_iter().find(|known| known.gvk.is_selected_by(&spec.gvk)) {
            Some(known) if known.create != spec.create => Err(Conflict(spec.path.clone())),
            Some(_) => Ok(()),
            None => {
                self.list.push(spec.clone());
                self.enter(self.list.len() - 1);
                Ok(())
            }
        }
    }
}
