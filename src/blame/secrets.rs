//! Decides which values must not be shown: those of Secrets, and values that were copied from them.

use super::marks::Marks;
use crate::confidential::{Copies, is_public};
use crate::records::Records;
use crate::resource::{ResMap, Resource};
use crate::yaml::{Node, Part, Tag};

/// What must not be shown of a build.
pub struct Secrets<'r> {
    copies: Copies<'r>,
    are_shown: bool,
}

impl<'r> Secrets<'r> {
    /// The secret values of a build. With `are_shown` nothing is hidden.
    pub fn of(resources: &ResMap, records: &'r Records, are_shown: bool) -> Self {
        Secrets { copies: Copies::of_build(resources, &records.sources, &records.provenance), are_shown }
    }

    /// Whether a value belongs to a Secret.
    pub(super) fn hide(&self, resource: &Resource, marks: &Marks<'_>, mark: usize) -> bool {
        let node = marks.list()[mark].node;
        let is_flag = node.as_scalar().is_some_and(|scalar| matches!(scalar.tag, Tag::Bool | Tag::Null));
        if self.are_shown || is_flag || !Copies::is_of_secret(resource) {
            return false;
        }
        let parts = marks.parts(mark);
        let keys = parts.iter().map_while(|part| match part {
            Part::Key(key) => Some(key.text.as_str()),
            _ => None,
        });
        !is_public(&keys.take(2).collect::<Vec<_>>())
    }

    /// Whether a value belongs to a Secret, or was copied from one.
    pub(super) fn hide_value(&self, resource: &Resource, marks: &Marks<'_>, mark: usize) -> bool {
        self.hide(resource, marks, mark) || self.are_copied_to(marks.list()[mark].node)
    }

    /// Whether a write copied a value from a Secret.
    pub(super) fn are_copied_to(&self, node: &Node) -> bool {
        !self.are_shown && self.copies.contain(node)
    }
}
