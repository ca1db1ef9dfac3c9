//! The overlays in the form that tests use: built once, with every object as a JSON value and methods for the checked parts.

pub mod references;

use std::path::Path;
use std::sync::Arc;
use std::sync::LazyLock;

use render::load::Disk;
use render::options::BuildOptions;
use render::pipeline;
use render::records::Records;
use render::yaml::{Unknown, decode};
use serde_json::Value;

pub const ENVIRONMENTS: [&str; 3] = ["dev", "staging", "production"];
pub const STACKS: [&str; 5] = ["dashflow", "streaming-analytics", "signal-harvester", "chat4all", "disney-ai-plus"];

/// One stack in one environment, or all of them.
pub struct Overlay {
    pub environment: &'static str,
    /// `None` for the whole environment.
    pub stack: Option<&'static str>,
    pub text: String,
    pub objects: Vec<Object>,
}

static OVERLAYS: LazyLock<Vec<Overlay>> = LazyLock::new(|| {
    let stacks = ENVIRONMENTS.iter().flat_map(|environment| STACKS.iter().map(move |stack| (*environment, Some(*stack))));
    stacks.chain(ENVIRONMENTS.iter().map(|environment| (*environment, None))).map(|(e, s)| Overlay::build(e, s)).collect()
});

/// The fifteen overlays of one stack.
pub fn single_stacks() -> impl Iterator<Item = &'static Overlay> {
    OVERLAYS.iter().filter(|overlay| overlay.stack.is_some())
}

/// The overlay of a stack in an environment.
pub fn overlay(environment: &str, stack: Option<&str>) -> &'static Overlay {
    OVERLAYS.iter().find(|overlay| overlay.environment == environment && overlay.stack == stack).expect("an overlay")
}

impl Overlay {
    fn build(environment: &'static str, stack: Option<&'static str>) -> Overlay {
        let path = Path::new("overlays").join(environment).join(stack.unwrap_or_default());
        let mut records = Records::default();
        let built = pipeline::build(&path, Arc::new(Disk), &BuildOptions::default(), &mut records);
        let resources = built.unwrap_or_else(|errors| panic!("{}: {errors:#?}", path.display()));
        let text = pipeline::emit(&resources, &records).unwrap_or_else(|errors| panic!("{}: {errors:#?}", path.display()));
        let object = |node| Object(decode(node, Unknown::Ignore).expect("an object is JSON"));
        Overlay { environment, stack, text, objects: resources.iter().map(|resource| object(resource.node())).collect() }
    }

    /// `production/dashflow`
    pub fn name(&self) -> String {
        format!("{}/{}", self.environment, self.stack.unwrap_or_default())
    }

    /// The same overlay without the objects of a kind.
    pub fn without(&self, kind: &str) -> Overlay {
        let objects = self.objects.iter().filter(|object| object.kind() != kind).cloned().collect();
        Overlay { text: String::new(), objects, ..*self }
    }

    pub fn of_kind<'o>(&'o self, kind: &str) -> impl Iterator<Item = &'o Object> {
        self.objects.iter().filter(move |object| object.kind() == kind)
    }

    pub fn find(&self, kind: &str, namespace: &str, name: &str) -> Option<&Object> {
        self.of_kind(kind).find(|object| object.name() == name && object.namespace() == namespace)
    }

    /// The one object of a kind with this name.
    pub fn the(&self, kind: &str, name: &str) -> &Object {
        let mut found = self.of_kind(kind).filter(|object| object.name() == name);
        found.next().unwrap_or_else(|| panic!("{}: there is no {kind} {name}", self.name()))
    }

    /// All objects that create pods.
    pub fn workloads(&self) -> impl Iterator<Item = Workload<'_>> {
        self.objects.iter().filter_map(Object::workload)
    }

    /// The workloads whose pods are selected by a label selector in a namespace.
    pub fn selected(&self, namespace: &str, selector: &Value) -> Vec<Workload<'_>> {
        self.workloads().filter(|pods| pods.object.namespace() == namespace && selects(selector, pods.labels())).collect()
    }
}

/// One object.
#[derive(Clone)]
pub struct Object(pub Value);

impl Object {
    pub fn kind(&self) -> &str {
        text(&self.0["kind"])
    }

    pub fn name(&self) -> &str {
        text(&self.0["metadata"]["name"])
    }

    pub fn namespace(&self) -> &str {
        text(&self.0["metadata"]["namespace"])
    }

    /// `Deployment/web`
    pub fn id(&self) -> String {
        format!("{}/{}", self.kind(), self.name())
    }

    pub fn at(&self, pointer: &str) -> &Value {
        self.0.pointer(pointer).unwrap_or(&Value::Null)
    }

    fn workload(&self) -> Option<Workload<'_>> {
        let template = match self.kind() {
            "Deployment" | "StatefulSet" | "DaemonSet" | "Job" => self.at("/spec/template"),
            "CronJob" => self.at("/spec/jobTemplate/spec/template"),
            _ => return None,
        };
        Some(Workload { object: self, template })
    }
}

/// An object that creates pods, and its template.
pub struct Workload<'o> {
    pub object: &'o Object,
    pub template: &'o Value,
}

impl<'o> Workload<'o> {
    pub fn labels(&self) -> &'o Value {
        &self.template["metadata"]["labels"]
    }

    pub fn pod(&self) -> &'o Value {
        &self.template["spec"]
    }

    pub fn containers(&self) -> impl Iterator<Item = &'o Value> {
        ["initContainers", "containers"].into_iter().flat_map(|field| items(&self.pod()[field]))
    }

    /// Whether a port is open, by name or number.
    pub fn listens_on(&self, port: &Value) -> bool {
        let mut ports = self.containers().flat_map(|container| items(&container["ports"]));
        ports.any(|open| open["name"] == *port || open["containerPort"] == *port)
    }
}

/// A string; empty for other types.
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The items of a list; none for other types.
pub fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// Whether labels match a selector: `matchLabels` and `matchExpressions`, or plain pairs.
pub fn selects(selector: &Value, labels: &Value) -> bool {
    let is_label_selector = ["matchLabels", "matchExpressions"].iter().any(|key| selector.get(key).is_some());
    let pairs = if is_label_selector { &selector["matchLabels"] } else { selector };
    let mut pairs = pairs.as_object().into_iter().flatten();
    pairs.all(|(key, value)| labels.get(key) == Some(value))
        && items(&selector["matchExpressions"]).all(|expression| matches(expression, labels))
}

fn matches(expression: &Value, labels: &Value) -> bool {
    let value = labels.get(text(&expression["key"]));
    let listed = value.is_some_and(|value| items(&expression["values"]).any(|other| other == value));
    match text(&expression["operator"]) {
        "In" => listed,
        "NotIn" => !listed,
        "Exists" => value.is_some(),
        "DoesNotExist" => value.is_none(),
        other => panic!("the operator `{other}` is unknown"),
    }
}
