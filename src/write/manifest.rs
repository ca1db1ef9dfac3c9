//! The list of files that `-o DIR` wrote into a directory, so that files that are no longer written can be removed.
//!
//! It has the format of `sha256sum`. While files are written it lists what is there and what is going to be there, so that a run
//! that is killed is not forgotten. The list may come from somebody else: only plain names of manifests are accepted, and a file is
//! only removed if its content is the one that is listed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::directory::{Changes, NewFile};

/// The name of the list.
pub const MANIFEST: &str = ".render-manifest";
const HEAD: &str = "# Written by `render -o`. With --prune, files in this list are removed if they are no longer written.\n";
/// The largest list that is read: about 1,000,000 files.
const LIMIT: u64 = 128 << 20;

/// Files with the hashes of their contents; several, if it is not known which of them is there.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Entries(BTreeMap<String, BTreeSet<String>>);

impl Entries {
    /// Reads the list of a directory; what is not valid in it is ignored.
    pub fn read(directory: &Path) -> Entries {
        let path = directory.join(MANIFEST);
        let is_list = fs::symlink_metadata(&path).is_ok_and(|found| found.is_file() && found.len() <= LIMIT);
        let text = if is_list { fs::read_to_string(&path).unwrap_or_default() } else { String::new() };
        Entries::parse(&text)
    }

    fn parse(text: &str) -> Entries {
        let mut entries = Entries::default();
        for (hash, name) in text.lines().filter_map(|line| line.split_once("  ")) {
            if hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) && is_plain(name) {
                entries.add(name, hash.to_owned());
            }
        }
        entries
    }

    fn add(&mut self, name: &str, hash: String) {
        self.0.entry(name.to_owned()).or_default().insert(hash);
    }

    fn text(&self) -> String {
        let lines = self.0.iter().flat_map(|(name, hashes)| hashes.iter().map(move |hash| format!("{hash}  {name}\n")));
        HEAD.to_owned() + &lines.collect::<String>()
    }
}

/// Whether a name is that of a file in the directory, as objects have it.
fn is_plain(name: &str) -> bool {
    name.ends_with(".yaml") && !name.starts_with('.') && !name.contains(['/', '\\']) && !name.contains(char::is_control)
}

/// The changes that write these files and the list. With `prune`, files of earlier runs are removed; the names of those that are
/// kept because somebody has changed them are returned, too.
pub fn changes(directory: &Path, files: Vec<NewFile>, prune: bool) -> (Changes, Vec<String>) {
    let old = Entries::read(directory);
    let mut new = Entries::default();
    files.iter().for_each(|file| new.add(&file.name, hash(file.text.as_bytes())));
    let (mut remove, mut kept) = (Vec::new(), Vec::new());
    let mut during = new.clone();
    for (name, hashes) in &old.0 {
        hashes.iter().for_each(|hash| during.add(name, hash.clone()));
        if new.0.contains_key(name) {
            continue;
        }
        match state(&directory.join(name), hashes) {
            State::Missing => continue,
            State::Same if prune => {
                remove.push(name.clone());
                continue;
            }
            State::Changed if prune => kept.push(name.clone()),
            State::Same | State::Changed => {}
        }
        new.0.insert(name.clone(), hashes.clone());
    }
    let list = |entries: &Entries| NewFile { name: MANIFEST.to_owned(), text: entries.text(), private: false };
    let mut changes = Changes { write: vec![list(&during)], remove, last: Vec::new() };
    changes.write.extend(files);
    if during != new {
        changes.last.push(list(&new));
    }
    (changes, kept)
}

enum State {
    Missing,
    Same,
    Changed,
}

fn state(path: &Path, hashes: &BTreeSet<String>) -> State {
    match fs::symlink_metadata(path) {
        Err(_) => State::Missing,
        Ok(found) if found.is_file() && fs::read(path).is_ok_and(|content| hashes.contains(&hash(&content))) => State::Same,
        Ok(_) => State::Changed,
    }
}

fn hash(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_are_accepted() {
        let hash = hash(b"");
        let names = ["../a.yaml", "/a.yaml", "a/b.yaml", "..", ".a.yaml", "a.txt", "a\\b.yaml", "a\u{7}.yaml", "", "good.yaml"];
        let text: String = names.iter().map(|name| format!("{hash}  {name}\n")).collect();
        let entries = Entries::parse(&(text + "123  a.yaml\nnoise\n"));
        assert_eq!(entries.0.keys().collect::<Vec<_>>(), ["good.yaml"]);
        assert_eq!(Entries::parse(&entries.text()), entries);
    }
}
