//! Hides paths, kinds, and well-known noise from a diff. Everything that is hidden is counted.

use crate::resource::ResId;
use crate::resource::wildcard::fits;
use crate::yaml::{Node, Value};

use super::model::{Change, HiddenBy, Inside};
use super::path::{Path, Step};

/// A named filter of noise.
#[derive(Clone, Copy, Debug)]
pub struct Filter {
    /// The name on the command line.
    pub name: &'static str,
    /// The changes that it hides.
    pub purpose: &'static str,
    /// The paths; `**` matches any number of steps.
    paths: &'static [&'static str],
}

/// The named filters.
pub const FILTERS: &[Filter] = &[
    Filter { name: "helm-chart-labels", purpose: "Labels `helm.sh/chart`", paths: &["**.labels[helm.sh/chart]"] },
    Filter { name: "checksums", purpose: "Annotations `checksum/*`", paths: &["**.annotations[checksum/*]"] },
    Filter {
        name: "version-labels",
        purpose: "Labels `app.kubernetes.io/version`",
        paths: &["**.labels[app.kubernetes.io/version]"],
    },
    Filter {
        name: "server-fields",
        purpose: "What only the API server and its controllers write: status, managedFields, resourceVersion, uid, ...",
        paths: &[
            "status",
            "metadata.creationTimestamp",
            "metadata.deletionGracePeriodSeconds",
            "metadata.deletionTimestamp",
            "metadata.generation",
            "metadata.managedFields",
            "metadata.resourceVersion",
            "metadata.selfLink",
            "metadata.uid",
            "metadata.annotations[kubectl.kubernetes.io/last-applied-configuration]",
            "metadata.annotations[deployment.kubernetes.io/revision]",
        ],
    },
];

/// Everything to hide.
#[derive(Clone, Debug, Default)]
pub struct Filters {
    patterns: Vec<Pattern>,
    kinds: Vec<(String, String)>,
}

/// A field to hide, in all objects or in some.
#[derive(Clone, Debug)]
struct Pattern {
    /// The filter that the pattern belongs to.
    filter: String,
    kind: Option<String>,
    name: Option<String>,
    steps: Vec<String>,
}

impl Filters {
    /// Adds a named filter. Returns whether there is a filter with this name.
    pub fn add_named(&mut self, name: &str) -> bool {
        let Some(filter) = FILTERS.iter().find(|filter| filter.name == name) else { return false };
        for path in filter.paths {
            self.patterns.push(Pattern {
                filter: name.to_owned(),
                kind: None,
                name: None,
                steps: split(path).unwrap_or_default(),
            });
        }
        true
    }

    /// Hides a field and everything below it: `spec.replicas`, `metadata.annotations[a/*]`, `Deployment/web:spec.replicas`.
    ///
    /// # Errors
    /// The text is not a valid path.
    pub fn add_path(&mut self, text: &str) -> Result<(), String> {
        let (object, path) = match text.split_once(':') {
            Some((object, path)) if !object.contains(['.', '[']) => (Some(object), path),
            _ => (None, text),
        };
        let (kind, name) = match object.map(|object| object.split_once('/').unwrap_or((object, "*"))) {
            Some((kind, name)) => (Some(kind.to_owned()), Some(name.to_owned())),
            None => (None, None),
        };
        let steps = split(path).filter(|steps| !steps.is_empty()).ok_or_else(|| {
            format!(
                "`{text}` is not a valid path; examples: `spec.replicas`, `metadata.annotations[a/*]`, \
                 `Deployment/web:spec.replicas`"
            )
        })?;
        self.patterns.push(Pattern { filter: format!("ignore {text}"), kind, name, steps });
        Ok(())
    }

    /// Hides all objects of a kind.
    pub fn add_kind(&mut self, kind: &str) {
        self.kinds.push((format!("ignore-kind {kind}"), kind.to_owned()));
    }

    /// The filter that hides a whole object.
    pub fn of_object(&self, id: &ResId) -> Option<&str> {
        self.kinds.iter().find(|(_, kind)| fits(kind, &id.gvk.kind)).map(|(filter, _)| filter.as_str())
    }

    /// The filter that hides a change.
    pub fn of_change(&self, id: &ResId, change: &Change) -> Option<&str> {
        self.of_path(id, &change.path)
    }

    fn of_path(&self, id: &ResId, path: &Path) -> Option<&str> {
        let steps: Vec<&Step> = path.0.iter().collect();
        let found = self.patterns.iter().find(|pattern| pattern.is_for(id) && matches(&pattern.steps, &steps));
        found.map(|pattern| pattern.filter.as_str())
    }

    /// Whether a filter hides something below a value.
    pub fn look_into(&self, id: &ResId, path: &Path, node: &Node) -> bool {
        let patterns = self.patterns.iter().filter(|pattern| pattern.is_for(id));
        patterns.into_iter().any(|pattern| holds(&pattern.steps, path, node))
    }

    /// Removes hidden changes inside strings. A string without remaining changes is treated as unchanged.
    pub fn sift_inside(&self, id: &ResId, changes: &mut Vec<Change>, hidden: &mut Vec<HiddenBy>) {
        if self.patterns.is_empty() {
            return;
        }
        changes.retain_mut(|change| {
            let Some(Inside::Document { changes, .. }) = &mut change.inside else { return true };
            changes.retain(|inner| match self.of_path(id, &change.path.then(&inner.path)) {
                Some(filter) => {
                    count(hidden, filter);
                    false
                }
                None => true,
            });
            !changes.is_empty()
        });
    }

    /// Removes hidden changes.
    pub fn sift(&self, id: &ResId, changes: &mut Vec<Change>, hidden: &mut Vec<HiddenBy>) {
        if !self.patterns.is_empty() {
            changes.retain(|change| match self.of_change(id, change) {
                Some(filter) => {
                    count(hidden, filter);
                    false
                }
                None => true,
            });
        }
    }
}

impl Pattern {
    fn is_for(&self, id: &ResId) -> bool {
        self.kind.as_ref().is_none_or(|kind| fits(kind, &id.gvk.kind))
            && self.name.as_ref().is_none_or(|name| fits(name, &id.name))
    }
}

/// Counts one more change hidden by a filter.
pub fn count(hidden: &mut Vec<HiddenBy>, filter: &str) {
    match hidden.iter_mut().find(|hidden| hidden.filter == filter) {
        Some(found) => found.count += 1,
        None => hidden.push(HiddenBy { filter: filter.to_owned(), count: 1 }),
    }
}

/// Whether the steps match the path of a value below `path`.
fn holds(steps: &[String], path: &Path, node: &Node) -> bool {
    let Value::Mapping(mapping) = node.value() else { return false };
    mapping.iter().any(|entry| {
        let path = path.join(Step::Field(entry.key.text.into()));
        matches(steps, &path.0.iter().collect::<Vec<_>>()) || holds(steps, &path, &entry.value)
    })
}

/// Whether the steps match the beginning of a path.
fn matches(pattern: &[String], path: &[&Step]) -> bool {
    let Some((first, rest)) = pattern.split_first() else { return true };
    if first == "**" {
        return (0..=path.len()).any(|skipped| matches(rest, &path[skipped..]));
    }
    path.split_first().is_some_and(|(step, path)| is_step(first, step) && matches(rest, path))
}

fn is_step(pattern: &str, step: &Step) -> bool {
    let by_index = |index: &Option<usize>| index.is_some_and(|index| pattern == index.to_string());
    fits(pattern, &step.text()) || matches!(step, Step::Item { old, new, .. } if by_index(old) || by_index(new))
}

/// Splits `a.b[c.d][name=x].e` into steps. Returns `None` if a bracket is not closed or a step is empty.
fn split(path: &str) -> Option<Vec<String>> {
    let mut steps = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        let step;
        if let Some(inner) = rest.strip_prefix('[') {
            let end = inner.find(']')?;
            (step, rest) = (&inner[..end], &inner[end + 1..]);
        } else {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            (step, rest) = (&rest[..end], &rest[end..]);
        }
        if step.is_empty() {
            return None;
        }
        steps.push(step.to_owned());
        match rest.strip_prefix('.') {
            Some("") => return None,
            Some(next) => rest = next,
            None => {}
        }
    }
    Some(steps)
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn paths_are_split_at_dots_and_brackets() {
        assert_eq!(split("a.b[c.d][name=x].e").unwrap(), ["a", "b", "c.d", "name=x", "e"]);
        assert!(["a..b", ".a", "a[b", "a[]", "a."].iter().all(|path| split(path).is_none()));
    }
}
