//! The parts of an object that have the wrong shape, and which findings of rules do not depend on them.
//!
//! The server stops at the first such part. Here, the rules check the rest too; but a rule that misses what is only misspelled,
//! or compares a value with one that can't be read, would report a consequence of the same mistake.

use rustc_hash::FxHashSet;

use super::findings::Findings;
use super::path::{Path, steps};
use super::unknown_values::UnknownValues;
use crate::diagnostic::Severity;
use crate::finding::Finding;
use crate::yaml::Node;

/// The wrong parts of one object.
#[derive(Debug, Default)]
pub struct WrongParts(Vec<Part>);

#[derive(Clone, Debug)]
struct Part {
    steps: Vec<String>,
    is_unknown: bool,
    /// Whether it was meant to be a mapping or list whose content is unknown.
    is_collection: bool,
}

impl WrongParts {
    /// The parts that findings are about. `guessed` is the object in which they are replaced by what they probably mean.
    pub fn of(found: &Findings, guessed: &Node) -> Self {
        let errors = found.iter().filter(|finding| finding.diagnostic.severity == Severity::Error);
        let part = |finding: &Finding| {
            let is_unknown = finding.diagnostic.code == "unknown-field";
            let is_wrong = finding.diagnostic.code == "wrong-type";
            let steps = steps(&finding.field);
            let expected =
                ["a mapping", "a list"].iter().any(|kind| finding.diagnostic.message.contains(&format!("expected {kind}")));
            let is_lost = is_wrong && at(guessed, &steps).is_none_or(Node::is_null);
            (is_unknown || is_wrong).then_some(Part { steps, is_unknown, is_collection: expected && is_lost })
        };
        WrongParts(errors.filter_map(part).collect())
    }

    /// These parts, and values that are not known.
    pub fn and_unknown(mut self, unknown: &UnknownValues) -> Self {
        let part = |steps: &Vec<String>| Part { steps: steps.clone(), is_unknown: false, is_collection: false };
        self.0.extend(unknown.parts.iter().map(part));
        self
    }

    /// The findings that occur both without the wrong parts and with those that were probably meant, and that these do not explain.
    pub fn independent(&self, without: Findings, guessed: Findings, object: &Node) -> Vec<Finding> {
        let key = |finding: &Finding| (finding.diagnostic.code, finding.field.clone(), finding.diagnostic.message.clone());
        let both: FxHashSet<_> = guessed.iter().map(key).collect();
        let is_own = |finding: &Finding| both.contains(&key(finding)) && !self.explain(finding, object);
        without.into_vec().into_iter().filter(is_own).collect()
    }

    /// These parts and those of the errors with some codes.
    pub fn and(&self, found: &Findings, codes: &[&str]) -> Self {
        let is_one =
            |finding: &&Finding| finding.diagnostic.severity == Severity::Error && codes.contains(&finding.diagnostic.code);
        let part = |finding: &Finding| Part { steps: steps(&finding.field), is_unknown: false, is_collection: false };
        WrongParts(self.0.iter().cloned().chain(found.iter().filter(is_one).map(part)).collect())
    }

    /// Whether any part is in a field, or contains it.
    pub fn touch(&self, field: &Path<'_>) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let field = steps(&field.to_string());
        self.0.iter().any(|part| part.steps.starts_with(&field) || field.starts_with(&part.steps))
    }

    fn explain(&self, finding: &Finding, object: &Node) -> bool {
        let field = steps(&finding.field);
        let missing = (0..field.len()).find(|end| at(object, field.get(..=*end).unwrap_or_default()).is_none());
        self.0.iter().any(|part| {
            let Some((name, parent)) = part.steps.split_last() else { return true };
            let is_missing_here = missing.is_some_and(|end| {
                // A field beside an unknown one, or one with the same name at another level.
                let is_beside = part.is_unknown && field.get(..end) == Some(parent);
                is_beside && !has_near(name, object, parent) || field.get(end) == Some(name)
            });
            (!part.is_unknown && field.starts_with(&part.steps))
                || field == parent
                || is_missing_here
                || part.is_collection && field.starts_with(parent)
        })
    }
}

/// Whether a field with a similar name is set: then the unknown one is a duplicate of it.
fn has_near(name: &str, object: &Node, parent: &[String]) -> bool {
    let fields = at(object, parent).and_then(Node::as_mapping).into_iter().flatten();
    crate::diagnostic::did_you_mean(name, fields.map(|entry| entry.key.text.as_str())).is_some()
}

/// The value at the end of the steps.
fn at<'n>(object: &'n Node, steps: &[String]) -> Option<&'n Node> {
    steps.iter().try_fold(object, |node, step| match node.as_sequence() {
        Some(items) => items.get(step.parse::<usize>().ok()?),
        None => node.get(step),
    })
}
