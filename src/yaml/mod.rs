//! YAML as kustomize reads and prints it: text to events, events to [`Node`], node to text.

mod decode;
mod emit;
pub mod event;
pub mod json;
mod key_order;
mod mark;
mod node;
mod number;
mod observe;
mod parser;
pub mod path;
mod plain_text;
pub mod provenance;
mod read;
mod reprint;
pub mod round_trip;
pub mod scalar;
mod scanner;
mod spelling;
mod style;
mod text;
mod timestamp;
mod unprintable;
mod write;

pub use decode::{Located, Unknown, decode, decode_object, known_field, unknown_field};
pub use emit::{emit, emit_observed, emit_unfolded, inline_string};
pub use key_order::natural_cmp;
pub use mark::OriginId;
pub use node::{Entry, Key, Mapping, Node, Quotes, Scalar, Tag, Value};
pub use observe::{Observer, Part};
pub use parser::Parser;
pub use plain_text::is_other_than_text;
pub use read::{Dialect, read_documents, read_first, read_valid_documents};
pub use reprint::reprint;
pub use text::{text_of, wrapped_base64};
pub use unprintable::check_json;
