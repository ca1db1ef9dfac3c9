//! A text that became a number or boolean on its way, or the other way round, in a custom resource. What Kubernetes' own kinds
//! want is checked by their schemas.

use super::custom::{is_custom, visit_scalars};
use crate::diagnostic::{Diagnostic, Frame};
use crate::finding::Finding;
use crate::records::Records;
use crate::resource::ResMap;
use crate::validate::Path;
use crate::yaml::provenance::Provenance;
use crate::yaml::{Node, Tag};

/// Notes every value whose type is another one than before.
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
    if (old == TEXT) == (new == TEXT) {
        return None;
    }
    let mut finding = node.warning("type-changed", format!("{old} becomes {new}")).label(before.span(), "the value before");
    finding.trace.push(Frame { step: provenance.get_step(origin.step).to_string(), span: None });
    Some(finding.help(if new == TEXT { "write it without quotes" } else { "write it in quotes" }))
}

const TEXT: &str = "a text";

/// The type of a single value in words; a null or a time is none of those that are confused.
fn word(node: &Node) -> Option<&'static str> {
    match node.as_scalar()?.tag {
        Tag::Str => Some(TEXT),
        Tag::Int | Tag::Float => Some("a number"),
        Tag::Bool => Some("a boolean"),
        _ => None,
    }
}
