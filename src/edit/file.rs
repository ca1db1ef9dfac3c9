//! The kustomization file of the working directory: found, read, and written.
//!
//! Behavior: `kustfile.NewKustomizationFile`.

use std::path::Path;

use anyhow::anyhow;

use super::decode::decode;
use super::fix::fix;
use super::go_error;
use super::kustomization::Kustomization;
use super::print::{Commented, commented_fields, marshal};
use super::surgical;

/// The names that a kustomization file may have.
pub const FILE_NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// How a kustomization is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// All of it again, as kustomize does.
    Compat,
    /// Only the lines that the change is about.
    Surgical,
}

/// The kustomization file of the working directory.
#[derive(Debug)]
pub struct KustomizationFile {
    path: &'static str,
    /// The content when it was read.
    content: Vec<u8>,
    fields: Vec<Commented>,
}

impl KustomizationFile {
    /// Finds it.
    ///
    /// # Errors
    /// There is none, or more than one, or it is a directory.
    pub fn find() -> anyhow::Result<Self> {
        let found: Vec<&'static str> = FILE_NAMES.into_iter().filter(|name| Path::new(name).exists()).collect();
        match found.as_slice() {
            [] => Err(anyhow!("Missing kustomization file '{}'.\n", FILE_NAMES[0])),
            [path] if Path::new(path).is_dir() => Err(anyhow!("{path} should be a file")),
            [path] => Ok(KustomizationFile::named(path)),
            several => Err(anyhow!("Found multiple kustomization file: [{}]\n", several.join(" "))),
        }
    }

    /// A file that does not have to be there.
    pub fn named(path: &'static str) -> Self {
        KustomizationFile { path, content: Vec::new(), fields: Vec::new() }
    }

    /// The path, relative to the working directory.
    pub fn path(&self) -> &str {
        self.path
    }

    /// The content when it was read.
    pub fn content(&self) -> &[u8] {
        &self.content
    }

    /// Reads it, and remembers the order of its fields and the comments.
    ///
    /// # Errors
    /// It can't be read, or is not valid.
    pub fn read(&mut self) -> anyhow::Result<Kustomization> {
        let content = go_error::read(self.path)?;
        self.take(content)
    }

    /// Reads a content in place of that of the file.
    ///
    /// # Errors
    /// It is not valid.
    pub fn take(&mut self, content: Vec<u8>) -> anyhow::Result<Kustomization> {
        let mut kustomization = decode(&content).map_err(anyhow::Error::msg)?;
        fix(&mut kustomization);
        self.fields.extend(commented_fields(&content));
        self.content = content;
        Ok(kustomization)
    }

    /// The content that [`write`](Self::write) writes in the style of kustomize.
    ///
    /// # Errors
    /// The kustomization contains what can't be printed.
    pub fn printed(&self, kustomization: &Kustomization) -> anyhow::Result<Vec<u8>> {
        marshal(&self.fields, kustomization).map_err(anyhow::Error::msg)
    }

    /// The content with as few changes as possible; [`write`](Self::write) writes it in the surgical style.
    ///
    /// # Errors
    /// The kustomization can't be expressed by changing only what differs.
    pub fn changed(&self, kustomization: &Kustomization) -> anyhow::Result<String> {
        surgical::rewrite(std::str::from_utf8(&self.content)?, kustomization)
    }

    /// The content with as few changes as possible, without deprecated fields.
    ///
    /// # Errors
    /// As [`changed`](Self::changed).
    pub fn modernized(&self, kustomization: &Kustomization) -> anyhow::Result<String> {
        surgical::modernize(std::str::from_utf8(&self.content)?, kustomization)
    }

    /// Writes it. In the surgical style, a file that would not change is not written.
    ///
    /// # Errors
    /// It can't be written, or the kustomization contains what can't be printed.
    pub fn write(&self, kustomization: &Kustomization, style: Style) -> anyhow::Result<()> {
        match style {
            Style::Compat => go_error::write(self.path, &self.printed(kustomization)?),
            Style::Surgical => match self.changed(kustomization)? {
                content if content.as_bytes() == self.content => Ok(()),
                content => go_error::write(self.path, content.as_bytes()),
            },
        }
    }
}
