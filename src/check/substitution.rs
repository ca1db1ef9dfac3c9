//! Replaces placeholders as Flux does after a build (`postBuild`), so that the objects are checked as the server sees them.
//!
//! Flux prints each object as YAML, replaces the variables in the text, and reads it as YAML 1.1. Here, this is done value by value,
//! so that each keeps its location. Values of Secrets are never inserted: what uses them is not known. Behavior:
//! kustomize-controller's `SubstituteVariables`.

use std::cell::Cell;
use std::collections::BTreeMap;

use super::prepared::Prepared;
use crate::diagnostic::Diagnostic;
use crate::finding::Finding;
use crate::resource::ResId;
use crate::source::Span;
use crate::substitute::{Error, substitute};
use crate::validate::Path;
use crate::yaml::{Dialect, Key, Mapping, Node, Tag, Value, emit, read_first};

/// The label or annotation of objects in which nothing is replaced.
const OPT_OUT: &str = "kustomize.toolkit.fluxcd.io/substitute";

/// The variables: a value, or none if it exists but is not known.
pub type Variables = BTreeMap<String, Option<String>>;

/// Where the values of variables come from.
#[derive(Debug, Default)]
pub struct Flux {
    /// The sources; later ones take precedence.
    pub sources: Vec<Values>,
}

/// A source of values.
#[derive(Debug)]
pub enum Values {
    /// The content of a file.
    Known(Variables),
    /// A ConfigMap or Secret among the objects.
    Object {
        /// `ConfigMap` or `Secret`.
        kind: String,
        /// Its namespace; empty for any.
        namespace: String,
        /// Its name.
        name: String,
    },
}

/// The data of a ConfigMap, or the keys of a Secret.
pub fn data(object: &Node) -> Variables {
    let is_public = object.get("kind").and_then(Node::as_str) == Some("ConfigMap");
    let fields: &[&str] = if is_public { &["data"] } else { &["data", "stringData"] };
    let entries = fields.iter().filter_map(|field| object.get(field)?.as_mapping()).flatten();
    let value = |node: &Node| node.as_scalar().filter(|_| is_public).and_then(|scalar| readable(&scalar.text));
    entries.map(|entry| (entry.key.text.to_string(), value(&entry.value))).collect()
}

/// The value of a variable, unless it is encrypted. Flux removes line breaks.
pub fn readable(text: &str) -> Option<String> {
    (!(text.starts_with("ENC[") && text.ends_with(']'))).then(|| text.replace('\n', ""))
}

/// Replaces the placeholders of all objects.
pub fn run(objects: &[Node], flux: &Flux) -> Prepared {
    let (variables, is_complete) = variables(objects, flux);
    let mut run = Run { variables, is_complete, prepared: Prepared::default(), here: Vec::new() };
    for object in objects {
        let is_left = run.variables.is_empty() || opts_out(object);
        let replaced = if is_left { object.clone() } else { run.node(object, &Path::ROOT) };
        let id = ResId::of(object);
        let findings = std::mem::take(&mut run.here).into_iter();
        run.prepared.findings.push(findings.map(|(error, field)| Finding::about(&id, field, error)).collect());
        run.prepared.objects.push(replaced);
    }
    run.prepared
}

/// The variables, and whether all their sources are available.
fn variables(objects: &[Node], flux: &Flux) -> (Variables, bool) {
    let (mut all, mut is_complete) = (Variables::new(), true);
    for source in &flux.sources {
        match source {
            Values::Known(known) => all.extend(known.clone()),
            Values::Object { kind, namespace, name } => {
                let is_it = |object: &&Node| {
                    let id = ResId::of(object);
                    let is_there = namespace.is_empty() || id.namespace.is_empty() || id.namespace == namespace.as_str();
                    id.gvk.kind == kind.as_str() && id.gvk.group.is_empty() && id.name == name.as_str() && is_there
                };
                match objects.iter().find(is_it) {
                    Some(object) => all.extend(data(object)),
                    None => is_complete = false,
                }
            }
        }
    }
    (all, is_complete)
}

fn opts_out(object: &Node) -> bool {
    let is_disabled = |field: &str| {
        object.at_path(&["metadata", field]).and_then(|entries| entries.get(OPT_OUT)).and_then(Node::as_str) == Some("disabled")
    };
    is_disabled("labels") || is_disabled("annotations")
}

struct Run {
    variables: Variables,
    /// Whether a variable without a value is an error: otherwise, it may be in a source that is not available.
    is_complete: bool,
    prepared: Prepared,
    here: Vec<(Diagnostic, String)>,
}

impl Run {
    fn node(&mut self, node: &Node, path: &Path<'_>) -> Node {
        let read = |value: Value| Node::read(value, node.span(), node.origin());
        match node.value() {
            Value::Scalar(scalar) if scalar.tag == Tag::Str && scalar.text.contains('$') => self.scalar(node, &scalar.text, path),
            Value::Scalar(_) => node.clone(),
            Value::Sequence(items) => {
                let item = |(at, item): (usize, &Node)| self.node(item, &path.index(at));
                read(Value::Sequence(items.iter().enumerate().map(item).collect()))
            }
            Value::Mapping(mapping) => {
                let mut replaced = Mapping::default();
                for entry in mapping {
                    // Keys that are not names of fields are in brackets.
                    let is_name = entry.key.text.chars().all(|c| c.is_ascii_alphanumeric());
                    let path = if is_name { path.field(&entry.key.text) } else { path.key(&entry.key.text) };
                    let key = match entry.key.text.contains('$') {
                        true => self.text(&entry.key.text, entry.key.span(), &path).map(|text| Key::new(text, entry.key.span())),
                        false => None,
                    };
                    let value = self.node(&entry.value, &path);
                    replaced.push(key.unwrap_or(entry.key), value);
                }
                read(Value::Mapping(replaced))
            }
        }
    }

    fn scalar(&mut self, node: &Node, text: &str, path: &Path<'_>) -> Node {
        if self.text(text, node.span(), path).is_none_or(|replaced| replaced == text) {
            return node.clone();
        }
        self.prepared.replaced.insert(node.span());
        match self.reread(node) {
            Some(read) => at(&read, node),
            None => {
                let message = "the value is not valid YAML after its placeholders are replaced";
                self.here.push((node.error("substitution", message), path.to_string()));
                self.prepared.unknown.insert(node.span());
                node.clone()
            }
        }
    }

    /// Prints a value as the build does, replaces the placeholders in the text, and reads it.
    fn reread(&self, node: &Node) -> Option<Node> {
        let mut holder = Mapping::default();
        holder.push(Key::new("value", node.span()), node.clone());
        let mut printed = String::new();
        emit(&Node::read(Value::Mapping(holder), node.span(), node.origin()), &mut printed).ok()?;
        let replaced = substitute(&printed, &|name| self.variables.get(name)?.as_deref(), true).ok()?;
        let document = read_first(&replaced, node.span().source, node.origin(), Dialect::Yaml11).ok()??;
        match document.as_mapping().map(Mapping::len) {
            Some(1) => document.get("value").cloned(),
            _ => None,
        }
    }

    /// A text with its variables; `None` if it is not known.
    fn text(&mut self, text: &str, span: Span, path: &Path<'_>) -> Option<String> {
        let is_secret = Cell::new(false);
        let value = |name: &str| {
            let value = self.variables.get(name)?;
            is_secret.set(is_secret.get() || value.is_none());
            Some(value.as_deref().unwrap_or(""))
        };
        let replaced = substitute(text, &value, true);
        match replaced {
            Ok(replaced) if !is_secret.get() => return Some(replaced),
            Ok(_) => {}
            Err(Error::Unset(name)) => {
                if self.is_complete {
                    let warning = Diagnostic::warning("unset-variable", format!("the variable `{name}` has no value")).at(span);
                    let help = "add it to a source in `placeholders.flux.values`, or write a default: ";
                    let warning = warning.help(format!("{help}`${{{name}:=value}}`"));
                    self.here.push((warning, path.to_string()));
                }
            }
            Err(Error::Malformed(cause)) => {
                let error =
                    Diagnostic::error("substitution", format!("Flux can't replace the placeholders of this value: {cause}"));
                let error = error.at(span).help("write `$${` for text that is not a placeholder");
                self.here.push((error, path.to_string()));
            }
        }
        self.prepared.unknown.insert(span);
        None
    }
}

/// A value that takes the place of another one.
fn at(value: &Node, place: &Node) -> Node {
    let inner = match value.value() {
        Value::Scalar(scalar) => Value::Scalar(scalar.clone()),
        Value::Sequence(items) => Value::Sequence(items.iter().map(|item| at(item, place)).collect()),
        Value::Mapping(mapping) => {
            let mut moved = Mapping::default();
            for entry in mapping {
                moved.push(entry.key.moved(place.span()), at(&entry.value, place));
            }
            Value::Mapping(moved)
        }
    };
    Node::read(inner, place.span(), place.origin())
}
