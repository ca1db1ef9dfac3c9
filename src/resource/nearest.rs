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
            Pattern::Any | Pattern::OneOf(_) | Pattern::Regex(_) => false,
        };
        // An object of another kind but with the same name may be meant; an object with any name may not.
        let is_named = !matches!(self.name, Pattern::Any);
        let parts = [
            self.name.matches(&id.name),
            self.kind.matches(&id.gvk.kind),
            self.namespace.matches(&resource.effective_namespace()),
            self.group.matches(&id.gvk.group),
            self.version.matches(&id.gvk.version),
            self.labels.matches(resource.labels()),
            self.annotations.matches(resource.annotations()),
        ];
        let mut mismatches = parts.into_iter().enumerate().filter(|(_, matches)| !matches);
        let (Some((part, _)), None) = (mismatches.next(), mismatches.next()) else { return None };
        match part {
            0 => near(&self.name, &id.name).then(|| (0, String::new())),
            1 => (is_named || near(&self.kind, &id.gvk.kind)).then(|| (1, String::new())),
            2 => Some((2, String::new())),
            3 => Some((3, format!(" its group is `{}`", id.gvk.group))),
            4 => Some((3, format!(" its version is `{}`", id.gvk.version))),
            5 => Some((4, " its labels do not match".to_owned())),
            _ => Some((4, " its annotations do not match".to_owned())),
        }
    }
}
