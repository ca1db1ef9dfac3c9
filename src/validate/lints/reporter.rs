//! Reports the findings of a lint.

use super::set::{Object, Set, Whole};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::finding::Finding;
use crate::yaml::Node;

/// The maximum number of names that are searched for a similar one, and of searches per lint.
const MAX_SEARCHES: usize = 200;

/// Kinds of objects that are usually in the same build as those that use them, and not in a chart next to it.
const OWN: &[&str] = &["ClusterRole", "ConfigMap", "PersistentVolumeClaim", "Role", "ServiceAccount"];

/// Collects the findings of one lint.
pub struct Reporter<'s, 'n> {
    code: &'static str,
    set: &'s Set<'n>,
    findings: &'s mut [Vec<Finding>],
    searches: usize,
}

impl<'s, 'n> Reporter<'s, 'n> {
    /// Creates a reporter for the findings of one code.
    pub fn new(code: &'static str, set: &'s Set<'n>, findings: &'s mut [Vec<Finding>]) -> Self {
        Reporter { code, set, findings, searches: 0 }
    }

    /// Adds a warning about a value in an object.
    pub fn warn(&mut self, object: &Object<'_>, node: &Node, field: impl ToString, message: impl Into<String>, help: &str) {
        self.push(object, node.warning(self.code, message).help(help), field.to_string());
    }

    /// Adds a finding about an object.
    pub fn add(&mut self, object: &Object<'_>, diagnostic: Diagnostic, field: String) {
        self.push(object, diagnostic, field);
    }

    /// Reports that an object refers to one that does not exist: a warning in a build, but only a note for plain manifests,
    /// because the object may be defined elsewhere.
    /// Objects that controllers create are not reported.
    pub fn missing(&mut self, object: &Object<'_>, node: &Node, field: impl ToString, target: &Target<'_>) {
        let Target { kind, namespace, name } = *target;
        if self.set.is_created(kind, namespace, name) {
            return;
        }
        let place = if namespace.is_empty() { String::new() } else { format!(" in namespace `{namespace}`") };
        let near = self.near(target).map(|near| format!("did you mean `{near}`?"));
        // A chart may contain it, unless there is a similar name.
        if near.is_none() && self.set.has_installer() && !OWN.contains(&kind) {
            return;
        }
        let diagnostic = match self.set.whole {
            Whole::Build { .. } => {
                let warning = node.warning(self.code, format!("{kind} `{name}` not found{place}; it is not part of this build"));
                warning.help(format!("if it is created elsewhere, silence this finding; see `render explain {}`", self.code))
            }
            Whole::Part => self.note(node, format!("{kind} `{name}` not found{place}; it may be defined elsewhere")),
        };
        self.push(object, diagnostic.help_if(near), field.to_string());
    }

    /// Reports that the selector of an object selects nothing. `near` is a sentence about the closest object.
    pub fn selects_nothing(&mut self, object: &Object<'_>, node: &Node, field: &str, what: &str, near: Option<String>) {
        if near.is_none() && self.set.has_installer() {
            return;
        }
        // A base of Services or policies is made for other kustomizations.
        let has_any = if what == "pod" { !self.set.pods.is_empty() } else { self.set.of_any_kind(what).next().is_some() };
        let diagnostic = match self.set.whole {
            Whole::Build { .. } if has_any => {
                let warning = node.warning(self.code, format!("no {what} in this build has these labels"));
                warning.help(format!("if they are created elsewhere, silence this finding; see `render explain {}`", self.code))
            }
            Whole::Build { .. } => self.note(node, format!("no {what} has these labels; this build contains none")),
            Whole::Part => self.note(node, format!("no {what} has these labels; they may be defined elsewhere")),
        };
        self.push(object, diagnostic.help_if(near), field.to_owned());
    }

    /// Whether there may be another search for something similar.
    pub fn may_search(&mut self) -> bool {
        self.searches += 1;
        self.searches <= MAX_SEARCHES
    }

    fn note(&self, node: &Node, message: String) -> Diagnostic {
        Diagnostic::note(self.code, message).at(node.span())
    }

    fn near(&mut self, Target { kind, namespace, name }: &Target<'_>) -> Option<&'n str> {
        if !self.may_search() {
            return None;
        }
        let same_kind = self.set.of_any_kind(kind).take(MAX_SEARCHES);
        let names = same_kind.filter(|other| namespace.is_empty() || other.namespace == *namespace).map(|other| other.name);
        did_you_mean(name, names)
    }

    fn push(&mut self, object: &Object<'_>, diagnostic: Diagnostic, field: String) {
        if let Some(findings) = self.findings.get_mut(object.at) {
            findings.push(Finding { diagnostic, field, object: object.id.clone() });
        }
    }
}

/// An object that another one refers to.
#[derive(Clone, Copy)]
pub struct Target<'a> {
    /// Its kind.
    pub kind: &'a str,
    /// Its namespace; empty for a cluster-scoped object.
    pub namespace: &'a str,
    /// Its name.
    pub name: &'a str,
}
