//! Finds differences inside strings: values if both strings are documents of a known format, and lines otherwise.

use similar::{ChangeTag, DiffableStr, group_diff_ops};

use super::encrypted::{self, is_sops_text};
use super::filter::Filters;
use super::fold::Names;
use super::keys::Known;
use super::lines;
use super::model::{Change, Hunk, Inside, Line};
use super::object::Side;
use super::path::Path;
use super::places;
use super::walk::Walk;
use crate::confidential::is_secret;
use crate::records::Records;
use crate::resource::{Gvk, ResId};
use crate::source::Span;
use crate::yaml::OriginId;
use crate::yaml::{Dialect, Key, Mapping, Node, Scalar, Value};

/// The number of context lines around a difference.
const CONTEXT: usize = 3;

/// Fills in the differences inside strings.
pub fn look_inside(gvk: &Gvk, changes: &mut [Change]) {
    for change in changes {
        let text = |side: &Option<super::model::Sided>| side.as_ref()?.node.as_str().map(str::to_owned);
        let (Some(old), Some(new)) = (text(&change.old), text(&change.new)) else { continue };
        let is_file = is_configuration(gvk) && change.path.starts_with(&["data", "*"]) && change.path.0.len() == 2;
        let name = change.path.last_field().unwrap_or_default().to_owned();
        let documents = match is_secret(gvk) {
            true => encrypted_documents(&change.path, &old, &new),
            false if is_file => documents(&name, &old, &new),
            false => None,
        };
        change.inside =
            documents.or_else(|| (old.contains('\n') || new.contains('\n')).then(|| Inside::Lines(hunks(&old, &new))));
    }
}

/// The values that differ in two documents of a Secret, if SOPS encrypted both.
fn encrypted_documents(path: &Path, old: &str, new: &str) -> Option<Inside> {
    let is_encoded = path.starts_with(&["data", "*"]);
    let text = |text: &str| if is_encoded { encrypted::decoded(text) } else { Some(text.to_owned()) };
    let (old, new) = (text(old)?, text(new)?);
    let is_value = is_encoded || path.starts_with(&["stringData", "*"]);
    let is_encrypted = is_value && [&old, &new].into_iter().all(|text| encrypted::is_sops_text(text));
    let mut found = documents(path.last_field().unwrap_or_default(), &old, &new).filter(|_| is_encrypted);
    if let Some(Inside::Document { changes, .. }) = &mut found {
        // The lines of encoded text are not those of a file.
        let sides = changes.iter_mut().flat_map(|change| [&mut change.old, &mut change.new]).flatten();
        sides.for_each(|side| side.place = None);
    }
    found
}

fn is_configuration(gvk: &Gvk) -> bool {
    gvk.group.is_empty() && gvk.kind == "ConfigMap"
}

/// The values that differ in two documents; `None` if they are not documents or differ only in formatting.
fn documents(name: &str, old: &str, new: &str) -> Option<Inside> {
    let (format, read) = format_of(name, old, new)?;
    let mut records = Records::default();
    let (old, new) = (read(old, &mut records)?, read(new, &mut records)?);
    if old.as_scalar().is_some() || new.as_scalar().is_some() {
        return None;
    }
    let (names, filters, id) = (Names::default(), Filters::default(), ResId::default());
    // Locations inside the document, which `places.rs` turns into those in files.
    let side = Side { objects: Vec::new(), sources: &records.sources, provenance: &records.provenance };
    let mut walk = Walk { sides: Some([&side, &side]), names: &names, filters: &filters, id: &id, changes: Vec::new() };
    let keys: Vec<Vec<&str>> = ["name", "id", "key"].iter().map(|key| vec![*key]).collect();
    walk.values(&Path::default(), &old, &new, Known::default(), &keys);
    // A document that is replaced as a whole is easier to read line by line.
    let is_whole = walk.changes.iter().any(|change| change.path.0.is_empty() && change.order.is_none());
    let mut changes = walk.changes;
    places::narrow(&mut changes, [&side, &side], |_| false);
    (!changes.is_empty() && !is_whole).then_some(Inside::Document { format, changes })
}

type Read = fn(&str, &mut Records) -> Option<Node>;

fn format_of(name: &str, old: &str, new: &str) -> Option<(&'static str, Read)> {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let is_json =
        |text: &str| text.trim_start().starts_with(['{', '[']) && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
    match extension {
        "yaml" | "yml" => Some(("yaml", yaml)),
        "json" => Some(("json", yaml)),
        "properties" | "env" => Some(("properties", properties)),
        _ if is_json(old) && is_json(new) => Some(("json", yaml)),
        _ if is_sops_text(old) && old.contains("\nsops:") => Some(("yaml", yaml)),
        _ if is_sops_text(old) && old.contains("\nsops_mac=") => Some(("properties", properties)),
        _ => None,
    }
}

/// The document of a string; `None` unless there is exactly one.
fn yaml(text: &str, records: &mut Records) -> Option<Node> {
    let source = records.sources.add("", text);
    let step = records.provenance.step("", "");
    match records.documents(source, step, Dialect::Manifest).ok()?.as_slice() {
        [document] => Some(document.clone()),
        _ => None,
    }
}

/// Lines of the form `key=value` or `key: value`. `None` if a line has another form or a continuation, or if a key is
/// duplicated.
fn properties(text: &str, records: &mut Records) -> Option<Node> {
    let source = records.sources.add("", text);
    let step = records.provenance.step("", "");
    let whole = records.sources.whole(source);
    let origin: OriginId = records.provenance.read(step, whole);
    let mut mapping = Mapping::default();
    let mut end = 0;
    for raw in text.split_inclusive('\n') {
        let (line, start) = (raw.trim(), end + raw.len() - raw.trim_start().len());
        end += raw.len();
        if line.is_empty() || line.starts_with(['#', '!']) {
            continue;
        }
        let span = Span { source, start: start as u32, end: (start + line.len()) as u32 };
        let at = line.find(['=', ':'])?;
        let (key, value) = (line[..at].trim_end(), line[at + 1..].trim_start());
        if line.ends_with('\\') || key.is_empty() {
            return None;
        }
        let key = Key::string(key, span);
        mapping.push(key, Node::read(Value::Scalar(Scalar::string(value)), span, origin));
    }
    (!mapping.is_empty() && !mapping.has_duplicate_keys()).then(|| Node::read(Value::Mapping(mapping), whole, origin))
}

/// The lines that differ.
pub fn hunks(old: &str, new: &str) -> Vec<Hunk> {
    let (old_lines, new_lines): (Vec<&str>, Vec<&str>) = (old.tokenize_lines(), new.tokenize_lines());
    let operations = lines::operations(&old_lines, &new_lines);
    let mut hunks = Vec::new();
    for group in group_diff_ops(operations, CONTEXT) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else { continue };
        let range = |start: usize, end: usize| (if start == end { start } else { start + 1 }, end - start);
        let old = range(first.old_range().start, last.old_range().end);
        let new = range(first.new_range().start, last.new_range().end);
        let lines = group.iter().flat_map(|op| op.iter_changes(&old_lines, &new_lines)).map(|change| Line {
            sign: match change.tag() {
                ChangeTag::Equal => ' ',
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
            },
            text: ended(change.value()),
        });
        hunks.push(Hunk { old, new, places: [None, None], lines: lines.collect() });
    }
    hunks
}

/// A line without its line break. Like `diff`, it marks a missing line break at the end of a text.
fn ended(line: &str) -> String {
    match line.strip_suffix('\n') {
        Some(line) => line.to_owned(),
        None => format!("{line} (no newline at end)"),
    }
}
