//! Objects that SOPS encrypted: a deployment tool decrypts them before the server sees them.
//!
//! Such an object has a field `sops` with a `mac`, and values such as `ENC[AES256_GCM,data:...]`. Behavior: the YAML store of SOPS,
//! which encrypts the values that its rules select, but no empty strings.

use regex::Regex;

use super::findings::Findings;
use crate::diagnostic::Diagnostic;
use crate::yaml::{Entry, Node};

/// The field with the metadata of SOPS.
pub const FIELD: &str = "sops";

/// Whether SOPS encrypted an object.
pub fn is_encrypted(object: &Node) -> bool {
    object.at_path(&[FIELD, "mac"]).and_then(Node::as_str).is_some_and(is_ciphertext)
}

/// Whether a value is encrypted.
pub fn is_ciphertext(text: &str) -> bool {
    text.starts_with("ENC[") && text.ends_with(']')
}

/// Notes about an encrypted object: how many values were not checked, and which values of a Secret are not encrypted.
pub fn notes(object: &Node, values: usize, out: &mut Findings) {
    if values == 0 {
        return;
    }
    let place = object.as_mapping().and_then(|mapping| mapping.get_entry(FIELD)).map_or(object.span(), |entry| entry.key.span());
    let message = match values {
        1 => "1 value is encrypted with SOPS, so it was not checked".to_owned(),
        _ => format!("{values} values are encrypted with SOPS, so they were not checked"),
    };
    out.push(Diagnostic::note("encrypted-value", message).at(place), FIELD.to_owned());
    if object.get("kind").and_then(Node::as_str) == Some("Secret") {
        plain_values(object, out);
    }
}

/// Notes about values of a Secret that are not encrypted, although others are and the rules of SOPS select them.
fn plain_values(object: &Node, out: &mut Findings) {
    let fields = || ["data", "stringData"].into_iter().filter_map(|field| Some((field, object.get(field)?.as_mapping()?)));
    let entries = || fields().flat_map(|(field, mapping)| mapping.iter().map(move |entry| (field, entry)));
    let text = |entry: &Entry| entry.value.as_scalar().map(|scalar| scalar.text.clone()).unwrap_or_default();
    if !entries().any(|(_, entry)| is_ciphertext(&text(entry))) {
        return;
    }
    for (field, entry) in entries() {
        let value = text(entry);
        if value.is_empty() || entry.value.is_null() || is_ciphertext(&value) || !is_selected(object, field, &entry.key.text) {
            continue;
        }
        let message = format!("the value of `{}` is not encrypted, unlike other values of this Secret", entry.key.text);
        let note = Diagnostic::note("plain-value", message).at(entry.key.span());
        let help = "encrypt the file again with `sops encrypt --in-place FILE`";
        out.push(note.help(help), format!("{field}[{}]", entry.key.text));
    }
}

/// Whether the rules of SOPS select a value for encryption.
fn is_selected(object: &Node, field: &str, key: &str) -> bool {
    let rule = |name: &str| object.at_path(&[FIELD, name]).and_then(Node::as_str).filter(|rule| !rule.is_empty());
    let matches = |pattern: &str| Regex::new(pattern).ok().map(|regex| regex.is_match(field) || regex.is_match(key));
    let ends = |suffix: &str| key.ends_with(suffix) || field.ends_with(suffix);
    if let Some(pattern) = rule("encrypted_regex") {
        matches(pattern).unwrap_or(false)
    } else if let Some(pattern) = rule("unencrypted_regex") {
        !matches(pattern).unwrap_or(true)
    } else if let Some(suffix) = rule("encrypted_suffix") {
        ends(suffix)
    } else {
        !ends(rule("unencrypted_suffix").unwrap_or("_unencrypted"))
    }
}
