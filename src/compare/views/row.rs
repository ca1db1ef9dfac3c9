//! The table row of a view.

use super::around::Surroundings;
use super::fact::Fact;
use crate::resource::{ResMap, Resource};

/// A view: its name, its purpose, and the facts it extracts.
pub struct View {
    /// The name on the command line.
    pub name: &'static str,
    /// The description in `--help`.
    pub purpose: &'static str,
    /// Extracts facts about an object, in the order of the rows.
    pub facts: fn(&Resource, &Surroundings) -> Vec<Fact>,
    /// Extracts facts about an environment as a whole.
    pub whole: fn(&ResMap) -> Vec<Fact>,
    /// What contains a field, from the outermost: the name of the list or mapping, and the key in it.
    pub containers: fn(&str) -> Vec<(String, String)>,
    /// Whether the view reports that an object of a kind is missing in some environments.
    pub shows_presence: fn(&str) -> bool,
}
