//! Side effects of a strategic merge patch that are probably unintended: it adds an item that is probably misspelled, replaces a
//! list and thereby removes other items, or loses an item.

use rustc_hash::FxHashSet;

use crate::diagnostic::{Diagnostic, is_typo};
use crate::source::Span;
use crate::yaml::{Mapping, Node};

/// How many items are listed, or checked.
const NAMED: usize = 6;

/// New items whose key is similar to that of an item that the patch does not name. A patch that adds many items is not
/// considered a mistake.
pub(super) fn near_misses(new: &[Node], key: &str, patch: &[Node], target: &[Node]) -> Vec<Diagnostic> {
    let text = |element: &'_ Node| element.get(key).and_then(Node::as_str).map(str::to_owned);
    let named: FxHashSet<String> = patch.iter().filter_map(text).collect();
    let others: Vec<&Node> = target.iter().filter(|element| text(element).is_some_and(|text| !named.contains(&text))).collect();
    let few = new.iter().filter(|_| new.len() <= NAMED);
    few.filter_map(|element| near_miss(element.get(key)?, key, &others)).collect()
}

fn near_miss(new: &Node, key: &str, others: &[&Node]) -> Option<Diagnostic> {
    let name = new.as_str()?;
    let (other, near) = others.iter().find_map(|element| {
        let other = element.get(key)?;
        other.as_str().filter(|near| is_typo(name, near)).map(|near| (other, near))
    })?;
    let message = format!("the patch adds `{key}: {name}`, but the object has `{key}: {near}`");
    let finding = new.warning("near-miss", message).label(other.span(), "an item of the object");
    Some(finding.help(format!("if the same item is intended, write `{near}`")))
}

/// A list without merge keys that replaces another one, and the items that are thereby removed.
pub(super) fn replaced(old: &Node, new: &Node) -> Option<Diagnostic> {
    let (before, after) = (old.as_sequence()?, new.as_sequence()?);
    if before.is_empty() || before.iter().any(|element| element.as_mapping().is_none()) {
        return None;
    }
    let lost: Vec<String> =
        before.iter().enumerate().filter(|(_, element)| !stays(element, after)).map(|(at, element)| label(at, element)).collect();
    if lost.is_empty() {
        return None;
    }
    let more = if lost.len() > NAMED { format!(" and {} more", lost.len() - NAMED) } else { String::new() };
    let named = lost.iter().take(NAMED).map(|label| format!("`{label}`")).collect::<Vec<_>>().join(", ");
    let count = format!("{} of {} items", lost.len(), before.len());
    let message = format!("the patch replaces the whole list, which removes {count}: {named}{more}");
    let help = "the kind has no merge keys: repeat the items, use a JSON patch, or set `mergeCustomLists` in `.render.yaml`";
    Some(new.warning("list-replaced", message).label(old.span(), "the original list").help(help))
}

/// Whether an item is kept: unchanged, or under its name with all the fields that it had.
fn stays(element: &Node, after: &[Node]) -> bool {
    let has_all = |other: &Node| {
        let fields = element.as_mapping().into_iter().flat_map(Mapping::iter);
        fields.into_iter().all(|field| other.get(&field.key.text).is_some())
    };
    match name(element) {
        Some((key, value)) => after.iter().any(|other| other.get(key).is_some_and(|own| own.same(value)) && has_all(other)),
        None => after.iter().any(|other| other.same(element)),
    }
}

/// The field that probably identifies an item.
fn name(element: &Node) -> Option<(&'static str, &Node)> {
    ["name", "id", "key", "host"]
        .iter()
        .find_map(|key| Some((*key, element.get(key).filter(|value| value.as_scalar().is_some())?)))
}

fn label(at: usize, element: &Node) -> String {
    match name(element) {
        Some((key, value)) => format!("{key}={}", value.as_text().map_or("", |text| text.as_str())),
        None => format!("[{at}]"),
    }
}

/// What a merge by several keys loses: items of the object that the patch does not name, and items of the patch.
pub(super) fn lost(lists: [&[Node]; 2], taken: &FxHashSet<Span>, merged: &[Node], keys: &[&str]) -> Vec<Diagnostic> {
    if keys.len() < 2 {
        return Vec::new();
    }
    let kept: FxHashSet<Span> = merged.iter().map(Node::span).collect();
    let gone = |element: &&Node| !taken.contains(&element.span()) && !kept.contains(&element.span());
    let quoted = keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(" and ");
    let warning = |message: String, element: &Node| {
        let help = format!("items are merged by {quoted}: set all of them in every item, in the object and in the patch");
        element.warning("lost-entry", message).help(help)
    };
    let [target, patch] = lists;
    let of_target = target.iter().filter(gone).map(|element| {
        let message = format!("the item `{}` is lost when a patch is merged into its list", shown(element, keys));
        patch.iter().take(1).fold(warning(message, element), |finding, first| finding.label(first.span(), "the patch"))
    });
    let of_patch = patch
        .iter()
        .filter(gone)
        .map(|element| warning(format!("the patch's item `{}` has no effect", shown(element, keys)), element));
    of_target.chain(of_patch).collect()
}

fn shown(element: &Node, keys: &[&str]) -> String {
    let values = keys.iter().filter_map(|key| Some(format!("{key}: {}", element.get(key)?.as_text()?)));
    values.collect::<Vec<_>>().join(", ")
}
