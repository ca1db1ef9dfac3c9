//! Things by their labels: a selector looks only at those that have one of its labels.

use rustc_hash::FxHashMap;

use crate::validate::look::{as_text, entries, items, set, text};
use crate::validate::selectors;
use crate::yaml::Node;

/// Things with labels, in namespaces.
#[derive(Default)]
pub struct LabelIndex<'n> {
    all: Vec<(&'n str, Option<&'n Node>, usize)>,
    by_namespace: FxHashMap<&'n str, Vec<usize>>,
    by_label: FxHashMap<(&'n str, &'n str, &'n str), Vec<usize>>,
    by_key: FxHashMap<(&'n str, &'n str), Vec<usize>>,
}

impl<'n> LabelIndex<'n> {
    /// Adds a thing with its number.
    pub fn add(&mut self, namespace: &'n str, labels: Option<&'n Node>, thing: usize) {
        let at = self.all.len();
        self.all.push((namespace, labels, thing));
        self.by_namespace.entry(namespace).or_default().push(at);
        for entry in labels.and_then(Node::as_mapping).into_iter().flatten() {
            let (key, value) = (entry.key.text.as_str(), as_text(&entry.value).unwrap_or(""));
            self.by_label.entry((namespace, key, value)).or_default().push(at);
            self.by_key.entry((namespace, key)).or_default().push(at);
        }
    }

    /// The things that a label selector selects, in one namespace or in all.
    pub fn select(&self, namespace: Option<&str>, selector: &Node) -> Vec<usize> {
        let fits = |at: &usize| self.all.get(*at).filter(|(_, labels, _)| selectors::matches(selector, *labels));
        match namespace {
            Some(namespace) => self.candidates(namespace, selector).iter().filter_map(fits).map(|(.., thing)| *thing).collect(),
            None => {
                let namespaces = self.by_namespace.keys().copied();
                let mut found: Vec<usize> = namespaces.flat_map(|namespace| self.select(Some(namespace), selector)).collect();
                found.sort_unstable();
                found
            }
        }
    }

    /// The things of a namespace that have all labels of a mapping.
    pub fn select_equal(&self, namespace: &str, wanted: &Node) -> Vec<usize> {
        let pairs = || wanted.as_mapping().into_iter().flatten();
        let lists = pairs().map(|entry| self.labelled(namespace, &entry.key.text, as_text(&entry.value).unwrap_or("")));
        let has = |labels: Option<&Node>, key: &str, value: &Node| {
            labels.and_then(|labels| labels.get(key)).and_then(as_text) == as_text(value)
        };
        let shortest = lists.min_by_key(|list| list.len()).unwrap_or_default();
        let things = shortest.iter().filter_map(|at| self.all.get(*at));
        let fits = things.filter(|(_, labels, _)| pairs().all(|entry| has(*labels, &entry.key.text, &entry.value)));
        fits.map(|(.., thing)| *thing).collect()
    }

    fn labelled<'a>(&'a self, namespace: &'a str, key: &'a str, value: &'a str) -> &'a [usize] {
        self.by_label.get(&(namespace, key, value)).map_or(&[], Vec::as_slice)
    }

    /// The shortest list that holds everything which a selector may select.
    fn candidates<'a>(&'a self, namespace: &'a str, selector: &'a Node) -> &'a [usize] {
        let equal = entries(selector, "matchLabels")
            .map(|entry| self.labelled(namespace, &entry.key.text, as_text(&entry.value).unwrap_or("")));
        let present = items(selector, "matchExpressions").filter_map(|(_, expression)| {
            let (key, _) = text(expression, "key")?;
            let list = || self.by_key.get(&(namespace, key)).map_or(&[] as &[usize], Vec::as_slice);
            match text(expression, "operator")?.0 {
                "Exists" => Some(list()),
                "In" => match set(expression, "values")?.as_sequence()? {
                    [only] => Some(self.labelled(namespace, key, as_text(only)?)),
                    _ => Some(list()),
                },
                _ => None,
            }
        });
        let all = self.by_namespace.get(namespace).map_or(&[] as &[usize], Vec::as_slice);
        equal.chain(present).chain([all]).min_by_key(|list| list.len()).unwrap_or_default()
    }
}
