//! Reads objects from manifests named on the command line: files and standard input.

use std::io::Read;
use std::path::Path;

use crate::diagnostic::{Diagnostic, Result};
use crate::load::reason;
use crate::records::Records;
use crate::yaml::{Dialect, Node};

/// The whole of standard input.
pub fn stdin() -> Result<Vec<u8>, Diagnostic> {
    let mut content = Vec::new();
    let failed = |cause| Diagnostic::error("not-found", format!("can't read standard input: {}", reason(&cause))).io();
    std::io::stdin().read_to_end(&mut content).map_err(failed)?;
    Ok(content)
}

/// The objects of a manifest. A `List` is replaced by its items.
pub fn read(path: &Path, content: Vec<u8>, records: &mut Records) -> Result<Vec<Node>> {
    let source = records.add_text(path, content)?;
    let step = records.provenance.step("", path.display().to_string());
    let mut objects = Vec::new();
    for document in records.documents(source, step, Dialect::Manifest)? {
        let is_list = document.get("kind").and_then(Node::as_str) == Some("List");
        match document.get("items").and_then(Node::as_sequence).filter(|_| is_list) {
            Some(items) => objects.extend(items.iter().cloned()),
            None => objects.push(document),
        }
    }
    Ok(objects)
}
