//! Reads objects from manifests named on the command line: files and standard input.

use std::path::Path;

use crate::diagnostic::{Diagnostic, Diagnostics, Result};
use crate::load::{read_limited, unreadable};
use crate::records::Records;
use crate::yaml::{Dialect, Node};

/// The whole of standard input.
pub fn stdin() -> Result<Vec<u8>, Diagnostic> {
    read_limited(std::io::stdin().lock()).map_err(|cause| unreadable(Path::new("<stdin>"), &cause))
}

/// The objects of a manifest. A `List` is replaced by its items.
pub fn read(path: &Path, content: Vec<u8>, records: &mut Records) -> Result<Vec<Node>> {
    let (objects, errors) = read_valid(path, content, records)?;
    Diagnostics::check(errors)?;
    Ok(objects)
}

/// The objects of the documents that are valid YAML, and the errors in the others.
pub fn read_valid(path: &Path, content: Vec<u8>, records: &mut Records) -> Result<(Vec<Node>, Vec<Diagnostic>)> {
    let source = records.add_text(path, content)?;
    let step = records.provenance.step("", path.display().to_string());
    let mut objects = Vec::new();
    let (documents, errors) = records.valid_documents(source, step, Dialect::Manifest);
    for document in documents {
        let is_list = document.get("kind").and_then(Node::as_str) == Some("List");
        match document.get("items").and_then(Node::as_sequence).filter(|_| is_list) {
            Some(items) => objects.extend(items.iter().cloned()),
            None => objects.push(document),
        }
    }
    Ok((objects, errors))
}
