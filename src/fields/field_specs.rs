//! The fields of objects that transformers know: kustomize's default tables, and what `configurations` and `crds` add.
//!
//! A field spec is a path (`spec/template/spec/containers[]/image`) in the objects of a group, version, and kind. The tables
//! contain the same data as those of kustomize 5.8 (`api/internal/konfig/builtinpluginconsts`).

use ecow::{EcoString, eco_format};
use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::spec_list::Adding;
pub use super::spec_list::{ByKind, Conflict, FieldSpec, SpecList};
use crate::resource::Gvk;
use crate::resource::sort_order::compare_gvk;
use crate::source::Span;
use crate::yaml::Located;

/// The fields that contain the name of an object of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameReference {
    /// The kind that is referred to.
    pub target: Gvk,
    /// The fields that refer to it.
    pub referrers: SpecList,
}

/// All tables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldSpecs {
    /// Fields that `namePrefix` is added to.
    pub name_prefix: SpecList,
    /// Fields that `nameSuffix` is added to.
    pub name_suffix: SpecList,
    /// Fields that `namespace` is written to, in addition to `metadata/namespace`.
    pub namespace: SpecList,
    /// Labels, selectors, and templates.
    pub common_labels: SpecList,
    /// Fields that every item of `labels` is written to.
    pub labels: SpecList,
    /// Labels and templates.
    pub template_labels: SpecList,
    /// Annotations and templates.
    pub common_annotations: SpecList,
    /// References by name.
    pub name_reference: Vec<NameReference>,
    /// Fields that vars are expanded in.
    pub var_reference: SpecList,
    /// Fields that contain an image.
    pub images: SpecList,
    /// Fields that contain a replica count.
    pub replicas: SpecList,
}

impl FieldSpecs {
    /// kustomize's tables.
    pub fn defaults() -> Self {
        FieldSpecs {
            name_prefix: list(&[("", "", "", "metadata/name")], false),
            name_suffix: list(&[("", "", "", "metadata/name")], false),
            namespace: namespace(),
            common_labels: common_labels(),
            labels: SpecList::default(),
            template_labels: list(LABELS, true),
            common_annotations: list(ANNOTATIONS, true),
            name_reference: name_references(),
            var_reference: var_references(),
            images: list(IMAGES, true),
            replicas: list(REPLICAS, true),
        }
    }

    /// Adds the rows of another set of tables, and sorts all tables.
    ///
    /// The order matters: in an added table, a field of one kind comes before the same field of all kinds, which is then
    /// considered known. So a file of `configurations` that names one kind can hide the field for the others.
    ///
    /// # Errors
    /// Both contain a field with different `create`.
    pub fn merge(&mut self, other: &FieldSpecs) -> Result<(), Conflict> {
        self.merge_all(std::slice::from_ref(other)).map_err(|(_, conflict)| conflict)
    }

    /// Adds the rows of other sets of tables one after another, as [`FieldSpecs::merge`] does.
    ///
    /// # Errors
    /// The index of the first set that contains a field with a different `create`.
    pub fn merge_all(&mut self, others: &[FieldSpecs]) -> Result<(), (usize, Conflict)> {
        let at_first = |(at, conflict): (usize, Conflict), first: &mut Option<(usize, Conflict)>| {
            if first.as_ref().is_none_or(|(known, _)| at < *known) {
                *first = Some((at, conflict));
            }
        };
        let mut first = None;
        for (place, own) in self.lists().into_iter().enumerate() {
            let mut adding = Adding::to(own);
            for (at, other) in others.iter().enumerate() {
                let added = other.list(place).0.iter().try_for_each(|spec| adding.add(spec));
                if let Err(conflict) = added {
                    at_first((at, conflict), &mut first);
                    break;
                }
            }
        }
        if let Err(found) = self.add_name_references(others) {
            at_first(found, &mut first);
        }
        self.sort();
        first.map_or(Ok(()), Err)
    }

    /// Sorts all tables by group, version, and kind.
    pub fn sort(&mut self) {
        for list in self.lists() {
            list.0.sort_by(|a, b| compare_gvk(&a.gvk, &b.gvk));
        }
        self.name_reference.sort_by(|a, b| compare_gvk(&a.target, &b.target));
    }

    /// All tables that are plain lists.
    fn lists(&mut self) -> [&mut SpecList; 10] {
        [
            &mut self.name_prefix,
            &mut self.name_suffix,
            &mut self.namespace,
            &mut self.common_labels,
            &mut self.labels,
            &mut self.template_labels,
            &mut self.common_annotations,
            &mut self.var_reference,
            &mut self.images,
            &mut self.replicas,
        ]
    }

    /// The table at a place in [`FieldSpecs::lists`].
    fn list(&self, place: usize) -> &SpecList {
        let lists = [
            &self.name_prefix,
            &self.name_suffix,
            &self.namespace,
            &self.common_labels,
            &self.labels,
            &self.template_labels,
            &self.common_annotations,
            &self.var_reference,
            &self.images,
            &self.replicas,
        ];
        lists[place]
    }

    /// Whether all tables are empty, which is only the case before the first merge.
    pub fn is_empty(&self) -> bool {
        *self == FieldSpecs::default()
    }

    /// Adds fields that refer to kinds.
    fn add_name_references(&mut self, others: &[FieldSpecs]) -> Result<(), (usize, Conflict)> {
        let mut places: FxHashMap<Gvk, usize> = FxHashMap::default();
        for (place, known) in self.name_reference.iter().enumerate() {
            places.entry(known.target.clone()).or_insert(place);
        }
        let mut added: Vec<Vec<(usize, &SpecList)>> = vec![Vec::new(); self.name_reference.len()];
        let references = others.iter().enumerate().flat_map(|(at, other)| other.name_reference.iter().map(move |one| (at, one)));
        for (at, reference) in references {
            match places.get(&reference.target) {
                Some(&place) => added[place].push((at, &reference.referrers)),
                None => {
                    places.insert(reference.target.clone(), self.name_reference.len());
                    self.name_reference.push(reference.clone());
                    added.push(Vec::new());
                }
            }
        }
        let mut first: Option<(usize, Conflict)> = None;
        for (known, added) in self.name_reference.iter_mut().zip(added).filter(|(_, added)| !added.is_empty()) {
            let mut adding = Adding::to(&mut known.referrers);
            let specs = added.into_iter().flat_map(|(at, list)| list.0.iter().map(move |spec| (at, spec)));
            let failed = specs.into_iter().find_map(|(at, spec)| adding.add(spec).err().map(|conflict| (at, conflict)));
            if let Some((at, conflict)) = failed.filter(|(at, _)| first.as_ref().is_none_or(|(known, _)| at < known)) {
                first = Some((at, conflict));
            }
        }
        first.map_or(Ok(()), Err)
    }
}

/// A field spec as written in a file of `configurations`, in `labels[].fields` or in a transformer's `fieldSpecs`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct FieldSpecConfig {
    group: String,
    version: String,
    kind: String,
    path: Located<String>,
    create: bool,
}

impl FieldSpecConfig {
    /// The location of the path.
    pub fn span(&self) -> Option<Span> {
        self.path.span
    }
}

impl From<FieldSpecConfig> for FieldSpec {
    fn from(config: FieldSpecConfig) -> Self {
        let gvk = Gvk { group: config.group.into(), version: config.version.into(), kind: config.kind.into() };
        FieldSpec::new(gvk, config.path.value, config.create)
    }
}

/// Field specs as a file lists them.
pub fn from_config(specs: Vec<FieldSpecConfig>) -> SpecList {
    SpecList(specs.into_iter().map(FieldSpec::from).collect())
}

/// Group, version, kind, path.
type Row = (&'static str, &'static str, &'static str, &'static str);

fn list(rows: &[Row], create: bool) -> SpecList {
    SpecList(rows.iter().map(|row| spec(row, row.3, create)).collect())
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

fn namespace() -> SpecList {
    let created: &[Row] =
        &[("", "", "Namespace", "metadata/name"), ("apiregistration.k8s.io", "", "APIService", "spec/service/namespace")];
    let found: &[Row] =
        &[("apiextensions.k8s.io", "", "CustomResourceDefinition", "spec/conversion/webhook/clientConfig/service/namespace")];
    let mut specs = list(created, true);
    specs.0.extend(list(found, false).0);
    specs
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

fn common_labels() -> SpecList {
    let mut specs = list(SELECTORS, true);
    specs.0.extend(list(FOUND_SELECTORS, false).0);
    for kind in ["Deployment", "StatefulSet"] {
        let row = ("apps", "", kind, "");
        specs.0.extend(POD_SELECTORS.iter().map(|path| spec(&row, eco_format!("spec/template/spec/{path}"), false)));
    }
    specs.0.extend(list(LABELS, true).0);
    specs
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
        SpecList(in_pods.chain(list(row.others, false).0).collect())
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

fn var_references() -> SpecList {
    let in_pods =
        VAR_USERS.iter().flat_map(|user| VAR_PATHS.iter().map(move |path| spec(user, eco_format!("{}{path}", user.3), false)));
    SpecList(in_pods.chain(list(VAR_OTHERS, false).0).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_references_are_in_the_order_of_their_targets() {
        let mut sorted = FieldSpecs::defaults();
        let before = sorted.name_reference.clone();
        sorted.merge(&FieldSpecs::default()).unwrap();
        let kinds = |references: &[NameReference]| references.iter().map(|r| r.target.kind.clone()).collect::<Vec<_>>();
        assert_eq!(kinds(&before), kinds(&sorted.name_reference));
    }

    #[test]
    fn no_field_appears_twice() {
        let specs = FieldSpecs::defaults();
        for list in [&specs.common_labels, &specs.template_labels, &specs.common_annotations, &specs.var_reference, &specs.images]
        {
            let mut seen = SpecList::default();
            seen.add_all(&list.0).unwrap();
            assert_eq!(seen.0.len(), list.0.len());
        }
    }

    #[test]
    fn the_same_field_with_a_different_create_is_a_conflict() {
        let mut specs = FieldSpecs::defaults();
        let other = FieldSpecs { name_prefix: list(&[("", "", "", "metadata/name")], true), ..FieldSpecs::default() };
        assert_eq!(specs.merge(&other), Err(Conflict("metadata/name".into())));
    }
}
