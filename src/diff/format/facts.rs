//! What an object contains, in a few lines: for objects that exist on one side only.

use super::text::{block, clipped, inline, plural};
use crate::diff::model::ObjectSide;
use crate::escape::line;
use crate::references::templates;
use crate::yaml::{Node, Value};

/// The maximum number of lines.
const MOST: usize = 6;
/// The maximum number of items in a line.
const MOST_ITEMS: usize = 8;
/// The maximum number of characters of a line.
const WIDE: usize = 160;

/// What an object contains, as `field: value`. If `is_full`, the whole object as YAML. Values of Secrets are masked in it.
pub fn facts(side: &ObjectSide, is_full: bool) -> Vec<String> {
    if is_full {
        return block(&side.node);
    }
    let mut facts = known(side).unwrap_or_else(|| fields(&side.node));
    if facts.len() > MOST {
        let more = facts.len() - (MOST - 1);
        facts.truncate(MOST - 1);
        facts.push(format!("and {more} more"));
    }
    facts.iter().map(|fact| line(&clipped(fact, WIDE)).into_owned()).collect()
}

/// What is worth knowing about an object of a known kind.
fn known(side: &ObjectSide) -> Option<Vec<String>> {
    let (node, gvk) = (&side.node, &side.id.gvk);
    let pods = templates(node, &gvk.group, &gvk.kind);
    if !pods.is_empty() {
        let mut facts = values(node, &[("replicas", "spec.replicas"), ("schedule", "spec.schedule")]);
        pods.iter().for_each(|pod| facts.extend(containers(pod.spec)));
        return Some(facts);
    }
    Some(match gvk.kind.as_str() {
        "ConfigMap" | "Secret" => {
            let mut facts = values(node, &[("type", "type"), ("immutable", "immutable")]);
            facts.extend(["data", "stringData", "binaryData"].into_iter().filter_map(|field| keys(node, field)));
            facts
        }
        "Service" if gvk.group.is_empty() => {
            let mut facts = values(node, &[("type", "spec.type"), ("clusterIP", "spec.clusterIP")]);
            facts.extend(joined("ports", items(node, "spec.ports").map(port)));
            facts.extend(labels(node, "spec.selector").map(|labels| format!("selector: {labels}")));
            facts
        }
        "PersistentVolumeClaim" => {
            values(node, &[("storage", "spec.resources.requests.storage"), ("storageClassName", "spec.storageClassName")])
        }
        "Ingress" => {
            let mut facts = values(node, &[("ingressClassName", "spec.ingressClassName")]);
            facts.extend(joined("hosts", items(node, "spec.rules").filter_map(|rule| value(rule, "host"))));
            facts
        }
        "Role" | "ClusterRole" => items(node, "rules").map(rule).collect(),
        "RoleBinding" | "ClusterRoleBinding" => {
            let named = |node: &Node| Some(format!("{} {}", value(node, "kind")?, value(node, "name")?));
            let mut facts: Vec<String> =
                node.get("roleRef").and_then(named).map(|role| format!("roleRef: {role}")).into_iter().collect();
            facts.extend(joined("subjects", items(node, "subjects").filter_map(named)));
            facts
        }
        "CustomResourceDefinition" => {
            let mut facts = values(node, &[("kind", "spec.names.kind"), ("group", "spec.group"), ("scope", "spec.scope")]);
            facts.extend(joined("versions", items(node, "spec.versions").filter_map(|version| value(version, "name"))));
            facts
        }
        "HorizontalPodAutoscaler" => values(
            node,
            &[("scales", "spec.scaleTargetRef.name"), ("minReplicas", "spec.minReplicas"), ("maxReplicas", "spec.maxReplicas")],
        ),
        "Namespace" => labels(node, "metadata.labels").map(|labels| format!("labels: {labels}")).into_iter().collect(),
        _ => return None,
    })
}

/// `container web: image web:1, ports 80, 443`
fn containers(pod: &Node) -> Vec<String> {
    let mut facts = Vec::new();
    for (field, name) in [("initContainers", "init container"), ("containers", "container")] {
        for container in items(pod, field) {
            let mut parts: Vec<String> = value(container, "image").map(|image| format!("image {image}")).into_iter().collect();
            let ports: Vec<String> = items(container, "ports").filter_map(|port| value(port, "containerPort")).collect();
            if !ports.is_empty() {
                parts.push(format!("{} {}", if ports.len() == 1 { "port" } else { "ports" }, ports.join(", ")));
            }
            facts.push(format!("{name} {}: {}", value(container, "name").unwrap_or_default(), parts.join(", ")));
        }
    }
    facts
}

/// `http 80 -> 8080`, `53/UDP`
fn port(node: &Node) -> String {
    let found = |field| value(node, field);
    let name = found("name").map(|name| format!("{name} ")).unwrap_or_default();
    let protocol = found("protocol").filter(|protocol| protocol != "TCP").map(|protocol| format!("/{protocol}"));
    let target = found("targetPort").filter(|target| Some(target) != found("port").as_ref());
    let target = target.map(|target| format!(" -> {target}")).unwrap_or_default();
    format!("{name}{}{}{target}", found("port").unwrap_or_default(), protocol.unwrap_or_default())
}

/// `get, list: pods, services`
fn rule(node: &Node) -> String {
    let list = |field| items(node, field).filter_map(inline).collect::<Vec<_>>().join(", ");
    let targets = [list("resources"), list("nonResourceURLs")];
    format!("{}: {}", list("verbs"), targets.iter().filter(|list| !list.is_empty()).cloned().collect::<Vec<_>>().join(", "))
}

/// The fields of `spec`, or of an object without it: short values, and the sizes of the others.
fn fields(node: &Node) -> Vec<String> {
    let is_own = |key: &str| matches!(key, "apiVersion" | "kind" | "metadata" | "status");
    let mapping = node.get("spec").unwrap_or(node).as_mapping();
    let entries = mapping.into_iter().flatten().filter(|entry| !is_own(&entry.key.text));
    entries
        .map(|entry| {
            let text = inline(&entry.value).unwrap_or_else(|| match entry.value.value() {
                Value::Mapping(mapping) => plural(mapping.len(), "field"),
                Value::Sequence(items) => plural(items.len(), "item"),
                Value::Scalar(scalar) => plural(scalar.text.lines().count(), "line"),
            });
            format!("{}: {text}", entry.key.text)
        })
        .collect()
}

/// The values at these paths that exist.
fn values(node: &Node, paths: &[(&str, &str)]) -> Vec<String> {
    paths.iter().filter_map(|(name, path)| Some(format!("{name}: {}", value(node, path)?))).collect()
}

fn value(node: &Node, path: &str) -> Option<String> {
    inline(at(node, path)?)
}

fn at<'n>(node: &'n Node, path: &str) -> Option<&'n Node> {
    path.split('.').try_fold(node, |node, field| node.get(field))
}

fn items<'n>(node: &'n Node, path: &str) -> impl Iterator<Item = &'n Node> + use<'n> {
    at(node, path).and_then(Node::as_sequence).unwrap_or_default().iter()
}

/// `data: a, b, and 3 more keys`; `None` if there are no keys.
fn keys(node: &Node, field: &str) -> Option<String> {
    joined(field, node.get(field)?.as_mapping()?.iter().map(|entry| entry.key.text.to_string()))
}

/// `app=web, tier=front`
fn labels(node: &Node, path: &str) -> Option<String> {
    let mapping = at(node, path)?.as_mapping()?;
    let labels = mapping.iter().map(|entry| format!("{}={}", entry.key.text, inline(&entry.value).unwrap_or_default()));
    let text = labels.collect::<Vec<_>>().join(", ");
    (!text.is_empty()).then_some(text)
}

/// A list in a line; `None` if it is empty.
fn joined(name: &str, items: impl Iterator<Item = String>) -> Option<String> {
    let items: Vec<String> = items.collect();
    let more = items.len().saturating_sub(MOST_ITEMS);
    let more = if more == 0 { String::new() } else { format!(", and {more} more") };
    (!items.is_empty()).then(|| format!("{name}: {}{more}", items[..items.len().min(MOST_ITEMS)].join(", ")))
}
