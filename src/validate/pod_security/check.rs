//! The type of a check of the Pod Security Standards, and what it finds, in the words of the server.

use super::labels::Level;
use super::pod::{Container, SecuredPod};
use crate::yaml::Node;

/// A check.
pub struct Check {
    /// Its name on the server.
    pub name: &'static str,
    /// The lowest level that has it.
    pub level: Level,
    /// The first minor version of the policy that has it.
    pub since: u16,
    /// The check of `baseline` that it replaces.
    pub replaces: Option<&'static str>,
    /// Finds a violation by the policy of a minor version.
    pub run: Run,
}

/// Finds a violation by the policy of a minor version.
type Run = for<'n> fn(&SecuredPod<'n>, u16) -> Option<Violation<'n>>;

impl Check {
    /// A check of the level `baseline`.
    pub const fn baseline(name: &'static str, run: Run) -> Self {
        Check { name, level: Level::Baseline, since: 0, replaces: None, run }
    }

    /// A check of the level `restricted`.
    pub const fn restricted(name: &'static str, run: Run) -> Self {
        Check { name, level: Level::Restricted, since: 0, replaces: None, run }
    }

    /// The same check, from a minor version on.
    pub const fn since(mut self, minor: u16) -> Self {
        self.since = minor;
        self
    }

    /// The same check, in place of one of `baseline`.
    pub const fn instead_of(mut self, name: &'static str) -> Self {
        self.replaces = Some(name);
        self
    }
}

/// What a pod violates.
pub struct Violation<'n> {
    /// The reason, such as `host namespaces`.
    pub reason: String,
    /// What is not allowed, or missing.
    pub detail: String,
    /// The first value that is not allowed, or what lacks one, and its path below the `spec`.
    pub place: Option<(&'n Node, String)>,
}

/// The pod and the containers that violate a check.
#[derive(Default)]
pub struct Setters<'n> {
    pod: bool,
    /// The names of the containers.
    pub containers: Vec<&'n str>,
    place: Option<(&'n Node, String)>,
}

impl<'n> Setters<'n> {
    /// Adds the pod, because of a value at a path.
    pub fn pod(&mut self, node: &'n Node, path: &str) {
        self.pod = true;
        self.place.get_or_insert_with(|| (node, path.to_owned()));
    }

    /// Adds a container, because of a value at a path, or because it lacks that value.
    pub fn container(&mut self, container: &Container<'n>, node: Option<&'n Node>, path: &str) {
        if self.containers.last() != Some(&container.name) {
            self.containers.push(container.name);
        }
        let place = || (node.unwrap_or(container.node), format!("{}.{path}", container.path()));
        self.place.get_or_insert_with(place);
    }

    /// Whether nothing violates the check.
    pub fn is_empty(&self) -> bool {
        !self.pod && self.containers.is_empty()
    }

    /// The setters: `pod and containers "a", "b"`, with more of them if there are.
    pub fn named(&self, more: Option<String>) -> String {
        let containers = (!self.containers.is_empty()).then(|| named("container", &self.containers));
        let all = [self.pod.then(|| "pod".to_owned()), containers, more];
        all.into_iter().flatten().collect::<Vec<_>>().join(" and ")
    }

    /// The violation, if there are setters.
    pub fn violation(self, reason: &str, detail: impl FnOnce(&Self) -> String) -> Option<Violation<'n>> {
        let detail = (!self.is_empty()).then(|| detail(&self))?;
        Some(Violation { reason: reason.to_owned(), detail, place: self.place })
    }
}

/// `container "a"` or `containers "a", "b"`.
pub fn named(what: &str, names: &[&str]) -> String {
    format!("{} {}", plural(what, names.len()), quoted(names))
}

/// The word, in its plural if there are several.
pub fn plural(word: &str, count: usize) -> String {
    format!("{word}{}", if count == 1 { "" } else { "s" })
}

/// `uses` or `use`.
pub fn uses(count: usize) -> &'static str {
    if count == 1 { "uses" } else { "use" }
}

/// Texts in quotes.
pub fn quoted<T: AsRef<str>>(texts: &[T]) -> String {
    texts.iter().map(|text| format!("\"{}\"", text.as_ref())).collect::<Vec<_>>().join(", ")
}
