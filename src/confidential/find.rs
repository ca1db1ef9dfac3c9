//! Finds the secret ranges and values in all texts of a run.
//!
//! A text that is not valid YAML shows no line if it may contain a Secret. Texts inside others (inline patches) and the texts
//! around them are secret together.

use std::collections::HashSet;
use std::path::Path;

use super::found::{Found, tidy};
use super::{kustomization, wording};
use crate::secret_values::SecretValues;
use crate::source::{Source, SourceId, Sources};
use crate::yaml::{Dialect, OriginId, read_documents};

/// The secret ranges and values.
pub(super) fn find(sources: &Sources) -> SecretValues {
    let secrets = SecretValues::default();
    let mut found = Found { secrets, names: HashSet::new(), files: HashSet::new(), kustomizations: Vec::new() };
    for (id, source) in sources.numbered() {
        match sources.is_hidden(id) {
            true => found.hidden(id, source),
            false => found.source(id, source),
        }
    }
    let kustomizations = std::mem::take(&mut found.kustomizations);
    kustomizations.iter().for_each(|(_, node)| kustomization::names(node, &mut found));
    for (id, node) in &kustomizations {
        kustomization::mark(node, sources.get(*id).path().parent().unwrap_or(Path::new("")), &mut found);
    }
    let named: Vec<(SourceId, &Source)> =
        sources.numbered().filter(|(_, source)| found.files.contains(&tidy(source.path()))).collect();
    named.into_iter().for_each(|(id, source)| found.hidden(id, source));
    // Inner texts come after the texts around them.
    for (id, source) in sources.numbered().rev() {
        if let Some(outer) = source.inside().filter(|_| found.secrets.hides(id.index(), (0, u32::MAX))) {
            found.secrets.mark(outer.source.index(), (outer.start, outer.end));
        }
    }
    let Found { mut secrets, .. } = found;
    secrets.sort();
    if !secrets.is_empty() {
        let public = words(sources, &secrets);
        secrets.index(|word| public.contains(word));
    }
    secrets
}

impl Found {
    fn source(&mut self, id: SourceId, source: &Source) {
        let text = source.text();
        let is_named = source.path().file_stem().is_some_and(|name| name.eq_ignore_ascii_case("kustomization"));
        let is_kustomization = is_named && source.inside().is_none();
        if !is_kustomization && !wording::may_be_secret(text) {
            return;
        }
        match read_documents(text, id, OriginId::UNKNOWN, Dialect::Manifest) {
            Ok(documents) if is_kustomization => {
                self.kustomizations.extend(documents.into_iter().map(|document| (id, document)));
            }
            Ok(documents) => documents.iter().for_each(|document| self.document(document)),
            Err(_) if is_kustomization => {
                for (start, end) in wording::secret_blocks(text) {
                    self.secrets.mark(id.index(), (start, end));
                    let block = text.get(start as usize..end as usize).unwrap_or("");
                    wording::values(block).for_each(|value| self.secrets.add_value(id.index(), value));
                }
            }
            Err(_) => {
                self.secrets.hide_lines(id.index());
                wording::values(text).for_each(|value| self.secrets.add_value(id.index(), value));
            }
        }
    }
}

/// The words of all texts outside of secret ranges.
fn words<'s>(sources: &'s Sources, secrets: &SecretValues) -> HashSet<&'s str> {
    let mut words = HashSet::new();
    for (id, source) in sources.numbered() {
        for (at, _) in source.text().lines().enumerate() {
            let range = source.line_range(at + 1);
            if !secrets.hides(id.index(), range) {
                let is_end = |c: char| !c.is_alphanumeric() && !"-._/".contains(c);
                words.extend(source.line(at + 1).split(is_end).filter(|word| word.len() > 4));
            }
        }
    }
    words
}
