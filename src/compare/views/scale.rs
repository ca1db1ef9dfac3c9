//! Scale: replicas, autoscalers, disruption budgets, and job schedules.

use super::look::{items, text};
use super::{Fact, Surroundings};
use crate::resource::Resource;
use crate::yaml::Node;

/// Kinds with one pod by default.
const ONE_POD: &[&str] = &["Deployment", "ReplicaSet", "ReplicationController", "StatefulSet"];

/// Facts about the number of pods.
pub fn facts(object: &Resource, around: &Surroundings) -> Vec<Fact> {
    let node = object.node();
    let spec = |fields: &[&str]| {
        let fact = |field: &&str| text(node, &["spec", field]).map(|text| Fact::new(*field, text).essential());
        fields.iter().filter_map(fact).collect::<Vec<_>>()
    };
    match object.kind() {
        "HorizontalPodAutoscaler" => {
            let least = Fact::new("minReplicas", text(node, &["spec", "minReplicas"]).unwrap_or("1")).essential();
            let mut facts = vec![least];
            facts.extend(spec(&["maxReplicas", "targetCPUUtilizationPercentage"]));
            facts.extend(items(node, &["spec", "metrics"]).iter().filter_map(target));
            facts
        }
        "ScaledObject" => spec(&["minReplicaCount", "maxReplicaCount"]),
        "PodDisruptionBudget" => spec(&["minAvailable", "maxUnavailable"]),
        "CronJob" => spec(&["schedule", "suspend"]),
        "Job" => spec(&["parallelism", "completions"]),
        _ => replicas(object, around).into_iter().collect(),
    }
}

/// The number of pods, or the limits of the autoscaler if there is one.
fn replicas(object: &Resource, around: &Surroundings) -> Option<Fact> {
    if let Some((least, most)) = around.scaler(object) {
        return Some(Fact::new("replicas", format!("{least} (auto-scales to {most})")));
    }
    let written = text(object.node(), &["spec", "replicas"]);
    let usual = ONE_POD.contains(&object.kind()).then_some("1");
    written.or(usual).map(|count| Fact::new("replicas", count))
}

/// The target of an autoscaler metric, for example `target cpu`.
fn target(metric: &Node) -> Option<Fact> {
    let of = match text(metric, &["type"])? {
        "Resource" => metric.get("resource")?,
        "ContainerResource" => metric.get("containerResource")?,
        _ => return None,
    };
    let name = text(of, &["name"])?;
    let percent = text(of, &["target", "averageUtilization"]).map(|text| format!("{text}%"));
    let value = percent.or_else(|| text(of, &["target", "averageValue"]).map(str::to_owned))?;
    Some(Fact::new(format!("target {name}"), value))
}
