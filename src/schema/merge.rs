//! The schema that patches use for merging and ids for scopes: kustomize's own table, the user's OpenAPI document, or both.
//!
//! A kustomization may name a document of its own (`openapi: {path: ...}`). In kustomize that document applies to the whole
//! process: the first kustomization that is entered decides, and the lookups before it decide which of the two documents takes
//! precedence if both describe a type. [`SchemaChoice`] follows that, step by step, without global state.

use std::sync::Arc;

use super::gvk::Gvk;
use super::kustomize::{self, Scope};
use super::openapi::{Definition, Document};

/// The current schema of a run. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Schema(Option<Arc<Own>>);

/// A user's document.
#[derive(Debug)]
struct Own {
    document: Document,
    table: TableUse,
}

/// The precedence of kustomize's table compared to the user's document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TableUse {
    /// Not used: it was never read.
    Unused,
    /// It describes what the document does not: it was read earlier.
    Below,
    /// It takes precedence over the document: it is read after it.
    Above,
}

/// The maximum number of references that are followed in a chain.
const MAX_REFERENCES: usize = 32;

impl Schema {
    /// How objects of a kind merge; `None` if nothing is known about them, or if nothing in them merges in a special way.
    pub fn merge_type(&self, api_version: &str, kind: &str) -> Option<MergeType<'_>> {
        let table = || kustomize::merge_schema(api_version, kind).map(|found| self.in_table(found));
        let Some(own) = &self.0 else { return table() };
        let in_document =
            || own.document.kind(api_version, kind).map(|found| MergeType { place: Place::Own(found), schema: self });
        match own.table {
            TableUse::Unused => in_document(),
            TableUse::Below => in_document().or_else(table),
            TableUse::Above => table().or_else(in_document),
        }
    }

    /// Whether a kind is cluster-scoped. An unknown kind is namespaced.
    pub fn is_cluster_scoped(&self, group: &str, version: &str, kind: &str) -> bool {
        let in_document = || {
            let document = &self.0.as_ref()?.document;
            if group.is_empty() { document.scope(version, kind) } else { document.scope(&format!("{group}/{version}"), kind) }
        };
        kustomize::scope(group, version, kind).or_else(in_document) == Some(Scope::Cluster)
    }

    /// Whether it contains a document of the user.
    pub fn is_own(&self) -> bool {
        self.0.is_some()
    }

    /// Whether both are the same schema.
    pub fn same(&self, other: &Schema) -> bool {
        match (&self.0, &other.0) {
            (None, None) => true,
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }

    fn in_table(&self, found: kustomize::MergeType) -> MergeType<'_> {
        let own = self.0.as_ref().filter(|own| own.table == TableUse::Below && !found.is_list());
        let replaced = own.and_then(|own| own.document.definition(found.definition_name()?));
        let place = replaced.map_or(Place::Table(found), Place::Own);
        MergeType { place, schema: self }
    }

    /// The merge type of a standalone definition. A reference that cannot be resolved is ignored.
    pub fn alone<'s>(&'s self, definition: &'s Definition) -> MergeType<'s> {
        self.in_document(definition).unwrap_or(MergeType { place: Place::Own(definition), schema: self })
    }

    fn in_document<'s>(&'s self, found: &'s Definition) -> Option<MergeType<'s>> {
        let mut found = found;
        for _ in 0..MAX_REFERENCES {
            let Some(reference) = found.reference() else { return Some(MergeType { place: Place::Own(found), schema: self }) };
            let mut steps = reference.strip_prefix("#/definitions/")?.split('/');
            let name = unescape(steps.next()?);
            match self.definition(&name)? {
                Place::Table(found) => return follow(MergeType { place: Place::Table(found), schema: self }, steps),
                Place::Own(definition) => found = definition.at(steps.map(unescape))?,
            }
        }
        None
    }

    /// A definition by its name.
    fn definition<'s>(&'s self, name: &str) -> Option<Place<'s>> {
        let table = || kustomize::definition(name).map(Place::Table);
        let Some(own) = &self.0 else { return table() };
        let in_document = || own.document.definition(name).map(Place::Own);
        match own.table {
            TableUse::Unused => in_document(),
            TableUse::Below => in_document().or_else(table),
            TableUse::Above => table().or_else(in_document),
        }
    }
}

/// The target of the rest of a JSON pointer.
fn follow<'s, 'p>(start: MergeType<'s>, mut steps: impl Iterator<Item = &'p str>) -> Option<MergeType<'s>> {
    let mut at = start;
    while let Some(step) = steps.next() {
        at = match step {
            "properties" => at.field(&unescape(steps.next()?))?,
            "items" => at.items()?,
            _ => return None,
        };
    }
    Some(at)
}

/// Unescapes a name in a JSON pointer.
fn unescape(name: &str) -> String {
    name.replace("~1", "/").replace("~0", "~")
}

/// How to merge one value: an object of a kind, or a field in it. Cheap to copy.
#[derive(Clone, Copy, Debug)]
pub struct MergeType<'s> {
    place: Place<'s>,
    schema: &'s Schema,
}

#[derive(Clone, Copy, Debug)]
enum Place<'s> {
    Table(kustomize::MergeType),
    Own(&'s Definition),
}

impl<'s> MergeType<'s> {
    /// The merge type of the field `name` of an object.
    pub fn field(self, name: &str) -> Option<MergeType<'s>> {
        match self.place {
            Place::Table(found) => found.field(name).map(|field| self.schema.in_table(field)),
            Place::Own(found) => found.field(name).and_then(|field| self.schema.in_document(field)),
        }
    }

    /// The merge type of the items of a list.
    pub fn items(self) -> Option<MergeType<'s>> {
        match self.place {
            Place::Table(found) => found.items().map(|items| self.schema.in_table(items)),
            Place::Own(found) => found.items().and_then(|items| self.schema.in_document(items)),
        }
    }

    /// Whether a list is merged with the patch's list; otherwise the patch's list replaces it.
    pub fn merges(self) -> bool {
        match self.place {
            Place::Table(found) => found.strategy().merges(),
            Place::Own(found) => found.merges(),
        }
    }

    /// The fields that identify an item of a list, in the order in which they are tried. Empty for a list of scalars, which is
    /// merged as a set.
    pub fn merge_keys(self) -> Vec<&'s str> {
        match self.place {
            Place::Table(found) => found.merge_keys().collect(),
            Place::Own(found) => found.merge_keys(),
        }
    }
}

/// The schema of a run, and the state that decides about documents named later.
#[derive(Debug, Default)]
pub struct SchemaChoice {
    schema: Schema,
    is_chosen: bool,
    was_merged: bool,
    saw_unknown_kind: bool,
}

impl SchemaChoice {
    /// The current schema.
    pub fn current(&self) -> &Schema {
        &self.schema
    }

    /// The schema for an immediate merge.
    pub fn for_merging(&mut self) -> Schema {
        self.was_merged = true;
        self.schema.clone()
    }

    /// Records that an object of a kind was read.
    pub fn note_kind(&mut self, gvk: &Gvk) {
        if !self.is_chosen && !self.saw_unknown_kind {
            self.saw_unknown_kind = kustomize::scope(&gvk.group, &gvk.version, &gvk.kind).is_none();
        }
    }

    /// Whether a kustomization has made the choice: kustomizations that are entered later have no effect.
    pub fn is_chosen(&self) -> bool {
        self.is_chosen
    }

    /// Keeps kustomize's own table.
    pub fn choose_built_in(&mut self) {
        self.is_chosen = true;
    }

    /// Uses the user's document from now on.
    pub fn choose(&mut self, document: Document) {
        let table = match (self.was_merged, self.saw_unknown_kind) {
            (true, _) => TableUse::Below,
            (false, true) => TableUse::Above,
            (false, false) => TableUse::Unused,
        };
        self.is_chosen = true;
        self.schema = Schema(Some(Arc::new(Own { document, table })));
    }
}

#[cfg(test)]
mod tests {
    use super::super::openapi::Swagger;
    use super::*;

    const DOCUMENT: &str = r##"{"definitions": {
        "x.Foo": {"x-kubernetes-group-version-kind": [{"group": "x", "version": "v1", "kind": "Foo"}],
            "properties": {"pod": {"$ref": "#/definitions/io.k8s.api.core.v1.PodSpec"}, "loop": {"$ref": "#/definitions/x.Loop"}}},
        "x.Loop": {"$ref": "#/definitions/x.Loop"},
        "io.k8s.api.core.v1.Container": {"properties": {"ports": {"type": "array", "x-kubernetes-patch-strategy": "merge",
            "x-kubernetes-patch-merge-key": "name"}}}},
        "paths": {"/apis/x/v1/foos": {"get": {"x-kubernetes-group-version-kind": {"group": "x", "version": "v1", "kind": "Foo"}}}}}"##;

    fn chosen(prepare: impl FnOnce(&mut SchemaChoice)) -> Schema {
        let mut choice = SchemaChoice::default();
        prepare(&mut choice);
        choice.choose(serde_json::from_str::<Swagger>(DOCUMENT).unwrap().into());
        choice.current().clone()
    }

    fn keys(schema: &Schema, api_version: &str, kind: &str, path: &str) -> Option<Vec<String>> {
        let step = |at: MergeType<'static>, step: &str| if step == "[]" { at.items() } else { at.field(step) };
        let schema: &'static Schema = Box::leak(Box::new(schema.clone()));
        let found = path.split('/').try_fold(schema.merge_type(api_version, kind)?, step)?;
        Some(found.merge_keys().into_iter().map(str::to_owned).collect())
    }

    #[test]
    fn a_document_that_comes_first_is_used_alone() {
        let schema = chosen(|_| {});
        assert_eq!(keys(&schema, "v1", "Pod", "spec/containers"), None);
        assert_eq!(keys(&schema, "x/v1", "Foo", "pod/containers"), None);
        assert!(schema.is_cluster_scoped("x", "v1", "Foo") && schema.is_cluster_scoped("", "v1", "Namespace"));
    }

    #[test]
    fn after_a_patch_it_takes_precedence_over_the_table() {
        let schema = chosen(|choice| _ = choice.for_merging());
        assert_eq!(keys(&schema, "v1", "Pod", "spec/containers").unwrap(), ["name"]);
        assert_eq!(keys(&schema, "v1", "Pod", "spec/containers/[]/ports").unwrap(), ["name"]);
        assert_eq!(keys(&schema, "x/v1", "Foo", "pod/containers/[]/ports").unwrap(), ["name"]);
    }

    #[test]
    fn after_an_unknown_kind_the_table_takes_precedence() {
        let schema = chosen(|choice| choice.note_kind(&Gvk::new("x/v1", "Foo")));
        assert_eq!(keys(&schema, "v1", "Pod", "spec/containers/[]/ports").unwrap(), ["containerPort", "protocol"]);
        assert_eq!(keys(&schema, "x/v1", "Foo", "pod/containers/[]/ports").unwrap(), ["containerPort", "protocol"]);
    }

    #[test]
    fn a_reference_to_itself_is_ignored() {
        assert_eq!(keys(&chosen(|_| {}), "x/v1", "Foo", "loop"), None);
    }
}
