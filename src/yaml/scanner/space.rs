//! The parts between tokens: whitespace, line breaks, comments and byte order marks.
//!
//! Where go-yaml's handling of comments decides which tabs are accepted, it is followed.

use super::chars::{at, break_len, is_blank, line_end};
use super::scan::{BOM, Last, Scanner};

/// The maximum number of whitespace characters before a comment that are searched.
const COMMENT_REACH: usize = 512;

impl Scanner<'_> {
    /// Skips whitespace, comments and line breaks. Tabs are not allowed where a block collection could begin.
    pub(super) fn skip_to_token(&mut self) {
        let from = self.pos;
        loop {
            match at(self.bytes, self.pos) {
                b' ' => self.pos += 1,
                b'\n' => self.next_line(1),
                b'\t' if self.in_flow() || !self.key_allowed || self.is_before_comment(from) => self.pos += 1,
                b'#' => self.skip_comment(from),
                b'\r' | 0xC2 | 0xE2 => match break_len(self.bytes, self.pos) {
                    0 => return,
                    len => self.next_line(len),
                },
                0xEF if self.is_mark_of_document() => {
                    self.pos += BOM.len();
                    self.line_start = self.pos;
                }
                _ => return,
            }
        }
    }

    /// Skips a line break between tokens.
    #[inline]
    fn next_line(&mut self, len: usize) {
        self.skip_break(len);
        if !self.in_flow() {
            self.key_allowed = true;
        }
    }

    /// Skips a line break of the given length.
    #[inline]
    pub(super) fn skip_break(&mut self, len: usize) {
        self.pos += len;
        self.line_start = self.pos;
    }

    /// Skips a comment. If it does not belong to the token that ends at `from`, it is read as in go-yaml: together with the
    /// comments on the following lines, regardless of the whitespace before them.
    fn skip_comment(&mut self, from: usize) {
        let alone = !self.in_flow() && !self.is_line_comment(from);
        loop {
            self.pos = line_end(self.bytes, self.pos);
            if !alone || !matches!(at(self.bytes, self.pos), b'\n' | b'\r') {
                return;
            }
            let reach = self.bytes.len().min(self.pos + COMMENT_REACH);
            let space = &self.bytes[self.pos..reach];
            let is_space = |&byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
            let len = space.iter().position(|byte| !is_space(byte)).unwrap_or(space.len());
            if at(space, len) != b'#' {
                return;
            }
            let line = space[..len].iter().rposition(|&byte| matches!(byte, b'\n' | b'\r')).unwrap_or(0);
            self.line_start = self.pos + line + 1;
            self.pos += len;
        }
    }

    /// Whether the comment that begins here belongs to the token that ends at `from`, on the same line.
    fn is_line_comment(&self, from: usize) -> bool {
        matches!(self.last, Last::Other | Last::KeyOrValue)
            && from >= self.line_start
            && self.pos - from < COMMENT_REACH
            && !self.bytes[self.line_start..from].iter().all(|&byte| is_blank(byte))
    }

    /// Whether only whitespace and a comment follow `?` or `:`, which end at `from`: tabs are allowed there.
    fn is_before_comment(&self, from: usize) -> bool {
        let rest = &self.bytes[from.min(self.bytes.len())..];
        let blanks = rest.iter().take(COMMENT_REACH).take_while(|&&byte| is_blank(byte)).count();
        self.last == Last::KeyOrValue && from >= self.line_start && blanks < COMMENT_REACH && at(rest, blanks) == b'#'
    }

    /// Whether a byte order mark opens the document here: kustomize splits the text after the line of a `---`.
    fn is_mark_of_document(&self) -> bool {
        let before = &self.text[..self.line_start];
        let line = before.trim_end_matches(['\n', '\r']).rsplit(['\n', '\r']).next();
        self.pos == self.line_start
            && self.last == Last::DocumentStart
            && line.is_some_and(|line| line.starts_with("---"))
            && self.text[self.pos..].starts_with(BOM)
    }
}
