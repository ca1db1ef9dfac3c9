//! What the API server would refuse: schema first, then the hand-written rules of each kind.
//!
//! [`RULES`] lists the rules by kind; adding one is a file and a line. Rules see only objects that the decoder accepts, as on
//! the server.

mod api_versions;
mod findings;
mod look;
mod metadata;
pub mod names;
mod path;
mod pod;
pub mod quantity;
mod schema;
mod scope;
mod selectors;
mod workloads;

pub use findings::{Finding, Findings};
pub use path::Path;

use crate::resource::ResId;
use crate::schema::{Kubernetes, Version};
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
pub const RULES: &[&[Rule]] = &[pod::RULES, workloads::RULES];

/// What objects are checked against.
#[derive(Clone, Debug)]
pub struct Validator {
    version: Version,
    require_schemas: bool,
}

impl Validator {
    /// Checks for one version of Kubernetes. With `require_schemas`, a kind that nobody knows is an error.
    pub fn new(version: Version, require_schemas: bool) -> Self {
        Validator { version, require_schemas }
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
            self.unknown_kind(node, out);
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

    /// A kind that this version does not have: removed, misspelt, or nobody's.
    fn unknown_kind(&self, node: &Node, out: &mut Findings) {
        api_versions::unknown(node, self.require_schemas, out);
    }
}
