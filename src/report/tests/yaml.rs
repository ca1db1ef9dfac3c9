//! Test results for programs, as YAML: the document of the format `json`.

use super::{Format, json};
use crate::report::yaml;
use crate::source::Sources;
use crate::suite::Suites;

/// For programs.
pub const FORMAT: Format = Format { name: "yaml", purpose: "one YAML document, with the fields of `json`", report };

fn report(suites: &Suites, sources: &Sources) -> String {
    yaml::text(&json::document(suites, sources))
}
