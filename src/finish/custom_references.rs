//! References of custom resources and annotations to objects that were renamed, by the table of references. kustomize does not know
//! them; with `customReferences: true` they are updated like those of Kubernetes, and without it they are reported.

use std::collections::BTreeSet;

use ecow::EcoString;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::references::{self, Kind, Place, Reference, Row, get_mut, own_references_of};
use crate::resource::{ResMap, Resource, effective};
use crate::yaml::provenance::{Edit, NAME_REFERENCE, Provenance};
use crate::yaml::{Node, Scalar, Value};

/// A reference that contains the former name of an object.
pub struct Stale<'r> {
    /// The position of the object that contains it.
    pub at: usize,
    /// The value that contains the name.
    pub node: &'r Node,
    /// The path of the value.
    pub path: String,
    /// Where the name starts in the value.
    start: usize,
    /// The former name.
    pub name: &'r str,
    /// The object, which has another name now.
    pub target: &'r Resource,
}

/// All references with former names.
pub fn stale(resources: &ResMap) -> Vec<Stale<'_>> {
    let renamed = Renamed::new(resources);
    let mut found = Vec::new();
    if renamed.by_former_name.is_empty() {
        return found;
    }
    let any_custom = renamed.objects.iter().any(|target| references::is_custom(&target.gvk().group));
    let is_annotation = |row: &Row| row.path.starts_with("metadata.annotations");
    for at in resources.positions() {
        let Some(referrer) = resources.get(at) else { continue };
        let gvk = referrer.gvk();
        let is_custom = references::is_custom(&gvk.group);
        if !is_custom && !any_custom && referrer.annotations().next().is_none() {
            continue;
        }
        // kustomize updates the fields of Kubernetes itself, if they refer to an object of Kubernetes.
        let all = match is_custom {
            true => references::references(referrer.node(), &gvk.group, &gvk.kind),
            false => own_references_of(referrer.node(), &gvk.group, &gvk.kind, |row| any_custom || is_annotation(row)),
        };
        for reference in all {
            let is_known = !is_custom && !reference.path.starts_with("metadata.annotations");
            let target = renamed.target(referrer, &reference);
            if let Some(target) = target.filter(|target| !is_known || references::is_custom(&target.gvk().group)) {
                let Reference { node, path, start, name, .. } = reference;
                found.push(Stale { at, node, path, start, name, target });
            }
        }
    }
    found
}

/// Updates all references with former names.
pub fn run(resources: &mut ResMap, provenance: &mut Provenance) {
    let mut updates: FxHashMap<usize, Vec<Update>> = FxHashMap::default();
    for stale in stale(resources) {
        let range = stale.start..stale.start + stale.name.len();
        let (new, from) = (stale.target.id().name.clone(), stale.target.name_span());
        updates.entry(stale.at).or_default().push(Update { path: stale.path, range, new, from });
    }
    let step = provenance.step("", NAME_REFERENCE);
    for (at, mut updates) in updates {
        let Some(mut node) = resources.get(at).map(|resource| resource.node().clone()) else { continue };
        // From the last name in a value to the first, so that the others stay where they are.
        updates.sort_by(|one, other| (&other.path, other.range.start).cmp(&(&one.path, one.range.start)));
        for update in updates {
            let Some(field) = get_mut(&mut node, &update.path) else { continue };
            let Some(old) = field.as_scalar() else { continue };
            let mut text = old.text.to_string();
            if text.get(update.range.clone()).is_some() {
                text.replace_range(update.range, &update.new);
                let (scalar, span) = (Scalar::rewritten(old, text), field.span());
                field.set_copy(Value::Scalar(scalar), update.from, &mut Edit::new(provenance, step, span));
            }
        }
        resources.edit_body(at, |resource| resource.edit_body(|old| *old = node));
    }
}

/// A new name in a value.
struct Update {
    path: String,
    range: std::ops::Range<usize>,
    new: EcoString,
    from: crate::source::Span,
}

/// A former name, the kind of the object, and a namespace that it is or was in; none for an object in any namespace.
type Former<'r> = (&'r str, &'r str, Option<EcoString>);

/// Objects that were renamed.
struct Renamed<'r> {
    objects: Vec<&'r Resource>,
    /// The indices of objects, in order.
    by_former_name: FxHashMap<Former<'r>, Vec<usize>>,
    /// The current ids of all objects: kind, namespace, name.
    current: FxHashSet<(&'r str, EcoString, &'r str)>,
}

impl<'r> Renamed<'r> {
    fn new(resources: &'r ResMap) -> Self {
        let mut renamed = Renamed { objects: Vec::new(), by_former_name: FxHashMap::default(), current: FxHashSet::default() };
        for resource in resources.iter() {
            let former = || resource.former().iter();
            let names: FxHashSet<&str> = former().map(|former| former.name.as_str()).collect();
            let mut names = names.into_iter().filter(|name| *name != resource.id().name).peekable();
            if names.peek().is_some() {
                let was_in = former().map(|former| effective(&former.namespace));
                let places: FxHashSet<Option<EcoString>> = was_in.chain([resource.namespace()]).map(Some).chain([None]).collect();
                for key in names.flat_map(|name| places.iter().map(move |place| (name, resource.kind(), place.clone()))) {
                    renamed.by_former_name.entry(key).or_default().push(renamed.objects.len());
                }
                renamed.objects.push(resource);
            }
            renamed.current.insert((resource.kind(), resource.namespace(), &resource.id().name));
        }
        renamed
    }

    /// The objects that a reference may mean by a former name, in order.
    fn candidates(&self, referrer: &Resource, reference: &Reference<'_>) -> Vec<&'r Resource> {
        let place = match reference.place {
            Place::Same => Some(referrer.namespace()),
            Place::Named(namespace) => Some(namespace.into()),
            Place::Global | Place::Unknown => None,
        };
        let mut found: BTreeSet<usize> = BTreeSet::new();
        for kind in &reference.kinds {
            found.extend(self.by_former_name.get(&(reference.name, kind.kind, place.clone())).into_iter().flatten());
        }
        found.into_iter().filter_map(|at| self.objects.get(at).copied()).collect()
    }

    /// The object that a reference means by its former name; `None` if there is none, or several.
    fn target(&self, referrer: &Resource, reference: &Reference<'_>) -> Option<&'r Resource> {
        if reference.is_created() {
            return None;
        }
        let is_kind = |resource: &Resource, kind: &Kind<'_>| kind.matches(&resource.gvk().group, resource.kind());
        let matches = |resource: &&Resource| {
            reference.kinds.iter().any(|kind| is_kind(resource, kind)) && is_in(resource, referrer, &reference.place)
        };
        let mut found: Vec<&Resource> = self.candidates(referrer, reference).into_iter().filter(matches).collect();
        let first = *found.first()?;
        // An object that has this name now is meant.
        if self.current.contains(&(first.kind(), first.namespace(), reference.name)) {
            return None;
        }
        for loose in [true, false] {
            if found.len() > 1 {
                found.retain(|resource| resource.same_affixes(referrer, loose));
            }
        }
        match found.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }
}

/// Whether an object is where a reference expects it, or was there before a namespace was set.
fn is_in(resource: &Resource, referrer: &Resource, place: &Place<'_>) -> bool {
    match place {
        Place::Same => resource.namespace() == referrer.namespace(),
        Place::Global | Place::Unknown => true,
        Place::Named(namespace) => {
            let was = resource.former().iter().any(|former| effective(&former.namespace) == *namespace);
            resource.namespace() == *namespace || was
        }
    }
}
