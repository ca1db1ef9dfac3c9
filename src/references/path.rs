//! Paths to fields in tables: `spec.rules[].host`, `spec.replicaSpecs{}.template`, `metadata.annotations[example.com/class]`.
//!
//! `[]` visits the items of a list, `{}` the values of a mapping, `[KEY]` the entry with a key that contains dots, and `[KEY*]`
//! all entries whose keys start with `KEY`. A mapping in place of a list is visited like a list with one item.

use std::fmt::Write;

use crate::yaml::Node;

/// Visits the values at a path, each with its concrete path. A path with an empty text is the value itself.
pub fn visit<'n>(node: &'n Node, path: &str, visitor: &mut dyn FnMut(&'n Node, &str)) {
    step(node, path, &mut String::new(), visitor);
}

/// Visits the values at a path, and restores `at` to the path of `node`.
fn step<'n>(node: &'n Node, rest: &str, at: &mut String, visitor: &mut dyn FnMut(&'n Node, &str)) {
    let length = at.len();
    if rest.is_empty() {
        visitor(node, at);
    } else if let Some(rest) = rest.strip_prefix("[]") {
        for (index, item) in node.as_sequence().unwrap_or_default().iter().enumerate() {
            let _ = write!(at, "[{index}]");
            step(item, rest, at, visitor);
            at.truncate(length);
        }
        if node.as_mapping().is_some() {
            step(node, rest, at, visitor);
        }
    } else if let Some(rest) = rest.strip_prefix("{}") {
        for entry in node.as_mapping().into_iter().flatten() {
            field(at, &entry.key.text);
            step(&entry.value, rest, at, visitor);
            at.truncate(length);
        }
    } else if let Some((key, rest)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        let matches = |found: &str| match key.strip_suffix('*') {
            Some(stem) => found.starts_with(stem),
            None => found == key,
        };
        for entry in node.as_mapping().into_iter().flatten().filter(|entry| matches(&entry.key.text)) {
            *at += &format!("[{}]", entry.key.text);
            step(&entry.value, rest, at, visitor);
            at.truncate(length);
        }
    } else {
        let rest = rest.strip_prefix('.').unwrap_or(rest);
        let (name, rest) = rest.split_at(rest.find(['.', '[', '{']).unwrap_or(rest.len()));
        if let Some(value) = node.get(name) {
            field(at, name);
            step(value, rest, at, visitor);
            at.truncate(length);
        }
    }
}

/// The value at a concrete path, to change it.
pub fn get_mut<'n>(node: &'n mut Node, path: &str) -> Option<&'n mut Node> {
    if path.is_empty() {
        return Some(node);
    }
    if let Some((key, rest)) = path.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        let below = match key.parse::<usize>() {
            Ok(index) if node.as_sequence().is_some() => node.items_mut()?.get_mut(index)?,
            _ => node.get_mut(key)?,
        };
        return get_mut(below, rest);
    }
    let path = path.strip_prefix('.').unwrap_or(path);
    let (name, rest) = path.split_at(path.find(['.', '[']).unwrap_or(path.len()));
    get_mut(node.get_mut(name)?, rest)
}

fn field(at: &mut String, name: &str) {
    if name.contains(['.', '[']) {
        *at += &format!("[{name}]");
        return;
    }
    if !at.is_empty() {
        at.push('.');
    }
    at.push_str(name);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::Records;
    use crate::yaml::Dialect;

    #[test]
    fn lists_mappings_and_keys_are_visited() {
        let text = "{a: {list: [{n: x}, {n: y}], 'k.io/one': 1, 'k.io/two': 2, m: {p: {n: z}}}}";
        let mut records = Records::default();
        let source = records.sources.add("test", text);
        let step = records.provenance.step("", "test");
        let node = records.documents(source, step, Dialect::Manifest).unwrap().remove(0);
        let all = |path: &str| {
            let mut found = Vec::new();
            visit(&node, path, &mut |value, at| found.push(format!("{at}={}", value.as_text().map_or("", |text| text.as_str()))));
            found
        };
        assert_eq!(all("a.list[].n"), ["a.list[0].n=x", "a.list[1].n=y"]);
        assert_eq!(all("a.m{}.n"), ["a.m.p.n=z"]);
        assert_eq!(all("a.m[].p.n"), ["a.m.p.n=z"]);
        assert_eq!(all("a[k.io/*]"), ["a[k.io/one]=1", "a[k.io/two]=2"]);
        assert_eq!(all("a[k.io/two]"), ["a[k.io/two]=2"]);
        assert!(all("a.none.n").is_empty() && all("a.list.n").is_empty());
    }
}
