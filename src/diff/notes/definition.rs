//! CustomResourceDefinitions: when one is deleted, all its objects are.

use super::rules::{DEFINITION_DELETED, DEFINITION_RECREATED, STORED_VERSION_REMOVED, VERSION_REMOVED};
use super::subject::{Subject, and_others, effect, is, items, name_of, text};
use crate::diff::note::{Note, Rule};
use crate::diff::object::Object;
use crate::yaml::{Node, scalar};

/// The notes about a definition.
pub fn notes(subject: &Subject<'_, '_>) -> Vec<Note> {
    let is_definition = |object: &&Object| is(object, "apiextensions.k8s.io", "CustomResourceDefinition");
    let Some(old) = subject.old.filter(is_definition) else { return Vec::new() };
    let all = |verb: &str, rule: Rule| {
        let of = |path: &[&str]| text(&old.node, path).unwrap_or_default();
        let (group, kind) = (of(&["spec", "group"]), of(&["spec", "names", "kind"]));
        let known = and_others(subject.context.old().count(group, kind));
        vec![effect(rule, format!("{verb} {} deletes all objects of kind {kind}{known}", name_of(old)))]
    };
    let Some((_, new)) = subject.stays() else { return all("deleting", DEFINITION_DELETED) };
    if !subject.refused().is_empty() {
        return all("recreating", DEFINITION_RECREATED);
    }
    versions(old).into_iter().filter_map(|version| removed(&version, &versions(new))).collect()
}

/// A version of a definition.
struct Version<'n> {
    name: &'n str,
    is_served: bool,
    is_stored: bool,
}

fn versions(definition: &Object) -> Vec<Version<'_>> {
    let is =
        |version: &Node, field: &str| version.get(field).and_then(Node::as_text).is_some_and(|text| scalar::bool_value(text));
    let listed = items(&definition.node, &["spec", "versions"]).iter().filter_map(|version| {
        Some(Version { name: text(version, &["name"])?, is_served: is(version, "served"), is_stored: is(version, "storage") })
    });
    let mut found: Vec<Version<'_>> = listed.collect();
    if let Some(name) = text(&definition.node, &["spec", "version"]).filter(|_| found.is_empty()) {
        found.push(Version { name, is_served: true, is_stored: true });
    }
    found
}

fn removed(old: &Version<'_>, new: &[Version<'_>]) -> Option<Note> {
    let name = old.name;
    let version = new.iter().find(|version| version.name == name);
    if version.is_none() && old.is_stored {
        let text = format!(
            "the API server refuses to remove version {name} while objects are stored in it; recreating the definition deletes them"
        );
        return Some(effect(STORED_VERSION_REMOVED, text));
    }
    let is_served = version.is_some_and(|version| version.is_served);
    (old.is_served && !is_served)
        .then(|| effect(VERSION_REMOVED, format!("version {name} is no longer served: clients that use it fail")))
}
