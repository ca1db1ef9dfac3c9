//! How Markdown becomes test cases, and how they are run.

pub mod case;
pub mod helm;
pub mod run;
