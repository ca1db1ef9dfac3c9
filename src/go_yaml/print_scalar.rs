//! Writes scalars in each style. Lines are never folded: kyaml's printer has no maximum width.

use super::analysis::is_printable;
use super::print::Printer;
use super::scan::{is_blank, is_blank_or_end, is_break};
use super::token::ScalarStyle;

impl Printer {
    pub(super) fn write_scalar(&mut self, text: &str, style: ScalarStyle) {
        match style {
            ScalarStyle::Plain => self.write_plain(text),
            ScalarStyle::SingleQuoted => self.write_single_quoted(text),
            ScalarStyle::DoubleQuoted => self.write_double_quoted(text),
            ScalarStyle::Literal => self.write_literal(text),
            ScalarStyle::Folded => self.write_folded(text),
        }
    }

    fn write_plain(&mut self, text: &str) {
        if !text.is_empty() {
            if !self.whitespace {
                self.put(' ');
            }
            self.write_lines(text, false);
            self.whitespace = false;
        }
        self.indention = false;
    }

    fn write_single_quoted(&mut self, text: &str) {
        self.write_indicator("'", true, false, false);
        self.write_lines(text, true);
        self.write_indicator("'", false, false, false);
        self.whitespace = false;
        self.indention = false;
    }

    /// Writes plain or single-quoted text, in which one line break is read as a space.
    fn write_lines(&mut self, text: &str, quoted: bool) {
        let mut breaks = false;
        for c in text.chars() {
            if is_break(c) {
                if !breaks && c == '\n' {
                    self.put_break();
                }
                self.write_break(c);
                breaks = true;
            } else if c == ' ' {
                self.put(c);
            } else {
                if breaks {
                    self.write_indent();
                }
                if quoted && c == '\'' {
                    self.put(c);
                }
                self.put(c);
                self.indention = false;
                breaks = false;
            }
        }
    }

    fn write_double_quoted(&mut self, text: &str) {
        self.write_indicator("\"", true, false, false);
        // go-yaml looks for the mark at the beginning only, but for every character.
        let escapes_all = text.starts_with('\u{feff}');
        for c in text.chars() {
            if escapes_all || !is_printable(c) || is_break(c) || matches!(c, '"' | '\\') {
                self.write_escape(c);
            } else {
                self.put(c);
            }
        }
        self.write_indicator("\"", false, false, false);
        self.whitespace = false;
        self.indention = false;
    }

    fn write_escape(&mut self, c: char) {
        self.put('\\');
        match c {
            '\0' => self.put('0'),
            '\x07' => self.put('a'),
            '\x08' => self.put('b'),
            '\t' => self.put('t'),
            '\n' => self.put('n'),
            '\x0b' => self.put('v'),
            '\x0c' => self.put('f'),
            '\r' => self.put('r'),
            '\x1b' => self.put('e'),
            '"' | '\\' => self.put(c),
            '\u{85}' => self.put('N'),
            '\u{a0}' => self.put('_'),
            '\u{2028}' => self.put('L'),
            '\u{2029}' => self.put('P'),
            _ => self.write_all(&match c as u32 {
                code @ 0..=0xff => format!("x{code:02X}"),
                code @ 0x100..=0xffff => format!("u{code:04X}"),
                code => format!("U{code:08X}"),
            }),
        }
    }

    /// Writes what follows `|` or `>`: the indentation if the text begins with whitespace, and how it ends.
    fn write_block_hints(&mut self, text: &str) {
        if text.starts_with(|c| c == ' ' || is_break(c)) {
            self.write_indicator("2", false, false, false);
        }
        let mut last = text.chars().rev();
        let ends = last.next().is_some_and(is_break);
        if !ends {
            self.write_indicator("-", false, false, false);
        } else if last.next().is_none_or(is_break) {
            self.write_indicator("+", false, false, false);
        }
        self.write_line_comment(true);
        self.whitespace = true;
    }

    fn write_literal(&mut self, text: &str) {
        self.write_indicator("|", true, false, false);
        self.write_block_hints(text);
        let mut breaks = true;
        for c in text.chars() {
            if is_break(c) {
                self.write_break(c);
                breaks = true;
                continue;
            }
            if breaks {
                self.write_indent();
            }
            self.put(c);
            self.indention = false;
            breaks = false;
        }
    }

    fn write_folded(&mut self, text: &str) {
        self.write_indicator(">", true, false, false);
        self.write_block_hints(text);
        // go-yaml looks at the beginning of the text for what follows the line breaks.
        let start = text.chars().find(|&c| !is_break(c)).unwrap_or('\0');
        let doubles = !is_blank_or_end(start);
        let (mut breaks, mut leading_spaces) = (true, true);
        for c in text.chars() {
            if is_break(c) {
                if !breaks && !leading_spaces && c == '\n' && doubles {
                    self.put_break();
                }
                self.write_break(c);
                breaks = true;
                continue;
            }
            if breaks {
                self.write_indent();
                leading_spaces = is_blank(c);
            }
            self.put(c);
            self.indention = false;
            breaks = false;
        }
    }
}
