//! `revisions` in `.render.yaml`: files that are read in the place of files that git does not have.
//!
//! The settings of a directory apply to the files in it and below it. A comparison of revisions reads them from all settings files of a
//! tree, because the build of an overlay also reads files of other directories.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::diagnostic::Diagnostic;
use crate::load::StandIn;
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
