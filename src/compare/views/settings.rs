//! Application settings: the entries of ConfigMaps and Secrets, such as log levels.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::look::{entries, text};
use super::{Fact, Surroundings};
use crate::resource::Resource;

/// Facts about settings, one per entry.
pub fn facts(object: &Resource, around: &Surroundings) -> Vec<Fact> {
    let node = object.node();
    let of = |field: &'static str| entries(node, &[field]).filter_map(|(key, value)| Some((key, text(value, &[])?)));
    match object.kind() {
        "ConfigMap" => {
            let of =
                |field: &'static str| entries(node, &[field]).filter_map(|(key, value)| Some((key, value, text(value, &[])?)));
            let fact = |(key, value, text)| Fact { secret: around.is_copied(value), ..Fact::new(key, text) };
            of("data").chain(of("binaryData")).map(fact).collect()
        }
        "Secret" => {
            let data = of("data").map(|(key, text)| secret(key, decoded(text)));
            // The API server lets these override `data`.
            data.chain(of("stringData").map(|(key, text)| secret(key, text.to_owned()))).collect()
        }
        _ => Vec::new(),
    }
}

fn secret(key: &str, text: String) -> Fact {
    Fact { secret: true, ..Fact::new(key, text) }
}

/// The decoded value of a Secret's entry, or the encoded value if it is not valid UTF-8.
fn decoded(text: &str) -> String {
    let packed: String = text.split_whitespace().collect();
    let bytes = STANDARD.decode(packed).ok();
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_else(|| text.to_owned())
}
