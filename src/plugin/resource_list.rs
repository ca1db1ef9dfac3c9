//! The protocol of KRM functions: a `ResourceList` on standard input, objects on standard output.
//!
//! Annotations record the position of each object in the list; returned objects get annotations with a file path, as if they
//! were read from a directory. Behavior: kyaml's `FunctionFilter`, `ByteReader`, and `ByteWriter`; the input is the same to
//! the byte.

use std::fmt::Write;

use ecow::{EcoString, eco_format};

use crate::diagnostic::{Diagnostic, Result};
use crate::resource::annotations_mut;
use crate::yaml::provenance::Edit;
use crate::yaml::{self, Key, Node};

const PATH: [&str; 2] = ["config.kubernetes.io/path", "internal.config.kubernetes.io/path"];
const INDEX: [&str; 2] = ["config.kubernetes.io/index", "internal.config.kubernetes.io/index"];
const ID: [&str; 2] = ["config.k8s.io/id", "internal.config.kubernetes.io/id"];
const MIGRATION_ID: &str = "internal.config.kubernetes.io/annotations-migration-resource-id";
const SEQUENCE_INDENT: &str = "internal.config.kubernetes.io/seqindent";

/// Excludes an object from the result.
pub const LOCAL_CONFIG: (&str, &str) = ("config.kubernetes.io/local-config", "true");

/// The annotations that the protocol leaves in returned objects.
pub const LEFT_BEHIND: [&str; 2] = PATH;

/// An object to pass to a function.
pub struct Item<'n> {
    /// The object.
    pub node: &'n Node,
    /// Annotations that are added to its own.
    pub annotations: Vec<(&'static str, EcoString)>,
}

impl<'n> Item<'n> {
    /// The configuration of a function: it is never part of the result.
    pub fn config(node: &'n Node) -> Self {
        Item { node, annotations: vec![(LOCAL_CONFIG.0, LOCAL_CONFIG.1.into())] }
    }

    /// An object at a position in the list.
    ///
    /// # Errors
    /// Its annotations contradict each other about where it was read.
    pub fn numbered(mut self, index: usize) -> Result<Self, Diagnostic> {
        let text = |key: &str| annotation(self.node, key);
        for [old, new] in [PATH, ID] {
            match (text(old), text(new)) {
                (Some(a), Some(b)) if a != b => return Err(mismatch(self.node, [old, new])),
                (Some(value), None) => self.annotations.push((new, value)),
                (None, Some(value)) => self.annotations.push((old, value)),
                _ => {}
            }
        }
        self.annotations.extend(INDEX.map(|key| (key, eco_format!("{index}"))));
        self.annotations.push((MIGRATION_ID, eco_format!("{index}")));
        self.annotations.extend([ID[1], ID[0]].map(|key| (key, eco_format!("{}", index + 1))));
        Ok(self)
    }

    fn print(&self) -> Result<String> {
        let mut text = String::new();
        yaml::emit_unfolded(self.node, &mut text)?;
        Ok(annotated(&text, &self.annotations))
    }
}

/// The list that a function reads.
///
/// # Errors
/// An object can't be printed.
pub fn print(items: &[Item<'_>], config: &Item<'_>) -> Result<String> {
    let mut text = String::from("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n");
    text.push_str(if items.is_empty() { "items: []\n" } else { "items:\n" });
    for item in items {
        indent(&mut text, &item.print()?, "- ");
    }
    text.push_str("functionConfig:\n");
    indent(&mut text, &config.print()?, "  ");
    Ok(text)
}

/// Appends lines, each indented by two columns; `first` comes before the first one.
fn indent(out: &mut String, lines: &str, first: &str) {
    for (at, line) in lines.split_inclusive('\n').enumerate() {
        if line != "\n" {
            out.push_str(if at == 0 { first } else { "  " });
        }
        out.push_str(line);
    }
}

/// A printed object with added annotations: they replace those with the same key, or come after the others.
fn annotated(text: &str, annotations: &[(&str, EcoString)]) -> String {
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    let (mut at, inside) = section(&lines, 0, "metadata:\n");
    if !inside {
        lines.insert(at, "metadata:\n".into());
        at += 1;
    }
    let (start, end) = (at, block_end(&lines, at, "  "));
    let (mut at, inside) = section(&lines[..end], start, "  annotations:\n");
    if !inside {
        lines.insert(at, "  annotations:\n".into());
        at += 1;
    }
    for (key, value) in annotations {
        let end = block_end(&lines, at, "    ");
        let label = format!("    {key}: ");
        match lines[at..end].iter_mut().find(|line| line.starts_with(&label)) {
            Some(line) => *line = format!("{label}{}\n", yaml::json::quoted(value)),
            None => lines.insert(end, format!("{label}'{}'\n", value.replace("'", "''"))),
        }
    }
    lines.concat()
}

/// Where the content of a section begins, or where the section is missing.
fn section(lines: &[String], start: usize, header: &str) -> (usize, bool) {
    match lines[start..].iter().position(|line| line == header) {
        Some(at) => (start + at + 1, true),
        None => (lines.len(), false),
    }
}

/// The end of the lines that begin with some columns; empty lines belong to a string among them.
fn block_end(lines: &[String], start: usize, columns: &str) -> usize {
    lines[start..].iter().position(|line| line != "\n" && !line.starts_with(columns)).map_or(lines.len(), |at| start + at)
}

/// The output of a function.
#[derive(Default)]
pub struct Answer {
    /// The objects.
    pub items: Vec<Node>,
    /// Its results about them.
    pub results: Vec<Node>,
}

impl Answer {
    /// Reads the documents of the output: one list, or the objects themselves.
    pub fn open(documents: Vec<Node>) -> Self {
        let [only] = documents.as_slice() else { return Answer { items: documents, results: Vec::new() } };
        let kind = only.get("kind").and_then(Node::as_str);
        let is_list = matches!(kind, Some("List" | "ResourceList"));
        if !is_list || (only.get("items").is_none() && only.get("functionConfig").is_none()) {
            return Answer { items: documents, results: Vec::new() };
        }
        let list = |key: &str| only.get(key).and_then(Node::as_sequence).unwrap_or_default().to_vec();
        Answer { items: list("items"), results: list("results") }
    }

    /// Removes the annotations of the protocol and sets the path of each object. `sent` are the paths that the objects had.
    ///
    /// # Errors
    /// An item is not an object, or its annotations contradict each other about its path.
    pub fn settle(&mut self, sent: &[EcoString], edit: &mut Edit<'_>) -> Result<()> {
        self.items.retain(|item| !item.is_null());
        for item in &mut self.items {
            settle(item, sent, edit)?;
        }
        Ok(())
    }
}

fn settle(node: &mut Node, sent: &[EcoString], edit: &mut Edit<'_>) -> Result<(), Diagnostic> {
    if node.as_mapping().is_none() {
        return Err(node.error("not-an-object", format!("expected an object, found {}", node.type_name())));
    }
    let number = annotation(node, MIGRATION_ID).and_then(|id| id.parse::<usize>().ok());
    let before = number.and_then(|number| sent.get(number)).filter(|path| !path.is_empty());
    let paths = match PATH.map(|key| annotation(node, key)) {
        [Some(old), Some(new)] => [old, new],
        [Some(path), None] | [None, Some(path)] => [path.clone(), path],
        [None, None] => [default_path(node), default_path(node)],
    };
    let path = match (before, paths) {
        (_, [old, new]) if old == new => new,
        (Some(before), [old, new]) if *before == old => new,
        (Some(before), [old, new]) if *before == new => old,
        _ => return Err(mismatch(node, PATH)),
    };
    let Some(annotations) = annotations_mut(node, edit) else {
        return Err(node.error("wrong-type", "`metadata.annotations` is not a mapping"));
    };
    let ours = [INDEX, ID].concat();
    annotations.retain(|entry| {
        let key = entry.key.text.as_str();
        !ours.contains(&key) && key != MIGRATION_ID && key != SEQUENCE_INDENT
    });
    for key in PATH {
        annotations.put(Key::new(key, edit.span()), Node::string(path.clone(), edit));
    }
    Ok(())
}

/// `namespace/kind_name.yaml`
fn default_path(node: &Node) -> EcoString {
    let text = |path: &[&str]| node.at_path(path).and_then(Node::as_text).cloned().unwrap_or_default();
    let mut path = EcoString::new();
    let namespace = text(&["metadata", "namespace"]);
    if !namespace.is_empty() {
        _ = write!(path, "{namespace}/");
    }
    _ = write!(path, "{}_{}.yaml", text(&["kind"]).to_lowercase(), text(&["metadata", "name"]));
    path
}

/// The path in an object's annotations, in either spelling.
pub fn path_of(node: &Node) -> EcoString {
    PATH.iter().find_map(|key| annotation(node, key)).unwrap_or_default()
}

/// An annotation that is not empty.
fn annotation(node: &Node, key: &str) -> Option<EcoString> {
    node.at_path(&["metadata", "annotations", key]).and_then(Node::as_text).filter(|text| !text.is_empty()).cloned()
}

fn mismatch(node: &Node, [old, new]: [&str; 2]) -> Diagnostic {
    let place = node.at_path(&["metadata", "annotations", new]).unwrap_or(node);
    let words = "resource input to function has mismatched legacy and internal path annotations";
    let error = place.error("function-annotations", format!("the annotations `{old}` and `{new}` differ"));
    error.words(format!("couldn't execute function: {words}")).help("remove one of them")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn annotations_are_added_after_the_others() {
        let text = "kind: A\nmetadata:\n  annotations:\n    a: |+\n      x\n\n    config.kubernetes.io/index: \"7\"\n  name: n\n";
        let added = annotated(text, &[("config.kubernetes.io/index", "0".into()), ("b", "it's".into())]);
        let expected = "kind: A\nmetadata:\n  annotations:\n    a: |+\n      x\n\n    config.kubernetes.io/index: \"0\"\n    \
                        b: 'it''s'\n  name: n\n";
        assert_eq!(added, expected);
    }

    #[test]
    fn annotations_are_created_if_there_are_none() {
        let added = annotated("kind: A\nmetadata:\n  name: n\nspec: {}\n", &[("b", "1".into())]);
        assert_eq!(added, "kind: A\nmetadata:\n  name: n\n  annotations:\n    b: '1'\nspec: {}\n");
        assert_eq!(annotated("kind: A\n", &[("b", "1".into())]), "kind: A\nmetadata:\n  annotations:\n    b: '1'\n");
    }

    #[test]
    fn lines_are_indented_except_empty_ones() {
        let mut out = String::new();
        indent(&mut out, "a: |\n  x\n\n  y\n", "- ");
        assert_eq!(out, "- a: |\n    x\n\n    y\n");
    }
}
