//! Which objects of several environments are one and the same: those of one kind that had one name before any transformer ran.
//!
//! Prefixes, suffixes and hashes belong to environments, and so do namespaces. They count only where one environment has several
//! objects of that name.

use std::collections::{BTreeMap, BTreeSet};

use crate::resource::{ResMap, Resource};

use super::table::ObjectName;

/// One object in every environment where it is.
pub struct Pair<'a> {
    /// What it is called.
    pub name: ObjectName,
    /// The object of each environment.
    pub objects: Vec<Option<&'a Resource>>,
}

/// The order in which people look at kinds; all others follow by name.
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

/// All objects of all environments, each once, sorted by kind and name.
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

fn of_one_name<'a>(name: &ObjectName, places: &[Vec<&'a Resource>], environments: &[(&str, &ResMap)]) -> Vec<Pair<'a>> {
    if places.iter().all(|objects| objects.len() < 2) {
        return vec![Pair { name: name.clone(), objects: places.iter().map(|objects| objects.first().copied()).collect() }];
    }
    let current = |object: &Resource, _: &str| object.namespace().to_string();
    let original = |object: &Resource, _: &str| object.original_id().namespace.to_string();
    let common = |object: &Resource, environment: &str| without_word(&object.namespace(), environment);
    let ways: [&dyn Fn(&Resource, &str) -> String; 3] = [&common, &original, &current];
    let is_unique = |way: &dyn Fn(&Resource, &str) -> String| {
        places.iter().zip(environments).all(|(objects, (environment, _))| {
            let keys: BTreeSet<String> = objects.iter().map(|object| way(object, environment)).collect();
            keys.len() == objects.len()
        })
    };
    let way = ways.into_iter().find(|way| is_unique(way)).unwrap_or(&current);
    let mut split: BTreeMap<String, Vec<Option<&'a Resource>>> = BTreeMap::new();
    for (at, (objects, (environment, _))) in places.iter().zip(environments).enumerate() {
        for object in objects {
            split.entry(way(object, environment)).or_insert_with(|| vec![None; places.len()])[at] = Some(object);
        }
    }
    let named = |(namespace, objects)| Pair { name: ObjectName { namespace: Some(namespace), ..name.clone() }, objects };
    split.into_iter().map(named).collect()
}

/// A namespace in which the name of the environment is `*`: `shop-dev` and `shop-production` are the same one.
fn without_word(namespace: &str, word: &str) -> String {
    namespace.split('-').map(|part| if part == word { "*" } else { part }).collect::<Vec<_>>().join("-")
}
