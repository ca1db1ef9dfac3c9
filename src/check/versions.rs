//! Checks one object against several Kubernetes versions. A finding that all versions share is reported once; any other names
//! its versions.

use rustc_hash::FxHashMap;

use crate::finding::Finding;
use crate::schema::{Version, Versions};
use crate::source::Span;
use crate::validate::Validator;
use crate::yaml::Node;

/// Findings are the same when their code, location, and field are; the number counts equal findings of one version.
type Key = (&'static str, Option<Span>, String, usize);

/// Returns the findings of all versions in an object.
pub fn check(node: &Node, validators: &[(Version, Validator)]) -> Vec<Finding> {
    if let [(_, validator)] = validators {
        return validator.check(node);
    }
    let mut all: Vec<(Finding, Versions)> = Vec::new();
    let mut known: FxHashMap<Key, usize> = FxHashMap::default();
    for (version, validator) in validators {
        let mut seen: FxHashMap<Key, usize> = FxHashMap::default();
        for finding in validator.check(node) {
            let (code, span) = (finding.diagnostic.code, finding.diagnostic.span);
            let times = seen.entry((code, span, finding.field.clone(), 0)).or_default();
            let key = (code, span, finding.field.clone(), *times);
            *times += 1;
            match known.get(&key).and_then(|at| all.get_mut(*at)) {
                Some((_, versions)) => *versions = versions.with(*version),
                None => {
                    known.insert(key, all.len());
                    all.push((finding, Versions::default().with(*version)));
                }
            }
        }
    }
    let everywhere = validators.len();
    all.into_iter().map(|(finding, versions)| with_versions(finding, versions, everywhere)).collect()
}

/// Adds the versions to a message, unless all have the finding.
fn with_versions(mut finding: Finding, versions: Versions, everywhere: usize) -> Finding {
    if versions.iter().count() < everywhere {
        finding.diagnostic.message += &format!(" (Kubernetes {versions})");
    }
    finding
}
