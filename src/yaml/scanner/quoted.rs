//! Quoted scalars: `'...'` with `''`, `"..."` with escapes; both may go over several lines, indented or not.

use std::borrow::Cow;

use super::chars::{self, DOUBLE, SINGLE, at, break_len, is_blank};
use super::{Kind, Scan, Scanner, Token};
use crate::yaml::event::Style;

impl<'a> Scanner<'a> {
    /// Scans `'...'`.
    pub(super) fn scan_single_quoted(&mut self) -> Scan<Token<'a>> {
        self.scan_quoted(b'\'', SINGLE, Style::SingleQuoted)
    }

    /// Scans `"..."`.
    pub(super) fn scan_double_quoted(&mut self) -> Scan<Token<'a>> {
        self.scan_quoted(b'"', DOUBLE, Style::DoubleQuoted)
    }

    fn scan_quoted(&mut self, quote: u8, stops: u8, style: Style) -> Scan<Token<'a>> {
        let start = self.pos;
        self.pos += 1;
        let mut run = self.pos;
        let mut text = Cow::Borrowed("");
        loop {
            self.pos = chars::find(self.bytes, self.pos, stops);
            let byte = at(self.bytes, self.pos);
            if byte == quote && !(quote == b'\'' && at(self.bytes, self.pos + 1) == quote) {
                self.take_run(&mut text, run);
                self.pos += 1;
                return Ok(Token::new(Kind::Scalar { text, style }, start, self.pos));
            } else if byte == quote {
                self.pos += 1;
                self.take_run(&mut text, run);
                self.pos += 1;
            } else if byte == b'\\' {
                self.take_run(&mut text, run);
                self.scan_escape(text.to_mut(), start)?;
            } else if byte == 0 {
                return self.error("found the end of the text in a quoted string that begins here", start);
            } else if break_len(self.bytes, self.pos) > 0 {
                self.trim_run(&mut text, run);
                self.fold_lines(text.to_mut(), true, start)?;
            } else {
                self.pos += 1;
                continue;
            }
            run = self.pos;
        }
    }

    /// Adds the text since `run`; borrows it when it is the first.
    #[inline]
    fn take_run(&self, text: &mut Cow<'a, str>, run: usize) {
        let piece = &self.text[run..self.pos];
        if text.is_empty() {
            *text = Cow::Borrowed(piece);
        } else {
            text.to_mut().push_str(piece);
        }
    }

    /// Adds the text since `run` without the blanks at its end.
    fn trim_run(&self, text: &mut Cow<'a, str>, run: usize) {
        text.to_mut().push_str(self.text[run..self.pos].trim_end_matches([' ', '\t']));
    }

    /// Goes over line breaks and blanks up to the next text, and adds what they read as.
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
            return self.error("found a document marker in a quoted string that begins here", start);
        }
        Ok(())
    }

    /// Scans `\` and what it escapes.
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
            b'N' => '\u{85}',
            b'_' => '\u{A0}',
            b'L' => '\u{2028}',
            b'P' => '\u{2029}',
            b'x' => self.scan_code(2)?,
            b'u' => self.scan_code(4)?,
            b'U' => self.scan_code(8)?,
            0 => return self.error("found the end of the text in a quoted string that begins here", start),
            _ => {
                let unknown = self.text[self.pos + 1..].chars().next().unwrap_or_default();
                return self.error(format!("unknown escape `\\{unknown}`"), self.pos);
            }
        };
        text.push(char);
        self.pos += 2;
        Ok(())
    }

    /// The character of `\x`, `\u` or `\U` and its digits; goes over the digits.
    fn scan_code(&mut self, len: usize) -> Scan<char> {
        let begin = self.pos + 2;
        let digits = self.bytes.get(begin..begin + len).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let Some(digits) = digits else {
            return self.error(format!("expected {len} hexadecimal digits in an escape"), self.pos);
        };
        let code = digits.iter().fold(0, |code, &digit| code << 4 | (digit as char).to_digit(16).unwrap_or(0));
        match char::from_u32(code) {
            Some(char) => {
                self.pos += len;
                Ok(char)
            }
            None => self.error("an escape is no Unicode character", self.pos),
        }
    }
}
