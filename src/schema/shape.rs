//! What the schema of a kind says about its fields, for built-in kinds and custom resources alike: only names and nesting.
//!
//! Used for suggestions about field paths. A place that the schema leaves open accepts any path.

use std::sync::Arc;

use super::definitions::Definitions;
use super::gvk::Gvk;
use super::kubernetes::{Kubernetes, Type};
use super::structural::{Additional, Child, Json, Structural};
use super::version::Version;
use super::vocabulary::Class;

/// The schema of a value.
#[derive(Clone, Debug)]
pub enum Shape {
    /// A value of a built-in kind.
    Typed(Type),
    /// A custom resource as a whole, which has metadata too.
    Resource(Arc<Structural>),
    /// A value of a custom resource.
    Custom(Arc<Structural>),
}

/// What can be below a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Below {
    /// Nothing: a scalar.
    Nothing,
    /// Items of a list.
    Items,
    /// Fields of a mapping.
    Fields,
    /// Anything.
    Anything,
}

impl Shape {
    /// The schema of a kind: of the newest version of Kubernetes that has it, or of its definition. `None` if it is not known.
    pub fn of(gvk: &Gvk, definitions: &Definitions) -> Option<Self> {
        let built_in = |version| Kubernetes::new(version).kind(&gvk.group, &gvk.version, &gvk.kind);
        if let Some(found) = Version::all().collect::<Vec<_>>().into_iter().rev().find_map(built_in) {
            return Some(Shape::Typed(found));
        }
        let definition = definitions.find(&gvk.group, &gvk.kind)?;
        let defined = definition.version(&gvk.version).filter(|defined| defined.prunes)?;
        Some(Shape::Resource(Arc::clone(defined.schema())))
    }

    /// What can be below the value.
    pub fn below(&self) -> Below {
        match self {
            Shape::Typed(of) if of.is_open() => Below::Anything,
            Shape::Typed(of) => match of.class() {
                Class::Any => Below::Anything,
                Class::Object => Below::Fields,
                Class::Array => Below::Items,
                _ => Below::Nothing,
            },
            Shape::Resource(_) => Below::Fields,
            Shape::Custom(of) if of.preserves || of.embedded || of.int_or_string => Below::Anything,
            Shape::Custom(of) => match of.json {
                Some(Json::Object) => Below::Fields,
                Some(Json::Array) => Below::Items,
                Some(_) => Below::Nothing,
                None => Below::Anything,
            },
        }
    }

    /// The schema of the value of a key: a field, or an arbitrary key of a mapping such as labels.
    pub fn value(&self, name: &str) -> Option<Shape> {
        match self {
            Shape::Typed(of) => of.field(name).map(|field| field.value()).or_else(|| of.additional()).map(Shape::Typed),
            Shape::Resource(_) if name == "metadata" => metadata(),
            Shape::Resource(_) if matches!(name, "apiVersion" | "kind") => text(),
            Shape::Resource(of) | Shape::Custom(of) => match (of.shared_property(name), &of.additional) {
                (Some(found), _) | (None, Some(Additional::Of(found))) => Some(Shape::Custom(Arc::clone(found))),
                (None, _) => None,
            },
        }
    }

    /// Whether any key is allowed.
    pub fn has_free_keys(&self) -> bool {
        match self {
            Shape::Typed(of) => of.additional().is_some(),
            Shape::Resource(of) => of.preserves,
            Shape::Custom(of) => matches!(of.additional, Some(Additional::Of(_) | Additional::Any)),
        }
    }

    /// The schema of the items of a list.
    pub fn items(&self) -> Option<Shape> {
        match self {
            Shape::Typed(of) => of.items().map(Shape::Typed),
            Shape::Resource(_) => None,
            Shape::Custom(of) => of.items.as_ref().map(|items| Shape::Custom(Arc::clone(items))),
        }
    }

    /// The fields of a mapping: the names, the schemas, and whether each is required.
    pub fn fields(&self) -> Vec<(String, Shape, bool)> {
        let custom = |of: &Structural| -> Vec<(String, Shape, bool)> {
            let field = |(name, schema): &(ecow::EcoString, Child)| {
                (name.to_string(), Shape::Custom(Arc::clone(schema)), of.required.contains(name))
            };
            of.properties.iter().map(field).collect()
        };
        match self {
            Shape::Typed(of) => {
                let field = |field: super::Field| (field.name().to_owned(), Shape::Typed(field.value()), field.is_required());
                of.fields().map(field).collect()
            }
            Shape::Custom(of) => custom(of),
            Shape::Resource(of) => {
                let own = custom(of).into_iter().filter(|(name, ..)| name != "metadata");
                own.chain(metadata().map(|shape| ("metadata".to_owned(), shape, true))).collect()
            }
        }
    }
}

fn metadata() -> Option<Shape> {
    let of_all = Kubernetes::new(Version::NEWEST).kind("", "v1", "ConfigMap")?;
    of_all.field("metadata").map(|field| Shape::Typed(field.value()))
}

fn text() -> Option<Shape> {
    let of_all = Kubernetes::new(Version::NEWEST).kind("", "v1", "ConfigMap")?;
    of_all.field("kind").map(|field| Shape::Typed(field.value()))
}
