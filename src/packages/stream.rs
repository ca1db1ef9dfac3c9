//! Objects of a text. Behavior: kyaml's `ByteReader`.

use std::collections::BTreeMap;

use anyhow::anyhow;

use super::annotations;
use super::file_annotations::{self, INDEX, LEGACY_INDEX};
use super::meta::Meta;
use super::object::{Object, objects_of};
use crate::go_yaml::{self, Node};

/// The objects of a text, and what else a list of functions carries.
#[derive(Default)]
pub(super) struct Stream {
    pub(super) objects: Vec<Object>,
    pub(super) results: Option<Node>,
}

/// The objects of a text; those of a `List` or `ResourceList` separately.
///
/// # Errors
/// A document is not YAML, or not a mapping.
pub fn read(bytes: &[u8]) -> anyhow::Result<Vec<Object>> {
    Ok(read_list(bytes)?.objects)
}

/// The objects of a text with the results of a function.
///
/// # Errors
/// As [`read`].
pub(super) fn read_list(bytes: &[u8]) -> anyhow::Result<Stream> {
    let documents = split(bytes)?;
    let is_only = documents.len() == 1;
    let mut stream = Stream::default();
    let mut set = BTreeMap::new();
    for node in (Documents { documents: &documents, next: 0, count: 0, set: Some(&mut set) }) {
        let mut node = node?;
        let kind = Meta::of(&node).kind;
        let root = node.root_mut();
        let items = root.position("items").filter(|_| root.kind == go_yaml::Kind::Mapping);
        let is_list = items.is_some() || root.kind == go_yaml::Kind::Mapping && root.position("functionConfig").is_some();
        if !(is_only && matches!(kind.as_str(), "ResourceList" | "List") && is_list) {
            stream.objects.extend(objects_of(vec![node]));
            continue;
        }
        stream.results = root.position("results").map(|at| root.content[at].clone());
        if let Some(at) = items {
            stream.objects.extend(objects_of(std::mem::take(&mut root.content[at].content)));
        }
    }
    Ok(stream)
}

/// The documents of a file. `set` are the annotations that they get, with their index in addition; none without it.
///
/// # Errors
/// As [`read`].
pub(super) fn read_file(bytes: &[u8], set: Option<&mut BTreeMap<&'static str, String>>) -> anyhow::Result<Vec<Node>> {
    let documents = split(bytes)?;
    Documents { documents: &documents, next: 0, count: 0, set }.collect()
}

/// Reads documents one after the other.
struct Documents<'d> {
    documents: &'d [Vec<u8>],
    next: usize,
    /// The number of documents that are not empty.
    count: usize,
    set: Option<&'d mut BTreeMap<&'static str, String>>,
}

impl Documents<'_> {
    fn decode(&mut self, bytes: &[u8]) -> anyhow::Result<Option<Node>> {
        let node = go_yaml::parse(bytes).map_err(|error| anyhow!("MalformedYAMLError: {error}"))?;
        let Some(mut node) = node.filter(|node| !node.root().is_null()) else { return Ok(None) };
        if let Some(set) = self.set.as_deref_mut() {
            file_annotations::complete(&mut node)?;
            set.insert(INDEX, self.count.to_string());
            set.insert(LEGACY_INDEX, self.count.to_string());
            for (key, value) in set {
                annotations::set(&mut node, key, value)?;
            }
        }
        self.count += 1;
        Ok(Some(node))
    }
}

impl Iterator for Documents<'_> {
    type Item = anyhow::Result<Node>;

    fn next(&mut self) -> Option<Self::Item> {
        let documents = self.documents;
        while let Some(bytes) = documents.get(self.next) {
            self.next += 1;
            if let Some(result) = self.decode(bytes).transpose() {
                return Some(result);
            }
        }
        None
    }
}

/// The documents between separator lines. A separator always follows a line break; the first line is not one.
fn split(bytes: &[u8]) -> anyhow::Result<Vec<Vec<u8>>> {
    let text = without_carriage_returns(bytes);
    let mut documents = Vec::new();
    if text.is_empty() {
        return Ok(documents);
    }
    let (mut start, mut from) = (0, 0);
    while let Some(at) = text[from..].windows(4).position(|four| four == b"\n---").map(|at| from + at) {
        let Some(end) = text[at + 1..].iter().position(|&byte| byte == b'\n').map(|end| at + 1 + end) else { break };
        let line = String::from_utf8_lossy(&text[at + 1..end]).into_owned();
        let rest = line[3..].trim();
        if !rest.is_empty() && !rest.starts_with('#') {
            return Err(anyhow!("invalid document separator: {}", line.trim()));
        }
        documents.push(text[start..=at].to_vec());
        start = end + 1;
        from = start;
    }
    documents.push(text[start.min(text.len())..].to_vec());
    Ok(documents)
}

fn without_carriage_returns(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len());
    for (at, &byte) in bytes.iter().enumerate() {
        if !(byte == b'\r' && bytes.get(at + 1) == Some(&b'\n')) {
            text.push(byte);
        }
    }
    text
}
