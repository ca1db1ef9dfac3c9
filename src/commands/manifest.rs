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

/// The objects of a manifest. Lists are replaced by their items, and documents without content are left out.
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
    let (mut next, errors) = records.valid_documents(source, step, Dialect::Manifest);
    next.reverse();
    while let Some(document) = next.pop() {
        match items(&document) {
            Some(items) => next.extend(items.iter().rev().cloned()),
            None if document.is_null() => {}
            None => objects.push(document),
        }
    }
    Ok((objects, errors))
}

/// The items of a list of objects: `List`, or the list of a kind. An object with a name is not a list, whatever its kind is called.
fn items(document: &Node) -> Option<&[Node]> {
    let is_list = document.get("kind").and_then(Node::as_str).is_some_and(|kind| kind.ends_with("List"));
    let is_named = document.at_path(&["metadata", "name"]).is_some();
    let items = document.get("items").filter(|_| is_list && !is_named)?;
    if items.is_null() { Some(&[]) } else { items.as_sequence() }
}
