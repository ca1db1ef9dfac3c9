//! The assertions under `assert` in `.render.yaml`: they apply to every overlay that they do not exclude by its path.
//!
//! Other commands read the same file, so an assertion is only compiled when the first overlay is tested.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};

use super::file::{Assertion, Malformed, Origin, assertion};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::repository::Patterns;
use crate::yaml::Node;

/// The assertions of a settings file.
#[derive(Debug, Default)]
pub struct SharedAssertions {
    file: PathBuf,
    /// The directory where `overlays` starts.
    home: PathBuf,
    items: Vec<Node>,
    compiled: OnceLock<Vec<Result<SharedAssertion, Malformed>>>,
}

/// An assertion, and the overlays that it applies to.
#[derive(Debug)]
pub struct SharedAssertion {
    /// The assertion.
    pub assertion: Assertion,
    /// Patterns for the paths of overlays; `None` for all overlays.
    overlays: Option<Patterns>,
    /// The largest [`Reach`] so far.
    reach: AtomicU8,
}

/// What an assertion was about so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// No overlay.
    Nothing,
    /// An overlay, but no object in it.
    Overlay,
    /// Something that was checked.
    Checked,
}

impl SharedAssertions {
    /// The items of a list in a settings file, whose directory in the working tree is `home`.
    pub fn new(file: &Path, home: &Path, items: &[Node]) -> Self {
        SharedAssertions { file: file.to_owned(), home: home.to_owned(), items: items.to_vec(), compiled: OnceLock::new() }
    }

    /// Whether there are no assertions.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The settings file.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The directory where the patterns for overlays start.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// All assertions in the order of the file, valid or not.
    pub fn all(&self) -> &[Result<SharedAssertion, Malformed>] {
        self.compiled.get_or_init(|| self.items.iter().map(|item| read(item, &self.file)).collect())
    }

    /// The valid assertions.
    pub fn valid(&self) -> impl Iterator<Item = &SharedAssertion> {
        self.all().iter().filter_map(|read| read.as_ref().ok())
    }

    /// The assertions that are not valid.
    pub fn malformed(&self) -> impl Iterator<Item = &Malformed> {
        self.all().iter().filter_map(|read| read.as_ref().err())
    }
}

impl SharedAssertion {
    /// Whether it names the overlay at this path, relative to the directory of the settings; `None` if it names no overlays.
    pub fn names(&self, overlay: Option<&Path>) -> Option<bool> {
        let overlay = overlay.map(|overlay| if overlay == Path::new("") { Path::new(".") } else { overlay });
        let patterns = self.overlays.as_ref()?;
        Some(overlay.is_some_and(|overlay| patterns.select(overlay)))
    }

    /// Records what it was about in an overlay.
    pub fn note(&self, reach: Reach) {
        self.reach.fetch_max(reach as u8, Ordering::Relaxed);
    }

    /// The warning that it checked nothing in a whole run.
    pub fn unused(&self) -> Option<Diagnostic> {
        let cause = match self.reach.load(Ordering::Relaxed) {
            0 => "no overlay matches `overlays`",
            1 => "its target selects no object in any overlay",
            _ => return None,
        };
        let message = format!("the assertion `{}` checks nothing: {cause}", self.assertion.name);
        Some(Diagnostic::warning("unused-assertion", message).at(self.assertion.span).help("fix the assertion, or remove it"))
    }
}

fn read(item: &Node, file: &Path) -> Result<SharedAssertion, Malformed> {
    let assertion = assertion(item, file, Origin::Settings)?;
    let name = assertion.name.clone();
    let overlays = item.get("overlays").filter(|node| !node.is_null()).map(patterns).transpose();
    let overlays = overlays.map_err(|error| Malformed { name, errors: Diagnostics::from(error) })?;
    Ok(SharedAssertion { assertion, overlays, reach: AtomicU8::new(Reach::Nothing as u8) })
}

/// One pattern, or a list of patterns.
fn patterns(node: &Node) -> Result<Patterns, Diagnostic> {
    let single = std::slice::from_ref(node);
    let mut lines = Vec::new();
    for item in node.as_sequence().unwrap_or(single) {
        let Some(line) = item.as_str().filter(|line| !line.trim().is_empty()) else {
            let error = item.error("wrong-value", format!("expected the path of overlays, found {}", item.type_name()));
            return Err(error.help("write a path relative to `.render.yaml`, such as `overlays/production/*`"));
        };
        lines.push(line);
    }
    Ok(Patterns::new(lines.into_iter()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::Records;
    use crate::yaml::Dialect;

    #[test]
    fn patterns_name_overlays_and_what_is_below_them() {
        let names = |patterns: &str, overlay: &str| {
            let mut records = Records::default();
            let text = format!("name: x\nassert: 'true'\noverlays: {patterns}\n");
            let source = records.sources.add("test", text);
            let step = records.provenance.step("", "test");
            let item = records.documents(source, step, Dialect::Manifest).unwrap().remove(0);
            read(&item, Path::new("x")).unwrap().names(Some(Path::new(overlay)))
        };
        for (patterns, overlay, expected) in [
            ("null", "a", None),
            ("overlays/production", "overlays/production/shop", Some(true)),
            ("overlays/*/shop", "overlays/dev/shop", Some(true)),
            ("overlays/*/shop", "overlays/dev/web", Some(false)),
            ("production", "overlays/production", Some(true)),
            ("['overlays/*', '!overlays/dev']", "overlays/dev", Some(false)),
            ("['overlays/*', '!overlays/dev']", "overlays/test", Some(true)),
            ("'*'", "", Some(true)),
        ] {
            assert_eq!(names(patterns, overlay), expected, "{patterns} {overlay}");
        }
    }
}
