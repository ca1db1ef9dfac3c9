//! How pods use the keys of a Secret or ConfigMap: as environment variables, which a running container keeps, or as files, which the
//! kubelet updates, except those that are mounted with `subPath`.

use super::subject::{items, text};
use crate::references::{Template, templates};
use crate::yaml::Node;

/// When a running pod sees a new value. The latest one is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum When {
    /// When the kubelet updates the files.
    Soon,
    /// After a restart, because it is a file mounted with `subPath`.
    RestartForSubPath,
    /// After a restart, because it is an environment variable.
    RestartForEnvironment,
}

/// A Secret or ConfigMap whose content changes.
pub struct Content<'a> {
    /// Its kind.
    pub kind: &'a str,
    /// Its name.
    pub name: &'a str,
    /// The keys whose values differ.
    pub keys: Vec<&'a str>,
}

/// When the pods of a workload see the new content; `None` if they do not use what changes.
pub fn when(workload: &Node, group: &str, kind: &str, content: &Content<'_>) -> Option<When> {
    templates(workload, group, kind).iter().filter_map(|template| of_template(template, content)).max()
}

fn of_template(template: &Template<'_>, content: &Content<'_>) -> Option<When> {
    let lists = ["containers", "initContainers", "ephemeralContainers"];
    let containers = || lists.iter().flat_map(|list| items(template.spec, &[list])).chain(template.spec.get("container"));
    if containers().any(|container| content.is_in_environment(container)) {
        return Some(When::RestartForEnvironment);
    }
    let volumes = items(template.spec, &["volumes"]).iter().filter_map(|volume| {
        let (name, files) = (text(volume, &["name"])?, content.files(volume));
        let mounts = containers().flat_map(|container| items(container, &["volumeMounts"]));
        let mounts = mounts.filter(|mount| !files.is_empty() && text(mount, &["name"]) == Some(name));
        mounts.filter_map(|mount| of_mount(mount, &files)).max()
    });
    volumes.max()
}

/// When a container sees new files in a volume.
fn of_mount(mount: &Node, files: &[&str]) -> Option<When> {
    if mount.get("subPathExpr").is_some() {
        return Some(When::RestartForSubPath);
    }
    let Some(part) = text(mount, &["subPath"]).map(|part| part.trim_matches('/')).filter(|part| !part.is_empty()) else {
        return Some(When::Soon);
    };
    let is_below = |file: &&str| file.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    files.iter().any(is_below).then_some(When::RestartForSubPath)
}

impl Content<'_> {
    fn is_in_environment(&self, container: &Node) -> bool {
        let (reference, source) =
            if self.kind == "Secret" { ("secretKeyRef", "secretRef") } else { ("configMapKeyRef", "configMapRef") };
        let is_own = |node: Option<&Node>| node.and_then(|node| text(node, &["name"])) == Some(self.name);
        let of_key = |variable: &Node| {
            let key = variable.at_path(&["valueFrom", reference]);
            is_own(key) && key.and_then(|key| text(key, &["key"])).is_some_and(|key| self.keys.contains(&key))
        };
        items(container, &["env"]).iter().any(of_key)
            || items(container, &["envFrom"]).iter().any(|from| is_own(from.get(source)))
    }

    /// The files of a volume whose content changes.
    fn files<'n>(&'n self, volume: &'n Node) -> Vec<&'n str> {
        let (field, name) = if self.kind == "Secret" { ("secret", "secretName") } else { ("configMap", "name") };
        let own = volume.get(field).filter(|source| text(source, &[name]) == Some(self.name));
        let projected = items(volume, &["projected", "sources"]).iter().filter_map(|source| source.get(field));
        let projected = projected.filter(|source| text(source, &["name"]) == Some(self.name));
        own.into_iter().chain(projected).flat_map(|source| self.files_of(source)).collect()
    }

    fn files_of<'n>(&'n self, source: &'n Node) -> Vec<&'n str> {
        let Some(listed) = source.get("items").and_then(Node::as_sequence) else { return self.keys.clone() };
        let is_changed = |item: &&Node| text(item, &["key"]).is_some_and(|key| self.keys.contains(&key));
        listed.iter().filter(is_changed).filter_map(|item| text(item, &["path"])).collect()
    }
}
