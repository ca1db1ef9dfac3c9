//! Anchors, aliases, tags and directives.

use super::scan::{Scanner, is_blank, is_blank_or_end, is_break_or_end, is_word};
use super::token::{Mark, Scan, Token, TokenKind};

impl Scanner {
    /// Scans `&name` or `*name`.
    pub(super) fn scan_anchor(&mut self, kind: TokenKind) -> Scan<Token> {
        let start = self.mark;
        self.skip();
        let mut value = String::new();
        while is_word(self.at(0)) {
            self.read(&mut value);
        }
        let ends = is_blank_or_end(self.at(0)) || matches!(self.at(0), '?' | ':' | ',' | ']' | '}' | '%' | '@' | '`');
        if value.is_empty() || !ends {
            return self.fail(start, "did not find expected alphabetic or numeric character");
        }
        Ok(Token { value, ..Token::new(kind, start) })
    }

    /// Scans `!suffix`, `!handle!suffix` or `!<tag>`.
    pub(super) fn scan_tag(&mut self) -> Scan<Token> {
        let start = self.mark;
        let (mut handle, mut suffix);
        if self.at(1) == '<' {
            handle = String::new();
            self.skip();
            self.skip();
            suffix = self.scan_uri("", start)?;
            if self.at(0) != '>' {
                return self.fail(start, "did not find the expected '>'");
            }
            self.skip();
        } else {
            handle = self.scan_handle(false, start)?;
            if handle.len() > 1 && handle.ends_with('!') {
                suffix = self.scan_uri("", start)?;
            } else {
                suffix = self.scan_uri(&handle, start)?;
                handle = "!".to_owned();
                if suffix.is_empty() {
                    std::mem::swap(&mut handle, &mut suffix);
                }
            }
        }
        if !is_blank_or_end(self.at(0)) {
            return self.fail(start, "did not find expected whitespace or line break");
        }
        Ok(Token { value: handle, suffix, ..Token::new(TokenKind::Tag, start) })
    }

    fn scan_handle(&mut self, directive: bool, start: Mark) -> Scan<String> {
        if self.at(0) != '!' {
            return self.fail(start, "did not find expected '!'");
        }
        let mut handle = String::new();
        self.read(&mut handle);
        while is_word(self.at(0)) {
            self.read(&mut handle);
        }
        if self.at(0) == '!' {
            self.read(&mut handle);
        } else if directive && handle != "!" {
            return self.fail(start, "did not find expected '!'");
        }
        Ok(handle)
    }

    /// Scans the rest of a tag behind what was already read of it.
    fn scan_uri(&mut self, head: &str, start: Mark) -> Scan<String> {
        let mut bytes = head.as_bytes().get(1..).unwrap_or_default().to_vec();
        let mut found = !head.is_empty();
        loop {
            match self.at(0) {
                '%' => self.read_uri_escapes(start, &mut bytes)?,
                c if is_word(c) || ";/?:@&=+$,.!~*'()[]".contains(c) => {
                    bytes.push(c as u8);
                    self.skip();
                }
                _ => break,
            }
            found = true;
        }
        if !found {
            return self.fail(start, "did not find expected tag URI");
        }
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Reads the escaped bytes of one character.
    fn read_uri_escapes(&mut self, start: Mark, bytes: &mut Vec<u8>) -> Scan {
        let mut left = None;
        while left != Some(0) {
            let (Some(high), Some(low)) = (self.at(1).to_digit(16), self.at(2).to_digit(16)) else {
                return self.fail(start, "did not find URI escaped octet");
            };
            if self.at(0) != '%' {
                return self.fail(start, "did not find URI escaped octet");
            }
            let octet = (high << 4 | low) as u8;
            left = Some(match left {
                None => match octet.leading_ones() {
                    0 => 0,
                    ones @ 2..=4 => ones - 1,
                    _ => return self.fail(start, "found an incorrect leading UTF-8 octet"),
                },
                Some(_) if octet & 0xc0 != 0x80 => return self.fail(start, "found an incorrect trailing UTF-8 octet"),
                Some(left) => left - 1,
            });
            bytes.push(octet);
            (0..3).for_each(|_| self.skip());
        }
        Ok(())
    }

    /// Scans `%YAML` or `%TAG` with the rest of its line.
    pub(super) fn scan_directive(&mut self) -> Scan<Token> {
        let start = self.mark;
        self.skip();
        let mut name = String::new();
        while is_word(self.at(0)) {
            self.read(&mut name);
        }
        if name.is_empty() {
            return self.fail(start, "could not find expected directive name");
        }
        if !is_blank_or_end(self.at(0)) {
            return self.fail(start, "found unexpected non-alphabetical character");
        }
        let token = match name.as_str() {
            "YAML" => self.scan_version(start)?,
            "TAG" => self.scan_tag_directive(start)?,
            _ => return self.fail(start, "found unknown directive name"),
        };
        self.skip_blanks();
        if self.at(0) == '#' {
            while !is_break_or_end(self.at(0)) {
                self.skip();
            }
        }
        if !is_break_or_end(self.at(0)) {
            return self.fail(start, "did not find expected comment or line break");
        }
        self.skip_line();
        Ok(token)
    }

    fn skip_blanks(&mut self) {
        while is_blank(self.at(0)) {
            self.skip();
        }
    }

    fn scan_version(&mut self, start: Mark) -> Scan<Token> {
        self.skip_blanks();
        let major = self.scan_version_number(start)?;
        if self.at(0) != '.' {
            return self.fail(start, "did not find expected digit or '.' character");
        }
        self.skip();
        let minor = self.scan_version_number(start)?;
        Ok(Token { version: (major, minor), ..Token::new(TokenKind::VersionDirective, start) })
    }

    fn scan_version_number(&mut self, start: Mark) -> Scan<u8> {
        let (mut number, mut digits) = (0, 0);
        while let Some(digit) = self.at(0).to_digit(10) {
            digits += 1;
            if digits > 2 {
                return self.fail(start, "found extremely long version number");
            }
            number = number * 10 + digit as u8;
            self.skip();
        }
        if digits == 0 {
            return self.fail(start, "did not find expected version number");
        }
        Ok(number)
    }

    fn scan_tag_directive(&mut self, start: Mark) -> Scan<Token> {
        self.skip_blanks();
        let value = self.scan_handle(true, start)?;
        if !is_blank(self.at(0)) {
            return self.fail(start, "did not find expected whitespace");
        }
        self.skip_blanks();
        let suffix = self.scan_uri("", start)?;
        if !is_blank_or_end(self.at(0)) {
            return self.fail(start, "did not find expected whitespace or line break");
        }
        Ok(Token { value, suffix, ..Token::new(TokenKind::TagDirective, start) })
    }
}
