//! The order of fields. Behavior: kyaml's `FormatFilter` and `StripCommentsFilter`.

use anyhow::anyhow;

use super::object::Object;
use super::order::field_order;
use super::{annotations, fields};
use crate::go_yaml::{Kind, Node};

const ANNOTATION: &str = "config.kubernetes.io/formatting";
/// Kinds and versions whose lists are sorted.
const KINDS: [&str; 7] =
    ["CronJob", "DaemonSet", "Deployment", "Job", "ReplicaSet", "StatefulSet", "ValidatingWebhookConfiguration"];
const VERSIONS: [&str; 8] = [
    "apps/v1",
    "apps/v1beta1",
    "apps/v1beta2",
    "batch/v1",
    "batch/v1beta1",
    "extensions/v1beta1",
    "v1",
    "admissionregistration.k8s.io/v1",
];

/// Sorts the fields of objects, unless an annotation forbids it.
///
/// # Errors
/// An object is not a mapping, or its annotation is unknown.
pub fn format(objects: Vec<Object>) -> anyhow::Result<Vec<Object>> {
    for object in &objects {
        let mut node = object.borrow_mut();
        match annotations::get(&node, ANNOTATION)?.map(|value| value.value.as_str()) {
            None | Some("standard") => {}
            Some("none") => continue,
            Some(value) => return Err(anyhow!("formatting annotation has illegal value {value}")),
        }
        let root = node.root_mut();
        let Some(kind) = fields::get(root, "kind")?.map(|kind| kind.value.as_str()) else { continue };
        let Some(version) = fields::get(root, "apiVersion")?.map(|version| version.value.as_str()) else { continue };
        let sorts_lists = KINDS.contains(&kind) && VERSIONS.contains(&version);
        sort(root, "", sorts_lists);
    }
    Ok(objects)
}

/// Removes the comments of objects. Those above and below a document as a whole stay.
pub fn strip_comments(objects: Vec<Object>) -> Vec<Object> {
    objects.iter().for_each(|object| strip(object.borrow_mut().root_mut()));
    objects
}

/// Removes the comments of a node and all within it.
pub(super) fn strip(node: &mut Node) {
    node.head_comment.clear();
    node.line_comment.clear();
    node.foot_comment.clear();
    node.content.iter_mut().for_each(strip);
}

fn sort(node: &mut Node, path: &str, sorts_lists: bool) {
    match node.kind {
        Kind::Mapping => {
            let mut pairs: Vec<[Node; 2]> = Vec::with_capacity(node.content.len() / 2);
            let mut content = std::mem::take(&mut node.content).into_iter();
            while let (Some(key), Some(value)) = (content.next(), content.next()) {
                pairs.push([key, value]);
            }
            pairs.sort_by(|[a, _], [b, _]| field_order(&a.value, &b.value));
            node.content = pairs.into_iter().flatten().collect();
        }
        Kind::Sequence if sorts_lists && path == ".spec.template.spec.containers" => {
            node.content.sort_by(|a, b| name(a).cmp(name(b)));
        }
        Kind::Sequence if sorts_lists && path == ".webhooks.rules.operations" => {
            node.content.sort_by(|a, b| a.value.cmp(&b.value));
        }
        _ => {}
    }
    if node.kind == Kind::Mapping {
        for pair in node.content.chunks_exact_mut(2) {
            let below = format!("{path}.{}", pair[0].value);
            sort(&mut pair[0], path, sorts_lists);
            sort(&mut pair[1], &below, sorts_lists);
        }
    } else {
        node.content.iter_mut().for_each(|item| sort(item, path, sorts_lists));
    }
}

fn name(node: &Node) -> &str {
    node.pairs().filter(|(key, _)| key.value == "name").last().map_or("", |(_, value)| value.value.as_str())
}
