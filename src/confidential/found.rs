//! Marks the secret values of documents.
//!
//! In a Secret, everything is secret except its apiVersion, kind, type, name, and namespace.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::wording;
use crate::diagnostic::did_you_mean;
use crate::secret_values::SecretValues;
use crate::source::{Source, SourceId, Span};
use crate::yaml::{Dialect, Node, OriginId, Tag, Value, read_documents};

/// Fields of a Secret whose values are not secret.
const PUBLIC: [&str; 3] = ["apiVersion", "kind", "type"];

/// What is found while the texts are visited.
pub(super) struct Found {
    pub secrets: SecretValues,
    /// The names of all Secrets.
    pub names: HashSet<String>,
    /// Files that a kustomization names as sources of Secrets, or as patches on one.
    pub files: HashSet<PathBuf>,
    /// Kustomizations, which are visited when the Secrets are known.
    pub kustomizations: Vec<(SourceId, Node)>,
}

impl Found {
    /// A text that is secret as a whole.
    pub fn hidden(&mut self, id: SourceId, source: &Source) {
        let text = source.text();
        self.secrets.hide(id.index());
        // The values of a chart: their keys are not secret.
        let documents = read_documents(text, id, OriginId::UNKNOWN, Dialect::Manifest).unwrap_or_default();
        if documents.iter().any(|document| document.as_scalar().is_none()) {
            return documents.iter().for_each(|document| self.everything(document));
        }
        let is_pair = |line: &str| line.trim().is_empty() || line.split_once('=').is_some_and(|(key, _)| is_key(key.trim()));
        if !text.lines().all(is_pair) {
            self.secrets.add_value(id.index(), text.trim());
        }
        for line in text.lines() {
            let comment = line.trim_start().strip_prefix('#');
            match comment.unwrap_or(line).split_once('=') {
                Some((key, value)) if is_key(key.trim()) => {
                    self.secrets.add_value(id.index(), value);
                    self.secrets.add_value(id.index(), value.trim().trim_matches(['"', '\'']));
                }
                // A key without a value is as likely a value without a key.
                _ => {
                    self.secrets.add_value(id.index(), line.trim());
                    let words = line.split_whitespace().filter(|word| comment.is_none() || !is_prose(word));
                    words.for_each(|word| self.secrets.add_value(id.index(), word));
                }
            }
        }
    }

    /// A document that is not a kustomization: a Secret, a list of Secrets, a generator, or one with a Secret in a string.
    pub fn document(&mut self, node: &Node) {
        let fields = node.as_mapping().into_iter().flatten().filter(|entry| entry.key.text == "kind");
        let kinds: Vec<&str> = fields.filter_map(|entry| entry.value.as_str()).collect();
        match kinds.first() {
            _ if kinds.contains(&"Secret") => self.secret(node),
            Some(kind) if wording::is_like_generator(kind) => self.everything(node),
            _ if node.get("contains").is_some() || node.get("assert").is_some() => self.test(node),
            _ => self.strings(node),
        }
        for item in node.get("items").and_then(Node::as_sequence).unwrap_or_default() {
            self.document(item);
        }
    }

    /// A Secret.
    pub fn secret(&mut self, node: &Node) {
        let source = node.span().source.index();
        self.secrets.hide_lines(source);
        if let Some(name) = node.at_path(&["metadata", "name"]).and_then(Node::as_str) {
            self.names.insert(name.to_owned());
        }
        for entry in node.as_mapping().into_iter().flatten() {
            let key = entry.key.text.as_str();
            if key == "metadata" {
                let fields = entry.value.as_mapping().into_iter().flatten();
                fields
                    .filter(|field| !matches!(field.key.text.as_str(), "name" | "namespace"))
                    .for_each(|field| self.field(&field.value));
            } else if !PUBLIC.contains(&key) {
                self.field(&entry.value);
                // A value that is not indented enough becomes a key; a misspelled field is not one.
                let is_field = did_you_mean(key, ["data", "stringData", "immutable"]).is_some();
                if !is_field && !key.bytes().all(|byte| byte.is_ascii_alphabetic()) {
                    self.value(entry.key.span(), key);
                }
            }
        }
    }

    fn field(&mut self, node: &Node) {
        self.everything(node);
        self.keys(node);
    }

    /// Keys that are not valid keys of a Secret are probably values.
    fn keys(&mut self, node: &Node) {
        for entry in node.as_mapping().into_iter().flatten() {
            let key = entry.key.text.as_str();
            if !key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._/".contains(&byte)) {
                self.value(entry.key.span(), key);
            }
        }
    }

    /// Marks all values in a node.
    pub fn everything(&mut self, node: &Node) {
        match node.value() {
            Value::Scalar(scalar) if matches!(scalar.tag, Tag::Bool | Tag::Null) => {}
            Value::Scalar(scalar) => self.value(node.span(), &scalar.text),
            _ => node.children().for_each(|child| self.everything(child)),
        }
    }

    /// Marks a value: as it is, decoded, and encoded.
    pub fn value(&mut self, span: Span, text: &str) {
        use base64::Engine;
        use base64::engine::general_purpose::STANDARD;

        let source = span.source.index();
        self.secrets.mark(source, (span.start, span.end));
        self.secrets.add_value(source, text);
        self.secrets.add_value(source, &STANDARD.encode(text));
        let packed: String = text.split_whitespace().collect();
        let decoded = STANDARD.decode(&packed).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        if let Some(decoded) = decoded.filter(|decoded| decoded.chars().all(|c| !c.is_control() || c.is_whitespace())) {
            self.secrets.add_value(source, &packed);
            self.secrets.add_value(source, &decoded);
        }
        // Copies of the whole object in annotations, and files in JSON.
        if text.trim_start().starts_with('{')
            && let Ok(json) = serde_json::from_str::<serde_json::Value>(text)
        {
            self.json(source, &json);
        }
    }

    fn json(&mut self, source: u32, json: &serde_json::Value) {
        match json {
            serde_json::Value::String(text) => self.secrets.add_value(source, text),
            serde_json::Value::Array(items) => items.iter().for_each(|item| self.json(source, item)),
            serde_json::Value::Object(fields) => {
                let is_public = |key: &str| PUBLIC.contains(&key) || matches!(key, "name" | "namespace");
                fields.iter().filter(|(key, _)| !is_public(key)).for_each(|(_, value)| self.json(source, value));
            }
            _ => {}
        }
    }

    /// A test of a Secret: expected values are values.
    fn test(&mut self, node: &Node) {
        if node.at_path(&["target", "kind"]).and_then(Node::as_str).is_some_and(|kind| kind.contains("Secret")) {
            for field in ["contains", "exactly"].iter().filter_map(|field| node.get(field)) {
                self.secret(field);
            }
            for expression in ["assert", "messageExpression"].iter().filter_map(|field| node.get(field)) {
                let span = expression.span();
                self.secrets.mark(span.source.index(), (span.start, span.end));
                for literal in expression.as_str().unwrap_or("").split(['"', '\'']).skip(1).step_by(2) {
                    self.secrets.add_value(span.source.index(), literal);
                }
            }
        }
    }

    /// Strings that contain Secrets, such as files of ConfigMaps.
    fn strings(&mut self, node: &Node) {
        match node.as_str() {
            Some(text) if text.contains('\n') && wording::may_be_secret(text) => self.text(node, text),
            Some(_) => {}
            None => node.children().for_each(|child| self.strings(child)),
        }
    }

    /// A string that contains a Secret, or a patch on one.
    pub fn text(&mut self, node: &Node, text: &str) {
        let span = node.span();
        let source = span.source.index();
        self.secrets.mark(source, (span.start, span.end));
        wording::values(text).filter(|value| !is_ordinary(value)).for_each(|value| self.secrets.add_value(source, value));
    }
}

/// Whether a text is like the name of an environment variable or of a file.
pub(super) fn is_key(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
}

/// Names and versions that are in every manifest.
fn is_ordinary(value: &str) -> bool {
    matches!(value, "Secret" | "v1" | "Opaque" | "add" | "remove" | "replace" | "test") || value.starts_with('/')
}

/// A path without `.` and `..`.
pub(super) fn tidy(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir if out.file_name().is_some() => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

/// Whether a word of a comment is one of a sentence: letters only, with punctuation around them.
fn is_prose(word: &str) -> bool {
    word.trim_matches(|c: char| c.is_ascii_punctuation()).chars().all(char::is_alphabetic)
}
