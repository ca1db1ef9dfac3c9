//! Values that kustomize stores once for several fields.
//!
//! A label that a transformer adds to an object and to its selectors is one node in kustomize's tree: a later change to one of
//! these fields, by an overlay's label, a patch or a replacement, changes all of them. Here each of these scalars has the
//! number of its group, and after each edit of the object the one that changed is copied to the others.

use crate::yaml::{Node, Scalar};

/// The groups of an object, each with the common value of its fields.
#[derive(Clone, Debug, Default)]
pub struct Shared(Vec<(u32, Scalar)>);

impl Shared {
    /// Adds a group.
    pub fn add(&mut self, number: u32, value: Scalar) {
        if self.0.is_empty() {
            self.0.reserve_exact(1);
        }
        self.0.push((number, value));
    }

    /// Gives all fields of a group the value that one of them received; the last change counts.
    pub fn settle(&mut self, node: &mut Node) {
        if self.0.is_empty() {
            return;
        }
        let mut changed: Vec<(u32, Node)> = Vec::new();
        self.find_changed(node, &mut changed);
        for (number, new) in &changed {
            copy(node, *number, new);
            if let (Some((_, value)), Some(scalar)) = (self.0.iter_mut().find(|(known, _)| known == number), new.as_scalar()) {
                *value = scalar.clone();
            }
        }
    }

    fn find_changed(&self, node: &Node, changed: &mut Vec<(u32, Node)>) {
        if let Some(scalar) = node.as_scalar() {
            if scalar.shared != 0 && self.0.iter().any(|(number, value)| *number == scalar.shared && value != scalar) {
                changed.retain(|(number, _)| *number != scalar.shared);
                changed.push((scalar.shared, node.clone()));
            }
        } else if let Some(items) = node.as_sequence() {
            items.iter().for_each(|item| self.find_changed(item, changed));
        } else {
            node.as_mapping().into_iter().flatten().for_each(|entry| self.find_changed(&entry.value, changed));
        }
    }
}

fn copy(node: &mut Node, number: u32, new: &Node) {
    if let Some(scalar) = node.as_scalar() {
        if scalar.shared == number {
            *node = new.clone();
        }
    } else if let Some(items) = node.items_mut() {
        items.iter_mut().for_each(|item| copy(item, number, new));
    } else if let Some(mapping) = node.as_mapping_mut() {
        mapping.iter_mut().for_each(|entry| copy(&mut entry.value, number, new));
    }
}
