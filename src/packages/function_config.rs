//! What an object says about the function that it configures. Behavior: kyaml's `GetFunctionSpec`.

use anyhow::{Context, anyhow};
use serde_json::{Map, Value};

use super::fields;
use super::meta::Meta;
use crate::edit::decode_strict;
use crate::edit::types::{Field, Kind, Struct};
use crate::go_yaml::{Node, Printer};
use crate::plugin::Mount;

/// The annotations that describe a function, the former name last.
const ANNOTATIONS: [&str; 2] = ["config.kubernetes.io/function", "config.k8s.io/function"];
/// The annotation that names only an image.
const CONTAINER: &str = "config.kubernetes.io/container";

const PACKAGE: &str = "runtimeutil";
static TEXT: Kind = Kind::Text("string");

static SPEC: Struct = Struct {
    name: "FunctionSpec",
    package: PACKAGE,
    fields: &[
        field("DeferFailure", "deferFailure", Kind::Bool),
        field("Container", "container", Kind::Struct(&CONTAINER_SPEC)),
        field("Exec", "exec", Kind::Struct(&EXEC_SPEC)),
    ],
};
static EXEC_SPEC: Struct = Struct {
    name: "ExecSpec",
    package: PACKAGE,
    fields: &[
        field("Path", "path", Kind::Text("string")),
        field("Args", "args", Kind::List(&TEXT)),
        field("Env", "envs", Kind::List(&TEXT)),
    ],
};
static CONTAINER_SPEC: Struct = Struct {
    name: "ContainerSpec",
    package: PACKAGE,
    fields: &[
        field("Image", "image", Kind::Text("string")),
        field("Network", "network", Kind::Bool),
        field("StorageMounts", "mounts", Kind::List(&MOUNTS)),
        field("Env", "envs", Kind::List(&TEXT)),
    ],
};
static MOUNTS: Kind = Kind::Struct(&MOUNT);
static MOUNT: Struct = Struct {
    name: "StorageMount",
    package: PACKAGE,
    fields: &[
        field("MountType", "type", Kind::Text("string")),
        field("Src", "src", Kind::Text("string")),
        field("DstPath", "dst", Kind::Text("string")),
        field("ReadWriteMode", "rw", Kind::Bool),
    ],
};

const fn field(go: &'static str, json: &'static str, kind: Kind) -> Field {
    Field { go, json, kind, omitempty: true }
}

/// A function: an image, or a program.
#[derive(Clone, Debug, Default)]
pub(super) struct Spec {
    /// Whether other functions run even if this one fails.
    pub(super) defer_failure: bool,
    pub(super) image: String,
    pub(super) network: bool,
    pub(super) mounts: Vec<Mount>,
    pub(super) container_env: Vec<String>,
    pub(super) program: String,
    pub(super) args: Vec<String>,
    pub(super) program_env: Vec<String>,
}

impl Spec {
    /// The function that an object configures; `None` if it does not.
    ///
    /// # Errors
    /// The object says nothing about itself, or the description is not valid.
    pub(super) fn of(node: &Node) -> anyhow::Result<Option<Spec>> {
        let meta = Meta::required(node).context("failed to get ResourceMeta")?;
        for key in ANNOTATIONS {
            let text = meta.annotation(key);
            if !text.is_empty() {
                return Spec::parse(text, key).map(Some);
            }
        }
        let inline = fields::lookup(node, &["metadata", "configFn"]).context("failed to look up metadata.configFn")?;
        if let Some(inline) = inline.filter(|inline| !inline.is_null()) {
            return Spec::parse(&Printer::text_of(inline), "configFn").map(Some);
        }
        let image = meta.annotation(CONTAINER);
        Ok((!image.is_empty()).then(|| Spec { image: image.to_owned(), ..Spec::default() }))
    }

    fn parse(text: &str, place: &str) -> anyhow::Result<Spec> {
        let root = decode_strict(&SPEC, text.as_bytes()).map_err(|error| anyhow!("{place} unmarshal error: {error}"))?;
        let none = Map::new();
        let object = |name| root.get(name).and_then(Value::as_object).unwrap_or(&none);
        let (container, exec) = (object("container"), object("exec"));
        let mount = |mount: &Value| {
            let mount = mount.as_object().unwrap_or(&none);
            Mount { r#type: word(mount, "type"), src: word(mount, "src"), dst: word(mount, "dst"), rw: on(mount, "rw") }
        };
        Ok(Spec {
            defer_failure: on(&root, "deferFailure"),
            image: word(container, "image"),
            network: on(container, "network"),
            mounts: container.get("mounts").and_then(Value::as_array).into_iter().flatten().map(mount).collect(),
            container_env: words(container, "envs"),
            program: word(exec, "path"),
            args: words(exec, "args"),
            program_env: words(exec, "envs"),
        })
    }
}

fn word(object: &Map<String, Value>, name: &str) -> String {
    object.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn words(object: &Map<String, Value>, name: &str) -> Vec<String> {
    let items = object.get(name).and_then(Value::as_array).into_iter().flatten();
    items.map(|item| item.as_str().unwrap_or_default().to_owned()).collect()
}

fn on(object: &Map<String, Value>, name: &str) -> bool {
    object.get(name).and_then(Value::as_bool).unwrap_or_default()
}
