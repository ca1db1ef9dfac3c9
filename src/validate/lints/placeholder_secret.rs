//! A Secret for production contains a placeholder, such as `changeme`, instead of a real value.
//!
//! Only builds of a directory whose path contains a word such as `production` or `prod` are checked. Values are never shown. If
//! the real values are inserted later, silence the finding with an annotation on the Secret,
//! `ignore-check.render.dev/placeholder-secret: filled in by the pipeline`, or with an entry under `silence` in `.render.yaml`.

use base64::Engine;

use super::{Lint, Reporter, Set, Whole};
use crate::validate::look::{as_text, entries};
use crate::yaml::Node;

/// The lint.
pub const LINT: Lint = Lint { code: "placeholder-secret", file: include_str!("placeholder_secret.rs"), check };

/// Common placeholders, in lowercase and without punctuation, which match anywhere in a value.
const PLACEHOLDERS: &[&str] = &["changeme", "replaceme", "placeholder", "changeit", "fillmein", "yourpassword", "yoursecret"];
/// Placeholders that match only a whole value.
const WHOLE: &[&str] = &["password", "secret", "todo", "tbd", "xxx", "xxxx", "example", "dummy", "fixme"];

fn check(set: &Set<'_>, out: &mut Reporter<'_, '_>) {
    if !matches!(set.whole, Whole::Build { production: true }) {
        return;
    }
    for secret in set.of_kind("Secret") {
        for field in ["data", "stringData"] {
            for entry in entries(secret.node, field).filter(|entry| is_placeholder(&entry.value, field == "data")) {
                let (key, path) = (&entry.key.text, format!("{field}[{}]", entry.key.text));
                let message = format!("the value of `{key}` is a placeholder");
                out.warn(secret, &entry.value, path, message, "replace it with the real value, from a secure source");
            }
        }
    }
}

fn is_placeholder(value: &Node, is_base64: bool) -> bool {
    // Long values are keys or files.
    let Some(text) = as_text(value).filter(|text| text.len() < 400) else { return false };
    let compact: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let decoded = if is_base64 { base64::engine::general_purpose::STANDARD.decode(compact).ok() } else { Some(text.into()) };
    let Some(plain) = decoded.and_then(|bytes| String::from_utf8(bytes).ok()) else { return false };
    let plain = plain.trim();
    let letters: String = plain.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let bracketed = plain.len() > 2 && plain.starts_with('<') && plain.ends_with('>') && !plain.contains(['/', '\n', '=']);
    bracketed || WHOLE.contains(&letters.as_str()) || PLACEHOLDERS.iter().any(|known| letters.contains(known))
}
