//! Converts Markdown to test cases, and runs them.

pub mod case;
pub mod helm;
pub mod run;
