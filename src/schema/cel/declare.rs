//! Converts a schema to the types and maximum sizes of values in rules.
//!
//! Behavior: `SchemaDeclType` in `pkg/cel/common/schemas.go` of apiserver, and the size estimator of apiextensions-apiserver's
//! `schema/cel/compilation.go`. Rules cannot access values without a type or fields whose names can't be escaped.

use std::sync::Arc;

use ecow::EcoString;

use super::names::escape;
use crate::cel::estimate::Sizes;
use crate::cel::parse::is_reserved;
use crate::cel::types::{Fields, ObjectType, Type};
use crate::schema::structural::{Additional, Json, Structural};

/// The maximum size of a request, in bytes.
const REQUEST: u64 = 3 * 1024 * 1024;
/// The maximum length of an object name.
const NAME: u64 = 253;

/// The declaration of a schema.
#[derive(Debug)]
pub struct Declared {
    of: Type,
    /// The maximum number of characters, items, or entries; 0 for types without a size.
    max: u64,
    /// The minimum size of a value as JSON, in bytes.
    least: u64,
    shape: Shape,
}

#[derive(Debug)]
enum Shape {
    Plain,
    List(Arc<Declared>),
    Map(Arc<Declared>),
    Object(Arc<Object>),
}

/// An object with fields.
#[derive(Debug)]
struct Object {
    name: EcoString,
    /// The fields, by the name that expressions use.
    fields: Vec<(EcoString, Arc<Declared>)>,
}

impl Fields for Object {
    fn name(&self) -> &str {
        &self.name
    }

    fn field(&self, name: &str) -> Option<Type> {
        // Newer versions also accept reserved words unescaped.
        let found = self.find(name).or_else(|| self.find(&escape(name).filter(|_| is_reserved(name))?));
        found.map(|field| field.of.clone())
    }
}

impl Object {
    fn find(&self, name: &str) -> Option<&Arc<Declared>> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, field)| field)
    }
}

impl Declared {
    /// Creates the declaration of a schema; `name` is for messages. `None` if rules can't access its values.
    pub fn new(schema: &Structural, is_root: bool, name: &str) -> Option<Arc<Self>> {
        let declared = if schema.int_or_string {
            let max = max_length(schema).map_or(REQUEST - 2, |max| max.saturating_mul(4));
            Declared { of: Type::Dyn, max, least: 1, shape: Shape::Plain }
        } else {
            match schema.json {
                _ if is_root => object(schema, true, name),
                None => return None,
                Some(Json::Array) => list(schema, name)?,
                Some(Json::Object) => match &schema.additional {
                    Some(Additional::Of(of)) => map(schema, of, name)?,
                    _ => object(schema, false, name),
                },
                Some(Json::String) => string(schema),
                Some(Json::Boolean) => plain(Type::Bool, 0, 4),
                Some(Json::Number) => plain(Type::Double, 0, 1),
                Some(Json::Integer) => plain(Type::Int, 0, 1),
            }
        };
        Some(Arc::new(declared))
    }

    /// The type.
    pub fn of(&self) -> &Type {
        &self.of
    }

    /// The declaration of a field, by its name in the schema.
    pub fn field(&self, name: &str) -> Option<Arc<Self>> {
        match &self.shape {
            Shape::Object(object) => object.find(&escape(name)?).cloned(),
            _ => None,
        }
    }

    /// The declaration of the items of a list or the values of a map.
    pub fn items(&self) -> Option<Arc<Self>> {
        match &self.shape {
            Shape::List(of) | Shape::Map(of) => Some(Arc::clone(of)),
            _ => None,
        }
    }

    /// The maximum number of values in a request.
    pub fn cardinality(&self) -> u64 {
        REQUEST / (self.least + 1)
    }
}

impl Sizes for Declared {
    fn max_size(&self, path: &[EcoString]) -> Option<u64> {
        // Every variable is bound to a value of this schema.
        let mut at = self;
        let mut rest = path.get(1..).unwrap_or_default().iter();
        while let Some(name) = rest.next() {
            at = match (name.as_str(), &at.shape) {
                ("@items" | "@values", Shape::List(of) | Shape::Map(of)) => of,
                ("@keys", Shape::Map(_)) if rest.len() == 0 => return Some(0),
                (name, Shape::Object(object)) => object.find(name)?,
                _ => return None,
            };
        }
        Some(at.max)
    }
}

fn plain(of: Type, max: u64, least: u64) -> Declared {
    Declared { of, max, least, shape: Shape::Plain }
}

fn max_length(schema: &Structural) -> Option<u64> {
    schema.checks.as_ref()?.length.max
}

fn string(schema: &Structural) -> Declared {
    match schema.time_format() {
        Some("byte") => plain(Type::Bytes, max_length(schema).unwrap_or(REQUEST - 2), 2),
        Some("duration") => plain(Type::Duration, 32, 3),
        Some("date") => plain(Type::Timestamp, 12, 12),
        Some(_) => plain(Type::Timestamp, 32, 21),
        None => {
            let values = schema.checks.as_ref().map_or(&[][..], |checks| &checks.values);
            let longest = values.iter().filter_map(|value| value.as_str()).map(|value| value.len() as u64).max();
            let max = match max_length(schema) {
                Some(max) => max.saturating_mul(4),
                None if values.is_empty() => REQUEST - 2,
                None => longest.unwrap_or(0),
            };
            plain(Type::String, max, 2)
        }
    }
}

fn list(schema: &Structural, name: &str) -> Option<Declared> {
    let items = schema.items.as_ref()?;
    let of = Declared::new(items, items.embedded, &format!("{name}.@idx"))?;
    let max = schema.checks.as_ref().and_then(|checks| checks.items.max);
    let max = max.unwrap_or((REQUEST - 2) / (of.least + 1));
    Some(Declared { of: Type::List(Arc::new(of.of.clone())), max, least: 2, shape: Shape::List(of) })
}

fn map(schema: &Structural, values: &Structural, name: &str) -> Option<Declared> {
    let of = Declared::new(values, values.embedded, &format!("{name}.@elem"))?;
    let max = schema.checks.as_ref().and_then(|checks| checks.properties.max);
    let max = max.unwrap_or((REQUEST - 2) / (of.least + 6));
    let map = Type::Map(Arc::new(Type::String), Arc::new(of.of.clone()));
    Some(Declared { of: map, max, least: 2, shape: Shape::Map(of) })
}

fn object(schema: &Structural, is_root: bool, name: &str) -> Declared {
    let (mut fields, mut least) = (Vec::new(), 2);
    for (field, of) in &schema.properties {
        let Some(declared) = Declared::new(of, of.embedded, &format!("{name}.{field}")) else { continue };
        if schema.required.contains(field) && of.default.is_none() {
            least += field.len() as u64 + declared.least + 4;
        }
        let is_replaced = is_root && matches!(field.as_str(), "apiVersion" | "kind" | "metadata");
        if let Some(escaped) = escape(field).filter(|_| !is_replaced) {
            fields.push((escaped.as_ref().into(), declared));
        }
    }
    if is_root {
        fields.extend(of_every_object(schema.property("metadata"), name));
    }
    let object = Arc::new(Object { name: name.into(), fields });
    let of = Type::Object(ObjectType(Arc::clone(&object) as Arc<dyn Fields>));
    Declared { of, max: 0, least, shape: Shape::Object(object) }
}

/// The fields of every object that rules can access: `apiVersion`, `kind`, `metadata.name`, and `metadata.generateName`.
fn of_every_object(metadata: Option<&Structural>, name: &str) -> [(EcoString, Arc<Declared>); 3] {
    let text = || Arc::new(plain(Type::String, REQUEST - 2, 2));
    let short = |field: &str, max: u64| {
        let given = metadata.and_then(|metadata| max_length(metadata.property(field)?)).unwrap_or(max);
        (field.into(), Arc::new(plain(Type::String, given.min(max) * 4, 2)))
    };
    let fields = vec![short("name", NAME), short("generateName", NAME - 1)];
    let metadata = Arc::new(Object { name: format!("{name}.metadata").into(), fields });
    let of = Type::Object(ObjectType(Arc::clone(&metadata) as Arc<dyn Fields>));
    let metadata = Declared { of, max: 0, least: 2, shape: Shape::Object(metadata) };
    [("apiVersion".into(), text()), ("kind".into(), text()), ("metadata".into(), Arc::new(metadata))]
}
