//! `patchesJson6902`: JSON patches for the objects of a target; deprecated in favor of `patches`.
//!
//! Behavior: kustomize's `PatchJson6902Transformer`. Unlike `patches`, it does not remember former names.

use serde::Deserialize;

use super::patches::{Entry, SelectorConfig, apply_json, select, text_of};
use super::{Configured, Form, TransformerKind};
use crate::diagnostic::{Diagnostic, Result};
use crate::patch::json_patch::{self, Operation};
use crate::resource::{ResMap, Selector};
use crate::source::Span;
use crate::stage::{Context, Transformer};
use crate::yaml::{Located, Unknown, decode_object, json};

/// The table row of this transformer.
pub const KIND: TransformerKind =
    TransformerKind { fields: &["patchesJson6902"], kind: "PatchJson6902Transformer", decode: configure };

struct JsonPatch {
    operations: Vec<Operation>,
    target: Located<Selector>,
    span: Span,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Config {
    target: Option<Located<SelectorConfig>>,
    path: Located<String>,
    json_op: Located<String>,
}

fn configure(form: Form<'_>, context: &mut Context<'_>) -> Result<Vec<Configured>> {
    let entries: Vec<Located<Entry>> = match form {
        Form::Fields(kustomization) => kustomization.valid("patchesJson6902"),
        Form::Object(object) => {
            let Config { target, path, json_op } = decode_object(object, Unknown::Ignore)?;
            let entry = Entry { path, patch: json_op, target, ..Entry::default() };
            vec![Located { value: entry, span: Some(object.span()) }]
        }
    };
    Configured::of_entries("patchesJson6902", entries, form, context, |entry, span, context| {
        load(&entry, span, context).map(Some)
    })
}

fn load(entry: &Entry, span: Span, context: &mut Context<'_>) -> Result<JsonPatch> {
    let Some(target) = entry.target.as_ref().filter(|target| !target.name.is_empty()) else {
        return Err(Diagnostic::error("missing-target", "a JSON patch requires the name of its target")
            .at(span)
            .words("must specify the target name")
            .help("set `target: {kind: Deployment, name: web}`")
            .into());
    };
    let source = text_of(entry, &entry.patch, span, context).map_err(|error| {
        error.reword(|words| match (entry.patch.is_empty(), entry.path.is_empty()) {
            (true, true) => words.replace("empty file path and empty jsonOp"),
            (false, false) => words.replace("must specify a file path or jsonOp, not both"),
            _ => {}
        })
    })?;
    let dialect = json_patch::dialect(context.records.sources.get(source).text(), context.records.sources.whole(source))?;
    let document = context.records.first_document(source, context.step, dialect)?;
    let operations = document.as_ref().map(json_patch::operations).transpose().map_err(|errors| {
        let read = document.as_ref().and_then(|document| json::print(document, false)).unwrap_or_default();
        errors.reword(|words| words.surround(format!("decoding {read}: "), ""))
    })?;
    let operations = operations.unwrap_or_default();
    if operations.is_empty() {
        let words = format!("patch appears to be empty; file={}, JsonOp={}", *entry.path, entry.patch.trim());
        return Err(Diagnostic::error("empty-patch", "the patch contains no operations").at(span).words(words).into());
    }
    let target = Located { value: target.compile()?, span: target.span };
    Ok(JsonPatch { operations, target, span })
}

impl Transformer for JsonPatch {
    fn transform(&self, resources: &mut ResMap, context: &mut Context<'_>) -> Result<()> {
        let positions = select(&self.target, resources, context);
        let applied = apply_json(&self.operations, &positions, resources, false, &mut context.edit(self.span));
        applied.map_err(|errors| errors.in_order_of(&context.records.sources))
    }
}
