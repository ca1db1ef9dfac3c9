//! What SECURITY.md promises, one test per promise: what a tree may make the program read, write, start, print, and use up.
//!
//! The trees are hostile on purpose; every test makes its own in a temporary directory. A test that needs something the machine
//! lacks (root, git) skips itself and says so.

mod bounds;
mod cache;
mod injection;
mod localizing;
mod programs;
mod promises;
mod reading;
mod secrets;
mod tree;
mod writing;
