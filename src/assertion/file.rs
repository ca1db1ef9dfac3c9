//! A test file: each of its documents is an assertion. The items of `assert` in `.render.yaml` have the same form.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::expression::Expression;
use crate::diagnostic::{Diagnostic, Diagnostics, Result, Severity};
use crate::load::Input;
use crate::records::Records;
use crate::resource::Selector;
use crate::source::Span;
use crate::transform::patches::SelectorConfig;
use crate::yaml::{Dialect, Located, Node, Unknown, decode_object};

/// The suffix of the names of test files.
pub const ENDING: &str = ".render-test.yaml";

/// One document.
#[derive(Debug)]
pub struct Assertion {
    /// The name of the assertion.
    pub name: String,
    /// The file.
    pub file: PathBuf,
    /// The location of the document.
    pub span: Span,
    /// Which objects it is about; `None` if it is about all objects together.
    pub target: Option<Target>,
    /// How many objects are expected.
    pub count: Option<Located<u64>>,
    /// What an object must contain; lists contain the listed items in any order, among others.
    pub contains: Option<Node>,
    /// What an object must contain; lists contain exactly the listed items.
    pub exactly: Option<Node>,
    /// What must be true.
    pub assert: Option<Condition>,
    /// Whether a failure is an error or a warning.
    pub severity: Severity,
    /// Whether it applies to many overlays, so that the target may select nothing in some of them.
    pub is_shared: bool,
}

/// Which objects an assertion is about.
#[derive(Debug)]
pub struct Target {
    /// Selects the objects by their current or former names.
    pub selector: Selector,
    /// Its location.
    pub span: Span,
}

/// An expression that must be true, and the message for when it is not.
#[derive(Debug)]
pub struct Condition {
    /// The expression.
    pub expression: Expression,
    /// Its text.
    pub text: String,
    /// Its location.
    pub span: Span,
    /// A fixed message.
    pub message: String,
    /// An expression that yields the message, and its location.
    pub message_expression: Option<(Expression, Span)>,
}

impl Condition {
    /// Whether it is about one object and not only about all objects together.
    fn uses_object(&self) -> bool {
        let mut expressions = self.message_expression.iter().map(|(expression, _)| expression).chain([&self.expression]);
        expressions.any(|expression| expression.uses("object"))
    }
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Form {
    name: String,
    target: Option<Located<SelectorConfig>>,
    absent: bool,
    count: Option<Located<u64>>,
    contains: Option<IgnoredAny>,
    exactly: Option<IgnoredAny>,
    assert: Located<String>,
    message: String,
    message_expression: Located<String>,
    severity: Located<String>,
    overlays: Option<IgnoredAny>,
}

/// Where an assertion is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// In a test file, for the overlay next to it.
    TestFile,
    /// In `.render.yaml`, for many overlays.
    Settings,
}

/// A document that is not a valid assertion. It does not affect the others.
#[derive(Debug)]
pub struct Malformed {
    /// The name of the assertion, if it has one; otherwise the file.
    pub name: String,
    /// What is wrong with it.
    pub errors: Diagnostics,
}

/// Reads a test file: each of its documents by itself.
///
/// # Errors
/// It can't be read, or is empty.
pub fn read(file: &Input, records: &mut Records) -> Result<Vec<Result<Assertion, Malformed>>> {
    let source = records.add_text(file.shown(), file.read()?)?;
    let step = records.provenance.step("", "assertion");
    let (documents, errors) = records.valid_documents(source, step, Dialect::Manifest);
    let mut assertions: Vec<Result<Assertion, Malformed>> = Vec::with_capacity(documents.len());
    for document in &documents {
        assertions.push(assertion(document, &file.path, Origin::TestFile));
    }
    if let Err(errors) = Diagnostics::check(errors) {
        assertions.push(Err(Malformed { name: file.path.display().to_string(), errors }));
    }
    if assertions.is_empty() {
        let empty =
            Diagnostic::error("empty-file", "the file contains no assertions").at(records.sources.whole(source).at_start());
        return Err(empty.help("add a document with `name`, `target` and `contains` or `assert`, or remove the file").into());
    }
    Ok(assertions)
}

/// Reads one assertion.
///
/// # Errors
/// It is malformed.
pub(super) fn assertion(document: &Node, path: &Path, origin: Origin) -> Result<Assertion, Malformed> {
    decoded(document, path, origin).map_err(|errors| {
        let name = document.get("name").and_then(Node::as_str).map(str::trim).filter(|name| !name.is_empty());
        Malformed { name: name.map_or_else(|| path.display().to_string(), str::to_owned), errors }
    })
}

fn decoded(document: &Node, path: &Path, origin: Origin) -> Result<Assertion> {
    let form: Form = decode_object(document, Unknown::Refuse)?;
    let mut errors = Vec::new();
    let lacks = |message: &str| Diagnostic::error("missing-field", message).at(document.span());
    if form.name.trim().is_empty() {
        errors.push(lacks("an assertion requires `name`").help("describe the expectation in a few words"));
    }
    if form.overlays.is_some() && origin == Origin::TestFile {
        let error = Diagnostic::error("unknown-field", "`overlays` is only allowed for assertions in `.render.yaml`");
        let error = error.at(document.get("overlays").map_or(document.span(), Node::span));
        errors.push(error.help("remove it: a test file is about the overlay next to it"));
    }
    let is_written = |field: &str| document.get(field).filter(|node| !node.is_null()).cloned();
    let (contains, exactly) = (is_written("contains"), is_written("exactly"));
    let (has_target, has_condition) = (form.target.is_some(), form.assert.span.is_some());
    // Without a target, an expression about `object` in the settings is about every object.
    let knows_object = has_target || origin == Origin::Settings;
    let condition = condition(&form.assert, form.message, &form.message_expression, knows_object, &mut errors);
    let is_about_each = !has_target && condition.as_ref().is_some_and(Condition::uses_object);
    let target = form.target.or_else(|| is_about_each.then(Located::default)).map(|target| {
        let span = target.span.unwrap_or(document.span());
        target.compile().map(|selector| Target { selector, span })
    });
    let target = target.transpose().unwrap_or_else(|error| {
        errors.push(error);
        None
    });
    let holds = contains.is_some() || exactly.is_some();
    if form.absent && (holds || has_condition || form.count.is_some()) {
        let error = Diagnostic::error("wrong-value", "`absent` and other conditions are mutually exclusive").at(document.span());
        errors.push(error.help("remove `absent`, or the other conditions"));
    }
    if !has_target && (holds || form.absent || form.count.is_some()) {
        let help = "select the objects by `kind`, `name`, `namespace` or `labelSelector`";
        errors.push(lacks("an assertion about objects requires `target`").help(help));
    }
    if !holds && !has_condition && form.count.is_none() && !form.absent {
        let help = "add `contains`, `exactly`, `assert`, `count` or `absent: true`";
        errors.push(lacks("the assertion has no condition").help(help));
    }
    let severity = severity(&form.severity).unwrap_or_else(|error| {
        errors.push(error);
        Severity::Error
    });
    Diagnostics::check(errors)?;
    let count = if form.absent { Some(Located { value: 0, span: None }) } else { form.count };
    Ok(Assertion {
        name: form.name.trim().to_owned(),
        file: path.to_owned(),
        span: document.span(),
        target,
        count,
        contains,
        exactly,
        assert: condition,
        severity,
        is_shared: origin == Origin::Settings,
    })
}

fn severity(text: &Located<String>) -> Result<Severity, Diagnostic> {
    match (text.span, text.as_str()) {
        (None, _) | (_, "error") => Ok(Severity::Error),
        (_, "warning") => Ok(Severity::Warning),
        (span, other) => {
            let message = format!("expected one of `error`, `warning`, found `{other}`");
            Err(Diagnostic::error("wrong-value", message).at_if(span))
        }
    }
}

fn condition(
    text: &Located<String>,
    message: String,
    message_expression: &Located<String>,
    knows_object: bool,
    errors: &mut Vec<Diagnostic>,
) -> Option<Condition> {
    let mut parse = |text: &Located<String>| {
        let known: &[&str] = if knows_object { &["object", "objects"] } else { &["objects"] };
        let parsed = Expression::new(text, known).map_err(|cause| {
            let message = match cause.strip_prefix("syntax error: ") {
                Some(syntax) => format!("the expression does not parse: {syntax}"),
                None => format!("the expression is not valid: {cause}"),
            };
            let error = Diagnostic::error("expression", message);
            let help = match cause.starts_with("undeclared reference") {
                true if !knows_object && cause.contains("`object`") => {
                    Some("`object` is an object selected by `target`: add a `target`")
                }
                true => {
                    Some("expressions can use `object`, an object selected by `target`, and `objects`, the list of all objects")
                }
                false => None,
            };
            error.at_if(text.span).help_if(help.map(str::to_owned))
        });
        parsed.map_err(|error| errors.push(error)).ok()
    };
    let expression = text.span.and_then(|span| Some((parse(text)?, span)));
    let message_expression = message_expression.span.and_then(|span| Some((parse(message_expression)?, span)));
    if let (None, Some((_, span))) = (text.span, &message_expression) {
        errors.push(Diagnostic::error("missing-field", "a message requires `assert`").at(*span));
    }
    let (expression, span) = expression?;
    Some(Condition { expression, text: text.trim().to_owned(), span, message, message_expression })
}
