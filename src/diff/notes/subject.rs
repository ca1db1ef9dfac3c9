//! What a family of rules sees of an object: both sides, the changes, and the objects around it.

use super::context::Context;
use super::immutable::is_refused;
use crate::diff::fold::Names;
use crate::diff::model::Change;
use crate::diff::note::{Note, Rule};
use crate::diff::object::Object;
use crate::references::is_custom;
use crate::yaml::Node;

/// An object that differs.
pub struct Subject<'a, 'c> {
    /// The object as it was.
    pub old: Option<&'a Object>,
    /// The object as it will be.
    pub new: Option<&'a Object>,
    /// The values that differ.
    pub changes: &'a [Change],
    /// The generated objects that it may refer to and whose names changed.
    pub names: &'a Names,
    /// The objects of both sides.
    pub context: &'a Context<'c>,
}

impl<'a> Subject<'a, '_> {
    /// The old object, if the API server has to delete it: it was removed, or has another name, namespace, or custom API group.
    pub fn gone(&self) -> Option<&'a Object> {
        let old = self.old?;
        let Some(new) = self.new else { return Some(old) };
        let [from, to] = [&old.id, &new.id];
        let groups = [from.gvk.group.as_str(), to.gvk.group.as_str()];
        let is_another = from.name != to.name
            || from.effective_namespace() != to.effective_namespace()
            || (groups[0] != groups[1] && groups.into_iter().any(is_custom));
        is_another.then_some(old)
    }

    /// Both sides of an object that the API server updates.
    pub fn stays(&self) -> Option<(&'a Object, &'a Object)> {
        if self.gone().is_some() { None } else { self.old.zip(self.new) }
    }

    /// The paths of the fields that the API server does not allow to change.
    pub fn refused(&self) -> Vec<String> {
        let Some((old, new)) = self.stays() else { return Vec::new() };
        let mut fields: Vec<String> = Vec::new();
        for change in self.changes.iter().filter(|change| is_refused(&new.id.gvk, &old.node, &new.node, change)) {
            let field = change.path.to_string();
            if !fields.contains(&field) {
                fields.push(field);
            }
        }
        fields
    }
}

/// A note of a rule.
pub fn effect(rule: Rule, text: impl Into<String>) -> Note {
    Note::Effect { rule, text: text.into() }
}

/// Whether an object has a kind of a group.
pub fn is(object: &Object, group: &str, kind: &str) -> bool {
    object.id.gvk.group == group && object.id.gvk.kind == kind
}

/// The scalar at a path.
pub fn text<'n>(node: &'n Node, path: &[&str]) -> Option<&'n str> {
    node.at_path(path).and_then(Node::as_text).map(|text| text.as_str())
}

/// The number at a path.
pub fn number(node: &Node, path: &[&str]) -> Option<usize> {
    text(node, path)?.parse().ok()
}

/// The items of the list at a path.
pub fn items<'n>(node: &'n Node, path: &[&str]) -> &'n [Node] {
    node.at_path(path).and_then(Node::as_sequence).unwrap_or_default()
}

/// `Deployment/web`
pub fn name_of(object: &Object) -> String {
    format!("{}/{}", object.id.gvk.kind, object.id.name)
}

/// How many of the objects that are deleted are in the comparison, after "everything".
pub fn and_others(count: usize) -> String {
    match count {
        0 => ", including objects that are not in this comparison".to_owned(),
        1 => ": 1 object in this comparison, and all others in the cluster".to_owned(),
        _ => format!(": {count} objects in this comparison, and all others in the cluster"),
    }
}

/// The maximum number of names in a list.
const MOST: usize = 4;

/// `a`, `a and b`, `a, b, c, and 2 others`
pub fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [one, two] => format!("{one} and {two}"),
        [most @ .., last] if names.len() <= MOST => format!("{}, and {last}", most.join(", ")),
        _ => format!(
            "{}, and {} others",
            names.iter().take(MOST - 1).cloned().collect::<Vec<_>>().join(", "),
            names.len() - MOST + 1
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::listed;

    #[test]
    fn long_lists_of_names_are_cut() {
        let names: Vec<String> = ["a", "b", "c", "d", "e"].map(str::to_owned).to_vec();
        let cases = ["", "a", "a and b", "a, b, and c", "a, b, c, and d", "a, b, c, and 2 others"];
        for (count, text) in cases.into_iter().enumerate() {
            assert_eq!(listed(&names[..count]), text);
        }
    }
}
