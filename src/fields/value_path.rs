//! Dotted paths of replacements and vars: `spec.template.spec.containers.[name=web].image`, `rules.*.host`, `args.0`.
//!
//! [`lookup`] finds one value, like kyaml's `PathGetter`; [`visit`] reaches every match, creates missing values on request,
//! and interprets `[name=value]` as a regular expression for the text of the value in YAML, like kyaml's `PathMatcher`.

use ecow::EcoVec;

use crate::diagnostic::Diagnostic;
use crate::go_regexp::compile;
use crate::limits::PATTERN_BYTES;
use crate::source::Sources;
use crate::yaml::provenance::{Edit, Provenance};
use crate::yaml::{self, Dialect, Expected, Key, Mapping, Node, Scalar, Value, read_first, wrong_kind};

/// The value that is created at the end of a path if it is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Make {
    /// A scalar.
    Scalar,
    /// A list.
    Sequence,
    /// A mapping.
    Mapping,
}

/// One part of a path.
enum Part<'p> {
    Field(&'p str),
    Index(usize),
    Last,
    Element(&'p str, &'p str),
    Every,
}

fn part(text: &str) -> Result<Part<'_>, Diagnostic> {
    let wrong = |message: String| Err(Diagnostic::error("field-path", message));
    if let Ok(index) = text.parse::<i64>() {
        return usize::try_from(index)
            .map(Part::Index)
            .or_else(|_| wrong(format!("the index must not be negative, found {index}")));
    }
    match text {
        "-" => Ok(Part::Last),
        "*" => Ok(Part::Every),
        _ if text.starts_with('[') && text.ends_with(']') => match text[1..text.len() - 1].split_once('=') {
            Some((name, value)) => Ok(Part::Element(name, value)),
            None => wrong(format!("expected `[name=value]`, found `{text}`")),
        },
        _ => Ok(Part::Field(text)),
    }
}

fn not_a(expected: &str, node: &Node, part: &str) -> Diagnostic {
    let message = format!("expected {expected} for `{part}` in the path, found {}", node.type_name());
    let kind = if expected == "a list" { Expected::Sequence } else { Expected::Mapping };
    Diagnostic::error("field-path", message).words(wrong_kind(kind, node)).label(node.span(), "found here")
}

/// The value at a path, if there is one.
///
/// # Errors
/// A part is malformed, or requires a field of a list, an item of a mapping, or either of a scalar.
pub fn lookup<'n>(node: &'n Node, path: &[&str]) -> Result<Option<&'n Node>, Diagnostic> {
    let mut node = node;
    for text in path {
        let found = match part(text)? {
            _ if node.is_null() => None,
            Part::Field(name) => node.as_mapping().ok_or_else(|| not_a("a mapping", node, text))?.get(name),
            Part::Index(index) => node.as_sequence().ok_or_else(|| not_a("a list", node, text))?.get(index),
            Part::Last => node.as_sequence().ok_or_else(|| not_a("a list", node, text))?.last(),
            Part::Every => {
                return Err(Diagnostic::error("field-path", "`*` matches several values, but a single value is required here"));
            }
            Part::Element(name, value) => {
                let items = node.as_sequence().ok_or_else(|| not_a("a list", node, text))?;
                let same = |item: &&Node| {
                    if name.is_empty() { item.as_scalar() } else { item.get(name).and_then(Node::as_scalar) }
                        .is_some_and(|s| s.text == value)
                };
                items.iter().find(same)
            }
        };
        match found {
            Some(found) => node = found,
            None => return Ok(None),
        }
    }
    Ok(Some(node))
}

/// Parses the text of the value `at`.
pub fn parse(text: &str, at: &Node) -> Option<Node> {
    read_first(text, at.span().source, at.origin(), Dialect::Manifest).ok()?
}

/// The texts that values were read from: a pattern matches how a value is written.
#[derive(Clone, Copy)]
pub enum Texts<'t> {
    /// The files of the build.
    Files(&'t Sources),
    /// The text of a document inside a string.
    Inside(&'t str),
}

/// How a path is followed.
#[derive(Clone, Copy)]
pub struct How<'t> {
    /// What is created at the end of the path if it is missing; `None` if nothing is.
    pub make: Option<Make>,
    /// The texts that the values were read from.
    pub texts: Texts<'t>,
}

impl Texts<'_> {
    /// A value as kyaml prints it.
    fn print(self, node: &Node, provenance: &Provenance) -> String {
        match (self, node.as_scalar()) {
            (Texts::Inside(text), _) => yaml::written(text, node),
            (Texts::Files(sources), Some(scalar)) if !provenance.is_as_read(node) => {
                let history = provenance.history(node);
                let old = history.first().filter(|old| provenance.is_as_read(old));
                let printed = yaml::rewritten(scalar, old.map_or("", |old| sources.text(old.span())));
                // A patch writes its own comment; whatever else writes a value removes the comment.
                let is_merged = provenance.get_step(provenance.get(node.origin()).step).field.starts_with("patches");
                let text = sources.get(node.span().source).text();
                match yaml::comment_after(text, node.span()).filter(|_| is_merged) {
                    Some(comment) => format!("{printed} {comment}"),
                    None => printed,
                }
            }
            (Texts::Files(sources), _) => yaml::written(sources.get(node.span().source).text(), node),
        }
    }
}

/// What is done to a value. A value that was created for the path does not have its own type yet.
pub type Write<'w> = &'w mut dyn FnMut(&mut Node, Made, &mut Edit<'_>) -> Result<(), Diagnostic>;

/// Whether a value was found or created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// It existed.
    Found,
    /// It was created for the path.
    New,
}

/// Passes every value that the path reaches to `write`; with `make`, missing ones are created first.
///
/// # Errors
/// As [`lookup`], an index is out of range, or `write` fails.
pub fn visit(node: &mut Node, path: &[&str], how: How<'_>, edit: &mut Edit<'_>, write: Write<'_>) -> Result<(), Diagnostic> {
    let Some((text, rest)) = path.split_first() else { return write(node, Made::Found, edit) };
    match part(text) {
        Ok(Part::Index(index)) => at_index(node, text, index, rest, how, edit, write),
        Ok(Part::Element(name, value)) => elements(node, text, (name, value), rest, how, edit, write),
        Ok(Part::Every) => {
            if node.is_null() {
                return Ok(());
            }
            if node.as_sequence().is_none() {
                return Err(not_a("a list", node, text));
            }
            node.items_mut().unwrap_or_default().iter_mut().try_for_each(|item| visit(item, rest, how, edit, write))
        }
        Ok(Part::Field(_) | Part::Last) => field(node, text, rest, how, edit, write),
        Err(error) => Err(error),
    }
}

fn field(
    node: &mut Node,
    name: &str,
    rest: &[&str],
    how: How<'_>,
    edit: &mut Edit<'_>,
    write: Write<'_>,
) -> Result<(), Diagnostic> {
    if node.is_null() && how.make.is_none() {
        return Ok(());
    }
    let Some(mapping) = node.as_mapping() else { return Err(not_a("a mapping", node, name)) };
    if mapping.get(name).is_none() {
        let Some(make) = how.make else { return Ok(()) };
        let made = made(rest.first().copied(), make, edit);
        let span = edit.span();
        if let Some(mapping) = node.as_mapping_mut() {
            mapping.push(Key::new(name, span), made);
        }
        if let (true, Some(field)) = (rest.is_empty(), node.get_mut(name)) {
            return write(field, Made::New, edit);
        }
    }
    let Some(field) = node.get_mut(name) else { return Ok(()) };
    match field.as_scalar() {
        // The path continues inside a string: the document there is a copy, and writing to it has no effect.
        Some(scalar) if !rest.is_empty() => {
            let Some(mut inner) = parse(&scalar.text, field) else {
                return Err(not_a("a mapping", field, rest[0]));
            };
            visit(&mut inner, rest, How { texts: Texts::Inside(&scalar.text), ..how }, edit, write).map_err(|mut error| {
                // Locations in the copy are not locations in the file.
                error.labels = vec![(field.span(), "found here".into())];
                error
            })
        }
        _ => visit(field, rest, how, edit, write),
    }
}

fn at_index(
    node: &mut Node,
    text: &str,
    index: usize,
    rest: &[&str],
    how: How<'_>,
    edit: &mut Edit<'_>,
    write: Write<'_>,
) -> Result<(), Diagnostic> {
    let length = match node.as_sequence() {
        Some(items) => items.len(),
        None if node.is_null() => 0,
        None => return Err(not_a("a list", node, text)),
    };
    if let (true, Some(make)) = (index == length, how.make) {
        let mut new = made(rest.first().copied(), make, edit);
        if rest.is_empty() {
            write(&mut new, Made::New, edit)?;
        } else {
            visit(&mut new, rest, how, edit, write)?;
        }
        if let Some(items) = node.as_sequence_mut() {
            items.push(new);
        }
        return Ok(());
    }
    match node.items_mut().and_then(|items| items.get_mut(index)) {
        Some(item) => visit(item, rest, how, edit, write),
        None => Err(Diagnostic::error("field-path", format!("the index {index} is out of range: the list has {length} items"))
            .words(format!("index {index} specified but only {length} elements found"))
            .label(node.span(), "the list")),
    }
}

fn elements(
    node: &mut Node,
    text: &str,
    (name, value): (&str, &str),
    rest: &[&str],
    how: How<'_>,
    edit: &mut Edit<'_>,
    write: Write<'_>,
) -> Result<(), Diagnostic> {
    if node.as_sequence().is_none() && !node.is_null() {
        return Err(not_a("a list", node, text));
    }
    let is_text = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'/' | b':'));
    let regex = (!is_text).then(|| compile(value, PATTERN_BYTES)).transpose().map_err(|fault| {
        Diagnostic::error("field-path", format!("`{value}` in `{text}` is not a valid regular expression: {fault}"))
    })?;
    let matches = |text: &str| regex.as_ref().map_or_else(|| text.contains(value), |regex| regex.is_match(text));
    let mut reached = false;
    for item in node.items_mut().unwrap_or_default() {
        let own = if name.is_empty() { Some(&*item) } else { item.get(name) };
        if !own.is_some_and(|own| matches(how.texts.print(own, edit.provenance()).trim())) {
            continue;
        }
        // In a list of scalars, the item is the end of the path, whatever follows.
        let rest = if name.is_empty() { &[] } else { rest };
        visit(item, rest, how, edit, &mut |field, made, edit| {
            reached = true;
            write(field, made, edit)
        })?;
    }
    if reached || how.make.is_none() {
        return Ok(());
    }
    let scalar = Node::new(Value::Scalar(Scalar::untagged(value)), edit);
    let mut new = if name.is_empty() {
        scalar
    } else {
        let mut mapping = Mapping::default();
        mapping.push(Key::new(name, edit.span()), scalar);
        Node::new(Value::Mapping(mapping), edit)
    };
    if name.is_empty() {
        write(&mut new, Made::New, edit)?;
    } else {
        visit(&mut new, rest, how, edit, write)?;
    }
    if let Some(items) = node.as_sequence_mut() {
        items.push(new);
    }
    Ok(())
}

/// A new value where the path continues with `next`.
fn made(next: Option<&str>, make: Make, edit: &mut Edit<'_>) -> Node {
    let value = match next.map(part) {
        None => match make {
            Make::Scalar => Value::Scalar(Scalar::string("")),
            Make::Sequence => Value::Sequence(EcoVec::new()),
            Make::Mapping => Value::Mapping(Mapping::default()),
        },
        Some(Ok(Part::Index(_) | Part::Element(..))) => Value::Sequence(EcoVec::new()),
        Some(_) => Value::Mapping(Mapping::default()),
    };
    Node::new(value, edit)
}
