//! Matches the objects of several environments: those of the same kind with the same name before any transformer ran.
//!
//! Prefixes, suffixes, hashes, and namespaces are specific to an environment. They are considered only if one environment has
//! several objects with that name: then the namespace distinguishes them, or the name after the first rename, or the second.

use std::collections::{BTreeMap, BTreeSet};

use crate::resource::{ResMap, Resource};

use super::table::ObjectName;

/// One object in all environments that have it.
pub struct Pair<'a> {
    /// The name of the object.
    pub name: ObjectName,
    /// The object of each environment.
    pub objects: Vec<Option<&'a Resource>>,
}

/// The order of the most important kinds; all others follow, sorted by name.
const ORDER: &[&str] = &[
    "Namespace",
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "CronJob",
    "Job",
    "Pod",
    "HorizontalPodAutoscaler",
    "ScaledObject",
    "VerticalPodAutoscaler",
    "PodDisruptionBudget",
    "Ingress",
    "Gateway",
    "HTTPRoute",
    "Service",
    "ConfigMap",
    "Secret",
    "PersistentVolumeClaim",
];

fn rank(kind: &str) -> usize {
    ORDER.iter().position(|other| *other == kind).unwrap_or(ORDER.len())
}

/// All objects of all environments, each listed once, sorted by kind and name.
pub fn pairs<'a>(environments: &[(&str, &'a ResMap)]) -> Vec<Pair<'a>> {
    let mut found: BTreeMap<(usize, ObjectName), Vec<Vec<&'a Resource>>> = BTreeMap::new();
    for (at, (_, objects)) in environments.iter().enumerate() {
        for object in objects.iter() {
            let id = object.original_id();
            let (group, kind, name) = (id.gvk.group.to_string(), id.gvk.kind.to_string(), id.name.to_string());
            let name = ObjectName { group, kind, name, namespace: None };
            let places = found.entry((rank(&name.kind), name)).or_insert_with(|| vec![Vec::new(); environments.len()]);
            places[at].push(object);
        }
    }
    found.into_iter().flat_map(|((_, name), places)| of_one_name(&name, &places, environments)).collect()
}

/// How to distinguish objects if one environment has several with the same name: by a later name, and by a namespace.
struct Way {
    /// The number of renames after which the name is used.
    renames: usize,
    namespace: fn(&Resource, &str) -> Option<String>,
}

/// Namespace functions, starting with those that depend least on the environment.
const NAMESPACES: [fn(&Resource, &str) -> Option<String>; 4] = [
    |_, _| None,
    |object, environment| Some(without_word(&object.namespace(), environment)),
    |object, _| Some(object.original_id().namespace.to_string()),
    |object, _| Some(object.namespace().to_string()),
];

impl Way {
    fn key(&self, object: &Resource, environment: &str) -> (String, Option<String>) {
        let names = names(object);
        let name = names.get(self.renames).or(names.last()).copied().unwrap_or_default();
        (name.to_owned(), (self.namespace)(object, environment))
    }
}

/// All names of an object, in order.
fn names(object: &Resource) -> Vec<&str> {
    let former = object.former().iter().map(|former| former.name.as_str());
    let mut names: Vec<&str> = former.chain([object.id().name.as_str()]).collect();
    names.dedup();
    names
}

fn of_one_name<'a>(name: &ObjectName, places: &[Vec<&'a Resource>], environments: &[(&str, &ResMap)]) -> Vec<Pair<'a>> {
    let keys = |way: &Way| -> Vec<Vec<(String, Option<String>)>> {
        let here = places.iter().zip(environments);
        here.map(|(objects, (environment, _))| objects.iter().map(|object| way.key(object, environment)).collect()).collect()
    };
    let most = places.iter().flatten().map(|object| names(object).len()).max().unwrap_or(1);
    let ways = (0..most).flat_map(|renames| NAMESPACES.map(|namespace| Way { renames, namespace }));
    let unique = |keys: &Vec<Vec<_>>| keys.iter().all(|keys| keys.iter().collect::<BTreeSet<_>>().len() == keys.len());
    let last = Way { renames: most, namespace: NAMESPACES[3] };
    let keys = ways.map(|way| keys(&way)).find(unique).unwrap_or_else(|| keys(&last));
    let mut split: BTreeMap<(String, Option<String>), Vec<Option<&'a Resource>>> = BTreeMap::new();
    for (at, (objects, keys)) in places.iter().zip(keys).enumerate() {
        for (object, key) in objects.iter().zip(keys) {
            split.entry(key).or_insert_with(|| vec![None; places.len()])[at] = Some(object);
        }
    }
    let pair = |((own, namespace), objects)| Pair { name: ObjectName { name: own, namespace, ..name.clone() }, objects };
    split.into_iter().map(pair).collect()
}

/// A namespace with the name of the environment replaced with `*`, so that `shop-dev` and `shop-production` match.
fn without_word(namespace: &str, word: &str) -> String {
    namespace.split('-').map(|part| if part == word { "*" } else { part }).collect::<Vec<_>>().join("-")
}
