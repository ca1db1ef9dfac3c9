//! Where a group applies, in few words: its objects, and the overlays in which they are.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::model::Member;
use super::parts::stem;
use crate::diff::model::ObjectDiff;

/// Objects that are in the same overlays.
#[derive(Debug, PartialEq, Eq)]
pub struct Spot {
    /// The overlays, as indices.
    pub overlays: Vec<usize>,
    /// The objects as kind and name, sorted as in the diff.
    pub objects: Vec<(String, String)>,
}

/// The members of a group by the overlays in which they are. If an object has another hash or another namespace in each overlay,
/// these are left out.
pub fn spots(members: &[Member<'_>]) -> Vec<Spot> {
    let mut best = by_overlays(members, &name);
    for shorter in [&|object: &ObjectDiff| without_hash(&name(object)), &|object: &ObjectDiff| without_hash(&stem(object))]
        as [&dyn Fn(&ObjectDiff) -> String; 2]
    {
        if best.len() > 1 {
            let spots = by_overlays(members, shorter);
            best = if spots.len() < best.len() { spots } else { best };
        }
    }
    best
}

/// A name without what looks like the hash of generated content.
fn without_hash(name: &str) -> String {
    let is_hash = |end: &str| end.len() == 10 && end.chars().all(|c| "2456789bcdfghkmt".contains(c));
    name.rsplit_once('-').filter(|(_, end)| is_hash(end)).map_or(name, |(start, _)| start).to_owned()
}

fn by_overlays(members: &[Member<'_>], name: &dyn Fn(&ObjectDiff) -> String) -> Vec<Spot> {
    let mut order: Vec<(String, String)> = Vec::new();
    let mut overlays: FxHashMap<(String, String), BTreeSet<usize>> = FxHashMap::default();
    for member in members {
        let kind = member.object.id().gvk.kind.to_string();
        let label = (kind, name(member.object));
        let found = overlays.entry(label.clone()).or_default();
        if found.is_empty() {
            order.push(label);
        }
        found.insert(member.overlay);
    }
    let mut spots: Vec<Spot> = Vec::new();
    let mut known: FxHashMap<Vec<usize>, usize> = FxHashMap::default();
    for label in order {
        let set: Vec<usize> = overlays[&label].iter().copied().collect();
        let at = *known.entry(set.clone()).or_insert(spots.len());
        if at == spots.len() {
            spots.push(Spot { overlays: set, objects: Vec::new() });
        }
        spots[at].objects.push(label);
    }
    spots
}

/// `shop/web`, without the hash of generated content.
pub fn name(object: &ObjectDiff) -> String {
    let namespace = object.id().namespace;
    if namespace.is_empty() { stem(object) } else { format!("{namespace}/{}", stem(object)) }
}

/// `9 Deployments`, `278 objects`
pub fn count(members: &[Member<'_>]) -> String {
    let kinds: BTreeSet<String> = members.iter().map(|member| member.object.id().gvk.kind.to_string()).collect();
    let kind = match (kinds.len(), kinds.first()) {
        (1, Some(kind)) if !kind.is_empty() => kind.as_str(),
        _ => "object",
    };
    format!("{} {}", members.len(), if members.len() == 1 { kind.to_owned() } else { plural(kind) })
}

/// The plural of a kind: `Ingresses`, `NetworkPolicies`.
fn plural(kind: &str) -> String {
    let is_consonant = |c: char| !matches!(c, 'a' | 'e' | 'i' | 'o' | 'u');
    match kind.strip_suffix('y') {
        _ if kind == "Endpoints" => kind.to_owned(),
        Some(start) if start.ends_with(is_consonant) => format!("{start}ies"),
        _ if kind.ends_with(['s', 'x']) || kind.ends_with("ch") => format!("{kind}es"),
        _ => format!("{kind}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::plural;

    #[test]
    fn kinds_have_plurals() {
        let kinds = ["Deployment", "Ingress", "NetworkPolicy", "Gateway", "Endpoints", "object"];
        assert_eq!(kinds.map(plural), ["Deployments", "Ingresses", "NetworkPolicies", "Gateways", "Endpoints", "objects"]);
    }
}
