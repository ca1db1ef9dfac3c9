//! The objects of a check, with indexes by name and by label.

use std::borrow::Cow;
use std::path::Path as Directory;

use rustc_hash::{FxHashMap, FxHashSet};

use super::creators::Creators;
use super::labels::LabelIndex;
use super::requirements::Requirements;
use crate::references::{Kind, Labels, Place, Reference, is_custom, is_installer, may_create_pods, own_references, templates};
use crate::resource::ResId;
use crate::schema::Version;
use crate::validate::look::{entries, int, items, set, text};
use crate::yaml::Node;

/// Whether the objects of a check are complete.
#[derive(Clone, Debug)]
pub enum Whole {
    /// All objects of a build.
    Build {
        /// Whether it is for production, according to its path.
        production: bool,
    },
    /// Plain manifests: what they refer to may be defined elsewhere.
    Part,
}

impl Whole {
    /// The build of a directory. Whether it is for production depends on its path in the repository, or else on the given path.
    pub fn build(directory: &Directory) -> Self {
        let whole = std::fs::canonicalize(directory).unwrap_or_else(|_| directory.to_owned());
        let root = whole.ancestors().find(|above| above.join(".git").exists());
        let names =
            root.and_then(|root| whole.strip_prefix(root).ok()).unwrap_or(directory).iter().filter_map(|name| name.to_str());
        let mut words = names.flat_map(|name| name.split(['-', '_', '.']));
        Whole::Build { production: words.any(|word| ["production", "prod", "prd", "live"].contains(&word)) }
    }
}

/// One object.
pub struct Object<'n> {
    /// Its index among the objects.
    pub at: usize,
    /// The object.
    pub node: &'n Node,
    /// Its API group.
    pub group: &'n str,
    /// Its kind.
    pub kind: &'n str,
    /// Its namespace; `default` if it is not set.
    pub namespace: &'n str,
    /// Its name.
    pub name: &'n str,
    /// Its id.
    pub id: ResId,
}

impl Object<'_> {
    /// Its kind and name.
    pub fn title(&self) -> String {
        format!("{}/{}", self.kind, self.name)
    }
}

/// A pod, or the pod template of a workload.
pub struct Pod<'n> {
    /// The index of the object that it belongs to.
    pub object: usize,
    /// The `spec` of the pod.
    pub spec: &'n Node,
    /// The path of the `spec` in the object.
    pub path: Cow<'static, str>,
    /// Whether a controller adds containers or fields to it.
    pub is_partial: bool,
}

/// Kind, namespace, name.
type Name<'n> = (&'n str, &'n str, &'n str);

/// All objects, with indexes.
pub struct Set<'n> {
    /// The objects, in order.
    pub objects: Vec<Object<'n>>,
    /// Their pods, in order.
    pub pods: Vec<Pod<'n>>,
    /// Whether they are complete.
    pub whole: &'n Whole,
    /// The versions of the servers that they are for.
    pub versions: &'n [Version],
    by_name: FxHashMap<Name<'n>, usize>,
    by_kind: FxHashMap<&'n str, Vec<usize>>,
    pod_labels: LabelIndex<'n>,
    service_labels: LabelIndex<'n>,
    pods_of: FxHashMap<usize, usize>,
    creators: Creators<'n>,
    autoscalers: FxHashMap<Name<'n>, usize>,
    /// What objects refer to, except their pods.
    references: Vec<(usize, Reference<'n>)>,
    /// Objects that other objects create.
    created: FxHashSet<Name<'n>>,
    namespaces: FxHashSet<&'n str>,
    /// The keys of ConfigMaps and Secrets.
    keys: FxHashSet<(usize, &'n str)>,
    /// The ports of Services, by name and by number.
    port_names: FxHashSet<(usize, &'n str)>,
    port_numbers: FxHashSet<(usize, i64)>,
}

impl<'n> Set<'n> {
    /// Indexes the objects.
    pub fn new(nodes: &'n [Node], whole: &'n Whole, versions: &'n [Version]) -> Self {
        let mut all = Set {
            objects: Vec::with_capacity(nodes.len()),
            pods: Vec::new(),
            whole,
            versions,
            by_name: FxHashMap::default(),
            by_kind: FxHashMap::default(),
            pod_labels: LabelIndex::default(),
            service_labels: LabelIndex::default(),
            pods_of: FxHashMap::default(),
            creators: Creators::default(),
            autoscalers: FxHashMap::default(),
            references: Vec::new(),
            created: FxHashSet::default(),
            namespaces: FxHashSet::default(),
            keys: FxHashSet::default(),
            port_names: FxHashSet::default(),
            port_numbers: FxHashSet::default(),
        };
        nodes.iter().enumerate().for_each(|(at, node)| all.add(at, node));
        all
    }

    fn add(&mut self, at: usize, node: &'n Node) {
        let word = |key| text(node, key).map_or("", |(text, _)| text);
        let metadata = |key| node.get("metadata").and_then(|metadata| text(metadata, key)).map_or("", |(text, _)| text);
        let (group, kind) = (word("apiVersion").split_once('/').map_or("", |(group, _)| group), word("kind"));
        let namespace = if metadata("namespace").is_empty() { "default" } else { metadata("namespace") };
        let object = Object { at, node, group, kind, namespace, name: metadata("name"), id: ResId::of(node) };
        // Objects of Kubernetes are preferred to others with the same kind, such as a Service of Knative.
        let first = self.by_name.entry((kind, namespace, object.name)).or_insert(at);
        if self.objects.get(*first).is_some_and(|first| is_custom(first.group)) && !is_custom(group) {
            *first = at;
        }
        self.by_kind.entry(kind).or_default().push(at);
        self.add_pods(&object);
        match (group, kind) {
            ("", "Service") => self.add_service(at, namespace, node),
            ("", "ConfigMap" | "Secret") => {
                let entries = ["data", "binaryData", "stringData"].into_iter().flat_map(|field| entries(node, field));
                self.keys.extend(entries.map(|entry| (at, entry.key.text.as_str())));
            }
            _ => {}
        }
        if let Some(target) = node.at_path(&["spec", "scaleTargetRef"]).filter(|_| kind == "HorizontalPodAutoscaler") {
            let word = |key| text(target, key).map_or("", |(text, _)| text);
            self.autoscalers.entry((word("kind"), namespace, word("name"))).or_insert(at);
        }
        self.namespaces.insert(namespace);
        for reference in own_references(node, group, kind) {
            if reference.is_created() {
                let place = if let Place::Named(place) = reference.place { place } else { namespace };
                self.created.extend(reference.kinds.iter().map(|target| (target.kind, place, reference.name)));
            }
            self.references.push((at, reference));
        }
        self.objects.push(object);
    }

    fn add_pods(&mut self, object: &Object<'n>) {
        let (templates, at) = (templates(object.node, object.group, object.kind), object.at);
        let is_described = templates.iter().any(|template| !template.is_partial);
        if !is_described && may_create_pods(object.group, object.kind) {
            self.creators.add(object.node, object.kind, object.name);
            self.creators.has_installer |= is_installer(object.group, object.kind);
        }
        for template in templates {
            self.pods_of.entry(at).or_insert(self.pods.len());
            self.pod_labels.add(object.namespace, template.labels, self.pods.len());
            self.pods.push(Pod { object: at, spec: template.spec, path: template.path, is_partial: template.is_partial });
        }
    }

    fn add_service(&mut self, at: usize, namespace: &'n str, node: &'n Node) {
        self.service_labels.add(namespace, Labels::new(node.at_path(&["metadata", "labels"])), at);
        for (_, port) in set(node, "spec").into_iter().flat_map(|spec| items(spec, "ports")) {
            self.port_names.extend(text(port, "name").map(|(name, _)| (at, name)));
            self.port_numbers.extend(int(port, "port").map(|(number, _)| (at, number)));
        }
    }

    /// The objects of a kind of Kubernetes.
    pub fn of_kind(&self, kind: &str) -> impl Iterator<Item = &Object<'n>> {
        self.of_any_kind(kind).filter(|object| !is_custom(object.group))
    }

    /// The objects of a kind of any group.
    pub fn of_any_kind(&self, kind: &str) -> impl Iterator<Item = &Object<'n>> {
        self.by_kind.get(kind).into_iter().flatten().filter_map(|at| self.objects.get(*at))
    }

    /// The object with a kind, namespace, and name.
    pub fn find(&self, kind: &str, namespace: &str, name: &str) -> Option<&Object<'n>> {
        self.objects.get(*self.by_name.get(&(kind, namespace, name))?)
    }

    /// The cluster-scoped object with a kind and name.
    pub fn find_global(&self, kind: &str, name: &str) -> Option<&Object<'n>> {
        self.find(kind, "default", name)
    }

    /// The object that a pod belongs to.
    pub fn owner(&self, pod: &Pod<'n>) -> Option<&Object<'n>> {
        self.objects.get(pod.object)
    }

    /// The pod of an object.
    pub fn pod_of(&self, object: &Object<'n>) -> Option<&Pod<'n>> {
        self.pods.get(*self.pods_of.get(&object.at)?)
    }

    /// The pods in a namespace that a label selector selects; `None` if there are too many candidates to check, or if only
    /// controllers set the labels.
    pub fn selected(&self, namespace: &str, selector: &Node) -> Option<Vec<&Pod<'n>>> {
        let found = self.pod_labels.select(namespace, selector)?;
        Some(found.into_iter().filter_map(|at| self.pods.get(at)).collect())
    }

    /// The pods that a Service sends traffic to; `None` if there are too many candidates to check.
    pub fn served(&self, namespace: &str, selector: &Node) -> Option<Vec<&Pod<'n>>> {
        let found = self.pod_labels.select_equal(namespace, selector)?;
        Some(found.into_iter().filter_map(|at| self.pods.get(at)).collect())
    }

    /// A sentence about the labels of the pod that is closest to what a selector requires, if no pod has them.
    pub fn nearest_pod(&self, namespace: &str, selector: Selector<'_>) -> Option<String> {
        let wanted = selector.requirements(namespace, &self.pod_labels);
        let owner = |at| self.pods.get(at).and_then(|pod| self.owner(pod)).map_or_else(String::new, Object::title);
        self.pod_labels.nearest(namespace, &wanted, owner)
    }

    /// A sentence about the labels of the Service that is closest to what a selector requires.
    pub fn nearest_service(&self, namespace: &str, selector: &Node) -> Option<String> {
        let wanted = Selector::Of(selector).requirements(namespace, &self.service_labels);
        let owner = |at| self.objects.get(at).map_or_else(String::new, Object::title);
        self.service_labels.nearest(namespace, &wanted, owner)
    }

    /// Whether a controller may create what a selector selects, for one of the objects, or the cluster contains it.
    pub fn may_be_created(&self, selector: Selector<'_>) -> bool {
        let wanted = selector.requirements("", &self.pod_labels);
        wanted.is_about_others()
            || wanted.known.iter().flat_map(|requirement| requirement.values()).any(|value| self.creators.may_label(value))
    }

    /// What objects refer to, except their pods, with the objects.
    pub fn references(&self) -> impl Iterator<Item = (&Object<'n>, &Reference<'n>)> {
        self.references.iter().filter_map(|(at, reference)| Some((self.objects.get(*at)?, reference)))
    }

    /// Whether the objects are in a namespace, or some of them.
    pub fn has_namespace(&self, namespace: &str) -> bool {
        self.namespaces.contains(namespace)
    }

    /// The object of one of the kinds that a reference names.
    pub fn find_kind(&self, wanted: Kind<'_>, namespace: &str, name: &str) -> Option<&Object<'n>> {
        let is_wanted = |object: &&Object<'_>| wanted.matches(object.group, object.kind);
        let first = self.find(wanted.kind, namespace, name)?;
        if is_wanted(&first) {
            return Some(first);
        }
        let all = self.of_any_kind(wanted.kind).filter(|object| object.namespace == namespace && object.name == name);
        all.filter(is_wanted).last()
    }

    /// Whether an object installs others that are not known, such as a chart.
    pub fn has_installer(&self) -> bool {
        self.creators.has_installer
    }

    /// Whether an object exists without being in a manifest: in every cluster or namespace, or created for one of the objects.
    pub fn is_created(&self, kind: &str, namespace: &str, name: &str) -> bool {
        let namespace = if namespace.is_empty() { "default" } else { namespace };
        is_standard(kind, name) || self.created.contains(&(kind, namespace, name)) || self.creators.may_create(kind, name)
    }

    /// Whether a ConfigMap or Secret has a key.
    pub fn has_key(&self, source: &Object<'n>, key: &str) -> bool {
        self.keys.contains(&(source.at, key))
    }

    /// Whether a Service has a port with a name.
    pub fn has_port_name(&self, service: &Object<'n>, name: &str) -> bool {
        self.port_names.contains(&(service.at, name))
    }

    /// Whether a Service has a port with a number.
    pub fn has_port_number(&self, service: &Object<'n>, number: i64) -> bool {
        self.port_numbers.contains(&(service.at, number))
    }

    /// The Services in a namespace that a label selector selects; `None` if there are too many candidates to check.
    pub fn services(&self, namespace: &str, selector: &Node) -> Option<Vec<&Object<'n>>> {
        let found = self.service_labels.select(namespace, selector)?;
        Some(found.into_iter().filter_map(|at| self.objects.get(at)).collect())
    }

    /// The namespaces that have Services.
    pub fn service_namespaces(&self) -> impl Iterator<Item = &'n str> {
        self.service_labels.namespaces()
    }

    /// The autoscaler of a workload.
    pub fn autoscaler(&self, workload: &Object<'n>) -> Option<&Object<'n>> {
        self.objects.get(*self.autoscalers.get(&(workload.kind, workload.namespace, workload.name))?)
    }

    /// The minimum number of pods of a workload; `None` if it is not known.
    pub fn fewest(&self, workload: &Object<'n>) -> Option<i64> {
        let number = |object: &Object<'n>, field| object.node.get("spec").and_then(|spec| int(spec, field)).map(|(n, _)| n);
        match (self.autoscaler(workload), workload.kind) {
            (Some(autoscaler), _) => Some(number(autoscaler, "minReplicas").unwrap_or(1)),
            (None, "Deployment" | "StatefulSet" | "ReplicaSet" | "ReplicationController") if !is_custom(workload.group) => {
                Some(number(workload, "replicas").unwrap_or(1))
            }
            (None, _) if is_custom(workload.group) && self.pod_of(workload).is_some_and(|pod| !pod.is_partial) => {
                number(workload, "replicas")
            }
            _ => None,
        }
    }
}

/// A selector of pods.
#[derive(Clone, Copy)]
pub enum Selector<'a> {
    /// A label selector.
    Of(&'a Node),
    /// A mapping of labels.
    Labels(&'a Node),
}

impl<'a> Selector<'a> {
    fn requirements(self, namespace: &str, index: &LabelIndex<'_>) -> Requirements<'a> {
        match self {
            Selector::Of(node) => Requirements::of_selector(node, |key| index.has_key(namespace, key)),
            Selector::Labels(node) => Requirements::of_labels(node, |key| index.has_key(namespace, key)),
        }
    }
}

/// Whether every cluster or namespace has an object.
fn is_standard(kind: &str, name: &str) -> bool {
    match kind {
        "ConfigMap" => matches!(name, "kube-root-ca.crt" | "openshift-service-ca.crt"),
        "Service" => name == "kubernetes" || name.ends_with("-operated"),
        "ServiceAccount" | "AppProject" | "TLSOption" | "TLSStore" | "Broker" | "EventBus" => name == "default",
        "Gateway" => name == "mesh",
        _ => false,
    }
}

/// The port names of the containers of a pod.
pub fn port_names(pod: &Node) -> impl Iterator<Item = &str> {
    let containers = ["containers", "initContainers"].into_iter().flat_map(|list| items(pod, list));
    let ports = containers.flat_map(|(_, container)| items(container, "ports"));
    ports.filter_map(|(_, port)| Some(text(port, "name")?.0))
}
