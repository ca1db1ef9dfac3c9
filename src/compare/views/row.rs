//! The row of a view in the table.

use super::around::Surroundings;
use super::fact::Fact;
use crate::resource::{ResMap, Resource};

/// A view: its name, what it is for, and what it says.
pub struct View {
    /// The name on the command line.
    pub name: &'static str,
    /// What it is for.
    pub purpose: &'static str,
    /// What it says about an object, in the order of the rows.
    pub facts: fn(&Resource, &Surroundings) -> Vec<Fact>,
    /// What it says about an environment as a whole.
    pub whole: fn(&ResMap) -> Vec<Fact>,
    /// Whether it says that objects of a kind are not in every environment.
    pub tells_presence: fn(&str) -> bool,
}
