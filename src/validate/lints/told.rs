//! How a lint says something: at a place, about an object.

use super::set::{Object, Set, Whole};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::finding::Finding;
use crate::yaml::Node;

/// Names beyond which no similar one is looked for, and findings for which one is.
const MANY: usize = 200;

/// Where a lint's findings go.
pub struct Told<'s, 'n> {
    code: &'static str,
    set: &'s Set<'n>,
    findings: &'s mut [Vec<Finding>],
    guesses: usize,
}

impl<'s, 'n> Told<'s, 'n> {
    /// For the findings of one code.
    pub fn new(code: &'static str, set: &'s Set<'n>, findings: &'s mut [Vec<Finding>]) -> Self {
        Told { code, set, findings, guesses: 0 }
    }

    /// Warns of a value in an object.
    pub fn warn(&mut self, object: &Object<'_>, node: &Node, field: impl ToString, message: impl Into<String>, help: &str) {
        self.push(object, node.warning(self.code, message).help(help), field.to_string());
    }

    /// The object refers to one that is not there. Among plain manifests that is only a note: it may live elsewhere.
    pub fn missing(&mut self, object: &Object<'_>, node: &Node, field: impl ToString, wanted: &Wanted<'_>) {
        let Wanted { kind, namespace, name } = *wanted;
        let place = if namespace.is_empty() { String::new() } else { format!(" in the namespace `{namespace}`") };
        let near = self.near(wanted).map(|near| format!("did you mean `{near}`?"));
        let diagnostic = match self.set.whole {
            Whole::Build { .. } => {
                let warning = node.warning(self.code, format!("there is no {kind} `{name}`{place} in this build"));
                warning.help(format!("if it lives elsewhere, say so: `render explain {}`", self.code))
            }
            Whole::Part => self.note(node, format!("there is no {kind} `{name}`{place} here; it may live elsewhere")),
        };
        self.push(object, diagnostic.help_if(near), field.to_string());
    }

    /// The object selects others, and there are none.
    pub fn selects_nothing(&mut self, object: &Object<'_>, node: &Node, field: &str, what: &str) {
        let diagnostic = match self.set.whole {
            Whole::Build { .. } => {
                let warning = node.warning(self.code, format!("no {what} of this build has these labels"));
                warning.help(format!("if they live elsewhere, say so: `render explain {}`", self.code))
            }
            Whole::Part => self.note(node, format!("no {what} here has these labels; they may live elsewhere")),
        };
        self.push(object, diagnostic, field.to_owned());
    }

    fn note(&self, node: &Node, message: String) -> Diagnostic {
        Diagnostic::note(self.code, message).at(node.span())
    }

    fn near(&mut self, Wanted { kind, namespace, name }: &Wanted<'_>) -> Option<&'n str> {
        self.guesses += 1;
        if self.guesses > MANY {
            return None;
        }
        let same_kind = self.set.of_kind(kind).take(MANY);
        let names = same_kind.filter(|other| namespace.is_empty() || other.namespace == *namespace).map(|other| other.name);
        did_you_mean(name, names)
    }

    fn push(&mut self, object: &Object<'_>, diagnostic: Diagnostic, field: String) {
        if let Some(findings) = self.findings.get_mut(object.at) {
            findings.push(Finding { diagnostic, field, object: object.id.clone() });
        }
    }
}

/// An object that is referred to.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    /// Its kind.
    pub kind: &'a str,
    /// Its namespace; empty for what lives outside of namespaces.
    pub namespace: &'a str,
    /// Its name.
    pub name: &'a str,
}
