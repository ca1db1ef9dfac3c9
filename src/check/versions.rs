//! One object against several Kubernetes versions: what they agree on is told once, and where they differ it is told for which.

use rustc_hash::FxHashMap;

use crate::finding::Finding;
use crate::schema::{Version, Versions};
use crate::source::Span;
use crate::validate::Validator;
use crate::yaml::Node;

/// Findings are the same when code, place and field are; the number counts those of one version that are.
type Key = (&'static str, Option<Span>, String, usize);

/// What one or several versions have against an object.
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
    all.into_iter().map(|(finding, versions)| told_for(finding, versions, everywhere)).collect()
}

fn told_for(mut finding: Finding, versions: Versions, everywhere: usize) -> Finding {
    if versions.iter().count() < everywhere {
        finding.diagnostic.message += &format!(" (Kubernetes {versions})");
    }
    finding
}
