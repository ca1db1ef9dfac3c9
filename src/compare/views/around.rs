//! Context from outside an object's own document: the autoscaler that controls its replicas, and the objects behind its names.

use std::collections::{HashMap, HashSet};

use super::look::text;
use crate::confidential::Copies;
use crate::resource::{ResMap, Resource};
use crate::source::Span;
use crate::yaml::{Node, OriginId};

/// Context that an environment provides for its objects.
#[derive(Default)]
pub struct Surroundings {
    /// Autoscaler limits by namespace, kind, and name of the target.
    scaled: HashMap<(String, String, String), (String, String)>,
    /// The name before any transformer ran, by kind and current name.
    original: HashMap<(String, String), String>,
    /// The name without hash, by current name.
    unhashed: HashMap<String, String>,
    /// Values that were copied from Secrets, by location and origin.
    copied: HashSet<(Span, OriginId)>,
}

impl Surroundings {
    /// Collects the context from all objects of an environment.
    pub fn new(objects: &ResMap, copies: &Copies<'_>) -> Self {
        let mut around = Surroundings::default();
        for object in objects.iter() {
            around.note_names(object);
            around.note_scaler(object);
            if !copies.is_empty() {
                around.note_copies(object.node(), copies);
            }
        }
        around
    }

    /// The minimum and maximum number of pods, if an autoscaler controls them.
    pub fn scaler(&self, object: &Resource) -> Option<(&str, &str)> {
        let key = (object.namespace().to_string(), object.kind().to_owned(), object.id().name.to_string());
        self.scaled.get(&key).map(|(least, most)| (least.as_str(), most.as_str()))
    }

    /// The original name of a referenced object, which is the same in all environments.
    pub fn original_name<'s>(&'s self, kind: &str, name: &'s str) -> &'s str {
        self.original.get(&(kind.to_owned(), name.to_owned())).map_or(name, String::as_str)
    }

    /// The name of a generated object without hash.
    pub fn unhashed(&self, name: &str) -> Option<&str> {
        self.unhashed.get(name).map(String::as_str)
    }

    /// Whether a value was copied from a Secret.
    pub fn is_copied(&self, node: &Node) -> bool {
        self.copied.contains(&(node.span(), node.origin()))
    }

    fn note_copies(&mut self, node: &Node, copies: &Copies<'_>) {
        if copies.contain(node) {
            self.copied.insert((node.span(), node.origin()));
        }
        node.children().for_each(|child| self.note_copies(child, copies));
    }

    fn note_names(&mut self, object: &Resource) {
        let (kind, name) = (object.kind().to_owned(), object.id().name.to_string());
        if object.needs_hash
            && let Some(former) = object.former().last()
        {
            self.unhashed.insert(name.clone(), former.name.to_string());
        }
        self.original.insert((kind, name), object.original_id().name.to_string());
    }

    fn note_scaler(&mut self, object: &Resource) {
        let node = object.node();
        let (least, most, usual) = match object.kind() {
            "HorizontalPodAutoscaler" => ("minReplicas", "maxReplicas", ("1", "?")),
            "ScaledObject" => ("minReplicaCount", "maxReplicaCount", ("0", "100")),
            _ => return,
        };
        let Some(name) = text(node, &["spec", "scaleTargetRef", "name"]) else { return };
        let kind = text(node, &["spec", "scaleTargetRef", "kind"]).unwrap_or("Deployment");
        let key = (object.namespace().to_string(), kind.to_owned(), name.to_owned());
        let least = text(node, &["spec", least]).unwrap_or(usual.0);
        let most = text(node, &["spec", most]).unwrap_or(usual.1);
        self.scaled.insert(key, (least.to_owned(), most.to_owned()));
    }
}
