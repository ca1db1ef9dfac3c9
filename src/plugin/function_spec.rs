//! The specification of the KRM function that an object configures: a program or a container, and how to start it.
//!
//! It is YAML in the annotation `config.kubernetes.io/function`, in an older annotation, or in `metadata.configFn`.
//! Behavior: kyaml's `runtimeutil.GetFunctionSpec`, and the check of mounts in kustomize's plugin loader.

use std::path::Path;

use serde::Deserialize;

use crate::diagnostic::{Diagnostic, Result};
use crate::load::tidy;
use crate::stage::Context;
use crate::yaml::{Dialect, Located, Node, Unknown, decode_object};

const ANNOTATIONS: [&str; 2] = ["config.kubernetes.io/function", "config.k8s.io/function"];
const CONTAINER_ANNOTATION: &str = "config.kubernetes.io/container";

/// How a function is started.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct FunctionSpec {
    /// Whether its failure is reported only after later functions have run; the build fails in any case.
    #[serde(rename = "deferFailure")]
    pub(super) _defer_failure: bool,
    /// The container, if there is an image.
    pub container: Container,
    /// The program, if there is a path.
    pub exec: Exec,
}

/// A function that is a container.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Container {
    /// The image.
    pub image: Located<String>,
    /// Whether it requests a network.
    pub network: bool,
    /// The parts of the file system that it requests.
    pub mounts: Vec<Located<Mount>>,
    /// Its environment, as `NAME=VALUE` or `NAME`.
    pub envs: Vec<String>,
}

/// A function that is a program.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Exec {
    /// The program, relative to the kustomization.
    pub path: Located<String>,
    /// Its arguments.
    pub args: Vec<String>,
    /// Its environment, as `NAME=VALUE`.
    pub envs: Vec<String>,
}

/// A mount of a container.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Mount {
    /// `bind`, `volume`, or `tmpfs`.
    pub r#type: String,
    /// What is mounted.
    pub src: String,
    /// Its path in the container.
    pub dst: String,
    /// Whether the container may write to it.
    pub rw: bool,
}

impl From<Container> for FunctionSpec {
    fn from(container: Container) -> Self {
        FunctionSpec { container, ..FunctionSpec::default() }
    }
}

impl From<Exec> for FunctionSpec {
    fn from(exec: Exec) -> Self {
        FunctionSpec { exec, ..FunctionSpec::default() }
    }
}

impl Mount {
    /// A mount as written on the command line: `type=bind,src=data,dst=/data,rw=true`.
    pub fn parse(text: &str) -> Self {
        let mut mount = Mount::default();
        for (name, value) in text.split(',').filter_map(|option| option.split_once('=')) {
            match name {
                "type" => mount.r#type = value.to_owned(),
                "src" | "source" => mount.src = value.to_owned(),
                "dst" | "target" => mount.dst = value.to_owned(),
                "rw" => mount.rw = value == "true",
                _ => {}
            }
        }
        mount
    }
}

/// The function that an object configures; `None` if it does not specify one.
///
/// # Errors
/// The annotation is malformed, or requests mounts outside the kustomization.
pub fn of(config: &Node, context: &mut Context<'_>) -> Result<Option<FunctionSpec>> {
    let annotation = |key: &&str| config.at_path(&["metadata", "annotations", key]).filter(|node| !is_empty(node));
    let spec = if let Some(node) = ANNOTATIONS.iter().find_map(annotation) {
        parse(node, context)?
    } else if let Some(node) = config.at_path(&["metadata", "configFn"]).filter(|node| !node.is_null()) {
        decode_object(node, Unknown::Refuse)?
    } else if let Some(node) = annotation(&CONTAINER_ANNOTATION) {
        let image = Located { value: node.as_text().map(ToString::to_string).unwrap_or_default(), span: Some(node.span()) };
        Container { image, ..Container::default() }.into()
    } else {
        return Ok(None);
    };
    spec.container.mounts.iter().try_for_each(check_mount)?;
    Ok(Some(spec))
}

fn is_empty(node: &Node) -> bool {
    node.as_text().is_none_or(|text| text.is_empty())
}

fn parse(node: &Node, context: &mut Context<'_>) -> Result<FunctionSpec> {
    let text = node.as_text().cloned().unwrap_or_default();
    let source = context.inline_text(&text, node.span());
    match context.records.first_document(source, context.step, Dialect::Yaml11)? {
        Some(document) => Ok(decode_object(&document, Unknown::Refuse)?),
        None => Ok(FunctionSpec::default()),
    }
}

fn check_mount(mount: &Located<Mount>) -> Result<(), Diagnostic> {
    let source = Path::new(&mount.src);
    let wrong = |what: &str| {
        let error = Diagnostic::error("mount", format!("the source `{}` of the mount {what}", mount.src));
        let error = error.help("a function can only mount what is in or below the directory of its kustomization");
        mount.span.map_or(error.clone(), |span| error.at(span))
    };
    if source.is_absolute() {
        return Err(wrong("must not be absolute"));
    }
    if tidy(source).starts_with("..") {
        return Err(wrong("must be inside the kustomization's directory"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mounts_of_the_command_line_have_options() {
        let mount = Mount::parse("type=bind,source=a,target=/a,rw=true,x");
        assert_eq!(mount, Mount { r#type: "bind".into(), src: "a".into(), dst: "/a".into(), rw: true });
        assert_eq!(Mount::parse("rw=yes"), Mount::default());
    }
}
