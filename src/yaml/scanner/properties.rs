//! Anchors, aliases and tags before a node, and the directives before a document.

use std::borrow::Cow;

use super::chars::{self, URI, WORD, at, break_len, is, is_blank, is_blank_or_end, line_end};
use super::queue::{Kind, Token};
use super::scan::{Scan, Scanner};

impl<'a> Scanner<'a> {
    /// Scans `&name`.
    pub(super) fn scan_anchor(&mut self) -> Scan<Token> {
        let start = self.pos;
        self.scan_anchor_name("an anchor")?;
        Ok(Token::new(Kind::Anchor, start, self.pos))
    }

    /// Scans `*name`.
    pub(super) fn scan_alias(&mut self) -> Scan<Token> {
        let start = self.pos;
        self.scan_anchor_name("an alias")?;
        Ok(Token::new(Kind::Alias, start, self.pos))
    }

    fn scan_anchor_name(&mut self, what: &str) -> Scan {
        self.pos += 1;
        let name = self.scan_word();
        let ends = matches!(at(self.bytes, self.pos), b'?' | b':' | b',' | b']' | b'}' | b'%' | b'@' | b'`')
            || is_blank_or_end(self.bytes, self.pos);
        if name.is_empty() || !ends {
            return self.error(format!("the name of {what} must consist of letters, digits, `-`, and `_`"), self.pos);
        }
        Ok(())
    }

    /// Scans letters, digits, `-` and `_`.
    fn scan_word(&mut self) -> &'a str {
        let start = self.pos;
        while is(at(self.bytes, self.pos), WORD) {
            self.pos += 1;
        }
        &self.text[start..self.pos]
    }

    /// Scans `!`, `!suffix`, `!handle!suffix` or `!<uri>`.
    pub(super) fn scan_tag(&mut self) -> Scan<Token> {
        let start = self.pos;
        let (handle, suffix) = if at(self.bytes, start + 1) == b'<' {
            self.pos += 2;
            let uri = self.scan_uri(self.pos)?;
            if at(self.bytes, self.pos) != b'>' {
                return self.error("expected `>` at the end of a tag", self.pos);
            }
            self.pos += 1;
            ("", uri)
        } else {
            self.scan_short_tag()?
        };
        if !is_blank_or_end(self.bytes, self.pos) {
            return self.error("expected whitespace or the end of the line after a tag", self.pos);
        }
        self.tags.push_back((handle, suffix));
        Ok(Token::new(Kind::Tag, start, self.pos))
    }

    fn scan_short_tag(&mut self) -> Scan<(&'a str, Cow<'a, str>)> {
        let start = self.pos;
        let handle = self.scan_handle();
        if handle.len() > 1 && handle.ends_with('!') {
            return Ok((handle, self.scan_uri(self.pos)?));
        }
        if handle == "!" && !is(at(self.bytes, self.pos), URI) {
            return Ok(("", Cow::Borrowed(handle)));
        }
        Ok(("!", self.scan_uri(start + 1)?))
    }

    /// Scans `!`, and a word and another `!` if they follow.
    fn scan_handle(&mut self) -> &'a str {
        let start = self.pos;
        self.pos += 1;
        self.scan_word();
        if at(self.bytes, self.pos) == b'!' {
            self.pos += 1;
        }
        &self.text[start..self.pos]
    }

    /// Scans a URI that begins at `start`, which is at or before the current position.
    fn scan_uri(&mut self, start: usize) -> Scan<Cow<'a, str>> {
        let mut decoded: Option<Vec<u8>> = None;
        while is(at(self.bytes, self.pos), URI) {
            if at(self.bytes, self.pos) == b'%' {
                let decoded = decoded.get_or_insert_with(|| self.bytes[start..self.pos].to_vec());
                self.scan_uri_escape(decoded)?;
            } else {
                if let Some(decoded) = &mut decoded {
                    decoded.push(self.bytes[self.pos]);
                }
                self.pos += 1;
            }
        }
        if self.pos == start {
            return self.error("expected the URI of a tag", self.pos);
        }
        Ok(match decoded {
            Some(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
            None => Cow::Borrowed(&self.text[start..self.pos]),
        })
    }

    /// Scans the `%` escapes of one character.
    fn scan_uri_escape(&mut self, decoded: &mut Vec<u8>) -> Scan {
        let mut left = 1;
        let mut first = true;
        while left > 0 {
            let digit = |index| (at(self.bytes, index) as char).to_digit(16);
            let (Some(high), Some(low)) = (digit(self.pos + 1), digit(self.pos + 2)) else {
                return self.error("expected two hexadecimal digits after `%` in a tag", self.pos);
            };
            let octet = (high << 4 | low) as u8;
            let starts_with_percent = at(self.bytes, self.pos) == b'%';
            left = match octet {
                _ if !starts_with_percent => 0,
                0..0x80 if first => 1,
                0xC0..0xE0 if first => 2,
                0xE0..0xF0 if first => 3,
                0xF0..0xF8 if first => 4,
                0x80..0xC0 if !first => left,
                _ => 0,
            };
            if left == 0 {
                let words = match (starts_with_percent, first) {
                    (false, _) => "did not find URI escaped octet",
                    (true, true) => "found an incorrect leading UTF-8 octet",
                    (true, false) => "found an incorrect trailing UTF-8 octet",
                };
                return self.error_in_words(words, "the `%` escapes in a tag are not valid UTF-8", self.pos);
            }
            decoded.push(octet);
            self.pos += 3;
            left -= 1;
            first = false;
        }
        Ok(())
    }

    /// Scans `%YAML` or `%TAG` to the end of the line; returns the end of the directive itself.
    pub(super) fn scan_directive(&mut self) -> Scan<(Kind, usize)> {
        let start = self.pos;
        self.pos += 1;
        let name = self.scan_word();
        if name.is_empty() || !is_blank_or_end(self.bytes, self.pos) {
            let words = match name {
                "" => "could not find expected directive name",
                _ => "found unexpected non-alphabetical character",
            };
            return self.error_in_words(words, "expected the name of a directive after `%`", start);
        }
        let kind = match name {
            "YAML" => self.scan_version()?,
            "TAG" => self.scan_tag_directive()?,
            _ => return self.error(format!("unknown directive `%{name}`"), start),
        };
        let end = self.pos;
        self.skip_blanks();
        if at(self.bytes, self.pos) == b'#' {
            self.pos = line_end(self.bytes, self.pos);
        }
        let len = break_len(self.bytes, self.pos);
        if len == 0 && self.pos < self.bytes.len() {
            return self.error("expected the end of the line after a directive", self.pos);
        }
        if len > 0 {
            self.skip_break(len);
        }
        Ok((kind, end))
    }

    fn skip_blanks(&mut self) {
        while is_blank(at(self.bytes, self.pos)) {
            self.pos += 1;
        }
    }

    fn scan_version(&mut self) -> Scan<Kind> {
        self.skip_blanks();
        let major = self.scan_version_number()?;
        if at(self.bytes, self.pos) != b'.' {
            let words = "did not find expected digit or '.' character";
            return self.error_in_words(words, "expected a version such as `1.1` after `%YAML`", self.pos);
        }
        self.pos += 1;
        Ok(Kind::Version(major, self.scan_version_number()?))
    }

    /// Scans one or two digits.
    fn scan_version_number(&mut self) -> Scan<u8> {
        let start = self.pos;
        while at(self.bytes, self.pos).is_ascii_digit() {
            self.pos += 1;
        }
        match self.text[start..self.pos].parse() {
            Ok(number) if self.pos - start <= 2 => Ok(number),
            found => {
                let words = match found {
                    Err(_) if self.pos == start => "did not find expected version number",
                    _ => "found extremely long version number",
                };
                self.error_in_words(words, "expected a version such as `1.1` after `%YAML`", start)
            }
        }
    }

    fn scan_tag_directive(&mut self) -> Scan<Kind> {
        self.skip_blanks();
        let handle_start = self.pos;
        let handle = if at(self.bytes, self.pos) == b'!' { self.scan_handle() } else { "" };
        if !handle.ends_with('!') || !is_blank(at(self.bytes, self.pos)) {
            let words = if handle.ends_with('!') { "did not find expected whitespace" } else { "did not find expected '!'" };
            return self.error_in_words(words, "expected a handle such as `!name!` after `%TAG`", handle_start);
        }
        self.skip_blanks();
        let prefix = self.scan_uri(self.pos)?;
        if !chars::is_blank_or_end(self.bytes, self.pos) {
            return self.error("expected whitespace or the end of the line after the prefix of a tag", self.pos);
        }
        self.tags.push_back((handle, prefix));
        Ok(Kind::TagDirective)
    }
}
