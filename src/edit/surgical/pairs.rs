//! Which items of two lists are the same item, so that a changed item stays where it is.
//!
//! Equal items come first, then those with the same identity, then those with the same name.

use std::collections::{HashMap, VecDeque};

use serde_json::Value;

/// The index of the item in `old` that each item of `new` continues.
pub fn pairs(old: &[Value], new: &[Value], field: &str) -> Vec<Option<usize>> {
    let mut paired = Paired { of_new: vec![None; new.len()], taken: vec![false; old.len()] };
    paired.ends(old, new);
    paired.by(old, new, |item| Some(item.to_string()));
    paired.by(old, new, |item| identity(item, field));
    paired.by(old, new, |item| weak_identity(item, field));
    if matches!(field, "labels" | "replacements" | "fields" | "targets") {
        paired.by(old, new, |item| item.is_object().then(String::new));
    }
    paired.of_new
}

/// The pairs without those that are in another order; as few as possible.
pub fn in_order(paired: Vec<Option<usize>>) -> Vec<Option<usize>> {
    let (mut tails, mut before): (Vec<usize>, Vec<Option<usize>>) = (Vec::new(), vec![None; paired.len()]);
    for (at, old) in paired.iter().enumerate() {
        let Some(old) = old else { continue };
        let length = tails.partition_point(|&tail| paired[tail].is_some_and(|tail| tail < *old));
        before[at] = length.checked_sub(1).map(|last| tails[last]);
        match tails.get_mut(length) {
            Some(tail) => *tail = at,
            None => tails.push(at),
        }
    }
    let mut kept = vec![None; paired.len()];
    let mut next = tails.last().copied();
    while let Some(at) = next {
        kept[at] = paired[at];
        next = before[at];
    }
    kept
}

struct Paired {
    of_new: Vec<Option<usize>>,
    taken: Vec<bool>,
}

impl Paired {
    /// Pairs the equal items at the beginning and at the end.
    fn ends(&mut self, old: &[Value], new: &[Value]) {
        let first = old.iter().zip(new).take_while(|(old, new)| old == new).count();
        let rest = old.len().min(new.len()) - first;
        let last = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(old, new)| old == new).count();
        let ends = (0..first).map(|at| (at, at)).chain((1..=last).map(|back| (old.len() - back, new.len() - back)));
        for (old, new) in ends {
            self.of_new[new] = Some(old);
            self.taken[old] = true;
        }
    }

    /// Pairs the items without a partner that have the same key, in order.
    fn by(&mut self, old: &[Value], new: &[Value], key: impl Fn(&Value) -> Option<String>) {
        if self.of_new.iter().all(Option::is_some) {
            return;
        }
        let mut waiting: HashMap<String, VecDeque<usize>> = HashMap::new();
        for (at, item) in old.iter().enumerate().filter(|(at, _)| !self.taken[*at]) {
            if let Some(key) = key(item) {
                waiting.entry(key).or_default().push_back(at);
            }
        }
        for (at, item) in new.iter().enumerate() {
            if self.of_new[at].is_none() {
                let found = key(item).and_then(|key| waiting.get_mut(&key)?.pop_front());
                if let Some(old) = found {
                    self.of_new[at] = Some(old);
                    self.taken[old] = true;
                }
            }
        }
    }
}

/// What makes an item of a list another item if it differs.
pub fn identity(item: &Value, field: &str) -> Option<String> {
    let text = |name: &str| item.get(name).and_then(Value::as_str).unwrap_or_default();
    match item {
        Value::String(text) if matches!(field, "literals" | "files") => text.split_once('=').map(|(key, _)| key.to_owned()),
        Value::Object(map) if map.contains_key("name") => Some(format!("{}\n{}", text("name"), text("namespace"))),
        Value::Object(map) if map.contains_key("path") && !map.contains_key("create") => {
            Some(format!("{}\n{}", text("path"), map.get("target").unwrap_or(&Value::Null)))
        }
        Value::Object(map) if map.contains_key("patch") => {
            Some(format!("{}\n{}", text("patch"), map.get("target").unwrap_or(&Value::Null)))
        }
        _ => None,
    }
}

fn weak_identity(item: &Value, field: &str) -> Option<String> {
    match field {
        "configMapGenerator" | "secretGenerator" | "helmCharts" => item.get("name").and_then(Value::as_str).map(str::to_owned),
        "labels" => item.get("pairs").map(Value::to_string),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(old: Value, new: Value, field: &str) -> Vec<Option<usize>> {
        let list = |value: Value| value.as_array().cloned().unwrap_or_default();
        in_order(pairs(&list(old), &list(new), field))
    }

    #[test]
    fn items_are_found_by_identity() {
        assert_eq!(of(json!(["a", "b", "c"]), json!(["a", "c", "d"]), "resources"), [Some(0), Some(2), None]);
        assert_eq!(of(json!(["a=1", "b=2"]), json!(["b=3", "c=1"]), "literals"), [Some(1), None]);
        let images = json!([{"name": "b", "newTag": "1"}, {"name": "a"}]);
        assert_eq!(of(images.clone(), json!([{"name": "b", "newTag": "2"}, {"name": "a"}]), "images"), [Some(0), Some(1)]);
        assert_eq!(of(images, json!([{"name": "a"}, {"name": "b"}]), "images"), [None, Some(0)]);
    }

    #[test]
    fn labels_are_found_by_pairs_and_position() {
        let old = json!([{"pairs": {"a": "1"}}, {"pairs": {"b": "1"}}]);
        let new = json!([{"pairs": {"a": "1", "c": "2"}}, {"pairs": {"b": "1"}, "includeSelectors": true}]);
        assert_eq!(of(old, new, "labels"), [Some(0), Some(1)]);
    }
}
