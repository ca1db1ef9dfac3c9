//! Values that SOPS or Sealed Secrets encrypted: a change is shown by its key, without the ciphertext.
//!
//! SOPS also writes a checksum, a date, and the data key for each recipient into the file, which differ after every edit. These
//! changes are folded and counted; if nothing else differs, a note says so. Recipients that are added or removed are shown.
//! Behavior: the stores of SOPS for YAML and JSON (`sops: {mac: ...}`) and for env files (`sops_mac=...`).

use super::model::{Change, Hunk, Inside, Sided};
use super::path::{Path, Step};
use crate::resource::Gvk;
use crate::yaml::{Entry, Node, Scalar, Value};

/// The filter that the changes of metadata are counted by.
pub const METADATA: &str = "encryption metadata";
/// The fields that identify the recipients of SOPS: age, PGP, AWS, Google, Azure, and Vault.
pub const RECIPIENTS: [&str; 5] = ["recipient", "fp", "arn", "resource_id", "vault_address"];

const VALUE: &str = "(encrypted)";
const CHANGED: &str = "(encrypted value changed)";
const ENCRYPTED: &str = "(now encrypted)";
const NOT_ENCRYPTED: &str = "(not encrypted anymore)";
/// How an encrypted value of SOPS starts.
const START: &str = "ENC[AES256_GCM,";
/// Fields of `sops` that differ after every edit.
const EDITED: [&str; 3] = ["mac", "lastmodified", "version"];
/// Fields of `sops` that are shown: recipients, and rules that select values.
const PUBLIC: [&str; 15] = [
    "age",
    "pgp",
    "kms",
    "gcp_kms",
    "azure_kv",
    "hc_vault",
    "hckms",
    "key_groups",
    "shamir_threshold",
    "encrypted_regex",
    "unencrypted_regex",
    "encrypted_suffix",
    "unencrypted_suffix",
    "mac_only_encrypted",
    "encrypted_comment_regex",
];
/// Fields of a recipient that differ if the data key is encrypted again.
const PER_RECIPIENT: [&str; 2] = ["enc", "created_at"];

/// Whether SOPS encrypted a document: YAML, JSON, or the entries of an env file.
pub fn is_sops(document: &Node) -> bool {
    document.at_path(&["sops", "mac"]).is_some() || document.get("sops_mac").is_some()
}

/// Whether a text is a document that SOPS encrypted.
pub fn is_sops_text(text: &str) -> bool {
    text.contains(START) && (text.contains("sops_mac=") || text.contains("\"mac\"") || text.contains("mac:"))
}

/// Moves changes of metadata to the folded ones. Returns how many there are.
pub fn fold(sides: [&Node; 2], changes: &mut Vec<Change>, folded: &mut Vec<Change>) -> usize {
    let is_sops = |at: &[&str]| sides.iter().all(|side| side.at_path(at).is_some_and(is_sops));
    let parents: Vec<&[&str]> = [&[][..], &["data"], &["stringData"]]
        .into_iter()
        .filter(|at| if at.is_empty() { sides.iter().all(|side| self::is_sops(side)) } else { is_sops(at) })
        .collect();
    let mut count = 0;
    let mut kept = Vec::new();
    for mut change in changes.drain(..) {
        let is_in = |parent: &&[&str]| change.path.starts_with(parent) && is_metadata(&change.path.0[parent.len()..]);
        if parents.iter().any(is_in) {
            count += 1;
            folded.push(change);
            continue;
        }
        let texts = [&change.old, &change.new].map(|side| side.as_ref().and_then(|side| text_of(&side.node)));
        if let Some(Inside::Document { changes: inner, .. }) = &mut change.inside
            && texts.iter().all(|text| text.as_deref().is_some_and(is_sops_text))
        {
            let before = inner.len();
            inner.retain(|inner| !is_metadata(&inner.path.0));
            count += before - inner.len();
            if inner.is_empty() {
                change.inside = None;
                folded.push(change);
                continue;
            }
        }
        kept.push(change);
    }
    *changes = kept;
    count
}

/// The text of a value; a value of a Secret may be encoded.
fn text_of(node: &Node) -> Option<String> {
    let text = node.as_str()?;
    Some(decoded(text).unwrap_or_else(|| text.to_owned()))
}

/// The text that a value of a Secret encodes in base64.
pub fn decoded(text: &str) -> Option<String> {
    use base64::Engine;
    let text: String = text.split_ascii_whitespace().collect();
    let bytes = base64::engine::general_purpose::STANDARD.decode(text).ok()?;
    String::from_utf8(bytes).ok()
}

/// Whether a path in a document of SOPS is that of metadata that differs after every edit.
fn is_metadata(path: &[Step]) -> bool {
    let fields: Vec<&str> =
        path.iter().filter_map(|step| if let Step::Field(name) = step { Some(name.as_str()) } else { None }).collect();
    match fields.as_slice() {
        ["sops", field] => EDITED.contains(field) && path.len() == 2,
        ["sops", .., field] => PER_RECIPIENT.contains(field),
        [field] => field.strip_prefix("sops_").is_some_and(|field| {
            let of_recipient = || PER_RECIPIENT.iter().any(|name| field.ends_with(&format!("__map_{name}")));
            EDITED.contains(&field) || of_recipient()
        }),
        _ => false,
    }
}

/// Masks the encrypted values of a change. Returns whether nothing else in it can be secret.
pub fn mask(gvk: &Gvk, change: &mut Change) -> bool {
    let is_sealed = is_sealed(gvk, &change.path);
    let is_public = is_public(&change.path);
    let ciphers = [&change.old, &change.new]
        .map(|side| side.as_ref().map(|side| is_sealed && side.node.as_scalar().is_some() || is_cipher(&side.node)));
    let marks = match ciphers {
        [Some(true), Some(true)] => [VALUE, CHANGED],
        [Some(true), None] | [None, Some(true)] => [VALUE, VALUE],
        [Some(true), Some(false)] => [VALUE, NOT_ENCRYPTED],
        [Some(false), Some(true)] => ["(not encrypted)", ENCRYPTED],
        _ => {
            let mut found = mask_inside(gvk, change);
            for side in [&mut change.old, &mut change.new].into_iter().flatten() {
                if let Some(node) = masked(&side.node, is_sealed) {
                    side.node = node;
                    found = true;
                }
            }
            change.masked |= found;
            return is_public;
        }
    };
    for (side, mark) in [&mut change.old, &mut change.new].into_iter().zip(marks) {
        if let Some(Sided { node, .. }) = side {
            *node = scalar(node, mark);
        }
    }
    (change.inside, change.masked) = (None, true);
    true
}

/// Masks the encrypted values in the differences inside a string.
fn mask_inside(gvk: &Gvk, change: &mut Change) -> bool {
    match &mut change.inside {
        Some(Inside::Document { changes, .. }) => {
            changes.iter_mut().for_each(|inner| _ = mask(gvk, inner));
            changes.iter().any(|inner| inner.masked)
        }
        Some(Inside::Lines(hunks)) => hunks.iter_mut().map(mask_hunk).fold(false, |found, hunk| found | hunk),
        None => false,
    }
}

fn mask_hunk(hunk: &mut Hunk) -> bool {
    let mut found = false;
    for line in &mut hunk.lines {
        if let Some(text) = masked_text(&line.text) {
            line.text = text;
            found = true;
        }
    }
    found
}

/// The differences inside a document of SOPS in a Secret: values that are not encrypted are masked, too.
pub fn mask_others(changes: &mut [Change], mut mask: impl FnMut(&mut Change)) {
    for change in changes {
        if !change.masked && !is_public(&change.path) {
            mask(change);
        }
    }
}

/// An object without encrypted values; `None` if it has none.
pub fn object(gvk: &Gvk, object: &Node) -> Option<Node> {
    if !is_sealed(gvk, &Path::default().join(Step::Field("spec".into())).join(Step::Field("encryptedData".into()))) {
        return masked(object, false);
    }
    let data = object.at_path(&["spec", "encryptedData"])?;
    let (plain, data) = (masked(object, false).unwrap_or_else(|| object.clone()), masked(data, true)?);
    Some(replaced(&plain, &["spec", "encryptedData"], data))
}

fn replaced(node: &Node, path: &[&str], value: Node) -> Node {
    let (Some((first, rest)), Some(mapping)) = (path.split_first(), node.as_mapping()) else { return value };
    let entries = mapping.iter().map(|entry| match entry.key.text == *first {
        true => Entry { key: entry.key, value: replaced(&entry.value, rest, value.clone()) },
        false => entry.clone(),
    });
    Node::read(Value::Mapping(entries.collect()), node.span(), node.origin())
}

/// Whether a path is that of metadata of SOPS that contains no values: who can decrypt the file, and what is encrypted.
fn is_public(path: &Path) -> bool {
    let field = path.0.get(1).map(Step::text).unwrap_or_default();
    path.starts_with(&["sops", "*"]) && PUBLIC.contains(&field.as_str())
}

/// Whether the values at and below a path are encrypted by Sealed Secrets.
fn is_sealed(gvk: &Gvk, path: &Path) -> bool {
    gvk.kind == "SealedSecret" && path.starts_with(&["spec", "encryptedData"])
}

fn is_cipher(node: &Node) -> bool {
    node.as_str().is_some_and(|text| is_cipher_text(text) || decoded(text).is_some_and(|text| is_cipher_text(&text)))
}

fn is_cipher_text(text: &str) -> bool {
    text.starts_with(START) && text.trim_end().ends_with(']')
}

/// A value without encrypted parts, or, with `all`, without any of its scalars; `None` if there are none.
fn masked(node: &Node, all: bool) -> Option<Node> {
    let value = match node.value() {
        Value::Scalar(_) if all || is_cipher(node) => return Some(scalar(node, VALUE)),
        Value::Scalar(_) => return masked_text(node.as_str()?).map(|text| scalar(node, &text)),
        Value::Sequence(items) => {
            let masks: Vec<Option<Node>> = items.iter().map(|item| masked(item, all)).collect();
            masks.iter().any(Option::is_some).then_some(())?;
            Value::Sequence(masks.into_iter().zip(items).map(|(mask, item)| mask.unwrap_or_else(|| item.clone())).collect())
        }
        Value::Mapping(mapping) => {
            let is_key = |entry: &Entry| {
                entry.key.text == "enc" && mapping.iter().any(|entry| RECIPIENTS.contains(&entry.key.text.as_str()))
            };
            let masks: Vec<Option<Node>> = mapping.iter().map(|entry| masked(&entry.value, all || is_key(entry))).collect();
            masks.iter().any(Option::is_some).then_some(())?;
            let entries = masks
                .into_iter()
                .zip(mapping)
                .map(|(mask, entry)| Entry { key: entry.key, value: mask.unwrap_or_else(|| entry.value.clone()) });
            Value::Mapping(entries.collect())
        }
    };
    Some(Node::read(value, node.span(), node.origin()))
}

fn scalar(node: &Node, text: &str) -> Node {
    Node::read(Value::Scalar(Scalar::string(text)), node.span(), node.origin())
}

/// A text in which the values of SOPS are masked; `None` if it has none.
fn masked_text(text: &str) -> Option<String> {
    let mut rest = text;
    let mut out = String::new();
    while let Some(at) = rest.find(START) {
        let length = rest[at..].find([']', '\n']).map_or(rest.len() - at, |end| end + 1);
        out += &rest[..at];
        out += VALUE;
        rest = &rest[at + length..];
    }
    (rest.len() < text.len()).then(|| out + rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_in_texts_are_masked() {
        assert_eq!(masked_text("a = ENC[AES256_GCM,data:x,tag:y]\nb=1").as_deref(), Some("a = (encrypted)\nb=1"));
        assert_eq!(masked_text("a: ENC[AES256_GCM,data").as_deref(), Some("a: (encrypted)"));
        assert_eq!(masked_text("a: ENC[x]"), None);
    }

    #[test]
    fn metadata_is_what_every_edit_changes() {
        let is = |fields: &[&str]| is_metadata(&fields.iter().map(|field| Step::Field((*field).into())).collect::<Vec<_>>());
        assert!(is(&["sops", "mac"]) && is(&["sops", "age", "enc"]) && is(&["sops_lastmodified"]));
        assert!(is(&["sops_age__list_0__map_enc"]) && is(&["sops", "key_groups", "pgp", "created_at"]));
        assert!(
            !is(&["sops"]) && !is(&["sops", "age", "recipient"]) && !is(&["sops_age__list_0__map_recipient"]) && !is(&["mac"])
        );
    }
}
