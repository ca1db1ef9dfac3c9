//! `ValueAddTransformer`, for objects under `transformers` only: writes one value to fields of many objects.
//!
//! By default, the value is the name of the kustomization's directory. In a field that contains a file path, it can be
//! inserted as one part of the path. Behavior: kustomize's `ValueAddTransformer`, with paths as in kyaml's `PathGetter`,
//! which creates what is missing.

use ecow::{EcoString, EcoVec};
use serde::Deserialize;

use super::namespace::Namespace;
use super::patches::SelectorConfig;
use super::{Configured, Form, TransformerKind};
use crate::diagnostic::{Diagnostic, Result};
use crate::resource::{ResMap, Selector};
use crate::source::Span;
use crate::stage::{Context, Transformer};
use crate::yaml::provenance::Edit;
use crate::yaml::{Dialect, Key, Located, Mapping, Node, Scalar, Unknown, Value, decode_object, path};

/// The table row of this transformer.
pub const KIND: TransformerKind = TransformerKind { fields: &[], kind: "ValueAddTransformer", decode: configure };

struct ValueAdd {
    value: String,
    span: Span,
    targets: Vec<Target>,
}

struct Target {
    selector: Option<Selector>,
    path: Located<String>,
    file_path_position: usize,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Config {
    value: Located<String>,
    targets: Vec<Located<TargetConfig>>,
    target_file_path: Located<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct TargetConfig {
    selector: Option<SelectorConfig>,
    field_path: Located<String>,
    file_path_position: Located<i64>,
}

fn configure(form: Form<'_>, context: &mut Context<'_>) -> Result<Vec<Configured>> {
    let Form::Object(object) = form else { return Ok(Vec::new()) };
    let mut config: Config = decode_object(object, Unknown::Ignore)?;
    config.targets.extend(targets_of_file(&config.target_file_path, context)?);
    if config.targets.is_empty() {
        let help = "list them under `targets`, such as `- fieldPath: metadata/namespace`";
        let error = object.error("missing-field", "at least one target is required");
        return Err(error.words("must specify at least one target").help(help).into());
    }
    let targets = config.targets.into_iter().map(|target| compile(target, object.span())).collect::<Result<_, _>>()?;
    let directory = || context.loader.root().file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let value = match config.value.trim() {
        "" => directory(),
        value => value.to_owned(),
    };
    let span = config.value.span.unwrap_or(object.span());
    Ok(vec![Configured::new(KIND.kind, ValueAdd { value, span, targets })])
}

fn targets_of_file(path: &Located<String>, context: &mut Context<'_>) -> Result<Vec<Located<TargetConfig>>> {
    let Some(span) = path.span.filter(|_| !path.is_empty()) else { return Ok(Vec::new()) };
    let source = context.read_text(path).map_err(|error| error.at(span))?;
    match context.records.first_document(source, context.step, Dialect::Yaml11)? {
        Some(document) => Ok(decode_object::<Config>(&document, Unknown::Ignore)?.targets),
        None => Ok(Vec::new()),
    }
}

fn compile(target: Located<TargetConfig>, around: Span) -> Result<Target, Diagnostic> {
    let span = target.span.unwrap_or(around);
    let TargetConfig { selector, field_path, file_path_position: position } = target.value;
    if field_path.is_empty() {
        let error = Diagnostic::error("missing-field", "`fieldPath` is required").at(span);
        return Err(error.words("fieldPath cannot be empty").help("specify the field to write to"));
    }
    let file_path_position = usize::try_from(position.value).map_err(|_| {
        let message = format!("`filePathPosition` must not be negative, found {}", position.value);
        let words = format!("value of FilePathPosition ({}) cannot be negative", position.value);
        Diagnostic::error("wrong-value", message).at(position.span.unwrap_or(span)).words(words)
    })?;
    Ok(Target { selector: selector.map(|selector| selector.compile()).transpose()?, path: field_path, file_path_position })
}

impl Transformer for ValueAdd {
    fn transform(&self, resources: &mut ResMap, context: &mut Context<'_>) -> Result<()> {
        for target in &self.targets {
            let positions = match &target.selector {
                Some(selector) => selector.select(resources),
                None => resources.positions().collect(),
            };
            for at in positions {
                let edit = &mut context.edit(self.span);
                resources.edit(at, |resource| match target.path.as_str() {
                    "metadata/namespace" => Namespace::bare(&self.value, self.span).apply(resource, edit),
                    _ => resource.edit(|node| target.set(node, &self.value, edit)),
                })?;
            }
        }
        Ok(())
    }
}

impl Target {
    fn set(&self, object: &mut Node, value: &str, edit: &mut Edit<'_>) -> Result<(), Diagnostic> {
        let parts = path::split(&self.path, '/');
        let parts: Vec<&str> = path::clean(&parts);
        let at = self.path.span.unwrap_or(edit.span());
        let found = find_or_make(object, &parts, edit).map_err(|error| error.at(at))?;
        let Some((field, is_new)) = found else { return Ok(()) };
        let Some(old) = field.as_scalar() else {
            return Err(field.error("wrong-type", format!("expected a scalar, found {}", field.type_name())));
        };
        let text = match self.file_path_position {
            0 => value.to_owned(),
            position => insert_part(&old.text, position - 1, value),
        };
        let scalar = if is_new { Scalar::untagged(text) } else { Scalar::rewritten(old, text) };
        field.set(Value::Scalar(scalar), edit);
        Ok(())
    }
}

/// The value at a path and whether it was created; missing fields and list items by name are created, items by index are not.
fn find_or_make<'n>(node: &'n mut Node, parts: &[&str], edit: &mut Edit<'_>) -> Result<Option<(&'n mut Node, bool)>, Diagnostic> {
    let Some((part, rest)) = parts.split_first() else { return Ok(Some((node, false))) };
    let wrong = |message: String| Diagnostic::error("field-path", message);
    let type_name = node.type_name();
    let a_list = || wrong(format!("expected a list for `{part}` in the path, found {type_name}"));
    let made;
    let next = if let Ok(index) = part.parse::<i64>() {
        let index = usize::try_from(index).map_err(|_| wrong(format!("the index must not be negative, found {index}")))?;
        made = false;
        node.items_mut().ok_or_else(a_list)?.get_mut(index)
    } else if *part == "-" {
        made = false;
        node.items_mut().ok_or_else(a_list)?.last_mut()
    } else if *part == "*" {
        return Err(wrong("`*` matches several values, but a single value is required here".into()));
    } else if let Some(inside) = part.strip_prefix('[').and_then(|part| part.strip_suffix(']')) {
        let Some((name, value)) = inside.split_once('=') else {
            return Err(wrong(format!("expected `[name=value]`, found `{part}`")));
        };
        let items = node.as_sequence_mut().ok_or_else(a_list)?;
        let named = |item: &Node| {
            if name.is_empty() { item.as_scalar() } else { item.get(name).and_then(Node::as_scalar) }
                .is_some_and(|scalar| scalar.text == value)
        };
        let at = items.iter().position(named);
        made = at.is_none();
        if made {
            items.push(element(name, value, edit));
        }
        let at = at.unwrap_or(items.len() - 1);
        items.make_mut().get_mut(at)
    } else {
        let a_mapping = || wrong(format!("expected a mapping for `{part}` in the path, found {type_name}"));
        let mapping = node.as_mapping_mut().ok_or_else(a_mapping)?;
        made = mapping.get(part).is_none_or(Node::is_null);
        if made {
            let new = Node::new(empty_for(rest.first().copied()), edit);
            mapping.put(Key::new(*part, edit.span()), new);
        }
        mapping.get_mut(part)
    };
    match next {
        Some(next) if rest.is_empty() => Ok(Some((next, made))),
        Some(next) => find_or_make(next, rest, edit),
        None => Ok(None),
    }
}

/// The value that a missing field is created with, depending on the part that follows.
fn empty_for(next: Option<&str>) -> Value {
    match next {
        None => Value::Scalar(Scalar::string("")),
        Some(next) if next.starts_with('[') || next.parse::<u32>().is_ok() => Value::Sequence(EcoVec::new()),
        Some(_) => Value::Mapping(Mapping::default()),
    }
}

/// A new item of a list: a string, or a mapping with its name.
fn element(name: &str, value: &str, edit: &mut Edit<'_>) -> Node {
    let scalar = Node::new(Value::Scalar(Scalar::untagged(value)), edit);
    if name.is_empty() {
        return scalar;
    }
    let mut mapping = Mapping::default();
    mapping.push(Key::new(name, edit.span()), scalar);
    Node::new(Value::Mapping(mapping), edit)
}

/// A file path with a part inserted; an absolute path stays absolute. A position that is too large means the end.
fn insert_part(file_path: &str, position: usize, part: &str) -> String {
    let (root, relative) = file_path.strip_prefix('/').map_or(("", file_path), |relative| ("/", relative));
    let mut parts: Vec<EcoString> = relative.split('/').filter(|part| !part.is_empty()).map(EcoString::from).collect();
    parts.insert(position.min(parts.len()), part.into());
    format!("{root}{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_inserted_into_a_file_path() {
        let cases = [
            ("", 0, "P"),
            ("/", 0, "/P"),
            ("pie", 0, "P/pie"),
            ("/pie", 0, "/P/pie"),
            ("raw", 1, "raw/P"),
            ("/raw", 9, "/raw/P"),
            ("a/nice/warm/pie", 3, "a/nice/warm/P/pie"),
            ("/a/nice/warm/pie", 3, "/a/nice/warm/P/pie"),
        ];
        for (path, position, expected) in cases {
            assert_eq!(insert_part(path, position, "P"), expected, "{path}");
        }
    }
}
