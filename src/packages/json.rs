//! Objects of JSON files are written as JSON.

use anyhow::anyhow;

use crate::go_yaml::{Node, Printer};
use crate::source::Sources;
use crate::yaml::provenance::Provenance;
use crate::yaml::{self, Dialect};

/// A document as JSON with an indentation of two spaces.
///
/// # Errors
/// It can't be read as values.
pub(super) fn print(node: &Node) -> anyhow::Result<String> {
    let text = Printer::text_of(node);
    let (mut sources, mut provenance) = (Sources::default(), Provenance::default());
    let source = sources.add("", text.clone());
    let step = provenance.step("", "");
    let origin = provenance.read(step, sources.whole(source));
    let document = yaml::read_first(&text, source, origin, Dialect::Manifest).map_err(|_| anyhow!("json: unsupported value"))?;
    let json = document.as_ref().and_then(|document| yaml::json::print(document, true));
    json.map(|json| format!("{json}\n")).ok_or_else(|| anyhow!("json: unsupported value"))
}
