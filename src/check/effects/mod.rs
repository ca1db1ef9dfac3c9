//! Unintended effects of a build that show only in the finished objects. [`EFFECTS`] lists the checks.

mod changed_types;
mod chart_namespaces;
mod custom;
mod generated_names;

use crate::records::Records;
use crate::resource::ResMap;

/// All checks; each records its findings.
const EFFECTS: &[fn(&ResMap, &mut Records)] = &[changed_types::find, generated_names::find, chart_namespaces::find];

/// Runs all checks on the objects of a build.
pub fn find(resources: &ResMap, records: &mut Records) {
    EFFECTS.iter().for_each(|effect| effect(resources, records));
}
