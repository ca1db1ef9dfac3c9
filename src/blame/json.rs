//! Blame for programs: a source map from the output to the files that wrote it.
//!
//! [`FORM`] describes the format.

use serde::Serialize;

use super::{Document, Written};
use crate::escape;
use crate::source::{Position, Sources, Span};

/// The description of the source map.
pub const FORM: &str = "\
With `--format json` the output is one JSON object, a source map of what `render build DIR` prints:

  objects: [{
    apiVersion, kind, namespace, name   the identity of the object
    originalName                        its name when it was read or generated
    lines: {first, last}                its lines in the output, counted from 1
    values: [{                          its leaf values, in the order of the output
      path                              for example spec.containers[0].image
      range: {start, end}               {line, column} in the output, counted from 1; the end is exclusive
      file, line, column, step          the location and the step that wrote it last
      from: {file, line, column}        the location that it was copied from, if any
      history: [{file, line, column, step, from, value}]    all writes, oldest first
    }]
  }]

Columns count characters. Values of Secrets are `***` unless --show-secrets is given.";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Object<'a> {
    api_version: String,
    kind: &'a str,
    namespace: &'a str,
    name: &'a str,
    original_name: String,
    lines: Lines,
    values: Vec<Value>,
}

#[derive(Serialize)]
struct Lines {
    first: usize,
    last: usize,
}

#[derive(Serialize)]
struct Value {
    path: String,
    range: Range,
    #[serde(flatten)]
    last: Write,
    history: Vec<Write>,
}

#[derive(Serialize)]
struct Range {
    start: Point,
    end: Point,
}

#[derive(Clone, Serialize)]
struct Point {
    line: usize,
    column: usize,
}

#[derive(Clone, Serialize)]
struct File {
    file: String,
    #[serde(flatten)]
    point: Point,
}

#[derive(Clone, Serialize)]
struct Write {
    #[serde(flatten)]
    place: File,
    step: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<File>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
}

/// A document, the number of its first line in the output (counted from 1), and the value to describe (0 for all values).
pub struct Part<'d, 'r> {
    /// The document.
    pub document: &'d Document<'r>,
    /// Its first line in the output, from 1.
    pub first_line: usize,
    /// The value whose parts are described; 0 is the whole document.
    pub below: usize,
}

/// What is before, between, and after the documents of a source map.
pub const FRAME: [&str; 3] = ["{\"objects\":[", ",", "]}\n"];

/// The part of the source map for a document.
pub fn print(part: &Part<'_, '_>, sources: &Sources) -> String {
    escape::json(&serde_json::to_string(&object(part, sources)).unwrap_or_default()).into_owned()
}

fn object<'d>(part: &Part<'d, '_>, sources: &Sources) -> Object<'d> {
    let Part { document, first_line, below } = *part;
    let id = document.resource.id();
    let marks = document.marks.list();
    let leaves =
        (below..marks.len()).take_while(|&at| document.marks.is_below(at, below)).filter(|&at| !marks[at].holds_others());
    Object {
        api_version: id.gvk.api_version().to_string(),
        kind: &id.gvk.kind,
        namespace: &id.namespace,
        name: &id.name,
        original_name: document.resource.original_id().name.to_string(),
        lines: Lines { first: first_line, last: first_line + document.lines() - 1 },
        values: leaves.map(|at| value(document, at, first_line, sources)).collect(),
    }
}

fn value(document: &Document<'_>, at: usize, first_line: usize, sources: &Sources) -> Value {
    let range = &document.marks.list()[at].range;
    let point = |offset: usize| {
        let Position { line, column } = document.position(offset);
        Point { line: line + first_line - 1, column }
    };
    let history: Vec<Write> = document.history(at).iter().map(|written| write(written, sources)).collect();
    let last = history.last().map_or_else(
        || Write { place: file(document.resource.node().span(), sources), step: String::new(), from: None, value: None },
        |last| Write { value: None, ..last.clone() },
    );
    Value { path: document.path(at), range: Range { start: point(range.start), end: point(range.end) }, last, history }
}

fn write(Written { place, step, value }: &Written, sources: &Sources) -> Write {
    Write {
        place: file(place.at, sources),
        step: step.clone(),
        from: place.from.map(|from| file(from, sources)),
        value: Some(value.clone()),
    }
}

fn file(span: Span, sources: &Sources) -> File {
    let place = sources.locate(span);
    let Position { line, column } = place.position;
    File { file: place.source.path().display().to_string(), point: Point { line, column } }
}
