//! Points each difference inside a string at the line of the file that contains it.
//!
//! A value that is the content of a file, or a literal block (`|`) in a manifest, has the lines of its source. A line counts only
//! if it says the same in both: later steps may have changed the value, and its other forms (folded, quoted) have no lines of
//! their own. Everything else keeps the location of the string.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::model::{Change, Hunk, Inside, Sided};
use super::object::Side;
use super::path::Place;
use crate::source::{Source, Span};
use crate::yaml::Node;

/// Narrows the locations of changes of strings to the lines that differ. `encoded` are changes whose strings may be the content
/// of a file in base64. Only locations change: values are masked afterwards.
pub fn narrow(changes: &mut [Change], sides: [&Side<'_>; 2], encoded: impl Fn(&Change) -> bool) {
    for change in changes {
        let files = [(&change.old, 0), (&change.new, 1)].map(|(sided, side)| TextFile::of(sided.as_ref()?, sides[side]));
        let [Some(old), Some(new)] = files else { continue };
        let inside = change.inside.take();
        let decoded = if encoded(change) { old.decoded().zip(new.decoded()) } else { None };
        let (first, inside) = match (decoded, inside) {
            (Some((old_text, new_text)), inside) => {
                let line = first_difference(&old_text, &new_text);
                ([old.in_file(&old_text, line, 1), new.in_file(&new_text, line, 1)], inside)
            }
            (None, Some(Inside::Document { format, mut changes })) => {
                let first = narrow_document(&mut changes, [&old, &new]);
                (first, Some(Inside::Document { format, changes }))
            }
            (None, Some(Inside::Lines(mut hunks))) => {
                hunks.iter_mut().for_each(|hunk| narrow_hunk(hunk, [&old, &new]));
                let first = hunks.first().map_or([None, None], |hunk| hunk.places.clone());
                (first, Some(Inside::Lines(hunks)))
            }
            (None, None) if old.value.contains('\n') && new.value.contains('\n') => {
                let line = first_difference(old.value, new.value);
                ([old.place(line, 1), new.place(line, 1)], None)
            }
            (None, None) => continue,
        };
        change.inside = inside;
        for (side, first) in [&mut change.old, &mut change.new].into_iter().zip(first) {
            if let (Some(side), Some(first)) = (side, first) {
                side.place = Some(first);
            }
        }
    }
}

/// Turns locations inside a document into locations in its files; returns the first one of each side.
fn narrow_document(changes: &mut [Change], files: [&TextFile<'_>; 2]) -> [Option<Place>; 2] {
    let mut first: [Option<Place>; 2] = [None, None];
    for change in changes {
        for (at, sided) in [&mut change.old, &mut change.new].into_iter().enumerate() {
            let Some(sided) = sided else { continue };
            let inner = sided.place.take();
            let found = inner.and_then(|inner| files[at].place(inner.line.saturating_sub(1), inner.column));
            let is_first = |found: &Place| first[at].as_ref().is_none_or(|first| found.line < first.line);
            if let Some(found) = found.as_ref().filter(|found| is_first(found)) {
                first[at] = Some(found.clone());
            }
            sided.place = found.or_else(|| files[at].around.clone());
        }
    }
    first
}

/// Finds the first line of a hunk that differs. If lines were only added or removed, the other side shows where.
fn narrow_hunk(hunk: &mut Hunk, files: [&TextFile<'_>; 2]) {
    let before = hunk.lines.iter().take_while(|line| line.sign == ' ').count();
    for (at, (start, _)) in [hunk.old, hunk.new].into_iter().enumerate() {
        let line = start.saturating_sub(1) + before;
        let last = files[at].lines.len().saturating_sub(1);
        hunk.places[at] = files[at].place(line.min(last), 1).or_else(|| files[at].around.clone());
    }
}

/// The index of the first line that differs, or of the last one.
fn first_difference(old: &str, new: &str) -> usize {
    old.lines().zip(new.lines()).take_while(|(old, new)| old == new).count()
}

/// A string on one side, and the text that it was read from.
struct TextFile<'a> {
    side: &'a Side<'a>,
    value: &'a str,
    lines: Vec<&'a str>,
    span: Span,
    around: Option<Place>,
}

impl<'a> TextFile<'a> {
    fn of(sided: &'a Sided, side: &'a Side<'a>) -> Option<Self> {
        let (node, around): (&Node, _) = (&sided.node, sided.place.clone());
        let value = node.as_str()?;
        Some(TextFile { side, value, lines: value.lines().collect(), span: node.span(), around })
    }

    fn source(&self) -> &Source {
        self.side.sources.get(self.span.source)
    }

    /// Whether the value was read from a whole file.
    fn is_whole(&self) -> bool {
        self.span.start == 0 && self.span.end as usize == self.source().text().len()
    }

    /// The content of the file that the value is in base64.
    fn decoded(&self) -> Option<String> {
        let text: String = self.value.split_ascii_whitespace().collect();
        let text = String::from_utf8(STANDARD.decode(text).ok()?).ok()?;
        (self.is_whole() && text == **self.source().text()).then_some(text)
    }

    /// The location of a line of a file, counted from 0; the last one if the file is shorter.
    fn in_file(&self, text: &str, line: usize, column: usize) -> Option<Place> {
        let last = text.lines().count().saturating_sub(1);
        self.located(line.min(last) + 1, 0, column)
    }

    /// The location of a column in a line of the value, counted from 0; the last line if the value is shorter.
    fn place(&self, line: usize, column: usize) -> Option<Place> {
        let line = line.min(self.lines.len().saturating_sub(1));
        let content = self.lines.get(line)?.trim_end();
        let source = self.source();
        let at = match (self.is_whole(), self.side.sources.text(self.span).starts_with('|')) {
            (true, _) => line + 1,
            (_, true) => source.position(self.span.start).line + line + 1,
            _ => return None,
        };
        let indent = source.line(at).trim_end().strip_suffix(content)?;
        let is_same = if self.is_whole() { indent.is_empty() } else { indent.trim().is_empty() };
        is_same.then(|| self.located(at, indent.len(), column)).flatten()
    }

    /// A location in the file: a line, counted from 1, and a column after an indent.
    fn located(&self, line: usize, indent: usize, column: usize) -> Option<Place> {
        let source = self.source();
        let rest = source.line(line).get(indent..)?;
        let within = rest.char_indices().nth(column.saturating_sub(1)).map_or(rest.len(), |(at, _)| at);
        let start = source.line_range(line).0 + (indent + within) as u32;
        let found = self.side.sources.locate(Span { start, end: start, ..self.span });
        let by = self.around.as_ref().map(|around| around.by.clone()).unwrap_or_default();
        let file = found.source.path().display().to_string();
        Some(Place { file, line: found.position.line, column: found.position.column, by })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::diff::{Options, compare};
    use crate::records::Records;
    use crate::yaml::Dialect;

    #[test]
    fn the_first_line_that_differs_is_found() {
        assert_eq!(first_difference("a\nb\n", "a\nc\n"), 1);
        assert_eq!(first_difference("a\n", "a\nc\n"), 1);
        assert_eq!(first_difference("", "a"), 0);
    }

    /// A manifest with a literal block.
    fn manifest(lines: &[String], key: &str) -> String {
        let block: String = lines.iter().map(|line| format!("    {line}").trim_end().to_owned() + "\n").collect();
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata:\n  {key}: |\n{block}")
    }

    proptest! {
        #[test]
        fn the_location_in_a_block_contains_the_first_line_that_differs(
            old in prop::collection::vec("[ab]{0,2}( [ab])?", 1..12), new in prop::collection::vec("[ab]{0,2}( [ab])?", 1..12),
        ) {
            let (old, new) = ([&["x".to_owned()], &old[..]].concat(), [&["x".to_owned()], &new[..]].concat());
            let texts = [&old, &new].map(|lines| manifest(lines, "t"));
            let mut records = Records::default();
            let nodes = texts.each_ref().map(|text| {
                let source = records.sources.add("f", text.as_str());
                let step = records.provenance.step("", "");
                records.documents(source, step, Dialect::Manifest).unwrap_or_default()
            });
            let [old_side, new_side] = nodes.map(|nodes| Side::plain(nodes, &records.sources, &records.provenance));
            let found = compare("x", &old_side, &new_side, &Options::default());
            for change in found.objects.iter().flat_map(|object| &object.changes) {
                let places = [&change.old, &change.new].map(|side| side.as_ref().and_then(|side| side.place.clone()));
                let [Some(before), Some(after)] = places else { return Err(TestCaseError::fail("no location")) };
                let [from, to] = [(&texts[0], before), (&texts[1], after)]
                    .map(|(text, place)| text.lines().take(place.line - 1).skip(5).collect::<Vec<_>>());
                // The lines before are the same, unless one side ends there.
                let same = from.len().min(to.len());
                prop_assert_eq!(&from[..same], &to[..same]);
                let line = |text: &str, at: usize| text.lines().nth(5 + at).map(str::to_owned);
                prop_assert!(line(&texts[0], from.len()) != line(&texts[1], to.len()) || from.len() + 1 >= old.len() || to.len() + 1 >= new.len());
            }
        }
    }
}
