//! JSON patches (RFC 6902) applied to nodes, as evanphx/json-patch v4 applies them for kustomize.
//!
//! More lenient than the RFC: `replace` of a missing key adds it, `test` of a missing key equals null, negative indices
//! count from the end, and the text before the first slash of a path is ignored. The object makes a round trip through
//! JSON: integers beyond 2^53 lose digits.

use ecow::EcoString;
use serde::Deserialize;

use crate::diagnostic::{Diagnostic, Diagnostics, Result};
use crate::kustomize_words::quote;
use crate::resource::is_recorded;
use crate::source::Span;
use crate::yaml::provenance::Edit;
use crate::yaml::scalar::{self, Number};
use crate::yaml::{Dialect, Key, Located, Node, Scalar, Tag, Unknown, Value, decode};

/// One operation.
#[derive(Clone, Debug)]
pub struct Operation {
    op: Located<String>,
    path: Option<Located<String>>,
    from: Option<Located<String>>,
    value: Option<Node>,
    span: Span,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Parts {
    op: Located<String>,
    path: Option<Located<String>>,
    from: Option<Located<String>>,
}

/// Reads the operations of a patch.
///
/// # Errors
/// It is not a list of mappings with strings for `op`, `path`, and `from`.
pub fn operations(patch: &Node) -> Result<Vec<Operation>> {
    let Some(items) = patch.as_sequence() else {
        let message = format!("expected a list of operations, found {}", patch.type_name());
        let kind = match (patch.as_mapping(), patch.as_str()) {
            (Some(_), _) => "object",
            (_, Some(_)) => "string",
            _ => "number",
        };
        let words = format!("json: cannot unmarshal {kind} into Go value of type jsonpatch.Patch");
        return Err(patch.error("json-patch", message).words(words).into());
    };
    let read = |item: &Node| -> Result<Operation> {
        let Parts { op, path, from } = decode(item, Unknown::Ignore)?;
        let value = item.get("value").cloned();
        value.iter().try_for_each(check_value)?;
        Ok(Operation { op, path, from, value, span: item.span() })
    };
    let (mut operations, mut errors) = (Vec::with_capacity(items.len()), Vec::new());
    for item in items {
        match read(item) {
            Ok(operation) => operations.push(operation),
            Err(found) => errors.extend(found.into_vec()),
        }
    }
    Diagnostics::check(errors)?;
    Ok(operations)
}

/// JSON has no infinities. If a key appears twice, JSON would use the last one, but that is probably unintended.
fn check_value(node: &Node) -> Result<(), Diagnostic> {
    match node.value() {
        Value::Scalar(scalar) if scalar.tag == Tag::Float && !scalar.number().is_some_and(|number| number.is_finite()) => {
            Err(node.error("json-patch", format!("`{}` can't be part of a JSON patch: JSON has no such number", scalar.text)))
        }
        Value::Scalar(_) => Ok(()),
        Value::Sequence(items) => items.iter().try_for_each(check_value),
        Value::Mapping(mapping) => match mapping.duplicate_key() {
            Some((first, second)) => Err(Diagnostic::error(
                "duplicate-key",
                format!("the key `{}` appears twice in the value of a JSON patch", second.text),
            )
            .at(second.span())
            .label(first.span(), "first defined here")
            .help("remove one of them")),
            None => mapping.iter().try_for_each(|entry| check_value(&entry.value)),
        },
    }
}

/// Applies all operations in order.
///
/// # Errors
/// An operation is unknown or does not apply; the location is the operation's.
pub fn apply(document: &mut Node, operations: &[Operation], edit: &mut Edit<'_>) -> Result<(), Diagnostic> {
    round_trip(document, false, edit);
    operations.iter().try_for_each(|operation| operation.apply(document, edit))?;
    restyle(document);
    Ok(())
}

/// The language of a patch: JSON if it begins with `[`, or else YAML.
///
/// # Errors
/// It begins with `[`, but is not valid JSON. `whole` is the span of the text.
pub fn dialect(text: &str, whole: Span) -> Result<Dialect, Diagnostic> {
    if !text.starts_with('[') {
        return Ok(Dialect::Yaml11);
    }
    let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(text) else { return Ok(Dialect::Json) };
    let before: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let at = (before + error.column().saturating_sub(1)).min(text.len()) as u32;
    let place = Span { start: whole.start + at, end: whole.start + at, ..whole };
    Err(Diagnostic::error("json-syntax", format!("a patch that starts with `[` must be valid JSON: {error}"))
        .at(place)
        .help("quote its keys and strings, or write it as a YAML list of `- op: ...`"))
}

impl Operation {
    /// The location of the operation.
    pub fn span(&self) -> Span {
        self.span
    }

    /// The paths that it names, as written.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.path.iter().chain(&self.from).map(|path| path.value.as_str())
    }

    /// Whether it removes, moves, or replaces the annotations as a whole, or one in which kustomize records a property.
    pub fn takes_annotations(&self) -> bool {
        let recorded = |pointer: &str| {
            pointer.strip_prefix("/metadata/annotations/").is_some_and(|key| is_recorded(&key.replace("~1", "/")))
        };
        let whole = |pointer: &Option<Located<String>>| {
            pointer.as_ref().is_some_and(|pointer| {
                matches!(pointer.as_str(), "" | "/metadata" | "/metadata/annotations") || recorded(pointer)
            })
        };
        whole(&self.path) || whole(&self.from)
    }

    fn apply(&self, document: &mut Node, edit: &mut Edit<'_>) -> Result<(), Diagnostic> {
        let edit = &mut edit.at(self.span);
        match self.op.value.as_str() {
            "add" => self.add(document, self.pointer("path", &self.path)?, self.value_or_null(edit)?, edit),
            "remove" => self.take(document, &self.pointer("path", &self.path)?).map(|_| ()),
            "replace" => self.replace(document, edit),
            "move" => {
                let from = self.pointer("from", &self.from)?;
                let value = self.take(document, &from)?;
                self.add(document, self.pointer("path", &self.path)?, value, edit)
            }
            "copy" => {
                let from = self.pointer("from", &self.from)?;
                let found = self.find(document, &from)?.cloned();
                let value = found.unwrap_or_else(|| null(edit));
                edit.count_copy(&value)?;
                self.add(document, self.pointer("path", &self.path)?, value, edit)
            }
            "test" => self.test(document),
            other => {
                let message = "expected one of `add`, `remove`, `replace`, `move`, `copy`, `test`";
                let error = Diagnostic::error("json-patch", format!("{message}, found `{other}`"));
                let words = format!("Unexpected kind: {}", if other.is_empty() { "unknown" } else { other });
                Err(error.at(self.op.span.unwrap_or(self.span)).words(words))
            }
        }
    }

    fn pointer(&self, field: &str, pointer: &Option<Located<String>>) -> Result<Pointer, Diagnostic> {
        let op = self.op.value.as_str();
        let why = match (op, field) {
            ("add" | "remove", _) | ("copy", "path") => "missing value",
            (_, "from") => "operation, missing from field: missing value",
            _ => "operation missing path field: missing value",
        };
        let words = || format!("{op} operation failed to decode {field}: {why}");
        let wrong = |message: String| Diagnostic::error("json-patch", message).at(self.span).words(words());
        let Some(pointer) = pointer else { return Err(wrong(format!("the operation `{}` has no `{field}`", self.op.value))) };
        let mut parts: Vec<EcoString> =
            pointer.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~").into()).collect();
        let Some(key) = parts.pop() else {
            return Err(wrong(format!("the path `{}` does not name a field", pointer.value)).help("start the path with `/`"));
        };
        let (op, from) = (op.to_owned(), field == "from");
        Ok(Pointer { op, from, text: pointer.value.clone(), span: pointer.span.unwrap_or(self.span), parents: parts, key })
    }

    fn value_or_null(&self, edit: &mut Edit<'_>) -> Result<Node, Diagnostic> {
        let Some(mut value) = self.value.clone() else { return Ok(null(edit)) };
        edit.count_copy(&value)?;
        round_trip(&mut value, false, edit);
        quote_keys(&mut value);
        Ok(value)
    }

    fn add(&self, document: &mut Node, pointer: Pointer, value: Node, edit: &mut Edit<'_>) -> Result<(), Diagnostic> {
        let container = pointer.container(document)?;
        if let Some(mapping) = container.as_mapping_mut() {
            match mapping.get_mut(&pointer.key) {
                Some(field) => field.replace_with(value, edit),
                None => mapping.push(Key::string(pointer.key.clone(), pointer.span), value),
            }
        } else if let Some(items) = container.as_sequence_mut() {
            let index = if pointer.key == "-" { items.len() } else { pointer.index(items.len() + 1)? };
            items.insert(index, value);
        }
        Ok(())
    }

    fn replace(&self, document: &mut Node, edit: &mut Edit<'_>) -> Result<(), Diagnostic> {
        if self.path.as_ref().is_some_and(|path| path.is_empty()) {
            return self.replace_root(document, edit);
        }
        let pointer = self.pointer("path", &self.path)?;
        let value = self.value_or_null(edit)?;
        let container = pointer.container(document)?;
        if let Some(length) = container.as_sequence().map(<[Node]>::len) {
            let index = pointer.index(length)?;
            if let Some(item) = container.items_mut().and_then(|items| items.get_mut(index)) {
                item.replace_with(value, edit);
            }
            return Ok(());
        }
        self.add(document, pointer, value, edit)
    }

    fn replace_root(&self, document: &mut Node, edit: &mut Edit<'_>) -> Result<(), Diagnostic> {
        let value = self.value_or_null(edit)?;
        if value.as_mapping().is_none() {
            let message = format!("expected a mapping to replace the object, found {}", value.type_name());
            return Err(value.error("json-patch", message));
        }
        document.replace_with(value, edit);
        Ok(())
    }

    fn take(&self, document: &mut Node, pointer: &Pointer) -> Result<Node, Diagnostic> {
        let container = pointer.container(document)?;
        if let Some(mapping) = container.as_mapping_mut() {
            return mapping.remove(&pointer.key).map(|entry| entry.value).ok_or_else(|| {
                let keys = mapping.iter().map(|entry| entry.key.text.as_str());
                let near = crate::diagnostic::did_you_mean(&pointer.key, keys);
                pointer
                    .error(format!("there is no `{}` to remove", pointer.key))
                    .words(pointer.at_key(&format!("Unable to remove nonexistent key: {}: missing value", pointer.key)))
                    .help_if(near.map(|near| format!("did you mean `{near}`?")))
            });
        }
        let Some(items) = container.as_sequence_mut() else { return Err(pointer.error("there is nothing to remove".into())) };
        let index = pointer.index(items.len())?;
        Ok(items.remove(index))
    }

    fn find<'n>(&self, document: &'n mut Node, pointer: &Pointer) -> Result<Option<&'n Node>, Diagnostic> {
        let container = pointer.container(document)?;
        match container.as_sequence() {
            Some(items) => pointer.index(items.len()).map(|index| items.get(index)),
            None => Ok(container.get(&pointer.key)),
        }
    }

    fn test(&self, document: &mut Node) -> Result<(), Diagnostic> {
        let wanted = self.value.as_ref().filter(|node| !node.is_null());
        if let Some(path) = self.path.as_ref().filter(|path| path.is_empty()) {
            let same = wanted.is_some_and(|wanted| json_equal(document, wanted));
            let error =
                || Diagnostic::error("json-patch", "the test of the whole object failed").at(path.span.unwrap_or(self.span));
            return if same { Ok(()) } else { Err(error().words("testing value  failed: test failed")) };
        }
        let pointer = self.pointer("path", &self.path)?;
        let is_secret = document.get("kind").and_then(Node::as_str) == Some("Secret");
        let found = self.find(document, &pointer)?.filter(|node| !node.is_null());
        let same = match (found, wanted) {
            (Some(found), Some(wanted)) => json_equal(found, wanted),
            (found, wanted) => found.is_none() && wanted.is_none(),
        };
        if same {
            return Ok(());
        }
        if is_secret {
            let error = pointer.error(format!("the test of `{}` failed: the Secret has a different value", pointer.text));
            return Err(error.words(format!("testing value {} failed: test failed", pointer.text)));
        }
        let shown = |node: Option<&Node>| match node {
            None => "nothing".into(),
            Some(node) => node.as_scalar().map_or(node.type_name().to_owned(), |scalar| format!("`{}`", scalar.text)),
        };
        let (found, wanted) = (shown(found), shown(wanted));
        let difference =
            if found == wanted { "found a different value".into() } else { format!("expected {wanted}, found {found}") };
        let error = pointer.error(format!("the test of `{}` failed: {difference}", pointer.text));
        Err(error.words(format!("testing value {} failed: test failed", pointer.text)))
    }
}

/// A path to a field of a mapping or an item of a list.
struct Pointer {
    /// The operation, and whether this is its `from`.
    op: String,
    from: bool,
    text: String,
    span: Span,
    parents: Vec<EcoString>,
    key: EcoString,
}

impl Pointer {
    fn error(&self, message: String) -> Diagnostic {
        Diagnostic::error("json-patch", message).at(self.span)
    }

    /// What kustomize says if the field's container does not exist.
    fn no_container(&self) -> String {
        let (op, path) = (self.op.as_str(), &self.text);
        match op {
            "add" | "remove" => format!("{op} operation does not apply: doc is missing path: \"{path}\": missing value"),
            "test" => format!("test operation does not apply: is missing path: {path}: missing value"),
            "move" | "copy" if self.from => {
                format!("{op} operation does not apply: doc is missing from path: {path}: missing value")
            }
            "move" | "copy" => format!("{op} operation does not apply: doc is missing destination path: {path}: missing value"),
            _ => format!("{op} operation does not apply: doc is missing path: {path}: missing value"),
        }
    }

    /// What kustomize says about the field in its container.
    fn at_key(&self, problem: &str) -> String {
        match (self.op.as_str(), self.from) {
            ("replace", _) => format!("replace operation does not apply: doc is missing key: {}: missing value", self.text),
            ("move", true) => format!("error in move for path: '{}': {problem}", self.key),
            ("copy", true) => format!("error in copy for from: '{}': {problem}", self.text),
            (op, _) => format!("error in {op} for path: '{}': {problem}", self.text),
        }
    }

    /// The mapping or list that contains the field.
    fn container<'n>(&self, document: &'n mut Node) -> Result<&'n mut Node, Diagnostic> {
        let mut node = document;
        for (depth, part) in self.parents.iter().enumerate() {
            let missing = |what: &str| {
                let path: String = self.parents[..=depth].iter().flat_map(|part| ["/", part.as_str()]).collect();
                self.error(format!("`{}` does not apply: there is {what} `{path}`", self.text)).words(self.no_container())
            };
            let length = node.as_sequence().map(<[Node]>::len);
            node = match length {
                Some(length) => {
                    let index = self.index_of(part, length).map_err(|error| error.words(self.no_container()))?;
                    node.items_mut().and_then(|items| items.get_mut(index)).ok_or_else(|| missing("no"))?
                }
                None => node.get_mut(part).ok_or_else(|| missing("no"))?,
            };
            if node.as_scalar().is_some() {
                return Err(missing("no mapping or list at"));
            }
        }
        Ok(node)
    }

    fn index(&self, length: usize) -> Result<usize, Diagnostic> {
        self.index_of(&self.key, length).map_err(|error| {
            let problem = match self.key.parse::<i64>() {
                Ok(index) => format!("Unable to access invalid index: {index}: invalid index referenced"),
                Err(_) if self.op == "add" => {
                    let key = quote(&self.key);
                    format!("value was not a proper array index: '{}': strconv.Atoi: parsing {key}: invalid syntax", self.key)
                }
                Err(_) => format!("strconv.Atoi: parsing {}: invalid syntax", quote(&self.key)),
            };
            error.words(self.at_key(&problem))
        })
    }

    fn index_of(&self, key: &str, length: usize) -> Result<usize, Diagnostic> {
        let wrong = |message: String| self.error(format!("`{}` does not apply: {message}", self.text));
        let index: i64 = key.parse().map_err(|_| wrong(format!("`{key}` is not a valid list index")))?;
        let from_end = if index < 0 { index + length as i64 } else { index };
        usize::try_from(from_end)
            .ok()
            .filter(|index| *index < length)
            .ok_or_else(|| wrong(format!("the index {index} is out of range: the list has {length} items")))
    }
}

fn null(edit: &mut Edit<'_>) -> Node {
    Node::new(Value::Scalar(Scalar::new(Tag::Null, "null")), edit)
}

/// The document after a round trip through JSON and Go's `float64`; it may be inside brackets.
pub(crate) fn round_trip(node: &mut Node, in_brackets: bool, edit: &mut Edit<'_>) {
    let in_brackets = in_brackets || node.in_brackets();
    if !changes(node, in_brackets) {
        return;
    }
    if let Some(scalar) = node.as_scalar() {
        let new = through_json(scalar, in_brackets);
        let span = node.span();
        // Only a number that loses digits is a different value.
        let is_same = match (scalar.number(), new.number()) {
            (Some(Number::Float(old)), Some(new)) => old == new.as_f64(),
            (old, new) => old == new,
        };
        if new != *scalar && is_same {
            node.respell(Scalar { shared: scalar.shared, ..new });
        } else if new != *scalar {
            node.set(Value::Scalar(new), &mut edit.at(span));
        }
    } else if let Some(items) = node.items_mut() {
        items.iter_mut().for_each(|item| round_trip(item, in_brackets, edit));
    } else if let Some(mapping) = node.as_mapping_mut() {
        mapping.iter_mut().for_each(|entry| round_trip(&mut entry.value, in_brackets, edit));
    }
}

/// Writes all values as go-yaml does, because kustomize prints the patched JSON as YAML and reads it back. Only `{}` and `[]`
/// are written in brackets.
fn restyle(node: &mut Node) {
    node.set_brackets(node.is_empty());
    if let Some(scalar) = node.as_scalar() {
        let fresh = Scalar::printed(scalar.tag, scalar.text.clone());
        if (fresh.quotes, fresh.shared) != (scalar.quotes, scalar.shared) {
            node.respell(fresh);
        }
    } else if let Some(items) = node.items_mut() {
        items.iter_mut().for_each(restyle);
    } else if let Some(mapping) = node.as_mapping_mut() {
        mapping.iter_mut().for_each(|entry| restyle(&mut entry.value));
    }
}

/// The keys of JSON are strings.
fn quote_keys(node: &mut Node) {
    if let Some(mapping) = node.as_mapping_mut() {
        for entry in mapping.iter_mut() {
            entry.key = Key::string(entry.key.text, entry.key.span());
            quote_keys(&mut entry.value);
        }
    } else if let Some(items) = node.items_mut() {
        items.iter_mut().for_each(quote_keys);
    }
}

fn changes(node: &Node, in_brackets: bool) -> bool {
    let in_brackets = in_brackets || node.in_brackets();
    match node.value() {
        Value::Scalar(scalar) => scalar.settled_tag(in_brackets) != scalar.tag || through_json(scalar, in_brackets) != *scalar,
        Value::Sequence(items) => items.iter().any(|item| changes(item, in_brackets)),
        Value::Mapping(mapping) => mapping.iter().any(|entry| changes(&entry.value, in_brackets)),
    }
}

fn through_json(scalar: &Scalar, in_brackets: bool) -> Scalar {
    match scalar.settled_tag(in_brackets) {
        Tag::Timestamp => Scalar::string(scalar::timestamp(&scalar.text).unwrap_or_else(|| scalar.text.to_string())),
        Tag::Int | Tag::Float => match scalar.number() {
            Some(Number::Int(value)) if value.unsigned_abs() <= 1 << 53 => Scalar::new(Tag::Int, ecow::eco_format!("{value}")),
            Some(number) if number.is_finite() => {
                let mut text = String::new();
                scalar::print_number(Number::Float(number.as_f64()), &mut text);
                Scalar::plain(text)
            }
            _ => scalar.clone(),
        },
        Tag::Null => Scalar::new(Tag::Null, "null"),
        Tag::Bool => Scalar::new(Tag::Bool, if scalar::bool_value(&scalar.text) { "true" } else { "false" }),
        Tag::Str => Scalar::quoted(scalar.settled_text(in_brackets).as_ref()),
    }
}

fn json_equal(a: &Node, b: &Node) -> bool {
    match (a.value(), b.value()) {
        (Value::Scalar(a), Value::Scalar(b)) => match (a.number(), b.number()) {
            (Some(a), Some(b)) => a.as_f64() == b.as_f64(),
            _ if a.tag == Tag::Bool && b.tag == Tag::Bool => scalar::bool_value(&a.text) == scalar::bool_value(&b.text),
            _ => a.tag == b.tag && (a.text == b.text || a.tag == Tag::Null),
        },
        (Value::Sequence(a), Value::Sequence(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| json_equal(a, b)),
        (Value::Mapping(a), Value::Mapping(b)) => {
            a.len() == b.len()
                && a.iter().all(|entry| b.get(&entry.key.text).is_some_and(|value| json_equal(&entry.value, value)))
        }
        _ => false,
    }
}
