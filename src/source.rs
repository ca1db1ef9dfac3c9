//! The sources that were read, and locations in them.
//!
//! A [`Span`] has twelve bytes and identifies where a value was written. Line and column are computed only when a location is
//! printed, from the line starts of its [`Source`].

use std::collections::hash_map::Entry;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock, OnceLock};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::secret_values::SecretValues;

/// The number of a source in [`Sources`]. It does not say which one was read first: see [`Sources::order`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SourceId(u32);

impl SourceId {
    pub(crate) fn index(self) -> u32 {
        self.0
    }

    pub(crate) const fn from_index(index: u32) -> Self {
        SourceId(index)
    }
}

/// A half-open range of bytes in a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// The source that contains the range.
    pub source: SourceId,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

impl Span {
    /// The span from the start of `self` to the end of `other`, both in the same source.
    pub fn to(self, other: Span) -> Span {
        Span { end: other.end.max(self.start), ..self }
    }

    /// The empty span at the start of this one.
    pub fn at_start(self) -> Span {
        Span { end: self.start, ..self }
    }
}

/// Line and column, both counted from 1; the column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
}

/// One source: a file, standard input, or a text inside another source.
#[derive(Debug)]
pub struct Source {
    path: PathBuf,
    text: Arc<str>,
    line_starts: OnceLock<Vec<u32>>,
    /// The number of characters before each block of bytes.
    blocks: OnceLock<Vec<u32>>,
    inside: Option<Inside>,
    has_comment_objects: OnceLock<bool>,
}

/// The position of a text inside another source.
#[derive(Clone, Copy, Debug)]
struct Inside {
    /// The scalar of the outer source that contains it.
    span: Span,
    /// Lines of the outer source before the first line of the inner one; `None` if the lines do not correspond.
    lines_before: Option<usize>,
    /// Columns of the outer source before the first column of the inner one.
    indent: usize,
}

/// A location in printed form.
#[derive(Clone, Copy, Debug)]
pub struct Location<'a> {
    /// The file.
    pub source: &'a Source,
    /// Line and column in it.
    pub position: Position,
}

impl Source {
    fn new(path: PathBuf, text: Arc<str>, inside: Option<Inside>) -> Self {
        let (line_starts, blocks, has_comment_objects) = Default::default();
        Source { path, text, line_starts, blocks, inside, has_comment_objects }
    }

    /// The path as the user would write it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The whole text.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// The scalar of another source that contains it, if any.
    pub fn inside(&self) -> Option<Span> {
        self.inside.map(|inside| inside.span)
    }

    /// The range of line `line`, counted from 1.
    pub fn line_range(&self, line: usize) -> (u32, u32) {
        let starts = self.line_starts();
        let at = |line: usize| starts.get(line).copied().unwrap_or(self.text.len() as u32);
        (at(line.wrapping_sub(1)), at(line))
    }

    /// Whether a comment may begin with a JSON object.
    pub fn has_comment_objects(&self) -> bool {
        let begins_object = |rest: &str| rest.trim_start_matches(['#', ' ', '\t']).starts_with('{');
        *self.has_comment_objects.get_or_init(|| self.text.match_indices('#').any(|(at, _)| begins_object(&self.text[at..])))
    }

    /// The text of line `line` (counted from 1) without its line break; empty if there is no such line.
    pub fn line(&self, line: usize) -> &str {
        let starts = self.line_starts();
        let Some(&start) = starts.get(line.wrapping_sub(1)) else { return "" };
        let end = starts.get(line).map_or(self.text.len(), |&next| next as usize);
        self.text.get(start as usize..end).unwrap_or("").trim_end_matches(['\n', '\r'])
    }

    /// Line and column of a byte offset.
    pub fn position(&self, offset: u32) -> Position {
        let starts = self.line_starts();
        let line = starts.partition_point(|&start| start <= offset).max(1);
        let start = starts[line - 1] as usize;
        let column = 1 + self.text.get(start..offset as usize).map_or(0, |text| match text.len() <= BLOCK {
            true => characters(text),
            false => self.before(offset as usize) - self.before(start),
        });
        Position { line, column }
    }

    /// The number of characters before a byte: a line can be as long as a file, and be the place of many findings.
    fn before(&self, at: usize) -> usize {
        let bytes = self.text.as_bytes();
        let blocks = self.blocks.get_or_init(|| {
            let counts = bytes.chunks(BLOCK).map(|block| block.iter().filter(|byte| starts_character(**byte)).count() as u32);
            let sums = counts.scan(0, |sum, count| {
                *sum += count;
                Some(*sum)
            });
            std::iter::once(0).chain(sums).collect()
        });
        let block = at / BLOCK;
        let rest = bytes.get(block * BLOCK..at).unwrap_or_default().iter().filter(|byte| starts_character(**byte)).count();
        blocks.get(block).map_or(0, |&count| count as usize) + rest
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let breaks = self.text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n');
            std::iter::once(0).chain(breaks.map(|(at, _)| at as u32 + 1)).collect()
        })
    }
}

/// Bytes of a text whose characters are counted together.
const BLOCK: usize = 1024;

fn starts_character(byte: u8) -> bool {
    byte & 0xC0 != 0x80
}

/// The most texts whose numbers also fit into the origins of their values.
pub(crate) const MOST_SHARED: u32 = 1 << 30;

/// The texts of a build, or of all builds of a run.
///
/// Builds of one run can be on several threads, each with its own texts: their numbers differ, so that a location of one build
/// keeps its meaning when its texts are added to those of the run. A text that several builds read may have the same number in
/// all of them.
#[derive(Debug, Default)]
pub struct Sources {
    /// The next number that is free in all builds of the run.
    next: Arc<AtomicU32>,
    list: Vec<(SourceId, Arc<Source>)>,
    places: FxHashMap<SourceId, usize>,
    hidden: FxHashSet<SourceId>,
    /// Found when something is printed; outdated by every new text.
    secrets: OnceLock<SecretValues>,
}

impl Sources {
    /// No texts; new ones get other numbers than those of `self` and of all others that were created like this.
    pub fn beside(&self) -> Sources {
        Sources { next: Arc::clone(&self.next), ..Sources::default() }
    }

    /// Whether so many numbers have been used that texts can no longer be shared.
    pub fn is_full(&self) -> bool {
        self.next.load(Ordering::Relaxed) >= MOST_SHARED
    }

    /// Adds the texts of another build of the run that are not known yet, in their order.
    pub fn extend(&mut self, others: Sources) {
        others.hidden.into_iter().for_each(|id| self.hide(id));
        others.list.into_iter().for_each(|(id, source)| _ = self.put(id, source));
    }

    /// Stores `text` under the name `path` and returns its number.
    pub fn add(&mut self, path: impl Into<PathBuf>, text: impl Into<Arc<str>>) -> SourceId {
        self.store(path.into(), text.into(), None)
    }

    fn store(&mut self, path: PathBuf, text: Arc<str>, inside: Option<Inside>) -> SourceId {
        let id = SourceId(self.next.fetch_add(1, Ordering::Relaxed));
        self.put(id, Arc::new(Source::new(path, text, inside)));
        id
    }

    /// Adds a text of another build of the run, unless it is already known.
    pub(crate) fn put(&mut self, id: SourceId, source: Arc<Source>) -> bool {
        let Entry::Vacant(place) = self.places.entry(id) else { return false };
        self.secrets.take();
        place.insert(self.list.len());
        self.list.push((id, source));
        true
    }

    /// A source, to add it to another build of the run.
    pub(crate) fn share(&self, id: SourceId) -> Option<Arc<Source>> {
        self.places.get(&id).map(|&place| Arc::clone(&self.list[place].1))
    }

    /// What locations are sorted by: texts in the order in which they were read, and locations in a text from first to last.
    pub fn order(&self, span: Span) -> (Option<usize>, u32, u32) {
        (self.places.get(&span.source).copied(), span.start, span.end)
    }

    /// Keeps everything in a source out of messages.
    pub fn hide(&mut self, id: SourceId) {
        self.secrets.take();
        self.hidden.insert(id);
    }

    /// Whether its reader marked a source as secret, whatever it contains.
    pub fn is_hidden(&self, id: SourceId) -> bool {
        self.hidden.contains(&id)
    }

    /// The source with this number; an empty one if it is not among these.
    pub fn get(&self, id: SourceId) -> &Source {
        static NONE: LazyLock<Source> = LazyLock::new(|| Source::new(PathBuf::new(), "".into(), None));
        self.places.get(&id).map_or(&*NONE, |&place| &self.list[place].1)
    }

    /// What is secret in all sources, as `find` finds it.
    pub(crate) fn secrets(&self, find: fn(&Sources) -> SecretValues) -> &SecretValues {
        self.secrets.get_or_init(|| find(self))
    }

    /// The sources with their numbers.
    pub fn numbered(&self) -> impl DoubleEndedIterator<Item = (SourceId, &Source)> {
        self.list.iter().map(|(id, source)| (*id, &**source))
    }

    /// The sources in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.list.iter().map(|(_, source)| &**source)
    }

    /// The span of the whole text.
    pub fn whole(&self, id: SourceId) -> Span {
        Span { source: id, start: 0, end: self.get(id).text.len() as u32 }
    }

    /// The text of a span; empty if the span is not within the source.
    pub fn text(&self, span: Span) -> &str {
        self.get(span.source).text.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// Adds a text inside another source, such as an inline patch in the scalar at `span`. Locations in it are reported as
    /// locations in the outer source.
    pub fn add_inline(&mut self, text: &str, span: Span) -> SourceId {
        let outer = self.get(span.source);
        let (lines_before, indent) = offsets(self.text(span), text, outer.position(span.start));
        let path = outer.path.clone();
        self.store(path, text.into(), Some(Inside { span, lines_before, indent }))
    }

    /// The file, line and column of the start of a span.
    pub fn locate(&self, span: Span) -> Location<'_> {
        self.locate_exactly(span).unwrap_or_else(|around| around)
    }

    /// The location itself, or, as an error, the location of the surrounding text whose lines do not correspond to those of a
    /// file.
    fn locate_exactly(&self, span: Span) -> Result<Location<'_>, Location<'_>> {
        let source = self.get(span.source);
        let position = source.position(span.start);
        let Some(inside) = source.inside else { return Ok(Location { source, position }) };
        let outer = self.locate_exactly(inside.span)?;
        let Some(before) = inside.lines_before else { return Err(outer) };
        // The outer text may itself be further down and further right in its file.
        let within = self.get(inside.span.source).position(inside.span.start);
        let line = outer.position.line - within.line + before + position.line;
        let column = outer.position.column - within.column + position.column + inside.indent;
        Ok(Location { source: outer.source, position: Position { line, column } })
    }

    /// `path:line:column` of the start of a span.
    pub fn place(&self, span: Span) -> String {
        let Location { source, position: Position { line, column } } = self.locate(span);
        format!("{}:{line}:{column}", source.path.display())
    }
}

/// The number of characters of a text; lines can be as long as a file, so the common case is the fast one.
pub(crate) fn characters(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().count() }
}

/// How lines and columns of a scalar's value correspond to those of the surrounding source: lines before the first, and
/// indent. `start` is where the scalar begins: the `|` or `>` of a block, or the quote of a single-line text.
fn offsets(scalar: &str, value: &str, start: Position) -> (Option<usize>, usize) {
    let unquoted = ['"', '\''].iter().find_map(|&quote| scalar.strip_prefix(quote)?.strip_suffix(quote));
    if unquoted.unwrap_or(scalar) == value && !value.contains('\n') {
        return (Some(start.line - 1), start.column - 1 + usize::from(unquoted.is_some()));
    }
    let first = value.lines().next().unwrap_or("");
    let literal = scalar.starts_with('|');
    let found = scalar.lines().enumerate().skip(1).find(|(_, line)| literal && !line.trim().is_empty() && line.ends_with(first));
    match found {
        Some((at, line)) => (Some(start.line + at - 1), line.chars().count() - first.chars().count()),
        None => (None, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_characters_from_one() {
        let mut sources = Sources::default();
        let id = sources.add("a.yaml", "é: 1\nb: 2\n");
        let source = sources.get(id);
        assert_eq!(source.position(0), Position { line: 1, column: 1 });
        assert_eq!(source.position(3), Position { line: 1, column: 3 });
        assert_eq!(source.position(6), Position { line: 2, column: 1 });
        assert_eq!(source.line(1), "é: 1");
        assert_eq!(source.line(3), "");
        assert_eq!(sources.place(Span { source: id, start: 9, end: 10 }), "a.yaml:2:4");
    }

    #[test]
    fn locations_in_a_block_scalar_are_locations_in_its_file() {
        let mut sources = Sources::default();
        let text = "patch: |-\n\n  a: 1\n  b: 2\n";
        let outer = sources.add("k.yaml", text);
        let inner = sources.add_inline("a: 1\nb: 2", Span { source: outer, start: 7, end: text.len() as u32 });
        assert_eq!(sources.place(Span { source: inner, start: 5, end: 6 }), "k.yaml:4:3");
    }

    #[test]
    fn locations_in_nested_texts_are_locations_in_the_file() {
        let mut sources = Sources::default();
        let text = "- |\n  patch: |\n    a: 1\n    b: 2\n- \"x: |\\n  y\\n\"\n";
        let outer = sources.add("k.yaml", text);
        let first = sources.add_inline("patch: |\n  a: 1\n  b: 2\n", Span { source: outer, start: 2, end: 33 });
        let inner = sources.add_inline("a: 1\nb: 2\n", Span { source: first, start: 7, end: 22 });
        assert_eq!(sources.place(Span { source: inner, start: 5, end: 6 }), "k.yaml:4:5");
        let quoted = sources.add_inline("x: |\n  y\n", Span { source: outer, start: 35, end: 48 });
        let inner = sources.add_inline("y\n", Span { source: quoted, start: 3, end: 9 });
        assert_eq!(sources.place(Span { source: inner, start: 0, end: 1 }), "k.yaml:5:3");
    }
}
