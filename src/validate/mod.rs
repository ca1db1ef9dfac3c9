//! What the API server would refuse: schema first, then the hand-written rules of each kind.
//!
//! [`RULES`] lists the rules by kind; adding one is a file and a line. Rules see only objects that the decoder accepts, as on
//! the server.

mod addresses;
mod admission_policy;
mod admission_rules;
mod admission_types;
mod api_service;
mod api_versions;
mod autoscaler;
mod certificates;
mod cluster;
mod config_map;
mod crd_rules;
mod custom;
mod device_selectors;
mod devices;
mod disruption_budget;
mod endpoints;
mod expressions;
mod findings;
mod flow_control;
mod ingress;
mod limit_range;
pub mod lints;
mod look;
mod metadata;
pub mod names;
mod network_policy;
mod object_names;
mod path;
mod persistent_volume;
mod pod;
mod quota;
mod rbac;
mod schema;
mod scope;
mod selectors;
mod service;
mod storage;
mod volume_claim;
mod webhooks;
mod workloads;

pub use crate::finding::Finding;
pub use findings::Findings;
pub use path::Path;

use std::sync::Arc;

use crate::resource::ResId;
use crate::schema::{Definitions, Kubernetes, Version};
use crate::yaml::Node;

/// A rule for some kinds of one API group.
pub struct Rule {
    /// The API group; empty for the core group.
    pub group: &'static str,
    /// The kinds that it is for.
    pub kinds: &'static [&'static str],
    /// Looks at an object that the decoder accepts.
    pub check: fn(&Node, &mut Findings),
}

/// All rules, one list a file.
pub const RULES: &[&[Rule]] = &[
    pod::RULES,
    workloads::RULES,
    admission_policy::RULES,
    api_service::RULES,
    autoscaler::RULES,
    certificates::RULES,
    cluster::RULES,
    config_map::RULES,
    crd_rules::RULES,
    devices::RULES,
    disruption_budget::RULES,
    endpoints::RULES,
    flow_control::RULES,
    ingress::RULES,
    limit_range::RULES,
    network_policy::RULES,
    persistent_volume::RULES,
    quota::RULES,
    rbac::RULES,
    service::RULES,
    storage::RULES,
    volume_claim::RULES,
    webhooks::RULES,
];

/// What objects are checked against.
#[derive(Debug)]
pub struct Validator {
    version: Version,
    require_schemas: bool,
    definitions: Arc<Definitions>,
}

impl Validator {
    /// Checks for one version of Kubernetes and these custom resources. With `require_schemas`, a kind that nobody knows is
    /// an error.
    pub fn new(version: Version, require_schemas: bool, definitions: Arc<Definitions>) -> Self {
        Validator { version, require_schemas, definitions }
    }

    /// Everything that is wrong with one object.
    pub fn check(&self, node: &Node) -> Vec<Finding> {
        let mut out = Findings::new(ResId::of(node), self.version);
        self.check_into(node, &mut out);
        out.into_vec()
    }

    fn check_into(&self, node: &Node, out: &mut Findings) {
        let gvk = out.object().gvk.clone();
        for field in ["apiVersion", "kind"] {
            if node.get(field).and_then(Node::as_str).is_none_or(str::is_empty) {
                let error = node.error("not-an-object", format!("the object has no `{field}`"));
                out.push(error.help("a Kubernetes object has `apiVersion`, `kind` and `metadata.name`"), field.to_owned());
                return;
            }
        }
        let Some(expected) = Kubernetes::new(self.version).kind(&gvk.group, &gvk.version, &gvk.kind) else {
            self.other_kind(node, out);
            return;
        };
        api_versions::warn(node, out);
        schema::check(node, expected, &Path::ROOT, out);
        if out.has_errors() {
            return;
        }
        metadata::check(node, out);
        for rule in RULES.iter().copied().flatten() {
            if rule.group == gvk.group && rule.kinds.contains(&gvk.kind.as_str()) {
                (rule.check)(node, out);
            }
        }
        out.drop_echoes();
    }

    /// A kind that is not Kubernetes' own: custom, or unknown.
    fn other_kind(&self, node: &Node, out: &mut Findings) {
        let gvk = out.object().gvk.clone();
        let Some(definition) = self.definitions.find(&gvk.group, &gvk.kind) else { return self.unknown_kind(node, out) };
        match definition.version(&gvk.version).filter(|version| version.served) {
            Some(version) => {
                if !definition.namespaced {
                    metadata::needless_namespace(node, out);
                }
                custom::check(node, version, self.version, out);
            }
            None if definition.from_catalogue && !self.require_schemas => self.unknown_kind(node, out),
            None => {
                let place = node.get("apiVersion").unwrap_or(node);
                let message = format!("there is no {} in version `{}` of {}", gvk.kind, gvk.version, gvk.group);
                let help = format!("its definition serves `{}`", definition.served());
                out.push(place.error("unknown-kind", message).help(help), "apiVersion".to_owned());
            }
        }
    }

    /// A kind that this version does not have: removed, misspelt, or nobody's.
    fn unknown_kind(&self, node: &Node, out: &mut Findings) {
        api_versions::unknown(node, self.require_schemas, &self.definitions, out);
    }
}
