//! Which fields of an object may contain a reference that has to be updated: one walk over the object for all paths of its
//! kind.
//!
//! The paths are those of the rows of `nameReference`. Many of them start alike (`spec/template/spec/...`), and most fields do
//! not contain a name that has changed.

use ecow::EcoString;
use rustc_hash::FxHashMap;

use crate::fields::field_specs::FieldSpec;
use crate::fields::visit;
use crate::schema::Gvk;
use crate::yaml::{Node, Value};

/// A path, and the kind that a field there refers to.
pub type Row<'s> = (&'s FieldSpec, &'s Gvk);

/// The rows that apply to a kind, in the order of the table.
pub struct Rows<'s> {
    /// The rows.
    pub list: Vec<Row<'s>>,
    root: Branch<'s>,
}

/// The paths that start alike.
#[derive(Default)]
struct Branch<'s> {
    /// The rows whose path ends here.
    ends: Vec<usize>,
    next: Vec<(&'s EcoString, Branch<'s>)>,
}

impl<'s> Rows<'s> {
    /// Joins the paths of the rows that apply to a kind. In the table, they are listed by the kind that they name.
    pub fn of(gvk: &Gvk, table: &FxHashMap<&str, Vec<Row<'s>>>) -> Self {
        let rows = [gvk.kind.as_str(), ""].into_iter().filter_map(|kind| table.get(kind)).flatten();
        let list: Vec<Row<'s>> = rows.filter(|(spec, _)| spec.applies_to(gvk)).copied().collect();
        let mut root = Branch::default();
        list.iter().enumerate().for_each(|(at, (spec, _))| root.add(at, &spec.parts));
        Rows { list, root }
    }

    /// For each row, whether a field that its path leads to contains a name, or is not a scalar, or the path is refused.
    pub fn mentioned(&self, object: &Node, is_name: &dyn Fn(&EcoString) -> bool) -> Vec<bool> {
        let mut found = vec![false; self.list.len()];
        self.root.walk(object, is_name, &mut found);
        found
    }
}

impl<'s> Branch<'s> {
    fn add(&mut self, at: usize, parts: &'s [EcoString]) {
        let Some((part, rest)) = parts.split_first() else { return self.ends.push(at) };
        let place = self.next.iter().position(|(known, _)| *known == part).unwrap_or_else(|| {
            self.next.push((part, Branch::default()));
            self.next.len() - 1
        });
        self.next[place].1.add(at, rest);
    }

    fn walk(&self, node: &Node, is_name: &dyn Fn(&EcoString) -> bool, found: &mut [bool]) {
        match node.value() {
            Value::Sequence(items) => items.iter().for_each(|item| self.walk(item, is_name, found)),
            Value::Mapping(_) => {
                self.ends.iter().for_each(|&at| found[at] = true);
                for (part, next) in &self.next {
                    if visit::is_refused(part) {
                        next.take_all(found);
                    } else if let Some(field) = visit::next(node, part) {
                        match field.is_null() && part.ends_with("[]") {
                            true => next.take_all(found),
                            false => next.walk(field, is_name, found),
                        }
                    }
                }
            }
            Value::Scalar(scalar) => {
                if !self.ends.is_empty() && is_name(&scalar.text) {
                    self.ends.iter().for_each(|&at| found[at] = true);
                }
                if !node.is_null() {
                    self.next.iter().for_each(|(_, next)| next.take_all(found));
                }
            }
        }
    }

    fn take_all(&self, found: &mut [bool]) {
        self.ends.iter().for_each(|&at| found[at] = true);
        self.next.iter().for_each(|(_, next)| next.take_all(found));
    }
}
