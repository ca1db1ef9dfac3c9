//! Block scalars: `|` and `>` with their indented lines.
//!
//! As in go-yaml, a last line without a line break gets none.

use std::borrow::Cow;

use super::chars::{self, at, break_len, break_text, is_blank, line_end};
use super::queue::Token;
use super::scan::{Scan, Scanner};
use crate::yaml::event::Style;

/// How the line breaks at the end are treated.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chomping {
    Strip,
    Clip,
    Keep,
}

/// The lines of a block scalar read so far.
struct Lines<'a> {
    /// The text before `line`.
    text: String,
    /// The last line that is not empty.
    line: &'a str,
    /// Where `line` begins.
    start: usize,
    /// The line break after `line`.
    line_break: &'a str,
    /// The line breaks of the empty lines after that.
    breaks: String,
}

impl<'a> Scanner<'a> {
    /// Scans `|` or `>`, its header and its lines.
    pub(super) fn scan_block_scalar(&mut self, style: Style) -> Scan<Token> {
        let start = self.pos;
        let (chomping, increment) = self.scan_block_header(start)?;
        let mut end = self.pos;
        self.skip_block_header_comment(start)?;
        let mut indent = if increment == 0 { 0 } else { increment + self.indent.max(0) };
        let mut lines = Lines { text: String::new(), line: "", start: self.pos, line_break: "", breaks: String::new() };
        self.skip_block_breaks(&mut indent, &mut lines.breaks).map_err(|error| error.within(start))?;
        let mut leading_blank = false;
        while self.column() == indent && self.pos < self.bytes.len() {
            let blank = is_blank(at(self.bytes, self.pos));
            let fold = style == Style::Folded && !leading_blank && !blank;
            lines.finish_line(fold);
            leading_blank = blank;
            end = line_end(self.bytes, self.pos);
            lines.line = &self.text[self.pos..end];
            lines.start = self.pos;
            self.pos = end;
            let len = break_len(self.bytes, end);
            if len > 0 {
                lines.line_break = break_text(self.text, end);
                self.skip_break(len);
            }
            self.skip_block_breaks(&mut indent, &mut lines.breaks).map_err(|error| error.within(start))?;
        }
        let text = lines.chomp(chomping, self.text);
        Ok(self.scalar_token(style, Some(text), start, end))
    }

    /// Scans the indicator, `+` or `-`, and the digit for the indentation, in either order.
    fn scan_block_header(&mut self, start: usize) -> Scan<(Chomping, isize)> {
        self.pos += 1;
        let (mut chomping, mut increment) = (None, None);
        loop {
            match at(self.bytes, self.pos) {
                b'+' if chomping.is_none() => chomping = Some(Chomping::Keep),
                b'-' if chomping.is_none() => chomping = Some(Chomping::Strip),
                b'0' if increment.is_none() => return self.error("the indentation indicator must not be 0", start),
                digit @ b'1'..=b'9' if increment.is_none() => increment = Some(isize::from(digit - b'0')),
                _ => return Ok((chomping.unwrap_or(Chomping::Clip), increment.unwrap_or(0))),
            }
            self.pos += 1;
        }
    }

    /// Skips the rest of the header's line: whitespace, a comment, the line break.
    fn skip_block_header_comment(&mut self, start: usize) -> Scan {
        while is_blank(at(self.bytes, self.pos)) {
            self.pos += 1;
        }
        if at(self.bytes, self.pos) == b'#' {
            self.pos = line_end(self.bytes, self.pos);
        }
        let len = break_len(self.bytes, self.pos);
        if len == 0 && self.pos < self.bytes.len() {
            return self.error("expected the end of the line after the header of a block scalar", self.pos.max(start));
        }
        if len > 0 {
            self.skip_break(len);
        }
        Ok(())
    }

    /// Skips indentation and empty lines; the first time, determines the indentation of the text.
    fn skip_block_breaks(&mut self, indent: &mut isize, breaks: &mut String) -> Scan {
        let mut deepest = 0;
        loop {
            while (*indent == 0 || self.column() < *indent) && at(self.bytes, self.pos) == b' ' {
                self.pos += 1;
            }
            deepest = deepest.max(self.column());
            if (*indent == 0 || self.column() < *indent) && at(self.bytes, self.pos) == b'\t' {
                let words = "found a tab character where an indentation space is expected";
                return self.error_in_words(words, "a tab cannot be used for indentation", self.pos);
            }
            match break_len(self.bytes, self.pos) {
                0 => break,
                len => {
                    breaks.push_str(chars::break_text(self.text, self.pos));
                    self.skip_break(len);
                }
            }
        }
        if *indent == 0 {
            *indent = deepest.max(self.indent + 1).max(1);
        }
        Ok(())
    }
}

impl<'a> Lines<'a> {
    /// Adds the last line and the line breaks before the next one; `fold` if both may be joined.
    fn finish_line(&mut self, fold: bool) {
        self.text.push_str(self.line);
        if !(fold && self.line_break == "\n") {
            self.text.push_str(self.line_break);
        } else if self.breaks.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(&self.breaks);
        self.line = "";
        self.line_break = "";
        self.breaks.clear();
    }

    /// The whole text with the requested line breaks at its end. A single line is borrowed from the source.
    fn chomp(mut self, chomping: Chomping, source: &'a str) -> Cow<'a, str> {
        let line_break = if chomping == Chomping::Strip { "" } else { self.line_break };
        let breaks = if chomping == Chomping::Keep { self.breaks.as_str() } else { "" };
        if self.text.is_empty() && breaks.is_empty() {
            let whole = &source[self.start..];
            let end = self.line.len() + line_break.len();
            if whole.get(self.line.len()..end) == Some(line_break) {
                return Cow::Borrowed(&whole[..end]);
            }
        }
        self.text.push_str(self.line);
        self.text.push_str(line_break);
        self.text.push_str(breaks);
        Cow::Owned(self.text)
    }
}
