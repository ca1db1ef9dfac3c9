//! Schemas in comments of manifests: `containers: # {"type": "array", "x-kubernetes-patch-merge-key": "name"}`.
//!
//! A JSON object after a field, or in the only comment line above it, replaces all other information about the field, even if
//! it says nothing about merging. If both an object and its patch have one, the object's counts. Behavior: kyaml's `fieldmeta`
//! and `Walker.fieldValue`.
//! `fieldmeta` and `Walker.fieldValue`.

use rustc_hash::FxHashMap;

use super::merge::{MergeType, Schema};
use super::openapi::Definition;
use crate::source::{Sources, Span};
use crate::yaml::{Entry, Node, Value};

/// The schemas of fields, by the location of their keys.
#[derive(Debug, Default)]
pub struct CommentSchemas(FxHashMap<Span, Definition>);

impl CommentSchemas {
    /// The schemas in the comments of the texts that these objects were read from.
    pub fn of(objects: &[&Node], sources: &Sources) -> Self {
        let mut found = CommentSchemas::default();
        for object in objects {
            if sources.get(object.span().source).has_comment_objects() {
                found.collect(object, sources);
            }
        }
        found
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The schema in the comments of one field.
    pub fn get<'s>(&'s self, field: &Entry, schema: &'s Schema) -> Option<MergeType<'s>> {
        self.0.get(&field.key.span()).map(|definition| schema.alone(definition))
    }

    fn collect(&mut self, node: &Node, sources: &Sources) {
        match node.value() {
            Value::Scalar(_) => {}
            Value::Sequence(items) => items.iter().for_each(|item| self.collect(item, sources)),
            Value::Mapping(mapping) => {
                for entry in mapping.iter().filter(|entry| entry.value.as_scalar().is_none()) {
                    if let Some(definition) = definition_of(entry, sources) {
                        self.0.insert(entry.key.span(), definition);
                    }
                    self.collect(&entry.value, sources);
                }
            }
        }
    }
}

/// The schema in the comments of a field: after the value, after the key, or above the key.
fn definition_of(entry: &Entry, sources: &Sources) -> Option<Definition> {
    let text = sources.get(entry.key.span().source).text();
    let is_near = entry.value.span().source == entry.key.span().source;
    let after = |offset: u32, skip: &[char]| {
        let line = text.get(offset as usize..)?.lines().next()?;
        line.trim_start_matches(skip).strip_prefix('#')
    };
    let after_value = || after(entry.value.span().end, &[' ', '\t']).and_then(parse).filter(|_| is_near);
    after_value().or_else(|| match after(entry.key.span().end, &[' ', '\t', ':', '\'', '"']) {
        Some(comment) => parse(comment),
        None => parse(above(text, entry.key.span().start)?),
    })
}

/// The first of the comment lines right above a line, without its first `#`.
fn above(text: &str, offset: u32) -> Option<&str> {
    let before = text.get(..offset as usize)?;
    let lines = before.trim_end_matches([' ', '\t']).strip_suffix('\n')?.rsplit('\n');
    lines.map_while(|line| line.trim_start().strip_prefix('#')).last()
}

/// The JSON object that a comment begins with, unless it is empty.
fn parse(comment: &str) -> Option<Definition> {
    let json = comment.trim_start_matches('#').trim_start();
    let rest = json.strip_prefix('{')?;
    if rest.trim_start().starts_with('}') {
        return None;
    }
    serde_json::Deserializer::from_str(json).into_iter::<Definition>().next()?.ok()
}
