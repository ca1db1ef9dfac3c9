//! A list whose items are found by their keys: what kyaml does with a scan for each item, without the scans.
//!
//! An index only selects the items that are compared, so the result is that of a scan, and short lists have none. Behavior:
//! kyaml's `ElementSetter` and `Element` lookups in `walk/associative_sequence.go`.

use std::collections::BTreeSet;

use ecow::EcoString;
use rustc_hash::FxHashMap;

use crate::diagnostic::Diagnostic;
use crate::yaml::{Mapping, Node, Value};

/// The length from which a list has an index.
const LONG: usize = 24;

/// A list of mappings, or of scalars, whose only key is empty.
pub(super) struct KeyedList<'k> {
    keys: &'k [&'k str],
    /// The items in order; removed ones leave a gap.
    slots: Vec<Option<Node>>,
    /// The positions of items that are null or an empty mapping.
    empty: BTreeSet<usize>,
    /// The positions of items that are neither empty nor of the type that the keys require.
    irregular: BTreeSet<usize>,
    /// The positions by the index of a key and its text, if the list is long.
    index: Option<FxHashMap<(usize, EcoString), BTreeSet<usize>>>,
}

impl<'k> KeyedList<'k> {
    /// A list whose items are found by these keys, or some of them.
    pub fn new(items: Vec<Node>, keys: &'k [&'k str]) -> Self {
        let mut list = KeyedList { keys, slots: Vec::new(), empty: BTreeSet::new(), irregular: BTreeSet::new(), index: None };
        items.into_iter().for_each(|item| list.push(item));
        list
    }

    /// The items.
    pub fn into_items(self) -> Vec<Node> {
        self.slots.into_iter().flatten().collect()
    }

    /// The item at a position.
    pub fn get(&self, at: usize) -> Option<&Node> {
        self.slots.get(at)?.as_ref()
    }

    /// The item at a position, to change anything but its keys.
    pub fn get_mut(&mut self, at: usize) -> Option<&mut Node> {
        self.slots.get_mut(at)?.as_mut()
    }

    /// Adds an item at the end.
    pub fn push(&mut self, item: Node) {
        self.slots.push(None);
        self.set(self.slots.len() - 1, Some(item));
        if self.index.is_none() && self.slots.len() >= LONG {
            self.index = Some(FxHashMap::default());
            (0..self.slots.len()).for_each(|at| self.enter(at));
        }
    }

    /// Replaces or removes the item at a position.
    pub fn set(&mut self, at: usize, item: Option<Node>) {
        self.empty.remove(&at);
        self.irregular.remove(&at);
        let Some(slot) = self.slots.get_mut(at) else { return };
        let old = std::mem::replace(slot, item);
        if let (Some(index), Some(old)) = (&mut self.index, old) {
            for entry in entries(&old, self.keys) {
                index.get_mut(&entry).map(|positions| positions.remove(&at));
            }
        }
        self.enter(at);
    }

    fn enter(&mut self, at: usize) {
        let Some(item) = self.slots.get(at).and_then(Option::as_ref) else { return };
        if is_empty(item) {
            self.empty.insert(at);
        } else if is_irregular(item, self.keys) {
            self.irregular.insert(at);
        }
        if let Some(index) = &mut self.index {
            entries(item, self.keys).for_each(|entry| _ = index.entry(entry).or_default().insert(at));
        }
    }

    /// The positions of all items with these values, and of others, in order.
    fn candidates(&self, keys: &[&str], values: &[EcoString]) -> Vec<usize> {
        let known = |index: &FxHashMap<(usize, EcoString), BTreeSet<usize>>| {
            let (key, value) = keys.iter().zip(values).find(|(_, value)| !value.trim().is_empty())?;
            let place = self.keys.iter().position(|own| own == key)?;
            let value = if key.is_empty() { value.trim().into() } else { value.clone() };
            Some(index.get(&(place, value)).into_iter().flatten().copied().collect())
        };
        self.index.as_ref().and_then(known).unwrap_or_else(|| (0..self.slots.len()).collect())
    }

    /// The position of the first item with these values; scalars match by their text, with the empty key.
    pub fn position(&self, keys: &[&str], values: &[EcoString]) -> Option<usize> {
        let is_meant = |element: &Node| {
            if keys.first() == Some(&"") {
                return element.as_scalar().is_some_and(|scalar| Some(&scalar.text) == values.first());
            }
            let same = |(key, value): (&&str, &EcoString)| element.get(key).is_some_and(|field| text(field) == value.as_str());
            element.as_mapping().is_some() && keys.iter().zip(values).all(same)
        };
        self.candidates(keys, values).into_iter().find(|&at| self.get(at).is_some_and(is_meant))
    }

    /// Replaces the items that match, or appends; without an item, it removes them. Empty items are always removed.
    pub fn set_element(&mut self, keys: &[&str], values: &[EcoString], element: Option<Node>) -> Result<(), Diagnostic> {
        for at in std::mem::take(&mut self.empty) {
            self.set(at, None);
        }
        let of_mappings =
            keys.first().is_some_and(|key| !key.is_empty()) && values.first().is_some_and(|value| !value.is_empty());
        if values.is_empty() {
            // Nothing matches, and what does not match is not kept either.
            *self = KeyedList::new(element.into_iter().collect(), self.keys);
            return Ok(());
        }
        if let Some(item) = self.irregular.first().and_then(|&at| self.get(at)).filter(|_| !of_mappings) {
            return Err(wrong_element(item, keys.first().unwrap_or(&"")));
        }
        let mut found_one = false;
        for at in self.candidates(keys, values) {
            if self.get(at).is_some_and(|item| matches(item, keys, values)) {
                found_one = true;
                self.set(at, element.clone());
            }
        }
        if !found_one {
            element.into_iter().for_each(|element| self.push(element));
        }
        Ok(())
    }
}

/// What an item is found by.
fn entries(item: &Node, keys: &[&str]) -> impl Iterator<Item = (usize, EcoString)> {
    keys.iter().enumerate().filter_map(|(place, key)| match item.value() {
        Value::Scalar(scalar) if key.is_empty() => Some((place, scalar.text.trim().into())),
        Value::Mapping(mapping) if !key.is_empty() => Some((place, text(mapping.get(key)?).into())),
        _ => None,
    })
}

/// Whether an item has these values; an empty value matches any. Keys without a value repeat the last result.
fn matches(item: &Node, keys: &[&str], values: &[EcoString]) -> bool {
    let mut last = false;
    for (at, key) in keys.iter().enumerate() {
        if let Some(value) = values.get(at) {
            last = match item.value() {
                Value::Scalar(scalar) if key.is_empty() => scalar.text.trim() == value.trim(),
                Value::Mapping(mapping) if !key.is_empty() => {
                    mapping.get(key).is_some_and(|field| value.is_empty() || text(field) == value.as_str())
                }
                _ => false,
            };
        }
        if !last {
            return false;
        }
    }
    last
}

fn is_irregular(item: &Node, keys: &[&str]) -> bool {
    match keys.first() {
        Some(&"") => item.as_scalar().is_none(),
        _ => item.as_mapping().is_none(),
    }
}

/// The error for an item of another type than the others.
pub(super) fn wrong_element(item: &Node, key: &str) -> Diagnostic {
    let expected = if key.is_empty() { "a scalar".to_owned() } else { format!("a mapping with `{key}`") };
    item.error("patch-type", format!("expected {expected} in a list that is merged by key, found {}", item.type_name()))
}

/// The text of a scalar, and nothing for other values.
pub(super) fn text(node: &Node) -> &str {
    node.as_scalar().map_or("", |scalar| scalar.text.as_str())
}

/// Whether an item is null or an empty mapping.
pub(super) fn is_empty(node: &Node) -> bool {
    node.is_null() || node.as_mapping().is_some_and(Mapping::is_empty)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;
    use crate::yaml::{Dialect, read_documents};

    fn items(text: &str) -> Vec<Node> {
        let mut sources = Sources::default();
        let source = sources.add("list", text);
        let mut provenance = crate::yaml::provenance::Provenance::default();
        let step = provenance.step("", "");
        let origin = provenance.read(step, sources.whole(source));
        let documents = read_documents(text, source, origin, Dialect::Yaml11).unwrap();
        documents[0].as_sequence().unwrap().to_vec()
    }

    /// What is left of a list after a change, by a scan and by an index.
    fn both(list: &str, keys: &[&str], values: &[&str], element: Option<&str>) -> [Result<Vec<String>, String>; 2] {
        let values: Vec<EcoString> = values.iter().map(|value| (*value).into()).collect();
        [false, true].map(|indexed| {
            let mut list = KeyedList::new(items(list), keys);
            if indexed {
                list.index = Some(FxHashMap::default());
                (0..list.slots.len()).for_each(|at| list.enter(at));
            }
            let element = element.map(|element| items(element).remove(0));
            list.set_element(keys, &values, element).map_err(|error| error.message.clone())?;
            let shown =
                |item: &Node| item.children().map(|child| text(child).to_owned()).chain([text(item).to_owned()]).collect();
            Ok(list.into_items().iter().map(shown).collect())
        })
    }

    #[test]
    fn an_index_changes_nothing() {
        let ports = "[{p: 1, t: a}, {p: 1}, {}, {p: 2, t: a}, null, {t: a}, {p: '', t: b}]";
        let mixed = "[{p: 1}, a, {p: 2}]";
        for list in [ports, mixed, "[a, ' a', b, null, c]", "[a, {p: 1}]", "[]"] {
            for keys in [&["p", "t"][..], &["p"], &[""]] {
                for values in [&["1", "a"][..], &["1"], &[""], &["", "a"], &["2", ""], &["a"], &[], &["x"]] {
                    for element in [None, Some("[{p: 9}]"), Some("[z]")] {
                        let [scan, index] = both(list, keys, values, element);
                        assert_eq!(scan, index, "{list} {keys:?} {values:?} {element:?}");
                    }
                }
            }
        }
        assert_eq!(both(ports, &["p", "t"], &["1"], None)[1].as_ref().unwrap(), &["2a", "a", "b"]);
    }
}
