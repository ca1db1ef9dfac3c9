//! Every object of the stacks, with one fault put into it, is refused at the field that is wrong.
//!
//! The faults are rows of [`FAULTS`]: where they apply, what they do, and the field that the API server would name. An object as it
//! stands is accepted, so that each refusal is the fault's.

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
    /// What is wrong.
    name: &'static str,
    /// Puts it into an object; the fields that it was put into. None when it does not apply.
    put: fn(&mut Value) -> Option<String>,
}

/// Kinds whose names may hold capital letters.
const FREE_NAMES: &[&str] = &["Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding", "PodDisruptionBudget"];

/// All faults.
const FAULTS: &[Fault] = &[
    // Every object.
    Fault { name: "a name with capital letters", put: |object| bad_name(object, "Not_A_Name") },
    Fault { name: "a name with a slash", put: |object| put(object, "/metadata/name", json!("a/b")) },
    Fault { name: "a number as a name", put: |object| put(object, "/metadata/name", json!(7)) },
    Fault { name: "no name", put: |object| take(object, "/metadata", "name") },
    Fault { name: "a misspelt field of the metadata", put: |object| add(object, "/metadata", "lables", json!({})) },
    Fault { name: "a list of labels", put: |object| put(object, "/metadata/labels", json!(["a", "b"])) },
    Fault { name: "a label that is a number", put: |object| add(object, "/metadata/labels", "tier", json!(1)) },
    Fault { name: "a label's key with blanks", put: |object| add(object, "/metadata/labels", "no key", json!("x")) },
    Fault { name: "a label's value with blanks", put: |object| add(object, "/metadata/labels", "tier", json!("no value!")) },
    Fault { name: "a label that is too long", put: |object| add(object, "/metadata/labels", "tier", json!("x".repeat(64))) },
    Fault {
        name: "an annotation's key with blanks",
        put: |object| add(object, "/metadata", "annotations", json!({"no key": ""})),
    },
    Fault { name: "an unknown field at the top", put: |object| add(object, "", "sepc", json!({})) },
    Fault { name: "an unknown field of the spec", put: |object| add(object, "/spec", "replcias", json!(1)) },
    Fault { name: "a spec that is a text", put: |object| put(object, "/spec", json!("nothing")) },
    // Workloads.
    Fault { name: "replicas that are a text", put: |object| put(object, "/spec/replicas", json!("three")) },
    Fault { name: "replicas with a fraction", put: |object| put(object, "/spec/replicas", json!(1.5)) },
    Fault { name: "negative replicas", put: |object| workload(object)?.then(|| put(object, "/spec/replicas", json!(-1)))? },
    Fault { name: "no selector", put: |object| workload(object)?.then(|| take(object, "/spec", "selector"))? },
    Fault { name: "other labels than the selector's", put: other_labels },
    Fault { name: "a CronJob without a schedule", put: |object| of(object, "CronJob", |job| take(job, "/spec", "schedule")) },
    Fault { name: "a schedule that is none", put: |object| put(object, "/spec/schedule", json!("every day")) },
    Fault { name: "an unknown policy of concurrency", put: |object| put(object, "/spec/concurrencyPolicy", json!("Never")) },
    // Pods.
    Fault { name: "no containers", put: |object| pod(object, |pod| take(pod, "", "containers")) },
    Fault {
        name: "an unknown restart policy",
        put: |object| pod(object, |pod| add(pod, "", "restartPolicy", json!("Sometimes"))),
    },
    Fault { name: "an unknown DNS policy", put: |object| pod(object, |pod| add(pod, "", "dnsPolicy", json!("Nobody"))) },
    Fault { name: "a deadline of nothing", put: |object| pod(object, |pod| add(pod, "", "activeDeadlineSeconds", json!(0))) },
    Fault { name: "a volume that stands twice", put: |object| volumes(object, |pod| twice(pod, "/volumes", "name")) },
    Fault {
        name: "a volume's name with capital letters",
        put: |object| volumes(object, |pod| put(pod, "/volumes/0/name", json!("Data"))),
    },
    Fault {
        name: "a toleration without sense",
        put: |object| {
            pod(object, |pod| add(pod, "", "tolerations", json!([{"operator": "Exists", "value": "x"}])))
                .map(|field| field + "[0].operator")
        },
    },
    // Containers.
    Fault { name: "a container that stands twice", put: |object| pod(object, |pod| twice(pod, "/containers", "name")) },
    Fault { name: "a container without name", put: |object| container(object, |container| take(container, "", "name")) },
    Fault {
        name: "a container's name with dots",
        put: |object| container(object, |container| put(container, "/name", json!("a.b"))),
    },
    Fault { name: "a container without image", put: |object| container(object, |container| take(container, "", "image")) },
    Fault {
        name: "an unknown pull policy",
        put: |object| container(object, |container| add(container, "", "imagePullPolicy", json!("Often"))),
    },
    Fault {
        name: "a misspelt field of a container",
        put: |object| container(object, |container| add(container, "", "comand", json!([]))),
    },
    Fault {
        name: "a command that is a text",
        put: |object| container(object, |container| add(container, "", "command", json!("sleep 1"))),
    },
    Fault {
        name: "a port beyond 65535",
        put: |object| container(object, |container| put(container, "/ports/0/containerPort", json!(65536))),
    },
    Fault {
        name: "a port that is a text",
        put: |object| container(object, |container| put(container, "/ports/0/containerPort", json!("http"))),
    },
    Fault {
        name: "a port's name that is too long",
        put: |object| container(object, |container| put(container, "/ports/0/name", json!("sixteen-letters-x"))),
    },
    Fault {
        name: "an unknown protocol",
        put: |object| container(object, |container| add(container, "/ports/0", "protocol", json!("ICMP"))),
    },
    Fault {
        name: "a variable without name",
        put: |object| container(object, |container| put(container, "/env/0/name", json!(""))),
    },
    Fault {
        name: "a variable that is a number",
        put: |object| container(object, |container| put(container, "/env/0/value", json!(1))),
    },
    Fault { name: "a variable with value and source", put: two_sources },
    Fault {
        name: "a quantity that is none",
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
        name: "a mount of no volume",
        put: |object| container(object, |container| put(container, "/volumeMounts/0/name", json!("nowhere"))),
    },
    Fault {
        name: "a mount that stands twice",
        put: |object| container(object, |container| twice(container, "/volumeMounts", "mountPath")),
    },
    Fault {
        name: "a probe without handler",
        put: |object| {
            container(object, |container| {
                container.pointer("/livenessProbe")?;
                put(container, "/livenessProbe", json!({"periodSeconds": 5}))
            })
        },
    },
    Fault {
        name: "a probe's period below zero",
        put: |object| container(object, |container| add(container, "/livenessProbe", "periodSeconds", json!(-1))),
    },
    Fault {
        name: "a probe of a port that can't be",
        put: |object| container(object, |container| put(container, "/livenessProbe/httpGet/port", json!(70000))),
    },
    Fault {
        name: "a group that is negative",
        put: |object| pod(object, |pod| add(pod, "/securityContext", "fsGroup", json!(-5))),
    },
    // Autoscalers, budgets, data.
    Fault { name: "a metric that is a text", put: |object| put(object, "/spec/metrics", json!("cpu")) },
    Fault { name: "a ConfigMap's number", put: |object| of(object, "ConfigMap", |map| add(map, "/data", "number", json!(1))) },
    Fault {
        name: "a Secret that is no base64",
        put: |object| of(object, "Secret", |secret| add(secret, "/data", "key", json!("no base64!"))),
    },
    // Services, Ingresses, policies, autoscalers, budgets, claims, roles.
    Fault {
        name: "a Service's port beyond 65535",
        put: |object| of(object, "Service", |o| put(o, "/spec/ports/0/port", json!(65536))),
    },
    Fault {
        name: "a Service's unknown type",
        put: |object| of(object, "Service", |o| add(o, "/spec", "type", json!("Loadbalancer"))),
    },
    Fault {
        name: "a Service without ports",
        put: |object| {
            of(object, "Service", |o| if o["spec"]["clusterIP"] == "None" { None } else { put(o, "/spec/ports", json!([])) })
        },
    },
    Fault { name: "a Service's port twice", put: |object| of(object, "Service", |o| twice(o, "/spec/ports", "name")) },
    Fault {
        name: "a Service's selector that is no label",
        put: |object| of(object, "Service", |o| add(o, "/spec/selector", "app", json!("no label!"))),
    },
    Fault {
        name: "an Ingress' unknown type of path",
        put: |object| of(object, "Ingress", |o| put(o, "/spec/rules/0/http/paths/0/pathType", json!("prefix"))),
    },
    Fault {
        name: "an Ingress' path without slash",
        put: |object| of(object, "Ingress", |o| put(o, "/spec/rules/0/http/paths/0/path", json!("api"))),
    },
    Fault {
        name: "a policy's unknown type",
        put: |object| of(object, "NetworkPolicy", |o| put(o, "/spec/policyTypes", json!(["Inbound"]))),
    },
    Fault {
        name: "an autoscaler whose minimum is above its maximum",
        put: |object| {
            of(object, "HorizontalPodAutoscaler", |o| {
                put(o, "/spec/minReplicas", json!(1000)).map(|_| "spec.maxReplicas".to_owned())
            })
        },
    },
    Fault {
        name: "an autoscaler without target",
        put: |object| of(object, "HorizontalPodAutoscaler", |o| take(o, "/spec/scaleTargetRef", "name")),
    },
    Fault {
        name: "a budget with both numbers",
        put: |object| {
            of(object, "PodDisruptionBudget", |o| {
                add(o, "/spec", "minAvailable", json!(1));
                add(o, "/spec", "maxUnavailable", json!(1)).map(|_| "spec".to_owned())
            })
        },
    },
    Fault {
        name: "a claim's unknown access mode",
        put: |object| of(object, "PersistentVolumeClaim", |o| put(o, "/spec/accessModes", json!(["ReadWrite"]))),
    },
    Fault {
        name: "a claim without storage",
        put: |object| {
            of(object, "PersistentVolumeClaim", |o| {
                put(o, "/spec/resources/requests", json!({})).map(|_| "spec.resources[storage]".to_owned())
            })
        },
    },
    Fault { name: "a binding to no role", put: |object| of(object, "RoleBinding", |o| put(o, "/roleRef/kind", json!("Rolle"))) },
    Fault { name: "a rule without verbs", put: |object| of(object, "Role", |o| put(o, "/rules/0/verbs", json!([]))) },
    Fault {
        name: "a ConfigMap's key with blanks",
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
    // A label is told as the mapping that holds it.
    let is_free = pointer.ends_with("/labels") || pointer == "/data";
    Some(if is_free { above } else { format!("{above}.{key}").trim_start_matches('.').to_owned() })
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

/// `/spec/ports/0/name` as `spec.ports[0].name`.
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

/// A pod whose volumes have the indices that the server gives them: it puts those of claims before them.
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

/// The objects of built-in kinds of all stacks, each once.
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

/// Whether one field is the other one, or lies in it, however keys are written.
fn same(one: &str, other: &str) -> bool {
    let below =
        |one: &str, other: &str| one.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
    below(one, other) || (other.contains('.') && one.contains('.') && below(other, one))
}

/// A field whose keys stand behind points.
fn dotted(field: &str) -> String {
    let parts = field.split('[').enumerate().map(|(at, part)| match part.split_once(']') {
        Some((key, rest)) if key.parse::<usize>().is_err() => format!(".{key}{rest}"),
        _ if at == 0 => part.to_owned(),
        _ => format!("[{part}"),
    });
    parts.collect()
}

/// A field without indices, as the server's decoder writes it.
fn unindexed(field: &str) -> String {
    let parts = field.split('[').enumerate();
    parts.map(|(at, part)| if at == 0 { part } else { part.split_once(']').map_or(part, |(_, rest)| rest) }).collect()
}

#[test]
fn objects_as_they_stand_are_accepted() {
    let objects = objects();
    assert!(objects.len() > 300, "{}", objects.len());
    assert!(!checked(&objects).has_errors());
}

#[test]
fn every_fault_is_refused_at_its_field() {
    let objects = objects();
    let mut wrong = Vec::new();
    for fault in FAULTS {
        let mut mutants: Vec<(Value, String)> = Vec::new();
        for object in &objects {
            let mut mutant = object.clone();
            mutants.extend((fault.put)(&mut mutant).map(|field| (mutant, field)));
        }
        assert!(!mutants.is_empty(), "{} applies nowhere", fault.name);
        let values: Vec<Value> = mutants.iter().map(|(mutant, _)| mutant.clone()).collect();
        for (found, (mutant, field)) in checked(&values).objects.iter().zip(&mutants) {
            let errors = found.findings.iter().filter(|finding| finding.diagnostic.severity == Severity::Error);
            let fields: Vec<&str> = errors.map(|finding| finding.field.as_str()).collect();
            let field = field.as_str();
            if !fields.iter().any(|found| same(&dotted(found), field) || same(found, &unindexed(field))) {
                let object = format!("{} {}", mutant["kind"], mutant["metadata"]["name"]);
                wrong.push(format!("{}: {object}: {field} is wrong, found {fields:?}", fault.name));
                break;
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
