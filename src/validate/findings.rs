//! Collects the findings in one object. The kinds of findings correspond to those of the API server's `field.Error`.

use rustc_hash::FxHashSet;

use crate::diagnostic::{Diagnostic, Severity};
use crate::finding::Finding;
use crate::resource::ResId;
use crate::schema::Version;
use crate::source::Span;
use crate::yaml::Node;

use super::path::Path;

/// The help text that lists the supported values of a field.
pub fn supported(allowed: &[&str]) -> String {
    format!("supported values: {}", allowed.join(", "))
}

/// The findings in one object.
#[derive(Debug)]
pub struct Findings {
    list: Vec<Finding>,
    object: ResId,
    version: Version,
}

impl Findings {
    /// Creates an empty list of findings in an object.
    pub fn new(object: ResId, version: Version) -> Self {
        Findings { list: Vec::new(), object, version }
    }

    /// The target version of Kubernetes.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Whether the target is Kubernetes 1.`minor` or newer.
    pub fn since(&self, minor: u8) -> bool {
        self.version >= Version::minor(minor)
    }

    /// Drops warnings about a value when there is an error in one of its fields.
    pub fn drop_echoes(&mut self) {
        let is_error = |finding: &Finding| finding.diagnostic.severity == Severity::Error;
        let errors = self.list.iter().filter(|finding| is_error(finding));
        let parents: FxHashSet<String> = errors.filter_map(|error| Some(error.field.rsplit_once('.')?.0.to_owned())).collect();
        if !parents.is_empty() {
            self.list.retain(|finding| is_error(finding) || !parents.contains(&finding.field));
        }
    }

    /// All findings.
    pub fn iter(&self) -> impl Iterator<Item = &Finding> {
        self.list.iter()
    }

    /// Adds findings.
    pub fn extend(&mut self, findings: impl IntoIterator<Item = Finding>) {
        self.list.extend(findings);
    }

    /// An empty list for the same object and version.
    pub fn empty(&self) -> Self {
        Findings::new(self.object.clone(), self.version)
    }

    /// The number of findings.
    pub fn count(&self) -> usize {
        self.list.len()
    }

    /// Turns errors after the first `count` findings into warnings; `help` says why the server accepts them.
    pub fn soften(&mut self, count: usize, help: &str) {
        for finding in self.list.iter_mut().skip(count) {
            if finding.diagnostic.severity == Severity::Error {
                finding.diagnostic.severity = Severity::Warning;
                finding.diagnostic.help = Some(help.to_owned());
            }
        }
    }

    /// Whether any finding is an error.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|finding| finding.diagnostic.severity == Severity::Error)
    }

    /// Whether any finding is an error with one of these codes.
    pub fn has_any_of(&self, codes: &[&str]) -> bool {
        let is_one = |diagnostic: &Diagnostic| diagnostic.severity == Severity::Error && codes.contains(&diagnostic.code);
        self.list.iter().any(|finding| is_one(&finding.diagnostic))
    }

    /// Returns all findings.
    pub fn into_vec(self) -> Vec<Finding> {
        self.list
    }

    /// Appends findings that were collected separately.
    pub fn append(&mut self, other: Findings) {
        self.list.extend(other.list);
    }

    /// The object that is checked.
    pub fn object(&self) -> &ResId {
        &self.object
    }

    /// Adds the error that a value is not valid.
    pub fn invalid(&mut self, node: &Node, path: &Path<'_>, message: impl Into<String>) {
        self.push(node.error("invalid-value", message), path.to_string());
    }

    /// Adds the error that a required value is missing. `around` is the nearest value that exists.
    pub fn required(&mut self, around: &Node, path: &Path<'_>, message: impl Into<String>) {
        self.push(around.error("missing-value", message), path.to_string());
    }

    /// Adds the error that a value is not one of the supported ones, with a suggestion.
    pub fn unsupported(&mut self, node: &Node, path: &Path<'_>, allowed: &[&str]) {
        let found = node.as_scalar().map(|scalar| scalar.text.as_str());
        let message = match found {
            Some("") => "an empty value is not supported".to_owned(),
            Some(found) => format!("`{found}` is not supported"),
            None => "expected one of the supported values".to_owned(),
        };
        let near = crate::diagnostic::did_you_mean(found.unwrap_or(""), allowed.iter().copied());
        let help = near.map_or_else(|| supported(allowed), |near| format!("did you mean `{near}`?"));
        self.push(node.error("unsupported-value", message).help(help), path.to_string());
    }

    /// Adds the error that a value appears twice where it must be unique.
    pub fn duplicate(&mut self, node: &Node, path: &Path<'_>, message: impl Into<String>) {
        self.push(node.error("duplicate-value", message), path.to_string());
    }

    /// Adds the error that a value is not allowed here.
    pub fn forbidden(&mut self, node: &Node, path: &Path<'_>, message: impl Into<String>) {
        self.push(node.error("forbidden-value", message), path.to_string());
    }

    /// Adds the error that a value has too many characters or items.
    pub fn too_long(&mut self, node: &Node, path: &Path<'_>, message: impl Into<String>) {
        self.push(node.error("too-long", message), path.to_string());
    }

    /// Adds any other finding.
    pub fn push(&mut self, diagnostic: Diagnostic, field: String) {
        self.list.push(Finding { diagnostic, field, object: self.object.clone() });
    }

    /// Adds an error at a location that is not a node, such as a key.
    pub fn at(&mut self, span: Span, code: &'static str, message: impl Into<String>, field: String) {
        self.push(Diagnostic::error(code, message).at(span), field);
    }
}
