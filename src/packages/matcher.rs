//! Finds the nodes at a path, of which there may be several in lists. Behavior: kyaml's `PathMatcher`.

use anyhow::anyhow;
use regex::Regex;

use super::fields::{check_kind, kind_name};
use crate::go_regexp;
use crate::go_yaml::{self, Kind, Node, Printer};

/// The maximum size of a regular expression in memory.
const MAX_SIZE: usize = 16 << 20;

/// A node at a path.
#[derive(Clone, Debug)]
pub(super) struct Match {
    pub(super) node: Node,
    /// What the conditions for the items of lists matched, from the innermost to the outermost.
    pub(super) items: Vec<String>,
}

/// A regular expression.
///
/// # Errors
/// Go's words if it is not valid.
pub(super) fn compile(pattern: &str) -> anyhow::Result<Regex> {
    go_regexp::compile(pattern, MAX_SIZE).map_err(|fault| {
        let reason = fault.to_string();
        // Go names the part that is wrong, or else the whole expression.
        let whole = if reason.ends_with('`') { String::new() } else { format!(": `{pattern}`") };
        anyhow!("error parsing regexp: {reason}{whole}")
    })
}

/// The nodes at a path; `None` if there are none.
///
/// # Errors
/// A node on the way is of another kind, or a condition is not valid.
pub(super) fn find(node: &Node, path: &[String]) -> anyhow::Result<Option<Vec<Match>>> {
    let Some((part, rest)) = path.split_first() else {
        return Ok(Some(vec![Match { node: node.clone(), items: Vec::new() }]));
    };
    if let Some(index) = index(part) {
        return find_at_index(node, index, rest);
    }
    if part.starts_with('[') && part.ends_with(']') {
        return find_items(node, part, rest);
    }
    if part == "*" {
        return find_all(node, rest);
    }
    match field(node, part)? {
        None => Ok(None),
        Some(field) if field.kind == Kind::Scalar && !rest.is_empty() => find_in_text(&field.value, rest),
        Some(field) => find(field, rest),
    }
}

/// The number that a part is.
fn index(part: &str) -> Option<usize> {
    let digits = part.strip_prefix('+').unwrap_or(part);
    let number: Option<i64> = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten();
    match part {
        "-0" => Some(0),
        _ => number.and_then(|number| usize::try_from(number).ok()),
    }
}

fn field<'n>(node: &'n Node, name: &str) -> anyhow::Result<Option<&'n Node>> {
    if !name.is_empty() {
        return super::fields::get(node, name);
    }
    if node.is_null() {
        return Ok(None);
    }
    check_kind(node, Kind::Scalar)?;
    Ok(Some(node).filter(|node| node.value.is_empty()))
}

fn items(node: &Node) -> anyhow::Result<&[Node]> {
    check_kind(node, Kind::Sequence)?;
    Ok(if node.kind == Kind::Sequence { &node.content } else { &[] })
}

fn find_at_index(node: &Node, index: usize, rest: &[String]) -> anyhow::Result<Option<Vec<Match>>> {
    let items = items(node)?;
    match items.get(index) {
        Some(item) => find(item, rest),
        None => Err(anyhow!("index {index} specified but only {} elements found", items.len())),
    }
}

fn find_items(node: &Node, part: &str, rest: &[String]) -> anyhow::Result<Option<Vec<Match>>> {
    let inner = part.strip_suffix(']').unwrap_or(part);
    let Some((name, pattern)) = inner.strip_prefix('[').unwrap_or(inner).split_once('=') else {
        return Err(anyhow!("list path element must contain fieldName=fieldValue for element to match"));
    };
    let mut found = Vec::new();
    let items = items(node)?;
    // As in kyaml, a pattern is only looked at if there is an item.
    let pattern = if items.is_empty() { None } else { Some(compile(pattern)?) };
    for item in items {
        let value = match item.position(name).filter(|_| item.kind == Kind::Mapping) {
            _ if name.is_empty() => item,
            Some(at) => &item.content[at],
            None => continue,
        };
        let text = Printer::text_of(value);
        let text = text.trim();
        if !pattern.as_ref().is_some_and(|pattern| pattern.is_match(text)) {
            continue;
        }
        if name.is_empty() {
            found.push(Match { node: item.clone(), items: Vec::new() });
        } else {
            found.extend(below(find(item, rest)?, text));
        }
    }
    Ok(if found.is_empty() { None } else { Some(found) })
}

fn find_all(node: &Node, rest: &[String]) -> anyhow::Result<Option<Vec<Match>>> {
    let mut found = None;
    for item in items(node)? {
        if let Some(matches) = find(item, rest)? {
            found.get_or_insert_with(Vec::new).extend(below(Some(matches), "*"));
        }
    }
    Ok(found)
}

/// Matches inside an item of a list.
fn below(matches: Option<Vec<Match>>, item: &str) -> impl Iterator<Item = Match> {
    let item = item.to_owned();
    matches.into_iter().flatten().map(move |mut found| {
        if !item.is_empty() {
            found.items.push(item.clone());
        }
        found
    })
}

/// The nodes at a path in a document that is a string.
fn find_in_text(text: &str, path: &[String]) -> anyhow::Result<Option<Vec<Match>>> {
    match go_yaml::parse_text(text).map_err(|error| anyhow!(error))? {
        Some(document) => find(document.root(), path),
        None => {
            let part = path.first().map_or("", String::as_str);
            let expected = match part {
                "" => Kind::Scalar,
                part if index(part).is_some() || part == "*" || part.starts_with('[') && part.ends_with(']') => Kind::Sequence,
                _ => Kind::Mapping,
            };
            let expected = kind_name(expected);
            Err(anyhow!("wrong node kind: expected {expected} but got : node contents:\nnull\n"))
        }
    }
}
