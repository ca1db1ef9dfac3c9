//! The catalog: definitions of the custom resources that the stacks under `bases/` use (Prometheus Operator, cert-manager),
//! for users who do not have them available. A definition in a file or in the build takes precedence over it.
//!
//! `tools/generate-catalogue.py` writes `catalogue.jsonl` and describes its format. It is text that is read directly from the
//! program: a kind that is used costs the lines of its own schemas, and startup costs nothing.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use rustc_hash::FxHashMap;

use super::definition::{Defined, Definition};
use super::structural::{Structural, is_true};
use crate::source::{SourceId, Span};
use crate::yaml::provenance::Provenance;
use crate::yaml::{Dialect, Node, read_first};

static TEXT: &str = include_str!("catalogue.jsonl");

/// The lines of the two parts.
static LINES: LazyLock<(Vec<&'static str>, Vec<&'static str>)> = LazyLock::new(|| {
    let (kinds, schemas) = TEXT.split_once("\n\n").unwrap_or_default();
    (kinds.lines().collect(), schemas.lines().collect())
});

/// Schemas that have already been read.
static READ: LazyLock<Mutex<FxHashMap<u64, Arc<Structural>>>> = LazyLock::new(Mutex::default);

/// The definition of a kind.
pub fn find(group: &str, kind: &str) -> Option<Definition> {
    // The lines are searched as text first, so that other kinds are not parsed.
    let start = format!("{{\"group\":\"{group}\",\"kind\":\"{kind}\",");
    let row = parse(LINES.0.iter().find(|line| line.starts_with(&start))?)?;
    let versions = row.get("versions").and_then(Node::as_sequence).unwrap_or_default();
    Some(Definition {
        group: group.into(),
        kind: kind.into(),
        namespaced: row.get("scope").and_then(Node::as_str) != Some("Cluster"),
        versions: versions.iter().filter_map(version).collect(),
        is_partial: true,
    })
}

fn version(row: &Node) -> Option<Defined> {
    let number = row.get("schema")?.as_text()?.parse().ok()?;
    let replicas = row.get("replicas").and_then(Node::as_str);
    Some(Defined::in_catalogue(row.get("name")?.as_str()?, is_true(row, "status"), replicas, number, schema))
}

/// The kinds of a group.
pub fn kinds(group: &str) -> impl Iterator<Item = &'static str> + use<> {
    let start = format!("{{\"group\":\"{group}\",\"kind\":\"");
    LINES.0.iter().filter_map(move |line| line.strip_prefix(start.as_str())?.split('"').next())
}

/// The groups that have a kind.
pub fn groups(kind: &str) -> impl Iterator<Item = &'static str> + use<> {
    let middle = format!("\",\"kind\":\"{kind}\",");
    LINES.0.iter().filter_map(move |line| line.split_once(middle.as_str())?.0.strip_prefix("{\"group\":\""))
}

/// The schema with this number.
pub fn schema(number: u64) -> Arc<Structural> {
    let read = || READ.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = read().get(&number) {
        return Arc::clone(known);
    }
    let line = usize::try_from(number).ok().and_then(|at| LINES.1.get(at));
    // Lines refer only to earlier lines; a corrupt table must not cause an infinite loop.
    let mut below = |other: u64| if other < number { schema(other) } else { Arc::default() };
    let found = line.and_then(|line| parse(line)).map(|node| Structural::read(&node, &mut below)).unwrap_or_default();
    let found = Arc::new(found);
    read().insert(number, Arc::clone(&found));
    found
}

/// Reads JSON whose location does not matter.
pub(super) fn parse(line: &str) -> Option<Node> {
    let mut provenance = Provenance::default();
    let step = provenance.step("", "the catalog");
    let span = Span { source: SourceId::from_index(0), start: 0, end: 0 };
    let origin = provenance.read(step, span);
    read_first(line, span.source, origin, Dialect::Manifest).ok()?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::structural::{Json, List};

    #[test]
    fn the_catalog_contains_the_kinds_of_the_stacks() {
        for (group, kind) in [
            ("cert-manager.io", "Certificate"),
            ("cert-manager.io", "Issuer"),
            ("monitoring.coreos.com", "PodMonitor"),
            ("monitoring.coreos.com", "PrometheusRule"),
            ("monitoring.coreos.com", "ServiceMonitor"),
        ] {
            let definition = find(group, kind).unwrap();
            let schema = definition.version("v1").unwrap().schema();
            assert!(schema.property("spec").is_some_and(|spec| spec.json == Some(Json::Object)), "{kind}");
            assert!(definition.namespaced && kinds(group).any(|known| known == kind));
        }
        assert!(find("cert-manager.io", "ClusterIssuer").is_some_and(|definition| !definition.namespaced));
        assert!(find("cert-manager.io", "Certifcate").is_none() && find("", "").is_none());
    }

    #[test]
    fn schemas_are_shared_and_complete() {
        let rule = schema_of("PrometheusRule");
        let groups = rule.property("spec").and_then(|spec| spec.property("groups")).unwrap();
        assert_eq!(groups.list, List::Map(vec!["name".into()]));
        assert!(rule.below.lists && schema_of("PrometheusAgent").below.rules);
        assert!(LINES.0.is_sorted() && LINES.1.iter().all(|line| parse(line).is_some()));
        assert_eq!(schema(u64::MAX).json, None);
    }

    fn schema_of(kind: &str) -> Arc<Structural> {
        let definition = find("monitoring.coreos.com", kind).unwrap();
        Arc::clone(definition.versions[0].schema())
    }
}
