//! The expressions that select devices: whether a server would compile them, and what they may cost.
//!
//! Behaviour: `cel/compile.go` of dynamic-resource-allocation, and `validateCELSelector` in `pkg/apis/resource/validation`.

use std::sync::Arc;

use ecow::EcoString;

use super::expressions::compile;
use crate::cel::environment::Language;
use crate::cel::estimate::{Sizes, estimate};
use crate::cel::types::{Fields, ObjectType, Type};
use crate::schema::Version;

/// The longest expression, in bytes.
const LENGTH: usize = 10 * 1024;
/// What an expression may cost.
const COST: u64 = 1_000_000;

// The longest domains, names, names of drivers and values; the most attributes or capacities.
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

/// How large the parts of a device are.
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
/// A server would refuse it; the cause in words.
pub fn check(text: &str, version: Version) -> Result<(), String> {
    if text.len() > LENGTH {
        return Err(format!("the expression has {} bytes, at most {LENGTH} are allowed", text.len()));
    }
    let environment = Language::of_devices(version.number()).environment();
    let environment = environment.with("device", Type::Object(ObjectType(Arc::new(Device))));
    let checked = compile(text, &[Type::Bool, Type::Dyn], &environment)?;
    let cost = estimate(&checked, &DeviceSizes).max;
    // Older versions did not look at the cost.
    if cost > COST && version.number() >= 32 {
        return Err(format!("the estimated cost of the expression is {cost}, at most {COST} is allowed"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_compile() {
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
    fn others_do_not() {
        for text in ["", "device.name == ''", "device.driver", "devices.x", "device.driver == 1", "object.x == 1"] {
            assert!(check(text, Version::NEWEST).is_err(), "{text}");
        }
        let nested =
            "device.attributes.all(a, device.attributes.all(b, device.attributes.all(c, device.attributes.all(d, a == b))))";
        assert!(check(&nested, Version::NEWEST).is_err_and(|cause| cause.contains("cost")));
    }
}
