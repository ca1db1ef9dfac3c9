//! The fields by which list items are matched: those in the schemas of Kubernetes, in the schema of kustomize (for kinds that no
//! longer exist), and in CustomResourceDefinitions; otherwise a field that serves as a name.

use std::sync::Arc;

use crate::resource::Gvk;
use crate::schema::openapi::Definition;
use crate::schema::{CustomLists, Definitions, Kubernetes, MergeType, Schema, Type, Version, known_in};
use crate::yaml::Node;

/// Fields that identify the items of lists without a schema.
const NAMES: [&str; 3] = ["name", "id", "key"];

/// The known schemas of kinds.
pub struct Kinds {
    schema: Schema,
    custom: CustomLists,
}

/// The known schema of a value.
#[derive(Clone, Copy, Default)]
pub struct Known<'s> {
    built_in: Option<Type>,
    merged: Option<MergeType<'s>>,
}

impl Kinds {
    /// Collects the definitions among these objects.
    pub fn new<'n>(objects: impl Iterator<Item = &'n Node>) -> Self {
        let mut definitions = Definitions::default();
        for object in objects.filter(|object| object.get("kind").and_then(Node::as_str) == Some("CustomResourceDefinition")) {
            definitions.add(object);
        }
        Kinds { schema: Schema::default(), custom: CustomLists::new(definitions) }
    }

    /// The definition of a kind that is not built into Kubernetes.
    pub fn custom(&mut self, gvk: &Gvk) -> Option<Arc<Definition>> {
        let is_known = newest(gvk).is_some() || self.schema.merge_type(&gvk.api_version(), &gvk.kind).is_some();
        if is_known { None } else { self.custom.of(gvk, std::iter::empty(), 0) }
    }

    /// The schema of the objects of a kind.
    pub fn of<'s>(&'s self, gvk: &Gvk, custom: Option<&'s Definition>) -> Known<'s> {
        let merged = || self.schema.merge_type(&gvk.api_version(), &gvk.kind);
        match newest(gvk) {
            Some(version) => Known { built_in: Kubernetes::new(version).kind(&gvk.group, &gvk.version, &gvk.kind), merged: None },
            None => Known { built_in: None, merged: custom.map(|custom| self.schema.alone(custom)).or_else(merged) },
        }
    }
}

fn newest(gvk: &Gvk) -> Option<Version> {
    known_in(&gvk.group, &gvk.version, &gvk.kind).last()
}

impl<'s> Known<'s> {
    /// The schema of a field and, if it is a list, the sets of fields that may identify its items.
    pub fn field(self, name: &str) -> (Known<'s>, Vec<Vec<&'s str>>) {
        let mut keys = Vec::new();
        let field = self.built_in.and_then(|known| known.field(name));
        let built_in = field.map(|field| {
            let all: Vec<&str> = field.list_map_keys().collect();
            keys.extend([all, field.merge_key().into_iter().collect()].into_iter().filter(|keys| !keys.is_empty()));
            field.value()
        });
        let merged = self.merged.and_then(|known| known.field(name));
        keys.extend(merged.map(MergeType::merge_keys).filter(|keys| !keys.is_empty()));
        let built_in = built_in.or_else(|| self.built_in.and_then(Type::additional));
        keys.extend(NAMES.map(|name| vec![name]));
        (Known { built_in, merged }, keys)
    }

    /// The schema of the items of a list.
    pub fn items(self) -> Known<'s> {
        Known { built_in: self.built_in.and_then(Type::items), merged: self.merged.and_then(MergeType::items) }
    }
}
