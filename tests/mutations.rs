//! Injects faults into the objects of the stacks and checks that each is reported at the field that is wrong.
//!
//! The faults are rows of [`FAULTS`]: what they change, and the field that the API server would name. The unchanged objects are
//! accepted, so each error comes from the fault.

#[allow(dead_code)]
mod stacks;

use std::collections::BTreeSet;

use render::check::{Plan, Report, Whole, check};
use render::diagnostic::Severity;
use render::records::Records;
use render::yaml::{Dialect, Node};
use serde_json::{Value, json};
use stacks::single_stacks;

/// A fault.
struct Fault {
    /// Its name.
    name: &'static str,
    /// Injects the fault into an object and returns the field; `None` if it does not apply.
    put: fn(&mut Value) -> Option<String>,
}

/// Kinds whose names can contain uppercase letters.
const FREE_NAMES: &[&str] = &["Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding", "PodDisruptionBudget"];

/// All faults.
const FAULTS: &[Fault] = &[
    // Every object.
    Fault { name: "a name with uppercase letters", put: |object| bad_name(object, "Not_A_Name") },
    Fault { name: "a name with a slash", put: |object| put(object, "/metadata/name", json!("a/b")) },
    Fault { name: "a number as a name", put: |object| put(object, "/metadata/name", json!(7)) },
    Fault { name: "no name", put: |object| take(object, "/metadata", "name") },
    Fault { name: "a misspelled field in the metadata", put: |object| add(object, "/metadata", "lables", json!({})) },
    Fault { name: "labels as a list", put: |object| put(object, "/metadata/labels", json!(["a", "b"])) },
    Fault { name: "a numeric label", put: |object| add(object, "/metadata/labels", "tier", json!(1)) },
    Fault { name: "a label key with spaces", put: |object| add(object, "/metadata/labels", "no key", json!("x")) },
    Fault { name: "a label value with spaces", put: |object| add(object, "/metadata/labels", "tier", json!("no value!")) },
    Fault { name: "a label that is too long", put: |object| add(object, "/metadata/labels", "tier", json!("x".repeat(64))) },
    Fault { name: "an annotation key with spaces", put: |object| add(object, "/metadata", "annotations", json!({"no key": ""})) },
    Fault { name: "an unknown top-level field", put: |object| add(object, "", "sepc", json!({})) },
    Fault { name: "an unknown field in the spec", put: |object| add(object, "/spec", "replcias", json!(1)) },
    Fault { name: "a spec that is a string", put: |object| put(object, "/spec", json!("nothing")) },
    // Workloads.
    Fault { name: "replicas that are a string", put: |object| put(object, "/spec/replicas", json!("three")) },
    Fault { name: "fractional replicas", put: |object| put(object, "/spec/replicas", json!(1.5)) },
    Fault { name: "negative replicas", put: |object| workload(object)?.then(|| put(object, "/spec/replicas", json!(-1)))? },
    Fault { name: "no selector", put: |object| workload(object)?.then(|| take(object, "/spec", "selector"))? },
    Fault { name: "labels that the selector does not match", put: other_labels },
    Fault { name: "a CronJob without a schedule", put: |object| of(object, "CronJob", |job| take(job, "/spec", "schedule")) },
    Fault { name: "an invalid schedule", put: |object| put(object, "/spec/schedule", json!("every day")) },
    Fault { name: "an unknown concurrency policy", put: |object| put(object, "/spec/concurrencyPolicy", json!("Never")) },
    // Pods.
    Fault { name: "no containers", put: |object| pod(object, |pod| take(pod, "", "containers")) },
    Fault {
        name: "an unknown restart policy",
        put: |object| pod(object, |pod| add(pod, "", "restartPolicy", json!("Sometimes"))),
    },
    Fault { name: "an unknown DNS policy", put: |object| pod(object, |pod| add(pod, "", "dnsPolicy", json!("Nobody"))) },
    Fault { name: "a deadline of 0", put: |object| pod(object, |pod| add(pod, "", "activeDeadlineSeconds", json!(0))) },
    Fault { name: "a duplicate volume", put: |object| volumes(object, |pod| twice(pod, "/volumes", "name")) },
    Fault {
        name: "a volume name with uppercase letters",
        put: |object| volumes(object, |pod| put(pod, "/volumes/0/name", json!("Data"))),
    },
    Fault {
        name: "a toleration with a value that is not allowed",
        put: |object| {
            pod(object, |pod| add(pod, "", "tolerations", json!([{"operator": "Exists", "value": "x"}])))
                .map(|field| field + "[0].operator")
        },
    },
    // Containers.
    Fault { name: "a duplicate container", put: |object| pod(object, |pod| twice(pod, "/containers", "name")) },
    Fault { name: "a container without a name", put: |object| container(object, |container| take(container, "", "name")) },
    Fault {
        name: "a container name with dots",
        put: |object| container(object, |container| put(container, "/name", json!("a.b"))),
    },
    Fault { name: "a container without an image", put: |object| container(object, |container| take(container, "", "image")) },
    Fault {
        name: "an unknown pull policy",
        put: |object| container(object, |container| add(container, "", "imagePullPolicy", json!("Often"))),
    },
    Fault {
        name: "a misspelled field in a container",
        put: |object| container(object, |container| add(container, "", "comand", json!([]))),
    },
    Fault {
        name: "a command that is a string",
        put: |object| container(object, |container| add(container, "", "command", json!("sleep 1"))),
    },
    Fault {
        name: "a port above 65535",
        put: |object| container(object, |container| put(container, "/ports/0/containerPort", json!(65536))),
    },
    Fault {
        name: "a port that is a string",
        put: |object| container(object, |container| put(container, "/ports/0/containerPort", json!("http"))),
    },
    Fault {
        name: "a port name that is too long",
        put: |object| container(object, |container| put(container, "/ports/0/name", json!("sixteen-letters-x"))),
    },
    Fault {
        name: "an unknown protocol",
        put: |object| container(object, |container| add(container, "/ports/0", "protocol", json!("ICMP"))),
    },
    Fault {
        name: "a variable without a name",
        put: |object| container(object, |container| put(container, "/env/0/name", json!(""))),
    },
    Fault { name: "a numeric variable", put: |object| container(object, |container| put(container, "/env/0/value", json!(1))) },
    Fault { name: "a variable with a value and a source", put: two_sources },
    Fault {
        name: "an invalid quantity",
        put: |object| container(object, |container| put(container, "/resources/requests/cpu", json!("lots"))),
    },
    Fault {
        name: "a negative quantity",
        put: |object| container(object, |container| put(container, "/resources/requests/memory", json!("-1Gi"))),
    },
    Fault {
        name: "requests above limits",
        put: |object| {
            container(object, |container| {
                container.pointer("/resources/limits/memory")?;
                put(container, "/resources/requests/memory", json!("900Ti"))
            })
        },
    },
    Fault {
        name: "a mount without a volume",
        put: |object| container(object, |container| put(container, "/volumeMounts/0/name", json!("nowhere"))),
    },
    Fault {
        name: "a duplicate mount",
        put: |object| container(object, |container| twice(container, "/volumeMounts", "mountPath")),
    },
    Fault {
        name: "a probe without a handler",
        put: |object| {
            container(object, |container| {
                container.pointer("/livenessProbe")?;
                put(container, "/livenessProbe", json!({"periodSeconds": 5}))
            })
        },
    },
    Fault {
        name: "a negative probe period",
        put: |object| container(object, |container| add(container, "/livenessProbe", "periodSeconds", json!(-1))),
    },
    Fault {
        name: "a probe with an invalid port",
        put: |object| container(object, |container| put(container, "/livenessProbe/httpGet/port", json!(70000))),
    },
    Fault { name: "a negative group ID", put: |object| pod(object, |pod| add(pod, "/securityContext", "fsGroup", json!(-5))) },
    // Autoscalers and data.
    Fault { name: "metrics that are a string", put: |object| put(object, "/spec/metrics", json!("cpu")) },
    Fault { name: "a number in a ConfigMap", put: |object| of(object, "ConfigMap", |map| add(map, "/data", "number", json!(1))) },
    Fault {
        name: "a Secret with invalid base64",
        put: |object| of(object, "Secret", |secret| add(secret, "/data", "key", json!("no base64!"))),
    },
    // Services, Ingresses, policies, autoscalers, budgets, claims, and roles.
    Fault {
        name: "a Service port above 65535",
        put: |object| of(object, "Service", |o| put(o, "/spec/ports/0/port", json!(65536))),
    },
    Fault {
        name: "an unknown Service type",
        put: |object| of(object, "Service", |o| add(o, "/spec", "type", json!("Loadbalancer"))),
    },
    Fault {
        name: "a Service without ports",
        put: |object| {
            of(object, "Service", |o| if o["spec"]["clusterIP"] == "None" { None } else { put(o, "/spec/ports", json!([])) })
        },
    },
    Fault { name: "a duplicate Service port", put: |object| of(object, "Service", |o| twice(o, "/spec/ports", "name")) },
    Fault {
        name: "a Service selector with an invalid label",
        put: |object| of(object, "Service", |o| add(o, "/spec/selector", "app", json!("no label!"))),
    },
    Fault {
        name: "an unknown Ingress path type",
        put: |object| of(object, "Ingress", |o| put(o, "/spec/rules/0/http/paths/0/pathType", json!("prefix"))),
    },
    Fault {
        name: "an Ingress path without a slash",
        put: |object| of(object, "Ingress", |o| put(o, "/spec/rules/0/http/paths/0/path", json!("api"))),
    },
    Fault {
        name: "an unknown policy type",
        put: |object| of(object, "NetworkPolicy", |o| put(o, "/spec/policyTypes", json!(["Inbound"]))),
    },
    Fault {
        name: "an autoscaler with a minimum above its maximum",
        put: |object| {
            of(object, "HorizontalPodAutoscaler", |o| {
                put(o, "/spec/minReplicas", json!(1000)).map(|_| "spec.maxReplicas".to_owned())
            })
        },
    },
    Fault {
        name: "an autoscaler without a target",
        put: |object| of(object, "HorizontalPodAutoscaler", |o| take(o, "/spec/scaleTargetRef", "name")),
    },
    Fault {
        name: "a budget with both limits",
        put: |object| {
            of(object, "PodDisruptionBudget", |o| {
                add(o, "/spec", "minAvailable", json!(1));
                add(o, "/spec", "maxUnavailable", json!(1)).map(|_| "spec".to_owned())
            })
        },
    },
    Fault {
        name: "an unknown access mode of a claim",
        put: |object| of(object, "PersistentVolumeClaim", |o| put(o, "/spec/accessModes", json!(["ReadWrite"]))),
    },
    Fault {
        name: "a claim without a size",
        put: |object| {
            of(object, "PersistentVolumeClaim", |o| {
                put(o, "/spec/resources/requests", json!({})).map(|_| "spec.resources[storage]".to_owned())
            })
        },
    },
    Fault {
        name: "a binding to an unknown kind of role",
        put: |object| of(object, "RoleBinding", |o| put(o, "/roleRef/kind", json!("Rolle"))),
    },
    Fault { name: "a rule without verbs", put: |object| of(object, "Role", |o| put(o, "/rules/0/verbs", json!([]))) },
    Fault {
        name: "a ConfigMap key with spaces",
        put: |object| of(object, "ConfigMap", |o| add(o, "/data", "no key", json!(""))),
    },
];

fn put(object: &mut Value, pointer: &str, value: Value) -> Option<String> {
    *object.pointer_mut(pointer)? = value;
    Some(field(pointer))
}

fn add(object: &mut Value, pointer: &str, key: &str, value: Value) -> Option<String> {
    object.pointer_mut(pointer)?.as_object_mut()?.insert(key.to_owned(), value);
    let above = field(pointer);
    // An error in a label is reported at the mapping.
    let is_map = pointer.ends_with("/labels") || pointer == "/data";
    Some(if is_map { above } else { format!("{above}.{key}").trim_start_matches('.').to_owned() })
}

fn take(object: &mut Value, pointer: &str, key: &str) -> Option<String> {
    object.pointer_mut(pointer)?.as_object_mut()?.remove(key)?;
    Some(format!("{}.{key}", field(pointer)).trim_start_matches('.').to_owned())
}

fn twice(object: &mut Value, pointer: &str, key: &str) -> Option<String> {
    let list = object.pointer_mut(pointer)?.as_array_mut()?;
    list.push(list.first()?.clone());
    Some(format!("{}[{}].{key}", field(pointer), list.len() - 1))
}

/// Converts `/spec/ports/0/name` to `spec.ports[0].name`.
fn field(pointer: &str) -> String {
    let mut text = String::new();
    for part in pointer.split('/').skip(1) {
        match part.parse::<usize>() {
            Ok(index) => text += &format!("[{index}]"),
            Err(_) if text.is_empty() => text += part,
            Err(_) => text += &format!(".{part}"),
        }
    }
    text
}

fn of(object: &mut Value, kind: &str, put: impl FnOnce(&mut Value) -> Option<String>) -> Option<String> {
    if object["kind"] == kind { put(object) } else { None }
}

fn bad_name(object: &mut Value, name: &str) -> Option<String> {
    let is_free = FREE_NAMES.iter().any(|kind| object["kind"] == *kind);
    if is_free { None } else { put(object, "/metadata/name", json!(name)) }
}

/// Whether an object is a workload with a selector.
fn workload(object: &Value) -> Option<bool> {
    let kind = object["kind"].as_str()?;
    Some(["Deployment", "StatefulSet", "ReplicaSet"].contains(&kind))
}

fn pod(object: &mut Value, put: impl FnOnce(&mut Value) -> Option<String>) -> Option<String> {
    let pointer = match object["kind"].as_str()? {
        "Pod" => "/spec",
        "Deployment" | "StatefulSet" | "DaemonSet" | "Job" => "/spec/template/spec",
        "CronJob" => "/spec/jobTemplate/spec/template/spec",
        _ => return None,
    };
    let inner = put(object.pointer_mut(pointer)?)?;
    Some(format!("{}.{inner}", field(pointer)))
}

/// The same as [`pod`], except workloads with claim templates, where the server uses other indices for volumes.
fn volumes(object: &mut Value, put: impl FnOnce(&mut Value) -> Option<String>) -> Option<String> {
    let has_claims = object.pointer("/spec/volumeClaimTemplates").is_some();
    if has_claims { None } else { pod(object, put) }
}

fn container(object: &mut Value, put: impl FnOnce(&mut Value) -> Option<String>) -> Option<String> {
    pod(object, |pod| Some(format!("containers[0].{}", put(pod.pointer_mut("/containers/0")?)?)))
}

fn two_sources(object: &mut Value) -> Option<String> {
    container(object, |container| {
        let env = container.pointer_mut("/env")?.as_array_mut()?;
        env.push(json!({"name": "TWO", "value": "x", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}));
        Some(format!("env[{}].valueFrom", env.len() - 1))
    })
}

fn other_labels(object: &mut Value) -> Option<String> {
    workload(object)?.then(|| put(object, "/spec/template/metadata/labels", json!({"nobody": "selects-this"})))?
}

/// The unique objects of built-in kinds in all stacks.
fn objects() -> Vec<Value> {
    let mut seen = BTreeSet::new();
    let all = single_stacks().flat_map(|overlay| &overlay.objects).map(|object| object.0.clone());
    let built_in = all.filter(|object| {
        let group = object["apiVersion"].as_str().and_then(|version| version.split_once('/')).map_or("", |(group, _)| group);
        !group.contains('.') || group.ends_with(".k8s.io")
    });
    built_in.filter(|object| seen.insert(object.to_string())).collect()
}

/// Checks objects one by one.
fn checked(objects: &[Value]) -> Report {
    let mut records = Records::default();
    let step = records.provenance.step("", "test");
    let text: String = objects.iter().map(|object| format!("---\n{object}\n")).collect();
    let source = records.sources.add("objects.yaml", text);
    let nodes: Vec<Node> = records.documents(source, step, Dialect::Manifest).expect("JSON is YAML");
    assert_eq!(nodes.len(), objects.len());
    check(&nodes, &Whole::Part, &Plan::default(), &mut records)
}

/// Whether two fields are the same, or one contains the other.
fn same(one: &str, other: &str) -> bool {
    let below =
        |one: &str, other: &str| one.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
    below(one, other) || (other.contains('.') && one.contains('.') && below(other, one))
}

/// Writes keys in brackets as `.key`.
fn dotted(field: &str) -> String {
    let parts = field.split('[').enumerate().map(|(at, part)| match part.split_once(']') {
        Some((key, rest)) if key.parse::<usize>().is_err() => format!(".{key}{rest}"),
        _ if at == 0 => part.to_owned(),
        _ => format!("[{part}"),
    });
    parts.collect()
}

/// Removes indices, like the server's decoder.
fn unindexed(field: &str) -> String {
    let parts = field.split('[').enumerate();
    parts.map(|(at, part)| if at == 0 { part } else { part.split_once(']').map_or(part, |(_, rest)| rest) }).collect()
}

#[test]
fn unchanged_objects_are_accepted() {
    let objects = objects();
    assert!(objects.len() > 300, "{}", objects.len());
    assert!(!checked(&objects).has_errors());
}

#[test]
fn every_fault_is_reported_at_its_field() {
    let objects = objects();
    let mut wrong = Vec::new();
    for fault in FAULTS {
        let mut mutants: Vec<(Value, String)> = Vec::new();
        for object in &objects {
            let mut mutant = object.clone();
            mutants.extend((fault.put)(&mut mutant).map(|field| (mutant, field)));
        }
        assert!(!mutants.is_empty(), "{} does not apply to any object", fault.name);
        let values: Vec<Value> = mutants.iter().map(|(mutant, _)| mutant.clone()).collect();
        for (found, (mutant, field)) in checked(&values).objects.iter().zip(&mutants) {
            let errors = found.findings.iter().filter(|finding| finding.diagnostic.severity == Severity::Error);
            let fields: Vec<&str> = errors.map(|finding| finding.field.as_str()).collect();
            let field = field.as_str();
            if !fields.iter().any(|found| same(&dotted(found), field) || same(found, &unindexed(field))) {
                let object = format!("{} {}", mutant["kind"], mutant["metadata"]["name"]);
                wrong.push(format!("{}: {object}: expected an error at {field}, found {fields:?}", fault.name));
                break;
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
