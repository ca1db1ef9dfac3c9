//! An autoscaler targets the utilization of requested resources, but a container has no request, so the autoscaler can't scale.
//!
//! Utilization is relative to `resources.requests`, so every container of the pods must request the resource. A limit, or a
//! LimitRange in the namespace, serves as the request if none is set.

use super::set::Object;
use super::{Lint, Reporter, Set};
use crate::validate::look::{items, set as field, text};
use crate::yaml::Node;

/// The lint.
pub const LINT: Lint = Lint { code: "scaling-without-requests", file: include_str!("scaling_without_requests.rs"), check };

fn check(set: &Set<'_>, out: &mut Reporter<'_, '_>) {
    for autoscaler in set.of_kind("HorizontalPodAutoscaler") {
        let Some(spec) = field(autoscaler.node, "spec") else { continue };
        let Some(target) = field(spec, "scaleTargetRef") else { continue };
        let (Some((kind, _)), Some((name, _))) = (text(target, "kind"), text(target, "name")) else { continue };
        let workload = set.find(kind, autoscaler.namespace, name);
        let Some((workload, pod)) = workload.and_then(|workload| Some((workload, set.pod_of(workload)?))) else { continue };
        for Utilization { resource, container, node, path } in utilizations(spec) {
            let counted = items(pod.spec, "containers");
            let without =
                counted.filter(|(_, found)| container.is_none_or(|name| text(found, "name").is_some_and(|n| n.0 == name)));
            let mut without = without.filter(|(_, container)| !requests(container, resource));
            let Some((_, lacking)) = without.next().filter(|_| !has_default(set, workload, resource)) else { continue };
            let lacking = text(lacking, "name").map_or("", |(name, _)| name);
            let message = format!("the container `{lacking}` of {} has no request for `{resource}`", workload.id);
            out.warn(autoscaler, node, path, message, &format!("set `resources.requests.{resource}` in the container"));
        }
    }
}

/// A utilization that an autoscaler targets.
struct Utilization<'n> {
    resource: &'n str,
    container: Option<&'n str>,
    node: &'n Node,
    path: String,
}

fn utilizations(spec: &Node) -> Vec<Utilization<'_>> {
    if let Some(node) = field(spec, "targetCPUUtilizationPercentage") {
        return vec![Utilization { resource: "cpu", container: None, node, path: "spec.targetCPUUtilizationPercentage".into() }];
    }
    let metrics = items(spec, "metrics").filter_map(|(at, metric)| {
        let (kind, _) = text(metric, "type")?;
        let name = match kind {
            "Resource" => "resource",
            "ContainerResource" => "containerResource",
            _ => return None,
        };
        let source = field(metric, name)?;
        let is_utilization = text(field(source, "target")?, "type").is_some_and(|(kind, _)| kind == "Utilization");
        let (resource, node) = text(source, "name").filter(|_| is_utilization)?;
        let container = text(source, "container").map(|(container, _)| container);
        Some(Utilization { resource, container, node, path: format!("spec.metrics[{at}].{name}.name") })
    });
    metrics.collect()
}

fn requests(container: &Node, resource: &str) -> bool {
    ["requests", "limits"].iter().any(|kind| container.at_path(&["resources", kind, resource]).is_some())
}

/// Whether a LimitRange sets a default request for containers.
fn has_default(set: &Set<'_>, workload: &Object<'_>, resource: &str) -> bool {
    let ranges = set.of_kind("LimitRange").filter(|range| range.namespace == workload.namespace);
    let mut limits = ranges.filter_map(|range| field(range.node, "spec")).flat_map(|spec| items(spec, "limits"));
    limits.any(|(_, limit)| ["defaultRequest", "default"].iter().any(|kind| limit.at_path(&[kind, resource]).is_some()))
}
