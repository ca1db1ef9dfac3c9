//! Finds objects by a part of their ids, or by a label or an annotation, without a scan.
//!
//! The index is created only when a map is searched again and again, and follows every change from then on. It never forgets
//! what an object was found by, so it returns candidates: the caller checks each of them.

use std::cell::RefCell;
use std::hash::BuildHasher;

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::resource::Resource;

/// What an object is found by.
#[derive(Clone, Copy, Debug, Hash)]
pub enum Part<'a> {
    /// A name that it has or had.
    Name(&'a str),
    /// A namespace that it has or had, as written or as in effect.
    Namespace(&'a str),
    /// A kind that it has or had.
    Kind(&'a str),
    /// A label.
    Label(&'a str, &'a str),
    /// An annotation.
    Annotation(&'a str, &'a str),
}

/// The index of a map, if it has one.
#[derive(Debug, Default)]
pub(super) struct Index(RefCell<State>);

#[derive(Debug, Default)]
struct State {
    /// The searches without an index.
    searches: usize,
    /// The changes since the last search.
    changes: usize,
    /// The positions by the hash of a part, each list in ascending order.
    positions: Option<FxHashMap<u64, Vec<usize>>>,
}

/// Searches that cost less than an index.
const FEW: usize = 16;

impl Clone for Index {
    /// A copy of a map gets its own index when it needs one.
    fn clone(&self) -> Self {
        Index::default()
    }
}

impl Index {
    /// The positions of all objects that have at least one part of each group, and of others; `None` means all objects.
    pub fn candidates(&self, groups: &[Vec<Part<'_>>], slots: &[Option<Resource>]) -> Option<Vec<usize>> {
        let mut state = self.0.borrow_mut();
        state.changes = 0;
        if groups.is_empty() || slots.len() < FEW {
            return None;
        }
        if state.positions.is_none() {
            state.searches += 1;
            if state.searches <= FEW {
                return None;
            }
            let objects = slots.iter().enumerate().filter_map(|(at, slot)| Some((at, slot.as_ref()?)));
            let mut positions = FxHashMap::default();
            objects.for_each(|(at, resource)| enter(&mut positions, at, resource));
            state.positions = Some(positions);
        }
        let positions = state.positions.as_ref()?;
        let found = |part: &Part<'_>| positions.get(&FxBuildHasher.hash_one(part)).map_or(&[][..], Vec::as_slice);
        let count = |group: &&Vec<Part<'_>>| group.iter().map(|part| found(part).len()).sum::<usize>();
        let mut all: Vec<usize> = groups.iter().min_by_key(count)?.iter().flat_map(found).copied().collect();
        all.sort_unstable();
        all.dedup();
        Some(all)
    }

    /// Notes that the object at a position is new or has changed.
    pub fn follow(&mut self, at: usize, resource: &Resource, len: usize) {
        let state = self.0.get_mut();
        let Some(positions) = &mut state.positions else { return };
        state.changes += 1;
        // Many changes without a search cost more than a new index.
        match state.changes > FEW.max(len / 4) {
            true => *state = State::default(),
            false => enter(positions, at, resource),
        }
    }
}

fn enter(positions: &mut FxHashMap<u64, Vec<usize>>, at: usize, resource: &Resource) {
    let mut add = |part: Part<'_>| {
        let list = positions.entry(FxBuildHasher.hash_one(part)).or_default();
        if let Err(index) = list.binary_search(&at) {
            list.insert(index, at);
        }
    };
    let id = resource.id();
    add(Part::Kind(&id.gvk.kind));
    add(Part::Name(&id.name));
    add(Part::Namespace(&id.namespace));
    add(Part::Namespace(&resource.effective_namespace()));
    for former in resource.former() {
        add(Part::Kind(&former.kind));
        add(Part::Name(&former.name));
        add(Part::Namespace(&former.namespace));
    }
    resource.labels().for_each(|(key, value)| add(Part::Label(key, value)));
    resource.annotations().for_each(|(key, value)| add(Part::Annotation(key, value)));
}
