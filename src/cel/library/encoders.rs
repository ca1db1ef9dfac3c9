//! `base64.encode` and `base64.decode`.
//!
//! No version of Kubernetes has this library; assertions do. Behaviour: `ext/encoders.go` of cel-go.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use super::super::machine::Failure;
use super::super::types::Signature::{Bytes, String};
use super::super::value::Value;
use super::row::{Library, NEVER, function, made, no_overload, text};

/// The functions.
pub static LIBRARY: Library = Library {
    name: "encoders",
    since: NEVER,
    until: None,
    overloads: &[
        function("base64_decode_string", "base64.decode", &[String], Bytes, |machine, args| {
            let text = text(args, 0)?;
            machine.allocate(text.len())?;
            let decoded = STANDARD.decode(text.as_str()).or_else(|_| STANDARD_NO_PAD.decode(text.as_str()));
            decoded.map(|bytes| Value::Bytes(bytes.into())).map_err(|_| Failure::error("the string is not valid base64"))
        }),
        function("base64_encode_bytes", "base64.encode", &[Bytes], String, |machine, args| match args {
            [Value::Bytes(bytes)] => {
                machine.allocate(bytes.len() * 2)?;
                made(machine, STANDARD.encode(bytes))
            }
            _ => Err(no_overload()),
        }),
    ],
};
