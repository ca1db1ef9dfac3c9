//! Labels of pods that only a controller or an admission plugin sets when it creates the pods, so manifests do not contain them.

/// Keys of such labels, by what sets them. `*` at the end stands for any text.
const KEYS: &[(&str, &[&str])] = &[
    (
        "Kubernetes",
        &[
            "apps.kubernetes.io/pod-index",
            "batch.kubernetes.io/*",
            "controller-revision-hash",
            "controller-uid",
            "job-name",
            "pod-template-generation",
            "pod-template-hash",
            "statefulset.kubernetes.io/pod-name",
            "topology.kubernetes.io/*",
        ],
    ),
    ("JobSet, LeaderWorkerSet, and Kueue", &["jobset.sigs.k8s.io/*", "leaderworkerset.sigs.k8s.io/*", "kueue.x-k8s.io/*"]),
    ("Argo Rollouts and Workflows", &["rollouts-pod-template-hash", "workflows.argoproj.io/*"]),
    ("OpenKruise", &["apps.kruise.io/*", "lifecycle.apps.kruise.io/*"]),
    ("OpenShift", &["deployment", "deploymentconfig", "openshift.io/*"]),
    ("Knative", &["serving.knative.dev/*", "eventing.knative.dev/*", "messaging.knative.dev/*", "sources.knative.dev/*"]),
    ("Tekton", &["tekton.dev/*"]),
    (
        "Spark",
        &["spark-app-name", "spark-app-selector", "spark-exec-id", "spark-role", "spark-version", "sparkoperator.k8s.io/*"],
    ),
    ("Ray, Kubeflow, and Volcano", &["ray.io/*", "training.kubeflow.org/*", "volcano.sh/*", "serving.kserve.io/*"]),
    ("Strimzi", &["strimzi.io/*"]),
    ("CloudNativePG and other PostgreSQL operators", &["cnpg.io/*", "postgres-operator.crunchydata.com/*", "spilo-role"]),
    ("Elastic", &["*.k8s.elastic.co/*"]),
    (
        "Databases",
        &["cassandra.datastax.com/*", "k8ssandra.io/*", "scylla/*", "mysql.oracle.com/*", "redis.redis.opstreelabs.in/*"],
    ),
    ("Prometheus Operator", &["operator.prometheus.io/*"]),
    ("cert-manager", &["acme.cert-manager.io/*"]),
    ("Gateways", &["gateway.networking.k8s.io/*", "gateway.envoyproxy.io/*", "gateway.istio.io/*"]),
    ("Service meshes", &["security.istio.io/*", "service.istio.io/*", "linkerd.io/*", "dapr.io/*"]),
    ("Runners and game servers", &["actions.github.com/*", "actions-ephemeral-runner", "agones.dev/*"]),
    ("KubeVirt", &["kubevirt.io/*", "cdi.kubevirt.io/*", "vm.kubevirt.io/*"]),
    ("Rook and Velero", &["ceph.rook.io/*", "rook_cluster", "velero.io/*"]),
    ("Flink", &["flinkdeployment.flink.apache.org/*"]),
];

/// Whether a controller sets a label of a pod, so that the pod template does not need it. A key without a domain may also be a
/// label of the user.
pub fn is_set_by_controller(key: &str) -> bool {
    KEYS.iter().flat_map(|(_, keys)| *keys).any(|pattern| matches(pattern, key))
}

/// Labels of pods that every cluster has.
const PLATFORM: &[(&str, &[&str])] = &[
    ("component", &["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"]),
    ("k8s-app", &["kube-apiserver", "kube-controller-manager", "kube-dns", "kube-proxy", "kube-scheduler", "metrics-server"]),
];

/// Whether a label belongs to pods of Kubernetes itself.
pub fn is_of_platform(key: &str, value: &str) -> bool {
    PLATFORM.iter().any(|(label, values)| *label == key && values.contains(&value))
}

fn matches(pattern: &str, key: &str) -> bool {
    if !pattern.starts_with('*') && pattern.as_bytes().first() != key.as_bytes().first() {
        return false;
    }
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(rest), _) => key.split_once('/').is_some_and(|(domain, _)| domain.ends_with(rest.trim_end_matches("/*"))),
        (None, Some(stem)) => key.starts_with(stem),
        (None, None) => key == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_labels_are_not_set_by_controllers() {
        for key in
            ["pod-template-hash", "batch.kubernetes.io/job-name", "elasticsearch.k8s.elastic.co/cluster-name", "strimzi.io/name"]
        {
            assert!(is_set_by_controller(key), "{key}");
        }
        for key in ["app", "app.kubernetes.io/name", "app.kubernetes.io/instance", "team", "deployments", "spark"] {
            assert!(!is_set_by_controller(key), "{key}");
        }
    }
}
