//! What identifies an object. Behavior: `RNode.GetMeta`.

use std::collections::BTreeMap;

use anyhow::anyhow;

use super::fields::{filled, text};
use crate::go_yaml::{Kind, Node};

/// The type, the name, and the annotations of an object.
#[derive(Clone, Debug, Default)]
pub(super) struct Meta {
    pub(super) api_version: String,
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) namespace: String,
    pub(super) annotations: BTreeMap<String, String>,
    /// Whether it has none of all that.
    is_missing: bool,
}

impl Meta {
    /// What a node says about itself.
    pub(super) fn of(node: &Node) -> Meta {
        let root = node.root();
        if root.is_null() {
            return Meta::default();
        }
        let mut found = 0;
        let mut value = |node: Option<&Node>| {
            found += usize::from(node.is_some());
            node.map(|node| text(node).to_owned()).unwrap_or_default()
        };
        let metadata = filled(root, "metadata");
        let in_metadata = |name| metadata.and_then(|metadata| filled(metadata, name));
        let api_version = value(filled(root, "apiVersion"));
        let kind = value(filled(root, "kind"));
        let name = value(in_metadata("name"));
        let namespace = value(in_metadata("namespace"));
        let annotations = in_metadata("annotations");
        let is_missing = found == 0 && annotations.is_none() && in_metadata("labels").is_none();
        let annotations = annotations.map(entries).unwrap_or_default();
        Meta { api_version, kind, name, namespace, annotations, is_missing }
    }

    /// What a node says about itself.
    ///
    /// # Errors
    /// It says nothing.
    pub(super) fn required(node: &Node) -> anyhow::Result<Meta> {
        let meta = Meta::of(node);
        if meta.is_missing { Err(anyhow!("missing Resource metadata")) } else { Ok(meta) }
    }

    /// An annotation; empty if there is none.
    pub(super) fn annotation(&self, key: &str) -> &str {
        self.annotations.get(key).map_or("", String::as_str)
    }
}

/// The entries of a mapping; the first of a key counts.
fn entries(node: &Node) -> BTreeMap<String, String> {
    let mut entries = BTreeMap::new();
    if node.kind == Kind::Mapping {
        for (key, value) in node.pairs() {
            entries.entry(text(key).to_owned()).or_insert_with(|| text(value).to_owned());
        }
    }
    entries
}
