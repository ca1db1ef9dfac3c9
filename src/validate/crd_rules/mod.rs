//! Rules for CustomResourceDefinitions: names, versions, conversion, and columns; `schema` and `structural` check the schemas.
//!
//! Behavior: apiextensions-apiserver's `ValidateCustomResourceDefinition`. Before it validates, the server moves fields that all
//! versions share from `spec.versions` to `spec`, and names fields accordingly: `spec.validation.openAPIV3Schema`.

mod conversion;
mod defaults;
mod definition;
mod expressions;
mod schema;
mod structural;

use super::Rule;

/// Rules for CustomResourceDefinitions.
pub const RULES: &[Rule] =
    &[Rule { group: "apiextensions.k8s.io", kinds: &["CustomResourceDefinition"], check: definition::check }];
