//! Unusual forms of the same documents: flow style, quotes, comments, anchors, merge keys, CRLF, duplicate keys.

use super::document::{Embedding, Entry, Quotes, Style, Yaml};
use super::tree::{Content, File};
use super::values::Values;

/// Changes the formatting of files in random places.
pub fn decorate(files: &mut [File], values: &mut Values) {
    for file in files {
        let is_kustomization = file.path.ends_with("kustomization.yaml");
        let Content::Documents(documents) = &mut file.content else { continue };
        for (at, document) in documents.iter_mut().enumerate() {
            let mut spelling =
                Spelling { values, anchors: Vec::new(), prefix: format!("a{at}x"), is_kustomization, embedded: false };
            spelling.change(document);
        }
        file.crlf = values.odd(1);
    }
}

struct Spelling<'v> {
    values: &'v mut Values,
    /// Anchors of this document that precede the current place.
    anchors: Vec<(String, Yaml)>,
    prefix: String,
    is_kustomization: bool,
    embedded: bool,
}

impl Spelling<'_> {
    fn change(&mut self, value: &mut Yaml) {
        match value {
            Yaml::Map(entries, style) => {
                *style = self.style();
                self.change_entries(entries);
            }
            Yaml::Seq(items, style) => {
                *style = self.style();
                for item in items {
                    self.change(item);
                }
            }
            Yaml::Text(_, quotes @ Quotes::Auto) if self.values.odd(3) => {
                *quotes = [Quotes::Single, Quotes::Double, Quotes::Literal, Quotes::Folded][self.values.random.below(4)];
            }
            Yaml::Embedded(documents, Embedding::Yaml) => {
                let mut spelling = Spelling {
                    values: self.values,
                    anchors: Vec::new(),
                    prefix: "e".into(),
                    is_kustomization: false,
                    embedded: true,
                };
                for document in documents {
                    spelling.change(document);
                }
            }
            _ => {}
        }
        self.anchor(value);
    }

    fn style(&mut self) -> Style {
        match self.values.random.below(40) {
            0 | 1 if self.values.oddness > 0 => Style::Flow,
            2..7 => Style::Indented,
            _ => Style::Block,
        }
    }

    fn change_entries(&mut self, entries: &mut Vec<Entry>) {
        for entry in entries.iter_mut() {
            entry.quoted = self.values.odd(1);
            if self.values.odd(1) {
                entry.comment = Some(self.values.random.pick(&[" note", "", " a: b", "'", " {a: x}"]).to_owned());
            }
            self.change(&mut entry.value);
        }
        if self.values.random.one_in(400) && self.values.oddness > 1 && !entries.is_empty() {
            let copy = entries[self.values.random.below(entries.len())].clone();
            entries.push(copy);
        }
        if self.values.random.one_in(120) && self.values.oddness > 0 && !self.is_kustomization {
            self.merge(entries);
        }
    }

    /// A merge key, with an earlier mapping or a new one.
    fn merge(&mut self, entries: &mut Vec<Entry>) {
        let mappings: Vec<&(String, Yaml)> = self.anchors.iter().filter(|(_, value)| matches!(value, Yaml::Map(..))).collect();
        let value = match self.values.random.choose(&mappings) {
            Some((name, _)) => Yaml::Alias(name.clone()),
            None => Yaml::Map(vec![Entry { key: "merged".into(), quoted: false, value: "x".into(), comment: None }], Style::Flow),
        };
        let at = self.values.random.below(entries.len() + 1);
        entries.insert(at, Entry { key: "<<".into(), quoted: false, value, comment: None });
    }

    /// Turns a value into an anchor, or into an alias of one with the same value.
    fn anchor(&mut self, value: &mut Yaml) {
        if self.values.oddness == 0 || matches!(value, Yaml::Anchor(..) | Yaml::Alias(_)) {
            return;
        }
        let known = self.anchors.iter().find(|(_, other)| other == value).map(|(name, _)| name.clone());
        match known {
            Some(name) if self.values.random.chance(30) => *value = Yaml::Alias(name),
            None if self.values.random.one_in(if self.embedded { 300 } else { 60 }) => {
                let name = format!("{}{}", self.prefix, self.anchors.len());
                self.anchors.push((name.clone(), value.clone()));
                *value = Yaml::Anchor(name, Box::new(value.clone()));
            }
            _ => {}
        }
    }
}
