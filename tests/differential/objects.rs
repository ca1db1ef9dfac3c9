//! Kubernetes objects of many kinds, with references between them.

use super::document::{Yaml, map};
use super::values::Values;

/// An object as written in a file, and its id.
#[derive(Clone, Debug)]
pub struct Object {
    pub api_version: String,
    pub kind: String,
    pub name: String,
    pub namespace: Option<String>,
    /// The name with the prefixes and suffixes of the layers so far.
    pub current: String,
    pub content: Yaml,
    /// Whether it comes from a generator: its content can't be patched by path, and its name gets a hash.
    pub generated: bool,
}

impl Object {
    pub fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }

    /// The original or the current name.
    pub fn some_name(&self, values: &mut Values) -> String {
        if values.random.chance(75) { self.name.clone() } else { self.current.clone() }
    }

    pub fn version(&self) -> &str {
        self.api_version.split_once('/').map_or(&self.api_version, |(_, version)| version)
    }
}

/// Generates the content after `metadata`.
type Make = fn(&mut Values, &mut Yaml);

/// Kinds, their frequency, and whether they are namespaced.
const KINDS: &[(&str, &str, usize, bool, Make)] = &[
    ("apps/v1", "Deployment", 14, true, workload),
    ("apps/v1", "StatefulSet", 5, true, stateful_set),
    ("apps/v1", "DaemonSet", 3, true, workload),
    ("apps/v1", "ReplicaSet", 1, true, workload),
    ("batch/v1", "Job", 3, true, job),
    ("batch/v1", "CronJob", 3, true, cron_job),
    ("v1", "Pod", 3, true, |v, o| o.set("spec", v.pod_spec())),
    ("v1", "Service", 8, true, service),
    ("v1", "ConfigMap", 7, true, data),
    ("v1", "Secret", 4, true, data),
    ("v1", "ServiceAccount", 4, true, service_account),
    ("v1", "PersistentVolumeClaim", 3, true, claim),
    ("v1", "PersistentVolume", 1, false, volume),
    ("v1", "Namespace", 2, false, |_, _| {}),
    ("v1", "Endpoints", 1, true, |_, _| {}),
    ("v1", "LimitRange", 1, true, |v, o| o.set("spec", v.value(2))),
    ("v1", "ResourceQuota", 1, true, |v, o| o.set("spec", map! { "hard" => map! { "cpu" => v.count() } })),
    ("networking.k8s.io/v1", "Ingress", 4, true, ingress),
    ("networking.k8s.io/v1", "NetworkPolicy", 2, true, network_policy),
    ("networking.k8s.io/v1", "IngressClass", 1, false, |v, o| o.set("spec", map! { "controller" => v.name() })),
    ("autoscaling/v2", "HorizontalPodAutoscaler", 4, true, autoscaler),
    ("autoscaling/v1", "HorizontalPodAutoscaler", 1, true, autoscaler),
    ("policy/v1", "PodDisruptionBudget", 2, true, disruption_budget),
    ("rbac.authorization.k8s.io/v1", "Role", 2, true, role),
    ("rbac.authorization.k8s.io/v1", "ClusterRole", 2, false, role),
    ("rbac.authorization.k8s.io/v1", "RoleBinding", 3, true, binding),
    ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", 3, false, binding),
    ("storage.k8s.io/v1", "StorageClass", 1, false, |v, o| o.set("provisioner", v.name())),
    ("scheduling.k8s.io/v1", "PriorityClass", 1, false, |v, o| o.set("value", v.count())),
    ("apiextensions.k8s.io/v1", "CustomResourceDefinition", 2, false, crd),
    ("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", 2, false, webhooks),
    ("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", 1, false, webhooks),
    ("apiregistration.k8s.io/v1", "APIService", 1, false, api_service),
    ("example.com/v1", "Foo", 5, true, custom),
    ("example.com/v1beta1", "Foo", 1, true, custom),
    ("monitoring.coreos.com/v1", "ServiceMonitor", 2, true, service_monitor),
    ("argoproj.io/v1alpha1", "Rollout", 2, true, workload),
    ("serving.knative.dev/v1", "Service", 1, true, workload),
    ("gateway.networking.k8s.io/v1", "HTTPRoute", 1, true, route),
    ("cert-manager.io/v1", "Certificate", 1, true, |v, o| o.set("spec", map! { "secretName" => v.name() })),
    ("kustomize.config.k8s.io/v1", "Odd", 1, true, custom),
    ("extensions/v1beta1", "Deployment", 1, true, workload),
    ("apps.openshift.io/v1", "DeploymentConfig", 1, true, workload),
];

impl Values {
    /// A random object with this name and namespace.
    pub fn object(&mut self, name: &str, namespace: Option<&str>) -> Object {
        let total: usize = KINDS.iter().map(|kind| kind.2).sum();
        let mut at = self.random.below(total);
        let found = KINDS.iter().find(|kind| {
            let here = at < kind.2;
            at = at.saturating_sub(kind.2);
            here
        });
        let (api_version, kind, _, namespaced, make) = found.unwrap_or(&KINDS[0]);
        let namespace = namespace.filter(|_| *namespaced || self.odd(2)).map(str::to_owned);
        let crd_name = format!("{name}s.example.com");
        let name = if *kind == "CustomResourceDefinition" { crd_name.as_str() } else { name };
        let mut content = map! { "apiVersion" => *api_version, "kind" => *kind };
        content.set("metadata", self.metadata(name, namespace.as_deref()));
        make(self, &mut content);
        self.retouch(&mut content);
        let (api_version, kind) = (api_version.to_string(), kind.to_string());
        Object { api_version, kind, name: name.to_owned(), namespace, current: name.to_owned(), content, generated: false }
    }

    fn metadata(&mut self, name: &str, namespace: Option<&str>) -> Yaml {
        let mut metadata = map! { "name" => self.name_value(name) };
        if let Some(namespace) = namespace {
            metadata.set("namespace", namespace);
        }
        if self.random.chance(50) {
            let labels = self.labels();
            metadata.set("labels", labels);
        }
        if self.random.chance(25) {
            let annotations = self.annotations();
            metadata.set("annotations", annotations);
        }
        if self.odd(3) {
            let key = self.random.pick(&["labels", "annotations", "creationTimestamp", "generateName", "ownerReferences"]);
            let value = self.random.pick(&["{}", "null", ""]);
            metadata.set(key, Yaml::plain(value));
        }
        metadata
    }

    /// Adds top-level fields in unusual places.
    fn retouch(&mut self, content: &mut Yaml) {
        if self.odd(2) {
            content.set("status", Yaml::plain("{}"));
        }
        if self.odd(2) {
            let value = self.value(2);
            content.set(self.random.pick(&["spec2", "extra", "data", "x-y"]), value);
        }
        if self.odd(2)
            && let Yaml::Map(entries, _) = content
        {
            self.random.shuffle(entries);
        }
    }
}

fn workload(values: &mut Values, object: &mut Yaml) {
    let labels = values.labels();
    let mut spec = map! {};
    if values.random.chance(70) {
        spec.set("replicas", values.count());
    }
    if values.random.chance(85) {
        spec.set("selector", map! { "matchLabels" => labels.clone() });
    }
    spec.set("template", values.pod_template(&labels));
    if values.random.one_in(8) {
        spec.set("strategy", map! { "type" => "RollingUpdate", "rollingUpdate" => map! { "maxSurge" => values.scalar() } });
    }
    object.set("spec", spec);
}

fn stateful_set(values: &mut Values, object: &mut Yaml) {
    workload(values, object);
    let service = values.name();
    let Some(spec) = object.get_mut("spec") else { return };
    spec.set("serviceName", service);
    if values.random.chance(50) {
        let mut template = map! { "metadata" => map! { "name" => "data" } };
        claim(values, &mut template);
        spec.set("volumeClaimTemplates", vec![template]);
    }
}

fn job(values: &mut Values, object: &mut Yaml) {
    let labels = values.labels();
    object.set("spec", map! { "backoffLimit" => values.count(), "template" => values.pod_template(&labels) });
}

fn cron_job(values: &mut Values, object: &mut Yaml) {
    let mut inner = map! {};
    job(values, &mut inner);
    object.set("spec", map! { "schedule" => "*/5 * * * *", "jobTemplate" => inner });
}

fn service(values: &mut Values, object: &mut Yaml) {
    let ports = (0..values.random.between(1, 3)).map(|at| {
        let mut port = map! {};
        port.set_if(values.random.chance(60), "name", || ["http", "dns", "metrics"][at].into());
        let number = values.port();
        // Without it, a port matches others and then replaces them.
        port.set("port", number);
        let protocol = values.random.pick(&["TCP", "UDP"]);
        port.set_if(values.random.chance(50), "protocol", || protocol.into());
        port.set_if(values.random.chance(40), "targetPort", || "http".into());
        port
    });
    let ports: Vec<Yaml> = ports.collect();
    object.set("spec", map! { "selector" => values.labels(), "ports" => ports });
}

fn data(values: &mut Values, object: &mut Yaml) {
    let mut data = map! {};
    for key in ["a", "key", "config.json", "app.yaml"] {
        if values.random.chance(50) {
            let value = if values.odd(4) { values.scalar() } else { values.string() };
            data.set(key, value);
        }
    }
    let secret = object.get("kind").and_then(Yaml::text) == Some("Secret");
    object.set(if secret && values.random.chance(50) { "stringData" } else { "data" }, data);
    if secret && values.random.chance(50) {
        object.set("type", "Opaque");
    }
    if values.random.one_in(12) {
        object.set("immutable", true);
    }
}

fn service_account(values: &mut Values, object: &mut Yaml) {
    let (secret, other) = (values.name(), values.name());
    object.set_if(values.random.one_in(3), "secrets", || vec![map! { "name" => secret }].into());
    object.set_if(values.random.one_in(3), "imagePullSecrets", || vec![map! { "name" => other }].into());
}

fn claim(values: &mut Values, object: &mut Yaml) {
    let mut spec = map! { "accessModes" => vec!["ReadWriteOnce"] };
    spec.set_if(values.random.chance(50), "storageClassName", || values.name().into());
    spec.set_if(values.random.one_in(4), "volumeName", || values.name().into());
    spec.set("resources", map! { "requests" => map! { "storage" => "1Gi" } });
    object.set("spec", spec);
}

fn volume(values: &mut Values, object: &mut Yaml) {
    let claim = map! { "kind" => "PersistentVolumeClaim", "name" => values.name(), "namespace" => values.namespace() };
    let secret = map! { "name" => values.name(), "namespace" => values.namespace() };
    object.set("spec", map! { "claimRef" => claim, "csi" => map! { "nodePublishSecretRef" => secret } });
}

fn ingress(values: &mut Values, object: &mut Yaml) {
    let backend = |values: &mut Values| {
        let port = if values.random.chance(50) {
            map! { "number" => values.port() }
        } else {
            map! { "name" => "http" }
        };
        map! { "service" => map! { "name" => values.name(), "port" => port } }
    };
    let path = map! { "path" => "/", "pathType" => "Prefix", "backend" => backend(values) };
    let mut spec = map! { "rules" => vec![map! { "host" => "example.com", "http" => map! { "paths" => vec![path] } }] };
    if values.random.one_in(3) {
        spec.set("tls", vec![map! { "hosts" => vec!["example.com"], "secretName" => values.name() }]);
    }
    if values.random.one_in(4) {
        spec.set("defaultBackend", backend(values));
        spec.set("ingressClassName", values.name());
    }
    object.set("spec", spec);
}

fn network_policy(values: &mut Values, object: &mut Yaml) {
    let from = map! { "podSelector" => map! { "matchLabels" => values.labels() } };
    let rule = map! { "from" => vec![from], "ports" => vec![map! { "port" => values.port() }] };
    object.set("spec", map! { "podSelector" => map! { "matchLabels" => values.labels() }, "ingress" => vec![rule] });
}

fn autoscaler(values: &mut Values, object: &mut Yaml) {
    let kind = values.random.pick(&["Deployment", "StatefulSet", "Rollout", "ReplicaSet"]);
    let api_version = if kind == "Rollout" { "argoproj.io/v1alpha1" } else { "apps/v1" };
    let mut target = map! { "kind" => kind, "name" => values.name() };
    target.set_if(!values.odd(5), "apiVersion", || api_version.into());
    object.set("spec", map! { "scaleTargetRef" => target, "minReplicas" => values.count(), "maxReplicas" => 10 });
}

fn disruption_budget(values: &mut Values, object: &mut Yaml) {
    object.set("spec", map! { "minAvailable" => values.count(), "selector" => map! { "matchLabels" => values.labels() } });
}

fn role(values: &mut Values, object: &mut Yaml) {
    let names = vec![values.name(), values.name()];
    let kind = values.random.pick(&["configmaps", "secrets", "services"]);
    let rule = map! { "apiGroups" => vec![""], "resources" => vec![kind], "resourceNames" => names, "verbs" => vec!["get"] };
    object.set("rules", vec![rule]);
    if values.random.one_in(6) {
        object.set("aggregationRule", map! { "clusterRoleSelectors" => vec![map! { "matchLabels" => values.labels() }] });
    }
}

fn binding(values: &mut Values, object: &mut Yaml) {
    let kind = values.random.pick(&["Role", "ClusterRole"]);
    object.set("roleRef", map! { "apiGroup" => "rbac.authorization.k8s.io", "kind" => kind, "name" => values.name() });
    let subjects = (0..values.random.between(1, 2)).map(|_| {
        let mut subject = map! { "kind" => "ServiceAccount" };
        let name = if values.random.one_in(4) { "default".into() } else { values.name() };
        subject.set("name", name);
        let namespace = values.namespace();
        subject.set_if(values.random.chance(60), "namespace", || namespace.into());
        if values.random.one_in(6) {
            subject = map! { "kind" => "User", "name" => "jane", "apiGroup" => "rbac.authorization.k8s.io" };
        }
        subject
    });
    let subjects: Vec<Yaml> = subjects.collect();
    object.set("subjects", subjects);
}

fn crd(values: &mut Values, object: &mut Yaml) {
    let names = map! { "kind" => "Foo", "plural" => "foos" };
    let mut spec = map! { "group" => "example.com", "names" => names, "scope" => "Namespaced" };
    let version = map! { "name" => "v1", "served" => true, "storage" => true, "schema" => values.value(2) };
    spec.set("versions", vec![version]);
    if values.random.one_in(3) {
        let service = map! { "name" => values.name(), "namespace" => values.namespace() };
        let webhook = map! { "clientConfig" => map! { "service" => service } };
        spec.set("conversion", map! { "strategy" => "Webhook", "webhook" => webhook });
    }
    object.set("spec", spec);
}

fn webhooks(values: &mut Values, object: &mut Yaml) {
    let hooks = (0..values.random.between(1, 2)).map(|at| {
        let mut service = map! { "name" => values.name() };
        let namespace = values.namespace();
        service.set_if(values.random.chance(70), "namespace", || namespace.into());
        map! { "name" => format!("hook{at}.example.com"), "clientConfig" => map! { "service" => service, "caBundle" => "" } }
    });
    let hooks: Vec<Yaml> = hooks.collect();
    object.set("webhooks", hooks);
}

fn api_service(values: &mut Values, object: &mut Yaml) {
    let mut service = map! { "name" => values.name() };
    let namespace = values.namespace();
    service.set_if(values.random.chance(60), "namespace", || namespace.into());
    object.set("spec", map! { "group" => "example.com", "version" => "v1", "service" => service });
}

fn custom(values: &mut Values, object: &mut Yaml) {
    let mut spec = values.value(3);
    if spec.entries().is_empty() {
        spec = map! { "size" => values.scalar() };
    }
    if values.random.chance(40) {
        spec.set("secretRef", map! { "name" => values.name() });
    }
    if values.random.chance(40) {
        let list = ["one", "two"].map(|name| map! { "name" => name, "value" => values.value(1) });
        spec.set("list", list.to_vec());
    }
    if values.random.chance(30) {
        spec.set("image", values.image());
    }
    if values.random.one_in(5) {
        spec.set("containers", vec![map! { "name" => "main", "image" => values.image() }]);
    }
    if values.random.one_in(5) {
        spec.set("replicas", values.count());
    }
    object.set("spec", spec);
}

fn service_monitor(values: &mut Values, object: &mut Yaml) {
    let endpoints = vec![map! { "port" => "http", "interval" => values.scalar() }];
    object.set("spec", map! { "selector" => map! { "matchLabels" => values.labels() }, "endpoints" => endpoints });
}

fn route(values: &mut Values, object: &mut Yaml) {
    let backend = map! { "name" => values.name(), "port" => values.port() };
    object.set("spec", map! { "rules" => vec![map! { "backendRefs" => vec![backend] }] });
}
