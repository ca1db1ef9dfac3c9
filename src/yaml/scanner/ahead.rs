//! The usual lines of manifests without the detour over tokens: `key:`, `key: value`, `- key: value`, and less indentation.
//!
//! Where the next token is beyond doubt, the parser takes it here; everything else is left to the scanner, at the same
//! position. Nothing that is taken here can be an error.

use super::chars::{LETTER, WORD, at, is, is_blank_or_end};
use super::queue::{Kind, Token};
use super::scan::{Last, MAX_DEPTH, MAX_KEY, Scan, Scanner};
use crate::yaml::event::Style;

/// What is next, after spaces and line breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::yaml) enum Next {
    /// A key without quotes, and its `:`; the key ends at this position.
    Key(usize),
    /// The `-` of a list item.
    Entry,
    /// Anything else.
    Other,
}

/// Where that is, compared with the items or keys of the innermost block collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::yaml) enum Depth {
    Outside,
    Same,
    Inside,
}

impl Scanner<'_> {
    /// What is next in the block context, if it is beyond doubt and may begin here. Spaces and line breaks before it are
    /// skipped.
    #[inline]
    pub(in crate::yaml) fn look(&mut self) -> (Next, Depth) {
        let other = (Next::Other, Depth::Same);
        if !self.looks_ahead || self.queue.len() > 0 || self.in_flow() || self.awaits_colon() {
            return other;
        }
        let (mut pos, mut line_start, mut key_allowed) = (self.pos, self.line_start, self.key_allowed);
        loop {
            match at(self.bytes, pos) {
                b' ' => pos += 1,
                b'\n' => {
                    pos += 1;
                    (line_start, key_allowed) = (pos, true);
                }
                _ => break,
            }
        }
        let next = match at(self.bytes, pos) {
            _ if !key_allowed => return other,
            b'-' if matches!(at(self.bytes, pos + 1), b' ' | b'\n') => Next::Entry,
            byte if is(byte, LETTER) => match self.key_end(pos) {
                Some(end) => Next::Key(end),
                None => return other,
            },
            _ => return other,
        };
        (self.pos, self.line_start, self.key_allowed) = (pos, line_start, true);
        let depth = match self.column() - self.indent {
            ..0 => Depth::Outside,
            0 => Depth::Same,
            1.. => Depth::Inside,
        };
        (next, depth)
    }

    /// The end of the key that begins at a position; `None` if it is not followed by `:` and whitespace, or is unusual.
    #[inline]
    fn key_end(&self, start: usize) -> Option<usize> {
        let mut end = start + 1;
        while is(at(self.bytes, end), WORD) || matches!(at(self.bytes, end), b'.' | b'/') {
            end += 1;
        }
        let is_key = at(self.bytes, end) == b':' && matches!(at(self.bytes, end + 1), b' ' | b'\n');
        (is_key && end - start <= MAX_KEY).then_some(end)
    }

    /// Takes the key that is [`Next`], and its `:`.
    #[inline]
    pub(in crate::yaml) fn take_key(&mut self, end: usize) -> Token {
        let token = Token::new(Kind::Scalar(Style::Plain), self.pos, end);
        self.pos = end + 1;
        self.key_allowed = false;
        self.last = Last::KeyOrValue;
        self.taken += 3;
        token
    }

    /// Takes the `-` that is [`Next`].
    #[inline]
    pub(in crate::yaml) fn take_entry(&mut self) {
        self.pos += 1;
        self.last = Last::Opening;
        self.taken += 1;
    }

    /// Begins a block collection at the key or `-` that is [`Next`]; returns whether that is not too deep.
    #[inline]
    pub(in crate::yaml) fn take_block_start(&mut self) -> bool {
        if self.indents.len() >= MAX_DEPTH {
            return false;
        }
        self.indents.push(self.indent);
        self.indent = self.column();
        self.taken += 1;
        true
    }

    /// Ends the innermost block collection.
    #[inline]
    pub(in crate::yaml) fn take_block_end(&mut self) {
        self.indent = self.indents.pop().unwrap_or(-1);
        self.taken += 1;
    }

    /// Takes the scalar after the `:` of a key on the same line; `None` if there is none, or anything else.
    #[inline]
    pub(in crate::yaml) fn take_value(&mut self) -> Scan<Option<Token>> {
        if !self.looks_ahead || self.queue.len() > 0 || self.key_allowed || self.in_flow() {
            return Ok(None);
        }
        let mut pos = self.pos;
        while at(self.bytes, pos) == b' ' {
            pos += 1;
        }
        let scan = match at(self.bytes, pos) {
            byte if is(byte, LETTER) || matches!(byte, b'/' | b'$' | b'(' | b'<' | b'=' | b'.' | b'+') => Self::scan_plain,
            b'-' if !is_blank_or_end(self.bytes, pos + 1) => Self::scan_plain,
            b'"' => Self::scan_double_quoted,
            b'\'' => Self::scan_single_quoted,
            _ => return Ok(None),
        };
        self.pos = pos;
        let token = scan(self)?;
        self.last = Last::Other;
        self.taken += 1;
        Ok(Some(token))
    }
}
