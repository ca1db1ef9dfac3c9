//! A selector selects nothing: a Service, disruption budget, network policy, or monitor has no pods or Services.
//!
//! A common cause is a layer that adds labels to pods but not to selectors, or the reverse. An empty selector of a budget or
//! policy selects all pods in the namespace and is not reported. If the pods are created elsewhere, silence the finding with an
//! annotation on the object, `ignore-check.render.dev/selects-nothing: the operator creates the pods`, or with an entry under
//! `silence` in `.render.yaml`.

use super::set::Object;
use super::{Lint, Reporter, Set};
use crate::validate::look::{as_text, is_true, items, set as field};
use crate::validate::selectors::is_empty;
use crate::yaml::Node;

/// The lint.
pub const LINT: Lint = Lint { code: "selects-nothing", file: include_str!("selects_nothing.rs"), check };

fn check(set: &Set<'_>, out: &mut Reporter<'_, '_>) {
    for service in set.of_kind("Service").filter(|service| service.group.is_empty()) {
        let Some(selector) = service.node.at_path(&["spec", "selector"]) else { continue };
        let is_set = selector.as_mapping().is_some_and(|labels| !labels.is_empty());
        if is_set && set.served(service.namespace, selector).is_some_and(|pods| pods.is_empty()) {
            out.selects_nothing(service, selector, "spec.selector", "pod");
        }
    }
    for (kind, name) in [("PodDisruptionBudget", "selector"), ("NetworkPolicy", "podSelector"), ("PodMonitor", "selector")] {
        for object in set.of_kind(kind) {
            let selector = field(object.node, "spec").filter(|spec| !selects_namespaces(spec)).and_then(|spec| field(spec, name));
            let Some(selector) = selector.filter(|selector| !is_empty(selector)) else { continue };
            if set.selected(object.namespace, selector).is_some_and(|pods| pods.is_empty()) {
                out.selects_nothing(object, selector, &format!("spec.{name}"), "pod");
            }
        }
    }
    set.of_kind("ServiceMonitor").for_each(|monitor| of_monitor(monitor, set, out));
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
    if !found {
        out.selects_nothing(monitor, selector, "spec.selector", "Service");
    }
}
