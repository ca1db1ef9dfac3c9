//! What a build has done to values that nobody asked for, seen in what it made. [`EFFECTS`] lists what is looked for.

mod changed_types;
mod custom;
mod generated_names;

use crate::records::Records;
use crate::resource::ResMap;

/// All that is looked for; each notes its findings.
const EFFECTS: &[fn(&ResMap, &mut Records)] = &[changed_types::find, generated_names::find];

/// Looks at the objects of a build.
pub fn find(resources: &ResMap, records: &mut Records) {
    EFFECTS.iter().for_each(|effect| effect(resources, records));
}
