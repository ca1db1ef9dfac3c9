//! The file names of snapshots: `kind-namespace-name.yaml`, in lower case and without hashes, so that they are stable.
//!
//! If the names of objects would collide, their group is added to the kind; if that is not enough, a digest of the id is
//! added.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::resource::ResId;

/// File systems allow 255 bytes; the rest is for a digest and the extension.
const LONGEST: usize = 200;

/// The file names of objects, in their order.
pub fn file_names(ids: &[ResId]) -> Vec<String> {
    let plain: Vec<String> = ids.iter().map(|id| clean(&join(&id.gvk.kind, id))).collect();
    let by_group: Vec<String> = ids.iter().map(|id| clean(&join(&format!("{}.{}", id.gvk.kind, id.gvk.group), id))).collect();
    let first = choose(&plain, &by_group);
    let digests: Vec<String> = ids.iter().zip(&by_group).map(|(id, name)| format!("{name}-{}", digest(id))).collect();
    choose(&first, &digests).into_iter().map(|name| name + ".yaml").collect()
}

/// The names, with alternatives for those that appear twice.
fn choose(names: &[String], others: &[String]) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    names.iter().for_each(|name| *counts.entry(name).or_default() += 1);
    let pairs = names.iter().zip(others);
    pairs.map(|(name, other)| if counts.get(name.as_str()) == Some(&1) { name.clone() } else { other.clone() }).collect()
}

fn join(kind: &str, id: &ResId) -> String {
    let parts = [kind.trim_end_matches('.'), &id.namespace, &id.name];
    let joined = parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join("-");
    match joined.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}-{}", &joined[..end], digest(id)),
        None => joined,
    }
}

fn clean(name: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '.') { c.to_ascii_lowercase() } else { '_' };
    name.chars().map(safe).collect()
}

fn digest(id: &ResId) -> String {
    let text = format!("{}\n{}\n{}\n{}", id.gvk.group, id.gvk.kind, id.namespace, id.name);
    Sha256::digest(text.as_bytes()).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::Gvk;

    fn id(api_version: &str, kind: &str, namespace: &str, name: &str) -> ResId {
        ResId { gvk: Gvk::new(api_version, kind), namespace: namespace.into(), name: name.into() }
    }

    #[test]
    fn names_describe_the_object() {
        let ids =
            [id("apps/v1", "Deployment", "shop", "web"), id("v1", "Namespace", "", "shop"), id("v1", "Role", "a", "system:x/Y")];
        assert_eq!(file_names(&ids), ["deployment-shop-web.yaml", "namespace-shop.yaml", "role-a-system_x_y.yaml"]);
    }

    #[test]
    fn no_two_objects_share_a_file() {
        let long = "x".repeat(253);
        let ids = [
            id("v1", "Service", "a", "web"),
            id("serving.knative.dev/v1", "Service", "a", "web"),
            id("v1", "ConfigMap", "a-b", "c"),
            id("v1", "ConfigMap", "a", "b-c"),
            id("v1", "ConfigMap", "a", &long),
            id("v1", "ConfigMap", "b", &long),
        ];
        let names = file_names(&ids);
        assert_eq!(names[..2], ["service-a-web.yaml", "service.serving.knative.dev-a-web.yaml"]);
        assert!(names.iter().all(|name| name.len() < 255), "{names:?}");
        assert_eq!(names.iter().collect::<std::collections::BTreeSet<_>>().len(), ids.len(), "{names:?}");
        assert!(names[2].starts_with("configmap-a-b-c-"));
    }
}
