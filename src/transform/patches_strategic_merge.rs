//! `patchesStrategicMerge`: strategic merge patches from files or inline; deprecated in favor of `patches`.
//!
//! An item that can be parsed as objects is an inline patch, anything else names a file. Behavior: kustomize's
//! `PatchStrategicMergeTransformer`.

use serde::Deserialize;

use super::patches::strategic::{Options, Target, apply_selected, one_target};
use super::{Configured, Form, TransformerKind};
use crate::diagnostic::{Diagnostic, Result};
use crate::resource::{ResMap, Resource, objects};
use crate::source::Span;
use crate::stage::{Context, Transformer};
use crate::yaml::{Dialect, Located, Unknown, decode_object};

/// The table row of this transformer.
pub const KIND: TransformerKind =
    TransformerKind { fields: &["patchesStrategicMerge"], kind: "PatchStrategicMergeTransformer", decode: configure };

struct StrategicMergePatches {
    patches: Vec<Resource>,
    span: Span,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Config {
    paths: Vec<Located<String>>,
    patches: Located<String>,
}

fn configure(form: Form<'_>, context: &mut Context<'_>) -> Result<Vec<Configured>> {
    let (entries, inline) = match form {
        Form::Fields(kustomization) => (kustomization.valid("patchesStrategicMerge"), None),
        Form::Object(object) => {
            let Config { paths, patches } = decode_object(object, Unknown::Ignore)?;
            if paths.is_empty() && patches.is_empty() {
                let error = object.error("missing-field", "one of `paths` or `patches` is required");
                return Err(error.words("empty file path and empty patch content").into());
            }
            (paths, Some(patches))
        }
    };
    let named: Vec<&str> = entries.iter().map(|entry| entry.as_str()).collect();
    let empty = format!(
        "patch appears to be empty; files=[{}], Patch={}",
        named.join(" "),
        inline.as_ref().map_or("", |inline| inline.as_str())
    );
    let last = entries.last().and_then(|entry| entry.span).or(inline.as_ref().and_then(|inline| inline.span));
    let mut configured = Configured::of_entries("patchesStrategicMerge", entries, form, context, |entry, span, context| {
        let patches = load(&entry, span, context)?;
        Ok((!patches.is_empty()).then_some(StrategicMergePatches { patches, span }))
    })?;
    if let Some((text, span)) = inline.and_then(|inline| Some((inline.value, inline.span?))) {
        let source = context.inline_text(&text, span);
        let patches = objects(context.documents(source, Dialect::Manifest)?, || false)?;
        if !patches.is_empty() {
            configured.push(Configured::new("patches", StrategicMergePatches { patches, span }));
        }
    }
    if let (Some(span), true) = (last, configured.is_empty()) {
        let mut error = Diagnostic::error("empty-patch", "none of the files contains a patch").at(span).words(empty);
        form.configure(&mut error.words, "patchesStrategicMerge", 0);
        return Err(error.into());
    }
    Ok(configured)
}

fn load(entry: &str, span: Span, context: &mut Context<'_>) -> Result<Vec<Resource>> {
    let inline = context.inline_text(entry, span);
    let read = context.documents(inline, Dialect::Manifest).and_then(|documents| objects(documents, || false));
    match read {
        Ok(patches) => Ok(patches),
        Err(error) if entry.contains('\n') => {
            let words = context.loader.file_words(entry).unwrap_or_default();
            Err(error.reword(|own| own.replace(words)))
        }
        Err(_) => {
            let source = context.read_text(entry).map_err(|error| error.at(span))?;
            let read = context.documents(source, Dialect::Manifest).and_then(|documents| objects(documents, || false));
            read.map_err(|errors| {
                errors.reword(|words| {
                    if words.text().is_some_and(|text| text.starts_with("MalformedYAMLError")) {
                        words.surround("", format!(" in File: {entry}"));
                    }
                })
            })
        }
    }
}

impl Transformer for StrategicMergePatches {
    fn transform(&self, resources: &mut ResMap, context: &mut Context<'_>) -> Result<()> {
        for patch in &self.patches {
            let at = one_target(patch, resources)?;
            let target = Target { at, options: Options::default(), span: self.span };
            apply_selected(patch, target, resources, context)?;
        }
        Ok(())
    }
}
