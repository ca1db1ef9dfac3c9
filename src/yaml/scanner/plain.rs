//! Plain scalars: text without quotes, over one or more lines.
//!
//! As in go-yaml, a `:` ends the text only before whitespace or the end, also within `[...]` and `{...}`.

use std::borrow::Cow;

use super::chars::{self, FLOW_PLAIN, PLAIN, at, break_len, is_blank, is_blank_or_end};
use super::queue::Token;
use super::scan::{Scan, Scanner};
use crate::yaml::event::Style;

impl Scanner<'_> {
    /// Scans a plain scalar. A key may follow if it ended at the end of its line.
    pub(super) fn scan_plain(&mut self) -> Scan<Token> {
        let start = self.pos;
        let mut end = self.plain_line();
        let mut text: Option<String> = None;
        while break_len(self.bytes, self.pos) > 0 {
            self.skip_plain_breaks().map_err(|error| error.within(start))?;
            let line = self.pos;
            let line_end = if self.plain_continues() { self.plain_line() } else { line };
            if line_end == line {
                self.key_allowed = true;
                break;
            }
            let folded = text.get_or_insert_with(|| self.text[start..end].to_owned());
            chars::push_folded(folded, &self.text[end..line], true);
            folded.push_str(&self.text[line..line_end]);
            end = line_end;
        }
        Ok(self.scalar_token(Style::Plain, text.map(Cow::Owned), start, end))
    }

    /// Skips one line of plain text and the whitespace after it; returns the end of the text.
    #[inline]
    fn plain_line(&mut self) -> usize {
        let start = self.pos;
        let stops = if self.in_flow() { FLOW_PLAIN } else { PLAIN };
        let mut index = start;
        loop {
            index = chars::find(self.bytes, index, stops);
            let continues = match at(self.bytes, index) {
                b':' => !is_blank_or_end(self.bytes, index + 1),
                b'#' => index > start && !is_blank(self.bytes[index - 1]),
                0xC2 | 0xE2 => break_len(self.bytes, index) == 0,
                _ => false,
            };
            if !continues {
                break;
            }
            index += 1;
        }
        self.pos = index;
        while index > start && is_blank(self.bytes[index - 1]) {
            index -= 1;
        }
        index
    }

    /// Skips line breaks and whitespace. Tabs are not allowed as indentation.
    fn skip_plain_breaks(&mut self) -> Scan {
        loop {
            match at(self.bytes, self.pos) {
                b'\n' => self.skip_break(1),
                b' ' => self.pos += 1,
                b'\t' if self.column() <= self.indent => {
                    let words = "found a tab character that violates indentation";
                    return self.error_in_words(words, "a tab cannot be used for indentation", self.pos);
                }
                b'\t' => self.pos += 1,
                _ => match break_len(self.bytes, self.pos) {
                    0 => return Ok(()),
                    len => self.skip_break(len),
                },
            }
        }
    }

    /// Whether the line that begins here can be part of the preceding scalar.
    fn plain_continues(&self) -> bool {
        let column = self.column();
        (self.in_flow() || column > self.indent)
            && at(self.bytes, self.pos) != b'#'
            && !(column == 0 && self.document_indicator().is_some())
    }
}
