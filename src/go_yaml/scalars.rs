//! The texts of scalars: plain, quoted, and blocks.

use super::scan::{Scanner, is_blank, is_blank_or_end, is_break, is_break_or_end};
use super::token::{Mark, ScalarStyle, Scan, Token, TokenKind};

/// The whitespace between two words: spaces in the line, or line breaks.
#[derive(Default)]
struct Space {
    blanks: String,
    first_break: String,
    breaks: String,
    has_break: bool,
}

impl Space {
    /// Adds what it is read as, and starts again.
    fn fold(&mut self, text: &mut String) {
        match self.has_break {
            false => text.push_str(&self.blanks),
            true if self.first_break == "\n" && self.breaks.is_empty() => text.push(' '),
            true if self.first_break == "\n" => text.push_str(&self.breaks),
            true => {
                text.push_str(&self.first_break);
                text.push_str(&self.breaks);
            }
        }
        *self = Space::default();
    }
}

impl Scanner {
    fn scalar(style: ScalarStyle, value: String, start: Mark) -> Token {
        Token { value, style, ..Token::new(TokenKind::Scalar, start) }
    }

    /// Scans text without quotes.
    pub(super) fn scan_plain(&mut self) -> Scan<Token> {
        let start = self.mark;
        let indent = self.indent + 1;
        let (mut text, mut space) = (String::new(), Space::default());
        loop {
            if self.mark.column == 0 && self.document_indicator().is_some() || self.at(0) == '#' {
                break;
            }
            while !is_blank_or_end(self.at(0)) && !self.ends_plain() {
                if space.has_break || !space.blanks.is_empty() {
                    space.fold(&mut text);
                }
                self.read(&mut text);
            }
            if !(is_blank(self.at(0)) || is_break(self.at(0))) {
                break;
            }
            while is_blank(self.at(0)) || is_break(self.at(0)) {
                if space.has_break && self.mark.column < indent && self.at(0) == '\t' {
                    return self.fail(start, "found a tab character that violates indentation");
                }
                self.read_space(&mut space);
            }
            if self.flow_level == 0 && self.mark.column < indent {
                break;
            }
        }
        if space.has_break {
            self.key_allowed = true;
        }
        Ok(Self::scalar(ScalarStyle::Plain, text, start))
    }

    /// Whether an indicator ends plain text here.
    fn ends_plain(&self) -> bool {
        match self.at(0) {
            ':' => is_blank_or_end(self.at(1)),
            ',' | '?' | '[' | ']' | '{' | '}' => self.flow_level > 0,
            _ => false,
        }
    }

    fn read_space(&mut self, space: &mut Space) {
        match (is_blank(self.at(0)), space.has_break) {
            (true, false) => self.read(&mut space.blanks),
            (true, true) => self.skip(),
            (false, false) => {
                space.blanks.clear();
                self.read_line(&mut space.first_break);
                space.has_break = true;
            }
            (false, true) => self.read_line(&mut space.breaks),
        }
    }

    /// Scans text in quotes.
    pub(super) fn scan_quoted(&mut self, style: ScalarStyle) -> Scan<Token> {
        let quote = if style == ScalarStyle::SingleQuoted { '\'' } else { '"' };
        let start = self.mark;
        self.skip();
        let mut text = String::new();
        loop {
            if self.mark.column == 0 && self.document_indicator().is_some() {
                return self.fail(start, "found unexpected document indicator");
            }
            if self.at(0) == '\0' {
                return self.fail(start, "found unexpected end of stream");
            }
            let mut space = Space::default();
            while !is_blank_or_end(self.at(0)) {
                match (self.at(0), self.at(1)) {
                    ('\'', '\'') if quote == '\'' => {
                        text.push('\'');
                        self.skip();
                        self.skip();
                    }
                    (c, _) if c == quote => break,
                    ('\\', next) if quote == '"' && is_break(next) => {
                        self.skip();
                        self.skip_line();
                        space.has_break = true;
                        break;
                    }
                    ('\\', _) if quote == '"' => self.read_escape(start, &mut text)?,
                    _ => self.read(&mut text),
                }
            }
            if self.at(0) == quote {
                break;
            }
            while is_blank(self.at(0)) || is_break(self.at(0)) {
                self.read_space(&mut space);
            }
            space.fold(&mut text);
        }
        self.skip();
        Ok(Self::scalar(style, text, start))
    }

    fn read_escape(&mut self, start: Mark, text: &mut String) -> Scan {
        let (known, digits) = match self.at(1) {
            '0' => ('\0', 0),
            'a' => ('\x07', 0),
            'b' => ('\x08', 0),
            't' | '\t' => ('\t', 0),
            'n' => ('\n', 0),
            'v' => ('\x0b', 0),
            'f' => ('\x0c', 0),
            'r' => ('\r', 0),
            'e' => ('\x1b', 0),
            c @ (' ' | '"' | '\'' | '\\') => (c, 0),
            'N' => ('\u{85}', 0),
            '_' => ('\u{a0}', 0),
            'L' => ('\u{2028}', 0),
            'P' => ('\u{2029}', 0),
            'x' => ('\0', 2),
            'u' => ('\0', 4),
            'U' => ('\0', 8),
            _ => return self.fail(start, "found unknown escape character"),
        };
        self.skip();
        self.skip();
        if digits == 0 {
            text.push(known);
            return Ok(());
        }
        let mut value: u32 = 0;
        for offset in 0..digits {
            let Some(digit) = self.at(offset).to_digit(16) else {
                return self.fail(start, "did not find expected hexdecimal number");
            };
            value = value.wrapping_shl(4) | digit;
        }
        let Some(c) = char::from_u32(value) else {
            return self.fail(start, "found invalid Unicode character escape code");
        };
        text.push(c);
        (0..digits).for_each(|_| self.skip());
        Ok(())
    }

    /// Scans `|` or `>` with its lines.
    pub(super) fn scan_block_scalar(&mut self, style: ScalarStyle) -> Scan<Token> {
        let start = self.mark;
        let (keeps, increment) = self.scan_block_header(start)?;
        let mut indent = if increment == 0 { 0 } else { self.indent.max(0) + increment };
        let (mut text, mut first_break, mut breaks) = (String::new(), String::new(), String::new());
        self.scan_block_breaks(&mut indent, &mut breaks, start)?;
        let mut leading_blank = false;
        while self.mark.column == indent && self.at(0) != '\0' {
            let blank = is_blank(self.at(0));
            if style == ScalarStyle::Folded && !leading_blank && !blank && first_break == "\n" {
                if breaks.is_empty() {
                    text.push(' ');
                }
            } else {
                text.push_str(&first_break);
            }
            text.push_str(&breaks);
            first_break.clear();
            breaks.clear();
            leading_blank = blank;
            while !is_break_or_end(self.at(0)) {
                self.read(&mut text);
            }
            self.read_line(&mut first_break);
            self.scan_block_breaks(&mut indent, &mut breaks, start)?;
        }
        if keeps != Some(false) {
            text.push_str(&first_break);
        }
        if keeps == Some(true) {
            text.push_str(&breaks);
        }
        Ok(Self::scalar(style, text, start))
    }

    /// Scans the header of a block: whether all line breaks at the end are kept or none, and its indentation.
    fn scan_block_header(&mut self, start: Mark) -> Scan<(Option<bool>, isize)> {
        self.skip();
        let (mut keeps, mut increment) = (None, None);
        loop {
            match self.at(0) {
                c @ ('+' | '-') if keeps.is_none() => keeps = Some(c == '+'),
                '0' if increment.is_none() => {
                    return self.fail(start, "found an indentation indicator equal to 0");
                }
                c @ '1'..='9' if increment.is_none() => increment = c.to_digit(10).map(|digit| digit as isize),
                _ => break,
            }
            self.skip();
        }
        while is_blank(self.at(0)) {
            self.skip();
        }
        if self.at(0) == '#' {
            self.scan_line_comment(start);
            while !is_break_or_end(self.at(0)) {
                self.skip();
            }
        }
        if !is_break_or_end(self.at(0)) {
            return self.fail(start, "did not find expected comment or line break");
        }
        self.skip_line();
        Ok((keeps, increment.unwrap_or(0)))
    }

    fn scan_block_breaks(&mut self, indent: &mut isize, breaks: &mut String, start: Mark) -> Scan {
        let mut deepest = 0;
        loop {
            while (*indent == 0 || self.mark.column < *indent) && self.at(0) == ' ' {
                self.skip();
            }
            deepest = deepest.max(self.mark.column);
            if (*indent == 0 || self.mark.column < *indent) && self.at(0) == '\t' {
                return self.fail(start, "found a tab character where an indentation space is expected");
            }
            if !is_break(self.at(0)) {
                break;
            }
            self.read_line(breaks);
        }
        if *indent == 0 {
            *indent = deepest.max(self.indent + 1).max(1);
        }
        Ok(())
    }
}
