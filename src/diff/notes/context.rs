//! The objects of both sides, and who refers to what on a side. The index of a side is created when a rule first needs it, in one
//! pass over its objects.

use std::cell::OnceCell;

use ecow::EcoString;
use rustc_hash::FxHashMap;

use crate::diff::object::Object;
use crate::references::{Place, Reference, references};

/// The objects of both sides.
pub struct Context<'a> {
    sides: [&'a [Object]; 2],
    /// Matching objects of both sides.
    pairs: &'a [(Option<usize>, Option<usize>)],
    indices: [OnceCell<Index<'a>>; 2],
    partners: OnceCell<[Vec<Option<usize>>; 2]>,
}

/// The objects of one side by their names, and what refers to them.
pub struct Index<'a> {
    objects: &'a [Object],
    by_name: FxHashMap<Key, Vec<usize>>,
    /// References to Secrets and ConfigMaps.
    users: FxHashMap<Key, Vec<User>>,
    /// Objects that scale others.
    scalers: FxHashMap<Key, Vec<usize>>,
    /// How many objects of each group and kind there are.
    kinds: FxHashMap<(EcoString, EcoString), usize>,
    /// How many objects are in each namespace.
    namespaces: FxHashMap<EcoString, usize>,
}

/// Kind, namespace, and name.
type Key = (EcoString, EcoString, EcoString);

/// An object that refers to another one.
struct User {
    at: usize,
    /// Whether it creates the other one, or its controller does.
    creates: bool,
    /// Whether the other one may be missing.
    is_optional: bool,
}

impl<'a> Context<'a> {
    /// The objects of both sides with their pairs.
    pub fn new(sides: [&'a [Object]; 2], pairs: &'a [(Option<usize>, Option<usize>)]) -> Self {
        Context { sides, pairs, indices: [OnceCell::new(), OnceCell::new()], partners: OnceCell::new() }
    }

    /// The old side.
    pub fn old(&self) -> &Index<'a> {
        self.indices[0].get_or_init(|| Index::new(self.sides[0]))
    }

    /// The new side.
    pub fn new_side(&self) -> &Index<'a> {
        self.indices[1].get_or_init(|| Index::new(self.sides[1]))
    }

    /// The new state of an old object.
    pub fn after(&self, at: usize) -> Option<&'a Object> {
        self.sides[1].get(self.partners()[0].get(at).copied()??)
    }

    /// The old state of a new object.
    pub fn before(&self, at: usize) -> Option<&'a Object> {
        self.sides[0].get(self.partners()[1].get(at).copied()??)
    }

    fn partners(&self) -> &[Vec<Option<usize>>; 2] {
        self.partners.get_or_init(|| {
            let mut found = self.sides.map(|side| vec![None; side.len()]);
            for (old, new) in self.pairs.iter().filter_map(|(old, new)| Some(((*old)?, (*new)?))) {
                found[0][old] = Some(new);
                found[1][new] = Some(old);
            }
            found
        })
    }
}

impl<'a> Index<'a> {
    fn new(objects: &'a [Object]) -> Self {
        let mut index = Index {
            objects,
            by_name: FxHashMap::default(),
            users: FxHashMap::default(),
            scalers: FxHashMap::default(),
            kinds: FxHashMap::default(),
            namespaces: FxHashMap::default(),
        };
        for (at, object) in objects.iter().enumerate() {
            let gvk = &object.id.gvk;
            let namespace = object.id.effective_namespace();
            index.by_name.entry((gvk.kind.clone(), namespace.clone(), object.id.name.clone())).or_default().push(at);
            *index.kinds.entry((gvk.group.clone(), gvk.kind.clone())).or_default() += 1;
            for reference in references(&object.node, &gvk.group, &gvk.kind) {
                index.refer(at, &reference, &namespace);
            }
            *index.namespaces.entry(namespace).or_default() += 1;
        }
        index
    }

    fn refer(&mut self, at: usize, reference: &Reference<'_>, own: &EcoString) {
        let namespace = match reference.place {
            Place::Same => own.clone(),
            Place::Named(name) => name.into(),
            Place::Global | Place::Unknown => return,
        };
        for kind in &reference.kinds {
            let key = || (kind.kind.into(), namespace.clone(), reference.name.into());
            if ["Secret", "ConfigMap"].contains(&kind.kind) && kind.matches("", kind.kind) {
                let user = User { at, creates: reference.is_created(), is_optional: reference.is_optional };
                self.users.entry(key()).or_default().push(user);
            } else if reference.row.relation == "scales" {
                self.scalers.entry(key()).or_default().push(at);
            }
        }
    }

    /// An object by its kind, namespace, and name.
    pub fn get(&self, kind: &str, namespace: &EcoString, name: &str) -> Option<(usize, &'a Object)> {
        let at = *self.by_name.get(&(kind.into(), namespace.clone(), name.into()))?.first()?;
        self.objects.get(at).map(|object| (at, object))
    }

    /// The number of objects of a kind.
    pub fn count(&self, group: &str, kind: &str) -> usize {
        self.kinds.get(&(group.into(), kind.into())).copied().unwrap_or_default()
    }

    /// The number of objects in a namespace.
    pub fn count_in(&self, namespace: &EcoString) -> usize {
        self.namespaces.get(namespace).copied().unwrap_or_default()
    }

    /// The objects that refer to a Secret or ConfigMap, each once.
    pub fn users(&self, kind: &str, namespace: &EcoString, name: &EcoString) -> Vec<(usize, &'a Object)> {
        self.select(kind, namespace, name, |_| true)
    }

    /// The objects that need a Secret or ConfigMap. None if another object creates it.
    pub fn needed_by(&self, kind: &str, namespace: &EcoString, name: &EcoString) -> Vec<(usize, &'a Object)> {
        let key = (kind.into(), namespace.clone(), name.clone());
        if self.users.get(&key).into_iter().flatten().any(|user| user.creates) {
            return Vec::new();
        }
        self.select(kind, namespace, name, |user| !user.is_optional)
    }

    fn select(&self, kind: &str, namespace: &EcoString, name: &EcoString, is: fn(&User) -> bool) -> Vec<(usize, &'a Object)> {
        let key = (kind.into(), namespace.clone(), name.clone());
        let mut found: Vec<usize> =
            self.users.get(&key).into_iter().flatten().filter(|user| is(user)).map(|user| user.at).collect();
        found.dedup();
        found.into_iter().filter_map(|at| self.objects.get(at).map(|object| (at, object))).collect()
    }

    /// The object that scales a workload.
    pub fn scaler(&self, workload: &Object) -> Option<&'a Object> {
        let id = &workload.id;
        let found = self.scalers.get(&(id.gvk.kind.clone(), id.effective_namespace(), id.name.clone()))?;
        let scalers = found.iter().filter_map(|at| self.objects.get(*at));
        let scalers = scalers.filter(|scaler| ["HorizontalPodAutoscaler", "ScaledObject"].contains(&scaler.id.gvk.kind.as_str()));
        scalers.min_by_key(|scaler| (&scaler.id.gvk.kind, &scaler.id.name))
    }
}
