//! Turns the old objects into the new ones by applying a diff, which shows that a diff is complete.

use std::collections::BTreeMap;

use super::model::{Change, OverlayDiff};
use super::path::Step;
use crate::yaml::provenance::Edit;
use crate::yaml::{Key, Mapping, Node, Value};

/// The new objects, in no particular order: unchanged, changed, and added ones. Changes hidden by filters are not applied, and
/// values of Secrets are those in the diff.
///
/// # Errors
/// The diff does not belong to these objects.
pub fn apply(diff: &OverlayDiff, old: &[Node], edit: &mut Edit<'_>) -> Result<Vec<Node>, String> {
    let mut objects: Vec<Option<Node>> = old.iter().cloned().map(Some).collect();
    let mut added = Vec::new();
    for object in &diff.objects {
        let Some(side) = &object.old else {
            added.extend(object.new.iter().map(|side| side.node.clone()));
            continue;
        };
        let place = objects.get_mut(side.position).ok_or_else(|| format!("there is no object {}", side.position))?;
        let before = place.take().ok_or_else(|| format!("object {} appears twice", side.position))?;
        if object.new.is_some() {
            *place = Some(apply_to_object(object.all_changes(), &before, edit)?);
        }
    }
    Ok(objects.into_iter().flatten().chain(added).collect())
}

/// An object with changes applied.
///
/// # Errors
/// The changes do not belong to this object.
pub fn apply_to_object<'c>(
    changes: impl IntoIterator<Item = &'c Change>,
    old: &Node,
    edit: &mut Edit<'_>,
) -> Result<Node, String> {
    let all: Vec<(&Change, &[Step])> = changes.into_iter().map(|change| (change, change.path.0.as_slice())).collect();
    changed(Some(old), &all, edit)?.ok_or_else(|| "the object is removed".to_owned())
}

/// A value with all changes to it and below it applied; `None` if it is removed.
fn changed(old: Option<&Node>, changes: &[(&Change, &[Step])], edit: &mut Edit<'_>) -> Result<Option<Node>, String> {
    let here = changes.iter().find(|(change, rest)| rest.is_empty() && change.order.is_none());
    if let Some((change, _)) = here {
        return Ok(change.new.as_ref().map(|side| side.node.clone()));
    }
    let is_list = changes
        .iter()
        .any(|(change, rest)| change.order.is_some() && rest.is_empty() || matches!(rest.first(), Some(Step::Item { .. })));
    if is_list { list(old, changes, edit).map(Some) } else { mapping(old, changes, edit).map(Some) }
}

fn mapping(old: Option<&Node>, changes: &[(&Change, &[Step])], edit: &mut Edit<'_>) -> Result<Node, String> {
    let mut node = old.cloned().unwrap_or_else(|| Node::new(Value::Mapping(Mapping::default()), edit));
    let mut fields: BTreeMap<&str, Vec<(&Change, &[Step])>> = BTreeMap::new();
    for (change, rest) in changes {
        match rest.split_first() {
            Some((Step::Field(name), rest)) => fields.entry(name).or_default().push((change, rest)),
            _ => return Err(format!("the path `{}` requires a mapping", change.path)),
        }
    }
    let span = node.span();
    let mapping = node.as_mapping_mut().ok_or("expected a mapping")?;
    for (name, changes) in fields {
        match changed(mapping.get(name), &changes, edit)? {
            Some(value) => mapping.put(Key::string(name, span), value),
            None => drop(mapping.remove(name)),
        }
    }
    Ok(node)
}

fn list(old: Option<&Node>, changes: &[(&Change, &[Step])], edit: &mut Edit<'_>) -> Result<Node, String> {
    let node = old.ok_or("there is no list")?;
    let items = node.as_sequence().ok_or("expected a list")?;
    let mut order: Option<Vec<usize>> = None;
    let mut kept: BTreeMap<usize, Vec<(&Change, &[Step])>> = BTreeMap::new();
    let mut removed = Vec::new();
    let mut added = BTreeMap::new();
    for (change, rest) in changes {
        match rest.split_first() {
            None => order = change.order.clone(),
            Some((Step::Item { old: Some(old), new: Some(_), .. }, rest)) => kept.entry(*old).or_default().push((change, rest)),
            Some((Step::Item { old: Some(old), new: None, .. }, _)) => removed.push(*old),
            Some((Step::Item { new: Some(new), .. }, _)) => {
                added.insert(*new, change.new.as_ref().map(|side| side.node.clone()).ok_or("an added item has no value")?);
            }
            _ => return Err(format!("the path `{}` requires a list", change.path)),
        }
    }
    let order = order.unwrap_or_else(|| (0..items.len()).filter(|at| !removed.contains(at)).collect());
    let mut result = Vec::with_capacity(order.len() + added.len());
    for at in order {
        let item = items.get(at).ok_or_else(|| format!("there is no item {at}"))?;
        match kept.get(&at) {
            Some(changes) => result.extend(changed(Some(item), changes, edit)?),
            None => result.push(item.clone()),
        }
    }
    for (at, item) in added {
        result.insert(at.min(result.len()), item);
    }
    Ok(Node::new(Value::Sequence(result.into_iter().collect()), edit))
}
