//! Localizing one kustomization: its file is read, what it names is copied, and the file is written with the new paths.
//!
//! Behavior: the `localizer` of kustomize.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use super::go_path::{self, clean};
use super::objects;
use super::place::Place;
use super::urls;
use super::words::{Failure, Result, Within};
use crate::edit::{FILE_NAMES, Kustomization, decode};
use crate::kustomize_words::quote;
use crate::load::is_web;
use crate::records::Records;
use crate::resource::Resource;
use crate::yaml::untyped::json_to_yaml;

/// A kustomization that is being localized.
pub struct Root<'a> {
    /// Its directory.
    pub place: Place,
    /// The directory at the destination.
    pub to: PathBuf,
    /// Texts that were read as objects.
    pub records: &'a mut Records,
    /// What is done.
    pub done: &'a mut Done,
    /// The directories below it that were localized; `None` if one of them was fetched.
    pub inner: Option<BTreeSet<PathBuf>>,
}

/// The directories that were localized, by their places at the destination, and those below each of them. Without it, the work
/// would double with each level at which two directories refer to the same one.
pub type Done = HashMap<(PathBuf, PathBuf), BTreeSet<PathBuf>>;

impl Root<'_> {
    /// Localizes it.
    ///
    /// # Errors
    /// What it names can't be read or copied.
    pub fn localize(&mut self) -> Result<()> {
        let (name, content) = self.load()?;
        // Deprecated fields stay as they are.
        let mut fields = decode(&content).map_err(Failure)?.fields().clone();
        self.native_fields(&mut fields)?;
        self.plugins(&mut fields)?;
        let written = serde_json::Value::Object(Kustomization::new(fields).written());
        let text = json_to_yaml(&written).map_err(Failure);
        let text = text.within(|| "unable to serialize localized kustomization file")?;
        let destination = &self.place.bounds.destination;
        let written = destination.write(&self.to.join(name), text.as_bytes());
        written.within(|| "unable to write localized kustomization file")
    }

    fn load(&self) -> Result<(&'static str, Vec<u8>)> {
        let mut found = FILE_NAMES.iter().filter_map(|name| Some((*name, self.place.load(name).ok()?)));
        let root = self.place.root().display();
        match (found.next(), found.next()) {
            (Some(found), None) => Ok(found),
            (None, _) => {
                let [first, second, third] = FILE_NAMES;
                let names = format!("'{first}', '{second}' or '{third}'");
                Err(Failure(format!("unable to find one of {names} in directory '{root}'")))
            }
            (Some(_), Some(_)) => Err(Failure(format!("Found multiple kustomization files under: {root}\n"))),
        }
    }

    /// Copies a file and returns its new path; an empty path stays empty.
    pub fn file(&mut self, path: &str) -> Result<String> {
        if path.is_empty() {
            return Ok(String::new());
        }
        let content = self.place.load(path)?;
        self.file_with(path, &content)
    }

    /// Writes a file with this content and returns its new path.
    pub fn file_with(&mut self, path: &str, content: &[u8]) -> Result<String> {
        let new = if is_web(path) {
            self.free(&format!("file {}", quote(path)))?;
            urls::of_file(path)
        } else {
            self.place.clean(path)?
        };
        let whole = clean(&self.to.join(&new));
        let destination = &self.place.bounds.destination;
        let directory = destination.create_directory(whole.parent().unwrap_or(&whole));
        directory.within(|| format!("unable to create directories to localize file {}", quote(path)))?;
        let written = destination.write(&whole, content);
        written.within(|| format!("unable to localize file {}", quote(path)))?;
        Ok(shown(&new))
    }

    /// Localizes a directory and returns its new path; an empty path stays empty.
    pub fn directory(&mut self, path: &str) -> Result<String> {
        if path.is_empty() {
            return Ok(String::new());
        }
        let place = self.place.directory(path)?;
        let new = match &place.site.repository {
            Some(repository) => {
                self.free(&format!("root {}", quote(path)))?;
                urls::of_directory(&repository.url, &go_path::relative(&repository.root, place.root()))
            }
            None => go_path::relative(self.place.root(), place.root()),
        };
        let to = clean(&self.to.join(&new));
        let created = self.place.bounds.destination.create_directory(&to);
        created.within(|| format!("unable to create root {} in localize destination", quote(path)))?;
        self.once(place, to).within(|| format!("unable to localize root {}", quote(path)))?;
        Ok(shown(&new))
    }

    /// Localizes a directory, unless that is done and would not end in a cycle from here.
    fn once(&mut self, place: Place, to: PathBuf) -> Result<()> {
        let (root, is_fetched) = (place.root().to_owned(), place.site.repository.is_some());
        let key = (root.clone(), to.clone());
        let known = self.done.get(&key).filter(|inner| inner.iter().all(|inner| !place.site.is_in_or_led_through(inner)));
        let inner = match known {
            Some(inner) => Some(inner.clone()),
            None => {
                let inner = Some(BTreeSet::new());
                let mut new = Root { place, to, records: &mut *self.records, done: &mut *self.done, inner };
                new.localize()?;
                new.inner.filter(|_| !is_fetched)
            }
        };
        match (inner, &mut self.inner) {
            (Some(inner), Some(all)) => {
                all.extend(inner.iter().cloned().chain([root]));
                self.done.insert(key, inner);
            }
            (Some(inner), None) => drop(self.done.insert(key, inner)),
            (None, all) => *all = None,
        }
        Ok(())
    }

    /// Localizes an item of `resources`: a file with objects, or else a directory.
    pub fn resource(&mut self, path: &str) -> Result<String> {
        let as_file = self.resource_file(path);
        as_file.or_else(|as_file| {
            self.directory(path).map_err(|as_directory| {
                let path = quote(path);
                Failure(format!(
                    "could not localize path {path} as file: {as_file}; could not localize path {path} as directory: {as_directory}"
                ))
            })
        })
    }

    fn resource_file(&mut self, path: &str) -> Result<String> {
        let content = self.place.load(path)?;
        objects::read(&content, self.records).within(|| format!("invalid resource at file {}", quote(path)))?;
        self.file_with(path, &content)
    }

    /// Copies the file that an entry names, unless the entry is an object itself.
    pub fn entry(&mut self, entry: &str) -> Result<String> {
        match self.entry_objects(entry)? {
            (_, true) => self.file(entry),
            (_, false) => Ok(entry.to_owned()),
        }
    }

    /// The objects that an entry contains, or that are in the file that it names; and whether it names a file.
    pub fn entry_objects(&mut self, entry: &str) -> Result<(Vec<Resource>, bool)> {
        let inline = match objects::read(entry.as_bytes(), self.records) {
            Ok(objects) => return Ok((objects, false)),
            Err(failure) => failure,
        };
        let content = self.place.load(entry);
        let read =
            content.and_then(|content| objects::read(&content, self.records).map_err(|failure| objects::in_file(failure, entry)));
        let objects = read.map_err(|file| {
            let both =
                format!("when parsing as inline received error: {inline}\nwhen parsing as filepath received error: {file}");
            Failure(format!("unable to load resource entry {}: {both}", quote(entry)))
        })?;
        Ok((objects, true))
    }

    /// Checks that the directory for what URLs name does not exist in the original.
    fn free(&self, what: &str) -> Result<()> {
        if !self.place.exists(Path::new(urls::DIRECTORY)) {
            return Ok(());
        }
        let (root, directory) = (self.place.root().display(), urls::DIRECTORY);
        Err(Failure(format!("{root} already contains {directory} needed to store {what}")))
    }
}

/// A path as it is written into a kustomization.
pub fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
