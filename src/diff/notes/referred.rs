//! Secrets and ConfigMaps that are gone while other objects still need them, together with the objects that create Secrets.

use ecow::EcoString;

use super::rules::STILL_REFERRED;
use super::subject::{Subject, effect, is, listed, name_of, text};
use crate::diff::note::Note;
use crate::diff::object::Object;
use crate::references::{Place, references};

/// Objects whose Secret is deleted with them.
const OWNERS: &[(&str, &str)] = &[("bitnami.com", "SealedSecret"), ("external-secrets.io", "ExternalSecret")];

/// The notes about a Secret, a ConfigMap, or an object that creates a Secret.
pub fn notes(subject: &Subject<'_, '_>) -> Vec<Note> {
    let Some(old) = subject.gone() else { return Vec::new() };
    let namespace = old.id.effective_namespace();
    if is(old, "", "Secret") || is(old, "", "ConfigMap") {
        let kind = old.id.gvk.kind.as_str();
        let note = needed(subject, kind, &namespace, &old.id.name);
        return note
            .map(|users| effect(STILL_REFERRED, format!("{} is deleted, but {users}", name_of(old))))
            .into_iter()
            .collect();
    }
    if !OWNERS.iter().any(|(group, kind)| is(old, group, kind)) || !owns(old) {
        return Vec::new();
    }
    let created = references(&old.node, &old.id.gvk.group, &old.id.gvk.kind).into_iter().filter(|reference| {
        reference.is_created() && reference.place == Place::Same && reference.kinds.iter().any(|kind| kind.matches("", "Secret"))
    });
    let names = created.map(|reference| EcoString::from(reference.name));
    let names = names.chain(is(old, "bitnami.com", "SealedSecret").then(|| old.id.name.clone()));
    let mut names: Vec<EcoString> = names.collect();
    names.sort();
    names.dedup();
    let note = |name: &EcoString| {
        let users = needed(subject, "Secret", &namespace, name)?;
        Some(effect(STILL_REFERRED, format!("Secret/{name} is deleted with {}, but {users}", name_of(old))))
    };
    names.iter().filter_map(note).collect()
}

/// Whether an ExternalSecret owns its Secret.
fn owns(object: &Object) -> bool {
    text(&object.node, &["spec", "target", "creationPolicy"]).is_none_or(|policy| policy == "Owner")
}

/// The objects of the new side that need a Secret or ConfigMap that is not there.
fn needed(subject: &Subject<'_, '_>, kind: &str, namespace: &EcoString, name: &EcoString) -> Option<String> {
    let index = subject.context.new_side();
    if index.get(kind, namespace, name).is_some() {
        return None;
    }
    let mut users: Vec<String> = index.needed_by(kind, namespace, name).iter().map(|(_, user)| name_of(user)).collect();
    users.sort();
    let verb = if users.len() == 1 { "refers" } else { "refer" };
    (!users.is_empty()).then(|| format!("{} still {verb} to it", listed(&users)))
}
