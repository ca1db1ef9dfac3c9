//! Replaces the hashes in generated names by `HASH`: otherwise every change of a ConfigMap would change the snapshots of all
//! its users.

use rustc_hash::FxHashMap;

use crate::resource::{ResMap, Resource};
use crate::yaml::{Node, Scalar, Tag, Value};

/// The length of a hash and its characters: see `finish/hash_suffix.rs`.
const LENGTH: usize = 10;
const LETTERS: &[u8] = b"gh2k456789mbcdtf";
/// Written in place of a hash.
const PLACEHOLDER: &str = "HASH";

/// The hashes of a build, with the names that they were appended to.
pub struct Hashes {
    names: FxHashMap<String, Vec<String>>,
}

impl Hashes {
    /// The hashes of all generated objects.
    pub fn of(resources: &ResMap) -> Self {
        let mut names: FxHashMap<String, Vec<String>> = FxHashMap::default();
        for resource in resources.iter().filter(|resource| resource.needs_hash) {
            for (before, hash) in pairs(resource) {
                names.entry(hash).or_default().push(before);
            }
        }
        Hashes { names }
    }

    /// A text with hashes replaced by the placeholder; `None` if it contains none.
    pub fn hide(&self, text: &str) -> Option<String> {
        let mut out = String::new();
        let mut copied = 0;
        for (at, _) in text.match_indices('-').filter(|_| !self.names.is_empty()) {
            let Some(hash) = text.get(at + 1..at + 1 + LENGTH) else { continue };
            let Some(names) = self.names.get(hash) else { continue };
            if names.iter().any(|name| text[..at].ends_with(name.as_str())) {
                out.push_str(&text[copied..=at]);
                out.push_str(PLACEHOLDER);
                copied = at + 1 + LENGTH;
            }
        }
        (copied > 0).then(|| out + &text[copied..])
    }

    /// Replaces the hashes in all strings of a document.
    pub fn hide_in(&self, node: &mut Node) {
        match node.value() {
            Value::Scalar(scalar) => {
                if let Some(text) =
                    Some(scalar).filter(|scalar| scalar.tag == Tag::Str).and_then(|scalar| self.hide(&scalar.text))
                {
                    let scalar = Scalar { text: text.into(), ..scalar.clone() };
                    node.respell(scalar);
                }
            }
            Value::Sequence(_) => node.items_mut().into_iter().flatten().for_each(|item| self.hide_in(item)),
            Value::Mapping(_) => {
                let entries = node.as_mapping_mut().into_iter().flat_map(|mapping| mapping.iter_mut());
                entries.for_each(|entry| self.hide_in(&mut entry.value));
            }
        }
    }

    /// The name of a generated object without hashes.
    pub fn stem(&self, name: &str) -> String {
        let hidden = self.hide(name).unwrap_or_else(|| name.to_owned());
        let mut stem = hidden.as_str();
        while let Some(shorter) = stem.strip_suffix("-HASH") {
            stem = shorter;
        }
        if stem.is_empty() { name.to_owned() } else { stem.to_owned() }
    }
}

/// The names that a hash was appended to, with the hash: usually one.
fn pairs(resource: &Resource) -> impl Iterator<Item = (String, String)> {
    let former = resource.former().iter().map(|former| former.name.to_string());
    let names: Vec<String> = former.chain([resource.id().name.to_string()]).collect();
    let pairs: Vec<_> = names.windows(2).filter_map(|pair| Some((pair[0].clone(), hash_after(&pair[0], &pair[1])?))).collect();
    pairs.into_iter()
}

fn hash_after(before: &str, after: &str) -> Option<String> {
    let hash = after.strip_prefix(before)?.strip_prefix('-')?;
    (hash.len() == LENGTH && hash.bytes().all(|byte| LETTERS.contains(&byte))).then(|| hash.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_hidden_wherever_they_follow_their_name() {
        let names = [("7b4f8m2k6t".to_owned(), vec!["settings".to_owned()]), ("gh2k456789".to_owned(), vec!["é".to_owned()])];
        let hashes = Hashes { names: names.into_iter().collect() };
        assert_eq!(hashes.hide("settings-7b4f8m2k6t").as_deref(), Some("settings-HASH"));
        let text = "--config=settings-7b4f8m2k6t,é-gh2k456789 - -é";
        assert_eq!(hashes.hide(text).as_deref(), Some("--config=settings-HASH,é-HASH - -é"));
        for text in ["other-7b4f8m2k6t", "settings-7b4f8m2k6", "settings", "-éééééééééé", ""] {
            assert_eq!(hashes.hide(text), None, "{text}");
        }
        assert_eq!(hashes.stem("settings-7b4f8m2k6t"), "settings");
    }
}
