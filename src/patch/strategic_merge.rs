//! Strategic merge: a patch in the form of a partial object.
//!
//! Mappings merge, null deletes, lists are replaced unless kustomize's schema gives them merge keys; `$patch: delete |
//! replace | merge` in mappings and list items overrides that. Behavior, including its oddities: kyaml's `merge2` and
//! `walk`, with new list items first. The whole object is walked, not just the fields in the patch: this is why an empty
//! `emptyDir:` anywhere in a patched object is removed.

use ecow::EcoVec;

use super::merge_list::{ListMerge, has_unique_keys, merge_keyed};
use super::pass::{DIRECTIVE, Pair, Pass, Walked};
use super::remarks;
use crate::diagnostic::Diagnostic;
use crate::resource::is_recorded;
use crate::schema::openapi::Definition;
use crate::schema::{CommentSchemas, MergeType, Schema, known_in};
use crate::yaml::provenance::Edit;
use crate::yaml::{self, Entry, Expected, Mapping, Node, Quotes, Scalar, Tag, Value, wrong_kind};

/// The schemas that determine how the lists of an object are merged.
#[derive(Clone, Copy)]
pub struct MergeBy<'s> {
    /// The schemas of all kinds.
    pub schema: &'s Schema,
    /// The schema of the object's own kind, if it is known from elsewhere.
    pub own: Option<&'s Definition>,
}

/// The result of a patch.
pub struct Merged {
    /// The object; `None` if the patch deletes it.
    pub node: Option<Node>,
    /// Findings about side effects of the patch.
    pub remarks: Vec<Diagnostic>,
}

/// Merges `patch` into `target`.
///
/// `$patch: replace` at its top level has no effect: kustomize creates the new object and discards it.
///
/// # Errors
/// The patch and the target have values of different types (such as a list and a mapping), or a directive is unknown.
pub fn merge(
    target: &Node,
    patch: &Node,
    by: MergeBy<'_>,
    comments: &CommentSchemas,
    edit: &mut Edit<'_>,
) -> Result<Merged, Diagnostic> {
    if patch.get(DIRECTIVE).map(directive).transpose()? == Some(Directive::Replace) {
        return Ok(Merged { node: Some(target.clone()), remarks: Vec::new() });
    }
    let MergeBy { schema, own } = by;
    let mut pass = Pass { schema, comments, edit, object: target, remarks: Vec::new() };
    let own = own.map(|own| schema.alone(own));
    let pair = Pair { target: Some(target.clone()), patch: Some(patch.clone()), schema: own };
    let node = walk(pair, &mut pass)?.node;
    Ok(Merged { node, remarks: pass.remarks })
}

/// Whether the kind of an object is not one of Kubernetes' own.
fn is_custom(object: &Node) -> bool {
    let text = |key| object.get(key).and_then(Node::as_str);
    let (Some(api_version), Some(kind)) = (text("apiVersion"), text("kind")) else { return false };
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    known_in(group, version, kind).is_empty()
}

/// Whether a patch removes annotations that it does not name, with null, or with a directive on them or on an outer mapping,
/// or whether it names one in which kustomize records a property of the object.
pub fn takes_annotations(patch: &Node) -> bool {
    let annotations = patch.at_path(&["metadata", "annotations"]);
    let around = [Some(patch), patch.get("metadata"), annotations];
    let names = annotations.and_then(Node::as_mapping).into_iter().flat_map(Mapping::iter);
    around.into_iter().flatten().any(|node| node.is_null() || node.get(DIRECTIVE).is_some())
        || names.into_iter().any(|entry| is_recorded(&entry.key.text))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Mapping,
    Sequence,
    Scalar,
    Nothing,
}

fn shape(node: &Option<Node>) -> Shape {
    match node.as_ref().filter(|node| !node.is_null()).map(Node::value) {
        Some(Value::Mapping(_)) => Shape::Mapping,
        Some(Value::Sequence(_)) => Shape::Sequence,
        Some(Value::Scalar(_)) => Shape::Scalar,
        None => Shape::Nothing,
    }
}

impl<'s> Pass<'_, '_, 's> {
    /// Merges two values.
    pub(super) fn walk(&mut self, pair: Pair<'s>) -> Result<Walked, Diagnostic> {
        walk(pair, self)
    }

    /// An item of a list that comes entirely from the patch.
    pub(super) fn own_element(&mut self, element: Node, schema: Option<MergeType<'s>>) -> Result<Walked, Diagnostic> {
        if element.is_null() { Ok(Walked::default()) } else { own_value(element, schema, self) }
    }
}

impl Walked {
    /// The result of setting a field to its current value.
    pub fn settled(self) -> Self {
        Walked { node: self.node.map(settled_scalar), ..self }
    }
}

/// Merges two values.
fn walk<'s>(pair: Pair<'s>, pass: &mut Pass<'_, '_, 's>) -> Result<Walked, Diagnostic> {
    let Pair { mut target, patch, schema } = pair;
    let schema = schema.or_else(|| [&target, &patch].into_iter().flatten().find_map(|node| schema_of(node, pass.schema)));
    if let (Some(target), Some(patch)) = (&mut target, &patch)
        && target.is_empty()
    {
        target.set_brackets(patch.in_brackets());
    }
    let shapes = (shape(&target), shape(&patch));
    if let (Some(target), None) = (&target, &patch)
        && shapes.0 != Shape::Nothing
        && is_settled(target, schema, pass.schema)
    {
        return Ok(Walked::target(target.clone()));
    }
    if let (Some(target), Some(patch)) = (&target, &patch)
        && shapes.0 != shapes.1
        && shapes.0 != Shape::Nothing
        && shapes.1 != Shape::Nothing
    {
        let message = format!("expected {} as in the object, found {}", target.type_name(), patch.type_name());
        let expected = match target.value() {
            Value::Scalar(_) => Expected::Scalar,
            Value::Sequence(_) => Expected::Sequence,
            Value::Mapping(_) => Expected::Mapping,
        };
        let error = patch.error("patch-type", message).words(wrong_kind(expected, patch));
        return Err(error.label(target.span(), "the object's value"));
    }
    match if shapes.0 == Shape::Nothing { shapes.1 } else { shapes.0 } {
        Shape::Sequence => walk_list(Pair { target, patch, schema }, pass),
        Shape::Scalar => Ok(replace(target, patch, pass)),
        Shape::Mapping | Shape::Nothing => walk_mapping(Pair { target, patch, schema }, pass),
    }
}

/// A value that the patch replaces as a whole; a null in the patch deletes it.
fn replace(target: Option<Node>, patch: Option<Node>, pass: &mut Pass<'_, '_, '_>) -> Walked {
    match (target, patch) {
        (Some(mut old), Some(new)) if !new.is_null() => {
            let quotes = old.as_scalar().cloned();
            old.replace_with(new, pass.edit);
            if let (Some(quotes), Some(new)) = (quotes, old.as_scalar().cloned()) {
                old.respell(new.in_place_of(&quotes));
            }
            Walked::patch(Some(old))
        }
        (target, None) => Walked { node: target, ..Walked::default() },
        (_, patch) => Walked::patch(patch),
    }
}

/// A `$patch` directive.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Directive {
    Merge,
    Replace,
    Delete,
}

fn directive(node: &Node) -> Result<Directive, Diagnostic> {
    match node.as_scalar().map(|scalar| scalar.text.as_str()) {
        Some("merge") => Ok(Directive::Merge),
        Some("replace") => Ok(Directive::Replace),
        Some("delete") => Ok(Directive::Delete),
        _ => {
            let found = node.as_scalar().map_or(node.type_name().to_owned(), |scalar| format!("`{}`", scalar.text));
            let text = node.as_scalar().map_or("", |scalar| scalar.text.as_str());
            let error = node.error("patch-directive", format!("expected one of `merge`, `replace`, `delete`, found {found}"));
            Err(error.words(format!("unknown patch strategy '{text}'")))
        }
    }
}

/// Removes the directive from a mapping and returns it.
fn take_mapping_directive(patch: &mut Node) -> Result<Directive, Diagnostic> {
    let Some(found) = patch.get(DIRECTIVE).map(directive).transpose()? else { return Ok(Directive::Merge) };
    if let Some(mapping) = patch.as_mapping_mut() {
        mapping.remove(DIRECTIVE);
    }
    Ok(found)
}

/// Removes the directive from a list, where it is an item that contains nothing else, and returns it.
fn take_list_directive(patch: &mut Node) -> Result<Directive, Diagnostic> {
    let items = patch.as_sequence().unwrap_or_default();
    let Some(element) = items.iter().find(|item| item.get(DIRECTIVE).is_some()) else { return Ok(Directive::Merge) };
    if element.as_mapping().is_none_or(|mapping| mapping.len() > 1) {
        return Ok(Directive::Merge);
    }
    let Some(value) = element.get(DIRECTIVE) else { return Ok(Directive::Merge) };
    let found = directive(value)?;
    let text = value.as_scalar().map(|scalar| scalar.text.clone());
    if let Some(items) = patch.as_sequence_mut() {
        let is_directive = |item: &Node| item.get(DIRECTIVE).and_then(Node::as_scalar).map(|scalar| scalar.text.clone()) == text;
        let is_empty = |item: &Node| item.is_null() || item.as_mapping().is_some_and(Mapping::is_empty);
        items.retain(|item| !is_empty(item) && !is_directive(item));
    }
    Ok(found)
}

fn walk_mapping<'s>(pair: Pair<'s>, pass: &mut Pass<'_, '_, 's>) -> Result<Walked, Diagnostic> {
    let Pair { target, patch, schema } = pair;
    let null = match target {
        Some(target) if !target.is_null() => return merge_mapping(target, patch, schema, pass),
        missing_or_null => missing_or_null,
    };
    match (null, patch) {
        // A null that is written out is kept; an empty one (`key:`) is removed.
        (Some(null), None) if null.as_scalar().is_some_and(|scalar| !scalar.text.is_empty()) => {
            Ok(Walked { node: Some(null), from_patch: false, keep: true })
        }
        (_, Some(patch)) if !patch.is_null() => adopt(patch, schema, pass),
        (_, patch) => Ok(Walked::patch(patch)),
    }
}

/// Adopts a patch's mapping where the object has none, without its directives and nulls.
fn adopt<'s>(mut patch: Node, schema: Option<MergeType<'s>>, pass: &mut Pass<'_, '_, 's>) -> Result<Walked, Diagnostic> {
    // An unknown directive is an error only if there is something to apply it to.
    if take_mapping_directive(&mut patch).is_ok_and(|found| found == Directive::Delete) {
        return Ok(Walked::default());
    }
    own(patch, schema, pass)
}

/// Merges a mapping of the patch with itself, which applies nested directives and nulls.
fn own<'s>(mut patch: Node, schema: Option<MergeType<'s>>, pass: &mut Pass<'_, '_, 's>) -> Result<Walked, Diagnostic> {
    let keys: Vec<_> = patch.as_mapping().into_iter().flatten().map(|entry| entry.key.text).collect();
    check_key(&patch)?;
    for key in keys {
        let Some(value) = patch.get(&key).cloned() else { continue };
        let field = pass.field(schema, &[&patch], &key);
        let walked = own_value(value, field, pass)?;
        set_field(&mut patch, &key, walked.settled());
    }
    Ok(Walked::patch(Some(patch)))
}

fn own_value<'s>(mut value: Node, schema: Option<MergeType<'s>>, pass: &mut Pass<'_, '_, 's>) -> Result<Walked, Diagnostic> {
    let schema = schema.or_else(|| schema_of(&value, pass.schema));
    match value.value() {
        Value::Scalar(_) => Ok(Walked::patch(Some(value))),
        Value::Mapping(_) => match take_mapping_directive(&mut value)? {
            Directive::Delete => Ok(Walked::default()),
            Directive::Merge | Directive::Replace => own(value, schema, pass),
        },
        Value::Sequence(_) => match schema.filter(|schema| schema.merges()) {
            None => Ok(Walked::patch(Some(value))),
            Some(_) if take_list_directive(&mut value)? == Directive::Delete => Ok(Walked::default()),
            Some(schema) => {
                let items = value.as_sequence().unwrap_or_default().to_vec();
                let is_new = !items.is_empty();
                let list = ListMerge { target: items, patch: None, schema, adopting: true };
                replace_items(&mut value, merge_keyed(list, pass)?);
                // kyaml creates a new list of the items.
                value.set_brackets(value.in_brackets() && !is_new);
                Ok(Walked::patch(Some(value)))
            }
        },
    }
}

fn merge_mapping<'s>(
    mut target: Node,
    patch: Option<Node>,
    schema: Option<MergeType<'s>>,
    pass: &mut Pass<'_, '_, 's>,
) -> Result<Walked, Diagnostic> {
    let Some(mut patch) = patch else { return settle(target, schema, pass) };
    if patch.is_null() {
        return Ok(Walked::default());
    }
    match take_mapping_directive(&mut patch)? {
        Directive::Delete => return Ok(Walked::default()),
        Directive::Replace => return own(patch, schema, pass),
        Directive::Merge => {}
    }
    check_key(&patch)?;
    target = settle_others(target, &patch, schema, pass)?;
    for Entry { key, value } in patch.as_mapping().into_iter().flatten() {
        if patch.get(&key.text).is_some_and(|first| !std::ptr::eq(first, value)) {
            continue;
        }
        let field = pass.field(schema, &[&target, &patch], &key.text);
        let old = target.get(&key.text).cloned();
        let new = old.is_none();
        let walked = walk(Pair { target: old, patch: Some(value.clone()), schema: field }, pass)?;
        match walked {
            Walked { node: Some(node), keep, .. } if new && (keep || !node.is_null()) => {
                if let Some(mapping) = target.as_mapping_mut() {
                    mapping.push(*key, settled_scalar(node));
                }
            }
            walked => set_field(&mut target, &key.text, walked),
        }
    }
    Ok(Walked::target(target))
}

/// kustomize can't set a field without a name, not even to its current value.
fn check_key(node: &Node) -> Result<(), Diagnostic> {
    match node.get("") {
        Some(field) => Err(field.error("patch-type", "an object with an empty key can't be patched by a strategic merge patch")),
        None => Ok(()),
    }
}

/// Walks the fields that the patch does not name.
fn settle_others<'s>(
    mut target: Node,
    patch: &Node,
    schema: Option<MergeType<'s>>,
    pass: &mut Pass<'_, '_, 's>,
) -> Result<Node, Diagnostic> {
    check_key(&target)?;
    let unsettled: Vec<_> = target
        .as_mapping()
        .into_iter()
        .flatten()
        .filter(|entry| patch.get(&entry.key.text).is_none())
        .filter(|entry| !is_settled_field(&entry.value, schema.and_then(|schema| schema.field(&entry.key.text)), pass.schema))
        .map(|entry| entry.key.text)
        .collect();
    for key in unsettled {
        let field = pass.field(schema, &[&target], &key);
        let walked = walk(Pair { target: target.get(&key).cloned(), patch: None, schema: field }, pass)?;
        set_field(&mut target, &key, walked.settled());
    }
    Ok(target)
}

fn settle<'s>(target: Node, schema: Option<MergeType<'s>>, pass: &mut Pass<'_, '_, 's>) -> Result<Walked, Diagnostic> {
    let nothing = Node::mapping(pass.edit);
    settle_others(target, &nothing, schema, pass).map(Walked::target)
}

/// Sets an existing field to the result of a walk: a null that is not kept is removed.
fn set_field(node: &mut Node, key: &str, walked: Walked) {
    let Some(mapping) = node.as_mapping_mut() else { return };
    match walked.node {
        Some(mut value) if walked.keep || !value.is_null() => {
            if let Some(field) = mapping.get_mut(key) {
                if !field.is_empty() {
                    value.set_brackets(field.in_brackets());
                }
                *field = value;
            }
        }
        _ => {
            mapping.remove(key);
        }
    }
}

fn walk_list<'s>(pair: Pair<'s>, pass: &mut Pass<'_, '_, 's>) -> Result<Walked, Diagnostic> {
    let Pair { target, patch, schema } = pair;
    let Some(schema) = schema.filter(|schema| schema.merges()) else {
        if let (Some(old), Some(new)) = (&target, &patch)
            && !new.is_null()
            && is_custom(pass.object)
        {
            pass.remarks.extend(remarks::replaced(old, new));
        }
        return Ok(replace(target, patch, pass));
    };
    let Some(mut target) = target.filter(|target| !target.is_null()) else {
        return match patch {
            Some(patch) => own_value(patch, Some(schema), pass),
            None => Ok(Walked::default()),
        };
    };
    let mut patch = patch;
    if let Some(patch) = &mut patch {
        if patch.is_null() {
            return Ok(Walked::default());
        }
        match take_list_directive(patch)? {
            Directive::Delete => return Ok(Walked::default()),
            Directive::Replace => {
                let old = target.clone();
                let walked = own_value(patch.clone(), Some(schema), pass)?;
                let node = walked.node.map(|node| {
                    let mut replaced = old;
                    replaced.replace_with(node, pass.edit);
                    replaced
                });
                return Ok(Walked::patch(node));
            }
            Directive::Merge => {}
        }
    }
    let items = target.as_sequence().unwrap_or_default().to_vec();
    let patch = patch.as_ref().and_then(Node::as_sequence).map(<[Node]>::to_vec);
    let merged = merge_keyed(ListMerge { target: items, patch, schema, adopting: false }, pass)?;
    replace_items(&mut target, merged);
    Ok(Walked::target(target))
}

fn replace_items(list: &mut Node, items: Vec<Node>) {
    if let Some(sequence) = list.as_sequence_mut() {
        *sequence = EcoVec::from(items);
    }
}

/// The schema of an object with an `apiVersion` and a `kind`.
fn schema_of<'s>(node: &Node, schema: &'s Schema) -> Option<MergeType<'s>> {
    let text = |key| node.get(key).and_then(Node::as_text).filter(|text| !text.is_empty());
    schema.merge_type(text("apiVersion")?, text("kind")?)
}

/// Whether a string without quotes would be read as another type: it gets quotes if a field is set to it, even if unchanged.
fn is_loose(scalar: &Scalar) -> bool {
    let is_text = scalar.quotes == Quotes::Untagged || scalar.quotes == Quotes::None && scalar.tag == Tag::Str;
    is_text && yaml::is_other_than_text(&scalar.text)
}

fn settled_scalar(mut node: Node) -> Node {
    if let Some(scalar) = node.as_scalar().filter(|scalar| is_loose(scalar)) {
        let string = Scalar { shared: scalar.shared, ..Scalar::quoted(scalar.text.clone()) };
        node.respell(string);
    }
    node
}

/// Whether a walk without a patch leaves a field unchanged.
fn is_settled_field(node: &Node, schema: Option<MergeType<'_>>, all: &Schema) -> bool {
    match node.as_scalar() {
        Some(scalar) => (!node.is_null() || !scalar.text.is_empty()) && !is_loose(scalar),
        None => is_settled(node, schema.or_else(|| schema_of(node, all)), all),
    }
}

fn is_settled(node: &Node, schema: Option<MergeType<'_>>, all: &Schema) -> bool {
    match node.value() {
        Value::Scalar(scalar) => !is_loose(scalar),
        Value::Mapping(mapping) => mapping.iter().all(|entry| {
            !entry.key.text.is_empty()
                && is_settled_field(&entry.value, schema.and_then(|schema| schema.field(&entry.key.text)), all)
        }),
        Value::Sequence(items) => match schema.filter(|schema| schema.merges()) {
            None => true,
            Some(schema) => {
                has_unique_keys(items, schema) && items.iter().all(|item| is_settled_field(item, schema.items(), all))
            }
        },
    }
}
