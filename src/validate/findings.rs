//! What the rules have found in one object. The kinds of findings are those of the API server's `field.Error`.

use rustc_hash::FxHashSet;

use crate::diagnostic::{Diagnostic, Severity};
use crate::finding::Finding;
use crate::resource::ResId;
use crate::schema::Version;
use crate::source::Span;
use crate::yaml::Node;

use super::path::Path;

/// The findings in one object.
#[derive(Debug)]
pub struct Findings {
    list: Vec<Finding>,
    object: ResId,
    version: Version,
}

impl Findings {
    /// No findings in an object yet.
    pub fn new(object: ResId, version: Version) -> Self {
        Findings { list: Vec::new(), object, version }
    }

    /// The Kubernetes version that is checked for.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Whether the version is the given minor one of Kubernetes 1, or newer.
    pub fn since(&self, minor: u8) -> bool {
        self.version >= Version::minor(minor)
    }

    /// Drops warnings of a value when an error tells of one of its fields.
    pub fn drop_echoes(&mut self) {
        let is_error = |finding: &Finding| finding.diagnostic.severity == Severity::Error;
        let errors = self.list.iter().filter(|finding| is_error(finding));
        let told: FxHashSet<String> = errors.filter_map(|error| Some(error.field.rsplit_once('.')?.0.to_owned())).collect();
        if !told.is_empty() {
            self.list.retain(|finding| is_error(finding) || !told.contains(&finding.field));
        }
    }

    /// How many findings there are.
    pub fn count(&self) -> usize {
        self.list.len()
    }

    /// Makes warnings of the errors found after the first `count` findings, with a word on why the server takes them.
    pub fn soften(&mut self, count: usize, help: &str) {
        for finding in self.list.iter_mut().skip(count) {
            if finding.diagnostic.severity == Severity::Error {
                finding.diagnostic.severity = Severity::Warning;
                finding.diagnostic.help = Some(help.to_owned());
            }
        }
    }

    /// Whether there is an error among them.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|finding| finding.diagnostic.severity == Severity::Error)
    }

    /// Whether there is an error with one of these codes among them.
    pub fn has_any_of(&self, codes: &[&str]) -> bool {
        let is_one = |diagnostic: &Diagnostic| diagnostic.severity == Severity::Error && codes.contains(&diagnostic.code);
        self.list.iter().any(|finding| is_one(&finding.diagnostic))
    }

    /// All of them.
    pub fn into_vec(self) -> Vec<Finding> {
        self.list
    }

    /// Adds those that were collected apart.
    pub fn append(&mut self, other: Findings) {
        self.list.extend(other.list);
    }

    /// The object that is looked at.
    pub fn object(&self) -> &ResId {
        &self.object
    }

    /// A value has the wrong form.
    pub fn invalid(&mut self, node: &Node, path: &Path<'_>, message: impl Into<String>) {
        self.push(node.error("invalid-value", message), path.to_string());
    }

    /// A value is missing. `around` is the nearest value that is there.
    pub fn required(&mut self, around: &Node, path: &Path<'_>, message: impl Into<String>) {
        self.push(around.error("missing-value", message), path.to_string());
    }

    /// A value is none of those that are allowed.
    pub fn unsupported(&mut self, node: &Node, path: &Path<'_>, allowed: &[&str]) {
        let found = node.as_scalar().map_or(node.type_name(), |scalar| scalar.text.as_str());
        let near = crate::diagnostic::did_you_mean(found, allowed.iter().copied());
        let help = near.map_or_else(|| format!("allowed: {}", allowed.join(", ")), |near| format!("did you mean `{near}`?"));
        self.push(node.error("unsupported-value", format!("`{found}` is not supported")).help(help), path.to_string());
    }

    /// A value stands twice where it must be unique.
    pub fn duplicate(&mut self, node: &Node, path: &Path<'_>, message: impl Into<String>) {
        self.push(node.error("duplicate-value", message), path.to_string());
    }

    /// A value must not be set here.
    pub fn forbidden(&mut self, node: &Node, path: &Path<'_>, message: impl Into<String>) {
        self.push(node.error("forbidden-value", message), path.to_string());
    }

    /// A value has more characters or elements than allowed.
    pub fn too_long(&mut self, node: &Node, path: &Path<'_>, message: impl Into<String>) {
        self.push(node.error("too-long", message), path.to_string());
    }

    /// Any other finding.
    pub fn push(&mut self, diagnostic: Diagnostic, field: String) {
        self.list.push(Finding { diagnostic, field, object: self.object.clone() });
    }

    /// Any other finding at a place that is no node, such as a key.
    pub fn at(&mut self, span: Span, code: &'static str, message: impl Into<String>, field: String) {
        self.push(Diagnostic::error(code, message).at(span), field);
    }
}
