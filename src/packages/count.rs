//! Counts objects.

use std::collections::BTreeMap;

use super::meta::Meta;
use super::object::Object;

/// The number of objects, in all or by kind, one line each.
pub fn count(objects: &[Object], by_kind: bool) -> String {
    if !by_kind {
        return format!("{}\n", objects.len());
    }
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for object in objects {
        *kinds.entry(Meta::of(&object.borrow()).kind).or_default() += 1;
    }
    kinds.iter().map(|(kind, count)| format!("{kind}: {count}\n")).collect()
}
