//! The fields of objects that transformers know: kustomize's default tables, and what `configurations` and `crds` add.
//!
//! A field spec is a path (`spec/template/spec/containers[]/image`) in the objects of a group, version, and kind.

use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::default_specs;
use super::spec_list::Adding;
pub use super::spec_list::{ByKind, Conflict, FieldSpec, NameReference, SpecList};
pub use super::table::Table;
use crate::resource::Gvk;
use crate::resource::sort_order::compare_gvk;
use crate::source::Span;
use crate::yaml::Located;

/// All tables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldSpecs {
    /// Fields that `namePrefix` is added to.
    pub name_prefix: SpecList,
    /// Fields that `nameSuffix` is added to.
    pub name_suffix: SpecList,
    /// Fields that `namespace` is written to, in addition to `metadata/namespace`.
    pub namespace: SpecList,
    /// Labels, selectors, and templates.
    pub common_labels: SpecList,
    /// Fields that every item of `labels` is written to.
    pub labels: SpecList,
    /// Labels and templates.
    pub template_labels: SpecList,
    /// Annotations and templates.
    pub common_annotations: SpecList,
    /// References by name.
    pub name_reference: Table<NameReference>,
    /// Fields that vars are expanded in.
    pub var_reference: SpecList,
    /// Fields that contain an image.
    pub images: SpecList,
    /// Fields that contain a replica count.
    pub replicas: SpecList,
}

impl FieldSpecs {
    /// kustomize's tables.
    pub fn defaults() -> Self {
        FieldSpecs {
            name_prefix: Table::known(&default_specs::NAME),
            name_suffix: Table::known(&default_specs::NAME),
            namespace: Table::known(&default_specs::NAMESPACE),
            common_labels: Table::known(&default_specs::COMMON_LABELS),
            labels: SpecList::default(),
            template_labels: Table::known(&default_specs::TEMPLATE_LABELS),
            common_annotations: Table::known(&default_specs::COMMON_ANNOTATIONS),
            name_reference: Table::known(&default_specs::NAME_REFERENCE),
            var_reference: Table::known(&default_specs::VAR_REFERENCE),
            images: Table::known(&default_specs::IMAGE),
            replicas: Table::known(&default_specs::REPLICA),
        }
    }

    /// Adds the rows of another set of tables, and sorts all tables.
    ///
    /// The order matters: in an added table, a field of one kind comes before the same field of all kinds, which is then
    /// considered known. So a file of `configurations` that names one kind can hide the field for the others.
    ///
    /// # Errors
    /// Both contain a field with different `create`.
    pub fn merge(&mut self, other: &FieldSpecs) -> Result<(), Conflict> {
        self.merge_all(std::slice::from_ref(other)).map_err(|(_, conflict)| conflict)
    }

    /// Adds the rows of other sets of tables one after another, as [`FieldSpecs::merge`] does.
    ///
    /// # Errors
    /// The index of the first set that contains a field with a different `create`.
    pub fn merge_all(&mut self, others: &[FieldSpecs]) -> Result<(), (usize, Conflict)> {
        let at_first = |(at, conflict): (usize, Conflict), first: &mut Option<(usize, Conflict)>| {
            if first.as_ref().is_none_or(|(known, _)| at < *known) {
                *first = Some((at, conflict));
            }
        };
        let mut first = None;
        for (place, own) in self.lists().into_iter().enumerate() {
            if others.iter().all(|other| other.list(place).is_empty()) {
                continue;
            }
            let mut adding = Adding::to(own);
            for (at, other) in others.iter().enumerate() {
                let added = other.list(place).iter().try_for_each(|spec| adding.add(spec));
                if let Err(conflict) = added {
                    at_first((at, conflict), &mut first);
                    break;
                }
            }
        }
        if let Err(found) = self.add_name_references(others) {
            at_first(found, &mut first);
        }
        self.sort();
        first.map_or(Ok(()), Err)
    }

    /// Sorts all tables by group, version, and kind.
    pub fn sort(&mut self) {
        for list in self.lists() {
            list.to_mut().sort_by(|a, b| compare_gvk(&a.gvk, &b.gvk));
        }
        self.name_reference.to_mut().sort_by(|a, b| compare_gvk(&a.target, &b.target));
    }

    /// All tables that are plain lists.
    fn lists(&mut self) -> [&mut SpecList; 10] {
        [
            &mut self.name_prefix,
            &mut self.name_suffix,
            &mut self.namespace,
            &mut self.common_labels,
            &mut self.labels,
            &mut self.template_labels,
            &mut self.common_annotations,
            &mut self.var_reference,
            &mut self.images,
            &mut self.replicas,
        ]
    }

    /// The table at a place in [`FieldSpecs::lists`].
    fn list(&self, place: usize) -> &SpecList {
        let lists = [
            &self.name_prefix,
            &self.name_suffix,
            &self.namespace,
            &self.common_labels,
            &self.labels,
            &self.template_labels,
            &self.common_annotations,
            &self.var_reference,
            &self.images,
            &self.replicas,
        ];
        lists[place]
    }

    /// Whether all tables are empty, which is only the case before the first merge.
    pub fn is_empty(&self) -> bool {
        !self.name_reference.is_known() && *self == FieldSpecs::default()
    }

    /// Adds fields that refer to kinds.
    fn add_name_references(&mut self, others: &[FieldSpecs]) -> Result<(), (usize, Conflict)> {
        let mut places: FxHashMap<Gvk, usize> = FxHashMap::default();
        for (place, known) in self.name_reference.iter().enumerate() {
            places.entry(known.target.clone()).or_insert(place);
        }
        let mut added: Vec<Vec<(usize, &SpecList)>> = vec![Vec::new(); self.name_reference.len()];
        let references = others.iter().enumerate().flat_map(|(at, other)| other.name_reference.iter().map(move |one| (at, one)));
        for (at, reference) in references {
            match places.get(&reference.target) {
                Some(&place) => added[place].push((at, &reference.referrers)),
                None => {
                    places.insert(reference.target.clone(), self.name_reference.len());
                    self.name_reference.to_mut().push(reference.clone());
                    added.push(Vec::new());
                }
            }
        }
        let mut first: Option<(usize, Conflict)> = None;
        for (known, added) in self.name_reference.to_mut().iter_mut().zip(added).filter(|(_, added)| !added.is_empty()) {
            let mut adding = Adding::to(&mut known.referrers);
            let specs = added.into_iter().flat_map(|(at, list)| list.iter().map(move |spec| (at, spec)));
            let failed = specs.into_iter().find_map(|(at, spec)| adding.add(spec).err().map(|conflict| (at, conflict)));
            if let Some((at, conflict)) = failed.filter(|(at, _)| first.as_ref().is_none_or(|(known, _)| at < known)) {
                first = Some((at, conflict));
            }
        }
        first.map_or(Ok(()), Err)
    }
}

/// A field spec as written in a file of `configurations`, in `labels[].fields` or in a transformer's `fieldSpecs`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct FieldSpecConfig {
    group: String,
    version: String,
    kind: String,
    path: Located<String>,
    create: bool,
}

impl FieldSpecConfig {
    /// The location of the path.
    pub fn span(&self) -> Option<Span> {
        self.path.span
    }
}

impl From<FieldSpecConfig> for FieldSpec {
    fn from(config: FieldSpecConfig) -> Self {
        let gvk = Gvk { group: config.group.into(), version: config.version.into(), kind: config.kind.into() };
        FieldSpec::new(gvk, config.path.value, config.create)
    }
}

/// Field specs as a file lists them.
pub fn from_config(specs: Vec<FieldSpecConfig>) -> SpecList {
    specs.into_iter().map(FieldSpec::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_references_are_in_the_order_of_their_targets() {
        let mut sorted = FieldSpecs::defaults();
        let before = sorted.name_reference.clone();
        sorted.merge(&FieldSpecs::default()).unwrap();
        let kinds = |references: &[NameReference]| references.iter().map(|r| r.target.kind.clone()).collect::<Vec<_>>();
        assert_eq!(kinds(&before), kinds(&sorted.name_reference));
    }

    #[test]
    fn no_field_appears_twice() {
        let specs = FieldSpecs::defaults();
        for list in [&specs.common_labels, &specs.template_labels, &specs.common_annotations, &specs.var_reference, &specs.images]
        {
            let mut seen = SpecList::default();
            seen.add_all(list.iter()).unwrap();
            assert_eq!(seen.len(), list.len());
        }
    }

    #[test]
    fn the_same_field_with_a_different_create_is_a_conflict() {
        let mut specs = FieldSpecs::defaults();
        let spec = FieldSpec::new(Gvk::default(), "metadata/name", true);
        let other = FieldSpecs { name_prefix: SpecList::from_iter([spec]), ..FieldSpecs::default() };
        assert_eq!(specs.merge(&other), Err(Conflict("metadata/name".into())));
    }
}
