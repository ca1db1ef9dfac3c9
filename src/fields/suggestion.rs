//! Suggestions for paths that do not apply to an object: what the schema of its kind has instead.
//!
//! Only errors need them, so the definitions among the objects are read when a path has already failed.

use crate::diagnostic::Diagnostic;
use crate::resource::{Gvk, ResMap, Resource};
use crate::schema::field_paths::judge;
use crate::schema::{Definitions, Judged, Notation, Shape};

/// Codes of errors about a path that does not fit an object.
const ABOUT_PATHS: [&str; 3] = ["no-match", "field-path", "json-patch"];

/// What the schema of a kind says about a path; `None` if the kind is not known.
pub fn judged(gvk: &Gvk, steps: &[&str], notation: Notation, resources: &ResMap) -> Option<Judged> {
    let mut definitions = Definitions::default();
    let is_definition = |resource: &&Resource| resource.kind() == "CustomResourceDefinition";
    resources.iter().filter(is_definition).for_each(|resource| _ = definitions.add(resource.node()));
    Some(judge(&Shape::of(gvk, &definitions)?, steps, notation))
}

/// Adds what the schema says about the path to an error about it. Advice to create the field is dropped if it can't exist.
pub fn add(error: Diagnostic, gvk: &Gvk, steps: &[&str], notation: Notation, resources: &ResMap) -> Diagnostic {
    if !ABOUT_PATHS.contains(&error.code) {
        return error;
    }
    match judged(gvk, steps, notation, resources) {
        None | Some(Judged::Possible) => error,
        Some(judged) => {
            let none = format!("the schema of {} does not have this field; correct the path", gvk.kind);
            let help = judged.help().unwrap_or(none);
            error.help(help)
        }
    }
}
