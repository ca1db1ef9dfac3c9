//! Findings about subjects of role bindings: a namespace that is written in a subject is replaced, although no object of the
//! build is in it, so the account was probably meant as written.
//!
//! kustomize replaces the namespace of every subject that is called `default`, whatever it was.

use std::cell::OnceCell;

use ecow::EcoString;
use rustc_hash::FxHashSet;

use super::moves::Target;
use crate::diagnostic::{Diagnostic, Result};
use crate::finding::Finding;
use crate::kustomize_words::quote;
use crate::resource::{ResMap, Resource};
use crate::source::Span;
use crate::stage::Context;
use crate::yaml::{Located, Node};

/// Which subjects of role bindings get the namespace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Subjects {
    #[default]
    /// Those with the name `default`.
    DefaultOnly,
    /// All ServiceAccounts.
    AllServiceAccounts,
    /// None of them.
    None,
}

impl Subjects {
    /// The field of a subject that gets the namespace, and the value that it must have.
    pub fn sign(self) -> Option<(&'static str, &'static str)> {
        match self {
            Subjects::None => None,
            Subjects::DefaultOnly => Some(("name", "default")),
            Subjects::AllServiceAccounts => Some(("kind", "ServiceAccount")),
        }
    }

    /// The subjects that a configuration names.
    ///
    /// # Errors
    /// It is not one of the known words.
    pub fn named(name: &Located<String>, around: Span) -> Result<Self, Diagnostic> {
        match name.as_str() {
            "" | "defaultOnly" => Ok(Subjects::DefaultOnly),
            "allServiceAccounts" => Ok(Subjects::AllServiceAccounts),
            "none" => Ok(Subjects::None),
            other => {
                let message = format!("expected one of `defaultOnly`, `allServiceAccounts`, `none`, found `{other}`");
                let words = format!(
                    "invalid value {} for setRoleBindingSubjects: must be one of \"defaultOnly\", \"none\" or \"allServiceAccounts\"",
                    quote(other)
                );
                Err(Diagnostic::error("wrong-value", message).at(name.span.unwrap_or(around)).words(words))
            }
        }
    }
}

/// Whether a kind is a role binding.
pub fn is_binding(kind: &str) -> bool {
    matches!(kind, "RoleBinding" | "ClusterRoleBinding")
}

/// Checks the bindings before they are moved.
pub fn remark(target: &Target<'_>, subjects: Subjects, resources: &ResMap, context: &mut Context<'_>) {
    let Some(sign) = subjects.sign() else { return };
    let bindings = resources.iter().filter(|resource| is_binding(resource.kind()) && !resource.from_helm);
    let moved: OnceCell<FxHashSet<EcoString>> = OnceCell::new();
    let replaced: Vec<Finding> = bindings
        .flat_map(|binding| written(binding, sign).map(move |(at, node)| (binding, at, node)))
        .filter(|(binding, _, node)| {
            let name = node.as_text().map_or("", |text| text.as_str());
            // What a transformer wrote is in the file of a kustomization.
            let is_read = node.span().source == binding.node().span().source;
            let namespaces = || resources.iter().filter(|resource| (target.takes)(resource)).map(Resource::namespace).collect();
            is_read && name != target.name && !moved.get_or_init(namespaces).contains(name)
        })
        .map(|(binding, at, node)| finding(target, binding, at, node))
        .collect();
    replaced.into_iter().for_each(|finding| context.find(finding));
}

/// The namespaces of the subjects that get another one.
fn written<'n>(binding: &'n Resource, (key, value): (&'n str, &'n str)) -> impl Iterator<Item = (usize, &'n Node)> {
    let subjects = binding.node().get("subjects").and_then(Node::as_sequence).unwrap_or_default();
    let subjects = subjects.iter().enumerate();
    let is_changed = move |subject: &Node| subject.get(key).and_then(Node::as_text).is_some_and(|text| text == value);
    subjects.filter(move |(_, subject)| is_changed(subject)).filter_map(|(at, subject)| {
        let namespace = subject.get("namespace")?;
        Some((at, namespace)).filter(|_| namespace.as_text().is_some_and(|text| !text.is_empty()))
    })
}

fn finding(target: &Target<'_>, binding: &Resource, at: usize, node: &Node) -> Finding {
    let name = node.as_text().map_or("", |text| text.as_str());
    let message = format!("the namespace `{name}` of this subject is replaced by `{}`", target.name);
    let warning = Diagnostic::warning("subject-replaced", message)
        .at(node.span())
        .label(target.span, "replaced by this")
        .help("list the binding in a kustomization that does not set `namespace`, or patch the subject in an overlay");
    Finding::about(binding.id(), format!("subjects[{at}].namespace"), warning)
}
