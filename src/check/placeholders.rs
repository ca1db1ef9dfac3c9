//! Placeholders in values, such as `${NAME}`: they are replaced after the build, so what is checked is not what the server sees.
//!
//! The setting `placeholders` decides: values with placeholders are not known (`unknown`), or they are replaced as Flux does
//! ([`super::substitution`]). Without it, an error about such a value mentions the setting.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::prepared::Prepared;
use super::substitution::{self, Flux};
use crate::diagnostic::{Diagnostic, Severity};
use crate::finding::Finding;
use crate::source::Span;
use crate::substitute::{Syntax, find};
use crate::validate::UnknownValues;
use crate::yaml::{Node, Tag};

/// How placeholders are treated.
#[derive(Clone, Debug, Default)]
pub enum Placeholders {
    /// They are part of the value.
    #[default]
    None,
    /// The value is not known.
    Unknown,
    /// Flux replaces them.
    Flux(Arc<Flux>),
}

/// Replaces placeholders, or finds the values that contain them.
pub fn prepare(objects: &[Node], placeholders: &Placeholders) -> Prepared {
    match placeholders {
        Placeholders::Flux(flux) => substitution::run(objects, flux),
        Placeholders::None => Prepared { objects: objects.to_vec(), ..Prepared::default() },
        Placeholders::Unknown => {
            let mut unknown = FxHashSet::default();
            objects.iter().for_each(|object| each_placeholder(object, &|_| true, &mut |span, _| _ = unknown.insert(span)));
            Prepared { objects: objects.to_vec(), unknown, ..Prepared::default() }
        }
    }
}

/// Passes on the locations of all keys and values that contain placeholders, of those locations that are wanted.
fn each_placeholder(node: &Node, wants: &dyn Fn(Span) -> bool, found: &mut dyn FnMut(Span, (Syntax, &str))) {
    if let Some(scalar) = node.as_scalar().filter(|scalar| scalar.tag == Tag::Str)
        && wants(node.span())
        && let Some(placeholder) = find(&scalar.text)
    {
        found(node.span(), (placeholder.0, placeholder.1));
    }
    for entry in node.as_mapping().into_iter().flatten() {
        if wants(entry.key.span())
            && let Some(placeholder) = find(&entry.key.text)
        {
            found(entry.key.span(), placeholder);
        }
        each_placeholder(&entry.value, wants, found);
    }
    node.as_sequence().unwrap_or_default().iter().for_each(|item| each_placeholder(item, wants, found));
}

impl Prepared {
    /// Drops findings of lints about values that are not known, and about objects that may exist under an unknown name.
    pub fn drop_doubtful(&self, findings: &mut [Vec<Finding>]) {
        let unknown: Vec<UnknownValues> = self.objects.iter().map(|object| UnknownValues::of(object, &self.unknown)).collect();
        if unknown.iter().all(UnknownValues::is_empty) {
            return;
        }
        let kinds: FxHashSet<&str> =
            self.objects.iter().zip(&unknown).filter_map(|(object, unknown)| uncertain(object, unknown)).collect();
        for (found, unknown) in findings.iter_mut().zip(&unknown) {
            found.retain(|finding| {
                let code = finding.diagnostic.code;
                let is_reference = code.starts_with("unknown-") || code == "selects-nothing";
                let is_about = |span| unknown.cover(span) || is_reference && unknown.are_in(span);
                let may_exist = match code {
                    "selects-nothing" => !kinds.is_empty(),
                    _ => is_reference && kinds.iter().any(|kind| finding.diagnostic.message.starts_with(kind)),
                };
                !finding.diagnostic.span.is_some_and(is_about) && !may_exist
            });
        }
    }

    /// Adds what is known about placeholders to the findings of an object.
    pub fn explain(&self, findings: &mut [Finding], object: &Node, placeholders: &Placeholders) {
        let severe = |finding: &&mut Finding| finding.diagnostic.severity != Severity::Note;
        let mut severe: Vec<&mut Finding> = findings.iter_mut().filter(severe).collect();
        if severe.is_empty() {
            return;
        }
        for finding in &mut severe {
            let is_replaced = finding.diagnostic.span.is_some_and(|span| self.replaced.contains(&span));
            let expects_text = finding.diagnostic.message.contains("expected a string");
            if is_replaced && finding.diagnostic.code == "wrong-type" && expects_text {
                let help = "Flux replaces placeholders in the printed YAML, in which this value has no quotes; \
                            a variable with the value `\"` can add them: `${quote}${NAME}${quote}`";
                finding.diagnostic.help = Some(help.to_owned());
            }
        }
        if matches!(placeholders, Placeholders::None) {
            let is_secret = object.get("kind").and_then(Node::as_str) == Some("Secret");
            let places: FxHashSet<Span> = severe.iter().filter_map(|finding| finding.diagnostic.span).collect();
            let selects = severe.iter().any(|finding| finding.diagnostic.code == "selects-nothing");
            let wants = |span: Span| selects || places.contains(&span);
            each_placeholder(object, &wants, &mut |span, placeholder| {
                let is_about = |finding: &Finding| {
                    let place = finding.diagnostic.span;
                    // A selector is about all labels in it.
                    let is_inside =
                        |place: Span| place.source == span.source && place.start <= span.start && span.end <= place.end;
                    place == Some(span) || finding.diagnostic.code == "selects-nothing" && place.is_some_and(is_inside)
                };
                for finding in severe.iter_mut().filter(|finding| is_about(finding)) {
                    finding.diagnostic.help = Some(advice(placeholder, is_secret));
                }
            });
        }
    }
}

/// The kind of an object whose name or labels are not known.
fn uncertain<'n>(object: &'n Node, unknown: &UnknownValues) -> Option<&'n str> {
    let is_name = |part: &Vec<String>| part.iter().any(|step| step == "metadata" || step == "selector");
    unknown.parts.iter().any(is_name).then(|| object.get("kind").and_then(Node::as_str))?
}

fn advice((syntax, text): (Syntax, &str), is_secret: bool) -> String {
    let what = match syntax {
        _ if is_secret => "a placeholder".to_owned(),
        Syntax::Variable => {
            let name = text.trim_start_matches(['$', '{', '#']);
            let end = name.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(name.len());
            format!("the placeholder `${{{}}}`", name.get(..end).unwrap_or_default())
        }
        Syntax::Template if text.len() <= 60 => format!("the placeholder `{text}`"),
        Syntax::Template => "a placeholder".to_owned(),
    };
    format!("the value contains {what}; if it is replaced before the object is applied, set `placeholders` in `.render.yaml`")
}

/// The note about all values that were not checked in the builds of a run; those of a build are distinct.
pub fn note(unknown: &[Span]) -> Option<Diagnostic> {
    let first = unknown.first()?;
    let message = match unknown.len() {
        1 => "1 value contains a placeholder, so it was not checked".to_owned(),
        count => format!("{count} values contain placeholders, so they were not checked"),
    };
    Some(Diagnostic::note("placeholder", message).at(*first))
}
