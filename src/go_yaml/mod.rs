//! YAML documents as go-yaml v3 keeps them for kyaml: with comments, styles, tags and anchors, and with its words for errors.
//!
//! `src/yaml/` reads and prints objects for builds, where none of that matters. The commands that print the files of a user
//! again (`cfg`, `fn`) need all of it: text to tokens with comments, tokens to events, events to [`Node`], node to text.

mod analysis;
mod comments;
mod compose;
mod encode;
mod events;
mod nesting;
mod node;
mod parse;
mod parse_collections;
mod print;
mod print_collections;
mod print_parts;
mod print_scalar;
mod properties;
mod scalars;
mod scan;
mod tags;
mod token;

pub use compose::{parse, parse_text};
pub use node::{Kind, Node, Style};
pub use print::Printer;
pub use tags::implicit_tag;
