//! What a selector requires of labels, without the labels that only controllers set.

use crate::diagnostic::did_you_mean;
use crate::references::{Labels, is_of_platform, is_set_by_controller};
use crate::validate::look::{as_text, entries, items, text};
use crate::validate::selectors::expression_matches;
use crate::yaml::Node;

/// Labels that identify an application: one with another value is about something else.
const IDENTITY: &[&str] = &["app", "app.kubernetes.io/component", "app.kubernetes.io/name", "component", "k8s-app", "name"];

/// One requirement.
#[derive(Clone, Copy)]
pub enum Requirement<'n> {
    /// A label has this value.
    Equal(&'n str, &'n str),
    /// An item of `matchExpressions` about a label.
    Expression(&'n str, &'n Node),
}

impl<'n> Requirement<'n> {
    /// The key of the label.
    pub fn key(&self) -> &'n str {
        match self {
            Requirement::Equal(key, _) | Requirement::Expression(key, _) => key,
        }
    }

    /// Whether labels meet the requirement.
    pub fn is_met(&self, labels: &Labels<'_>) -> bool {
        match self {
            Requirement::Equal(key, value) => labels.get(key) == Some(value),
            Requirement::Expression(key, expression) => expression_matches(expression, labels.get(key)),
        }
    }

    /// The values that the label may have.
    pub fn values(&self) -> Vec<&'n str> {
        match self {
            Requirement::Equal(_, value) => vec![value],
            Requirement::Expression(_, node) if text(node, "operator").is_some_and(|(operator, _)| operator == "In") => {
                items(node, "values").filter_map(|(_, value)| as_text(value)).collect()
            }
            Requirement::Expression(..) => Vec::new(),
        }
    }

    /// How the labels of `owner` differ, as a sentence; `None` if they meet the requirement or it is not about one value.
    pub fn difference(&self, owner: &str, labels: &Labels<'_>) -> Option<String> {
        let &[value] = self.values().as_slice() else { return None };
        let key = self.key();
        Some(match labels.get(key) {
            Some(found) if found == value => return None,
            Some(found) => format!("`{owner}` has the label `{key}: {found}`, not `{key}: {value}`"),
            None => format!("`{owner}` does not have the label `{key}: {value}`"),
        })
    }
}

/// All requirements of a selector.
pub struct Requirements<'n> {
    /// Those that labels in manifests can meet.
    pub known: Vec<Requirement<'n>>,
    /// Whether there are others.
    pub has_unknown: bool,
}

impl<'n> Requirements<'n> {
    /// The requirements of a label selector. A label that controllers may set is only expected in manifests if it `is_used`.
    pub fn of_selector(selector: &'n Node, is_used: impl Fn(&str) -> bool) -> Self {
        let expressions = items(selector, "matchExpressions").filter_map(|(_, expression)| {
            let (key, _) = text(expression, "key")?;
            Some(Requirement::Expression(key, expression))
        });
        let equal = entries(selector, "matchLabels").map(equal);
        Self::known(equal.chain(expressions).collect(), is_used)
    }

    /// The requirements of a mapping of labels.
    pub fn of_labels(labels: &'n Node, is_used: impl Fn(&str) -> bool) -> Self {
        Self::known(labels.as_mapping().into_iter().flatten().map(equal).collect(), is_used)
    }

    /// Whether the selector may be about objects that are never part of a build: pods of Kubernetes itself, or all objects that do
    /// not have some label.
    pub fn is_about_others(&self) -> bool {
        let is_negative = |requirement: &Requirement<'_>| match requirement {
            Requirement::Equal(..) => false,
            Requirement::Expression(_, node) => {
                text(node, "operator").is_some_and(|(operator, _)| matches!(operator, "NotIn" | "DoesNotExist"))
            }
        };
        let is_platform = |requirement: &Requirement<'_>| {
            requirement.values().into_iter().any(|value| is_of_platform(requirement.key(), value))
        };
        (!self.known.is_empty() && self.known.iter().all(is_negative)) || self.known.iter().any(is_platform)
    }

    fn known(mut all: Vec<Requirement<'n>>, is_used: impl Fn(&str) -> bool) -> Self {
        let total = all.len();
        all.retain(|requirement| {
            let key = requirement.key();
            !is_set_by_controller(key) || (!key.contains('/') && is_used(key))
        });
        Requirements { has_unknown: all.len() < total, known: all }
    }

    /// How near labels are: the number of requirements that they meet, and the first that they do not meet. `None` if they are
    /// not near.
    pub fn nearness(&self, labels: &Labels<'_>) -> Option<(usize, Requirement<'n>)> {
        let met = self.known.iter().filter(|requirement| requirement.is_met(labels)).count();
        let mut open = self.known.iter().filter(|requirement| !requirement.is_met(labels));
        let is_similar = |requirement: &Requirement<'_>| {
            let found = labels.get(requirement.key()).unwrap_or_default();
            requirement.values().into_iter().any(|value| did_you_mean(value, [found]).is_some())
        };
        let first = open.next()?;
        let is_other = |requirement: &&Requirement<'_>| {
            let key = requirement.key();
            IDENTITY.contains(&key) && labels.get(key).is_some() && !is_similar(requirement)
        };
        let is_near = (met > 0 || is_similar(first)) && !is_other(&first) && !open.any(|requirement| is_other(&requirement));
        is_near.then_some((met, *first))
    }
}

fn equal(entry: &crate::yaml::Entry) -> Requirement<'_> {
    Requirement::Equal(&entry.key.text, as_text(&entry.value).unwrap_or(""))
}
