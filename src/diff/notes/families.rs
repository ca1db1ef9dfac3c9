//! The table of families, and the order of notes.

use super::rules::KEPT;
use super::subject::{Subject, effect};
use super::{custom, definition, kept, namespace, pod_volumes, referred, restart, scaling, stale, stateful_set, volumes};
use crate::diff::note::{Class, Note};

/// A family of rules.
type Family = fn(&Subject<'_, '_>) -> Vec<Note>;

/// All families, in the order of their notes.
const FAMILIES: &[Family] = &[
    restart::identity,
    restart::recreate,
    restart::restart,
    namespace::notes,
    volumes::claims,
    volumes::volumes,
    volumes::policies,
    stateful_set::notes,
    definition::notes,
    custom::notes,
    referred::notes,
    pod_volumes::notes,
    stale::notes,
    scaling::of_workload,
    scaling::of_scaler,
];

/// The notes about an object. Those about data that is lost come first.
pub fn notes(subject: &Subject<'_, '_>) -> Vec<Note> {
    let mut notes: Vec<Note> = FAMILIES.iter().flat_map(|family| family(subject)).collect();
    if let Some(keeper) = subject.gone().and_then(kept::keeper) {
        let count = notes.len();
        notes.retain(|note| !matches!(note, Note::Effect { rule, .. } if rule.by_deletion));
        if notes.len() < count {
            notes.push(effect(KEPT, format!("stays behind in the cluster: {keeper}")));
        }
    }
    notes.sort_by_key(|note| note.class() != Class::DataLoss);
    notes
}
