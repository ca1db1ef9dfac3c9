//! Items of a list with keys, such as containers: which item of one list is which of another one.
//!
//! Behavior: `walkAssociativeSequence` in kyaml.

use std::collections::HashMap;

use crate::go_yaml::{Kind, Node};
use crate::schema::MergeType;

/// The positions of items that both lists have.
pub(super) fn pairs(from: &Node, to: &Node, list: MergeType<'_>) -> Vec<(usize, usize)> {
    let keys = list.merge_keys();
    match keys.as_slice() {
        [] => by_text(from, to, |item| Some(item.value.as_str())),
        [key] => by_text(from, to, |item| Some(value_of(item, key)).filter(|value| !value.is_empty())),
        keys => by_keys(from, to, keys),
    }
}

/// Items that are identified by one text; the first one of a text counts.
fn by_text(from: &Node, to: &Node, text: impl Fn(&Node) -> Option<&str>) -> Vec<(usize, usize)> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (at, item) in to.content.iter().enumerate() {
        if let Some(text) = text(item) {
            places.entry(text).or_insert(at);
        }
    }
    let place = |(at, item): (usize, &Node)| Some((at, places.remove(text(item)?)?));
    from.content.iter().enumerate().filter_map(place).collect()
}

/// Items that are identified by several values, of which some may be missing.
fn by_keys(from: &Node, to: &Node, keys: &[&str]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let values = |item: &Node| keys.iter().map(|key| value_of(item, key).to_owned()).collect::<Vec<_>>();
    let mut all = distinct([from, to].into_iter().flat_map(|list| list.content.iter().map(values)));
    complete(&mut all);
    for values in &all {
        let known: Vec<(&str, &String)> = keys.iter().copied().zip(values).filter(|(_, value)| !value.is_empty()).collect();
        let known = if known.is_empty() { keys.iter().copied().zip(values).collect() } else { known };
        let has =
            |item: &Node, (key, value): &(&str, &String)| item.position(key).is_some_and(|at| item.content[at].value == **value);
        let is_meant = |item: &Node| item.kind == Kind::Mapping && known.iter().all(|pair| has(item, pair));
        let at = |list: &Node| list.content.iter().position(is_meant);
        found.extend(at(from).zip(at(to)));
    }
    found
}

fn value_of<'n>(item: &'n Node, key: &str) -> &'n str {
    super::fields::filled(item, key).map_or("", |value| value.value.as_str())
}

fn distinct<T: PartialEq>(values: impl Iterator<Item = T>) -> Vec<T> {
    let mut found = Vec::new();
    for value in values {
        if !found.contains(&value) {
            found.push(value);
        }
    }
    found
}

/// Values that have some keys in common and contradict each other in none are those of one item.
fn complete(all: &mut [Vec<String>]) {
    for at in 0..all.len() {
        let values = all[at].clone();
        for other in 0..all.len() {
            if let Some(both) = together(&values, &all[other]) {
                all[at].clone_from(&both);
                all[other] = both;
            }
        }
    }
}

fn together(a: &[String], b: &[String]) -> Option<Vec<String>> {
    let contradicts = |(a, b): (&String, &String)| a != b && !a.is_empty() && !b.is_empty();
    if a.iter().zip(b).any(contradicts) || !a.iter().zip(b).any(|(a, b)| a == b) {
        return None;
    }
    Some(a.iter().zip(b).map(|(a, b)| if a.is_empty() { b.clone() } else { a.clone() }).collect())
}
