//! How kustomize writes a string: the style it uses, and the text in that style.
//!
//! Follows the emitter of go-yaml v2, which derives from libyaml, with its width of 80 columns and its rules for printable
//! characters: nothing beyond U+FFFF is printable, and a string that begins with U+FEFF is escaped character by character.

use std::borrow::Cow;
use std::fmt::Write;

use super::scalar::needs_quotes;

const SPACE: u8 = 1;
const NEWLINE: u8 = 2;
/// Control characters and characters beyond U+FFFF: only allowed in double quotes.
const SPECIAL: u8 = 4;
/// First bytes of characters that may be unprintable or line breaks.
const ODD: u8 = 8;
const COLON: u8 = 16;
const HASH: u8 = 32;
const DIGIT: u8 = 64;
/// Characters that take two columns in one of the quoted styles.
const ESCAPED: u8 = 128;

/// The effect of a single byte on the string that contains it.
const CLASS: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'\n' => NEWLINE,
            0x7f => SPECIAL | ODD,
            0..0x20 | 0xf0.. => SPECIAL,
            b' ' => SPACE,
            b':' => COLON,
            b'#' => HASH,
            b'0'..=b'9' => DIGIT,
            b'"' | b'\'' | b'\\' => ESCAPED,
            0xc2 | 0xe2 | 0xef => ODD,
            _ => 0,
        };
        byte += 1;
    }
    table
};

/// U+0085: a line break in YAML 1.1 and an ordinary character in JSON.
const NEXT_LINE: char = '\u{85}';

/// The column after which a line is folded at the next space.
const WIDTH: usize = 80;

/// Longer keys are written `? key`, on a line of their own.
pub(super) const SIMPLE_KEY: usize = 128;

/// The properties of a string, collected from all its bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Traits(u8);

/// A character that kustomize cannot print, because its JSON reader rejects it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refused(pub char);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    Plain,
    Single,
    Double,
    Literal,
}

impl Traits {
    /// Collects the properties of a string.
    #[inline]
    pub fn of(text: &str) -> Self {
        Traits(text.bytes().fold(0, |flags, byte| flags | CLASS[usize::from(byte)]))
    }

    /// Whether it contains a digit: only then a key can be part of a cycle in the order of keys.
    #[inline]
    pub fn has_digit(self) -> bool {
        self.0 & DIGIT != 0
    }

    /// Whether the string contains a line break, including those of Unicode.
    #[inline]
    pub fn has_break(self, text: &str) -> bool {
        self.any(NEWLINE) || self.any(SPECIAL) && text.contains('\r') || self.any(ODD) && text.contains(is_wide_break)
    }

    /// Whether it contains U+0085, which is lost in keys.
    #[inline]
    pub fn has_next_line(self, text: &str) -> bool {
        self.any(ODD) && text.contains(NEXT_LINE)
    }

    /// The string after kustomize's conversion to JSON and back, or the character that it rejects.
    #[inline]
    pub fn through_json(self, text: &str) -> Result<Cow<'_, str>, Refused> {
        if !self.any(ODD) {
            return Ok(Cow::Borrowed(text));
        }
        match text.chars().find(|&c| is_rejected(c)) {
            Some(c) => Err(Refused(c)),
            None if !text.contains(NEXT_LINE) => Ok(Cow::Borrowed(text)),
            None if has_document_marker(text) => Err(Refused(NEXT_LINE)),
            None => Ok(Cow::Owned(fold_next_lines(text))),
        }
    }

    /// Whether the string is written as it is if it is a key.
    pub fn is_simple_key(self, text: &str) -> bool {
        text.len() <= SIMPLE_KEY && !self.any(ODD | SPECIAL | NEWLINE) && self.style(text) == Style::Plain
    }

    #[inline]
    fn any(self, flags: u8) -> bool {
        self.0 & flags != 0
    }

    #[inline]
    fn style(self, text: &str) -> Style {
        let (special, wide_break) = match self.any(ODD) {
            true => (self.any(SPECIAL) || text.contains(is_odd), text.contains(is_wide_break)),
            false => (self.any(SPECIAL), false),
        };
        let space_break =
            || text.split_inclusive('\n').any(|line| line.ends_with(" \n")) || wide_break && has_space_before_wide_break(text);
        if self.any(NEWLINE) {
            return if special || text.ends_with(' ') || space_break() { Style::Double } else { Style::Literal };
        }
        if special || needs_quotes(text) || wide_break && (space_break() || has_space_after_wide_break(text)) {
            return Style::Double;
        }
        if wide_break || !self.allows_plain(text) { Style::Single } else { Style::Plain }
    }

    /// Whether a text without line breaks would be read as one string if it were not quoted.
    fn allows_plain(self, text: &str) -> bool {
        let bytes = text.as_bytes();
        let Some(first) = bytes.first() else { return false };
        let refused = match first {
            b'#' | b',' | b'[' | b']' | b'{' | b'}' | b'&' | b'*' | b'!' | b'|' | b'>' | b'\'' | b'"' | b'%' | b'@' | b'`'
            | b' ' => true,
            b'?' | b':' => matches!(bytes.get(1), None | Some(b' ')),
            b'-' => matches!(bytes.get(1), None | Some(b' ')) || text.starts_with("---"),
            b'.' => text.starts_with("..."),
            _ => false,
        };
        let has_pair = |pair: &[u8; 2]| self.any(SPACE) && bytes.windows(2).any(|window| window == pair);
        !(refused
            || matches!(bytes.last(), Some(b' ' | b':'))
            || self.any(COLON) && has_pair(b": ")
            || self.any(HASH) && has_pair(b" #"))
    }
}

/// Whether a string is written without quotes, on one line.
pub(super) fn is_plain(text: &str) -> bool {
    Traits::of(text).style(text) == Style::Plain
}

/// A string in double quotes, on one line.
pub(super) fn in_double_quotes(text: &str) -> String {
    let mut out = String::new();
    Writer { out: &mut out, line_start: 0 }.double_quoted(text, 0, false);
    out
}

/// The line separator and the paragraph separator: line breaks in YAML 1.1.
fn is_wide_break(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}')
}

/// Unprintable characters that begin with a byte of class [`ODD`].
fn is_odd(c: char) -> bool {
    matches!(c, '\u{7f}'..='\u{9f}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Characters that the reader of go-yaml v2 rejects; those below U+0020 are escaped in JSON and therefore accepted.
fn is_rejected(c: char) -> bool {
    c != NEXT_LINE && c != '\u{feff}' && is_odd(c)
}

fn has_space_before_wide_break(text: &str) -> bool {
    text.contains(" \u{2028}") || text.contains(" \u{2029}")
}

fn has_space_after_wide_break(text: &str) -> bool {
    text.contains("\u{2028} ") || text.contains("\u{2029} ")
}

/// Whether a line of the JSON text would end its document.
fn has_document_marker(text: &str) -> bool {
    text.match_indices(NEXT_LINE).any(|(at, line_break)| {
        let line = &text[at + line_break.len()..];
        let rest = line.strip_prefix("---").or_else(|| line.strip_prefix("..."));
        rest.is_some_and(|rest| rest.starts_with([' ', NEXT_LINE]))
    })
}

/// U+0085 is not escaped in JSON and is then read as the line break of a folded text: a single one becomes a space, several
/// become one line break fewer, and the spaces around them are lost.
fn fold_next_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(NEXT_LINE) {
        out.push_str(rest[..at].trim_end_matches(' '));
        let after = rest[at..].trim_start_matches([NEXT_LINE, ' ']);
        match rest[at..rest.len() - after.len()].matches(NEXT_LINE).count() {
            1 => out.push(' '),
            count => out.extend(std::iter::repeat_n('\n', count - 1)),
        }
        rest = after;
    }
    out + rest
}

/// Writes strings to a text; `line_start` is the offset of its last line.
pub(super) struct Writer<'a> {
    pub out: &'a mut String,
    pub line_start: usize,
}

impl Writer<'_> {
    /// Begins a new line with `indent` spaces.
    #[inline]
    pub fn new_line(&mut self, indent: usize) {
        self.out.push('\n');
        self.line_start = self.out.len();
        self.spaces(indent);
    }

    /// Writes `count` spaces.
    #[inline]
    pub fn spaces(&mut self, mut count: usize) {
        const SPACES: &str = "                                                                ";
        while count > SPACES.len() {
            self.out.push_str(SPACES);
            count -= SPACES.len();
        }
        self.out.push_str(&SPACES[..count]);
    }

    /// Writes a string, its further lines with `indent` spaces; `folds` is false for simple keys. Afterward the line is still
    /// open, except after a block that ends with a line break: then it returns false.
    #[inline]
    pub fn string(&mut self, text: &str, traits: Traits, indent: usize, folds: bool) -> bool {
        let fits = || self.out.len() - self.line_start + text.len() < WIDTH && !traits.any(ESCAPED | SPECIAL | NEWLINE | ODD);
        let folds = folds && traits.any(SPACE) && !fits();
        match traits.style(text) {
            Style::Plain if !folds => self.out.push_str(text),
            Style::Plain => self.folded(text, indent, true, false),
            Style::Single if !folds && !traits.any(ODD) => self.single_quoted(text),
            Style::Single => {
                self.out.push('\'');
                self.folded(text, indent, folds, true);
                self.out.push('\'');
            }
            Style::Double if !folds && !traits.any(SPECIAL | ODD | ESCAPED | NEWLINE) => {
                self.out.push('"');
                self.out.push_str(text);
                self.out.push('"');
            }
            Style::Double => self.double_quoted(text, indent, folds),
            Style::Literal => return self.literal(text, indent, traits),
        }
        true
    }

    fn column(&self) -> usize {
        self.out[self.line_start..].chars().count()
    }

    fn single_quoted(&mut self, text: &str) {
        self.out.push('\'');
        for (at, part) in text.split('\'').enumerate() {
            if at > 0 {
                self.out.push_str("''");
            }
            self.out.push_str(part);
        }
        self.out.push('\'');
    }

    /// A plain or single-quoted string that may have to be folded, or that contains a wide line break.
    fn folded(&mut self, text: &str, indent: usize, folds: bool, quoted: bool) {
        let mut column = self.column();
        let (mut after_space, mut after_break) = (false, false);
        let mut chars = text.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let next_is_space = matches!(chars.peek(), Some((_, ' ')) | None);
            if c == ' ' && folds && !after_space && column > WIDTH && at > 0 && !next_is_space {
                self.new_line(indent);
                column = indent;
                after_space = true;
                continue;
            }
            if after_break && !is_wide_break(c) && c != ' ' {
                self.spaces(indent);
                column = indent;
            }
            if c == '\'' && quoted {
                self.out.push('\'');
                column += 1;
            }
            self.out.push(c);
            column += 1;
            after_space = c == ' ';
            after_break = is_wide_break(c);
            if after_break {
                column = 0;
                self.line_start = self.out.len();
            }
        }
    }

    fn double_quoted(&mut self, text: &str, indent: usize, folds: bool) {
        self.out.push('"');
        let escape_all = text.starts_with('\u{feff}');
        let mut column = if folds { self.column() } else { 0 };
        let mut after_space = false;
        let mut chars = text.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let next = chars.peek().map(|&(_, next)| next);
            if escape_all || must_escape(c) {
                let start = self.out.len();
                self.escape(c);
                column += self.out.len() - start;
                after_space = false;
            } else if c == ' ' && folds && !after_space && column > WIDTH && at > 0 && next.is_some() {
                self.new_line(indent);
                column = indent;
                if next == Some(' ') {
                    self.out.push('\\');
                    column += 1;
                }
                after_space = true;
            } else {
                self.out.push(c);
                column += 1;
                after_space = c == ' ';
            }
        }
        self.out.push('"');
    }

    fn escape(&mut self, c: char) {
        let letter = match c {
            '\0' => '0',
            '\x07' => 'a',
            '\x08' => 'b',
            '\t' => 't',
            '\n' => 'n',
            '\x0b' => 'v',
            '\x0c' => 'f',
            '\r' => 'r',
            '\x1b' => 'e',
            '"' | '\\' => c,
            NEXT_LINE => 'N',
            '\u{a0}' => '_',
            '\u{2028}' => 'L',
            '\u{2029}' => 'P',
            _ => {
                let (prefix, width) = match c as u32 {
                    0..=0xff => ('x', 2),
                    0x100..=0xffff => ('u', 4),
                    _ => ('U', 8),
                };
                _ = write!(self.out, "\\{prefix}{:0width$X}", c as u32);
                return;
            }
        };
        self.out.push('\\');
        self.out.push(letter);
    }

    /// A block scalar; returns whether its last line is still open.
    fn literal(&mut self, text: &str, indent: usize, traits: Traits) -> bool {
        let is_break = |c: char| c == '\n' || is_wide_break(c);
        self.out.push('|');
        if text.starts_with(|c| c == ' ' || is_break(c)) {
            self.out.push('2');
        }
        let mut last = text.chars().rev();
        match (last.next().is_some_and(is_break), last.next().is_none_or(is_break)) {
            (false, _) => self.out.push('-'),
            (true, true) => self.out.push('+'),
            (true, false) => {}
        }
        self.out.push('\n');
        let wide = traits.any(ODD) && text.contains(is_wide_break);
        let line_end = |rest: &str| match wide {
            true => rest.find(is_break).map(|at| at + rest[at..].chars().next().map_or(1, char::len_utf8)),
            false => rest.bytes().position(|byte| byte == b'\n').map(|at| at + 1),
        };
        let mut rest = text;
        while !rest.is_empty() {
            let (line, after) = rest.split_at(line_end(rest).unwrap_or(rest.len()));
            if !line.starts_with(is_break) {
                self.spaces(indent);
            }
            self.out.push_str(line);
            rest = after;
        }
        self.line_start = self.out.len();
        !text.ends_with(is_break)
    }
}

pub(super) fn must_escape(c: char) -> bool {
    match c {
        ' '..='~' => matches!(c, '"' | '\\'),
        '\u{a0}'..='\u{ffff}' => is_odd(c) || is_wide_break(c),
        _ => true,
    }
}
