//! Every object of the stacks can be decoded into its type in the crate `k8s-openapi`, without a field left over.
//!
//! The types are generated from Kubernetes' own OpenAPI document, so the check is independent of the tables of this project. The
//! types ignore unknown fields, so each object is encoded again and compared with the original.

#[allow(dead_code)]
mod stacks;

use std::collections::BTreeSet;

use k8s_openapi::Resource;
use k8s_openapi::api::apps::v1::{Deployment, StatefulSet};
use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_openapi::api::batch::v1::{CronJob, Job};
use k8s_openapi::api::core::v1::{
    ConfigMap, LimitRange, Namespace, PersistentVolumeClaim, ResourceQuota, Secret, Service, ServiceAccount,
};
use k8s_openapi::api::networking::v1::{Ingress, NetworkPolicy};
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding, Role, RoleBinding};
use k8s_openapi::api::storage::v1::StorageClass;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use stacks::{ENVIRONMENTS, Object, STACKS, overlay, text};

/// The built-in kinds of the stacks.
const TYPES: &[Type] = &[
    row::<ClusterRole>(),
    row::<ClusterRoleBinding>(),
    row::<ConfigMap>(),
    row::<CronJob>(),
    row::<Deployment>(),
    row::<HorizontalPodAutoscaler>(),
    row::<Ingress>(),
    row::<Job>(),
    row::<LimitRange>(),
    row::<Namespace>(),
    row::<NetworkPolicy>(),
    row::<PersistentVolumeClaim>(),
    row::<PodDisruptionBudget>(),
    row::<ResourceQuota>(),
    row::<Role>(),
    row::<RoleBinding>(),
    row::<Secret>(),
    row::<Service>(),
    row::<ServiceAccount>(),
    row::<StatefulSet>(),
    row::<StorageClass>(),
];

/// The custom resources of the stacks, which have no type.
const CUSTOM: &[(&str, &str)] = &[
    ("cert-manager.io/v1", "Certificate"),
    ("cert-manager.io/v1", "Issuer"),
    ("monitoring.coreos.com/v1", "PodMonitor"),
    ("monitoring.coreos.com/v1", "PrometheusRule"),
    ("monitoring.coreos.com/v1", "ServiceMonitor"),
];

/// A kind, and its type.
struct Type {
    id: (&'static str, &'static str),
    /// Decodes an object and encodes it again.
    again: fn(&Value) -> Result<Value, String>,
}

const fn row<T: Resource + DeserializeOwned + Serialize>() -> Type {
    Type { id: (T::API_VERSION, T::KIND), again: again::<T> }
}

fn again<T: DeserializeOwned + Serialize>(object: &Value) -> Result<Value, String> {
    let typed: T = serde_path_to_error::deserialize(object).map_err(|error| format!("{}: {}", error.path(), error.inner()))?;
    serde_json::to_value(typed).map_err(|error| error.to_string())
}

fn id(object: &Value) -> (&str, &str) {
    (text(&object["apiVersion"]), text(&object["kind"]))
}

/// The faults of an object, each with its field; `None` if its kind has no type.
fn faults(object: &Value) -> Option<Vec<String>> {
    let known = TYPES.iter().find(|known| known.id == id(object))?;
    Some(match (known.again)(object) {
        Ok(again) => {
            let mut faults = Vec::new();
            differences("", object, &again, &mut faults);
            faults
        }
        Err(fault) => vec![fault],
    })
}

fn differences(path: &str, read: &Value, again: &Value, faults: &mut Vec<String>) {
    match (read, again) {
        (Value::Object(read), Value::Object(again)) => {
            let field = |name: &str| format!("{path}{}{name}", if path.is_empty() { "" } else { "." });
            for (name, value) in read {
                match again.get(name) {
                    Some(again) => differences(&field(name), value, again, faults),
                    None => faults.push(format!("{}: unknown field, or null", field(name))),
                }
            }
            // A type writes its own kind, for example inside `volumeClaimTemplates`.
            let is_kind = |name: &str| matches!(name, "apiVersion" | "kind");
            let added = again.keys().filter(|name| !read.contains_key(*name) && !is_kind(name));
            faults.extend(added.map(|name| format!("{}: missing field", field(name))));
        }
        (Value::Array(read), Value::Array(again)) if read.len() == again.len() => {
            for (at, (read, again)) in read.iter().zip(again).enumerate() {
                differences(&format!("{path}[{at}]"), read, again, faults);
            }
        }
        // A quantity may be a number; its type is a string.
        (Value::Number(number), Value::String(text)) if *text == number.to_string() => {}
        _ if read == again => {}
        _ => faults.push(format!("{path}: expected {read}, found {again}")),
    }
}

/// All objects as parsed by an independent reader, with their overlays.
fn objects() -> impl Iterator<Item = (String, Object)> {
    let stacks = STACKS.iter().map(|stack| Some(*stack)).chain([None]);
    let overlays = stacks.flat_map(|stack| ENVIRONMENTS.map(|environment| overlay(environment, stack)));
    overlays.flat_map(|overlay| {
        let documents = serde_yaml::Deserializer::from_str(&overlay.text);
        let object = |document| Object(joined(serde::Deserialize::deserialize(document).expect("an object")));
        documents.map(object).map(|object| (overlay.name(), object)).collect::<Vec<_>>()
    })
}

/// An object whose base64 values are on one line. kustomize breaks the lines of a Secret; the server's decoder skips the line
/// breaks, but the decoder of the types does not.
fn joined(mut object: Value) -> Value {
    if object["kind"] == "Secret" {
        for value in object["data"].as_object_mut().into_iter().flat_map(|data| data.values_mut()) {
            *value = text(value).replace('\n', "").into();
        }
    }
    object
}

#[test]
fn every_object_decodes_into_its_type_with_all_its_fields() {
    let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
    for (overlay, object) in objects() {
        match faults(&object.0) {
            Some(faults) => found.extend(faults.iter().map(|fault| format!("{overlay}: {}: {fault}", object.id()))),
            None if CUSTOM.contains(&id(&object.0)) => {}
            None => found.push(format!("{overlay}: {}: `TYPES` has no row for {:?}", object.id(), id(&object.0))),
        }
        seen.insert((id(&object.0).0.to_owned(), object.kind().to_owned()));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    let listed = TYPES.iter().map(|known| known.id).chain(CUSTOM.iter().copied());
    let unused: Vec<_> = listed.filter(|(version, kind)| !seen.contains(&((*version).into(), (*kind).into()))).collect();
    assert!(unused.is_empty(), "no overlay has objects of {unused:?}");
}

/// An object of a kind, from the production overlays.
fn example(version: &str, kind: &str) -> Value {
    let mut objects = objects().filter(|(overlay, _)| overlay.starts_with("production/"));
    objects.find(|(_, object)| id(&object.0) == (version, kind)).unwrap_or_else(|| panic!("there is no {kind}")).1.0
}

#[test]
fn an_unknown_field_is_found_in_every_kind() {
    for Type { id: (version, kind), .. } in TYPES {
        let mut object = example(version, kind);
        object["unheard"] = json!(true);
        assert_eq!(faults(&object).unwrap(), ["unheard: unknown field, or null"], "{kind}");
        object["unheard"].take();
        object["metadata"]["labels"] = json!({"a": 1});
        assert_eq!(faults(&object).unwrap(), ["metadata.labels.a: invalid type: integer `1`, expected a string"], "{kind}");
    }
}

#[test]
fn a_fault_is_found_at_its_field() {
    let container = "/spec/template/spec/containers/0";
    let path = "spec.template.spec.containers[0]";
    for (at, name, value, expected) in [
        ("/spec", "replica", json!(1), "spec.replica: unknown field, or null".to_owned()),
        ("/spec", "replicas", json!("1"), "spec.replicas: invalid type: string \"1\", expected i32".to_owned()),
        ("/spec", "replicas", json!(1.5), "spec.replicas: invalid type: floating point `1.5`, expected i32".to_owned()),
        ("/spec", "selector", Value::Null, "spec.selector: expected null, found {}".to_owned()),
        (container, "image", json!(1), format!("{path}.image: invalid type: integer `1`, expected a string")),
        (container, "imagePullpolicy", json!("Always"), format!("{path}.imagePullpolicy: unknown field, or null")),
        (
            container,
            "command",
            json!("sleep 1"),
            format!("{path}.command: invalid type: string \"sleep 1\", expected a sequence"),
        ),
        (container, "ports", json!([{}]), format!("{path}.ports[0].containerPort: missing field")),
        (container, "resources", json!({"limits": {"cpu": 1, "memory": "1Gi"}}), String::new()),
        (
            container,
            "env",
            json!([{"name": "A", "valueFrom": {"secretkeyRef": {}}}]),
            format!("{path}.env[0].valueFrom.secretkeyRef: unknown field, or null"),
        ),
    ] {
        let mut object = example("apps/v1", "Deployment");
        object.pointer_mut(at).expect("a mapping")[name] = value;
        assert_eq!(faults(&object).unwrap().join("\n"), expected);
    }
    assert_eq!(faults(&json!({"apiVersion": "apps/v2", "kind": "Deployment"})), None);
}
