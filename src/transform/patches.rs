//! `patches`: strategic merge patches and JSON patches, from files or inline, for the objects of a target.
//!
//! A strategic merge patch without a target applies to the one object that has or had its id. With a target, the name, kind,
//! and namespace of the patch are ignored. Behavior: kustomize's `PatchTransformer`.

pub mod strategic;

use serde::Deserialize;

use strategic::{Options, Target, apply_selected, apply_strategic, one_target, rewrite, stringify};

use super::{Configured, Form, TransformerKind};
use crate::diagnostic::{Diagnostic, Diagnostics, Result};
use crate::fields::suggestion;
use crate::kustomize_words::quote;
use crate::patch::json_patch::{self, Operation};
use crate::resource::{LabelSelector, Pattern, ResMap, Resource, Selector, annotations_mut, objects};
use crate::schema::Notation;
use crate::source::{SourceId, Span};
use crate::stage::{Context, Transformer};
use crate::yaml::provenance::Edit;
use crate::yaml::{Dialect, Entry as Pair, Located, Node, Unknown, check_json, decode_object};

/// The table row of this transformer.
pub const KIND: TransformerKind = TransformerKind { fields: &["patches"], kind: "PatchTransformer", decode: configure };

/// One item: what to apply, and to which objects.
pub struct Patch {
    content: Content,
    target: Option<Located<Selector>>,
    options: Options,
    span: Span,
}

enum Content {
    Nothing,
    Strategic(Vec<Resource>),
    Json(Vec<Operation>),
}

/// An item of `patches` or `patchesJson6902` as written.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Entry {
    /// The file of the patch.
    pub path: Located<String>,
    /// The text of the patch.
    pub patch: Located<String>,
    /// Which objects it applies to.
    pub target: Option<Located<SelectorConfig>>,
    /// What the patch may change.
    pub options: Option<Options>,
}

/// A selector as written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct SelectorConfig {
    /// The API group, a regular expression like the other parts.
    pub group: Located<String>,
    /// The version.
    pub version: Located<String>,
    /// The kind.
    pub kind: Located<String>,
    /// The name.
    pub name: Located<String>,
    /// The namespace.
    pub namespace: Located<String>,
    /// A label selector.
    pub label_selector: Located<String>,
    /// A label selector for annotations.
    pub annotation_selector: Located<String>,
}

impl SelectorConfig {
    /// Compiles the selector.
    ///
    /// # Errors
    /// A regular expression or label selector is malformed.
    pub fn compile(&self) -> Result<Selector, Diagnostic> {
        let at = |part: &Located<String>, error: Diagnostic| part.span.map_or(error.clone(), |span| error.at(span));
        let pattern = |part: &Located<String>| {
            Pattern::new(part).map_err(|cause| {
                // kustomize adds anchors, which are visible where Go shows the whole expression.
                let whole = ["missing closing )", "unexpected )"].iter().find(|reason| cause.starts_with(**reason));
                let cause_there = whole.map_or(cause.clone(), |reason| format!("{reason}: `^(?:{})$`", part.value));
                let message = format!("`{}` is not a valid regular expression: {cause}", part.value);
                let error = Diagnostic::error("selector", message);
                at(part, error.running_words(format!("error parsing regexp: {cause_there}")))
            })
        };
        let labels = |part: &Located<String>| {
            LabelSelector::parse(part).map_err(|cause| {
                let error = Diagnostic::error("selector", format!("`{}` is not a valid label selector: {cause}", part.value));
                at(part, error.running_words(format!("unable to parse requirement: {cause}")))
            })
        };
        Ok(Selector {
            group: pattern(&self.group)?,
            version: pattern(&self.version)?,
            kind: pattern(&self.kind)?,
            name: pattern(&self.name)?,
            namespace: pattern(&self.namespace)?,
            labels: labels(&self.label_selector)?,
            annotations: labels(&self.annotation_selector)?,
        })
    }
}

fn configure(form: Form<'_>, context: &mut Context<'_>) -> Result<Vec<Configured>> {
    let entries: Vec<Located<Entry>> = match form {
        Form::Fields(kustomization) => kustomization.valid("patches"),
        Form::Object(object) => vec![Located { value: decode_object(object, Unknown::Ignore)?, span: Some(object.span()) }],
    };
    Configured::of_entries("patches", entries, form, context, |entry, span, context| load(&entry, span, context).map(Some))
}

fn load(entry: &Entry, span: Span, context: &mut Context<'_>) -> Result<Patch> {
    let source = text_of(entry, entry.patch.trim(), span, context).map_err(|error| {
        let before = format!("failed to get the patch file from path({}): ", *entry.path);
        if error.iter().any(|error| matches!(error.code, "missing-field" | "two-patches")) {
            return error;
        }
        error.reword(|words| words.surround(before, ""))
    })?;
    let whole = context.records.sources.whole(source);
    let compile = |target: &Located<SelectorConfig>| Ok::<_, Diagnostic>(Located { value: target.compile()?, span: target.span });
    let target = entry.target.as_ref().map(compile).transpose()?;
    let from = || match entry.path.is_empty() {
        true => format!("[patch: {}]", quote(entry.patch.trim())),
        false => format!("[path: {}]", quote(&entry.path)),
    };
    let unparsed =
        |error: Diagnostics| error.reword(|words| words.replace(format!("unable to parse SM or JSON patch from {}", from())));
    let content = content(source, context).map_err(unparsed)?;
    match (&content, &target) {
        (Content::Json(_), None) => Err(Diagnostic::error("missing-target", "a JSON patch requires a `target`")
            .at(span)
            .running_words(format!("must specify a target for JSON patch {}", from()))
            .help("specify the objects to patch: `target: {kind: Deployment, name: web}`")
            .into()),
        (Content::Strategic(patches), Some(_)) if patches.len() > 1 => Err(Diagnostic::error(
            "several-patches",
            format!("this item contains {} patches, but `target` allows only one", patches.len()),
        )
        .at(whole.at_start())
        .running_words(format!(
            "Multiple Strategic-Merge Patches in one `patches` entry is not allowed to set `patches.target` field: {}",
            from()
        ))
        .help("split it into separate items, or remove `target`")
        .into()),
        _ => Ok(Patch { content, target, options: entry.options.unwrap_or_default(), span }),
    }
}

/// The text of an item, from its file or from `inline`, which is the content of its `patch`.
pub fn text_of(entry: &Entry, inline: &str, span: Span, context: &mut Context<'_>) -> Result<SourceId> {
    match (inline.is_empty(), entry.path.is_empty()) {
        (true, true) => {
            let error = Diagnostic::error("missing-field", "one of `patch` or `path` is required").at(span);
            Err(error.words("must specify one of patch and path in\n").into())
        }
        (false, false) => {
            let error = Diagnostic::error("two-patches", "`patch` and `path` are mutually exclusive").at(span);
            Err(error.words("patch and path can't be set at the same time\n").into())
        }
        (true, false) => {
            let at = entry.path.span.unwrap_or(span);
            context.read_text(&entry.path).map_err(|error| error.at(at))
        }
        (false, true) => Ok(context.inline_text(inline, entry.patch.span.unwrap_or(span))),
    }
}

/// A list is a JSON patch; anything else must be objects.
fn content(source: SourceId, context: &mut Context<'_>) -> Result<Content> {
    let dialect = json_patch::dialect(context.records.sources.get(source).text(), context.records.sources.whole(source))?;
    let first = context.records.first_document(source, context.step, dialect)?;
    match first {
        // Without operations, the object does not even make a round trip through JSON.
        Some(list) if list.as_sequence().is_some_and(<[Node]>::is_empty) => Ok(Content::Nothing),
        Some(list) if list.as_sequence().is_some() => Ok(Content::Json(json_patch::operations(&list)?)),
        _ => {
            let documents = context.documents(source, Dialect::Manifest)?;
            let patches = objects(documents, || false)?;
            Ok(if patches.is_empty() { Content::Nothing } else { Content::Strategic(patches) })
        }
    }
}

impl Transformer for Patch {
    fn transform(&self, resources: &mut ResMap, context: &mut Context<'_>) -> Result<()> {
        match (&self.content, &self.target) {
            (Content::Nothing, _) | (Content::Json(_), None) => Ok(()),
            (Content::Json(operations), Some(target)) => {
                let positions = select(target, resources, context);
                let applied = apply_json(operations, &positions, resources, true, &mut context.edit(self.span));
                applied.map_err(|errors| errors.in_order_of(&context.records.sources))
            }
            (Content::Strategic(patches), Some(target)) => {
                for at in select(target, resources, context) {
                    for patch in patches {
                        let target = Target { at, options: self.options, span: self.span };
                        apply_selected(patch, target, resources, context)?;
                    }
                }
                Ok(())
            }
            (Content::Strategic(patches), None) => {
                let mut errors = Vec::new();
                for patch in patches {
                    let at = match one_target(patch, resources) {
                        Ok(at) if errors.is_empty() => at,
                        Ok(_) => continue,
                        Err(mut error) => {
                            let id = quote(&patch.original_id().words());
                            error.words.surround(format!("no resource matches strategic merge patch {id}: "), "");
                            errors.push(error);
                            continue;
                        }
                    };
                    let mut node = patch.node().clone();
                    if self.options.allow_name_change || self.options.allow_kind_change {
                        // kustomize stores the options in the patch's annotations.
                        rewrite(&mut node, "annotations", &mut context.edit(self.span));
                    }
                    apply_strategic(&node, Target { at, options: self.options, span: self.span }, resources, context)?;
                }
                Diagnostics::check(errors)
            }
        }
    }
}

/// The positions of the objects that a target selects; reports a finding if there are none.
pub fn select(target: &Located<Selector>, resources: &ResMap, context: &mut Context<'_>) -> Vec<usize> {
    let positions = target.value.select(resources);
    if positions.is_empty() {
        unmatched(target, resources, context);
    }
    positions
}

/// Reports that a target selects nothing, and what it nearly selects.
pub fn unmatched(target: &Located<Selector>, resources: &ResMap, context: &mut Context<'_>) {
    let finding = Diagnostic::warning("unmatched-target", "the target selects no objects, so this item has no effect");
    let near = if context.records.reads.usage.may_suggest() { target.value.nearest(resources) } else { None };
    let help = near.unwrap_or_else(|| "fix the target, or remove the item".into());
    context.find(finding.help(help).at_if(target.span));
}

/// Applies a JSON patch to objects. `remember` keeps their former names.
pub fn apply_json(
    operations: &[Operation],
    positions: &[usize],
    resources: &mut ResMap,
    remember: bool,
    edit: &mut Edit<'_>,
) -> Result<()> {
    let takes_annotations = operations.iter().any(Operation::takes_annotations);
    for &at in positions {
        let object = resources.get(at).map(|resource| (resource.name_span(), resource.id().to_string()));
        resources.get(at).map_or(Ok(()), |resource| check_json(resource.node()))?;
        resources
            .edit(at, |resource| {
                if remember {
                    resource.remember_id();
                }
                let internal = resource.internal_annotations();
                if takes_annotations {
                    let mut node = resource.annotated(edit);
                    json_patch::apply(&mut node, operations, edit)?;
                    stringify(node.at_path_mut(&["metadata", "annotations"]), edit);
                    resource.take_patched(node);
                    put_back(internal, resource, edit);
                    return Ok(());
                }
                let remembers = resource.has_history();
                resource.edit(|node| {
                    // kustomize keeps its internal state in annotations, so they exist and can be added to.
                    if let Some(metadata) = node.get_mut("metadata").and_then(Node::as_mapping_mut).filter(|_| remembers) {
                        metadata.get_or_insert_with("annotations", edit, Node::mapping);
                    }
                    json_patch::apply(node, operations, edit)?;
                    stringify(node.at_path_mut(&["metadata", "annotations"]), edit);
                    Ok::<_, Diagnostic>(())
                })?;
                put_back(internal, resource, edit);
                Ok(())
            })
            .map_err(|error: Diagnostic| match object {
                Some((span, id)) => error.label(span, format!("applied to {id}")),
                None => error,
            })
            .map_err(|error| suggested(error, at, operations, resources))?;
    }
    Ok(())
}

/// An error of a JSON patch, with the path that the schema of the object has.
fn suggested(error: Diagnostic, at: usize, operations: &[Operation], resources: &ResMap) -> Diagnostic {
    let is_here = |operation: &&Operation| {
        let (own, span) = (operation.span(), error.span.unwrap_or(operation.span()));
        own.source == span.source && own.start <= span.start && span.end <= own.end
    };
    let (Some(operation), Some(resource)) = (operations.iter().find(is_here), resources.get(at)) else { return error };
    if error.help.is_some() {
        return error;
    }
    operation.paths().fold(error, |error, path| {
        let steps: Vec<String> = path.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~")).collect();
        let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
        suggestion::add(error, resource.gvk(), &steps, Notation::Pointer, resources)
    })
}

/// Restores annotations of kustomize itself, which a JSON patch can't change.
fn put_back(internal: Vec<Pair>, resource: &mut Resource, edit: &mut Edit<'_>) {
    if internal.is_empty() {
        return;
    }
    resource.edit_body(|node| {
        let Some(annotations) = annotations_mut(node, edit) else { return };
        internal.into_iter().for_each(|entry| annotations.put(entry.key, entry.value));
        stringify(node.at_path_mut(&["metadata", "annotations"]), edit);
    });
}
