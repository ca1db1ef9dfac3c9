//! The fields of the built-in kinds of Kubernetes in every version from 1.25 to 1.37, as published by the API servers.
//!
//! Validation walks through an object and its [`Type`] in parallel. A type is a small handle that is cheap to copy and
//! compare; it refers to the table, which is read in place. Types refer to definitions by name, and a definition is looked up
//! in the type's own version, so the 8,446 definitions of all versions are stored as 1,257 different ones. The data comes from
//! the OpenAPI documents in the PyPI package kubernetes-validate. It contains no enums: `imagePullPolicy` is a plain string.

use super::table::{ABSENT, Names, Table, Words, lower_bound};
use super::version::{Version, Versions};
use super::vocabulary::{Class, Format, ListType, MapType, Strategy};

static TABLE: Table = Table::new(include_bytes!("kubernetes.bin"));
const NUMBERS: usize = Table::OWN;
const KINDS: usize = Table::OWN + 1;
const DEFINITIONS: usize = Table::OWN + 2;
const TYPES: usize = Table::OWN + 3;
const ATTRIBUTES: usize = Table::OWN + 4;

const ROW: usize = 6;
const FIELD: usize = 3;
const REFERENCE: u16 = 9;
const OPEN: u16 = 1 << 8;
const REQUIRED: u16 = 1 << 15;

/// A kind of object and the versions of Kubernetes that have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// The API group, empty for the core group.
    pub group: &'static str,
    /// The API version, such as `v1beta1`.
    pub version: &'static str,
    /// The kind, such as `Deployment`.
    pub kind: &'static str,
    /// The versions of Kubernetes that have it.
    pub known_in: Versions,
}

/// All kinds of all versions that have metadata, including lists (`PodList`), sorted by group, version and kind.
pub fn kinds() -> impl Iterator<Item = Kind> {
    let rows = TABLE.words(KINDS);
    (0..rows.len() / ROW).map(move |row| {
        let string = |column| TABLE.string(rows.get(row * ROW + column));
        Kind { group: string(0), version: string(1), kind: string(2), known_in: versions_of(rows, row) }
    })
}

/// The versions of Kubernetes that have this group, version and kind; empty if it is not a built-in kind.
pub fn known_in(group: &str, version: &str, kind: &str) -> Versions {
    let rows = TABLE.words(KINDS);
    find_rows(rows, group, version, kind).fold(Versions::default(), |all, row| all.union(versions_of(rows, row)))
}

fn versions_of(rows: Words, row: usize) -> Versions {
    Versions::from_words(rows.get(row * ROW + 4), rows.get(row * ROW + 5))
}

/// The rows of this kind; several if its definition was renamed.
fn find_rows(rows: Words, group: &str, version: &str, kind: &str) -> impl Iterator<Item = usize> {
    let order = move |row: usize| {
        let column = |column: usize, wanted: &str| TABLE.compare(rows.get(row * ROW + column), wanted);
        column(0, group).then_with(|| column(1, version)).then_with(|| column(2, kind))
    };
    let count = rows.len() / ROW;
    (lower_bound(count, order)..count).take_while(move |row| order(*row).is_eq())
}

/// The kinds of one version of Kubernetes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kubernetes {
    version: Version,
}

impl Kubernetes {
    /// The kinds of this version of Kubernetes.
    pub fn new(version: Version) -> Self {
        Kubernetes { version }
    }

    /// Which version this is.
    pub fn version(self) -> Version {
        self.version
    }

    /// The type of this kind of object; `None` if this version of Kubernetes does not have it.
    pub fn kind(self, group: &str, version: &str, kind: &str) -> Option<Type> {
        let rows = TABLE.words(KINDS);
        let row = find_rows(rows, group, version, kind).find(|row| versions_of(rows, *row).contains(self.version))?;
        Some(Type::of_definition(self.version, rows.get(row * ROW + 3)))
    }

    /// All kinds of this version, sorted by group, version and kind.
    pub fn kinds(self) -> impl Iterator<Item = Kind> {
        kinds().filter(move |kind| kind.known_in.contains(self.version))
    }
}

/// The type of a value, in one version of Kubernetes. Equal types have the same definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Type {
    version: Version,
    /// Number of the definition, `ABSENT` for a type without one.
    definition: u16,
    at: u16,
}

impl Type {
    fn of_definition(version: Version, definition: u16) -> Self {
        let count = usize::from(TABLE.words(NUMBERS).get(2));
        let at = TABLE.words(DEFINITIONS).get((1 + version.index()) * count + usize::from(definition));
        // A definition that does not exist in this version would be `Any`, the record at 0; a test makes sure that there is
        // none.
        Type { version, definition, at: if at == ABSENT { 0 } else { at } }
    }

    fn at(version: Version, at: u16) -> Self {
        let found = Type { version, definition: ABSENT, at };
        if found.word(0) & 0xF == REFERENCE { Type::of_definition(version, found.word(1)) } else { found }
    }

    fn word(self, index: usize) -> u16 {
        TABLE.words(TYPES).get(usize::from(self.at) + index)
    }

    /// The class of values of this type.
    pub fn class(self) -> Class {
        Class::from_code(self.word(0))
    }

    /// The required format of the values, if the schema has one.
    pub fn format(self) -> Option<Format> {
        Format::from_code(self.word(0) >> 4)
    }

    /// The name of the type's definition, such as `PodSpec`; `None` for plain strings, lists and maps.
    pub fn name(self) -> Option<&'static str> {
        (self.definition != ABSENT).then(|| TABLE.string(TABLE.words(DEFINITIONS).get(usize::from(self.definition))))
    }

    /// Whether fields that are not in the type are allowed nevertheless.
    pub fn is_open(self) -> bool {
        match self.class() {
            Class::Any => true,
            Class::Object => self.word(0) & OPEN != 0,
            _ => false,
        }
    }

    /// The field `name` of an object.
    pub fn field(self, name: &str) -> Option<Field> {
        let (types, start) = (TABLE.words(TYPES), self.first_field());
        let order = |field: usize| TABLE.compare(types.get(start + field * FIELD), name);
        let field = lower_bound(self.field_count(), order);
        (field < self.field_count() && order(field).is_eq()).then(|| self.nth_field(field))
    }

    /// The fields of an object, sorted by name; empty for other types.
    pub fn fields(self) -> impl Iterator<Item = Field> {
        (0..self.field_count()).map(move |field| self.nth_field(field))
    }

    /// The names of the required fields of an object.
    pub fn required(self) -> impl Iterator<Item = &'static str> {
        self.fields().filter(|field| field.is_required()).map(Field::name)
    }

    /// The type of the items of an array.
    pub fn items(self) -> Option<Type> {
        (self.class() == Class::Array).then(|| Type::at(self.version, self.word(1)))
    }

    /// The type of the values of a mapping with arbitrary keys, such as labels.
    pub fn additional(self) -> Option<Type> {
        let free = self.class() == Class::Object && self.word(1) != 0;
        free.then(|| Type::at(self.version, self.word(1)))
    }

    /// `x-kubernetes-map-type` of the definition.
    pub fn map_type(self) -> Option<MapType> {
        MapType::from_code(self.word(0) >> 9)
    }

    fn field_count(self) -> usize {
        if self.class() == Class::Object { usize::from(self.word(2)) } else { 0 }
    }

    fn first_field(self) -> usize {
        usize::from(self.at) + 3
    }

    fn nth_field(self, index: usize) -> Field {
        let (types, at) = (TABLE.words(TYPES), self.first_field() + index * FIELD);
        Field { version: self.version, name: types.get(at), value: types.get(at + 1), attributes: types.get(at + 2) }
    }
}

/// A field of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    version: Version,
    name: u16,
    value: u16,
    attributes: u16,
}

impl Field {
    /// The field's name.
    pub fn name(self) -> &'static str {
        TABLE.string(self.name)
    }

    /// The type of its value.
    pub fn value(self) -> Type {
        Type::at(self.version, self.value)
    }

    /// Whether it is a required field.
    pub fn is_required(self) -> bool {
        self.attributes & REQUIRED != 0
    }

    /// `x-kubernetes-patch-merge-key`: the field by which a strategic merge patch identifies the items of this list.
    pub fn merge_key(self) -> Option<&'static str> {
        let key = self.attribute(0);
        (key != ABSENT).then(|| TABLE.string(key))
    }

    /// `x-kubernetes-patch-strategy`.
    pub fn strategy(self) -> Strategy {
        Strategy::from_code(self.attribute(1))
    }

    /// `x-kubernetes-list-type`.
    pub fn list_type(self) -> Option<ListType> {
        ListType::from_code(self.attribute(1) >> 4)
    }

    /// `x-kubernetes-list-map-keys`: the fields that together identify an item of this list.
    pub fn list_map_keys(self) -> Names {
        TABLE.names(self.attribute(2))
    }

    /// `x-kubernetes-map-type` of the field, or otherwise of its type.
    pub fn map_type(self) -> Option<MapType> {
        MapType::from_code(self.attribute(1) >> 8).or_else(|| self.value().map_type())
    }

    fn attribute(self, index: usize) -> u16 {
        TABLE.words(ATTRIBUTES).get(usize::from(self.attributes & !REQUIRED) + index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn newest() -> Kubernetes {
        Kubernetes::new(Version::NEWEST)
    }

    fn path(root: Option<Type>, path: &str) -> Option<Field> {
        let (parents, last) = path.rsplit_once('/').unwrap_or(("", path));
        let parents = parents.split('/').filter(|step| !step.is_empty());
        let parent = parents.fold(root, |at, step| if step == "[]" { at?.items() } else { Some(at?.field(step)?.value()) });
        parent?.field(last)
    }

    #[test]
    fn every_version_has_deployments_whose_containers_merge_by_name() {
        for version in Version::all() {
            let deployment = Kubernetes::new(version).kind("apps", "v1", "Deployment");
            let containers = path(deployment, "spec/template/spec/containers");
            assert_eq!(containers.and_then(Field::merge_key), Some("name"), "{version}");
            assert!(containers.is_some_and(|c| c.is_required() && c.strategy().merges()));
        }
    }

    #[test]
    fn fields_have_classes_and_formats() {
        let of = |group, version, kind, at| {
            path(newest().kind(group, version, kind), at).map(|f| (f.value().class(), f.value().format()))
        };
        assert_eq!(of("apps", "v1", "Deployment", "spec/replicas"), Some((Class::Integer, Some(Format::Int32))));
        assert_eq!(of("", "v1", "Pod", "spec/containers/[]/resources/limits"), Some((Class::Object, None)));
        assert_eq!(of("", "v1", "Service", "spec/ports/[]/targetPort"), Some((Class::IntOrString, None)));
        assert_eq!(of("", "v1", "Pod", "metadata/creationTimestamp"), Some((Class::String, Some(Format::DateTime))));
        assert_eq!(of("", "v1", "Pod", "spec/hostNetwork"), Some((Class::Boolean, None)));
        assert_eq!(of("", "v1", "Pod", "spec/containers/[]/imagePullPolice"), None);
    }

    #[test]
    fn maps_have_values_and_lists_have_items() {
        let secret = newest().kind("", "v1", "Secret");
        let data = path(secret, "data").and_then(|f| f.value().additional());
        assert_eq!(data.and_then(Type::format), Some(Format::Byte));
        let limits = path(newest().kind("", "v1", "Pod"), "spec/containers/[]/resources/limits").map(Field::value);
        assert_eq!(limits.and_then(Type::additional).map(Type::class), Some(Class::Quantity));
        assert_eq!(secret.and_then(Type::items), None);
    }

    #[test]
    fn required_fields_and_list_types() {
        let spec = path(newest().kind("apps", "v1", "StatefulSet"), "spec").map(Field::value);
        assert_eq!(spec.map(|s| s.required().collect::<Vec<_>>()), Some(vec!["selector", "template"]));
        let ports = path(newest().kind("", "v1", "Service"), "spec/ports");
        assert_eq!(ports.map(|p| p.list_map_keys().collect::<Vec<_>>()), Some(vec!["port", "protocol"]));
        assert_eq!(ports.and_then(Field::list_type), Some(ListType::Map));
        assert_eq!(path(newest().kind("", "v1", "Service"), "spec/selector").and_then(Field::map_type), Some(MapType::Atomic));
    }

    #[test]
    fn open_objects_allow_any_field_and_empty_ones_allow_none() {
        let revision = newest().kind("apps", "v1", "ControllerRevision");
        assert!(path(revision, "data").is_some_and(|data| data.value().is_open()));
        let crd = newest().kind("apiextensions.k8s.io", "v1", "CustomResourceDefinition");
        let status = path(crd, "spec/versions/[]/subresources/status").map(Field::value);
        assert!(status.is_some_and(|s| s.class() == Class::Object && !s.is_open() && s.fields().count() == 0));
    }

    #[test]
    fn kinds_are_added_and_removed() {
        assert!(known_in("policy", "v1beta1", "PodDisruptionBudget").is_empty());
        assert_eq!(known_in("autoscaling", "v2beta2", "HorizontalPodAutoscaler").to_string(), "1.25");
        assert_eq!(known_in("apps", "v1", "Deployment").iter().count(), Version::all().count());
        let flows = known_in("flowcontrol.apiserver.k8s.io", "v1beta3", "FlowSchema");
        assert_eq!(flows.removed_in().map(|v| v.to_string()), Some("1.32".into()));
        assert_eq!(newest().kind("apps", "v1", "Deploymint"), None);
        assert_eq!(newest().kind("", "", ""), None);
    }

    #[test]
    fn the_table_is_sorted_and_covers_these_versions() {
        assert_eq!(TABLE.magic(), b"rKS1");
        assert!(TABLE.strings_are_sorted());
        let versions = format!("1.{} and {} more", TABLE.words(NUMBERS).get(0), TABLE.words(NUMBERS).get(1) - 1);
        assert_eq!(versions, format!("{} and {} more", Version::OLDEST, Version::NEWEST.index()));
        let order: Vec<_> = kinds().map(|k| (k.group, k.version, k.kind)).collect();
        assert!(order.is_sorted() && order.len() > 250);
        assert!(kinds().all(|kind| !kind.known_in.is_empty() && !kind.kind.is_empty() && !kind.version.is_empty()));
    }

    /// Checks everything that can be reached from a type.
    fn walk(found: Type, seen: &mut HashSet<Type>) {
        if !seen.insert(found) {
            return;
        }
        let types = TABLE.words(TYPES);
        assert!(usize::from(found.at) < types.len() && found.word(0) & 0xF < REFERENCE);
        assert!(found.at != 0 || found.name().is_some(), "a reference has no definition");
        assert!(found.first_field() + found.field_count() * FIELD <= types.len() || found.field_count() == 0);
        assert!(found.fields().map(Field::name).is_sorted_by(|a, b| a < b), "{:?}", found.name());
        for field in found.fields() {
            assert!(!field.name().is_empty() && found.field(field.name()) == Some(field));
            assert!(usize::from(field.attributes & !REQUIRED) + 3 <= TABLE.words(ATTRIBUTES).len());
            assert!(field.list_map_keys().chain(field.merge_key()).all(|key| !key.is_empty()));
            walk(field.value(), seen);
        }
        found.items().into_iter().chain(found.additional()).for_each(|inner| walk(inner, seen));
    }

    #[test]
    fn no_type_of_any_version_has_a_dangling_reference() {
        let definitions = usize::from(TABLE.words(NUMBERS).get(2));
        for version in Version::all() {
            let (kubernetes, mut seen) = (Kubernetes::new(version), HashSet::new());
            for kind in kubernetes.kinds() {
                let found = kubernetes.kind(kind.group, kind.version, kind.kind);
                assert_eq!(found.map(Type::class), Some(Class::Object), "{kind:?}");
                found.into_iter().for_each(|found| walk(found, &mut seen));
            }
            let named = seen.iter().filter(|found| found.definition != ABSENT).map(|found| found.definition);
            assert!(named.clone().all(|definition| usize::from(definition) < definitions));
            // A reference to a definition that this version lacks reads as `Any`: only the four types that really are `Any`
            // may do so.
            let mut any: Vec<_> = seen.iter().filter(|t| t.class() == Class::Any).map(|t| t.name().unwrap_or("(none)")).collect();
            any.sort_unstable();
            assert_eq!(
                any,
                ["JSON", "JSONSchemaPropsOrArray", "JSONSchemaPropsOrBool", "JSONSchemaPropsOrStringArray"],
                "{version}"
            );
        }
    }
}
