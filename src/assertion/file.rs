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

/// Reads a test file.
///
/// # Errors
/// It can't be read, is not valid YAML, or a document is not a valid assertion. Errors in several documents are reported
/// together.
pub fn read(file: &Input, records: &mut Records) -> Result<Vec<Assertion>> {
    let source = records.add_text(file.shown(), file.read()?)?;
    let step = records.provenance.step("", "assertion");
    let documents = records.documents(source, step, Dialect::Manifest)?;
    let mut assertions = Vec::with_capacity(documents.len());
    let mut errors = Vec::new();
    for document in &documents {
        match assertion(document, &file.path) {
            Ok(assertion) => assertions.push(assertion),
            Err(error) => errors.push(error),
        }
    }
    Diagnostics::check(errors)?;
    if assertions.is_empty() {
        let empty =
            Diagnostic::error("empty-file", "the file contains no assertions").at(records.sources.whole(source).at_start());
        return Err(empty.help("add a document with `name`, `target` and `contains` or `assert`, or remove the file").into());
    }
    Ok(assertions)
}

fn assertion(document: &Node, path: &Path) -> Result<Assertion, Diagnostic> {
    let form: Form = decode_object(document, Unknown::Refuse)?;
    let lacks = |message: &str| Diagnostic::error("missing-field", message).at(document.span());
    if form.name.trim().is_empty() {
        return Err(lacks("an assertion requires `name`").help("describe the expectation in a few words"));
    }
    let is_written = |field: &str| document.get(field).filter(|node| !node.is_null()).cloned();
    let (contains, exactly) = (is_written("contains"), is_written("exactly"));
    let target = form.target.map(|target| {
        let span = target.span.unwrap_or(document.span());
        target.compile().map(|selector| Target { selector, span })
    });
    let target = target.transpose()?;
    let condition = condition(&form.assert, form.message, &form.message_expression, target.is_some())?;
    let holds = contains.is_some() || exactly.is_some();
    if form.absent && (holds || condition.is_some() || form.count.is_some()) {
        let error = Diagnostic::error("wrong-value", "`absent` and other conditions are mutually exclusive").at(document.span());
        return Err(error.help("remove `absent`, or the other conditions"));
    }
    if target.is_none() && (holds || form.absent || form.count.is_some()) {
        let help = "select the objects by `kind`, `name`, `namespace` or `labelSelector`";
        return Err(lacks("an assertion about objects requires `target`").help(help));
    }
    if !holds && condition.is_none() && form.count.is_none() && !form.absent {
        let help = "add `contains`, `exactly`, `assert`, `count` or `absent: true`";
        return Err(lacks("the assertion has no condition").help(help));
    }
    let count = if form.absent { Some(Located { value: 0, span: None }) } else { form.count };
    let name = form.name.trim().to_owned();
    Ok(Assertion { name, file: path.to_owned(), span: document.span(), target, count, contains, exactly, assert: condition })
}

fn condition(
    text: &Located<String>,
    message: String,
    message_expression: &Located<String>,
    has_target: bool,
) -> Result<Option<Condition>, Diagnostic> {
    let parse = |text: &Located<String>| {
        let known: &[&str] = if has_target { &["object", "objects"] } else { &["objects"] };
        Expression::new(text, known).map_err(|cause| {
            let error = Diagnostic::error("expression", format!("the expression is not valid: {cause}"));
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
        })
    };
    match text.span {
        Some(span) => {
            let message_expression =
                message_expression.span.map(|span| parse(message_expression).map(|expression| (expression, span))).transpose()?;
            let expression = parse(text)?;
            Ok(Some(Condition { expression, text: text.trim().to_owned(), span, message, message_expression }))
        }
        None => match message_expression.span {
            Some(span) => Err(Diagnostic::error("missing-field", "a message requires `assert`").at(span)),
            None => Ok(None),
        },
    }
}
