//! The functions of expressions: one table per library, one row per overload.
//!
//! The checker (types), the evaluator (`run`), and the cost model (`id`) use the same rows, so they support the same functions.
//! Behavior: the libraries of cel-go and `k8s.io/apiserver/pkg/cel/library`; the versions that have a library are in
//! `pkg/cel/environment/base.go`.

mod authorizer;
mod convert;
mod encoders;
mod escape_key;
mod format_string;
mod go_url;
mod inserts;
mod kubernetes_lists;
mod lists;
mod math;
mod named_format;
mod network;
mod operators;
mod optionals;
mod order;
mod quantity;
mod quantity_amount;
mod regular;
mod row;
mod semver;
mod sets;
mod standard;
mod strings;
mod times;
mod url;

use std::collections::HashMap;
use std::sync::LazyLock;

pub use go_url::Url;
pub use row::{Library, Overload, Run, no_overload};

/// All libraries.
pub static ALL: &[&Library] = &[
    &operators::LOGIC,
    &operators::ARITHMETIC,
    &operators::ACCESS,
    &operators::OPTIONAL_ACCESS,
    &order::EQUALITY,
    &order::LESS,
    &order::LESS_EQUALS,
    &order::GREATER,
    &order::GREATER_EQUALS,
    &order::MIXED_LESS,
    &order::MIXED_LESS_EQUALS,
    &order::MIXED_GREATER,
    &order::MIXED_GREATER_EQUALS,
    &convert::LIBRARY,
    &standard::LIBRARY,
    &times::LIBRARY,
    &strings::FIRST,
    &strings::SECOND,
    &strings::LATER,
    &optionals::LIBRARY,
    &sets::LIBRARY,
    &lists::LIBRARY,
    &inserts::LIBRARY,
    &kubernetes_lists::LIBRARY,
    &kubernetes_lists::INCLUDES,
    &regular::LIBRARY,
    &url::LIBRARY,
    &quantity::LIBRARY,
    &network::IP,
    &network::CIDR,
    &semver::LIBRARY,
    &named_format::LIBRARY,
    &escape_key::LIBRARY,
    &authorizer::LIBRARY,
    &authorizer::SELECTORS,
    &math::LIBRARY,
    &encoders::LIBRARY,
];

pub use inserts::insert_into;
pub use named_format::pattern_size;
pub use operators::no_such_key;

/// All overloads of a function.
pub fn overloads(function: &str) -> &'static [&'static Overload] {
    static BY_NAME: LazyLock<HashMap<&str, Vec<&Overload>>> = LazyLock::new(|| {
        let mut by_name: HashMap<&str, Vec<&Overload>> = HashMap::new();
        for overload in ALL.iter().flat_map(|library| library.overloads) {
            by_name.entry(overload.function).or_default().push(overload);
        }
        by_name
    });
    BY_NAME.get(function).map_or(&[], Vec::as_slice)
}
