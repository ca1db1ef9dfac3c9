//! A command line as programs in Go have it: the commands, flags, help, and error messages of the libraries cobra 1.10 and pflag.
//!
//! ```text
//! a table of commands (table) -> Tree (command) -> the command that the arguments name (find) -> its flags (flags) -> Call
//!                                               -> help and usage (help), or an error
//!                                               -> completion in shells (completion/)
//! ```
//! Callers of such programs depend on details: that `--switch=false` is possible, that flags may stand before the command, which
//! arguments are values, and what the messages say.

mod call;
mod command;
mod completion;
mod csv;
mod find;
mod flags;
mod help;
mod table;

pub use call::{Call, Step, plan};
pub use command::Tree;
pub use completion::script;
