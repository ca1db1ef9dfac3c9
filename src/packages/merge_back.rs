//! Gives what a function returns the comments and the order of fields of what it was given.
//!
//! Behavior: `CopyComments` and `SyncOrder` in kyaml.

use anyhow::anyhow;

use super::fields::{check_kind, is_empty};
use super::keyed_items::pairs;
use super::meta::Meta;
use crate::go_yaml::{Kind, Node, Style};
use crate::kustomize_words::quote;
use crate::schema::{MergeType, Schema};

/// Copies the comments that are not there.
///
/// # Errors
/// A node of both is of different kinds.
pub(super) fn copy_comments(from: &Node, to: &mut Node) -> anyhow::Result<()> {
    copy(from, to);
    walk(from, to, None, &Schema::default())
}

fn copy(from: &Node, to: &mut Node) {
    for (from, to) in [
        (&from.line_comment, &mut to.line_comment),
        (&from.head_comment, &mut to.head_comment),
        (&from.foot_comment, &mut to.foot_comment),
    ] {
        if to.is_empty() {
            to.clone_from(from);
        }
    }
}

/// `merges` is how the nodes are merged, which shows how items of lists are identified.
fn walk(from: &Node, to: &mut Node, merges: Option<MergeType<'_>>, schema: &Schema) -> anyhow::Result<()> {
    let merges = merges.or_else(|| of_object(from, schema)).or_else(|| of_object(to, schema));
    // The comments of a document are those of its only node.
    let kind = if from.root().is_null() { to.root().kind } else { from.root().kind };
    if matches!(kind, Kind::Mapping | Kind::Sequence | Kind::Scalar) {
        check_kind(from.root(), kind)?;
        check_kind(to.root(), kind)?;
    }
    match kind {
        Kind::Mapping => {
            copy(from, to);
            walk_fields(from.root(), to.root_mut(), merges, schema)
        }
        Kind::Sequence => {
            copy(from, to);
            walk_items(from.root(), to.root_mut(), merges, schema)
        }
        Kind::Scalar => {
            unfold(to);
            copy(from, to);
            Ok(())
        }
        Kind::Document | Kind::Alias => Ok(()),
    }
}

fn walk_fields(from: &Node, to: &mut Node, merges: Option<MergeType<'_>>, schema: &Schema) -> anyhow::Result<()> {
    if from.kind != Kind::Mapping || to.kind != Kind::Mapping {
        return Ok(());
    }
    let mut names: Vec<String> = from.pairs().chain(to.pairs()).map(|(key, _)| key.value.clone()).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        match (from.position(&name), to.position(&name)) {
            (Some(old), Some(new)) => {
                unfold(&mut to.content[new - 1]);
                copy(&from.content[old - 1], &mut to.content[new - 1]);
                let below = merges.and_then(|merges| merges.field(&name));
                walk(&from.content[old], &mut to.content[new], below, schema)?;
            }
            (None, Some(new)) => {
                unfold(&mut to.content[new - 1]);
                if to.content[new].kind == Kind::Scalar && !to.content[new].is_null() {
                    unfold(&mut to.content[new]);
                }
            }
            _ => {}
        }
        if name.is_empty() {
            // kyaml can't set a field without a name, such as one whose name is a mapping.
            check_kind(from, Kind::Scalar)?;
        }
    }
    Ok(())
}

/// Items are compared by position, and by their keys if they have any.
fn walk_items(from: &Node, to: &mut Node, merges: Option<MergeType<'_>>, schema: &Schema) -> anyhow::Result<()> {
    for (from, to) in from.content.iter().zip(&mut to.content) {
        if from.value == to.value {
            copy_comments(from, to)?;
        }
    }
    if let Some(list) = merges.filter(|merges| merges.merges()) {
        for (old, new) in pairs(from, to, list) {
            walk(&from.content[old], &mut to.content[new], list.items(), schema)?;
        }
    }
    Ok(())
}

/// How an object is merged, by its type.
fn of_object<'s>(node: &Node, schema: &'s Schema) -> Option<MergeType<'s>> {
    let Meta { api_version, kind, .. } = Meta::of(node);
    if api_version.is_empty() || kind.is_empty() { None } else { schema.merge_type(&api_version, &kind) }
}

/// A folded block becomes a string in quotes: go-yaml can't write a comment behind it.
fn unfold(node: &mut Node) {
    if node.style == Style::FOLDED {
        node.style = Style::DOUBLE_QUOTED;
    }
}

/// Orders the fields as they were; new ones are last.
///
/// # Errors
/// A list became something else.
pub(super) fn sync_order(from: &Node, to: &mut Node) -> anyhow::Result<()> {
    order(from, to).map_err(|error| anyhow!("failed to sync field order: {}", quote(&format!("{error:#}"))))?;
    move_comments_of_items(to.root_mut());
    Ok(())
}

fn order(from: &Node, to: &mut Node) -> anyhow::Result<()> {
    if is_empty(from.root()) || is_empty(to.root()) {
        return Ok(());
    }
    let from = from.root();
    match from.kind {
        Kind::Mapping if to.root().kind == Kind::Mapping => {
            let new = ordered(from, to.root());
            *to = new;
            for (key, value) in from.pairs() {
                if let Some(at) = to.position(&key.value) {
                    order(value, &mut to.content[at])?;
                }
            }
            Ok(())
        }
        Kind::Sequence => {
            check_kind(to.root(), Kind::Sequence)?;
            from.content.iter().zip(&mut to.root_mut().content).try_for_each(|(from, to)| order(from, to))
        }
        _ => Ok(()),
    }
}

/// A mapping with the fields in the order of another one.
fn ordered(from: &Node, to: &Node) -> Node {
    let mut left: Vec<&str> = to.pairs().map(|(key, _)| key.value.as_str()).collect();
    let mut content = Vec::with_capacity(to.content.len());
    let mut push = |name: &str| {
        if let Some(at) = to.position(name) {
            content.extend([to.content[at - 1].clone(), to.content[at].clone()]);
        }
    };
    for (key, _) in from.pairs() {
        if let Some(at) = left.iter().position(|name| *name == key.value) {
            push(&key.value);
            left.remove(at);
        }
    }
    left.into_iter().for_each(push);
    Node { content, ..to.clone() }
}

/// A comment above the first field of an item is one above the item.
fn move_comments_of_items(node: &mut Node) {
    match node.kind {
        Kind::Document | Kind::Mapping => node.content.iter_mut().for_each(move_comments_of_items),
        Kind::Sequence => {
            for item in &mut node.content {
                let Some(first) = item.content.first_mut().filter(|first| first.kind == Kind::Scalar) else { continue };
                if item.head_comment.is_empty() {
                    item.head_comment.clone_from(&first.head_comment);
                } else if !first.head_comment.is_empty() {
                    let more = std::mem::take(&mut first.head_comment);
                    item.head_comment = format!("{}\n{more}", item.head_comment);
                }
            }
        }
        Kind::Scalar | Kind::Alias => {}
    }
}
