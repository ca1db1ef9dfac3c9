//! What an object's own document does not tell: the autoscaler that counts its pods, and what the names in it mean.

use std::collections::HashMap;

use super::look::text;
use crate::resource::{ResMap, Resource};

/// What an environment tells about the objects in it.
#[derive(Default)]
pub struct Surroundings {
    /// The limits of the autoscaler of a namespace, kind and name.
    scaled: HashMap<(String, String, String), (String, String)>,
    /// The name before any transformer ran, by kind and name of today.
    original: HashMap<(String, String), String>,
    /// The name without hash, by the name of today.
    unhashed: HashMap<String, String>,
}

impl Surroundings {
    /// Looks at all objects of an environment.
    pub fn new(objects: &ResMap) -> Self {
        let mut around = Surroundings::default();
        for object in objects.iter() {
            around.note_names(object);
            around.note_scaler(object);
        }
        around
    }

    /// The least and the greatest number of pods, where an autoscaler counts them.
    pub fn scaler(&self, object: &Resource) -> Option<(&str, &str)> {
        let key = (object.namespace().to_string(), object.kind().to_owned(), object.id().name.to_string());
        self.scaled.get(&key).map(|(least, most)| (least.as_str(), most.as_str()))
    }

    /// What the object of a reference is called in every environment.
    pub fn original_name<'s>(&'s self, kind: &str, name: &'s str) -> &'s str {
        self.original.get(&(kind.to_owned(), name.to_owned())).map_or(name, String::as_str)
    }

    /// The name without hash, of a generated object.
    pub fn unhashed(&self, name: &str) -> Option<&str> {
        self.unhashed.get(name).map(String::as_str)
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
