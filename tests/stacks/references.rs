//! References by name from one object to another, and whether the target exists.

use serde_json::Value;

use super::{Object, Overlay, Workload, items, text};

/// ConfigMaps, Secrets (and their keys), claims and ServiceAccounts that pods refer to but that do not exist.
pub fn of_pods(overlay: &Overlay) -> Vec<String> {
    overlay.workloads().flat_map(|pods| Pods { overlay, pods }.dangling()).collect()
}

/// A ConfigMap or Secret that is referred to, and the keys that are used.
struct Use<'v> {
    kind: &'static str,
    name: &'v str,
    keys: Vec<&'v str>,
}

struct Pods<'o> {
    overlay: &'o Overlay,
    pods: Workload<'o>,
}

impl<'o> Pods<'o> {
    fn dangling(&self) -> Vec<String> {
        let (pod, object) = (self.pods.pod(), self.pods.object);
        let mut missing: Vec<String> = self.uses().filter_map(|used| self.missing(&used)).collect();
        let volumes = || items(&pod["volumes"]);
        let claims = volumes().filter_map(|volume| volume["persistentVolumeClaim"]["claimName"].as_str());
        let accounts = pod["serviceAccountName"].as_str().into_iter().filter(|name| *name != "default");
        let named = claims.map(|name| ("PersistentVolumeClaim", name)).chain(accounts.map(|name| ("ServiceAccount", name)));
        for (kind, name) in named {
            if self.overlay.find(kind, object.namespace(), name).is_none() {
                missing.push(format!("{kind}/{name}"));
            }
        }
        let templates = || items(object.at("/spec/volumeClaimTemplates")).map(|claim| &claim["metadata"]["name"]);
        for mount in self.pods.containers().flat_map(|container| items(&container["volumeMounts"])) {
            if !volumes().map(|volume| &volume["name"]).chain(templates()).any(|name| *name == mount["name"]) {
                missing.push(format!("volume {}", mount["name"]));
            }
        }
        missing.into_iter().map(|what| format!("{} refers to {what}, which does not exist", object.id())).collect()
    }

    fn uses(&self) -> impl Iterator<Item = Use<'o>> {
        let pod = self.pods.pod();
        let pulled = items(&pod["imagePullSecrets"]).map(|secret| by_name("Secret", &secret["name"]));
        let mounted = items(&pod["volumes"]).flat_map(|volume| {
            let projected = items(&volume["projected"]["sources"]).flat_map(|source| files(source, "name"));
            files(volume, "secretName").chain(projected)
        });
        let env = self.pods.containers().flat_map(|container| items(&container["env"])).flat_map(|env| {
            let from = &env["valueFrom"];
            [by_key("ConfigMap", &from["configMapKeyRef"]), by_key("Secret", &from["secretKeyRef"])]
        });
        let env_from = self.pods.containers().flat_map(|container| items(&container["envFrom"])).flat_map(|from| {
            [by_name("ConfigMap", required(&from["configMapRef"])), by_name("Secret", required(&from["secretRef"]))]
        });
        pulled.chain(mounted).chain(env).chain(env_from).flatten()
    }

    fn missing(&self, used: &Use<'_>) -> Option<String> {
        let Use { kind, name, keys } = used;
        let Some(found) = self.overlay.find(kind, self.pods.object.namespace(), name) else {
            return Some(format!("{kind}/{name}"));
        };
        let has = |key: &str| ["data", "binaryData", "stringData"].iter().any(|field| found.0[*field].get(key).is_some());
        let missing: Vec<&str> = keys.iter().copied().filter(|key| !has(key)).collect();
        (!missing.is_empty()).then(|| format!("the keys {missing:?} of {kind}/{name}"))
    }
}

fn by_name<'v>(kind: &'static str, name: &'v Value) -> Option<Use<'v>> {
    Some(Use { kind, name: name.as_str()?, keys: Vec::new() })
}

fn by_key<'v>(kind: &'static str, reference: &'v Value) -> Option<Use<'v>> {
    let name = required(reference).as_str()?;
    Some(Use { kind, name, keys: vec![text(&reference["key"])] })
}

/// The name in a reference that is not optional.
fn required(reference: &Value) -> &Value {
    if reference["optional"] == true { &Value::Null } else { &reference["name"] }
}

/// The ConfigMap and the Secret of a volume, or of a source of a projected one.
fn files<'v>(volume: &'v Value, secret_name: &str) -> impl Iterator<Item = Option<Use<'v>>> {
    let one = |kind, source: &'v Value, name: &'v Value| {
        let keys = items(&source["items"]).map(|item| text(&item["key"])).collect();
        let name = name.as_str().filter(|_| source["optional"] != true)?;
        Some(Use { kind, name, keys })
    };
    let (config_map, secret) = (&volume["configMap"], &volume["secret"]);
    [one("ConfigMap", config_map, &config_map["name"]), one("Secret", secret, &secret[secret_name])].into_iter()
}

/// Services that select no pods, or that send to ports that are not open.
pub fn of_services(overlay: &Overlay) -> Vec<String> {
    let mut findings = Vec::new();
    for service in overlay.of_kind("Service").filter(|service| service.at("/spec/selector").is_object()) {
        let pods = overlay.selected(service.namespace(), service.at("/spec/selector"));
        if pods.is_empty() {
            findings.push(format!("{} selects no pods", service.id()));
            continue;
        }
        for port in items(service.at("/spec/ports")) {
            let target = port.get("targetPort").unwrap_or(&port["port"]);
            for pods in pods.iter().filter(|pods| !pods.listens_on(target)) {
                findings.push(format!("{} sends to {target}, but {} does not open it", service.id(), pods.object.id()));
            }
        }
    }
    findings
}

/// Labels of pods that are created outside the overlays.
const CREATED_ELSEWHERE: &[(&str, &str)] = &[
    // The data services of chat4all are separate helm releases (bases/chat4all/helm-values).
    ("app.kubernetes.io/name", "kafka"),
    ("app.kubernetes.io/name", "minio"),
    ("app.kubernetes.io/name", "postgresql-ha"),
    ("app.kubernetes.io/name", "redis"),
    ("app.kubernetes.io/part-of", "minio"),
    // Pods of cert-manager that verify the ownership of a host.
    ("acme.cert-manager.io/http01-solver", "true"),
];

fn is_created_elsewhere(selector: &Value) -> bool {
    CREATED_ELSEWHERE.iter().any(|(label, value)| selector["matchLabels"][*label] == *value)
}

/// Selectors of pods: in budgets, policies, pod monitors, and the workloads themselves.
pub fn of_selectors(overlay: &Overlay) -> Vec<String> {
    let mut findings = Vec::new();
    for object in &overlay.objects {
        for selector in pod_selectors(object) {
            if overlay.selected(object.namespace(), selector).is_empty() && !is_created_elsewhere(selector) {
                findings.push(format!("{} selects no pods with {selector}", object.id()));
            }
        }
    }
    for pods in overlay.workloads() {
        let selector = pods.object.at("/spec/selector");
        if !selector.is_null() && !super::selects(selector, pods.labels()) {
            findings.push(format!("{} does not select its own pods", pods.object.id()));
        }
    }
    findings
}

/// The selectors of an object that refer to pods in its own namespace. An empty selector matches all of them.
fn pod_selectors(object: &Object) -> Vec<&Value> {
    let says_something = |selector: &&Value| selector.as_object().is_some_and(|selector| !selector.is_empty());
    let selectors: Vec<&Value> = match object.kind() {
        "PodDisruptionBudget" | "PodMonitor" => vec![object.at("/spec/selector")],
        "NetworkPolicy" => {
            let rules = [("/spec/ingress", "from"), ("/spec/egress", "to")];
            let peers = rules.iter().flat_map(|(rules, peers)| items(object.at(rules)).flat_map(|rule| items(&rule[*peers])));
            let own = peers.filter(|peer| peer.get("namespaceSelector").is_none()).map(|peer| &peer["podSelector"]);
            own.chain([object.at("/spec/podSelector")]).collect()
        }
        _ => Vec::new(),
    };
    selectors.into_iter().filter(says_something).collect()
}

/// Services and ports that Ingresses and ServiceMonitors refer to but that do not exist.
pub fn to_services(overlay: &Overlay) -> Vec<String> {
    let mut findings = Vec::new();
    for ingress in overlay.of_kind("Ingress") {
        let paths = items(ingress.at("/spec/rules")).flat_map(|rule| items(&rule["http"]["paths"]));
        let backends = paths.map(|path| &path["backend"]).chain(Some(ingress.at("/spec/defaultBackend")));
        for backend in backends.map(|backend| &backend["service"]).filter(|service| !service.is_null()) {
            let service = overlay.find("Service", ingress.namespace(), text(&backend["name"]));
            let port = backend["port"].get("name").map(|name| ("name", name)).unwrap_or(("port", &backend["port"]["number"]));
            if !service.is_some_and(|service| has_port(service, port)) {
                findings.push(format!("{} sends to {backend}, which does not exist", ingress.id()));
            }
        }
    }
    for monitor in overlay.of_kind("ServiceMonitor") {
        let selected = |service: &&Object| {
            let elsewhere = monitor.at("/spec/namespaceSelector").is_object();
            (elsewhere || service.namespace() == monitor.namespace())
                && super::selects(monitor.at("/spec/selector"), service.at("/metadata/labels"))
        };
        for endpoint in items(monitor.at("/spec/endpoints")) {
            let port = ("name", &endpoint["port"]);
            if !overlay.of_kind("Service").filter(selected).any(|service| has_port(service, port)) {
                findings.push(format!("{} selects no service with port {}", monitor.id(), port.1));
            }
        }
    }
    findings
}

fn has_port(service: &Object, (field, expected): (&str, &Value)) -> bool {
    items(service.at("/spec/ports")).any(|port| port[field] == *expected)
}

/// Targets of autoscalers, roles and accounts of bindings.
pub fn of_autoscalers_and_bindings(overlay: &Overlay) -> Vec<String> {
    let mut findings = Vec::new();
    let mut check = |object: &Object, namespace: &str, reference: &Value| {
        let (kind, name) = (text(&reference["kind"]), text(&reference["name"]));
        if overlay.find(kind, namespace, name).is_none() {
            findings.push(format!("{} refers to {kind}/{name}, which does not exist", object.id()));
        }
    };
    for autoscaler in overlay.of_kind("HorizontalPodAutoscaler") {
        check(autoscaler, autoscaler.namespace(), autoscaler.at("/spec/scaleTargetRef"));
    }
    for binding in ["RoleBinding", "ClusterRoleBinding"].iter().flat_map(|kind| overlay.of_kind(kind)) {
        let role = binding.at("/roleRef");
        check(binding, if role["kind"] == "Role" { binding.namespace() } else { "" }, role);
        for account in items(binding.at("/subjects")).filter(|subject| subject["kind"] == "ServiceAccount") {
            check(binding, text(&account["namespace"]), account);
        }
    }
    findings
}
