//! `patches`: strategic merge patches and JSON patches, from files or inline, for the objects of a target.
//!
//! A strategic merge patch without a target applies to the one object that has or had its id. With a target, the name, kind,
//! and namespace of the patch are ignored. Behavior: kustomize's `PatchTransformer`.

use std::sync::Arc;

use serde::Deserialize;

use super::{Configured, Form, TransformerKind};
use crate::diagnostic::{Diagnostic, Diagnostics, Meant, Result};
use crate::fields::suggestion;
use crate::finding::Finding;
use crate::kustomize_words::quote;
use crate::patch::json_patch::{self, Operation};
use crate::patch::strategic_merge::{self, MergeBy, Merged};
use crate::resource::{Gvk, LabelSelector, Pattern, ResId, ResMap, Resource, Selector, annotations_mut, objects};
use crate::schema::openapi::Definition;
use crate::schema::{CommentSchemas, Notation, known_in};
use crate::source::{SourceId, Span};
use crate::stage::{Context, Transformer};
use crate::yaml::provenance::Edit;
use crate::yaml::{Dialect, Entry as Pair, Key, Located, Mapping, Node, Scalar, Tag, Unknown, Value, check_json, decode_object};

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

/// `options` of an item.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Options {
    allow_name_change: bool,
    allow_kind_change: bool,
}

/// The object that a patch is merged into, and how.
#[derive(Clone, Copy)]
pub struct Target {
    /// Its position.
    pub at: usize,
    /// What the patch may change.
    pub options: Options,
    /// The location that requests it.
    pub span: Span,
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

/// The one object that a patch without a target applies to.
///
/// # Errors
/// No object has or had its id, or several objects do.
pub fn one_target(patch: &Resource, resources: &ResMap) -> Result<usize, Diagnostic> {
    match resources.find_ever(&patch.original_id()).as_slice() {
        [at] => Ok(*at),
        [] => Err(no_target(patch, resources)),
        several => {
            let words = not_unique("multiple", patch);
            let message = format!("{} objects are or were named {}", several.len(), patch.id());
            let mut error = patch.error("ambiguous-patch", message).words(words);
            for resource in several.iter().filter_map(|&at| resources.get(at)) {
                error = error.label(resource.name_span(), format!("{}", resource.id()));
            }
            Err(error.help("add a `target` that selects one of them"))
        }
    }
}

fn not_unique(number: &str, patch: &Resource) -> String {
    let id = patch.original_id().words();
    format!("{number} matches for Id {id}; failed to find unique target for patch {id}")
}

fn no_target(patch: &Resource, resources: &ResMap) -> Diagnostic {
    let id = &patch.original_id();
    let (api_version, name) = (id.gvk.api_version(), Meant::new(&id.name));
    // An object is near if only one of kind, name, namespace, and API version is different, and the name is at least similar.
    let is_near = |other: &ResId| {
        let has_kind = id.gvk.kind == other.gvk.kind;
        let has_rest = || [id.gvk.api_version() == other.gvk.api_version(), id.same_namespace(other)];
        if id.name == other.name {
            return [has_kind].into_iter().chain(has_rest()).filter(|same| *same).count() == 2;
        }
        has_kind && name.may_be(&other.name) && has_rest() == [true; 2]
    };
    let near = resources.iter().rev().find(|other| is_near(other.id()));
    let error = patch.error("no-match", format!("the patch is for {id} ({api_version}), which does not exist"));
    let error = error.words(not_unique("no", patch));
    match near {
        Some(near) => error.help(format!("did you mean {} ({})?", near.id(), near.gvk().api_version())),
        None => error.help("set the apiVersion, kind, name, and namespace of the target in the patch, or add a `target`"),
    }
}

/// The patch as it is applied to a selected object: with the object's group and version, and labels and annotations as
/// strings.
fn for_target(patch: &Resource, target: Option<&Resource>, edit: &mut Edit<'_>) -> Node {
    let mut node = patch.node().clone();
    let api_version = target.and_then(|target| target.node().get("apiVersion")).cloned();
    match (api_version, node.as_mapping_mut()) {
        (Some(api_version), Some(mapping)) => mapping.put(Key::new("apiVersion", api_version.span()), api_version),
        (None, Some(mapping)) => {
            mapping.remove("apiVersion");
        }
        (_, None) => {}
    }
    rewrite(&mut node, "labels", edit);
    rewrite(&mut node, "annotations", edit);
    node
}

/// Labels or annotations of a patch as kustomize writes them back: strings, and omitted if there are none.
fn rewrite(patch: &mut Node, field: &str, edit: &mut Edit<'_>) {
    let Some(metadata) = patch.get_mut("metadata").and_then(Node::as_mapping_mut) else { return };
    if metadata.get(field).is_some_and(|node| node.as_mapping().is_none_or(Mapping::is_empty)) {
        metadata.remove(field);
    }
    if let Some(own) = metadata.get_mut(field) {
        own.set_brackets(false);
    }
    if let Some(mapping) = metadata.get_mut(field).and_then(Node::as_mapping_mut) {
        mapping.keep_last();
    }
    for entry in metadata.get_mut(field).and_then(Node::as_mapping_mut).into_iter().flat_map(Mapping::iter_mut) {
        entry.key = Key::new(entry.key.text.clone(), entry.key.span);
    }
    stringify(metadata.get_mut(field), edit);
}

/// Sets a missing `apiVersion` of an object that a patch selects to null, because kustomize writes the empty one back.
fn write_out_missing_version(at: usize, resources: &mut ResMap, edit: &mut Edit<'_>) {
    if resources.get(at).is_some_and(|resource| resource.node().get("apiVersion").is_none()) {
        let null = Node::new(Value::Scalar(Scalar::new(Tag::Null, "null")), edit);
        let key = Key::new("apiVersion", edit.span());
        resources.edit(at, |resource| resource.edit(|node| node.as_mapping_mut().map(|mapping| mapping.put(key, null))));
    }
}

/// Converts the values of a mapping to strings, because kustomize writes labels and annotations back as strings, newly quoted.
fn stringify(node: Option<&mut Node>, edit: &mut Edit<'_>) {
    for entry in node.and_then(Node::as_mapping_mut).into_iter().flat_map(|mapping| mapping.iter_mut()) {
        let text = entry.value.as_scalar().map(|scalar| scalar.text.clone()).unwrap_or_default();
        let string = Scalar::set_text(text);
        match entry.value.as_scalar() {
            Some(scalar) => {
                let string = Scalar { shared: scalar.shared, ..string };
                entry.value.respell(string);
            }
            None => {
                let span = entry.value.span();
                entry.value.set(Value::Scalar(string), &mut edit.at(span));
            }
        }
    }
}

/// Merges a patch into a selected object, regardless of the group and version in the patch. Behavior: kustomize's
/// `ResMap.ApplySmPatch`.
///
/// # Errors
/// As [`apply_strategic`].
pub fn apply_selected(patch: &Resource, target: Target, resources: &mut ResMap, context: &mut Context<'_>) -> Result<()> {
    let Target { at, span, .. } = target;
    let patch = for_target(patch, resources.get(at), &mut context.edit(span));
    apply_strategic(&patch, target, resources, context)?;
    write_out_missing_version(at, resources, &mut context.edit(span));
    Ok(())
}

/// Merges a patch into an object; the patch may delete the object.
pub fn apply_strategic(patch: &Node, target: Target, resources: &mut ResMap, context: &mut Context<'_>) -> Result<()> {
    let Target { at, options, span } = target;
    let Some(resource) = resources.get(at) else { return Ok(()) };
    let schema = context.records.schema.for_merging();
    let custom = custom_lists(resource, resources, context);
    let how = MergeBy { schema: &schema, own: custom.as_deref() };
    let comments = CommentSchemas::of(&[resource.node(), patch], &context.records.sources);
    let takes_annotations = strategic_merge::takes_annotations(patch);
    let mut edit = context.edit(span);
    edit.count_copy(patch)?;
    let target = if takes_annotations { resource.annotated(&mut edit) } else { resource.node().clone() };
    let before = resource.node().clone();
    let Merged { node, remarks } = strategic_merge::merge(&target, patch, how, &comments, &mut edit)?;
    let merges = context.records.custom_lists.is_some();
    let help = merges.then(|| if custom.is_some() { ATOMIC_LIST } else { UNKNOWN_KIND });
    for remark in remarks {
        let help = help.filter(|_| remark.code == "list-replaced").map(str::to_owned);
        context.find(Finding::about(resource.id(), "", remark.help_if(help)));
    }
    let Some(merged) = node else {
        resources.remove(at);
        return Ok(());
    };
    resources.edit(at, |resource| {
        if options.allow_name_change || options.allow_kind_change {
            resource.remember_id();
        }
        if takes_annotations {
            resource.take_annotated(merged);
        } else {
            resource.edit(|node| *node = merged);
        }
        resource.edit(|node| {
            if !options.allow_kind_change {
                restore(node, &before, &["kind"]);
            }
            if !options.allow_name_change {
                restore(node, &before, &["metadata", "name"]);
            }
            restore(node, &before, &["metadata", "namespace"]);
            keep_version(node, &before);
        });
    });
    let Some(resource) = resources.get(at) else { return Ok(()) };
    match resources.find_same(resource).iter().find(|&&other| other != at) {
        Some(_) => {
            let words = format!("may not add resource with an already registered id: {}", resource.id().words());
            let message = format!("the patch gives two objects the same id: {}", resource.id());
            Err(resource.error("duplicate-object", message).words(words).into())
        }
        None => Ok(()),
    }
}

/// What to do about a list that is replaced although lists of custom resources are merged.
const ATOMIC_LIST: &str = "the definition of the kind declares no keys for this list: repeat the items, or use a JSON patch";
const UNKNOWN_KIND: &str =
    "there is no definition of the kind to merge by: pass it with `--crds`, repeat the items, or use a JSON patch";

/// How the lists of a custom resource are merged, if they are.
fn custom_lists(resource: &Resource, resources: &ResMap, context: &mut Context<'_>) -> Option<Arc<Definition>> {
    let lists = context.records.custom_lists.as_mut()?;
    let Gvk { group, version, kind } = resource.gvk();
    let is_definition = |object: &&Resource| object.kind() == "CustomResourceDefinition";
    let objects = || resources.iter().filter(is_definition).map(Resource::node);
    known_in(group, version, kind).is_empty().then(|| lists.of(resource.gvk(), objects(), resources.len()))?
}

/// The version in a patch only identifies its target, so the patch does not write it.
fn keep_version(node: &mut Node, before: &Node) {
    let same = |old: &&Node| node.get("apiVersion").is_some_and(|new| new.origin() != old.origin() && new.same(old));
    if let Some(old) = before.get("apiVersion").filter(same)
        && let Some(version) = node.get_mut("apiVersion")
    {
        version.stay(old);
    }
}

/// Restores a field.
fn restore(node: &mut Node, before: &Node, path: &[&str]) {
    let Some((key, parents)) = path.split_last() else { return };
    let Some(parent) = node.at_path_mut(parents).and_then(Node::as_mapping_mut) else { return };
    match before.at_path(path) {
        Some(old) if !(*key == "namespace" && old.as_scalar().is_some_and(|scalar| scalar.text.is_empty())) => {
            let mut old = old.clone();
            // kustomize writes the old text without its type.
            if let Some(scalar) = old.as_scalar().filter(|scalar| !scalar.is_quoted()) {
                let untagged = Scalar { shared: scalar.shared, ..Scalar::untagged(scalar.text.clone()) };
                old.respell(untagged);
            }
            parent.put(Key::new(*key, old.span()), old);
        }
        _ => {
            parent.remove(key);
        }
    }
}
