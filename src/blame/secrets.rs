//! Decides which values must not be shown: the data of Secrets, and values that were copied from it.

use rustc_hash::FxHashSet;

use super::marks::Marks;
use crate::finish::name_references;
use crate::records::Records;
use crate::resource::{ResMap, Resource};
use crate::source::Span;
use crate::yaml::provenance::Provenance;
use crate::yaml::{Node, Part};

/// The fields of a Secret that contain its values.
const FIELDS: [&str; 2] = ["data", "stringData"];

/// The locations that values of Secrets were written at.
pub struct Secrets {
    places: FxHashSet<Span>,
    are_shown: bool,
}

impl Secrets {
    /// Collects the locations of a build. With `are_shown` nothing is hidden.
    pub fn of(resources: &ResMap, provenance: &Provenance, are_shown: bool) -> Self {
        let mut places = FxHashSet::default();
        for resource in resources.iter().filter(|resource| is_secret(resource)) {
            for field in FIELDS.iter().filter_map(|field| resource.node().get(field)) {
                collect(field, provenance, &mut places);
            }
        }
        Secrets { places, are_shown }
    }

    /// Whether a value is part of the data of a Secret.
    pub(super) fn hide(&self, resource: &Resource, marks: &Marks<'_>, mark: usize) -> bool {
        let in_data = || matches!(marks.parts(mark).first(), Some(Part::Key(key)) if FIELDS.contains(&key.text.as_str()));
        !self.are_shown && is_secret(resource) && in_data()
    }

    /// Whether a value is part of the data of a Secret, or was copied from it.
    pub(super) fn hide_value(&self, resource: &Resource, marks: &Marks<'_>, mark: usize, records: &Records) -> bool {
        if self.are_shown {
            return false;
        }
        let mut node = marks.list()[mark].node;
        loop {
            if self.are_copied_to(node, records) {
                return true;
            }
            match &records.provenance.get(node.origin()).before {
                Some(before) => node = before,
                None => return self.hide(resource, marks, mark),
            }
        }
    }

    /// Whether a write copied a value from a Secret. The names of Secrets are not secret.
    pub(super) fn are_copied_to(&self, node: &Node, records: &Records) -> bool {
        let Some(from) = records.provenance.place(node).from.filter(|_| !self.are_shown) else { return false };
        let step = records.provenance.get_step(records.provenance.get(node.origin()).step);
        let is_name = step.field == name_references::STEP;
        !is_name && (self.places.contains(&from) || records.sources.get(from.source).holds_secrets())
    }
}

fn is_secret(resource: &Resource) -> bool {
    resource.kind() == "Secret" || resource.former().iter().any(|former| former.kind == "Secret")
}

fn collect(node: &Node, provenance: &Provenance, places: &mut FxHashSet<Span>) {
    for old in provenance.history(node) {
        places.insert(old.span());
        old.as_sequence().unwrap_or_default().iter().for_each(|item| collect(item, provenance, places));
        old.as_mapping().into_iter().flatten().for_each(|entry| collect(&entry.value, provenance, places));
    }
}
