//! Compares environments: turns several collections of objects into one table.
//!
//! `pairs` matches the objects of the environments, a view (table `VIEWS`) extracts facts about each object, `lines` aligns the
//! facts, `keys` splits long lists, `rank` orders the rows, and `format` (table `FORMATS`) prints the table. No cluster is contacted, and nothing here depends on the command line.

pub mod format;
mod keys;
mod lines;
mod names;
mod pairs;
mod rank;
mod rows;
mod table;
pub mod views;

pub use names::from_directories;
pub use rank::{Sort, ranks};
pub use rows::{Environment, Filter, Options, compare};
pub use table::{Cell, ObjectName, Row, Table};
