//! A selector selects nothing: a Service, disruption budget, network policy, or monitor has no pods or Services.
//!
//! A common cause is a layer that adds labels to pods but not to selectors, or the reverse. Pods of custom resources are taken
//! into account if the resource contains a pod template, and so are labels that only controllers set. An empty selector of a budget or
//! policy selects all pods in the namespace and is not reported. In a build without any pods, such as a base for other kustomizations,
//! this is a note. If the pods are created elsewhere, silence the finding with an
//! annotation on the object, `ignore-check.render.dev/selects-nothing: the operator creates the pods`, or with an entry under
//! `silence` in `.render.yaml`.

use super::set::{Object, Selector};
use super::{Lint, Reporter, Set};
use crate::references::is_custom;
use crate::validate::look::{as_text, is_true, items, set as field};
use crate::validate::selectors::is_empty;
use crate::yaml::Node;

/// The lint.
pub const LINT: Lint = Lint { code: "selects-nothing", file: include_str!("selects_nothing.rs"), check };

fn check(set: &Set<'_>, out: &mut Reporter<'_, '_>) {
    for service in set.of_kind("Service") {
        let Some(labels) = service.node.at_path(&["spec", "selector"]) else { continue };
        let is_set = labels.as_mapping().is_some_and(|labels| !labels.is_empty());
        if is_set && set.served(service.namespace, labels).is_some_and(|pods| pods.is_empty()) {
            no_pods(service, Selector::Labels(labels), labels, "spec.selector", set, out);
        }
    }
    for (kind, name) in [("PodDisruptionBudget", "selector"), ("NetworkPolicy", "podSelector"), ("PodMonitor", "selector")] {
        for object in set.of_any_kind(kind).filter(|object| is_known(object)) {
            let selector = field(object.node, "spec").filter(|spec| !selects_namespaces(spec)).and_then(|spec| field(spec, name));
            let Some(selector) = selector.filter(|selector| !is_empty(selector)) else { continue };
            if set.selected(object.namespace, selector).is_some_and(|pods| pods.is_empty()) {
                no_pods(object, Selector::Of(selector), selector, &format!("spec.{name}"), set, out);
            }
        }
    }
    set.of_any_kind("ServiceMonitor").filter(|monitor| is_known(monitor)).for_each(|monitor| of_monitor(monitor, set, out));
}

/// Whether the kind is one of Kubernetes or the Prometheus Operator.
pub fn is_known(object: &Object<'_>) -> bool {
    !is_custom(object.group) || object.group == "monitoring.coreos.com"
}

fn no_pods(object: &Object<'_>, selector: Selector<'_>, node: &Node, field: &str, set: &Set<'_>, out: &mut Reporter<'_, '_>) {
    if !set.may_be_created(selector) {
        let near = out.may_search().then(|| set.nearest_pod(object.namespace, selector)).flatten();
        out.selects_nothing(object, node, field, "pod", near);
    }
}

fn selects_namespaces(spec: &Node) -> bool {
    field(spec, "namespaceSelector").is_some()
}

fn of_monitor(monitor: &Object<'_>, set: &Set<'_>, out: &mut Reporter<'_, '_>) {
    let Some(spec) = field(monitor.node, "spec") else { return };
    let Some(selector) = field(spec, "selector") else { return };
    let any_in = |namespace: &str| set.services(namespace, selector).is_none_or(|services| !services.is_empty());
    let found = match field(spec, "namespaceSelector") {
        Some(namespaces) if is_true(namespaces, "any") => set.service_namespaces().any(any_in),
        Some(namespaces) if items(namespaces, "matchNames").next().is_some() => {
            items(namespaces, "matchNames").filter_map(|(_, name)| as_text(name)).any(any_in)
        }
        _ => any_in(monitor.namespace),
    };
    if !found && !set.may_be_created(Selector::Of(selector)) {
        let near = set.nearest_service(monitor.namespace, selector).filter(|_| field(spec, "namespaceSelector").is_none());
        out.selects_nothing(monitor, selector, "spec.selector", "Service", near);
    }
}
