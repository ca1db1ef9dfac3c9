//! Findings about patterns in the paths of replacements that were probably meant as plain text: `[name=web]` also selects
//! `web-proxy`, because kustomize looks for the pattern anywhere in the value.

use crate::diagnostic::Diagnostic;
use crate::finding::Finding;
use crate::resource::ResId;
use crate::yaml::{Located, Node, Scalar, path};

/// A finding if a part of the path selects an item with exactly its text, and others that only contain it.
pub fn remark(object: &Node, at: &Located<String>) -> Option<Finding> {
    if !at.contains('[') {
        return None;
    }
    let mut nodes = vec![object];
    for part in path::split_dotted(at) {
        let Some((key, text)) = pattern(&part) else {
            nodes = nodes.into_iter().flat_map(|node| below(node, &part)).collect();
            continue;
        };
        let mut selected = Vec::new();
        for node in nodes {
            let items = node.as_sequence().unwrap_or_default().iter().filter_map(|item| Some((item, value(item, key)?)));
            let (exact, others): (Vec<_>, Vec<_>) =
                items.filter(|(_, found)| found.contains(text)).partition(|(_, found)| *found == text);
            if let (Some((only, _)), Some((other, name)), true) = (exact.first(), others.first(), is_plain(text)) {
                return Some(finding(object, at, (key, text), is_quoted(only, key), (other, name)));
            }
            selected.extend(exact.into_iter().chain(others).map(|(item, _)| item));
        }
        nodes = selected;
    }
    None
}

/// The key and the pattern in `[key=pattern]`.
fn pattern(part: &str) -> Option<(&str, &str)> {
    part.strip_prefix('[')?.strip_suffix(']')?.split_once('=')
}

/// Whether a pattern looks like a name.
fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'/'))
}

/// The text that a pattern is compared with: a field of an item, or the item itself.
fn value<'n>(item: &'n Node, key: &str) -> Option<&'n str> {
    let node = if key.is_empty() { item } else { item.get(key)? };
    node.as_scalar().map(|scalar| scalar.text.as_str())
}

/// What another part of a path selects below a node.
fn below<'n>(node: &'n Node, part: &str) -> Vec<&'n Node> {
    match (part, part.parse::<usize>()) {
        ("*", _) => node.as_sequence().unwrap_or_default().iter().collect(),
        (_, Ok(index)) => node.as_sequence().and_then(|items| items.get(index)).into_iter().collect(),
        _ => node.get(part).into_iter().collect(),
    }
}

/// Whether the value is in quotes, which belong to the text that the pattern must match.
fn is_quoted(item: &Node, key: &str) -> bool {
    let node = if key.is_empty() { Some(item) } else { item.get(key) };
    node.and_then(Node::as_scalar).is_some_and(Scalar::is_quoted)
}

fn finding(
    object: &Node,
    at: &Located<String>,
    (key, text): (&str, &str),
    quoted: bool,
    (other, name): (&Node, &str),
) -> Finding {
    let message = format!("`[{key}={text}]` is a regular expression, which also selects `{name}`");
    let warning = Diagnostic::warning("loose-pattern", message).at_if(at.span).label(other.span(), "also selected");
    let quote = if quoted { "[\"']" } else { "" };
    let help = format!("to select only `{text}`, write `[{key}=^{quote}{text}{quote}$]`");
    Finding::about(&ResId::of(object), at.value.clone(), warning.help(help))
}
