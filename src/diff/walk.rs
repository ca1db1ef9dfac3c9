//! Finds the values that differ in two documents: walks both in parallel and matches list items by their keys.

use super::encrypted::RECIPIENTS;
use super::filter::Filters;
use super::fold::Names;
use super::keys::Known;
use super::list::{self, Pair};
use super::model::{Change, Sided};
use super::object::Side;
use super::path::{Path, Step};
use super::same::same;
use crate::resource::ResId;
use crate::yaml::{Entry, Mapping, Node, Value};

/// A walk through two versions of an object.
pub struct Walk<'a> {
    /// The sides, to resolve locations; `None` for documents inside a string.
    pub sides: Option<[&'a Side<'a>; 2]>,
    /// The names of generated objects to which the object may refer.
    pub names: &'a Names,
    /// The changes to hide. Values that contain hidden fields are reported entry by entry.
    pub filters: &'a Filters,
    /// The id of the object.
    pub id: &'a ResId,
    /// The changes found so far.
    pub changes: Vec<Change>,
}

impl Walk<'_> {
    /// Compares two values. If they are lists, `keys` are the sets of fields that may identify their items.
    pub fn values(&mut self, path: &Path, old: &Node, new: &Node, known: Known<'_>, keys: &[Vec<&str>]) {
        match (old.value(), new.value()) {
            (Value::Mapping(a), Value::Mapping(b)) if !a.has_duplicate_keys() && !b.has_duplicate_keys() => {
                self.mappings(path, a, b, known)
            }
            (Value::Sequence(a), Value::Sequence(b)) => self.lists(path, [old, new], [a, b], known.items(), keys),
            _ if same(old, new) => {}
            _ => self.changed(path, Some(old), Some(new)),
        }
    }

    fn mappings(&mut self, path: &Path, old: &Mapping, new: &Mapping, known: Known<'_>) {
        let in_step = old.len() == new.len() && old.iter().zip(new).all(|(a, b)| a.key.text == b.key.text);
        for (at, entry) in old.iter().enumerate() {
            let other = if in_step { new.iter().nth(at) } else { new.get_entry(&entry.key.text) };
            self.entry(path, Some(entry), other, known);
        }
        for entry in new.iter().filter(|entry| !in_step && old.get(&entry.key.text).is_none()) {
            self.entry(path, None, Some(entry), known);
        }
    }

    fn entry(&mut self, path: &Path, old: Option<&Entry>, new: Option<&Entry>, known: Known<'_>) {
        let Some(name) = old.or(new).map(|entry| entry.key.text.as_static()) else { return };
        match (old.map(|entry| &entry.value), new.map(|entry| &entry.value)) {
            (Some(old), Some(new)) if is_same_scalar(old, new) => {}
            (Some(old), Some(new)) => {
                let (known, keys) = known.field(name);
                self.values(&path.join(Step::Field(name.clone())), old, new, known, &keys);
            }
            (old, new) => self.one_sided(&path.join(Step::Field(name.clone())), old, new),
        }
    }

    /// Reports a value that exists on one side. If a filter applies below the value, it is reported entry by entry.
    fn one_sided(&mut self, path: &Path, old: Option<&Node>, new: Option<&Node>) {
        let mapping = old.or(new).and_then(Node::as_mapping).filter(|mapping| !mapping.has_duplicate_keys());
        match mapping.filter(|_| old.or(new).is_some_and(|node| self.filters.look_into(self.id, path, node))) {
            Some(mapping) => {
                for entry in mapping {
                    let (old, new) = (old.map(|_| &entry.value), new.map(|_| &entry.value));
                    self.one_sided(&path.join(Step::Field(entry.key.text.into())), old, new);
                }
            }
            None => self.changed(path, old, new),
        }
    }

    fn lists(&mut self, path: &Path, nodes: [&Node; 2], [old, new]: [&[Node]; 2], known: Known<'_>, keys: &[Vec<&str>]) {
        let unchanged = old.len() == new.len() && old.iter().zip(new).all(|(old, new)| same(old, new));
        if unchanged {
            return;
        }
        let recipients = || RECIPIENTS.iter().map(|field| vec![*field]).collect::<Vec<_>>();
        let pairs = match path.starts_with(&["sops"]) {
            true => list::pair(old, new, &recipients(), self.names),
            false => list::pair(old, new, keys, self.names),
        };
        let order: Vec<usize> = pairs.iter().filter(|pair| pair.new.is_some()).filter_map(|pair| pair.old).collect();
        if !order.is_sorted() {
            let mut change = Change::new(path.clone(), self.sided(0, Some(nodes[0])), self.sided(1, Some(nodes[1])));
            change.order = Some(order);
            self.changes.push(change);
        }
        for Pair { old: from, new: to, key } in pairs {
            let path = path.join(Step::Item { old: from, new: to, key });
            match (from.map(|at| &old[at]), to.map(|at| &new[at])) {
                (Some(old), Some(new)) => self.values(&path, old, new, known, &[]),
                (old, new) => self.changed(&path, old, new),
            }
        }
    }

    fn changed(&mut self, path: &Path, old: Option<&Node>, new: Option<&Node>) {
        self.changes.push(Change::new(path.clone(), self.sided(0, old), self.sided(1, new)));
    }

    fn sided(&self, side: usize, node: Option<&Node>) -> Option<Sided> {
        node.map(|node| Sided { node: node.clone(), place: self.sides.map(|sides| sides[side].place(node)) })
    }
}

/// A fast check that settles most values.
fn is_same_scalar(old: &Node, new: &Node) -> bool {
    match (old.as_scalar(), new.as_scalar()) {
        (Some(old), Some(new)) => old == new && !old.is_quoted() && !new.is_quoted(),
        _ => false,
    }
}
