//! Who wrote the value that a finding is about: the step that wrote it last, and those whose values it took the place of.

use rustc_hash::FxHashMap;

use crate::diagnostic::Frame;
use crate::finding::Finding;
use crate::source::Span;
use crate::yaml::Node;
use crate::yaml::provenance::Provenance;

/// Adds to each finding the way its value came.
pub fn add(findings: &mut [Finding], object: &Node, provenance: &Provenance) {
    if findings.is_empty() {
        return;
    }
    let mut places = FxHashMap::default();
    collect(object, &mut places);
    for finding in findings {
        let Some(node) = finding.diagnostic.span.and_then(|span| places.get(&span)) else { continue };
        let history = provenance.history(node);
        finding.diagnostic.trace.extend(history.iter().rev().enumerate().filter_map(|(back, node)| {
            let step = provenance.get_step(provenance.get(node.origin()).step);
            // A plain manifest is its own writer; the place says all.
            let is_told = !step.kustomization.is_empty() || back > 0;
            is_told.then(|| Frame { step: step.to_string(), span: (back > 0).then(|| node.span()) })
        }));
    }
}

/// The nodes of an object by their places; a key stands for its value.
fn collect<'n>(node: &'n Node, places: &mut FxHashMap<Span, &'n Node>) {
    places.entry(node.span()).or_insert(node);
    for entry in node.as_mapping().into_iter().flatten() {
        places.entry(entry.key.span).or_insert(&entry.value);
        collect(&entry.value, places);
    }
    node.as_sequence().unwrap_or_default().iter().for_each(|item| collect(item, places));
}
