//! Strategic merge patches: the object that one is for, and what it may change in it. Behavior: kustomize's `ResMap.ApplySmPatch`.

use std::sync::Arc;

use serde::Deserialize;

use crate::diagnostic::{Diagnostic, Meant, Result};
use crate::finding::Finding;
use crate::patch::strategic_merge::{self, MergeBy, Merged};
use crate::resource::{Gvk, ResId, ResMap, Resource};
use crate::schema::openapi::Definition;
use crate::schema::{CommentSchemas, known_in};
use crate::source::Span;
use crate::stage::Context;
use crate::yaml::provenance::Edit;
use crate::yaml::{Key, Mapping, Node, Scalar, Tag, Value};

/// `options` of an item.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Options {
    pub(super) allow_name_change: bool,
    pub(super) allow_kind_change: bool,
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
pub fn rewrite(patch: &mut Node, field: &str, edit: &mut Edit<'_>) {
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
        entry.key = Key::new(entry.key.text, entry.key.span());
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
pub fn stringify(node: Option<&mut Node>, edit: &mut Edit<'_>) {
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
