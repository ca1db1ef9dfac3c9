//! What a strategic merge patch does besides what it says: it adds an element where it was hardly meant to, replaces a list whose
//! other elements go with it, or loses one.

use rustc_hash::FxHashSet;

use crate::diagnostic::{Diagnostic, is_typo};
use crate::source::Span;
use crate::yaml::{Mapping, Node};

/// How many elements are named, or looked at.
const NAMED: usize = 6;

/// New elements whose key is nearly that of an element that the patch does not name. A patch that brings many is no slip.
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
    let message = format!("the patch adds `{key}: {name}` beside `{key}: {near}`");
    let finding = new.warning("near-miss", message).label(other.span(), "an element of the object");
    Some(finding.help(format!("if it is the same one, write `{near}`")))
}

/// A list without merge keys that takes the place of another one, and what goes with it.
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
    let verb = if lost.len() == 1 { "gets" } else { "get" };
    let count = format!("{} of {} elements {verb} lost", lost.len(), before.len());
    let message = format!("the patch replaces the whole list, and {count}: {named}{more}");
    let help = "the kind has no merge keys: repeat the elements, use a JSON patch, or set `mergeCustomLists` in `.render.yaml`";
    Some(new.warning("list-replaced", message).label(old.span(), "the list before").help(help))
}

/// Whether an element is still there: as it was, or under its name with all fields that it had.
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

/// What an element is likely known by.
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

/// What a merge by several keys loses: elements of the object that the patch does not name, and elements of the patch.
pub(super) fn lost(lists: [&[Node]; 2], taken: &FxHashSet<Span>, merged: &[Node], keys: &[&str]) -> Vec<Diagnostic> {
    if keys.len() < 2 {
        return Vec::new();
    }
    let kept: FxHashSet<Span> = merged.iter().map(Node::span).collect();
    let gone = |element: &&Node| !taken.contains(&element.span()) && !kept.contains(&element.span());
    let quoted = keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(" and ");
    let tell = |message: String, element: &Node| {
        let help = format!("entries merge by {quoted}: write all of them in every entry, of the object and of the patch");
        element.warning("lost-entry", message).help(help)
    };
    let [target, patch] = lists;
    let of_target = target.iter().filter(gone).map(|element| {
        let message = format!("the entry `{}` gets lost when a patch is merged into its list", shown(element, keys));
        patch.iter().take(1).fold(tell(message, element), |finding, first| finding.label(first.span(), "the patch"))
    });
    let of_patch = patch
        .iter()
        .filter(gone)
        .map(|element| tell(format!("the patch's entry `{}` does nothing", shown(element, keys)), element));
    of_target.chain(of_patch).collect()
}

fn shown(element: &Node, keys: &[&str]) -> String {
    let values = keys.iter().filter_map(|key| Some(format!("{key}: {}", element.get(key)?.as_text()?)));
    values.collect::<Vec<_>>().join(", ")
}
