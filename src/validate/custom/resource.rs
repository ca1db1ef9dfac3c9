//! A custom resource as a whole, in the order of the server.

use super::{embedded, lists, rules, strict, values};
use crate::schema::definition::Defined;
use crate::schema::structural::Structural;
use crate::schema::{Kubernetes, Version};
use crate::validate::repair::{self, Mode};
use crate::validate::wrong_parts::WrongParts;
use crate::validate::{Findings, Path, UnknownValues, look, metadata};
use crate::yaml::{Mapping, Node, Value};

use super::values::Report;

/// The codes of errors that stop the server before it evaluates rules. Here, the rules for other parts of the object are evaluated.
const UNREADABLE: &[&str] = &["wrong-type", "missing-value", "unsupported-value", "too-long", "duplicate-value"];

/// Checks an object against a version of its definition. `node` is without its unknown values, `kept` with
/// them.
pub fn check(node: &Node, kept: &Node, unknown: &UnknownValues, defined: &Defined, kubernetes: Version, out: &mut Findings) {
    let schema = defined.schema();
    strict::metadata(node, kubernetes, out);
    strict::check_root(node, schema, defined.prunes, out);
    if !out.has_errors() && unknown.is_empty() {
        return of_right_shape(node, defined, kubernetes, &WrongParts::default(), out);
    }
    let without = repaired(node, defined, kubernetes, Mode::Drop);
    let guessed = repaired(kept, defined, kubernetes, Mode::Guess);
    let wrong = WrongParts::of(out, &guessed).and_unknown(unknown);
    let [mut of_rest, mut of_guess] = [out.empty(), out.empty()];
    of_right_shape(&without, defined, kubernetes, &wrong, &mut of_rest);
    of_right_shape(&guessed, defined, kubernetes, &wrong, &mut of_guess);
    out.extend(wrong.independent(of_rest, of_guess, &without));
}

/// The object without unknown fields and metadata of the wrong type, or with what they probably mean.
fn repaired(node: &Node, defined: &Defined, kubernetes: Version, mode: Mode) -> Node {
    let mut mapping = node.as_mapping().cloned().unwrap_or_default();
    if mode == Mode::Guess {
        mapping.keep_last();
    }
    let of_all = Kubernetes::new(kubernetes).kind("", "v1", "ConfigMap").and_then(|kind| kind.field("metadata"));
    let schema = defined.schema();
    let mut kept = Mapping::default();
    for entry in &mapping {
        let name = entry.key.text.as_str();
        let value = match (name, of_all, schema.value(name)) {
            ("metadata", Some(of), _) => repair::typed(&entry.value, of.value(), mode),
            ("apiVersion" | "kind", ..) => entry.value.clone(),
            (_, _, Some(of)) if defined.prunes => repair::custom(&entry.value, of, mode),
            (_, _, None) if defined.prunes && !schema.preserves => continue,
            _ => entry.value.clone(),
        };
        if kept.get(name).is_none() {
            kept.push(entry.key, value);
        }
    }
    Node::read(Value::Mapping(kept), node.span(), node.origin())
}

/// Checks an object without unknown fields. `wrong` are the parts of it that had them.
fn of_right_shape(node: &Node, defined: &Defined, kubernetes: Version, wrong: &WrongParts, out: &mut Findings) {
    let schema = defined.schema();
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
    if schema.below.rules {
        let unreadable = wrong.and(out, UNREADABLE);
        rules::check(node, schema, &unreadable, out);
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
