//! Splits the difference of an object into parts that other objects can have, too: values, values inside documents, and single
//! labels and annotations of a mapping that was added or removed.

use rustc_hash::FxHashSet;

use super::model::{Member, Part, assembled};
use crate::diff::model::{Change, Note, ObjectDiff, ObjectKind, Sided};
use crate::diff::path::{Path, Step};
use crate::yaml::Entry;

/// The parts of the difference of an object; at least one. Their keys are not set yet.
pub fn parts(object: &ObjectDiff) -> Vec<Part> {
    let mut out = Vec::new();
    let whole = Part { key: 0, change: None, at: 0, piece: (0, 1) };
    if object.kind != ObjectKind::Changed || object.changes.is_empty() {
        out.push(whole);
    }
    for (at, change) in object.changes.iter().enumerate() {
        let pieces = pieces(change);
        let count = pieces.len();
        out.extend(pieces.into_iter().enumerate().map(|(piece, change)| Part {
            key: 0,
            change: Some(change),
            at,
            piece: (piece, count),
        }));
    }
    out
}

/// The changes of an object that are not among its own parts.
pub fn elsewhere(member: &Member<'_>) -> Vec<Change> {
    let own: FxHashSet<(bool, usize, usize)> =
        member.parts.iter().map(|part| (part.change.is_some(), part.at, part.piece.0)).collect();
    let mut others = parts(member.object);
    others.retain(|part| !own.contains(&(part.change.is_some(), part.at, part.piece.0)));
    assembled(member.object, &others)
}

/// A change as parts, each with its own path. The first one has the location.
fn pieces(change: &Change) -> Vec<Change> {
    if let Some(found) = labels(change) {
        return found;
    }
    let mut shown = change.shown();
    let Some(first) = shown.first_mut() else { return vec![change.clone()] };
    for (from, to) in [(&change.old, &mut first.old), (&change.new, &mut first.new)] {
        if let (Some(from), Some(to)) = (from, to)
            && to.place.is_none()
        {
            to.place.clone_from(&from.place);
        }
    }
    shown
}

/// The labels and annotations of a mapping that was added or removed, one by one.
fn labels(change: &Change) -> Option<Vec<Change>> {
    let (side, is_new) = match (&change.old, &change.new) {
        (None, Some(new)) => (new, true),
        (Some(old), None) => (old, false),
        _ => return None,
    };
    let is_metadata = change.path.last_field() == Some("metadata");
    let mapping =
        side.node.as_mapping().filter(|mapping| !mapping.is_empty() && (is_metadata || is_of_metadata(&change.path.0)))?;
    let piece = |entry: &Entry| {
        let sided = Some(Sided { node: entry.value.clone(), place: side.place.clone() });
        let (old, new) = if is_new { (None, sided) } else { (sided, None) };
        let piece = Change { path: change.path.join(Step::Field(entry.key.text.into())), old, new, ..change.clone() };
        if is_metadata { labels(&piece).unwrap_or_else(|| vec![piece]) } else { vec![piece] }
    };
    Some(mapping.iter().flat_map(piece).collect())
}

/// Whether a path ends with `metadata.labels` or `metadata.annotations`.
pub fn is_of_metadata(steps: &[Step]) -> bool {
    let is = |step: &Step, names: &[&str]| matches!(step, Step::Field(name) if names.contains(&name.as_str()));
    matches!(steps, [.., before, last] if is(before, &["metadata"]) && is(last, &["labels", "annotations"]))
}

/// The path without its beginning, if that differs between objects that are alike: labels and annotations, and fields of containers.
pub fn pattern(path: &Path) -> String {
    let steps = &path.0;
    if steps.len() > 2 && is_of_metadata(&steps[..steps.len() - 1]) {
        return format!("**.{}", Path(steps[steps.len() - 3..].to_vec()));
    }
    let is_list = |step: &Step| matches!(step, Step::Field(name) if matches!(name.as_str(), "containers" | "initContainers" | "ephemeralContainers"));
    let container = steps.windows(2).position(|pair| is_list(&pair[0]) && matches!(pair[1], Step::Item { .. }));
    match container {
        Some(at) if steps.len() > at + 2 => {
            let mut rest = steps[at..].to_vec();
            rest[1] = Step::Field("*".into());
            format!("**.{}", Path(rest))
        }
        _ => path.to_string(),
    }
}

/// The image of a changed tag, with the old and the new tag.
pub fn image(change: &Change) -> Option<(&str, &str, &str)> {
    let text = |side: &'_ Option<Sided>| side.as_ref().and_then(|side| side.node.as_text()).map(|text| text.as_str().len());
    (change.path.last_field() == Some("image") && text(&change.old).is_some()).then_some(())?;
    let old = tagged(change.old.as_ref()?.node.as_str()?)?;
    let new = tagged(change.new.as_ref()?.node.as_str()?)?;
    (old.0 == new.0).then_some((new.0, old.1, new.1))
}

/// `registry:5000/web:1.2` -> `registry:5000/web`, `1.2`
fn tagged(image: &str) -> Option<(&str, &str)> {
    let (name, tag) = image.rsplit_once(':')?;
    (!name.is_empty() && !tag.is_empty() && !image.contains(['@', ' ', '\n']) && !tag.contains('/')).then_some((name, tag))
}

/// The name of an object on the new side, without the hash of its content if that changed.
pub fn stem(object: &ObjectDiff) -> String {
    without_hash(object, &object.id().name)
}

fn without_hash(object: &ObjectDiff, name: &str) -> String {
    let is_generated = object.notes.iter().any(|note| matches!(note, Note::Generated { .. }));
    match name.rsplit_once('-') {
        Some((stem, _)) if is_generated => stem.to_owned(),
        _ => name.to_owned(),
    }
}

/// What a renamed or moved object shows: `namespace: a -> b`, `name: dev-* -> qa-*`.
pub fn identity(object: &ObjectDiff) -> Option<String> {
    let (old, new) = (object.old_id()?, object.id());
    let mut parts = Vec::new();
    if old.namespace != new.namespace {
        let name = |namespace: &str| if namespace.is_empty() { "(none)".to_owned() } else { namespace.to_owned() };
        parts.push(format!("namespace: {} -> {}", name(&old.namespace), name(&new.namespace)));
    }
    let [old, new] = [old.name.as_str(), new.name.as_str()].map(|name| without_hash(object, name));
    if old != new {
        let [old, new] = affixes(&old, &new);
        parts.push(format!("name: {old} -> {new}"));
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// Two names in which the common end, or the common start, is replaced with `*`.
fn affixes(old: &str, new: &str) -> [String; 2] {
    let end = old.char_indices().filter(|(_, c)| *c == '-').map(|(at, _)| &old[at..]).find(|end| new.ends_with(end));
    if let Some(end) = end {
        return [old, new].map(|name| format!("{}-*", &name[..name.len() - end.len()]));
    }
    let start =
        old.char_indices().rev().filter(|(_, c)| *c == '-').map(|(at, _)| &old[..=at]).find(|start| new.starts_with(start));
    match start {
        Some(start) => [old, new].map(|name| format!("*-{}", &name[start.len()..])),
        None => [old.to_owned(), new.to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_what_differs() {
        assert_eq!(affixes("dev-web", "qa-web"), ["dev-*", "qa-*"]);
        assert_eq!(affixes("a-dev-web-x", "a-qa-web-x"), ["a-dev-*", "a-qa-*"]);
        assert_eq!(affixes("web-blue", "web-green"), ["*-blue", "*-green"]);
        assert_eq!(affixes("shop", "store"), ["shop", "store"]);
    }

    #[test]
    fn a_tag_follows_the_last_colon() {
        assert_eq!(tagged("registry:5000/web:1.2"), Some(("registry:5000/web", "1.2")));
        assert!(["web", "registry:5000/web", "web:1@sha256:00", ":1", "a:"].iter().all(|image| tagged(image).is_none()));
    }
}
