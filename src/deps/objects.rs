//! The objects of builds as a graph: what refers to, selects, or creates what, according to the table of references.

use std::collections::{BTreeMap, BTreeSet};

use crate::references::{Place, Reference, is_custom, references};
use crate::validate::lints::{Object, Set, Whole};
use crate::yaml::Node;

/// Objects, and what they have to do with each other.
#[derive(Debug, Default)]
pub struct ObjectGraph {
    /// All objects, by id: `Kind/name` or `Kind/namespace/name`.
    pub nodes: BTreeMap<String, ObjectNode>,
    /// The relations between them.
    pub edges: BTreeSet<ObjectEdge>,
    /// Ids that several objects would have.
    ambiguous: BTreeSet<String>,
}

/// An object of the graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectNode {
    /// Its API version; empty if it is not known.
    pub api_version: String,
    /// Its kind.
    pub kind: String,
    /// Its namespace; empty if it is not set.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Where it comes from.
    pub source: ObjectSource,
}

/// Where an object comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ObjectSource {
    /// It is part of a build.
    Build,
    /// A controller creates it for an object of a build.
    Controller,
    /// It is not part of a build.
    Elsewhere,
}

/// A relation of one object to another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectEdge {
    /// The id of the object.
    pub from: String,
    /// What it does: `uses`, `creates`, `selects`, and so on.
    pub relation: &'static str,
    /// The id of the other object.
    pub to: String,
    /// The field that contains the reference.
    pub field: String,
}

impl ObjectGraph {
    /// Adds the objects of a build.
    pub fn add(&mut self, nodes: &[Node]) {
        let whole = Whole::Build { production: false };
        let set = Set::new(nodes, &whole, &[]);
        let mut names = BTreeSet::new();
        for object in &set.objects {
            if !names.insert((object.kind, object.namespace, object.name)) {
                self.ambiguous.insert(id(object.kind, &object.id.namespace, object.name));
            }
        }
        for object in &set.objects {
            let node = ObjectNode {
                api_version: object.id.gvk.api_version().to_string(),
                kind: object.kind.to_owned(),
                namespace: object.id.namespace.to_string(),
                name: object.name.to_owned(),
                source: ObjectSource::Build,
            };
            self.nodes.insert(self.id(object), node);
        }
        for object in &set.objects {
            for reference in references(object.node, object.group, object.kind) {
                self.add_reference(&set, object, &reference);
            }
        }
    }

    /// The id of an object. If several groups have the kind, it contains the group, as in `Service.serving.knative.dev/web`.
    fn id(&self, object: &Object<'_>) -> String {
        let plain = id(object.kind, &object.id.namespace, object.name);
        if !is_custom(object.group) || !self.ambiguous.contains(&plain) {
            return plain;
        }
        id(&format!("{}.{}", object.kind, object.group), &object.id.namespace, object.name)
    }

    fn add_reference(&mut self, set: &Set<'_>, object: &Object<'_>, reference: &Reference<'_>) {
        if reference.row.relation == "selects" {
            return self.add_selector(set, object, reference);
        }
        let namespace = match reference.place {
            Place::Same => object.namespace,
            Place::Named(namespace) => namespace,
            Place::Global | Place::Unknown => "",
        };
        let found = reference.kinds.iter().find_map(|kind| match namespace {
            "" => {
                let mut all = set.of_any_kind(kind.kind).filter(|other| other.name == reference.name);
                all.find(|other| kind.matches(other.group, other.kind))
            }
            _ => set.find_kind(*kind, namespace, reference.name),
        });
        // Subjects of bindings that are not objects.
        let Some(kind) = reference.kinds.first().filter(|kind| !["User", "Group"].contains(&kind.kind)) else { return };
        let to = match found {
            Some(other) => self.id(other),
            None => {
                // Objects without a namespace are in the same one as those that refer to them.
                let namespace = match reference.place {
                    Place::Same => object.id.namespace.as_str(),
                    _ => namespace,
                };
                let source = if reference.is_created() { ObjectSource::Controller } else { ObjectSource::Elsewhere };
                self.add_other(kind.group.unwrap_or_default(), kind.kind, namespace, reference.name, source)
            }
        };
        let relation = if reference.is_issued && found.is_none() { "uses" } else { reference.row.relation };
        self.add_edge(object, relation, to, &reference.path);
    }

    /// Adds an object that is not part of the build; returns its id.
    fn add_other(&mut self, group: &str, kind: &str, namespace: &str, name: &str, source: ObjectSource) -> String {
        let id = id(kind, namespace, name);
        let node = ObjectNode {
            api_version: group.to_owned(),
            kind: kind.to_owned(),
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            source,
        };
        let known = self.nodes.entry(id.clone()).or_insert(node);
        known.source = known.source.min(source);
        id
    }

    fn add_selector(&mut self, set: &Set<'_>, object: &Object<'_>, reference: &Reference<'_>) {
        let selector = reference.node;
        let selects_services = reference.kinds.iter().any(|kind| kind.kind == "Service");
        let has_fields = |names: &[&str]| names.iter().any(|name| selector.get(name).is_some());
        let is_label_selector = has_fields(&["matchLabels", "matchExpressions"]);
        if selector.is_empty() {
            return;
        }
        // Istio has a level of its own.
        let labels = selector.get("labels").filter(|labels| labels.as_mapping().is_some()).unwrap_or(selector);
        let found: Vec<&Object<'_>> = if selects_services {
            set.services(object.namespace, selector).unwrap_or_default()
        } else {
            let pods =
                if is_label_selector { set.selected(object.namespace, selector) } else { set.served(object.namespace, labels) };
            pods.unwrap_or_default().into_iter().filter_map(|pod| set.owner(pod)).collect()
        };
        for other in found.into_iter().filter(|other| other.at != object.at) {
            self.add_edge(object, "selects", self.id(other), &reference.path);
        }
    }

    fn add_edge(&mut self, object: &Object<'_>, relation: &'static str, to: String, field: &str) {
        self.edges.insert(ObjectEdge { from: self.id(object), relation, to, field: field.to_owned() });
    }
}

fn id(kind: &str, namespace: &str, name: &str) -> String {
    if namespace.is_empty() { format!("{kind}/{name}") } else { format!("{kind}/{namespace}/{name}") }
}
