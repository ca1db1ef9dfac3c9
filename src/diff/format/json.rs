//! For programs: everything in a diff. [`read`] reads it back, so that [`apply`](crate::diff::apply) can turn the old objects
//! into the new ones.
//!
//! A step of a path is a string for a field, and an object with the index on both sides and the merge key for an item of a list.
//! A value that does not exist is omitted; `null` is a value.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value as Json;

use super::{Format, Style};
use crate::diff::findings::Introduced;
use crate::diff::model::{self, Class, Diff, Inside, ObjectKind, Sided};
use crate::diff::path::{self, Path};
use crate::escape;
use crate::resource::{Gvk, ResId};
use crate::yaml::provenance::Edit;
use crate::yaml::{Key, Mapping, Node, Scalar, Tag, Value, json};

/// For programs.
pub const FORMAT: Format =
    Format { name: "json", purpose: "One JSON object with all details", shows_errors: true, annotates: false, write };

/// The JSON Schema of the output.
pub const SCHEMA: &str = include_str!("json.schema.json");

/// The version of the format. It changes if a program that reads the output must change, not if fields are added.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Document {
    #[serde(default)]
    version: u32,
    sides: [String; 2],
    overlays: Vec<Overlay>,
}

#[derive(Serialize, Deserialize)]
struct Overlay {
    name: String,
    summary: BTreeMap<String, usize>,
    hidden: Vec<Hidden>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    remarks: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    objects: Vec<Object>,
    #[serde(default, skip_deserializing)]
    findings: Findings,
}

#[derive(Default, Serialize)]
struct Findings {
    introduced: Vec<Finding>,
    removed: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding {
    severity: &'static str,
    code: &'static str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    object: Option<Owner>,
    field: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<Place>,
}

/// The object of a finding.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Owner {
    api_version: String,
    kind: String,
    namespace: String,
    name: String,
    /// Its index among the objects of the new side.
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<usize>,
}

#[derive(Serialize, Deserialize)]
struct Hidden {
    filter: String,
    count: usize,
}

#[derive(Serialize, Deserialize)]
struct Object {
    change: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    old: Option<Side>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    new: Option<Side>,
    notes: Vec<Note>,
    changes: Vec<Change>,
    folded: Vec<Change>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Side {
    api_version: String,
    kind: String,
    namespace: String,
    name: String,
    position: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    place: Option<Place>,
    /// The whole object, if it exists on one side only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    object: Option<Json>,
}

#[derive(Serialize, Deserialize)]
struct Place {
    file: String,
    line: usize,
    column: usize,
    by: String,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Note {
    name: String,
    /// `data-loss`, `recreate`, `restart`, or `info`.
    #[serde(default)]
    class: String,
    text: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    path: String,
    steps: Vec<Step>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "there")]
    old: Option<Json>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "there")]
    new: Option<Json>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    old_place: Option<Place>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    new_place: Option<Place>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    order: Option<Vec<usize>>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    masked: bool,
    #[serde(default, skip_serializing_if = "Option::is_none", skip_deserializing)]
    document: Option<Embedded>,
    #[serde(default, skip_serializing_if = "Option::is_none", skip_deserializing)]
    lines: Option<Vec<Hunk>>,
}

#[derive(Serialize)]
struct Embedded {
    format: &'static str,
    changes: Vec<Change>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Hunk {
    old: (usize, usize),
    new: (usize, usize),
    #[serde(skip_serializing_if = "Option::is_none")]
    old_place: Option<Place>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new_place: Option<Place>,
    lines: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Step {
    Field(String),
    Item {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        old: Option<usize>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        new: Option<usize>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        key: Vec<(String, String)>,
    },
}

/// A value that exists, even if it is `null`.
fn there<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Json>, D::Error> {
    Json::deserialize(deserializer).map(Some)
}

fn write(diff: &Diff, _: Style) -> String {
    let overlays = diff.overlays.iter().map(overlay).collect();
    let document = Document { version: VERSION, sides: diff.sides.clone(), overlays };
    escape::json(&serde_json::to_string_pretty(&document).unwrap_or_default()).into_owned() + "\n"
}

fn overlay(found: &model::OverlayDiff) -> Overlay {
    let mut summary: BTreeMap<String, usize> =
        ObjectKind::ALL.iter().map(|kind| (kind.name().to_owned(), found.count(*kind))).collect();
    summary.insert("unchanged".into(), found.unchanged);
    let effects = Class::ALL.into_iter().filter(|class| *class != Class::Info);
    summary.extend(effects.map(|class| (class.name().to_owned(), found.noted(class))));
    let hidden = found.hidden.iter().map(|hidden| Hidden { filter: hidden.filter.clone(), count: hidden.count });
    Overlay {
        name: found.name.clone(),
        summary,
        hidden: hidden.collect(),
        remarks: found.remarks.clone(),
        error: found.error.clone(),
        objects: found.objects.iter().map(object).collect(),
        findings: Findings {
            introduced: found.findings.introduced.iter().map(finding).collect(),
            removed: found.findings.removed.all(),
        },
    }
}

fn finding(found: &Introduced) -> Finding {
    let owner = |ResId { gvk, name, namespace }: &ResId| Owner {
        api_version: gvk.api_version().into(),
        kind: gvk.kind.to_string(),
        namespace: namespace.to_string(),
        name: name.to_string(),
        position: found.position,
    };
    Finding {
        severity: found.severity.name(),
        code: found.code,
        message: found.message.clone(),
        help: found.help.clone(),
        object: Some(&found.object).filter(|object| !object.name.is_empty()).map(owner),
        field: found.field.clone(),
        place: found.place.as_ref().map(place),
    }
}

fn object(found: &model::ObjectDiff) -> Object {
    let is_whole = found.old.is_none() || found.new.is_none();
    Object {
        change: found.kind.name().into(),
        old: found.old.as_ref().map(|found| side(found, is_whole)),
        new: found.new.as_ref().map(|found| side(found, is_whole)),
        notes: notes(found),
        changes: found.changes.iter().map(change).collect(),
        folded: found.folded.iter().map(change).collect(),
    }
}

/// The effects of an object's changes in a cluster.
pub(super) fn notes(found: &model::ObjectDiff) -> Vec<Note> {
    found
        .notes
        .iter()
        .map(|note| Note { name: note.name().into(), class: note.class().name().into(), text: note.to_string() })
        .collect()
}

/// One side of an object; with `is_whole`, including the whole object.
pub(super) fn side(found: &model::ObjectSide, is_whole: bool) -> Side {
    let ResId { gvk, name, namespace } = &found.id;
    Side {
        api_version: gvk.api_version().into(),
        kind: gvk.kind.to_string(),
        namespace: namespace.to_string(),
        name: name.to_string(),
        position: found.position,
        place: found.place.as_ref().map(place),
        object: is_whole.then(|| to_json(&found.node)),
    }
}

fn place(found: &path::Place) -> Place {
    Place { file: found.file.clone(), line: found.line, column: found.column, by: found.by.clone() }
}

fn change(found: &model::Change) -> Change {
    let value = |side: &Option<Sided>| side.as_ref().map(|side| to_json(&side.node));
    let at = |side: &Option<Sided>| side.as_ref().and_then(|side| side.place.as_ref()).map(place);
    let (mut document, mut lines) = (None, None);
    match &found.inside {
        Some(Inside::Document { format, changes }) => {
            document = Some(Embedded { format, changes: changes.iter().map(change).collect() });
        }
        Some(Inside::Lines(hunks)) => lines = Some(hunks.iter().map(hunk).collect()),
        None => {}
    }
    Change {
        path: found.path.to_string(),
        steps: found.path.0.iter().map(step).collect(),
        old: value(&found.old),
        new: value(&found.new),
        old_place: at(&found.old),
        new_place: at(&found.new),
        order: found.order.clone(),
        masked: found.masked,
        document,
        lines,
    }
}

fn hunk(found: &model::Hunk) -> Hunk {
    let lines = found.lines.iter().map(|line| format!("{}{}", line.sign, line.text)).collect();
    let [old_place, new_place] = found.places.each_ref().map(|found| found.as_ref().map(place));
    Hunk { old: found.old, new: found.new, old_place, new_place, lines }
}

fn step(found: &path::Step) -> Step {
    match found {
        path::Step::Field(name) => Step::Field(name.to_string()),
        path::Step::Item { old, new, key } => {
            let key = key.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
            Step::Item { old: *old, new: *new, key }
        }
    }
}

/// A value as JSON.
pub(super) fn to_json(node: &Node) -> Json {
    match node.value() {
        Value::Sequence(items) => Json::Array(items.iter().map(to_json).collect()),
        Value::Mapping(mapping) => {
            Json::Object(mapping.iter().map(|entry| (entry.key.text.to_string(), to_json(&entry.value))).collect())
        }
        Value::Scalar(scalar) => {
            let read = json::print(node, false).and_then(|text| serde_json::from_str(&text).ok());
            read.unwrap_or_else(|| Json::String(scalar.text.to_string()))
        }
    }
}

/// Reads the output of [`FORMAT`]: everything that [`apply`](crate::diff::apply) needs. Notes and differences inside strings are
/// omitted.
///
/// # Errors
/// The text is not a diff in JSON.
pub fn read(text: &str, edit: &mut Edit<'_>) -> Result<Diff, String> {
    let document: Document = serde_json::from_str(text).map_err(|error| format!("not a valid diff in JSON: {error}"))?;
    let overlays = document.overlays.into_iter().map(|overlay| {
        let objects = overlay.objects.into_iter().map(|object| read_object(object, edit)).collect::<Result<_, _>>()?;
        Ok(model::OverlayDiff {
            name: overlay.name,
            objects,
            unchanged: overlay.summary.get("unchanged").copied().unwrap_or_default(),
            hidden: overlay.hidden.into_iter().map(|Hidden { filter, count }| model::HiddenBy { filter, count }).collect(),
            remarks: overlay.remarks,
            error: overlay.error,
            ..model::OverlayDiff::default()
        })
    });
    Ok(Diff { sides: document.sides, overlays: overlays.collect::<Result<_, String>>()?, ..Diff::default() })
}

fn read_object(object: Object, edit: &mut Edit<'_>) -> Result<model::ObjectDiff, String> {
    let kind = ObjectKind::ALL.into_iter().find(|kind| kind.name() == object.change);
    let kind = kind.ok_or_else(|| format!("`{}` is not a valid kind of change", object.change))?;
    let mut side = |side: Option<Side>| {
        side.map(|side| model::ObjectSide {
            id: ResId { gvk: Gvk::new(&side.api_version, &side.kind), name: side.name.into(), namespace: side.namespace.into() },
            place: side.place.map(read_place),
            position: side.position,
            masked: false,
            node: from_json(side.object.unwrap_or_default(), edit),
        })
    };
    let (old, new) = (side(object.old), side(object.new));
    let mut changes = |changes: Vec<Change>| changes.into_iter().map(|change| read_change(change, edit)).collect();
    let (changes, folded) = (changes(object.changes), changes(object.folded));
    Ok(model::ObjectDiff { kind, old, new, notes: Vec::new(), changes, folded })
}

fn read_place(Place { file, line, column, by }: Place) -> path::Place {
    path::Place { file, line, column, by }
}

fn read_change(change: Change, edit: &mut Edit<'_>) -> model::Change {
    let steps = change.steps.into_iter().map(|step| match step {
        Step::Field(name) => path::Step::Field(name.into()),
        Step::Item { old, new, key } => {
            path::Step::Item { old, new, key: key.into_iter().map(|(name, value)| (name.into(), value.into())).collect() }
        }
    });
    let path = Path(steps.collect());
    let mut side = |value: Option<Json>, place: Option<Place>| {
        value.map(|value| Sided { node: from_json(value, edit), place: place.map(read_place) })
    };
    let (old, new) = (side(change.old, change.old_place), side(change.new, change.new_place));
    model::Change { path, old, new, inside: None, order: change.order, masked: change.masked }
}

fn from_json(value: Json, edit: &mut Edit<'_>) -> Node {
    let value = match value {
        Json::Null => Value::Scalar(Scalar::new(Tag::Null, "null")),
        Json::Bool(value) => Value::Scalar(Scalar::new(Tag::Bool, value.to_string())),
        Json::Number(number) => Value::Scalar(Scalar::plain(number.to_string())),
        Json::String(text) => Value::Scalar(Scalar::string(text)),
        Json::Array(items) => Value::Sequence(items.into_iter().map(|item| from_json(item, edit)).collect()),
        Json::Object(entries) => {
            let span = edit.span();
            let mut mapping = Mapping::default();
            for (key, value) in entries {
                mapping.push(Key::string(key, span), from_json(value, edit));
            }
            Value::Mapping(mapping)
        }
    };
    Node::new(value, edit)
}
