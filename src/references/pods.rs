//! The pods that objects of any kind create.
//!
//! The kinds of Kubernetes have one pod template at a known path. For all other kinds, every mapping is a pod template that is the
//! value of a field such as `template` or `podTemplate` and has containers in its `spec`: this covers workloads of operators
//! without a list of them. [`SHAPES`] contains the kinds that describe their pods differently.

use std::borrow::Cow;

use super::path::visit;
use crate::yaml::{Node, Scalar, Tag};

/// A pod, or the template of pods.
#[derive(Debug)]
pub struct Template<'n> {
    /// The `spec` of the pod, or the mapping that has the same fields.
    pub spec: &'n Node,
    /// Its labels.
    pub labels: Labels<'n>,
    /// The path of `spec` in the object.
    pub path: Cow<'static, str>,
    /// Whether a controller adds containers or fields to it.
    pub is_partial: bool,
}

/// The labels of a pod, which may come from two fields of the object.
#[derive(Clone, Copy, Debug, Default)]
pub struct Labels<'n>([Option<&'n Node>; 2]);

impl<'n> Labels<'n> {
    /// Labels in one field.
    pub fn new(labels: Option<&'n Node>) -> Self {
        Labels([labels, None])
    }

    /// The value of a label; values that are not strings are empty.
    pub fn get(&self, key: &str) -> Option<&'n str> {
        self.0.iter().flatten().find_map(|labels| labels.get(key)).map(text)
    }

    /// The labels.
    pub fn iter(&self) -> impl Iterator<Item = (&'n str, &'n str)> + use<'n> {
        let fields = self.0.into_iter().flatten().flat_map(|labels| labels.as_mapping().into_iter().flatten());
        fields.map(|entry| (entry.key.text.as_str(), text(&entry.value)))
    }
}

fn text(value: &Node) -> &str {
    let is_text = |scalar: &&Scalar| matches!(scalar.tag, Tag::Str | Tag::Timestamp);
    value.as_scalar().filter(is_text).map_or("", |scalar| scalar.text.as_str())
}

/// Where a kind that has no pod template describes its pods.
struct Shape {
    group: &'static str,
    kinds: &'static [&'static str],
    /// The path of a mapping with fields of a pod.
    pod: &'static str,
    /// The path of its labels, relative to `pod`.
    labels: &'static [&'static str],
    /// The path of more labels in the object.
    more: &'static [&'static str],
    /// Whether `pod` contains everything that the pod has.
    is_whole: bool,
}

const META: &[&str] = &["metadata", "labels"];
const POD_META: &[&str] = &["podMetadata", "labels"];
const SPEC_POD_META: &[&str] = &["spec", "podMetadata", "labels"];
const WORKFLOW_POD_META: &[&str] = &["spec", "workflowSpec", "podMetadata", "labels"];
const WORKFLOWS: &[&str] = &["Workflow", "WorkflowTemplate", "ClusterWorkflowTemplate"];
const PROMETHEUS: &[&str] = &["Prometheus", "PrometheusAgent", "Alertmanager", "ThanosRuler"];
const ROLLOUT: &[&str] = &["Rollout"];
const TEMPLATE_META: &[&str] = &["spec", "template", "metadata", "labels"];
const SPARK: &[&str] = &["SparkApplication"];
const SCHEDULED_SPARK: &[&str] = &["ScheduledSparkApplication"];

/// Kinds that do not describe their pods in a pod template.
#[rustfmt::skip]
const SHAPES: &[Shape] = &[
    Shape { group: "core.strimzi.io", kinds: &["StrimziPodSet"], pod: "spec.pods[].spec", labels: &[], more: &["spec", "selector", "matchLabels"], is_whole: true },
    Shape { group: "argoproj.io", kinds: WORKFLOWS, pod: "spec.templates[]", labels: META, more: SPEC_POD_META, is_whole: false },
    Shape { group: "argoproj.io", kinds: &["CronWorkflow"], pod: "spec.workflowSpec.templates[]", labels: META, more: WORKFLOW_POD_META, is_whole: false },
    Shape { group: "argoproj.io", kinds: WORKFLOWS, pod: "spec", labels: POD_META, more: &[], is_whole: false },
    Shape { group: "argoproj.io", kinds: &["CronWorkflow"], pod: "spec.workflowSpec", labels: POD_META, more: &[], is_whole: false },
    Shape { group: "sparkoperator.k8s.io", kinds: SPARK, pod: "spec.driver", labels: &["labels"], more: META, is_whole: false },
    Shape { group: "sparkoperator.k8s.io", kinds: SPARK, pod: "spec.executor", labels: &["labels"], more: META, is_whole: false },
    Shape { group: "sparkoperator.k8s.io", kinds: SCHEDULED_SPARK, pod: "spec.template.driver", labels: &["labels"], more: META, is_whole: false },
    Shape { group: "sparkoperator.k8s.io", kinds: SCHEDULED_SPARK, pod: "spec.template.executor", labels: &["labels"], more: META, is_whole: false },
    Shape { group: "monitoring.coreos.com", kinds: PROMETHEUS, pod: "spec", labels: POD_META, more: &[], is_whole: false },
    Shape { group: "argoproj.io", kinds: ROLLOUT, pod: "spec.strategy.canary.canaryMetadata", labels: &["labels"], more: TEMPLATE_META, is_whole: false },
    Shape { group: "argoproj.io", kinds: ROLLOUT, pod: "spec.strategy.canary.stableMetadata", labels: &["labels"], more: TEMPLATE_META, is_whole: false },
    Shape { group: "argoproj.io", kinds: ROLLOUT, pod: "spec.strategy.blueGreen.activeMetadata", labels: &["labels"], more: TEMPLATE_META, is_whole: false },
    Shape { group: "argoproj.io", kinds: ROLLOUT, pod: "spec.strategy.blueGreen.previewMetadata", labels: &["labels"], more: TEMPLATE_META, is_whole: false },
    Shape { group: "serving.kserve.io", kinds: &["InferenceService"], pod: "spec.predictor", labels: &["labels"], more: META, is_whole: false },
    Shape { group: "tekton.dev", kinds: &["TaskRun", "PipelineRun"], pod: "spec", labels: &[], more: META, is_whole: false },
];

/// Groups whose objects contain manifests for other purposes, such as patterns of policies.
const NOT_SEARCHED: &[&str] = &["kyverno.io", "policies.kyverno.io", "apiextensions.crossplane.io", "mutations.gatekeeper.sh"];
/// Fields that contain manifests or values for something else.
const NOT_ENTERED: &[&str] = &["values", "valuesObject", "manifest", "manifests", "objects", "data", "raw", "patches"];
/// The maximum depth of a template in an object.
const MAX_DEPTH: usize = 12;

/// The pods of an object. `group` and `kind` are its own.
pub fn templates<'n>(node: &'n Node, group: &str, kind: &str) -> Vec<Template<'n>> {
    if !is_custom(group) {
        return built_in(node, kind).into_iter().collect();
    }
    let mut found = Vec::new();
    if !NOT_SEARCHED.contains(&group) {
        search(node, &mut String::new(), MAX_DEPTH, &mut found);
    }
    for shape in SHAPES.iter().filter(|shape| shape.group == group && shape.kinds.contains(&kind)) {
        let more = Some(shape.more).filter(|path| !path.is_empty()).and_then(|path| node.at_path(path));
        visit(node, shape.pod, &mut |spec, path| {
            let labels = Some(shape.labels).filter(|path| !path.is_empty()).and_then(|path| spec.at_path(path));
            let path = Cow::Owned(path.to_owned());
            found.push(Template { spec, labels: Labels([labels, more]), path, is_partial: !shape.is_whole });
        });
    }
    found
}

/// The groups of Kubernetes that contain a dot.
#[rustfmt::skip]
const BUILT_IN: &[&str] = &[
    "admissionregistration.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io", "authentication.k8s.io",
    "authorization.k8s.io", "certificates.k8s.io", "coordination.k8s.io", "discovery.k8s.io", "events.k8s.io",
    "flowcontrol.apiserver.k8s.io", "internal.apiserver.k8s.io", "networking.k8s.io", "node.k8s.io",
    "rbac.authorization.k8s.io", "resource.k8s.io", "scheduling.k8s.io", "storage.k8s.io", "storagemigration.k8s.io",
];

/// Whether a group is not one of Kubernetes itself.
pub fn is_custom(group: &str) -> bool {
    group.contains('.') && !BUILT_IN.contains(&group)
}

fn built_in<'n>(node: &'n Node, kind: &str) -> Option<Template<'n>> {
    let (template, path) = match kind {
        "Pod" => (node, "spec"),
        "PodTemplate" => (node.get("template")?, "template.spec"),
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "ReplicationController" | "Job" => {
            (node.at_path(&["spec", "template"])?, "spec.template.spec")
        }
        "CronJob" => (node.at_path(&["spec", "jobTemplate", "spec", "template"])?, "spec.jobTemplate.spec.template.spec"),
        _ => return None,
    };
    let labels = Labels::new(template.at_path(META));
    Some(Template { spec: template.get("spec")?, labels, path: Cow::Borrowed(path), is_partial: false })
}

/// Finds pod templates at any depth.
fn search<'n>(node: &'n Node, at: &mut String, depth: usize, found: &mut Vec<Template<'n>>) {
    let Some(depth) = depth.checked_sub(1) else { return };
    let length = at.len();
    for (index, item) in node.as_sequence().unwrap_or_default().iter().enumerate().filter(|(_, item)| item.as_scalar().is_none())
    {
        *at += &format!("[{index}]");
        search(item, at, depth, found);
        at.truncate(length);
    }
    for entry in node.as_mapping().into_iter().flatten() {
        let (name, value) = (entry.key.text.as_str(), &entry.value);
        if value.as_scalar().is_some() || NOT_ENTERED.contains(&name) || (at.is_empty() && name == "metadata") {
            continue;
        }
        if !at.is_empty() {
            at.push('.');
        }
        at.push_str(name);
        match as_template(name, value, at) {
            Some(template) => found.push(template),
            None => search(value, at, depth, found),
        }
        at.truncate(length);
    }
}

/// A field that is a pod template: it has containers, or at least labels under a name that mentions pods.
fn as_template<'n>(name: &str, value: &'n Node, path: &str) -> Option<Template<'n>> {
    let labels = value.at_path(META);
    if !["emplate", "emplateSpec", "pod"].iter().any(|end| name.ends_with(end)) {
        return None;
    }
    let containers = value.at_path(&["spec", "containers"]).and_then(Node::as_sequence).unwrap_or_default();
    if let (Some(spec), false) = (value.get("spec"), containers.is_empty()) {
        // A container without an image changes one that the controller adds.
        let is_partial = containers.iter().any(|container| container.get("image").is_none());
        return Some(Template { spec, labels: Labels::new(labels), path: Cow::Owned(format!("{path}.spec")), is_partial });
    }
    let labels = Labels::new(Some(labels.filter(|_| name == "podTemplate" || name == "pod")?));
    Some(Template { spec: value.get("spec").unwrap_or(value), labels, path: Cow::Owned(path.to_owned()), is_partial: true })
}

/// Groups whose kinds only configure something, so their controllers do not create pods for an object.
#[rustfmt::skip]
const NO_PODS: &[&str] = &[
    "acme.cert-manager.io", "autoscaling.k8s.io", "bitnami.com", "cert-manager.io", "cilium.io", "cloud.google.com",
    "config.openshift.io", "constraints.gatekeeper.sh", "crd.projectcalico.org", "elbv2.k8s.aws", "extensions.istio.io",
    "external-secrets.io", "externaldns.k8s.io", "gateway.networking.k8s.io", "generators.external-secrets.io",
    "image.openshift.io", "image.toolkit.fluxcd.io", "keda.sh", "kyverno.io", "metallb.io", "mutations.gatekeeper.sh",
    "networking.gke.io", "networking.istio.io", "notification.toolkit.fluxcd.io", "policies.kyverno.io", "policy.linkerd.io",
    "projectcalico.org", "projectcontour.io", "route.openshift.io", "secrets-store.csi.x-k8s.io", "security.istio.io",
    "security.openshift.io", "snapshot.storage.k8s.io", "source.toolkit.fluxcd.io", "telemetry.istio.io",
    "templates.gatekeeper.sh", "traefik.containo.us", "traefik.io", "velero.io", "wgpolicyk8s.io",
];
/// The same for single kinds.
#[rustfmt::skip]
const NO_PODS_KINDS: &[&str] = &[
    "AlertmanagerConfig", "AnalysisTemplate", "AppProject", "ClusterAnalysisTemplate", "PodMonitor", "Probe", "PrometheusRule",
    "ScrapeConfig", "ServiceMonitor",
];

/// Whether a controller may create pods for an object without a description of them in it.
pub fn may_create_pods(group: &str, kind: &str) -> bool {
    is_custom(group) && !NO_PODS.contains(&group) && !NO_PODS_KINDS.contains(&kind)
}

/// Kinds that install arbitrary objects: Helm charts and directories of manifests.
const INSTALLERS: &[(&str, &[&str])] = &[
    ("helm.toolkit.fluxcd.io", &["HelmRelease"]),
    ("kustomize.toolkit.fluxcd.io", &["Kustomization"]),
    ("fluxcd.controlplane.io", &["FluxInstance", "ResourceSet"]),
    ("argoproj.io", &["Application", "ApplicationSet", "ArgoCD"]),
    ("helm.cattle.io", &["HelmChart", "HelmChartConfig"]),
    ("fleet.cattle.io", &["Bundle", "GitRepo"]),
    ("helm.crossplane.io", &["Release"]),
    ("operators.coreos.com", &["Subscription"]),
    ("source.toolkit.fluxcd.io", &["HelmChart"]),
];

/// Whether an object installs others whose names are not in it.
pub fn is_installer(group: &str, kind: &str) -> bool {
    INSTALLERS.iter().any(|(known, kinds)| *known == group && kinds.contains(&kind))
}
