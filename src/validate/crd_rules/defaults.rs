//! Rules for defaults in a schema: they must be valid against the schema itself and must not have unknown fields.
//!
//! Behavior: `structuraldefaulting.ValidateDefaults`.

use super::super::custom;
use super::super::look::{entries, set};
use super::super::{Findings, Path};
use crate::schema::structural::Structural;
use crate::yaml::Node;

/// Checks all defaults in a schema.
pub fn check(node: &Node, path: &Path<'_>, out: &mut Findings) {
    if let Some(default) = set(node, "default") {
        let schema = Structural::of(node);
        let path = path.field("default");
        if !custom::fits_fields(default, &schema) {
            out.invalid(default, &path, "the default must not have fields that are not in the schema");
        }
        custom::check_value(default, &schema, &path, out);
    }
    if let Some(of) = set(node, "items").filter(|of| of.as_mapping().is_some()) {
        check(of, &path.field("items"), out);
    }
    let properties = path.field("properties");
    for entry in entries(node, "properties") {
        check(&entry.value, &properties.key(&entry.key.text), out);
    }
}
