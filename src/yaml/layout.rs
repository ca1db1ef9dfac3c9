//! The first document of a text as a tree of byte ranges, for code that changes single values in the text.
//!
//! Unlike [`Node`](super::Node), it keeps aliases, anchors, merge keys, brackets and the style of each scalar, and has no types.

use super::event::{Event, Spanned, Style, SyntaxError};
use super::parser::Parser;

/// A value and where it is written.
#[derive(Clone, Debug)]
pub struct Piece {
    /// The first byte, after anchor and tag.
    pub start: usize,
    /// After the last byte; an empty value ends where it begins.
    pub end: usize,
    /// The name of its anchor.
    pub anchor: Option<String>,
    /// Whether it has a tag.
    pub has_tag: bool,
    /// What it is.
    pub shape: Shape,
}

/// What a value is.
#[derive(Clone, Debug)]
pub enum Shape {
    /// `*name`
    Alias(String),
    /// A scalar: its style and its text.
    Scalar(Style, String),
    /// A list; the flag is set if it is in brackets.
    List(bool, Vec<Piece>),
    /// A mapping with keys and values; the flag is set if it is in brackets.
    Mapping(bool, Vec<(Piece, Piece)>),
}

/// The first document of a text.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Its value; `None` if it is empty.
    pub root: Option<Piece>,
    /// Where its content begins: after `---`.
    pub start: usize,
    /// Where it ends: at `...`, at the next `---`, or at the end of the text.
    pub end: usize,
    /// Whether another document follows.
    pub has_more: bool,
}

impl Layout {
    /// Reads the first document of a text.
    ///
    /// # Errors
    /// The text is not valid YAML.
    pub fn of(text: &str) -> Result<Layout, SyntaxError> {
        let mut parser = Parser::new(text);
        let mut reader = Reader { text, open: Vec::new(), root: None };
        let mut layout = Layout { root: None, start: 0, end: text.len(), has_more: false };
        let mut ended = false;
        while let Some((event, range)) = parser.next()? {
            match event {
                Event::DocumentStart { explicit } if !ended => layout.start = if explicit { range.end } else { 0 },
                Event::DocumentStart { .. } => {
                    layout.end = layout.end.min(range.start);
                    layout.has_more = true;
                    break;
                }
                Event::DocumentEnd => {
                    ended = true;
                    if !range.is_empty() {
                        layout.end = range.start;
                    }
                }
                event => reader.take((event, range)),
            }
        }
        layout.root = reader.root.filter(|root| !root.is_missing());
        Ok(layout)
    }
}

impl Piece {
    /// Whether nothing is written.
    pub fn is_missing(&self) -> bool {
        self.start == self.end && self.anchor.is_none() && !self.has_tag
    }

    /// The items of a list.
    pub fn items(&self) -> &[Piece] {
        match &self.shape {
            Shape::List(_, items) => items,
            _ => &[],
        }
    }

    /// The entries of a mapping.
    pub fn entries(&self) -> &[(Piece, Piece)] {
        match &self.shape {
            Shape::Mapping(_, entries) => entries,
            _ => &[],
        }
    }

    /// Whether it is a list or mapping in brackets.
    pub fn in_brackets(&self) -> bool {
        matches!(self.shape, Shape::List(true, _) | Shape::Mapping(true, _))
    }

    /// The text of a scalar.
    pub fn text(&self) -> Option<&str> {
        match &self.shape {
            Shape::Scalar(_, text) => Some(text),
            _ => None,
        }
    }

    /// The style of a scalar.
    pub fn style(&self) -> Option<Style> {
        match &self.shape {
            Shape::Scalar(style, _) => Some(*style),
            _ => None,
        }
    }

    /// The value of the last entry with this key.
    pub fn get(&self, key: &str) -> Option<&Piece> {
        self.entries().iter().rev().find(|(own, _)| own.text() == Some(key)).map(|(_, value)| value)
    }
}

struct Reader<'a> {
    text: &'a str,
    /// The collections that are being read, each with the key that waits for its value.
    open: Vec<(Piece, Option<Piece>)>,
    root: Option<Piece>,
}

impl Reader<'_> {
    fn take(&mut self, (event, range): Spanned) {
        let piece = |anchor: Option<&str>, has_tag, shape| Piece {
            start: range.start,
            end: range.end,
            anchor: anchor.map(str::to_owned),
            has_tag,
            shape,
        };
        match event {
            Event::Alias(name) => self.put(piece(None, false, Shape::Alias(name.to_owned()))),
            Event::Scalar { anchor, tag, text, style } => {
                let mut piece = piece(anchor, tag.is_some(), Shape::Scalar(style, text.into_owned()));
                if matches!(style, Style::Literal | Style::Folded) {
                    piece.end = self.end_of_block(piece.start, piece.end);
                }
                self.put(piece);
            }
            Event::SequenceStart { anchor, tag, flow } => {
                self.open.push((piece(anchor, tag.is_some(), Shape::List(flow, Vec::new())), None));
            }
            Event::MappingStart { anchor, tag, flow } => {
                self.open.push((piece(anchor, tag.is_some(), Shape::Mapping(flow, Vec::new())), None));
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some((mut piece, _)) = self.open.pop() {
                    piece.end = range.end.max(piece.last_end());
                    self.put(piece);
                }
            }
            Event::DocumentStart { .. } | Event::DocumentEnd => {}
        }
    }

    fn put(&mut self, piece: Piece) {
        match self.open.last_mut() {
            None => self.root = Some(piece),
            Some((Piece { shape: Shape::List(_, items), .. }, _)) => items.push(piece),
            Some((Piece { shape: Shape::Mapping(_, entries), .. }, key)) => match key.take() {
                Some(key) => entries.push((key, piece)),
                None => *key = Some(piece),
            },
            Some(_) => {}
        }
    }

    /// The end of a block scalar: the empty lines below it belong to it if its header contains `+`.
    fn end_of_block(&self, start: usize, end: usize) -> usize {
        let header = self.text[start..end].lines().next().unwrap_or_default();
        if !header.split('#').next().unwrap_or_default().contains('+') {
            return end;
        }
        let rest = &self.text[end..];
        let blank = rest.len() - rest.trim_start_matches([' ', '\n', '\r']).len();
        match rest[..blank].rfind('\n') {
            Some(at) => end + at,
            None => end,
        }
    }
}

impl Piece {
    fn last_end(&self) -> usize {
        let item = self.items().last().map(|item| item.end);
        item.or_else(|| self.entries().last().map(|(_, value)| value.end)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<String> {
        fn walk(piece: &Piece, text: &str, out: &mut Vec<String>) {
            out.push(text[piece.start..piece.end].to_owned());
            piece.items().iter().for_each(|item| walk(item, text, out));
            for (key, value) in piece.entries() {
                walk(key, text, out);
                walk(value, text, out);
            }
        }
        let mut out = Vec::new();
        if let Ok(Layout { root: Some(root), .. }) = Layout::of(text) {
            walk(&root, text, &mut out);
        }
        out
    }

    #[test]
    fn ranges_cover_the_values() {
        assert_eq!(parts("a: &x 'b' # c\n"), ["a: &x 'b'", "a", "'b'"]);
        assert_eq!(
            parts("a:\n- b\n-  {c: *d}\n\n# e\n"),
            ["a:\n- b\n-  {c: *d}", "a", "- b\n-  {c: *d}", "b", "{c: *d}", "c", "*d"]
        );
        assert_eq!(parts("a: |+\n  b\n\n\nc:\n"), ["a: |+\n  b\n\n\nc:", "a", "|+\n  b\n\n", "c", ""]);
    }

    #[test]
    fn only_the_first_document_counts() -> Result<(), SyntaxError> {
        let layout = Layout::of("# a\n---\nb: c\n---\nd: e\n")?;
        assert_eq!((layout.start, layout.end, layout.has_more), (7, 13, true));
        assert!(Layout::of("# a\n---\n# b\n")?.root.is_none());
        Ok(())
    }
}
