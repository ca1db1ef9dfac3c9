//! A pod refers to a key that the ConfigMap or Secret does not have, so the pod can't start.
//!
//! The ConfigMap or Secret exists, but does not have the key. Compare the key with those under `data`, or with the file names in
//! the generator. References with `optional: true` are not reported.

use super::pod_references::needed;
use super::{Lint, Reporter, Set};
use crate::diagnostic::did_you_mean;
use crate::validate::look::{entries, text};
use crate::yaml::Node;

/// The lint.
pub const LINT: Lint = Lint { code: "unknown-key", file: include_str!("unknown_key.rs"), check };

fn check(set: &Set<'_>, out: &mut Reporter<'_, '_>) {
    for pod in &set.pods {
        let Some(owner) = set.owner(pod) else { continue };
        needed(pod, &mut |reference, path| {
            let (kind, name) = (reference.kind, reference.name.0);
            let Some(source) = set.find(kind, owner.namespace, name).filter(|source| is_complete(source.node)) else { return };
            for (at, (key, node)) in reference.keys.iter().enumerate().filter_map(|(at, item)| Some((at, text(item, "key")?))) {
                if set.has_key(source, key) {
                    continue;
                }
                let near = did_you_mean(key, keys(source.node).take(20));
                let help = near.map_or_else(|| format!("add it to {kind} `{name}`"), |near| format!("did you mean `{near}`?"));
                let field = if reference.is_list { format!("{path}.items[{at}].key") } else { format!("{path}.key") };
                out.warn(owner, node, field, format!("{kind} `{name}` has no key `{key}`"), &help);
            }
        });
    }
}

/// Whether all keys of an object are in the manifest: the cluster does not add any.
fn is_complete(source: &Node) -> bool {
    text(source, "type").is_none_or(|(found, _)| found != "kubernetes.io/service-account-token")
}

fn keys(source: &Node) -> impl Iterator<Item = &str> {
    let fields = ["data", "binaryData", "stringData"].into_iter();
    fields.flat_map(|field| entries(source, field)).map(|entry| entry.key.text.as_str())
}
