//! An index by labels: a selector has to check only the items that have one of its labels.

use rustc_hash::FxHashMap;

use super::requirements::{Requirement, Requirements};
use crate::references::Labels;
use crate::validate::look::{as_text, set, text};
use crate::yaml::Node;

/// The maximum number of candidates that are checked for each selector; more would take too long.
const MAX_CANDIDATES: usize = 1000;

/// Items with labels, by namespace.
#[derive(Default)]
pub struct LabelIndex<'n> {
    all: Vec<(Labels<'n>, usize)>,
    by_namespace: FxHashMap<&'n str, Vec<usize>>,
    by_label: FxHashMap<(&'n str, &'n str, &'n str), Vec<usize>>,
    by_key: FxHashMap<(&'n str, &'n str), Vec<usize>>,
}

impl<'n> LabelIndex<'n> {
    /// Adds an item with its index.
    pub fn add(&mut self, namespace: &'n str, labels: Labels<'n>, index: usize) {
        let at = self.all.len();
        self.all.push((labels, index));
        self.by_namespace.entry(namespace).or_default().push(at);
        for (key, value) in labels.iter() {
            self.by_label.entry((namespace, key, value)).or_default().push(at);
            self.by_key.entry((namespace, key)).or_default().push(at);
        }
    }

    /// The namespaces of the items.
    pub fn namespaces(&self) -> impl Iterator<Item = &'n str> {
        self.by_namespace.keys().copied()
    }

    /// Whether an item in a namespace has a label.
    pub fn has_key(&self, namespace: &str, key: &str) -> bool {
        self.by_key.contains_key(&(namespace, key))
    }

    /// The items in a namespace that a label selector selects; `None` if there are too many candidates, or if only a controller
    /// sets the labels.
    pub fn select(&self, namespace: &str, selector: &Node) -> Option<Vec<usize>> {
        self.filter(namespace, &Requirements::of_selector(selector, |key| self.has_key(namespace, key)))
    }

    /// The items in a namespace that have all labels of a mapping; `None` as for [`Self::select`].
    pub fn select_equal(&self, namespace: &str, selector: &Node) -> Option<Vec<usize>> {
        let requirements = Requirements::of_labels(selector, |key| self.has_key(namespace, key));
        let is_empty = requirements.known.is_empty() && !requirements.has_unknown;
        if is_empty { Some(Vec::new()) } else { self.filter(namespace, &requirements) }
    }

    /// The item in a namespace that meets most of the requirements, but not all, as a sentence about the first that it does not
    /// meet. `owner` names an item.
    pub fn nearest(&self, namespace: &str, wanted: &Requirements<'_>, owner: impl Fn(usize) -> String) -> Option<String> {
        let items = self.by_namespace.get(namespace)?.iter().take(MAX_CANDIDATES).filter_map(|at| self.all.get(*at));
        let near = items.filter_map(|(labels, index)| wanted.nearness(labels).map(|(met, first)| (met, first, labels, *index)));
        let (_, first, labels, index) = near.reduce(|best, other| if other.0 > best.0 { other } else { best })?;
        first.difference(&owner(index), labels)
    }

    fn filter(&self, namespace: &str, requirements: &Requirements<'_>) -> Option<Vec<usize>> {
        if requirements.has_unknown && requirements.known.is_empty() {
            return None;
        }
        let lists = requirements.known.iter().filter_map(|requirement| self.list(namespace, requirement));
        let all = self.by_namespace.get(namespace).map_or(&[] as &[usize], Vec::as_slice);
        let candidates = lists.chain([all]).min_by_key(|list| list.len()).unwrap_or_default();
        if candidates.len() > MAX_CANDIDATES {
            return None;
        }
        let items = candidates.iter().filter_map(|at| self.all.get(*at));
        let matches = |labels: &Labels<'_>| requirements.known.iter().all(|requirement| requirement.is_met(labels));
        Some(items.filter(|(labels, _)| matches(labels)).map(|(_, index)| *index).collect())
    }

    /// A list of items that contains all that meet a requirement.
    fn list<'a>(&'a self, namespace: &'a str, requirement: &Requirement<'a>) -> Option<&'a [usize]> {
        let labeled = |key, value| self.by_label.get(&(namespace, key, value)).map_or(&[] as &[usize], Vec::as_slice);
        match *requirement {
            Requirement::Equal(key, value) => Some(labeled(key, value)),
            Requirement::Expression(key, expression) => {
                let list = || self.by_key.get(&(namespace, key)).map_or(&[] as &[usize], Vec::as_slice);
                match text(expression, "operator")?.0 {
                    "Exists" => Some(list()),
                    "In" => match set(expression, "values")?.as_sequence()? {
                        [only] => Some(labeled(key, as_text(only)?)),
                        _ => Some(list()),
                    },
                    _ => None,
                }
            }
        }
    }
}
