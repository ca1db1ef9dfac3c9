//! The owner of a pod spec, and its containers.

use crate::validate::Path;
use crate::validate::look::items;
use crate::yaml::Node;

/// The owner of a pod spec: some rules apply only to pods, others only to the templates of one kind.
#[derive(Clone, Copy, Debug, Default)]
pub struct Owner<'n> {
    /// The metadata of the pod or template.
    pub metadata: Option<&'n Node>,
    /// Whether it is a pod, not a template.
    pub is_pod: bool,
    /// The spec of the StatefulSet: its `volumeClaimTemplates` become volumes, and its pods get their names as host names.
    pub stateful_set: Option<&'n Node>,
}

/// Visits all containers of a pod spec with their paths: init containers, containers, and ephemeral containers.
pub fn each_container<'n>(spec: &'n Node, path: &Path<'_>, mut visit: impl FnMut(&'n Node, &Path<'_>)) {
    for field in ["initContainers", "containers", "ephemeralContainers"] {
        let list = path.field(field);
        items(spec, field).for_each(|(at, container)| visit(container, &list.index(at)));
    }
}
