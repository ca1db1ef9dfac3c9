//! The changes of an object as operations of a JSON patch (RFC 6902), in an order in which every path is valid.
//!
//! In a list, items are first changed in place, then removed from the end, then moved, then added from the start, so that each
//! index is known. The list in the cluster may differ: each operation on an item follows a `test` of the fields that identify the
//! item, or of the item itself if it is a scalar. This is the counterpart of `diff/apply.rs`, which changes nodes.

use std::collections::{BTreeMap, BTreeSet};

use ecow::EcoString;
use json_patch::jsonptr::PointerBuf;
use json_patch::{AddOperation, MoveOperation, PatchOperation, RemoveOperation, ReplaceOperation, TestOperation};
use serde_json::Value as Json;

use super::json::to_json;
use crate::diff::model::Change;
use crate::diff::path::Step;
use crate::yaml::Node;

/// The operations that apply the changes to an object.
pub fn operations<'c>(changes: impl IntoIterator<Item = &'c Change>, old: &Node) -> Vec<PatchOperation> {
    let all: Vec<Pending<'_>> = changes.into_iter().map(|change| (change, change.path.0.as_slice())).collect();
    let mut writer = Writer::default();
    if !all.is_empty() {
        writer.value(Some(old), &all);
    }
    writer.operations
}

/// A change and the rest of its path.
type Pending<'c> = (&'c Change, &'c [Step]);

/// Writes operations at a path.
#[derive(Default)]
struct Writer {
    at: PointerBuf,
    operations: Vec<PatchOperation>,
}

impl Writer {
    /// Writes all changes to a value and below it; `old` is the current value, if there is one.
    fn value(&mut self, old: Option<&Node>, changes: &[Pending<'_>]) {
        let here = changes.iter().find(|(change, rest)| rest.is_empty() && change.order.is_none());
        if let Some((change, _)) = here {
            return self.put(change);
        }
        let is_list = |(change, rest): &Pending<'_>| match rest.first() {
            Some(step) => matches!(step, Step::Item { .. }),
            None => change.order.is_some(),
        };
        match old.and_then(Node::as_sequence).filter(|_| changes.iter().any(is_list)) {
            Some(items) => self.list(items, changes),
            None => self.mapping(old, changes),
        }
    }

    fn put(&mut self, change: &Change) {
        let path = self.at.clone();
        self.operations.push(match (&change.old, &change.new) {
            (_, None) => PatchOperation::Remove(RemoveOperation { path }),
            (None, Some(new)) => PatchOperation::Add(AddOperation { path, value: to_json(&new.node) }),
            (Some(_), Some(new)) => PatchOperation::Replace(ReplaceOperation { path, value: to_json(&new.node) }),
        });
    }

    fn mapping(&mut self, old: Option<&Node>, changes: &[Pending<'_>]) {
        if old.is_none() {
            self.operations
                .push(PatchOperation::Add(AddOperation { path: self.at.clone(), value: Json::Object(Default::default()) }));
        }
        let mut fields: BTreeMap<&str, Vec<Pending<'_>>> = BTreeMap::new();
        for (change, rest) in changes {
            if let Some((Step::Field(name), rest)) = rest.split_first() {
                fields.entry(name).or_default().push((change, rest));
            }
        }
        for (name, changes) in fields {
            self.below(name, |writer| writer.value(old.and_then(|old| old.get(name)), &changes));
        }
    }

    fn list(&mut self, items: &[Node], changes: &[Pending<'_>]) {
        let found = InList::of(changes);
        for (at, (key, changes)) in &found.kept {
            self.guard(*at, items.get(*at), key);
            self.below(&at.to_string(), |writer| writer.value(items.get(*at), changes));
        }
        for (at, (change, key)) in found.removed.iter().rev() {
            self.guard(*at, items.get(*at), key);
            self.below(&at.to_string(), |writer| writer.put(change));
        }
        let mut left: Vec<usize> = (0..items.len()).filter(|at| !found.removed.contains_key(at)).collect();
        self.moves(&mut left, &found, items);
        for (count, (at, change)) in found.added.iter().enumerate() {
            let at = *at.min(&(left.len() + count));
            self.below(&at.to_string(), |writer| writer.put(change));
        }
    }

    /// Moves items into their new order, each at most once. `left` contains the old indices of the items.
    fn moves(&mut self, left: &mut Vec<usize>, found: &InList<'_>, items: &[Node]) {
        let stay = longest_ascending(found.order);
        let mut before = None;
        for item in found.order {
            let place = |left: &[usize], item: &usize| left.iter().position(|other| other == item);
            if let Some(from) = place(left, item).filter(|_| !stay.contains(item)) {
                left.remove(from);
                let to = before.and_then(|before| place(left, before)).map_or(0, |at| at + 1);
                left.insert(to, *item);
                // An item that was changed has already been tested, and its key may be different now.
                self.guard(from, items.get(*item).filter(|_| !found.kept.contains_key(item)), &[]);
                let [from, path] = [from, to].map(|at| self.pointer(&at.to_string()));
                self.operations.push(PatchOperation::Move(MoveOperation { from, path }));
            }
            before = Some(item);
        }
    }

    /// Tests that the item at an index is the one that was compared, by the values that identify it.
    fn guard(&mut self, at: usize, item: Option<&Node>, key: &[(EcoString, EcoString)]) {
        let Some(item) = item else { return };
        self.below(&at.to_string(), |writer| {
            if item.as_scalar().is_some() {
                writer.test(item);
            }
            let by_name = [("name".into(), EcoString::new())];
            for (field, _) in if key.is_empty() { &by_name } else { key } {
                if let Some(value) = item.get(field).filter(|value| value.as_scalar().is_some()) {
                    writer.below(field, |writer| writer.test(value));
                }
            }
        });
    }

    fn test(&mut self, value: &Node) {
        let (path, value) = (self.at.clone(), to_json(value));
        self.operations.push(PatchOperation::Test(TestOperation { path, value }));
    }

    fn below(&mut self, token: &str, write: impl FnOnce(&mut Self)) {
        self.at.push_back(token);
        write(self);
        self.at.pop_back();
    }

    fn pointer(&self, token: &str) -> PointerBuf {
        let mut pointer = self.at.clone();
        pointer.push_back(token);
        pointer
    }
}

/// The fields that identify an item, with their values.
type ItemKey<'c> = &'c [(EcoString, EcoString)];

/// The changes of a list, grouped by what happens to its items.
#[derive(Default)]
struct InList<'c> {
    /// By old index.
    kept: BTreeMap<usize, (ItemKey<'c>, Vec<Pending<'c>>)>,
    /// By old index.
    removed: BTreeMap<usize, (&'c Change, ItemKey<'c>)>,
    /// By new index.
    added: BTreeMap<usize, &'c Change>,
    /// The old indices of the items that stay, in the new order; empty if the order did not change.
    order: &'c [usize],
}

impl<'c> InList<'c> {
    fn of(changes: &[Pending<'c>]) -> Self {
        let mut found = InList::default();
        for (change, rest) in changes {
            match rest.split_first() {
                None => found.order = change.order.as_deref().unwrap_or_default(),
                Some((Step::Item { old: Some(old), new: Some(_), key }, rest)) => {
                    found.kept.entry(*old).or_insert_with(|| (key, Vec::new())).1.push((change, rest));
                }
                Some((Step::Item { old: Some(old), key, .. }, _)) => _ = found.removed.insert(*old, (change, key)),
                Some((Step::Item { new: Some(new), .. }, _)) => _ = found.added.insert(*new, change),
                Some(_) => {}
            }
        }
        found
    }
}

/// The numbers of a longest ascending subsequence of a list of distinct numbers.
pub fn longest_ascending(list: &[usize]) -> BTreeSet<usize> {
    // `ends`: for each length, the index of the smallest number that ends a subsequence of that length.
    // `before`: for each number, the index of its predecessor.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(list.len());
    for (at, number) in list.iter().enumerate() {
        let length = ends.partition_point(|end| list[*end] < *number);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    std::iter::successors(ends.last().copied(), |at| before[*at]).map(|at| list[at]).collect()
}

#[cfg(test)]
mod tests {
    use super::longest_ascending;

    #[test]
    fn the_longest_ascending_subsequence_stays() {
        for (list, expected) in [
            (&[][..], &[][..]),
            (&[0, 1, 2], &[0, 1, 2]),
            (&[3, 0, 1, 2], &[0, 1, 2]),
            (&[1, 2, 3, 0], &[1, 2, 3]),
            (&[2, 1, 0], &[0]),
            (&[4, 0, 2, 1, 3], &[0, 1, 3]),
        ] {
            assert_eq!(longest_ascending(list).into_iter().collect::<Vec<_>>(), expected, "{list:?}");
        }
    }
}
