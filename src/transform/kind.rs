//! A kind of transformer: its fields, its kind as an object, and the function that reads its configuration.

use crate::diagnostic::{Diagnostics, Result};
use crate::kustomization::{Kustomization, config_words};
use crate::kustomize_words::Words;
use crate::source::Span;
use crate::stage::{Context, Transformer};
use crate::yaml::{Located, Node};

/// Where a transformer is configured.
#[derive(Clone, Copy)]
pub enum Form<'a> {
    /// In fields of the kustomization file.
    Fields(&'a Kustomization),
    /// In an object listed under `transformers`.
    Object(&'a Node),
}

impl Form<'_> {
    /// Adds the configuration, which kustomize shows, to the words for a failure in an item of a field.
    pub fn configure(&self, text: &mut Words, field: &str, index: usize) {
        let asks = text.text().is_some_and(|text| text.ends_with('\n'));
        match self {
            Form::Fields(kustomization) => {
                let Some((kind, config)) = config_words::config(field, index, kustomization) else { return };
                if asks {
                    text.surround("", config.clone());
                }
                text.configure(|| config_words::trouble(kind, &config));
            }
            Form::Object(object) if asks => text.surround("", config_words::printed(object, false)),
            Form::Object(_) => {}
        }
    }
}

/// A configured transformer.
pub struct Configured {
    /// The field and index, such as `patches[2]`.
    pub field: String,
    /// The transformer.
    pub run: Box<dyn Transformer>,
}

impl Configured {
    /// A transformer configured by `field`.
    pub fn new(field: impl Into<String>, run: impl Transformer + 'static) -> Self {
        Configured { field: field.into(), run: Box::new(run) }
    }

    /// The transformers that the items of a list field configure. In a kustomization, each item is a separate step.
    ///
    /// # Errors
    /// An item is not valid; all such items are reported.
    pub fn of_entries<E, R: IntoIterator<Item: Transformer + 'static>>(
        name: &str,
        entries: Vec<Located<E>>,
        form: Form<'_>,
        context: &mut Context<'_>,
        load: impl Fn(Located<E>, Span, &mut Context<'_>) -> Result<R>,
    ) -> Result<Vec<Configured>> {
        let (mut configured, mut errors) = (Vec::new(), Vec::new());
        for (index, entry) in entries.into_iter().enumerate() {
            let Some(span) = entry.span else { continue };
            let field = format!("{name}[{index}]");
            if matches!(form, Form::Fields(_)) {
                context.enter(&field);
            }
            match load(entry, span, context) {
                Ok(runs) => configured.extend(runs.into_iter().map(|run| Configured::new(field.clone(), run))),
                Err(error) => {
                    let error = error.reword(|words| form.configure(words, name, index));
                    errors.extend(error.at(span).trace(field, Some(span)).into_vec());
                }
            }
        }
        Diagnostics::check(errors)?;
        Ok(configured)
    }
}

/// A kind of transformer.
pub struct TransformerKind {
    /// The fields of the kustomization file that configure it; empty if only objects do.
    pub fields: &'static [&'static str],
    /// Its kind if it is configured by an object of `apiVersion: builtin`.
    pub kind: &'static str,
    /// Reads the configuration.
    pub decode: fn(Form<'_>, &mut Context<'_>) -> Result<Vec<Configured>>,
}
