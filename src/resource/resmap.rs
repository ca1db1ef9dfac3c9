//! The objects of a build in order, with a constant-time lookup by id.
//!
//! Two indices, by current id and by former ids, are created when they are needed, and follow every change from then on.
//! Removed objects leave a gap until the next [`ResMap::compact`], so positions stay valid while a stage runs.

use std::hash::BuildHasher;
use std::sync::{Arc, OnceLock};

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::id::ResId;
use super::index::{Index, Part};
use super::origin::Origin;
use super::resource::Resource;
use crate::diagnostic::{Diagnostic, Diagnostics, Result};
use crate::limits::OBJECTS;
use crate::schema::Schema;

/// The ordered collection of objects.
#[derive(Clone, Debug, Default)]
pub struct ResMap {
    slots: Vec<Option<Resource>>,
    /// The number of slots without an object.
    gaps: usize,
    current: OnceLock<Current>,
    /// The positions of the objects that had an id, in order, and of others: an object is not removed when it changes.
    former: OnceLock<Positions>,
    /// Determines the scope of kinds, which is part of an object's identity.
    schema: Schema,
    index: Index,
}

/// Positions by the hash of an id. Different ids may have the same hash.
type Positions = FxHashMap<u64, Vec<usize>>;

/// The objects by their current ids.
#[derive(Clone, Debug, Default)]
struct Current {
    positions: Positions,
    /// The number of hashes that several objects have.
    shared: usize,
}

impl Current {
    fn enter(&mut self, id: &ResId, at: usize) {
        let positions = self.positions.entry(hash(id)).or_insert_with(|| Vec::with_capacity(1));
        let is_new = add(positions, at);
        self.shared += usize::from(is_new && positions.len() == 2);
    }

    fn leave(&mut self, id: &ResId, at: usize) {
        let Some(positions) = self.positions.get_mut(&hash(id)) else { return };
        let Ok(place) = positions.binary_search(&at) else { return };
        positions.remove(place);
        self.shared -= usize::from(positions.len() == 1);
        if positions.is_empty() {
            self.positions.remove(&hash(id));
        }
    }
}

fn hash(id: &ResId) -> u64 {
    FxBuildHasher.hash_one(id)
}

impl ResMap {
    /// The number of objects.
    pub fn len(&self) -> usize {
        self.slots.len() - self.gaps
    }

    /// Whether there are no objects.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The objects in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Resource> {
        self.slots.iter().flatten()
    }

    /// The positions of all objects in order; they stay valid until [`ResMap::compact`].
    pub fn positions(&self) -> impl Iterator<Item = usize> + use<> {
        let taken: Vec<usize> = self.slots.iter().enumerate().filter(|(_, slot)| slot.is_some()).map(|(at, _)| at).collect();
        taken.into_iter()
    }

    /// The positions of all objects that have at least one part of each group, and of others, in order.
    pub fn candidates(&self, groups: &[Vec<Part<'_>>]) -> Vec<usize> {
        self.index.candidates(groups, &self.slots).unwrap_or_else(|| self.positions().collect())
    }

    /// The object at a position.
    pub fn get(&self, at: usize) -> Option<&Resource> {
        self.slots.get(at)?.as_ref()
    }

    /// The positions of the objects whose current id is `id`.
    pub fn find_current(&self, id: &ResId) -> Vec<usize> {
        self.at_id(&id.normalized(&self.schema))
    }

    /// The positions of the objects with the same current id as an object of this map, which is one of them.
    pub fn find_same(&self, resource: &Resource) -> Vec<usize> {
        self.at_id(&resource.current_id())
    }

    /// The positions of the objects whose id is or was `id`, in order.
    pub fn find_ever(&self, id: &ResId) -> Vec<usize> {
        let id = &id.normalized(&self.schema);
        let mut found = self.at_id(id);
        if let Some(former) = self.former().get(&hash(id)) {
            let had = |resource: &Resource| resource.former().iter().any(|own| own.normalized(resource, &self.schema) == *id);
            found.extend(former.iter().filter(|&&at| self.get(at).is_some_and(had)));
            found.sort_unstable();
            found.dedup();
        }
        found
    }

    /// The positions of the objects with a current id in its normal form.
    fn at_id(&self, id: &ResId) -> Vec<usize> {
        let same_hash = self.current().positions.get(&hash(id)).into_iter().flatten().copied();
        same_hash.filter(|&at| self.get(at).is_some_and(|resource| resource.current_id() == *id)).collect()
    }

    fn current(&self) -> &Current {
        self.current.get_or_init(|| {
            let mut current = Current::default();
            self.occupied().for_each(|(at, resource)| current.enter(&resource.current_id(), at));
            current
        })
    }

    fn former(&self) -> &Positions {
        self.former.get_or_init(|| {
            let mut former = FxHashMap::default();
            self.occupied().for_each(|(at, resource)| enter_former(&mut former, at, resource, 0, &self.schema));
            former
        })
    }

    fn occupied(&self) -> impl Iterator<Item = (usize, &Resource)> {
        self.slots.iter().enumerate().filter_map(|(at, slot)| Some((at, slot.as_ref()?)))
    }

    /// Adds an object at the end; another object with the same current id is an error that names both locations.
    pub fn append(&mut self, mut resource: Resource) -> Result<usize, Diagnostic> {
        resource.settle_scope(&self.schema);
        if let Some(other) = self.find_same(&resource).first().and_then(|&at| self.get(at)) {
            return Err(collision(&resource, other));
        }
        if self.slots.len() >= OBJECTS {
            return Err(resource.error("limit", format!("the build has more than {OBJECTS} objects")));
        }
        let at = self.slots.len();
        self.slots.push(Some(resource));
        self.enter(at);
        Ok(at)
    }

    /// Adds all objects of another map at the end.
    pub fn append_all(&mut self, other: ResMap) -> Result<()> {
        self.use_schema(&other.schema);
        if self.slots.is_empty() {
            other.check_unique()?;
            *self = other;
            return Ok(());
        }
        let mut errors = Vec::new();
        for resource in other.into_resources() {
            errors.extend(self.append(resource).err());
            if errors.last().is_some_and(|error| error.code == "limit") {
                break;
            }
        }
        Diagnostics::check(errors)
    }

    /// Reports objects that received the same id after they were added: kustomize checks this when it joins layers.
    ///
    /// # Errors
    /// Two objects have the same id; the error names both locations.
    pub fn check_unique(&self) -> Result<(), Diagnostic> {
        let current = self.current();
        if current.shared == 0 {
            return Ok(());
        }
        let shared = current.positions.values().filter(|positions| positions.len() > 1).flatten();
        let twins = shared.filter_map(|&at| Some(self.find_same(self.get(at)?))).filter(|twins| twins.len() > 1).min();
        match twins.as_deref().map(|twins| (self.get(twins[1]), self.get(twins[0]))) {
            Some((Some(second), Some(first))) => Err(collision(second, first)),
            _ => Ok(()),
        }
    }

    /// Changes the object at a position; the indices follow.
    pub fn edit<T>(&mut self, at: usize, change: impl FnOnce(&mut Resource) -> T) -> T {
        let len = self.slots.len();
        let resource = self.slots[at].as_mut().expect("positions come from this map");
        let (before, known) = (resource.current_id(), resource.former().len());
        resource.is_rebuilt = false;
        let result = change(resource);
        resource.settle_scope(&self.schema);
        self.index.follow(at, resource, len);
        let after = resource.current_id();
        if let Some(former) = self.former.get_mut() {
            let is_new = resource.is_rebuilt || before.gvk != after.gvk;
            enter_former(former, at, resource, if is_new { 0 } else { known }, &self.schema);
        }
        if before != after
            && let Some(current) = self.current.get_mut()
        {
            current.leave(&before, at);
            current.enter(&after, at);
        }
        result
    }

    /// Changes an object without changing its id.
    pub fn edit_body<T>(&mut self, at: usize, change: impl FnOnce(&mut Resource) -> T) -> T {
        let len = self.slots.len();
        let resource = self.slots[at].as_mut().expect("positions come from this map");
        let result = change(resource);
        self.index.follow(at, resource, len);
        result
    }

    /// Records on every object that a transformer was applied to it.
    pub fn add_transformation(&mut self, origin: &Arc<Origin>) {
        self.slots.iter_mut().flatten().for_each(|resource| resource.add_transformation(origin));
    }

    /// Replaces the object at a position.
    pub fn replace(&mut self, at: usize, resource: Resource) {
        self.leave(at);
        self.slots[at] = Some(resource);
        self.enter(at);
    }

    /// Removes an object.
    pub fn remove(&mut self, at: usize) -> Option<Resource> {
        self.leave(at);
        self.gaps += usize::from(self.slots[at].is_some());
        self.slots[at].take()
    }

    /// Closes the gaps that removals left; all positions change.
    pub fn compact(&mut self) {
        if self.gaps > 0 {
            let mut slots = self.take_slots();
            slots.retain(Option::is_some);
            self.slots = slots;
        }
    }

    /// Converts the map into its objects.
    pub fn into_resources(self) -> impl Iterator<Item = Resource> {
        self.slots.into_iter().flatten()
    }

    /// Puts the objects into another order, which contains the index of each of them once.
    pub fn arrange(&mut self, mut order: Vec<usize>) {
        self.compact();
        let mut slots = self.take_slots();
        for first in 0..order.len() {
            // The objects that take the places of one another.
            let mut at = first;
            while order[at] != first {
                let next = std::mem::replace(&mut order[at], at);
                slots.swap(at, next);
                at = next;
            }
            order[at] = at;
        }
        self.slots = slots;
    }

    /// Drops the indices, which are created again when they are needed.
    pub fn forget_indices(&mut self) {
        let gaps = self.gaps;
        self.slots = self.take_slots();
        self.gaps = gaps;
    }

    /// The objects, without the indices.
    fn take_slots(&mut self) -> Vec<Option<Resource>> {
        let slots = std::mem::take(&mut self.slots);
        *self = ResMap { schema: self.schema.clone(), ..ResMap::default() };
        slots
    }

    /// Uses another schema from now on to determine the identity of objects.
    pub fn use_schema(&mut self, schema: &Schema) {
        if !self.schema.same(schema) {
            self.forget_indices();
            self.schema = schema.clone();
            self.slots.iter_mut().flatten().for_each(|resource| resource.settle_scope(schema));
        }
    }

    fn enter(&mut self, at: usize) {
        let len = self.slots.len();
        let Some(resource) = &mut self.slots[at] else { return };
        resource.settle_scope(&self.schema);
        self.index.follow(at, resource, len);
        if let Some(former) = self.former.get_mut() {
            enter_former(former, at, resource, 0, &self.schema);
        }
        if let Some(current) = self.current.get_mut() {
            current.enter(&resource.current_id(), at);
        }
    }

    fn leave(&mut self, at: usize) {
        if let (Some(resource), Some(current)) = (&self.slots[at], self.current.get_mut()) {
            current.leave(&resource.current_id(), at);
        }
    }
}

/// Adds the former ids of an object, without the oldest ones.
fn enter_former(former: &mut Positions, at: usize, resource: &Resource, without: usize, schema: &Schema) {
    for own in resource.former().iter().skip(without) {
        _ = add(former.entry(hash(&own.normalized(resource, schema))).or_default(), at);
    }
}

impl FromIterator<Resource> for ResMap {
    /// Collects objects without checking for collisions.
    fn from_iter<I: IntoIterator<Item = Resource>>(resources: I) -> Self {
        ResMap { slots: resources.into_iter().map(Some).collect(), ..ResMap::default() }
    }
}

/// Adds a position; returns whether it is new.
fn add(positions: &mut Vec<usize>, at: usize) -> bool {
    let place = positions.binary_search(&at);
    if let Err(place) = place {
        positions.insert(place, at);
    }
    place.is_err()
}

fn collision(new: &Resource, old: &Resource) -> Diagnostic {
    let error = |what: &str| {
        let words = format!("may not add resource with an already registered id: {}", new.id().words());
        new.error("duplicate-object", format!("`{}` already exists: {what}", new.id())).words(words)
    };
    if new.name_span() == old.name_span() {
        return error("it is read twice").help("list it once, or give one of the copies a different name or namespace");
    }
    let same = if new.node().same(old.node()) { "an identical object" } else { "a different object" };
    error(&format!("{same} with the same name was read earlier"))
        .label(old.name_span(), "first defined here")
        .help("remove one of them, or turn the second one into a patch")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;
    use crate::yaml::provenance::Provenance;
    use crate::yaml::{Dialect, read_documents};

    /// Searches after which a map has an index.
    const SEARCHES: usize = 16;

    fn objects(count: usize) -> ResMap {
        let text: String = (0..count)
            .map(|n| format!("---\nkind: A\nmetadata: {{name: a{n}, namespace: n{}, labels: {{l: v{n}}}}}\n", n / 2))
            .collect();
        let mut sources = Sources::default();
        let source = sources.add("all", text.as_str());
        let mut provenance = Provenance::default();
        let step = provenance.step("", "");
        let origin = provenance.read(step, sources.whole(source));
        read_documents(&text, source, origin, Dialect::Manifest).unwrap().into_iter().map(Resource::new).collect()
    }

    /// A step is an object that is compared: their number must not grow with that of the objects.
    #[test]
    fn many_searches_take_few_steps_each() {
        for count in [1_000, 4_000] {
            let mut resources = objects(count);
            let mut steps = 0;
            for n in 0..count {
                let (name, namespace, value) = (format!("a{n}"), format!("n{}", n / 2), format!("v{n}"));
                for part in [Part::Name(&name), Part::Namespace(&namespace), Part::Label("l", &value)] {
                    let found = resources.candidates(&[vec![part], vec![Part::Kind("A")]]);
                    assert!(found.contains(&n));
                    steps += found.len();
                    // What changes is found by its new parts.
                    resources.edit(n, |resource| resource.remember_id());
                }
            }
            assert!(steps < 4 * count + (SEARCHES + 1) * count, "{count} objects: {steps} steps");
        }
    }

    #[test]
    fn objects_are_found_after_a_change() {
        let mut resources = objects(100);
        for _ in 0..=SEARCHES {
            resources.candidates(&[vec![Part::Name("a1")]]);
        }
        assert_eq!(resources.candidates(&[vec![Part::Name("a1")]]), [1]);
        let other = objects(1).into_resources().next().unwrap();
        resources.replace(1, other);
        resources.remove(2);
        assert_eq!(resources.candidates(&[vec![Part::Name("a0")]]), [0, 1]);
        let found = resources.candidates(&[vec![Part::Name("a1"), Part::Name("a2"), Part::Label("l", "v9")]]);
        assert_eq!(found.last(), Some(&9));
    }
}
