//! `jsonpatch.escapeKey`: a key as part of a JSON pointer.
//!
//! Only mutating admission policies have it. Behaviour: `jsonpatch.go` of Kubernetes.

use super::super::types::Signature::String;
use super::row::{Library, function, made, text};

/// The function.
pub static LIBRARY: Library = Library {
    name: "JSON patch",
    since: 32,
    until: None,
    overloads: &[function("string_jsonpatch_escapeKey_string", "jsonpatch.escapeKey", &[String], String, |machine, args| {
        let text = text(args, 0)?;
        machine.allocate(text.len() * 2)?;
        made(machine, text.as_str().replace('~', "~0").replace('/', "~1"))
    })],
};
