//! The catalog: definitions of widely used custom resources (Gateway API, Argo, Flux, cert-manager, Prometheus Operator, ...), for
//! users who do not have them available. A definition in a file or in the build takes precedence over it.
//!
//! It is a table that is read directly from the program (`catalogue_table`): a schema is read when a value first reaches it, and
//! startup costs nothing.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use rustc_hash::FxHashMap;

use super::catalogue_table::{Cursor, count, name, position, row};
pub use super::catalogue_table::{Row, RowVersion, Source};
use super::definition::{Defined, Definition};
use super::structural::{Additional, Below, Child, Json, Structural};
use crate::source::{SourceId, Span};
use crate::yaml::provenance::Provenance;
use crate::yaml::{Dialect, Node, read_first};

/// The types, by number.
const TYPES: [Json; 6] = [Json::Object, Json::Array, Json::String, Json::Integer, Json::Number, Json::Boolean];

/// Schemas that have already been read, by their place.
static READ: LazyLock<Mutex<FxHashMap<usize, Arc<Structural>>>> = LazyLock::new(Mutex::default);

/// The definition of a kind.
pub fn find(group: &str, kind: &str) -> Option<Definition> {
    let row = row(position(group, kind)).filter(|row| row.group == group && row.kind == kind)?;
    Some(Definition {
        group: group.into(),
        kind: kind.into(),
        namespaced: !row.is_cluster,
        versions: row.versions.iter().map(version).collect(),
        is_partial: true,
    })
}

fn version(row: &RowVersion) -> Defined {
    Defined::in_catalogue(row.name, row.has_status, row.replicas, row.schema, schema)
}

/// All kinds, sorted by group and name.
pub fn rows() -> impl Iterator<Item = Row> {
    (0..count()).filter_map(row)
}

/// The kinds of a group.
pub fn kinds(group: &str) -> impl Iterator<Item = &'static str> + use<'_> {
    let names = (position(group, "")..count()).map_while(name);
    names.take_while(move |(its, _)| *its == group).map(|(_, kind)| kind)
}

/// The groups that have a kind.
pub fn groups(kind: &str) -> impl Iterator<Item = &'static str> + use<'_> {
    (0..count()).filter_map(name).filter(move |(_, its)| *its == kind).map(|(group, _)| group)
}

/// The schema at this place.
pub fn schema(place: usize) -> Arc<Structural> {
    let read = || READ.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = read().get(&place) {
        return Arc::clone(known);
    }
    let found = Arc::new(decode(place).unwrap_or_default());
    read().insert(place, Arc::clone(&found));
    found
}

/// Reads a schema without those of its parts. Schemas refer only to earlier ones, so that a corrupt table can't cause an infinite
/// loop.
fn decode(place: usize) -> Option<Structural> {
    let mut cursor = Cursor::schema(place)?;
    let flags = cursor.number()?;
    let has = |flag: usize| flags & flag != 0;
    let mut found = match has(128) {
        true => Structural::of(&parse(cursor.string()?)?),
        false => Structural::default(),
    };
    found.json = (flags & 7).checked_sub(1).and_then(|at| TYPES.get(at).copied());
    (found.int_or_string, found.nullable, found.preserves, found.embedded) = (has(8), has(16), has(32), has(64));
    if has(256) {
        for _ in 0..cursor.number()? {
            let name = cursor.string()?;
            found.properties.push((name.into(), below(place, &mut cursor)?));
        }
    }
    found.additional = match (has(512), has(1024)) {
        (true, _) => Some(Additional::Of(below(place, &mut cursor)?)),
        (false, true) => Some(Additional::Any),
        (false, false) => None,
    };
    if has(2048) {
        found.items = Some(below(place, &mut cursor)?);
    }
    if has(4096) {
        for _ in 0..cursor.number()? {
            found.required.push(cursor.string()?.into());
        }
    }
    let has_parts = has(256) || has(512) || has(2048);
    found.below = if has_parts { Below { lists: true, embedded: true, rules: true } } else { found.look_below() };
    Some(found)
}

fn below(place: usize, cursor: &mut Cursor) -> Option<Child> {
    let distance = cursor.number().filter(|distance| *distance > 0)?;
    let place = place.checked_sub(distance)?;
    let mut there = Cursor::schema(place)?;
    let has_text = there.number()? & 128 != 0;
    Some(Child::at(place, schema, has_text && there.string()?.contains("default")))
}

/// Reads JSON whose location does not matter.
pub(super) fn parse(text: &str) -> Option<Node> {
    let mut provenance = Provenance::default();
    let step = provenance.step("", "the catalog");
    let span = Span { source: SourceId::from_index(0), start: 0, end: 0 };
    let origin = provenance.read(step, span);
    read_first(text, span.source, origin, Dialect::Manifest).ok()?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::structural::List;

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
        assert_eq!(groups("ScaledObject").collect::<Vec<_>>(), ["keda.sh"]);
    }

    #[test]
    fn schemas_are_shared_and_complete() {
        let rule = schema_of("PrometheusRule");
        let groups = rule.property("spec").and_then(|spec| spec.property("groups")).unwrap();
        assert_eq!(groups.list, List::Map(vec!["name".into()]));
        assert!(rule.below.lists && schema_of("PrometheusAgent").below.rules);
        assert_eq!(schema(usize::MAX).json, None);
    }

    #[test]
    fn every_schema_can_be_read() {
        for row in rows() {
            for version in &row.versions {
                assert!(decode(version.schema).is_some(), "{} {} {}", row.group, row.kind, version.name);
            }
        }
    }

    fn schema_of(kind: &str) -> Arc<Structural> {
        let definition = find("monitoring.coreos.com", kind).unwrap();
        Arc::clone(definition.versions[0].schema())
    }
}
