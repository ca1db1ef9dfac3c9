//! The fields that transformers know without any configuration: kustomize's tables.
//!
//! They contain the same data as those of kustomize 5.8 (`api/internal/konfig/builtinpluginconsts`). Each is built when it is
//! needed for the first time.

use std::sync::LazyLock;

use ecow::{EcoString, eco_format};

use super::spec_list::{FieldSpec, NameReference};
use crate::resource::Gvk;

/// Fields that `namePrefix` and `nameSuffix` are added to.
pub(super) static NAME: LazyLock<Vec<FieldSpec>> = LazyLock::new(|| list(&[("", "", "", "metadata/name")], false).collect());
/// Fields that `namespace` is written to.
pub(super) static NAMESPACE: LazyLock<Vec<FieldSpec>> = LazyLock::new(namespace);
/// Labels, selectors, and templates.
pub(super) static COMMON_LABELS: LazyLock<Vec<FieldSpec>> = LazyLock::new(common_labels);
/// Labels and templates.
pub(super) static TEMPLATE_LABELS: LazyLock<Vec<FieldSpec>> = LazyLock::new(|| list(LABELS, true).collect());
/// Annotations and templates.
pub(super) static COMMON_ANNOTATIONS: LazyLock<Vec<FieldSpec>> = LazyLock::new(|| list(ANNOTATIONS, true).collect());
/// References by name.
pub(super) static NAME_REFERENCE: LazyLock<Vec<NameReference>> = LazyLock::new(name_references);
/// Fields that vars are expanded in.
pub(super) static VAR_REFERENCE: LazyLock<Vec<FieldSpec>> = LazyLock::new(var_references);
/// Fields that contain an image.
pub(super) static IMAGE: LazyLock<Vec<FieldSpec>> = LazyLock::new(|| list(IMAGES, true).collect());
/// Fields that contain a replica count.
pub(super) static REPLICA: LazyLock<Vec<FieldSpec>> = LazyLock::new(|| list(REPLICAS, true).collect());

/// Group, version, kind, path.
type Row = (&'static str, &'static str, &'static str, &'static str);

fn list(rows: &[Row], create: bool) -> impl Iterator<Item = FieldSpec> {
    rows.iter().map(move |row| spec(row, row.3, create))
}

fn spec(&(group, version, kind, _): &Row, path: impl Into<EcoString>, create: bool) -> FieldSpec {
    FieldSpec::new(Gvk { group: group.into(), version: version.into(), kind: kind.into() }, path, create)
}

const LABELS: &[Row] = &[
    ("", "", "", "metadata/labels"),
    ("", "v1", "ReplicationController", "spec/template/metadata/labels"),
    ("", "", "Deployment", "spec/template/metadata/labels"),
    ("", "", "ReplicaSet", "spec/template/metadata/labels"),
    ("", "", "DaemonSet", "spec/template/metadata/labels"),
    ("apps", "", "StatefulSet", "spec/template/metadata/labels"),
    ("apps", "", "StatefulSet", "spec/volumeClaimTemplates[]/metadata/labels"),
    ("batch", "", "Job", "spec/template/metadata/labels"),
    ("batch", "", "CronJob", "spec/jobTemplate/metadata/labels"),
    ("batch", "", "CronJob", "spec/jobTemplate/spec/template/metadata/labels"),
];

const ANNOTATIONS: &[Row] = &[
    ("", "", "", "metadata/annotations"),
    ("", "v1", "ReplicationController", "spec/template/metadata/annotations"),
    ("", "", "Deployment", "spec/template/metadata/annotations"),
    ("", "", "ReplicaSet", "spec/template/metadata/annotations"),
    ("", "", "DaemonSet", "spec/template/metadata/annotations"),
    ("", "", "StatefulSet", "spec/template/metadata/annotations"),
    ("batch", "", "Job", "spec/template/metadata/annotations"),
    ("batch", "", "CronJob", "spec/jobTemplate/metadata/annotations"),
    ("batch", "", "CronJob", "spec/jobTemplate/spec/template/metadata/annotations"),
];

const IMAGES: &[Row] = &[
    ("", "", "", "spec/containers[]/image"),
    ("", "", "", "spec/initContainers[]/image"),
    ("", "", "", "spec/volumes[]/image/reference"),
    ("", "", "", "spec/template/spec/containers[]/image"),
    ("", "", "", "spec/template/spec/initContainers[]/image"),
    ("", "", "", "spec/template/spec/volumes[]/image/reference"),
];

const REPLICAS: &[Row] = &[
    ("", "", "Deployment", "spec/replicas"),
    ("", "", "ReplicationController", "spec/replicas"),
    ("", "", "ReplicaSet", "spec/replicas"),
    ("", "", "StatefulSet", "spec/replicas"),
];

fn namespace() -> Vec<FieldSpec> {
    let created: &[Row] =
        &[("", "", "Namespace", "metadata/name"), ("apiregistration.k8s.io", "", "APIService", "spec/service/namespace")];
    let found: &[Row] =
        &[("apiextensions.k8s.io", "", "CustomResourceDefinition", "spec/conversion/webhook/clientConfig/service/namespace")];
    list(created, true).chain(list(found, false)).collect()
}

/// Selectors that are created if they are missing.
const SELECTORS: &[Row] = &[
    ("", "v1", "Service", "spec/selector"),
    ("", "v1", "ReplicationController", "spec/selector"),
    ("", "", "Deployment", "spec/selector/matchLabels"),
    ("", "", "ReplicaSet", "spec/selector/matchLabels"),
    ("", "", "DaemonSet", "spec/selector/matchLabels"),
    ("apps", "", "StatefulSet", "spec/selector/matchLabels"),
];

/// Selectors that are only changed if they exist.
const FOUND_SELECTORS: &[Row] = &[
    ("batch", "", "Job", "spec/selector/matchLabels"),
    ("batch", "", "CronJob", "spec/jobTemplate/spec/selector/matchLabels"),
    ("policy", "", "PodDisruptionBudget", "spec/selector/matchLabels"),
    ("networking.k8s.io", "", "NetworkPolicy", "spec/podSelector/matchLabels"),
    ("networking.k8s.io", "", "NetworkPolicy", "spec/ingress/from/podSelector/matchLabels"),
    ("networking.k8s.io", "", "NetworkPolicy", "spec/egress/to/podSelector/matchLabels"),
];

/// Selectors inside the pod templates of Deployments and StatefulSets.
const POD_SELECTORS: &[&str] = &[
    "affinity/podAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels",
    "affinity/podAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels",
    "affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels",
    "affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels",
    "topologySpreadConstraints/labelSelector/matchLabels",
];

fn common_labels() -> Vec<FieldSpec> {
    let in_pods = ["Deployment", "StatefulSet"].into_iter().flat_map(|kind| {
        let row = ("apps", "", kind, "");
        POD_SELECTORS.iter().map(move |path| spec(&row, eco_format!("spec/template/spec/{path}"), false))
    });
    list(SELECTORS, true).chain(list(FOUND_SELECTORS, false)).chain(in_pods).chain(list(LABELS, true)).collect()
}

/// The kinds that contain a pod spec, and its path.
const POD: Row = ("", "v1", "Pod", "spec/");
const ANY_POD: Row = ("", "", "Pod", "spec/");
const POD_TEMPLATE: Row = ("", "", "PodTemplate", "template/spec/");
const DEPLOYMENT: Row = ("", "", "Deployment", "spec/template/spec/");
const REPLICA_SET: Row = ("", "", "ReplicaSet", "spec/template/spec/");
const DAEMON_SET: Row = ("", "", "DaemonSet", "spec/template/spec/");
const STATEFUL_SET: Row = ("", "", "StatefulSet", "spec/template/spec/");
const REPLICATION_CONTROLLER: Row = ("", "", "ReplicationController", "spec/template/spec/");
const JOB: Row = ("", "", "Job", "spec/template/spec/");
const CRON_JOB: Row = ("", "", "CronJob", "spec/jobTemplate/spec/template/spec/");

/// The kinds whose pods may refer to ConfigMaps and Secrets.
const CONFIG_USERS: &[Row] = &[POD, POD_TEMPLATE, DEPLOYMENT, REPLICA_SET, DAEMON_SET, STATEFUL_SET, JOB, CRON_JOB];
/// The kinds whose pods may refer to service accounts, claims, and priority classes.
const POD_OWNERS: &[Row] = &[ANY_POD, STATEFUL_SET, DEPLOYMENT, REPLICATION_CONTROLLER, CRON_JOB, JOB, DAEMON_SET];

const CONFIG_MAP_PATHS: &[&str] = &[
    "volumes/configMap/name",
    "containers/env/valueFrom/configMapKeyRef/name",
    "initContainers/env/valueFrom/configMapKeyRef/name",
    "containers/envFrom/configMapRef/name",
    "initContainers/envFrom/configMapRef/name",
    "volumes/projected/sources/configMap/name",
];

const SECRET_PATHS: &[&str] = &[
    "volumes/secret/secretName",
    "containers/env/valueFrom/secretKeyRef/name",
    "initContainers/env/valueFrom/secretKeyRef/name",
    "containers/envFrom/secretRef/name",
    "initContainers/envFrom/secretRef/name",
    "imagePullSecrets/name",
    "volumes/projected/sources/secret/name",
];

/// A kind that is referred to: group, version, kind; pod spec paths and the kinds that contain pod specs; other fields.
struct ReferenceRow {
    target: (&'static str, &'static str, &'static str),
    in_pods: (&'static [&'static str], &'static [Row]),
    others: &'static [Row],
}

const SCALE_TARGET: &[Row] = &[("", "", "HorizontalPodAutoscaler", "spec/scaleTargetRef/name")];
const RBAC: &str = "rbac.authorization.k8s.io";
const ADMISSION: &str = "admissionregistration.k8s.io";

/// In the order in which kustomize searches: by [`crate::resource::sort_order::compare_gvk`] of the target.
const NAME_REFERENCES: &[ReferenceRow] = &[
    ReferenceRow {
        target: ("storage.k8s.io", "v1", "StorageClass"),
        in_pods: (&[], &[]),
        others: &[
            ("", "", "PersistentVolume", "spec/storageClassName"),
            ("", "", "PersistentVolumeClaim", "spec/storageClassName"),
            ("", "", "StatefulSet", "spec/volumeClaimTemplates/spec/storageClassName"),
        ],
    },
    ReferenceRow {
        target: ("", "v1", "ServiceAccount"),
        in_pods: (&["serviceAccountName"], POD_OWNERS),
        others: &[(RBAC, "", "RoleBinding", "subjects"), (RBAC, "", "ClusterRoleBinding", "subjects")],
    },
    ReferenceRow { target: (RBAC, "", "Role"), in_pods: (&[], &[]), others: &[(RBAC, "", "RoleBinding", "roleRef/name")] },
    ReferenceRow {
        target: (RBAC, "", "ClusterRole"),
        in_pods: (&[], &[]),
        others: &[(RBAC, "", "RoleBinding", "roleRef/name"), (RBAC, "", "ClusterRoleBinding", "roleRef/name")],
    },
    ReferenceRow {
        target: ("", "v1", "ConfigMap"),
        in_pods: (CONFIG_MAP_PATHS, CONFIG_USERS),
        others: &[
            ("", "", "Node", "spec/configSource/configMap"),
            ("", "", "Role", "rules/resourceNames"),
            ("", "", "ClusterRole", "rules/resourceNames"),
            ("", "", "Ingress", "metadata/annotations/nginx.ingress.kubernetes.io\\/fastcgi-params-configmap"),
        ],
    },
    ReferenceRow {
        target: ("", "v1", "Secret"),
        in_pods: (SECRET_PATHS, CONFIG_USERS),
        others: &[
            ("", "", "Ingress", "spec/tls/secretName"),
            ("", "", "Ingress", "metadata/annotations/ingress.kubernetes.io\\/auth-secret"),
            ("", "", "Ingress", "metadata/annotations/nginx.ingress.kubernetes.io\\/auth-secret"),
            ("", "", "Ingress", "metadata/annotations/nginx.ingress.kubernetes.io\\/auth-tls-secret"),
            ("", "", "ServiceAccount", "imagePullSecrets/name"),
            ("", "", "StorageClass", "parameters/secretName"),
            ("", "", "StorageClass", "parameters/adminSecretName"),
            ("", "", "StorageClass", "parameters/userSecretName"),
            ("", "", "StorageClass", "parameters/secretRef"),
            ("", "", "Role", "rules/resourceNames"),
            ("", "", "ClusterRole", "rules/resourceNames"),
            ("serving.knative.dev", "v1", "Service", "spec/template/spec/containers/env/valueFrom/secretKeyRef/name"),
            ("", "", "PersistentVolume", "spec/azureFile/secretName"),
        ],
    },
    ReferenceRow {
        target: ("", "v1", "Service"),
        in_pods: (&[], &[]),
        others: &[
            ("apps", "", "StatefulSet", "spec/serviceName"),
            ("", "", "Ingress", "spec/rules/http/paths/backend/serviceName"),
            ("", "", "Ingress", "spec/backend/serviceName"),
            ("", "", "Ingress", "spec/rules/http/paths/backend/service/name"),
            ("", "", "Ingress", "spec/defaultBackend/service/name"),
            ("apiregistration.k8s.io", "", "APIService", "spec/service/name"),
            (ADMISSION, "", "ValidatingWebhookConfiguration", "webhooks/clientConfig/service"),
            (ADMISSION, "", "MutatingWebhookConfiguration", "webhooks/clientConfig/service"),
        ],
    },
    ReferenceRow {
        target: ("scheduling.k8s.io", "v1", "PriorityClass"),
        in_pods: (&["priorityClassName"], POD_OWNERS),
        others: &[],
    },
    ReferenceRow {
        target: ("", "v1", "PersistentVolume"),
        in_pods: (&[], &[]),
        others: &[("", "", "PersistentVolumeClaim", "spec/volumeName"), ("", "", "ClusterRole", "rules/resourceNames")],
    },
    ReferenceRow {
        target: ("", "v1", "PersistentVolumeClaim"),
        in_pods: (&["volumes/persistentVolumeClaim/claimName"], POD_OWNERS),
        others: &[],
    },
    ReferenceRow { target: ("", "", "Deployment"), in_pods: (&[], &[]), others: SCALE_TARGET },
    ReferenceRow { target: ("", "", "StatefulSet"), in_pods: (&[], &[]), others: SCALE_TARGET },
    ReferenceRow {
        target: (ADMISSION, "", "ValidatingAdmissionPolicy"),
        in_pods: (&[], &[]),
        others: &[(ADMISSION, "", "ValidatingAdmissionPolicyBinding", "spec/policyName")],
    },
    ReferenceRow {
        target: ("networking.k8s.io/v1", "v1", "IngressClass"),
        in_pods: (&[], &[]),
        others: &[("", "", "Ingress", "spec/ingressClassName")],
    },
    ReferenceRow { target: ("", "", "ReplicaSet"), in_pods: (&[], &[]), others: SCALE_TARGET },
    ReferenceRow { target: ("", "", "ReplicationController"), in_pods: (&[], &[]), others: SCALE_TARGET },
];

fn name_references() -> Vec<NameReference> {
    let referrers = |row: &ReferenceRow| {
        let (paths, users) = row.in_pods;
        let in_pods =
            users.iter().flat_map(|user| paths.iter().map(move |path| spec(user, eco_format!("{}{path}", user.3), false)));
        in_pods.chain(list(row.others, false)).collect()
    };
    let target =
        |(group, version, kind): (&str, &str, &str)| Gvk { group: group.into(), version: version.into(), kind: kind.into() };
    NAME_REFERENCES.iter().map(|row| NameReference { target: target(row.target), referrers: referrers(row) }).collect()
}

/// The fields of pod specs in which vars are expanded.
const VAR_PATHS: &[&str] = &[
    "containers/args",
    "containers/command",
    "containers/env/value",
    "containers/volumeMounts/mountPath",
    "initContainers/args",
    "initContainers/command",
    "initContainers/env/value",
    "initContainers/volumeMounts/mountPath",
];

const VAR_USERS: &[Row] = &[CRON_JOB, DAEMON_SET, DEPLOYMENT, JOB, ANY_POD, REPLICA_SET, STATEFUL_SET];

const VAR_OTHERS: &[Row] = &[
    ("", "", "CronJob", "spec/jobTemplate/spec/template/volumes/nfs/server"),
    ("", "", "DaemonSet", "spec/template/spec/volumes/nfs/server"),
    ("", "", "Deployment", "spec/template/spec/volumes/nfs/server"),
    ("", "", "Deployment", "spec/template/metadata/annotations"),
    ("", "", "Ingress", "spec/rules/host"),
    ("", "", "Ingress", "spec/tls/hosts"),
    ("", "", "Ingress", "spec/tls/secretName"),
    ("", "", "Job", "spec/template/spec/volumes/nfs/server"),
    ("", "", "Pod", "spec/volumes/nfs/server"),
    ("", "", "ReplicaSet", "spec/template/spec/volumes/nfs/server"),
    ("", "", "Service", "spec/ports/port"),
    ("", "", "Service", "spec/ports/targetPort"),
    ("", "", "StatefulSet", "spec/volumeClaimTemplates/spec/nfs/server"),
    ("", "", "PersistentVolume", "spec/nfs/server"),
    ("", "", "", "metadata/labels"),
    ("", "", "", "metadata/annotations"),
];

fn var_references() -> Vec<FieldSpec> {
    let in_pods =
        VAR_USERS.iter().flat_map(|user| VAR_PATHS.iter().map(move |path| spec(user, eco_format!("{}{path}", user.3), false)));
    in_pods.chain(list(VAR_OTHERS, false)).collect()
}
