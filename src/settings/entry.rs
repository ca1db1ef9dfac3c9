//! Entries of lists in `.render.yaml`, such as silences and masks: what each of them requires.

use crate::diagnostic::Diagnostic;
use crate::resource::wildcard::ObjectPattern;
use crate::source::Span;

/// The warning about an entry whose pattern matches no object at all.
pub(super) fn no_object(object: &ObjectPattern, what: &'static str, span: Option<Span>) -> Option<Diagnostic> {
    let code = if what == "mask" { "unused-mask" } else { "unused-silence" };
    let help = object.correction()?;
    Some(Diagnostic::warning(code, format!("the {what} for `{object}` never matches an object")).at_if(span).help(help))
}

/// The error about an entry without a field.
pub(super) fn lacks(what: &str, field: &str, span: Option<Span>) -> Diagnostic {
    Diagnostic::error("missing-field", format!("{what} requires `{field}`")).at_if(span)
}
