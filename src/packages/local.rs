//! Objects that are only of use on this computer. Behavior: kyaml's filter `IsLocalConfig`.

use super::meta::Meta;
use super::object::Object;

const ANNOTATION: &str = "config.kubernetes.io/local-config";

/// Which objects remain, by their annotation.
#[derive(Clone, Copy, Debug)]
pub struct LocalConfig {
    /// Whether those that have it remain.
    pub include_local: bool,
    /// Whether all others are left out.
    pub exclude_others: bool,
}

impl LocalConfig {
    /// The objects that remain.
    ///
    /// # Errors
    /// An object says nothing about itself.
    pub fn filter(self, objects: Vec<Object>) -> anyhow::Result<Vec<Object>> {
        let mut remaining = Vec::with_capacity(objects.len());
        for object in objects {
            let is_local = Meta::required(&object.borrow())?.annotations.contains_key(ANNOTATION);
            if if is_local { self.include_local } else { !self.exclude_others } {
                remaining.push(object);
            }
        }
        Ok(remaining)
    }
}
