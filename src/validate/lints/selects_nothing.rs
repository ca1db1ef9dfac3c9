//! A selector selects nothing: a Service without pods, a budget or policy that protects none, a monitor that watches none.
//!
//! Labels that one layer adds to pods, and not to selectors, are a common cause, and the other way round. An empty selector of a
//! budget or policy means all pods of the namespace and is no finding. Where the pods are made elsewhere, say so in an annotation,
//! `ignore-check.render.dev/selects-nothing: the operator makes the pods`, or under `silence` in `.render.yaml`.

use super::set::Object;
use super::{Lint, Set, Told};
use crate::validate::look::{as_text, is_true, items, set as field};
use crate::validate::selectors::is_empty;
use crate::yaml::Node;

/// The lint.
pub const LINT: Lint = Lint { code: "selects-nothing", file: include_str!("selects_nothing.rs"), check };

fn check(set: &Set<'_>, told: &mut Told<'_, '_>) {
    for service in set.of_kind("Service").filter(|service| service.group.is_empty()) {
        let Some(selector) = service.node.at_path(&["spec", "selector"]) else { continue };
        let says_something = selector.as_mapping().is_some_and(|labels| !labels.is_empty());
        if says_something && set.served(service.namespace, selector).is_some_and(|pods| pods.is_empty()) {
            told.selects_nothing(service, selector, "spec.selector", "pod");
        }
    }
    for (kind, name) in [("PodDisruptionBudget", "selector"), ("NetworkPolicy", "podSelector"), ("PodMonitor", "selector")] {
        for object in set.of_kind(kind) {
            let selector = field(object.node, "spec").filter(|spec| !looks_elsewhere(spec)).and_then(|spec| field(spec, name));
            let Some(selector) = selector.filter(|selector| !is_empty(selector)) else { continue };
            if set.selected(object.namespace, selector).is_some_and(|pods| pods.is_empty()) {
                told.selects_nothing(object, selector, &format!("spec.{name}"), "pod");
            }
        }
    }
    set.of_kind("ServiceMonitor").for_each(|monitor| of_monitor(monitor, set, told));
}

fn looks_elsewhere(spec: &Node) -> bool {
    field(spec, "namespaceSelector").is_some()
}

fn of_monitor(monitor: &Object<'_>, set: &Set<'_>, told: &mut Told<'_, '_>) {
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
        told.selects_nothing(monitor, selector, "spec.selector", "Service");
    }
}
