//! Finds strings in custom resources that a build turned into numbers or booleans, or the reverse. The fields of built-in
//! kinds are checked against their schemas instead.

use super::custom::{is_custom, visit_scalars};
use crate::diagnostic::{Diagnostic, Frame};
use crate::finding::Finding;
use crate::records::Records;
use crate::resource::ResMap;
use crate::validate::Path;
use crate::yaml::provenance::Provenance;
use crate::yaml::{Node, Tag};

/// Records a finding for each value whose type has changed.
pub fn find(resources: &ResMap, records: &mut Records) {
    let mut found = Vec::new();
    for resource in resources.iter().filter(|resource| is_custom(resource)) {
        let fields = resource.node().as_mapping().into_iter().flatten();
        for entry in fields.filter(|entry| entry.key.text != "metadata") {
            visit_scalars(&entry.value, &Path::ROOT.field(&entry.key.text), &mut |node, path| {
                let change = changed(node, &records.provenance);
                found.extend(change.map(|change| Finding::about(resource.id(), path.to_string(), change)));
            });
        }
    }
    found.into_iter().for_each(|finding| records.find(finding));
}

fn changed(node: &Node, provenance: &Provenance) -> Option<Diagnostic> {
    let origin = provenance.get(node.origin());
    let before = origin.before.as_ref()?;
    let (old, new) = (word(before)?, word(node)?);
    if (old == STRING) == (new == STRING) {
        return None;
    }
    let mut finding =
        node.warning("type-changed", format!("{old} was changed to {new}")).label(before.span(), "the previous value");
    finding.trace.push(Frame { step: provenance.get_step(origin.step).to_string(), span: None });
    Some(finding.help(if new == STRING { "remove the quotes" } else { "quote the value" }))
}

const STRING: &str = "a string";

/// The type of a scalar in words; `None` for null and for times, which are not confused with strings.
fn word(node: &Node) -> Option<&'static str> {
    match node.as_scalar()?.tag {
        Tag::Str => Some(STRING),
        Tag::Int | Tag::Float => Some("a number"),
        Tag::Bool => Some("a boolean"),
        _ => None,
    }
}
