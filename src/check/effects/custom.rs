//! The objects and values to check.

use crate::resource::Resource;
use crate::schema::known_in;
use crate::validate::Path;
use crate::yaml::Node;

/// Whether an object is not of a built-in kind: no other check covers the types of its fields and its references.
pub fn is_custom(resource: &Resource) -> bool {
    let gvk = resource.gvk();
    known_in(&gvk.group, &gvk.version, &gvk.kind).is_empty()
}

/// Visits each scalar below a node, with its path.
pub fn visit_scalars<'n>(node: &'n Node, path: &Path<'_>, visit: &mut dyn FnMut(&'n Node, &Path<'_>)) {
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
