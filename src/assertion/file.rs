//! A test file: its documents, each an assertion.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::expression::Expression;
use crate::diagnostic::{Diagnostic, Diagnostics, Result};
use crate::load::manifests;
use crate::resource::Selector;
use crate::source::Span;
use crate::stage::Records;
use crate::transform::patches::SelectorConfig;
use crate::yaml::{Dialect, Located, Node, Unknown, decode_object};

/// How the names of test files end.
pub const ENDING: &str = ".render-test.yaml";

/// One document.
#[derive(Debug)]
pub struct Assertion {
    /// What it is called.
    pub name: String,
    /// The file.
    pub file: PathBuf,
    /// Where the document stands.
    pub span: Span,
    /// Which objects it is about; `None` when it is about all of them together.
    pub target: Option<Target>,
    /// How many objects there must be.
    pub count: Option<Located<u64>>,
    /// What an object must hold; lists hold what is listed, in any order and with more elements.
    pub contains: Option<Node>,
    /// What an object must hold; lists hold what is listed and nothing else.
    pub exactly: Option<Node>,
    /// What must be true.
    pub assert: Option<Condition>,
}

/// Which objects.
#[derive(Debug)]
pub struct Target {
    /// What selects them, by the names that they have or had.
    pub selector: Selector,
    /// Where it stands.
    pub span: Span,
}

/// An expression that must be true, and what is told when it is not.
#[derive(Debug)]
pub struct Condition {
    /// The expression.
    pub expression: Expression,
    /// Its text.
    pub text: String,
    /// Where it stands.
    pub span: Span,
    /// A plain text.
    pub message: String,
    /// An expression for a text, and where it stands.
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
/// It can't be read, is no YAML, or a document is no assertion; what is wrong in several documents is told at once.
pub fn read(path: &Path, records: &mut Records) -> Result<Vec<Assertion>> {
    let source = records.add_text(path, manifests::read(path)?)?;
    let step = records.provenance.step("", "assertion");
    let documents = records.documents(source, step, Dialect::Manifest)?;
    let mut assertions = Vec::with_capacity(documents.len());
    let mut errors = Vec::new();
    for document in &documents {
        match assertion(document, path) {
            Ok(assertion) => assertions.push(assertion),
            Err(error) => errors.push(error),
        }
    }
    Diagnostics::check(errors)?;
    if assertions.is_empty() {
        let empty = Diagnostic::error("empty-file", "the file holds no assertion").at(records.sources.whole(source).at_start());
        return Err(empty.help("write a document with `name`, `target` and `contains` or `assert`, or remove the file").into());
    }
    Ok(assertions)
}

fn assertion(document: &Node, path: &Path) -> Result<Assertion, Diagnostic> {
    let form: Form = decode_object(document, Unknown::Refuse)?;
    let lacks = |message: &str| Diagnostic::error("missing-field", message).at(document.span());
    if form.name.trim().is_empty() {
        return Err(lacks("the assertion has no `name`").help("say in a few words what must hold"));
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
        let error = Diagnostic::error("wrong-value", "nothing can be asked of objects that must be absent").at(document.span());
        return Err(error.help("remove `absent`, or what stands beside it"));
    }
    if target.is_none() && (holds || form.absent || form.count.is_some()) {
        let help = "name the objects by `kind`, `name`, `namespace` or `labelSelector`";
        return Err(lacks("the assertion has no `target`").help(help));
    }
    if !holds && condition.is_none() && form.count.is_none() && !form.absent {
        let help = "add `contains`, `exactly`, `assert`, `count` or `absent: true`";
        return Err(lacks("the assertion says nothing that must hold").help(help));
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
            let error = Diagnostic::error("expression", format!("the expression can't be used: {cause}"));
            let help = match cause.starts_with("undeclared reference") {
                true if !has_target && cause.contains("`object`") => Some("`object` is one that `target` selects: add one"),
                true => Some("expressions know `object`, which is one that `target` selects, and `objects`, the list of all"),
                false => None,
            };
            text.span.into_iter().fold(error, Diagnostic::at).help_if(help.map(str::to_owned))
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
            Some(span) => {
                Err(Diagnostic::error("missing-field", "there is a message, but no `assert` that it belongs to").at(span))
            }
            None => Ok(None),
        },
    }
}
