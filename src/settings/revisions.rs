//! `revisions` in `.render.yaml`: files that are read in the place of files that git does not have.
//!
//! The settings of a directory apply to the files in it and below it. They are read from all settings files of a tree, because the
//! build of an overlay also reads files of other directories.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;

use super::{FILE_NAME, Place, load};
use crate::diagnostic::Diagnostic;
use crate::load::{Files, StandIn};
use crate::records::Records;
use crate::yaml::Located;

/// The field.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Form {
    missing: BTreeMap<String, Located<String>>,
}

/// The rules of the field.
pub(super) fn read(form: &Form, errors: &mut Vec<Diagnostic>) -> Vec<StandIn> {
    let parse = |(missing, other): (&String, &Located<String>)| match StandIn::parse(missing, other.as_str()) {
        Ok(rule) => Some(rule),
        Err(message) => {
            let help = "write a pattern for names or paths, and the name of a file: `\"*.env\": \"*.env.example\"`";
            errors.push(Diagnostic::error("wrong-value", message).at_if(other.span).help(help));
            None
        }
    };
    form.missing.iter().filter_map(parse).collect()
}

/// The rules in the settings files among the files of a tree, which are relative to its root. Those of deeper directories come first.
/// A file that is not valid is left out: the builds that use it report it.
pub fn stand_ins<'f>(files: &Arc<dyn Files>, root: &Path, paths: impl Iterator<Item = &'f Path>) -> Vec<StandIn> {
    let mut found: Vec<&Path> = paths.filter(|path| path.file_name().is_some_and(|name| name == FILE_NAME)).collect();
    found.sort_by_key(|path| std::cmp::Reverse(path.components().count()));
    found.into_iter().flat_map(|path| of(&Place::found(root.join(path), files), path.parent())).collect()
}

/// The rules of a settings file that the command line names, which apply to the whole tree.
pub fn stand_ins_of(place: &Place) -> Vec<StandIn> {
    of(place, None)
}

fn of(place: &Place, below: Option<&Path>) -> Vec<StandIn> {
    let rules = load(place, &mut Records::default()).map(|settings| settings.stand_ins).unwrap_or_default();
    rules.into_iter().map(|rule| rule.below(below.unwrap_or(Path::new("")))).collect()
}
