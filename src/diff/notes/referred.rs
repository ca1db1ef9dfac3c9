//! Secrets and ConfigMaps that are gone while other objects still need them.

use super::rules::STILL_REFERRED;
use super::subject::{Subject, effect, is, listed, name_of};
use crate::diff::note::Note;

/// The notes about a Secret or ConfigMap.
pub fn notes(subject: &Subject<'_, '_>) -> Vec<Note> {
    let is_known = |object| is(object, "", "Secret") || is(object, "", "ConfigMap");
    let Some(old) = subject.gone().filter(|old| is_known(old)) else { return Vec::new() };
    let (kind, namespace) = (old.id.gvk.kind.as_str(), old.id.effective_namespace());
    let index = subject.context.new_side();
    if index.get(kind, &namespace, &old.id.name).is_some() {
        return Vec::new();
    }
    let users: Vec<String> = index.needed_by(kind, &namespace, &old.id.name).iter().map(|(_, user)| name_of(user)).collect();
    if users.is_empty() {
        return Vec::new();
    }
    let verb = if users.len() == 1 { "refers" } else { "refer" };
    vec![effect(STILL_REFERRED, format!("{} is deleted, but {} still {verb} to it", name_of(old), listed(&users)))]
}
