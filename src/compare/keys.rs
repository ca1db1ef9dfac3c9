//! Differences by key: a long list has one row per item that differs, and a list or mapping that some environments do not have is
//! shown as its keys.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::lines::Line;
use super::rank::is_image;
use super::views::{Fact, View};

/// A list with more items is split.
const LONG: usize = 4;
/// A list or mapping with more values is shown as its keys.
const MANY: usize = 3;
/// The number of keys that are shown.
const SHOWN: usize = 8;

/// The lines of an object, with long lists and what environments do not have shown by key.
pub fn by_key(lines: Vec<Line>, view: &View) -> Vec<Line> {
    let lines = if lines.iter().any(Line::is_lacking) { lacking(lines, view) } else { lines };
    lines.into_iter().flat_map(items).collect()
}

/// A list or mapping that some environments do not have.
struct Group {
    /// The keys in each environment, in order.
    keys: Vec<Vec<String>>,
    /// The number of values in it.
    values: usize,
    is_written: bool,
}

/// Replaces the values in lists and mappings that some environments do not have with the keys of the others. Values on which those
/// others differ stay.
fn lacking(lines: Vec<Line>, view: &View) -> Vec<Line> {
    let containers: Vec<Vec<(String, String)>> = lines.iter().map(|line| (view.containers)(&line.field)).collect();
    let count = lines.first().map_or(0, |line| line.found.len());
    let mut present: Vec<HashSet<&str>> = vec![HashSet::new(); count];
    for (line, containers) in lines.iter().zip(&containers) {
        for (present, _) in present.iter_mut().zip(&line.found).filter(|(_, found)| matches!(found, Some(Some(_)))) {
            present.insert(&line.field);
            present.extend(containers.iter().map(|(container, _)| container.as_str()));
        }
    }
    let outermost = |line: &Line, containers: &[(String, String)]| -> Option<(String, String)> {
        let lacks = |container: &str| {
            let mut each = line.found.iter().zip(&present);
            each.any(|(found, present)| found.is_some() && !present.contains(container))
        };
        let is_folded = line.is_lacking() && !is_image(&line.field) && !line.facts().any(|fact| fact.essential);
        containers.iter().filter(|_| is_folded).find(|(container, _)| lacks(container)).cloned()
    };
    let places: Vec<Option<(String, String)>> =
        lines.iter().zip(&containers).map(|(line, containers)| outermost(line, containers)).collect();
    let mut groups: HashMap<String, Group> = HashMap::new();
    for (line, (container, key)) in lines.iter().zip(&places).filter_map(|(line, place)| Some((line, place.as_ref()?))) {
        let group = groups.entry(container.clone());
        let group = group.or_insert_with(|| Group { keys: vec![Vec::new(); count], values: 0, is_written: false });
        group.values += 1;
        for (keys, _) in group.keys.iter_mut().zip(&line.found).filter(|(_, found)| matches!(found, Some(Some(_)))) {
            if keys.last() != Some(key) {
                keys.push(key.clone());
            }
        }
    }
    groups.retain(|_, group| group.values > MANY);
    let mut out = Vec::new();
    for (line, place) in lines.into_iter().zip(places) {
        let Some((container, group)) =
            place.and_then(|(container, _)| groups.get_mut(&container).map(|group| (container, group)))
        else {
            out.push(line);
            continue;
        };
        if !group.is_written {
            group.is_written = true;
            out.push(group.line(container, &line));
        }
        let values: BTreeSet<Option<&str>> = line
            .found
            .iter()
            .zip(&group.keys)
            .filter_map(|(found, keys)| found.as_ref().filter(|_| !keys.is_empty()))
            .map(|fact| fact.as_ref().map(|fact| &*fact.same))
            .collect();
        if values.len() > 1 {
            out.push(line);
        }
    }
    out
}

impl Group {
    /// The line with the keys; `line` is one in the list or mapping.
    fn line(&self, field: String, line: &Line) -> Line {
        let fact = |keys: &Vec<String>| {
            let unique: BTreeSet<&str> = keys.iter().map(String::as_str).collect();
            let fact = Fact::new(field.clone(), in_short(keys.iter().map(String::as_str), unique.len(), "key"));
            (!keys.is_empty()).then(|| fact.meaning(keys.join("\n")))
        };
        let found = line.found.iter().zip(&self.keys).map(|(found, keys)| found.as_ref().map(|_| fact(keys))).collect();
        Line { field, found }
    }
}

/// The first keys, and their number: `A, B, C (3 keys)`.
fn in_short<'k>(keys: impl Iterator<Item = &'k str>, count: usize, what: &str) -> String {
    let mut seen = BTreeSet::new();
    let first: Vec<&str> = keys.filter(|key| seen.insert(*key)).take(SHOWN).collect();
    let more = if count > first.len() { ", …" } else { "" };
    format!("{}{more} ({count} {what}{})", first.join(", "), if count == 1 { "" } else { "s" })
}

/// The lines of a list: one per item that differs, if it is long.
fn items(line: Line) -> Vec<Line> {
    let is_long = line.facts().any(|fact| fact.items.len() > LONG) && !line.facts().any(|fact| fact.secret);
    if !is_long || !line.has_values_that_differ() {
        return vec![line];
    }
    let entries: Vec<Option<Option<BTreeMap<String, String>>>> =
        line.found.iter().map(|found| found.as_ref().map(|fact| fact.as_ref().map(entries))).collect();
    let is_unique = |(found, entries): (&Option<Option<Fact>>, &Option<Option<BTreeMap<_, _>>>)| {
        let number = |entries: &Option<BTreeMap<_, _>>| entries.as_ref().map_or(0, BTreeMap::len);
        let written = found.iter().flatten().map(|fact| words(&fact.items).len()).sum::<usize>();
        entries.as_ref().map_or(0, number) == written
    };
    if line.facts().count() < 2 || !line.found.iter().zip(&entries).all(is_unique) {
        return vec![summarized(line)];
    }
    let mut order: Vec<String> = Vec::new();
    let mut seen = HashSet::new();
    for fact in line.facts() {
        order.extend(words(&fact.items).into_iter().map(|(key, _)| key).filter(|key| seen.insert(key.clone())));
    }
    let one = |key: String| {
        let field = with_key(&line.field, &key);
        let fact = |entries: &BTreeMap<String, String>| entries.get(&key).map(|text| Fact::new(field.clone(), text.clone()));
        let found = entries.iter().map(|entries| entries.as_ref().map(|entries| entries.as_ref().and_then(fact))).collect();
        Line { field: field.clone(), found }
    };
    let split: Vec<Line> = order.into_iter().map(one).filter(Line::has_values_that_differ).collect();
    // Only the order differs.
    if split.is_empty() { vec![line] } else { split }
}

/// A list that only one environment has, or that can't be split, with its items in short.
fn summarized(mut line: Line) -> Line {
    if line.facts().count() == 1 {
        for fact in line.found.iter_mut().flatten().flatten() {
            fact.text = in_short(fact.items.iter().map(String::as_str), fact.items.len(), "item");
        }
    }
    line
}

fn entries(fact: &Fact) -> BTreeMap<String, String> {
    words(&fact.items).into_iter().collect()
}

/// The items as keys and values: a flag has the value after `=`, or the next word; other items have none.
fn words(items: &[String]) -> Vec<(String, String)> {
    let mut words: Vec<(String, String)> = Vec::new();
    let mut items = items.iter().peekable();
    while let Some(item) = items.next() {
        let is_flag = item.starts_with('-') && item.len() > 1;
        match item.split_once('=').filter(|_| is_flag) {
            Some((flag, value)) => words.push((flag.to_owned(), value.to_owned())),
            None => {
                let value = items.next_if(|next| is_flag && !next.starts_with('-'));
                words.push((item.clone(), value.cloned().unwrap_or_else(|| "yes".to_owned())));
            }
        }
    }
    words
}

/// The name of a field with a key: `args[--port] (web)`.
fn with_key(field: &str, key: &str) -> String {
    match field.split_once(" (") {
        Some((name, container)) => format!("{name}[{key}] ({container}"),
        None => format!("{field}[{key}]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::lines::aligned;
    use crate::compare::views::view;

    /// The fields and texts of what is shown for facts of two environments.
    fn shown(one: &[(&str, &str)], two: &[(&str, &str)]) -> Vec<String> {
        let fact = |(field, text): &(&str, &str)| Fact::new(*field, *text);
        let facts = [one, two].map(|facts| Some(facts.iter().map(fact).collect()));
        let text =
            |found: &Option<Option<Fact>>| found.as_ref().and_then(Option::as_ref).map_or("-".to_owned(), |f| f.text.clone());
        let lines = by_key(aligned(facts.into()), view("all").unwrap());
        lines
            .iter()
            .map(|line| [&line.field, &text(&line.found[0]), &text(&line.found[1])].map(String::as_str).join(" | "))
            .collect()
    }

    fn list(items: &str) -> Option<Vec<Fact>> {
        let items: Vec<String> = items.split(' ').map(str::to_owned).collect();
        Some(
            vec![Fact { items, ..Fact::new("args (web)", items_text()) }]
                .into_iter()
                .map(|fact| Fact { same: fact.items.join(" "), ..fact })
                .collect(),
        )
    }

    fn items_text() -> String {
        "whole".to_owned()
    }

    #[test]
    fn what_an_environment_lacks_is_shown_as_keys() {
        let env = [("env[A].value", "1"), ("env[B].name", "2"), ("env[B].key", "3"), ("env[C].value", "4"), ("image", "x")];
        assert_eq!(shown(&env, &[("image", "x")]), ["env | A, B, C (3 keys) | -", "image | x | x"]);
        let few = [("a.b", "1"), ("a.c", "2"), ("x", "y")];
        assert_eq!(shown(&few, &[("x", "y")]).len(), 3);
        assert_eq!(shown(&env, &[("env[A].value", "1"), ("env[B].name", "0")])[1], "env[B].name | 2 | 0");
    }

    #[test]
    fn long_lists_have_a_row_per_item_that_differs() {
        let lines =
            items(aligned(vec![list("a b --port=80 --level info c"), list("a c --level warn --port=80"), None]).remove(0));
        let fields: Vec<&str> = lines.iter().map(|line| line.field.as_str()).collect();
        assert_eq!(fields, ["args[b] (web)", "args[--level] (web)"]);
        assert_eq!(items(aligned(vec![list("a b c d e"), list("e d c b a")]).remove(0)).len(), 1, "only the order differs");
        assert_eq!(items(aligned(vec![list("a a b c d"), list("a b c d e")]).remove(0)).len(), 1, "an item is there twice");
        assert_eq!(items(aligned(vec![list("a b"), list("c d")]).remove(0)).len(), 1, "short lists stay");
        let one = items(aligned(vec![list("a b c d e f g h i j"), Some(Vec::new())]).remove(0));
        assert_eq!(one[0].facts().next().unwrap().text, "a, b, c, d, e, f, g, h, … (10 items)");
    }
}
