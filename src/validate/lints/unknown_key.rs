//! A pod needs a key that a ConfigMap or Secret does not have: it would wait for it and never start.
//!
//! The ConfigMap or Secret is there, but has no such key: compare the spelling with its `data`, or with the file names of its
//! generator. With `optional: true` the reference is no finding.

use super::pod_references::needed;
use super::{Lint, Set, Told};
use crate::diagnostic::did_you_mean;
use crate::validate::look::{entries, text};
use crate::yaml::Node;

/// The lint.
pub const LINT: Lint = Lint { code: "unknown-key", file: include_str!("unknown_key.rs"), check };

fn check(set: &Set<'_>, told: &mut Told<'_, '_>) {
    for pod in &set.pods {
        let Some(owner) = set.owner(pod) else { continue };
        needed(pod, &mut |wanted, path| {
            let (kind, name) = (wanted.kind, wanted.name.0);
            let Some(source) = set.find(kind, owner.namespace, name).filter(|source| is_complete(source.node)) else { return };
            for (at, (key, node)) in wanted.keys.iter().enumerate().filter_map(|(at, item)| Some((at, text(item, "key")?))) {
                if set.has_key(source, key) {
                    continue;
                }
                let near = did_you_mean(key, keys(source.node).take(20));
                let help = near.map_or_else(|| format!("add it to {kind} `{name}`"), |near| format!("did you mean `{near}`?"));
                let field = if wanted.is_list { format!("{path}.items[{at}].key") } else { format!("{path}.key") };
                told.warn(owner, node, field, format!("{kind} `{name}` has no key `{key}`"), &help);
            }
        });
    }
}

/// Whether nothing adds keys to it in the cluster.
fn is_complete(source: &Node) -> bool {
    text(source, "type").is_none_or(|(found, _)| found != "kubernetes.io/service-account-token")
}

fn keys(source: &Node) -> impl Iterator<Item = &str> {
    let fields = ["data", "binaryData", "stringData"].into_iter();
    fields.flat_map(|field| entries(source, field)).map(|entry| entry.key.text.as_str())
}
