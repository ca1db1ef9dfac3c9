//! A pod as the Pod Security Standards see it: after the server has dropped the fields of features that are off.

use crate::validate::look::{entries, is_false, items, set, text};
use crate::yaml::Node;

/// The server version from which on user namespaces and other types of `/proc` are on.
const USER_NAMESPACES: u16 = 33;

/// A pod, or the pod template of a workload.
pub struct SecuredPod<'n> {
    /// Its `spec`.
    pub spec: &'n Node,
    /// Its annotations.
    pub annotations: Vec<(&'n str, &'n str)>,
    /// Whether it is an object of its own: the server sets defaults in it that templates do not get.
    pub is_object: bool,
    /// The minor version of the server.
    pub server: u16,
    /// All containers in the order of the server.
    pub containers: Vec<Container<'n>>,
}

/// A container of any kind.
pub struct Container<'n> {
    /// The container.
    pub node: &'n Node,
    /// Its name.
    pub name: &'n str,
    /// The list that contains it, and its index there.
    pub at: (&'static str, usize),
    /// Its security context.
    pub context: Option<&'n Node>,
}

impl<'n> SecuredPod<'n> {
    /// The pod with this `spec` and `metadata`, for a server.
    pub fn new(spec: &'n Node, metadata: Option<&'n Node>, is_object: bool, server: u16) -> Self {
        let annotations = metadata.into_iter().flat_map(|metadata| entries(metadata, "annotations"));
        let annotations =
            annotations.map(|entry| (entry.key.text.as_str(), entry.value.as_text().map_or("", |text| text.as_str())));
        SecuredPod { spec, annotations: annotations.collect(), is_object, server, containers: containers(spec) }
    }

    /// The security context of the pod.
    pub fn context(&self) -> Option<&'n Node> {
        set(self.spec, "securityContext")
    }

    /// Whether the containers run on Windows.
    pub fn is_windows(&self) -> bool {
        set(self.spec, "os").and_then(|os| text(os, "name")).is_some_and(|(name, _)| name == "windows")
    }

    /// Whether the server keeps `hostUsers` and `procMount`.
    pub fn keeps_namespaces(&self) -> bool {
        self.server >= USER_NAMESPACES
    }

    /// Whether the pod has its own user namespace and the policy of a version relaxes checks for that.
    pub fn is_relaxed(&self, version: u16) -> bool {
        version >= 35 && self.keeps_namespaces() && is_false(self.spec, "hostUsers")
    }
}

impl Container<'_> {
    /// Its path below the `spec` of the pod.
    pub fn path(&self) -> String {
        format!("{}[{}]", self.at.0, self.at.1)
    }
}

fn containers(spec: &Node) -> Vec<Container<'_>> {
    let lists = ["initContainers", "containers", "ephemeralContainers"].into_iter();
    let all = lists.flat_map(|list| items(spec, list).map(move |(at, node)| (list, at, node)));
    let container = |(list, at, node)| Container {
        node,
        name: text(node, "name").map_or("", |(name, _)| name),
        at: (list, at),
        context: set(node, "securityContext"),
    };
    all.map(container).collect()
}
