//! Custom resources whose controllers create pods and other objects that are not described in them: the custom resources of
//! operators, and Helm releases. Controllers derive names and labels from the name of the object, its kind, or its chart.

use rustc_hash::FxHashSet;

use crate::validate::look::as_text;
use crate::yaml::Node;

/// Names from which controllers derive other names.
#[derive(Default)]
pub struct Creators<'n> {
    names: FxHashSet<&'n str>,
    /// Kinds in lower case.
    kinds: FxHashSet<String>,
    /// Whether one of the objects installs others that are not known.
    pub has_installer: bool,
}

/// The kinds of objects that controllers create.
const CREATED: &[&str] = &["ConfigMap", "PersistentVolumeClaim", "Secret", "Service", "ServiceAccount"];

impl<'n> Creators<'n> {
    /// Adds an object whose controller creates others.
    pub fn add(&mut self, node: &'n Node, kind: &str, name: &'n str) {
        let at = |path: &[&str]| node.at_path(path).and_then(as_text);
        let chart = [&["spec", "chart", "spec", "chart"][..], &["spec", "chart"], &["spec", "source", "chart"]];
        let names = [Some(name), at(&["spec", "releaseName"])].into_iter().chain(chart.into_iter().map(at));
        self.names.extend(names.flatten().filter(|name| !name.is_empty()));
        self.kinds.insert(kind.to_ascii_lowercase());
    }

    /// Whether a label that a controller sets may have a value.
    pub fn may_label(&self, value: &str) -> bool {
        self.is_derived(value) || self.kinds.contains(&value.to_ascii_lowercase())
    }

    /// Whether a controller may create an object with a kind and name.
    pub fn may_create(&self, kind: &str, name: &str) -> bool {
        if !CREATED.contains(&kind) || self.names.is_empty() {
            return false;
        }
        let ends = name.match_indices('-').filter_map(|(at, _)| name.get(at + 1..));
        self.is_derived(name) || ends.into_iter().any(|end| self.names.contains(end))
    }

    /// Whether a text is a name, or starts with one and a dash.
    fn is_derived(&self, text: &str) -> bool {
        let starts = text.match_indices('-').filter_map(|(at, _)| text.get(..at));
        !self.names.is_empty() && (self.names.contains(text) || starts.into_iter().any(|start| self.names.contains(start)))
    }
}
