//! The order of fields of objects. Behavior: `order.go` in kyaml.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::LazyLock;

/// The fields in order; all others follow by name.
const FIELDS: [&str; 110] = [
    "name", "generateName", "namespace", "clusterName", "apiVersion", "kind", "metadata", "type", "labels", "annotations",
    "spec", "status", "stringData", "data", "binaryData", "parallelism", "completions", "backoffLimit", "replicas",
    "selector", "manualSelector", "template", "ttlSecondsAfterFinished", "volumeClaimTemplates", "service", "serviceName",
    "podManagementPolicy", "updateStrategy", "strategy", "minReadySeconds", "revision", "revisionHistoryLimit", "paused",
    "progressDeadlineSeconds", "restartPolicy", "terminationGracePeriodSeconds", "activeDeadlineSeconds", "dnsPolicy",
    "serviceAccountName", "serviceAccount", "automountServiceAccountToken", "nodeName", "hostNetwork", "hostPID", "hostIPC",
    "shareProcessNamespace", "hostname", "subdomain", "schedulerName", "priorityClassName", "priority", "runtimeClassName",
    "enableServiceLinks", "nodeSelector", "hostAliases", "initContainers", "containers", "volumes", "imagePullSecrets",
    "affinity", "tolerations", "dnsConfig", "readinessGates", "image", "command", "args", "workingDir", "ports", "envFrom",
    "env", "resources", "volumeMounts", "volumeDevices", "livenessProbe", "readinessProbe", "lifecycle",
    "terminationMessagePath", "terminationMessagePolicy", "imagePullPolicy", "securityContext", "stdin", "stdinOnce", "tty",
    "clusterIP", "externalIPs", "loadBalancerIP", "loadBalancerSourceRanges", "externalName", "externalTrafficPolicy",
    "sessionAffinity", "protocol", "port", "targetPort", "hostPort", "containerPort", "hostIP", "readOnly", "mountPath",
    "subPath", "subPathExpr", "mountPropagation", "value", "valueFrom", "fieldRef", "resourceFieldRef", "configMapKeyRef",
    "secretKeyRef", "prefix", "configMapRef", "secretRef",
];

static POSITIONS: LazyLock<HashMap<&str, usize>> =
    LazyLock::new(|| FIELDS.iter().enumerate().map(|(at, field)| (*field, at)).collect());

/// Compares the positions of two fields. Fields with the same name are equal.
pub(super) fn field_order(a: &str, b: &str) -> Ordering {
    match (POSITIONS.get(a), POSITIONS.get(b)) {
        (Some(a), Some(b)) => a.cmp(b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => a.cmp(b),
    }
}
