//! A test file: each of its documents is an assertion.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::expression::Expression;
use crate::diagnostic::{Diagnostic, Diagnostics, Result};
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
        assertions.push(assertion(document, &file.path).map_err(|errors| {
            let name = document.get("name").and_then(Node::as_str).map(str::trim).filter(|name| !name.is_empty());
            Malformed { name: name.map_or_else(|| file.path.display().to_string(), str::to_owned), errors }
        }));
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

fn assertion(document: &Node, path: &Path) -> Result<Assertion> {
    let form: Form = decode_object(document, Unknown::Refuse)?;
    let mut errors = Vec::new();
    let lacks = |message: &str| Diagnostic::error("missing-field", message).at(document.span());
    if form.name.trim().is_empty() {
        errors.push(lacks("an assertion requires `name`").help("describe the expectation in a few words"));
    }
    let is_written = |field: &str| document.get(field).filter(|node| !node.is_null()).cloned();
    let (contains, exactly) = (is_written("contains"), is_written("exactly"));
    let (has_target, has_condition) = (form.target.is_some(), form.assert.span.is_some());
    let target = form.target.map(|target| {
        let span = target.span.unwrap_or(document.span());
        target.compile().map(|selector| Target { selector, span })
    });
    let target = target.transpose().unwrap_or_else(|error| {
        errors.push(error);
        None
    });
    let condition = condition(&form.assert, form.message, &form.message_expression, has_target, &mut errors);
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
    Diagnostics::check(errors)?;
    let count = if form.absent { Some(Located { value: 0, span: None }) } else { form.count };
    let name = form.name.trim().to_owned();
    Ok(Assertion { name, file: path.to_owned(), span: document.span(), target, count, contains, exactly, assert: condition })
}

fn condition(
    text: &Located<String>,
    message: String,
    message_expression: &Located<String>,
    has_target: bool,
    errors: &mut Vec<Diagnostic>,
) -> Option<Condition> {
    let mut parse = |text: &Located<String>| {
        let known: &[&str] = if has_target { &["object", "objects"] } else { &["objects"] };
        let parsed = Expression::new(text, known).map_err(|cause| {
            let message = match cause.strip_prefix("syntax error: ") {
                Some(syntax) => format!("the expression does not parse: {syntax}"),
                None => format!("the expression is not valid: {cause}"),
            };
            let error = Diagnostic::error("expression", message);
            let help = match cause.starts_with("undeclared reference") {
                true if !has_target && cause.contains("`object`") => {
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
