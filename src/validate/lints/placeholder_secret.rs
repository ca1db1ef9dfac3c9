//! A Secret for production holds a placeholder, such as `changeme`, where a real value should be.
//!
//! Looked at are builds of a directory whose path says `production` or `prod`. Values are never shown. Where the real values come in
//! later, say so in an annotation of the Secret, `ignore-check.render.dev/placeholder-secret: filled by the pipeline`, or under
//! `silence` in `.render.yaml`.

use base64::Engine;

use super::{Lint, Set, Told, Whole};
use crate::validate::look::{as_text, entries};
use crate::yaml::Node;

/// The lint.
pub const LINT: Lint = Lint { code: "placeholder-secret", file: include_str!("placeholder_secret.rs"), check };

/// What people write before they know better, in small letters and without punctuation.
const PLACEHOLDERS: &[&str] = &["changeme", "replaceme", "placeholder", "changeit", "fillmein", "yourpassword", "yoursecret"];
/// The same, when it is all of the value.
const WHOLE: &[&str] = &["password", "secret", "todo", "tbd", "xxx", "xxxx", "example", "dummy", "fixme"];

fn check(set: &Set<'_>, told: &mut Told<'_, '_>) {
    if !matches!(set.whole, Whole::Build { production: true }) {
        return;
    }
    for secret in set.of_kind("Secret") {
        for field in ["data", "stringData"] {
            for entry in entries(secret.node, field).filter(|entry| is_placeholder(&entry.value, field == "data")) {
                let (key, path) = (&entry.key.text, format!("{field}[{}]", entry.key.text));
                let message = format!("the value of `{key}` is a placeholder");
                told.warn(secret, &entry.value, path, message, "put the real value there, from where it is kept safely");
            }
        }
    }
}

fn is_placeholder(value: &Node, is_base64: bool) -> bool {
    // Long values are keys and files.
    let Some(text) = as_text(value).filter(|text| text.len() < 400) else { return false };
    let compact: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let decoded = if is_base64 { base64::engine::general_purpose::STANDARD.decode(compact).ok() } else { Some(text.into()) };
    let Some(plain) = decoded.and_then(|bytes| String::from_utf8(bytes).ok()) else { return false };
    let plain = plain.trim();
    let letters: String = plain.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let bracketed = plain.len() > 2 && plain.starts_with('<') && plain.ends_with('>') && !plain.contains(['/', '\n', '=']);
    bracketed || WHOLE.contains(&letters.as_str()) || PLACEHOLDERS.iter().any(|known| letters.contains(known))
}
