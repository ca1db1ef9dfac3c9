//! What a YAML or JSON file contains: objects, a kustomization, the configuration of a program, or something else.
//!
//! An object has `apiVersion` and `kind`. Configuration files of programs look the same, but no API server stores them.

use std::path::Path;
use std::sync::Arc;

use crate::kustomization::FILE_NAMES;
use crate::load::{Disk, Files, Guard};
use crate::records::Records;
use crate::resource::Gvk;
use crate::schema::kubernetes;
use crate::yaml::{Dialect, Node};

/// API groups of configuration files of programs; sorted.
const PROGRAMS: &[&str] = &[
    "apiserver.config.k8s.io",
    "apiserver.k8s.io",
    "audit.k8s.io",
    "backstage.io",
    "chainsaw.kyverno.io",
    "cli.kyverno.io",
    "client.authentication.k8s.io",
    "cloudcontrollermanager.config.k8s.io",
    "config.kubernetes.io",
    "controllermanager.config.k8s.io",
    "credentialprovider.kubelet.k8s.io",
    "ctlptl.dev",
    "eksctl.io",
    "fn.kpt.dev",
    "k0sctl.k0sproject.io",
    "k3d.io",
    "kind.x-k8s.io",
    "kpt.dev",
    "krew.googlecontainertools.github.com",
    "kubeadm.k8s.io",
    "kubecontrollermanager.config.k8s.io",
    "kubelet.config.k8s.io",
    "kubeproxy.config.k8s.io",
    "kubescheduler.config.k8s.io",
    "kuttl.dev",
    "pod-security.admission.config.k8s.io",
    "skaffold",
];

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// An object, possibly without one of the fields by mistake.
    Object,
    /// The content of a kustomization file.
    Kustomization,
    /// The configuration of a program, including kustomize's own plugins.
    Configuration,
    /// It does not have both `apiVersion` and `kind`.
    Other,
}

/// What a document is.
pub fn sort(document: &Node) -> Content {
    let Gvk { group, version, kind } = Gvk::of(document);
    if version.is_empty() || kind.is_empty() {
        // An object that lacks one of the fields by mistake.
        let is_named = document.at_path(&["metadata", "name"]).is_some();
        let is_known = kubernetes::kinds().any(|known| known.kind == kind || (known.group == group && known.version == version));
        return if is_named && is_known { Content::Object } else { Content::Other };
    }
    match (group.as_str(), version.as_str(), kind.as_str()) {
        ("kustomize.config.k8s.io", _, _) => Content::Kustomization,
        ("", "builtin", _) | ("", _, "Config") => Content::Configuration,
        (group, ..) if PROGRAMS.binary_search(&group).is_ok() => Content::Configuration,
        _ if document.get("metadata").is_none() && !kind.ends_with("List") && !is_built_in(&group, &kind) => {
            Content::Configuration
        }
        _ => Content::Object,
    }
}

/// Whether any version of Kubernetes has a kind.
fn is_built_in(group: &str, kind: &str) -> bool {
    kubernetes::kinds().any(|known| known.group == group && known.kind == kind)
}

/// Whether an object that no kustomization uses is probably a patch; `below` is its path in the directory of a kustomization.
/// Either its path says so, or it lacks what its kind always has.
pub fn is_patch(object: &Node, below: &Path) -> bool {
    let is_named = below.iter().any(|name| name.to_string_lossy().to_ascii_lowercase().contains("patch"));
    is_named || has_directive(object) || is_partial(object)
}

/// Whether a mapping in an object has `$patch` or another directive of a patch.
fn has_directive(object: &Node) -> bool {
    let mut nodes = vec![object];
    while let Some(node) = nodes.pop() {
        if node.as_mapping().into_iter().flatten().any(|entry| entry.key.text.starts_with('$')) {
            return true;
        }
        nodes.extend(node.children());
    }
    false
}

/// Whether an object lacks a required field without which nobody would write it.
fn is_partial(object: &Node) -> bool {
    let Gvk { group, kind, .. } = Gvk::of(object);
    let lacks = |fields: &[&str]| fields.iter().any(|field| object.at_path(&["spec", field]).is_none());
    match (group.as_str(), kind.as_str()) {
        ("apps", "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet") => lacks(&["selector", "template"]),
        ("apiextensions.k8s.io", "CustomResourceDefinition") => lacks(&["group", "names"]),
        _ => false,
    }
}

/// Whether a document is a Kustomization of Flux, which is an object, whatever the name of its file.
pub fn is_flux(document: &Node) -> bool {
    Gvk::of(document).group == "kustomize.toolkit.fluxcd.io"
}

/// Whether a directory has a kustomization file. An object of Flux is not one.
pub fn is_kustomization(directory: &Path) -> bool {
    let names = FILE_NAMES.iter().map(|name| directory.join(name)).filter(|path| path.is_file());
    names.into_iter().any(|path| !is_flux_file(&path))
}

/// Whether a kustomization file contains an object of Flux.
pub fn is_flux_file(path: &Path) -> bool {
    let disk: Arc<dyn Files> = Arc::new(Disk);
    let guard = Guard::around(&disk, path.parent().unwrap_or(Path::new("")));
    let Ok(content) = guard.read(path) else { return false };
    if !contains(&content, "kustomize.toolkit.fluxcd.io") {
        return false;
    }
    let mut records = Records::default();
    let Ok(source) = records.add_text(path, content) else { return false };
    let step = records.provenance.step("", "");
    records.first_document(source, step, Dialect::Manifest).is_ok_and(|document| document.is_some_and(|node| is_flux(&node)))
}

/// Whether a file may contain objects: their fields occur in it.
pub fn may_contain_objects(content: &[u8]) -> bool {
    // UTF-16 has a zero byte in every letter.
    content.contains(&0) || ["apiVersion", "kind", "metadata"].into_iter().filter(|field| contains(content, field)).count() >= 2
}

/// Whether a text that is not valid YAML is probably a template: a line or a value starts with an action. In quotes or in the middle
/// of a value, it is an expression of something else, such as an alert.
pub fn is_template(content: &[u8]) -> bool {
    String::from_utf8_lossy(content).lines().any(|line| {
        let value = line.trim_start().trim_start_matches("- ");
        let value = value.split_once(": ").map_or(value, |(key, value)| if is_action(key) { key } else { value.trim_start() });
        is_action(value)
    })
}

fn is_action(text: &str) -> bool {
    ["{{", "{%", "<%"].into_iter().any(|action| text.starts_with(action))
}

/// Whether a text that is not valid YAML was probably written as a manifest: both fields are keys at the start of a line, or of JSON.
pub fn is_broken_manifest(content: &[u8]) -> bool {
    let text = String::from_utf8_lossy(content);
    let has = |key: &str| {
        let mut lines = text.lines();
        lines.any(|line| {
            let json = line.trim_start_matches(['{', ' ', '\t']).strip_prefix('"').and_then(|line| line.strip_prefix(key));
            line.strip_prefix(key).is_some_and(|rest| rest.starts_with(':')) || json.is_some_and(|rest| rest.starts_with('"'))
        })
    };
    has("apiVersion") && has("kind")
}

fn contains(content: &[u8], word: &str) -> bool {
    String::from_utf8_lossy(content).contains(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_sorted() {
        assert!(PROGRAMS.is_sorted());
    }

    #[test]
    fn templates_have_actions_outside_of_strings() {
        for text in ["{{- if .x }}\na: b", "a:\n  {{ b }}: c", "a: {{ b }}", "- {{ b }}", "{% for x in y %}", "<% x %>"] {
            assert!(is_template(text.as_bytes()), "{text}");
        }
        for text in ["a: \"{{ $labels.pod }}\"", "a: 'pod {{ x }}'", "a: pod {{ x }}", "a: [b"] {
            assert!(!is_template(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn manifests_are_known_although_they_are_not_valid() {
        for text in ["apiVersion: v1\nkind: [", "{\"apiVersion\": \"v1\",\n \"kind\": ["] {
            assert!(is_broken_manifest(text.as_bytes()), "{text}");
        }
        assert!(!is_broken_manifest(b"# apiVersion: v1\nkind: ["));
    }
}
