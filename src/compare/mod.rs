//! What differs between environments: several collections of objects in, one table out.
//!
//! `pairs` finds the objects that are one and the same in several environments, a view (table `VIEWS`) tells facts about each of
//! them, `rows` puts the facts side by side, and `format` (table `FORMATS`) prints the table. No cluster is asked, and nothing
//! here knows the command line.

pub mod format;
mod names;
mod pairs;
mod rows;
mod table;
pub mod views;

pub use names::from_directories;
pub use rows::{Environment, Filter, Options, compare};
pub use table::{Cell, ObjectName, Row, Table};
