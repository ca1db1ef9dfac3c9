//! Formats values, ids, and counts for all output formats that people read.

use super::operations::longest_ascending;
use crate::diff::findings::Severities;
use crate::diff::model::{Change, Class, Note, ObjectDiff, ObjectKind, OverlayDiff, Sided};
use crate::escape::line;
use crate::resource::ResId;
use crate::yaml::{Node, Tag, emit_unfolded, inline_string, json};

/// Longer values are not written on one line.
const WIDE: usize = 100;
/// The maximum number of items whose new order is written.
const LONGEST_ORDER: usize = 16;

/// A value on one line; `None` if it is too large.
pub fn inline(node: &Node) -> Option<String> {
    let text = match node.as_scalar() {
        Some(scalar) if scalar.tag == Tag::Str && !scalar.text.contains('\n') => inline_string(&scalar.text),
        Some(scalar) if scalar.tag == Tag::Str => return None,
        Some(scalar) => scalar.text.to_string(),
        None => json::print(node, false).filter(|text| text.len() <= 40)?,
    };
    (text.chars().count() <= WIDE || node.as_scalar().is_some()).then(|| line(text.trim_end()).into_owned())
}

/// A side of a change on one line, if it exists and is not too large. Masks have no quotes.
pub fn inline_side(change: &Change, side: Option<&Sided>) -> Option<String> {
    let node = &side?.node;
    let mask = node.as_str().filter(|_| change.masked);
    mask.map(str::to_owned).or_else(|| inline(node))
}

/// A value as lines of YAML.
pub fn block(node: &Node) -> Vec<String> {
    let mut out = String::new();
    if emit_unfolded(node, &mut out).is_err() {
        out = json::print(node, true).unwrap_or_default();
    }
    out.lines().map(|text| line(text).into_owned()).collect()
}

/// `Deployment shop/web`, or `values.yaml` for a document that is not an object.
pub fn id(id: &ResId) -> String {
    if id.gvk.kind.is_empty() {
        return line(&id.name).into_owned();
    }
    format!("{} {}", line(&id.gvk.kind), full_name(id))
}

/// `shop/web`
fn full_name(id: &ResId) -> String {
    let namespace = if id.namespace.is_empty() { String::new() } else { format!("{}/", id.namespace) };
    line(&format!("{namespace}{}", id.name)).into_owned()
}

/// The id of an object, with its old id if that differs: `Deployment shop/web -> shop/api`.
pub fn ids(object: &ObjectDiff) -> String {
    let new = object.id();
    let is_shown = object.notes.iter().any(|note| matches!(note, Note::Generated { .. }));
    match object.old_id().filter(|old| (old.namespace != new.namespace) || (old.name != new.name && !is_shown)) {
        Some(old) if old.gvk.kind == new.gvk.kind => format!("{} -> {}", id(old), full_name(&new)),
        _ => id(&new),
    }
}

/// How the order of a list changed; in a long list, how many items moved.
pub fn reordered(order: &[usize]) -> String {
    if order.len() <= LONGEST_ORDER {
        let order = order.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
        return format!("order changed; old indices in the new order: {order}");
    }
    let moved = order.len() - longest_ascending(order).len();
    format!("order changed; {moved} of {} items moved", order.len())
}

/// `1 object`, `2 objects`
pub fn plural(count: usize, name: &str) -> String {
    format!("{count} {name}{}", if count == 1 { "" } else { "s" })
}

/// `destroys data: 1, 1 added, 2 changed, 12 unchanged, 1 new warning`
pub fn counts(overlays: &[OverlayDiff]) -> String {
    let total = |count: &dyn Fn(&OverlayDiff) -> usize| overlays.iter().map(count).sum::<usize>();
    let mut parts: Vec<String> = Vec::new();
    let lost = total(&|overlay| overlay.noted(Class::DataLoss));
    if lost > 0 {
        parts.push(format!("destroys data: {lost}"));
    }
    for kind in ObjectKind::ALL {
        let count = total(&|overlay| overlay.count(kind));
        if count > 0 {
            parts.push(format!("{count} {}", kind.name()));
        }
    }
    let failed = total(&|overlay| usize::from(overlay.error.is_some()));
    if failed < overlays.len() || failed == 0 {
        parts.push(format!("{} unchanged", total(&|overlay| overlay.unchanged)));
    }
    match (failed, overlays.len()) {
        (0, _) => {}
        (1, 1) => parts.push("could not be compared".into()),
        (failed, _) => parts.push(format!("{failed} could not be compared")),
    }
    parts.extend(findings(overlays));
    parts.join(", ")
}

/// What was compared: `2 overlays compared, 1 with differences: 1 changed, 12 unchanged`
pub fn compared(overlays: &[OverlayDiff]) -> String {
    let (all, counts) = (plural(overlays.len(), "overlay"), counts(overlays));
    let differing = overlays.iter().filter(|overlay| !overlay.objects.is_empty()).count();
    match differing {
        0 if overlays.iter().any(|overlay| overlay.error.is_some()) => format!("{all}: {counts}"),
        0 => format!("No differences: {all} compared, {counts}"),
        _ => format!("{all} compared, {differing} with differences: {counts}"),
    }
}

/// The counts of findings: `2 new errors`, `1 new warning`, `3 findings fixed`.
fn findings(overlays: &[OverlayDiff]) -> Vec<String> {
    let mut counts = Severities::default();
    overlays.iter().flat_map(|overlay| &overlay.findings.introduced).for_each(|finding| counts.add(finding.severity));
    let fixed: usize = overlays.iter().map(|overlay| overlay.findings.removed.all()).sum();
    let fixed = (fixed > 0).then(|| format!("{} fixed", plural(fixed, "finding")));
    new_findings(&counts).into_iter().chain(fixed).collect()
}

/// `2 new errors`, `1 new warning`
pub fn new_findings(counts: &Severities) -> Vec<String> {
    let parts = [(counts.errors, "new error"), (counts.warnings, "new warning"), (counts.notes, "new note")];
    parts.into_iter().filter(|(count, _)| *count > 0).map(|(count, name)| plural(count, name)).collect()
}

/// The remarks about a comparison, one line each.
pub fn remarks(overlay: &OverlayDiff) -> Vec<String> {
    overlay.remarks.iter().map(|remark| format!("note: {}", line(remark))).collect()
}

/// The number of hidden changes: `hidden: 2 by checksums, 1 by ignore spec.replicas`. Empty if nothing is hidden.
pub fn hidden(overlay: &OverlayDiff) -> String {
    let parts: Vec<String> =
        overlay.hidden.iter().map(|hidden| format!("{} by {}", hidden.count, line(&hidden.filter))).collect();
    if parts.is_empty() { String::new() } else { format!("hidden: {}", parts.join(", ")) }
}

/// A text of at most `most` characters. A truncated text ends with an ellipsis.
pub fn clipped(text: &str, most: usize) -> String {
    if text.chars().nth(most).is_none() {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}
