//! An index by labels: a selector has to check only the items that have one of its labels.

use rustc_hash::FxHashMap;

use crate::validate::look::{as_text, entries, items, set, text};
use crate::validate::selectors;
use crate::yaml::{Entry, Node};

/// The maximum number of candidates that are checked for each selector; more would take too long.
const MAX_CANDIDATES: usize = 1000;

/// Items with labels, by namespace.
#[derive(Default)]
pub struct LabelIndex<'n> {
    all: Vec<(Option<&'n Node>, usize)>,
    by_namespace: FxHashMap<&'n str, Vec<usize>>,
    by_label: FxHashMap<(&'n str, &'n str, &'n str), Vec<usize>>,
    by_key: FxHashMap<(&'n str, &'n str), Vec<usize>>,
}

impl<'n> LabelIndex<'n> {
    /// Adds an item with its index.
    pub fn add(&mut self, namespace: &'n str, labels: Option<&'n Node>, index: usize) {
        let at = self.all.len();
        self.all.push((labels, index));
        self.by_namespace.entry(namespace).or_default().push(at);
        for entry in labels.and_then(Node::as_mapping).into_iter().flatten() {
            let (key, value) = (entry.key.text.as_str(), as_text(&entry.value).unwrap_or(""));
            self.by_label.entry((namespace, key, value)).or_default().push(at);
            self.by_key.entry((namespace, key)).or_default().push(at);
        }
    }

    /// The namespaces of the items.
    pub fn namespaces(&self) -> impl Iterator<Item = &'n str> {
        self.by_namespace.keys().copied()
    }

    /// The items in a namespace that a label selector selects; `None` if there are too many candidates.
    pub fn select(&self, namespace: &str, selector: &Node) -> Option<Vec<usize>> {
        self.filter(self.candidates(namespace, selector), |labels| selectors::matches(selector, labels))
    }

    /// The items in a namespace that have all labels of a mapping; `None` if there are too many candidates.
    pub fn select_equal(&self, namespace: &str, selector: &Node) -> Option<Vec<usize>> {
        let pairs = || selector.as_mapping().into_iter().flatten();
        let lists = pairs().map(|entry| self.labeled(namespace, &entry.key.text, as_text(&entry.value).unwrap_or("")));
        let has = |labels: Option<&Node>, entry: &Entry| {
            labels.and_then(|labels| labels.get(&entry.key.text)).and_then(as_text) == as_text(&entry.value)
        };
        let shortest = lists.min_by_key(|list| list.len()).unwrap_or_default();
        self.filter(shortest, |labels| pairs().all(|entry| has(labels, entry)))
    }

    fn filter(&self, candidates: &[usize], matches: impl Fn(Option<&Node>) -> bool) -> Option<Vec<usize>> {
        if candidates.len() > MAX_CANDIDATES {
            return None;
        }
        let items = candidates.iter().filter_map(|at| self.all.get(*at));
        Some(items.filter(|(labels, _)| matches(*labels)).map(|(_, index)| *index).collect())
    }

    fn labeled<'a>(&'a self, namespace: &'a str, key: &'a str, value: &'a str) -> &'a [usize] {
        self.by_label.get(&(namespace, key, value)).map_or(&[], Vec::as_slice)
    }

    /// The shortest list that contains everything that a selector may select.
    fn candidates<'a>(&'a self, namespace: &'a str, selector: &'a Node) -> &'a [usize] {
        let equal = entries(selector, "matchLabels")
            .map(|entry| self.labeled(namespace, &entry.key.text, as_text(&entry.value).unwrap_or("")));
        let present = items(selector, "matchExpressions").filter_map(|(_, expression)| {
            let (key, _) = text(expression, "key")?;
            let list = || self.by_key.get(&(namespace, key)).map_or(&[] as &[usize], Vec::as_slice);
            match text(expression, "operator")?.0 {
                "Exists" => Some(list()),
                "In" => match set(expression, "values")?.as_sequence()? {
                    [only] => Some(self.labeled(namespace, key, as_text(only)?)),
                    _ => Some(list()),
                },
                _ => None,
            }
        });
        let all = self.by_namespace.get(namespace).map_or(&[] as &[usize], Vec::as_slice);
        equal.chain(present).chain([all]).min_by_key(|list| list.len()).unwrap_or_default()
    }
}
