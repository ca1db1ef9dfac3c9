//! Questions to the authorizer of the cluster: `authorizer.group('apps').resource('deployments').check('create').allowed()`.
//!
//! They are declared, so that expressions can be checked; only the cluster has answers. Behaviour: `authz.go` of Kubernetes.

use super::super::machine::{Failure, Machine};
use super::super::types::Signature::{self, Bool, String};
use super::super::value::Value;
use super::row::{Library, method};

const AUTHORIZER: Signature = Signature::Opaque("kubernetes.authorization.Authorizer");
const PATH: Signature = Signature::Opaque("kubernetes.authorization.PathCheck");
const GROUP: Signature = Signature::Opaque("kubernetes.authorization.GroupCheck");
const RESOURCE: Signature = Signature::Opaque("kubernetes.authorization.ResourceCheck");
const DECISION: Signature = Signature::Opaque("kubernetes.authorization.Decision");

/// The functions.
pub static LIBRARY: Library = Library {
    name: "authorizer",
    since: 27,
    until: None,
    overloads: &[
        method("authorizer_path", "path", &[AUTHORIZER, String], PATH, ask),
        method("authorizer_group", "group", &[AUTHORIZER, String], GROUP, ask),
        method("authorizer_serviceaccount", "serviceAccount", &[AUTHORIZER, String, String], AUTHORIZER, ask),
        method("groupcheck_resource", "resource", &[GROUP, String], RESOURCE, ask),
        method("resourcecheck_subresource", "subresource", &[RESOURCE, String], RESOURCE, ask),
        method("resourcecheck_namespace", "namespace", &[RESOURCE, String], RESOURCE, ask),
        method("resourcecheck_name", "name", &[RESOURCE, String], RESOURCE, ask),
        method("pathcheck_check", "check", &[PATH, String], DECISION, ask),
        method("resourcecheck_check", "check", &[RESOURCE, String], DECISION, ask),
        method("decision_errored", "errored", &[DECISION], Bool, ask),
        method("decision_error", "error", &[DECISION], String, ask),
        method("decision_allowed", "allowed", &[DECISION], Bool, ask),
        method("decision_reason", "reason", &[DECISION], String, ask),
    ],
};

/// Selectors of fields and labels.
pub static SELECTORS: Library = Library {
    name: "authorizer",
    since: 31,
    until: None,
    overloads: &[
        method("authorizer_fieldselector", "fieldSelector", &[RESOURCE, String], RESOURCE, ask),
        method("authorizer_labelselector", "labelSelector", &[RESOURCE, String], RESOURCE, ask),
    ],
};

fn ask(_: &mut Machine<'_>, _: &[Value]) -> Result<Value, Failure> {
    Err(Failure::Unknown("only the cluster knows who is authorized".into()))
}
