//! Unintended effects of a build that show only in the finished objects. [`EFFECTS`] lists the checks.

mod changed_types;
mod generated_names;

use crate::resource::{ResMap, Resource};
use crate::schema::known_in;
use crate::stage::Records;
use crate::validate::Path;
use crate::yaml::Node;

/// All checks; each records its findings.
const EFFECTS: &[fn(&ResMap, &mut Records)] = &[changed_types::find, generated_names::find];

/// Runs all checks on the objects of a build.
pub fn find(resources: &ResMap, records: &mut Records) {
    EFFECTS.iter().for_each(|effect| effect(resources, records));
}

/// Whether an object is not of a built-in kind: no other check covers the types of its fields and its references.
fn is_custom(resource: &Resource) -> bool {
    let gvk = resource.gvk();
    known_in(&gvk.group, &gvk.version, &gvk.kind).is_empty()
}

/// Visits each scalar below a node, with its path.
fn visit_scalars<'n>(node: &'n Node, path: &Path<'_>, visit: &mut dyn FnMut(&'n Node, &Path<'_>)) {
    for entry in node.as_mapping().into_iter().flatten() {
        visit_scalars(&entry.value, &path.field(&entry.key.text), visit);
    }
    for (at, item) in node.as_sequence().unwrap_or_default().iter().enumerate() {
        visit_scalars(item, &path.index(at), visit);
    }
    if node.as_scalar().is_some() {
        visit(node, path);
    }
}
