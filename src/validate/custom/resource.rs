//! A custom resource as a whole, in the order of the server.

use super::{embedded, lists, rules, strict, values};
use crate::schema::Version;
use crate::schema::definition::Defined;
use crate::schema::structural::Structural;
use crate::validate::{Findings, Path, look, metadata};
use crate::yaml::Node;

use super::values::Report;

/// Checks an object against a version of its definition.
pub fn check(node: &Node, defined: &Defined, kubernetes: Version, out: &mut Findings) {
    let schema = defined.schema();
    strict::metadata(node, kubernetes, out);
    strict::check_root(node, schema, defined.prunes, out);
    if out.has_errors() {
        return;
    }
    metadata::check(node, out);
    let kept = without_status(node, defined.has_status);
    let node = kept.as_ref().unwrap_or(node);
    let root = Path::ROOT;
    values::check(node, schema, schema, &root, &mut Report::new(out));
    if let Some(path) = &defined.replicas {
        replicas(node, path, out);
    }
    if schema.below.embedded {
        embedded::check(node, schema, &root, kubernetes, out);
    }
    if schema.below.lists {
        lists::check(node, schema, &root, out);
    }
    // The server does not evaluate rules when errors of these kinds exist.
    if schema.below.rules && !out.has_any_of(&["wrong-type", "missing-value", "unsupported-value", "too-long", "duplicate-value"])
    {
        rules::check(node, schema, out);
    }
}

/// The object without its status, which the server drops before it validates.
fn without_status(node: &Node, drops: bool) -> Option<Node> {
    node.get("status").filter(|_| drops)?;
    let mapping = node.as_mapping()?;
    let kept = mapping.iter().filter(|entry| entry.key.text != "status").cloned().collect();
    Some(Node::read(crate::yaml::Value::Mapping(kept), node.span(), node.origin()))
}

/// Checks the number of replicas at the path that the definition gives.
fn replicas(node: &Node, path: &str, out: &mut Findings) {
    let keys: Vec<&str> = path.trim_start_matches('.').split('.').collect();
    let Some(value) = node.at_path(&keys) else { return };
    let Some(count) = look::as_int(value) else { return };
    let message = match count {
        ..0 => format!("must not be negative, found {count}"),
        0..=0x7FFF_FFFF => return,
        _ => format!("must be at most {}, found {count}", i32::MAX),
    };
    out.push(value.error("invalid-value", message), path.to_owned());
}

/// Checks a standalone value, such as a default.
pub fn check_value(node: &Node, schema: &Structural, path: &Path<'_>, out: &mut Findings) {
    values::check(node, schema, schema, path, &mut Report::new(out));
}
