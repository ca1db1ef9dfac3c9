//! Quoted scalars: `'...'` with `''`, `"..."` with escapes; both may span several lines, indented or not.

use std::borrow::Cow;

use super::chars::{self, DOUBLE, SINGLE, at, break_len, is_blank};
use super::queue::Token;
use super::scan::{Scan, Scanner};
use crate::yaml::event::Style;

impl Scanner<'_> {
    /// Scans `'...'`.
    pub(super) fn scan_single_quoted(&mut self) -> Scan<Token> {
        self.scan_quoted(b'\'', SINGLE, Style::SingleQuoted)
    }

    /// Scans `"..."`.
    pub(super) fn scan_double_quoted(&mut self) -> Scan<Token> {
        self.scan_quoted(b'"', DOUBLE, Style::DoubleQuoted)
    }

    fn scan_quoted(&mut self, quote: u8, stops: u8, style: Style) -> Scan<Token> {
        let start = self.pos;
        self.pos += 1;
        let mut run = self.pos;
        let mut text: Option<String> = None;
        loop {
            self.pos = chars::find(self.bytes, self.pos, stops);
            let byte = at(self.bytes, self.pos);
            if byte == quote && !(quote == b'\'' && at(self.bytes, self.pos + 1) == quote) {
                if let Some(text) = &mut text {
                    text.push_str(&self.text[run..self.pos]);
                }
                self.pos += 1;
                return Ok(self.scalar_token(style, text.map(Cow::Owned), start, self.pos));
            }
            if byte == 0 {
                return self.error("expected a closing quote for the string that starts here, found the end of the input", start);
            }
            let breaks = byte != quote && byte != b'\\';
            if breaks && break_len(self.bytes, self.pos) == 0 {
                self.pos += 1;
                continue;
            }
            let piece = &self.text[run..self.pos];
            let text = text.get_or_insert_default();
            if breaks {
                text.push_str(piece.trim_end_matches([' ', '\t']));
                self.fold_lines(text, true, start)?;
            } else {
                text.push_str(piece);
                if byte == quote {
                    self.take_quote(text)
                } else {
                    self.scan_escape(text, start).map_err(|error| error.within(start))?
                }
            }
            run = self.pos;
        }
    }

    /// Takes `''`, which is read as one quote.
    fn take_quote(&mut self, text: &mut String) {
        text.push('\'');
        self.pos += 2;
    }

    /// Skips line breaks and whitespace up to the next text, and adds the text that they are read as.
    fn fold_lines(&mut self, text: &mut String, fold: bool, start: usize) -> Scan {
        let from = self.pos;
        loop {
            if is_blank(at(self.bytes, self.pos)) {
                self.pos += 1;
                continue;
            }
            match break_len(self.bytes, self.pos) {
                0 => break,
                len => self.skip_break(len),
            }
        }
        chars::push_folded(text, &self.text[from..self.pos], fold);
        if self.pos == self.line_start && self.document_indicator().is_some() {
            return self.error("expected a closing quote for the string that starts here, found a document marker", start);
        }
        Ok(())
    }

    /// Scans `\` and the escape sequence after it.
    fn scan_escape(&mut self, text: &mut String, start: usize) -> Scan {
        let escaped = at(self.bytes, self.pos + 1);
        let len = break_len(self.bytes, self.pos + 1);
        if len > 0 {
            self.skip_break(1 + len);
            return self.fold_lines(text, false, start);
        }
        let char = match escaped {
            b'0' => '\0',
            b'a' => '\x07',
            b'b' => '\x08',
            b't' | b'\t' => '\t',
            b'n' => '\n',
            b'v' => '\x0B',
            b'f' => '\x0C',
            b'r' => '\r',
            b'e' => '\x1B',
            b' ' | b'"' | b'\'' | b'\\' => escaped as char,
            b'/' if self.json => '/',
            b'N' => '\u{85}',
            b'_' => '\u{A0}',
            b'L' => '\u{2028}',
            b'P' => '\u{2029}',
            b'x' => self.scan_code(2)?,
            b'u' => self.scan_code(4)?,
            b'U' => self.scan_code(8)?,
            0 => {
                let words = "found unknown escape character";
                let message = "expected a closing quote for the string that starts here, found the end of the input";
                return self.error_in_words(words, message, start);
            }
            _ => {
                let unknown = self.text[self.pos + 1..].chars().next().unwrap_or_default();
                return self.error(format!("unknown escape sequence `\\{unknown}`"), self.pos);
            }
        };
        text.push(char);
        self.pos += 2;
        Ok(())
    }

    /// The character of two JSON escapes, the first of which has been read; skips the second one if it matches.
    fn second_surrogate(&mut self, first: u32) -> Option<char> {
        let digits = self.text.get(self.pos + 2..self.pos + 8)?.strip_prefix("\\u")?;
        let second = u32::from_str_radix(digits, 16).ok().filter(|second| (0xDC00..0xE000).contains(second))?;
        let char =
            char::from_u32(0x10000 + ((first.checked_sub(0xD800)? & 0x3FF) << 10 | second & 0x3FF)).filter(|_| first < 0xDC00)?;
        self.pos += 6;
        Some(char)
    }

    /// The character of `\x`, `\u` or `\U` and its digits; skips the digits.
    fn scan_code(&mut self, len: usize) -> Scan<char> {
        let begin = self.pos + 2;
        let digits = self.bytes.get(begin..begin + len).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let Some(digits) = digits else {
            return self.error(format!("expected {len} hexadecimal digits in an escape sequence"), self.pos);
        };
        let code = digits.iter().fold(0, |code, &digit| code << 4 | (digit as char).to_digit(16).unwrap_or(0));
        match char::from_u32(code) {
            Some(char) => {
                self.pos += len;
                Ok(char)
            }
            None if self.json => {
                self.pos += len;
                Ok(self.second_surrogate(code).unwrap_or(char::REPLACEMENT_CHARACTER))
            }
            None => self.error("the escape sequence is not a valid Unicode character", self.pos),
        }
    }
}
