//! Messages without secret values. Every format prints diagnostics through here.

use std::borrow::Cow;

use crate::diagnostic::Diagnostic;
use crate::finding::Finding;
use crate::secret_values::SecretValues;
use crate::source::{Location, Sources, Span};

/// A diagnostic without secret values.
pub fn diagnostic<'d>(diagnostic: &'d Diagnostic, sources: &Sources) -> Cow<'d, Diagnostic> {
    let secrets = super::of(sources);
    if secrets.is_empty() {
        return Cow::Borrowed(diagnostic);
    }
    let mut clean = diagnostic.clone();
    let spans: Vec<Span> = clean.span.iter().chain(clean.labels.iter().map(|(span, _)| span)).copied().collect();
    let around = around(&spans, sources);
    let wash = |text: &mut String| {
        for source in &around {
            if let Some(clean) = secrets.unquoted(*source, text) {
                *text = clean;
            }
        }
        if let Some(clean) = secrets.without(text) {
            *text = clean;
        }
    };
    wash(&mut clean.message);
    clean.help.iter_mut().for_each(wash);
    clean.labels.iter_mut().for_each(|(_, text)| wash(text));
    clean.trace.iter_mut().for_each(|frame| wash(&mut frame.step));
    if clean == *diagnostic { Cow::Borrowed(diagnostic) } else { Cow::Owned(clean) }
}

/// A finding without secret values.
pub fn finding<'f>(finding: &'f Finding, sources: &Sources) -> Cow<'f, Finding> {
    let clean = diagnostic(&finding.diagnostic, sources);
    let field = super::of(sources).without(&finding.field);
    match (clean, field) {
        (Cow::Borrowed(_), None) => Cow::Borrowed(finding),
        (clean, field) => Cow::Owned(Finding {
            diagnostic: clean.into_owned(),
            field: field.unwrap_or_else(|| finding.field.clone()),
            object: finding.object.clone(),
        }),
    }
}

/// A text without secret values.
pub fn text<'t>(text: &'t str, secrets: &SecretValues) -> Cow<'t, str> {
    secrets.without(text).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// Whether the line at a location must not be shown.
pub fn hides_line(span: Span, sources: &Sources) -> bool {
    let secrets = super::of(sources);
    if secrets.is_empty() {
        return false;
    }
    let Location { source, position } = sources.locate(span);
    let outermost = around(&[span], sources).last().copied();
    let own = secrets.hides(span.source.index(), (span.start, span.end));
    own || outermost.is_some_and(|id| secrets.hides(id, source.line_range(position.line)))
}

/// The sources of spans and the sources around them.
fn around(spans: &[Span], sources: &Sources) -> Vec<u32> {
    let mut found = Vec::new();
    for span in spans {
        let mut span = Some(*span);
        while let Some(Span { source, .. }) = span {
            if !found.contains(&source.index()) {
                found.push(source.index());
            }
            span = sources.get(source).inside();
        }
    }
    found
}
