//! The object that a selector almost selects: suggested when the selector selects none.

use super::resmap::ResMap;
use super::resource::Resource;
use super::selector::{Pattern, Selector};
use crate::diagnostic::did_you_mean;

impl Selector {
    /// A suggestion for a selector that selects none of these objects: the object that all its parts but one match.
    pub fn nearest(&self, resources: &ResMap) -> Option<String> {
        let mut near: Vec<(u8, &Resource, String)> = resources
            .iter()
            .filter_map(|resource| self.single_mismatch(resource).map(|(rank, what)| (rank, resource, what)))
            .collect();
        near.sort_by_key(|(rank, ..)| *rank);
        let (_, resource, what) = near.into_iter().next()?;
        Some(format!("did you mean {}?{what}", resource.id()))
    }

    /// The one part that does not match, in words; `None` if several parts do not match, or if the name is entirely different.
    fn single_mismatch(&self, resource: &Resource) -> Option<(u8, String)> {
        let id = resource.id();
        let near = |pattern: &Pattern, text: &str| match pattern {
            Pattern::Exact(exact) => did_you_mean(exact, [text]).is_some(),
            Pattern::Any | Pattern::Regex(_) => false,
        };
        // An object of another kind but with the same name may be meant; an object with any name may not.
        let is_named = !matches!(self.name, Pattern::Any);
        let parts = [
            (self.name.matches(&id.name), near(&self.name, &id.name), 0, String::new()),
            (self.kind.matches(&id.gvk.kind), is_named || near(&self.kind, &id.gvk.kind), 1, String::new()),
            (self.namespace.matches(&resource.effective_namespace()), true, 2, String::new()),
            (self.group.matches(&id.gvk.group), true, 3, format!(" its group is `{}`", id.gvk.group)),
            (self.version.matches(&id.gvk.version), true, 3, format!(" its version is `{}`", id.gvk.version)),
            (self.labels.matches(resource.labels()), true, 4, " its labels do not match".to_owned()),
            (self.annotations.matches(resource.annotations()), true, 4, " its annotations do not match".to_owned()),
        ];
        let mut mismatches = parts.into_iter().filter(|(matches, ..)| !matches);
        match (mismatches.next(), mismatches.next()) {
            (Some((_, true, rank, what)), None) => Some((rank, what)),
            _ => None,
        }
    }
}
