//! Checks whether a server would compile the CEL expressions that select devices, and estimates their cost.
//!
//! Behavior: `cel/compile.go` of dynamic-resource-allocation, and `validateCELSelector` in `pkg/apis/resource/validation`.

use std::sync::Arc;

use ecow::EcoString;

use super::expressions::compile;
use crate::cel::environment::Language;
use crate::cel::estimate::{Sizes, estimate};
use crate::cel::types::{Fields, ObjectType, Type};
use crate::schema::Version;

/// The maximum length of an expression, in bytes.
const LENGTH: usize = 10 * 1024;
/// The maximum cost of an expression.
const COST: u64 = 1_000_000;

// The maximum lengths of domains, names, driver names, and values; the maximum number of attributes or capacities.
const DOMAIN: u64 = 63;
const NAME: u64 = 32;
const DRIVER: u64 = 63;
const VALUE: u64 = 64;
const MANY: u64 = 32;

/// The type of `device`.
struct Device;

impl Fields for Device {
    fn name(&self) -> &str {
        "kubernetes.DRADevice"
    }

    fn field(&self, name: &str) -> Option<Type> {
        let by_name = |of: Type| Type::Map(Arc::new(Type::String), Arc::new(of));
        Some(match name {
            "driver" => Type::String,
            "attributes" => by_name(by_name(Type::Dyn)),
            "capacity" => by_name(by_name(Type::Opaque("kubernetes.Quantity"))),
            "allowMultipleAllocations" => Type::Bool,
            _ => return None,
        })
    }
}

/// The maximum sizes of the parts of a device.
struct DeviceSizes;

impl Sizes for DeviceSizes {
    fn max_size(&self, path: &[EcoString]) -> Option<u64> {
        let path: Vec<&str> = path.iter().map(EcoString::as_str).collect();
        match path.as_slice() {
            ["device"] => Some(0),
            ["device", "driver"] => Some(DRIVER),
            ["device", "attributes" | "capacity"] | ["device", "attributes" | "capacity", "@values"] => Some(MANY),
            ["device", "attributes" | "capacity", "@keys"] => Some(DOMAIN),
            ["device", "attributes" | "capacity", "@values", "@keys"] => Some(NAME),
            ["device", "attributes", "@values", _] => Some(VALUE),
            ["device", "capacity", "@values", "@values"] => Some(0),
            _ => None,
        }
    }
}

/// Checks an expression.
///
/// # Errors
/// A server would reject the expression; the error describes the cause.
pub fn check(text: &str, version: Version) -> Result<(), String> {
    if text.len() > LENGTH {
        return Err(format!("the expression must have at most {LENGTH} bytes, found {}", text.len()));
    }
    let environment = Language::of_devices(version.number()).environment();
    let environment = environment.with("device", Type::Object(ObjectType(Arc::new(Device))));
    let checked = compile(text, &[Type::Bool, Type::Dyn], &environment)?;
    let cost = estimate(&checked, &DeviceSizes).max;
    // Older versions do not check the cost.
    if cost > COST && version.number() >= 32 {
        return Err(format!("the estimated cost of the expression must be at most {COST}, found {cost}"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn valid_selectors_compile() {
        for text in [
            "device.driver == 'gpu.example.com'",
            "device.attributes['gpu.example.com'].model == 'a100' && device.capacity['x.y'].memory.compareTo(quantity('1Gi')) >= 0",
            "device.attributes['dra.example.com'].ready",
            "cel.bind(dra, device.attributes['dra.example.com'], dra.one && dra.two)",
            "device.attributes['x.y'].version.isGreaterThan(semver('1.2.3'))",
            "'x.y' in device.attributes",
        ] {
            assert_eq!(check(text, Version::NEWEST), Ok(()), "{text}");
        }
    }

    #[test]
    fn invalid_selectors_do_not_compile() {
        for text in ["", "device.name == ''", "device.driver", "devices.x", "device.driver == 1", "object.x == 1"] {
            assert!(check(text, Version::NEWEST).is_err(), "{text}");
        }
        let nested =
            "device.attributes.all(a, device.attributes.all(b, device.attributes.all(c, device.attributes.all(d, a == b))))";
        assert!(check(nested, Version::NEWEST).is_err_and(|cause| cause.contains("cost")));
    }
}
