//! Checks custom resources: objects whose kind a CustomResourceDefinition defines.
//!
//! The order is the server's: unknown fields, metadata, values against the schema, the number of replicas, embedded resources,
//! lists with unique items, and finally CEL rules. Behavior: apiextensions-apiserver's `customresource` strategy.

mod embedded;
mod lists;
mod resource;
mod rules;
mod strict;
mod values;

pub use resource::{check, check_value};
pub use strict::fits_fields;
pub use values::equal;
