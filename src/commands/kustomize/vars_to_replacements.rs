//! Vars of a kustomization as replacements, and placeholders in the files that use them.
//!
//! Behavior: kustomize's `ConvertVarsToReplacements`, with its peculiarities: files of bases are only found one level deep, a var
//! counts once in a value, and the path of a field contains its keys as they are printed, with quotes and comments, so that
//! kustomize can't build the result. `render edit fix` writes the keys themselves, and keeps the replacements that exist.

use std::collections::HashMap;

use anyhow::{Result, anyhow, bail};
use serde_json::{Map, Value, json};

use super::edited_tree::EditedTree;
use crate::edit::{FILE_NAMES, Kustomization, Style, decode_known_fields};
use crate::go_yaml::{Kind, Node, Printer, parse_text};
use crate::kustomize_words::paths;

/// The most levels of bases.
const DEPTH: usize = 100;

/// Converts the vars, and puts placeholders in the place of their uses in files.
///
/// # Errors
/// A base is not a valid kustomization, or a use can't be converted. The files of vars before that one are changed already.
pub fn convert(kustomization: &mut Kustomization, tree: &mut EditedTree, style: Style) -> Result<()> {
    let Some(Value::Array(vars)) = kustomization.value("vars").cloned() else { return Ok(()) };
    let mut search = Search { style, tree, files: Vec::new(), patches: HashMap::new() };
    search.add(&kustomization.texts("resources"), kustomization.list("patches"), "", 0)?;
    let mut replacements = match style {
        Style::Compat => Vec::new(),
        Style::Surgical => kustomization.list("replacements").to_vec(),
    };
    for var in &vars {
        let name = text(var, &["name"]);
        let targets = search.targets(name)?;
        let mut replacement = json!({"source": source(var)});
        if let (Some(fields), false) = (replacement.as_object_mut(), targets.is_empty()) {
            fields.insert("targets".into(), targets.into());
        }
        search.set_placeholders(name);
        replacements.push(replacement);
    }
    kustomization.set("replacements", replacements.into());
    kustomization.remove("vars");
    Ok(())
}

/// The source of a replacement: the field that a var reads.
fn source(var: &Value) -> Map<String, Value> {
    let (group, version) = group_and_version(text(var, &["objref", "apiVersion"]));
    filled([
        ("group", group),
        ("version", version),
        ("kind", text(var, &["objref", "kind"])),
        ("name", text(var, &["objref", "name"])),
        ("namespace", text(var, &["objref", "namespace"])),
        ("fieldPath", text(var, &["fieldref", "fieldPath"])),
    ])
}

fn text<'v>(value: &'v Value, path: &[&str]) -> &'v str {
    let found = path.iter().try_fold(value, |value, key| value.get(key));
    found.and_then(Value::as_str).unwrap_or_default()
}

fn group_and_version(api_version: &str) -> (&str, &str) {
    api_version.split_once('/').unwrap_or(("", api_version))
}

/// The fields that are not empty.
fn filled<const N: usize>(fields: [(&str, &str); N]) -> Map<String, Value> {
    let fields = fields.into_iter().filter(|(_, text)| !text.is_empty());
    fields.map(|(field, text)| (field.to_owned(), text.into())).collect()
}

struct Search<'t> {
    style: Style,
    tree: &'t mut EditedTree,
    /// The paths of all files, in order, whether they exist or not.
    files: Vec<String>,
    /// The entries of patches, by the path of their file.
    patches: HashMap<String, Value>,
}

impl Search<'_> {
    /// Adds the files of a kustomization and those of its bases.
    fn add(&mut self, resources: &[String], patches: &[Value], directory: &str, depth: usize) -> Result<()> {
        if depth > DEPTH {
            bail!("the bases are nested more than {DEPTH} levels deep");
        }
        for resource in resources {
            // kustomize does not look below the directory of the base.
            for name in self.kustomizations(resource) {
                let Some(content) = self.tree.read(&paths::clean(&format!("{resource}/{name}"))) else { continue };
                let base = decode_known_fields(&content).map_err(anyhow::Error::msg)?;
                self.add(&base.texts("resources"), base.list("patches"), resource, depth + 1)?;
            }
            self.files.push(joined(directory, resource));
        }
        for patch in patches {
            let path = text(patch, &["path"]);
            if !path.is_empty() {
                let path = joined(directory, path);
                self.patches.insert(path.clone(), patch.clone());
                self.files.push(path);
            }
        }
        Ok(())
    }

    /// The kustomization files in a directory, sorted by name.
    fn kustomizations(&self, directory: &str) -> Vec<&'static str> {
        let mut names: Vec<&str> = FILE_NAMES.into_iter().filter(|name| self.tree.has(directory, name)).collect();
        names.sort_unstable();
        names
    }

    /// The targets of a replacement: the fields that use a var.
    fn targets(&mut self, name: &str) -> Result<Vec<Value>> {
        let var = format!("$({name})");
        let mut targets = Vec::new();
        for file in &self.files {
            let Some(documents) = self.tree.read(file).and_then(|content| documents(&content)) else { continue };
            for document in &documents {
                let mut uses = Vec::new();
                find(document.root(), &var, &mut Vec::new(), self.style, &mut uses)
                    .map_err(|error| anyhow!("error with {file}: {error}"))?;
                // kustomize crashes.
                if !uses.is_empty() && document.root().kind == Kind::Sequence {
                    bail!("error with {file}: {var} is used in a list, and not in an object");
                }
                let patch = self.patches.get(file).filter(|patch| !changes_names(patch));
                let select = || patch.map_or_else(|| of_object(document), |patch| of_patch(patch, document));
                for (path, options) in uses {
                    let mut target = json!({"select": select(), "fieldPaths": [path]});
                    if let (Some(fields), false) = (target.as_object_mut(), options.is_empty()) {
                        fields.insert("options".into(), options.into());
                    }
                    targets.push(target);
                }
            }
        }
        Ok(targets)
    }

    fn set_placeholders(&mut self, name: &str) {
        let (var, placeholder) = (format!("$({name})"), format!("{name}_PLACEHOLDER"));
        for file in &self.files {
            let Some(content) = self.tree.read(file) else { continue };
            let Ok(text) = String::from_utf8(content) else { continue };
            if text.contains(&var) {
                self.tree.replace(file, text.replace(&var, &placeholder));
            }
        }
    }
}

fn joined(directory: &str, path: &str) -> String {
    paths::clean(&if directory.is_empty() { path.to_owned() } else { format!("{directory}/{path}") })
}

/// The documents of a file; `None` if it is not valid.
fn documents(content: &[u8]) -> Option<Vec<Node>> {
    let text = std::str::from_utf8(content).ok()?.replace("\r\n", "\n");
    let parts = parts(&text)?;
    let mut documents = Vec::new();
    for part in &parts {
        let Some(document) = parse_text(part).ok()? else { continue };
        if document.root().is_null() || document.content.is_empty() {
            continue;
        }
        let root = document.root();
        let kind = root.position("kind").and_then(|at| root.content.get(at)).map_or("", |kind| kind.value.as_str());
        let items = root.position("items").and_then(|at| root.content.get(at));
        let is_list = matches!(kind, "List" | "ResourceList") && (items.is_some() || root.position("functionConfig").is_some());
        if root.kind == Kind::Mapping && is_list && parts.len() == 1 {
            documents.extend(items.into_iter().flat_map(|items| items.content.clone()));
        } else {
            documents.push(document);
        }
    }
    Some(documents)
}

/// The parts between separator lines; `None` if there is something else than a comment on such a line.
fn parts(text: &str) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.match_indices("\n---").find(|(at, _)| rest[at + 1..].contains('\n')).map(|(at, _)| at) {
        let (line, after) = rest[at + 1..].split_once('\n')?;
        let behind = line[3..].trim();
        if !behind.is_empty() && !behind.starts_with('#') {
            return None;
        }
        parts.push(format!("{}\n", &rest[..at]));
        rest = after;
    }
    parts.push(rest.to_owned());
    Some(parts)
}

/// Finds the values that contain a var: the paths of their fields, and what a replacement needs to find it in the value.
fn find(
    node: &Node,
    var: &str,
    path: &mut Vec<String>,
    style: Style,
    uses: &mut Vec<(String, Map<String, Value>)>,
) -> Result<()> {
    match node.kind {
        Kind::Sequence => {
            for (at, item) in node.content.iter().enumerate() {
                path.push(at.to_string());
                find(item, var, path, style, uses)?;
                path.pop();
            }
        }
        Kind::Mapping => {
            for (key, value) in node.pairs() {
                path.push(step(key, style));
                find(value, var, path, style, uses)?;
                path.pop();
            }
        }
        Kind::Scalar if node.value.contains(var) => uses.push((path.join("."), options(&node.value, var)?)),
        _ => {}
    }
    Ok(())
}

/// A key as a part of a path. kustomize takes it as it prints it, with quotes and comments.
fn step(key: &Node, style: Style) -> String {
    let text = match style {
        Style::Compat => Printer::text_of(key).trim().to_owned(),
        Style::Surgical => key.value.clone(),
    };
    if text.contains('.') { format!("[{text}]") } else { text }
}

/// The delimiter around a var in a value, and its place between delimiters.
fn options(value: &str, var: &str) -> Result<Map<String, Value>> {
    let Some(start) = value.find(var).filter(|_| value != var) else { return Ok(Map::new()) };
    // kustomize takes bytes for characters.
    let byte = |at: usize| value.as_bytes().get(at).map_or('\0', |byte| char::from(*byte)).to_string();
    let end = start + var.len();
    let (delimiter, index) = if start == 0 {
        (byte(end), 0)
    } else if end >= value.len() {
        let delimiter = byte(start - 1);
        let index = value.split(&delimiter).count() - 1;
        (delimiter, index)
    } else {
        let (before, after) = (byte(start - 1), byte(end));
        if before != after {
            bail!("cannot convert all vars to replacements; {var} is not delimited");
        }
        let index = value.split(&before).position(|part| part == var);
        (before, index.ok_or_else(|| anyhow!("internal error: could not get index of var {var}"))?)
    };
    let mut options = filled([("delimiter", delimiter.as_str())]);
    if index > 0 {
        options.insert("index".into(), index.into());
    }
    Ok(options)
}

/// Whether a patch may change both the name and the kind of its objects, so that its file has those that they have afterwards.
fn changes_names(patch: &Value) -> bool {
    let is_on = |option: &str| patch.get("options").and_then(|options| options.get(option)) == Some(&Value::Bool(true));
    is_on("allowNameChange") && is_on("allowKindChange")
}

/// A string in the metadata of an object.
fn metadata<'n>(document: &'n Node, field: &str) -> &'n str {
    let found = child(document.root(), "metadata").and_then(|metadata| child(metadata, field));
    found.filter(|value| !value.is_null()).map_or("", |value| value.value.as_str())
}

fn child<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    node.position(key).and_then(|at| node.content.get(at))
}

/// Selects an object.
fn of_object(document: &Node) -> Map<String, Value> {
    let field = |key| child(document.root(), key).map_or("", |value| value.value.as_str());
    let (group, version) = group_and_version(field("apiVersion"));
    filled([
        ("group", group),
        ("version", version),
        ("kind", field("kind")),
        ("name", metadata(document, "name")),
        ("namespace", metadata(document, "namespace")),
    ])
}

/// Selects the objects that a patch is applied to.
fn of_patch(patch: &Value, document: &Node) -> Map<String, Value> {
    let mut select = patch.get("target").and_then(Value::as_object).cloned().unwrap_or_default();
    let is_on = |option: &str| patch.get("options").and_then(|options| options.get(option)) == Some(&Value::Bool(true));
    let kind = child(document.root(), "kind").map_or("", |value| value.value.as_str());
    if is_on("allowNameChange") {
        select.insert("name".into(), metadata(document, "name").into());
    }
    if is_on("allowKindChange") {
        select.insert("kind".into(), kind.into());
    }
    if !metadata(document, "namespace").is_empty() {
        select.insert("namespace".into(), metadata(document, "namespace").into());
    }
    select
}
