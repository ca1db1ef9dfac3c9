//! Adds to each finding the steps that wrote its value: the last one first, then those whose values were overwritten.

use rustc_hash::FxHashMap;

use crate::diagnostic::Frame;
use crate::finding::Finding;
use crate::source::Span;
use crate::yaml::Node;
use crate::yaml::provenance::Provenance;

/// Adds to each finding the history of its value.
pub fn add(findings: &mut [Finding], object: &Node, provenance: &Provenance) {
    if findings.is_empty() {
        return;
    }
    let spans = findings.iter().filter_map(|finding| finding.diagnostic.span);
    let mut places: FxHashMap<Span, Option<&Node>> = spans.map(|span| (span, None)).collect();
    collect(object, &mut places);
    for finding in findings {
        let Some(node) = finding.diagnostic.span.and_then(|span| *places.get(&span)?) else { continue };
        let history = provenance.history(node);
        finding.diagnostic.trace.extend(history.iter().rev().enumerate().filter_map(|(back, node)| {
            let step = provenance.get_step(provenance.get(node.origin()).step);
            // In a plain manifest there is only one step, and the location already names it.
            let is_shown = !step.kustomization.is_empty() || back > 0;
            is_shown.then(|| Frame { step: step.to_string(), span: (back > 0).then(|| node.span()) })
        }));
    }
}

/// Collects the first node of an object at each of the locations; the location of a key leads to its value.
fn collect<'n>(node: &'n Node, places: &mut FxHashMap<Span, Option<&'n Node>>) {
    note(node.span(), node, places);
    for entry in node.as_mapping().into_iter().flatten() {
        note(entry.key.span(), &entry.value, places);
        collect(&entry.value, places);
    }
    node.as_sequence().unwrap_or_default().iter().for_each(|item| collect(item, places));
}

fn note<'n>(span: Span, node: &'n Node, places: &mut FxHashMap<Span, Option<&'n Node>>) {
    if let Some(place) = places.get_mut(&span) {
        place.get_or_insert(node);
    }
}
