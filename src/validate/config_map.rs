//! Rules for ConfigMaps and Secrets: keys, size, and the keys that each type of Secret requires.
//!
//! Behavior: `ValidateConfigMap` and `ValidateSecret` in `pkg/apis/core/validation`. When the server validates, `stringData` is
//! already part of `data`. Messages never contain values of Secrets.

use base64::Engine;
use rustc_hash::FxHashSet;
use serde::de::IgnoredAny;

use crate::diagnostic::Diagnostic;

use super::look::{as_text, entries, set, text};
use super::names::config_key;
use super::{Findings, Path, Rule};
use crate::yaml::{Entry, Node};

/// Rules for ConfigMaps and Secrets.
pub const RULES: &[Rule] =
    &[Rule { group: "", kinds: &["ConfigMap"], check: config_map }, Rule { group: "", kinds: &["Secret"], check: secret }];

/// The maximum total size of the values, in bytes.
const MAX_SIZE: usize = 1024 * 1024;

fn config_map(node: &Node, out: &mut Findings) {
    let path = Path::ROOT.field("data");
    let binary: FxHashSet<&str> = entries(node, "binaryData").map(|entry| entry.key.text.as_str()).collect();
    let mut size = 0;
    for entry in entries(node, "data") {
        key(entry, &path, out);
        if binary.contains(entry.key.text.as_str()) {
            let message = format!("the key `{}` is in both `data` and `binaryData`", entry.key.text);
            out.at(entry.key.span(), "invalid-value", message, path.key(&entry.key.text).to_string());
        }
        size += as_text(&entry.value).map_or(0, str::len);
    }
    for entry in entries(node, "binaryData") {
        key(entry, &Path::ROOT.field("binaryData"), out);
        size += decoded_size(as_text(&entry.value).unwrap_or(""));
    }
    if size > MAX_SIZE {
        out.too_long(node, &Path::ROOT, format!("the data must be no more than {MAX_SIZE} bytes, found {size}"));
    }
}

fn key(entry: &Entry, path: &Path<'_>, out: &mut Findings) {
    let key = entry.key.text.as_str();
    if let Err(cause) = config_key(key) {
        let error = Diagnostic::error("invalid-value", format!("the key `{key}` {cause}")).at(entry.key.span());
        let shell =
            key.strip_prefix("export ").map(|name| format!("env files are not shell scripts: write `{}=...`", name.trim()));
        out.push(error.help_if(shell), path.key(key).to_string());
    }
}

/// The decoded size of a base64 string, in bytes.
fn decoded_size(text: &str) -> usize {
    text.bytes().filter(|byte| !matches!(byte, b'\n' | b'\r' | b'=')).count() * 3 / 4
}

fn secret(node: &Node, out: &mut Findings) {
    let path = Path::ROOT.field("data");
    let mut size = 0;
    for entry in entries(node, "stringData") {
        key(entry, &path, out);
        size += as_text(&entry.value).map_or(0, str::len);
    }
    let plain: FxHashSet<&str> = entries(node, "stringData").map(|entry| entry.key.text.as_str()).collect();
    for entry in entries(node, "data").filter(|entry| !plain.contains(entry.key.text.as_str())) {
        key(entry, &path, out);
        size += decoded_size(as_text(&entry.value).unwrap_or(""));
    }
    if size > MAX_SIZE {
        let place = set(node, "data").or_else(|| set(node, "stringData")).unwrap_or(node);
        out.too_long(place, &path, format!("the data must be no more than {MAX_SIZE} bytes, found {size}"));
    }
    if let Some((of_type, place)) = text(node, "type") {
        typed(node, of_type, place, &path, out);
    }
}

/// Checks the keys that a type requires.
fn typed(node: &Node, of_type: &str, place: &Node, path: &Path<'_>, out: &mut Findings) {
    let mut requires = |name: &str| {
        out.required(place, &path.key(name), format!("a Secret of type `{of_type}` requires the key `{name}`"));
    };
    match of_type {
        "kubernetes.io/service-account-token" => {
            const ANNOTATION: &str = "kubernetes.io/service-account.name";
            let account = node.at_path(&["metadata", "annotations", ANNOTATION]).and_then(as_text).unwrap_or("");
            if account.is_empty() {
                let metadata = Path::ROOT.field("metadata");
                let path = metadata.field("annotations");
                let message = format!("a Secret of type `{of_type}` requires the annotation `{ANNOTATION}`");
                out.required(place, &path.key(ANNOTATION), message);
            }
        }
        "kubernetes.io/dockercfg" => docker_config(node, ".dockercfg", place, path, out),
        "kubernetes.io/dockerconfigjson" => docker_config(node, ".dockerconfigjson", place, path, out),
        "kubernetes.io/basic-auth" if value(node, "username").is_none() && value(node, "password").is_none() => {
            ["username", "password"].into_iter().for_each(requires);
        }
        "kubernetes.io/ssh-auth" if value(node, "ssh-privatekey").is_none_or(|value| value.is_empty()) => {
            requires("ssh-privatekey")
        }
        "kubernetes.io/tls" => {
            ["tls.crt", "tls.key"].into_iter().filter(|name| value(node, name).is_none()).for_each(requires);
        }
        _ => {}
    }
}

/// The decoded value of a key in a Secret.
fn value(node: &Node, key: &str) -> Option<Vec<u8>> {
    if let Some(plain) = set(node, "stringData").and_then(|data| data.get(key)) {
        return Some(as_text(plain).unwrap_or("").as_bytes().to_vec());
    }
    let encoded = set(node, "data")?.get(key)?;
    let compact: String = as_text(encoded).unwrap_or("").chars().filter(|c| !matches!(c, '\n' | '\r')).collect();
    base64::engine::general_purpose::STANDARD.decode(compact).ok()
}

fn docker_config(node: &Node, key: &str, place: &Node, path: &Path<'_>, out: &mut Findings) {
    match value(node, key) {
        None => out.required(place, &path.key(key), format!("a Secret of this type requires the key `{key}`")),
        Some(content) if !is_json_object(&content) => {
            let data = ["stringData", "data"].into_iter().find_map(|field| set(node, field)?.get(key));
            out.invalid(data.unwrap_or(place), &path.key(key), format!("the value of `{key}` is not a valid JSON object"));
        }
        Some(_) => {}
    }
}

fn is_json_object(content: &[u8]) -> bool {
    let start = content.iter().find(|byte| !byte.is_ascii_whitespace());
    // Go decodes null as an empty map.
    matches!(start, Some(b'{' | b'n')) && serde_json::from_slice::<IgnoredAny>(content).is_ok()
}
