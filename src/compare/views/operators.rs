//! The default view: what operators of an environment ask first. How many pods, which version, what size, which hosts, and which
//! settings.

use std::collections::BTreeSet;

use super::{Fact, Surroundings, View, network, references, scale, settings, storage, workloads};
use crate::resource::{ResMap, Resource};

/// The view for operators of an environment.
pub const VIEW: View = View {
    name: "default",
    purpose: "Replicas, images, resources, hosts, references, settings, storage, autoscalers, budgets, namespaces, missing objects",
    facts,
    whole,
    containers: variables,
    shows_presence: |kind| kind != "Namespace",
};

/// The topics of the view, one file each.
const TOPICS: &[fn(&Resource, &Surroundings) -> Vec<Fact>] =
    &[scale::facts, network::facts, references::facts, workloads::facts, settings::facts, storage::facts];

fn facts(object: &Resource, around: &Surroundings) -> Vec<Fact> {
    TOPICS.iter().flat_map(|topic| topic(object, around)).collect()
}

/// The namespaces that objects live in.
fn whole(objects: &ResMap) -> Vec<Fact> {
    let namespace = |object: &Resource| match object.kind() {
        "Namespace" => object.id().name.to_string(),
        _ => object.id().namespace.to_string(),
    };
    let namespaces: BTreeSet<String> = objects.iter().map(namespace).filter(|name| !name.is_empty()).collect();
    if namespaces.is_empty() {
        return Vec::new();
    }
    let text = namespaces.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    vec![Fact::new("namespaces", text).items(namespaces.iter().map(String::as_str))]
}

/// The variables of a container: `env NAME (web)` is the key `NAME` of `env (web)`.
fn variables(field: &str) -> Vec<(String, String)> {
    let rest = field.strip_prefix("env ").and_then(|rest| rest.split_once(" (")).filter(|(name, _)| *name != "from");
    rest.map(|(name, container)| (format!("env ({container}"), name.to_owned())).into_iter().collect()
}
