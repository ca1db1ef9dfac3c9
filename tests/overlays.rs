//! The five stacks in their three environments: their output, and whether it is consistent.
//!
//! `INSTA_UPDATE=always cargo test --test overlays` accepts the current output.

mod stacks;

use std::collections::BTreeSet;

use stacks::{ENVIRONMENTS, Overlay, STACKS, overlay, references, single_stacks};

#[test]
fn every_overlay_has_the_recorded_output() {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for overlay in single_stacks() {
            insta::assert_snapshot!(overlay.name().replace('/', "-"), overlay.text);
        }
    });
}

#[test]
fn an_environment_consists_of_its_stacks() {
    for environment in ENVIRONMENTS {
        let documents = |overlay: &'static Overlay| overlay.text.split("---\n").map(|text| text.trim_end().to_owned());
        let mut together: Vec<String> = documents(overlay(environment, None)).collect();
        let mut apart: Vec<String> = STACKS.iter().flat_map(|stack| documents(overlay(environment, Some(stack)))).collect();
        together.sort();
        apart.sort();
        assert_eq!(together.len(), apart.len(), "{environment}");
        let odd = together.iter().zip(&apart).find(|(a, b)| a != b);
        assert_eq!(odd, None, "{environment}");
    }
}

#[test]
fn objects_of_an_environment_are_unique() {
    for environment in ENVIRONMENTS {
        let mut seen = BTreeSet::new();
        for object in &overlay(environment, None).objects {
            let group = object.at("/apiVersion").as_str().unwrap_or_default().rsplit_once('/').map_or("", |(group, _)| group);
            assert!(seen.insert((group, object.namespace(), object.id())), "{environment}: {} appears twice", object.id());
        }
    }
}

#[test]
fn every_overlay_is_accepted_by_every_kubernetes_without_a_warning() {
    for overlay in single_stacks() {
        let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_render"));
        let path = format!("overlays/{}", overlay.name());
        command.current_dir(env!("CARGO_MANIFEST_DIR"));
        command.args(["validate", "--strict", "--kubernetes-version", "1.25..1.37", &path]).assert().code(0);
    }
}

/// What is wrong in an overlay.
type Check = fn(&Overlay) -> Vec<String>;

/// Fails with all findings of a check over all overlays.
fn nothing_found(check: Check) {
    let findings: Vec<String> = single_stacks()
        .flat_map(|overlay| check(overlay).into_iter().map(move |finding| format!("{}: {finding}", overlay.name())))
        .collect();
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[test]
fn objects_that_pods_need_exist() {
    nothing_found(references::of_pods);
}

#[test]
fn services_have_pods_with_open_ports() {
    nothing_found(references::of_services);
}

#[test]
fn selectors_find_pods() {
    nothing_found(references::of_selectors);
}

#[test]
fn ingresses_and_monitors_find_services() {
    nothing_found(references::to_services);
}

#[test]
fn autoscalers_and_bindings_find_their_objects() {
    nothing_found(references::of_autoscalers_and_bindings);
}

#[test]
fn missing_objects_are_found() {
    let holes: [(&str, Check); 10] = [
        ("ConfigMap", references::of_pods),
        ("Secret", references::of_pods),
        ("ServiceAccount", references::of_pods),
        ("PersistentVolumeClaim", references::of_pods),
        ("Deployment", references::of_services),
        ("Deployment", references::of_selectors),
        ("Service", references::to_services),
        ("Deployment", references::of_autoscalers_and_bindings),
        ("ServiceAccount", references::of_autoscalers_and_bindings),
        ("Role", references::of_autoscalers_and_bindings),
    ];
    let whole = overlay("production", None);
    for (kind, check) in holes {
        assert!(check(whole).is_empty() && !check(&whole.without(kind)).is_empty(), "a missing {kind} is not found");
    }
}

#[test]
fn objects_with_a_namespace_are_in_one_of_their_stack() {
    nothing_found(|overlay| {
        let namespaces: BTreeSet<&str> = overlay.of_kind("Namespace").map(|namespace| namespace.name()).collect();
        let lost = overlay.objects.iter().filter(|o| !o.namespace().is_empty() && !namespaces.contains(o.namespace()));
        lost.map(|object| format!("{} is in {}, which is not part of the overlay", object.id(), object.namespace())).collect()
    });
}

#[test]
fn autoscaled_workloads_leave_their_replicas_alone() {
    nothing_found(|overlay| {
        let targets = overlay.of_kind("HorizontalPodAutoscaler").map(|hpa| overlay.the("Deployment", target(hpa)));
        let fixed = targets.filter(|deployment| !deployment.at("/spec/replicas").is_null());
        fixed.map(|deployment| format!("{} sets replicas: every apply would undo the autoscaler", deployment.id())).collect()
    });
}

#[test]
fn budgets_let_a_node_be_drained() {
    nothing_found(|overlay| {
        let budgets = overlay.of_kind("PodDisruptionBudget");
        let blocked = budgets.filter(|budget| {
            let fewest: u64 =
                overlay.selected(budget.namespace(), budget.at("/spec/selector")).iter().map(|pods| fewest(overlay, pods)).sum();
            budget.at("/spec/minAvailable").as_u64().is_some_and(|least| least >= fewest)
        });
        blocked.map(|budget| format!("{} allows no eviction", budget.id())).collect()
    });
}

/// The minimum number of replicas of a workload.
fn fewest(overlay: &Overlay, pods: &stacks::Workload<'_>) -> u64 {
    let autoscaler = overlay.of_kind("HorizontalPodAutoscaler").find(|hpa| target(hpa) == pods.object.name());
    let replicas = autoscaler.map_or(pods.object.at("/spec/replicas"), |hpa| hpa.at("/spec/minReplicas"));
    replicas.as_u64().unwrap_or(1)
}

fn target(autoscaler: &stacks::Object) -> &str {
    stacks::text(autoscaler.at("/spec/scaleTargetRef/name"))
}

/// The minimum and maximum number of replicas.
fn range(overlay: &Overlay, deployment: &str) -> (u64, u64) {
    let number = |value: &serde_json::Value| value.as_u64().expect("a number of replicas");
    let autoscaler = overlay.of_kind("HorizontalPodAutoscaler").find(|hpa| target(hpa) == deployment);
    match autoscaler {
        Some(hpa) => (number(hpa.at("/spec/minReplicas")), number(hpa.at("/spec/maxReplicas"))),
        None => [number(overlay.the("Deployment", deployment).at("/spec/replicas")); 2].into(),
    }
}

#[test]
fn nothing_is_autoscaled_in_dev() {
    for stack in STACKS {
        assert_eq!(overlay("dev", Some(stack)).of_kind("HorizontalPodAutoscaler").count(), 0, "{stack}");
    }
}

#[test]
fn dashflow_is_sized_as_in_its_table() {
    for (environment, websocket, quality, level, extras) in
        [("dev", (1, 1), (1, 1), "debug", 0), ("staging", (2, 2), (1, 1), "info", 0), ("production", (3, 10), (2, 5), "warn", 2)]
    {
        let dashflow = overlay(environment, Some("dashflow"));
        assert_eq!(range(dashflow, "dashflow-websocket-server"), websocket, "{environment}");
        assert_eq!(range(dashflow, "dashflow-quality-monitor"), quality, "{environment}");
        let settings = dashflow.of_kind("ConfigMap").filter(|config| !config.at("/data/RUST_LOG").is_null());
        let levels: BTreeSet<&str> = settings.map(|config| stacks::text(config.at("/data/RUST_LOG"))).collect();
        assert_eq!(levels, BTreeSet::from([level]), "{environment}");
        assert_eq!(dashflow.of_kind("HorizontalPodAutoscaler").count(), extras, "{environment}");
        assert_eq!(dashflow.of_kind("PodDisruptionBudget").count() > 0, extras > 0, "{environment}");
    }
}

#[test]
fn disney_is_sized_as_in_its_table() {
    for (environment, replicas) in [("dev", (1, 1)), ("staging", (1, 3)), ("production", (3, 20))] {
        for deployment in ["api", "web"] {
            assert_eq!(range(overlay(environment, Some("disney-ai-plus")), deployment), replicas, "{environment}: {deployment}");
        }
    }
}
