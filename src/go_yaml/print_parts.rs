//! What the printer writes: characters, indentation, indicators, tags, and comments.

use super::print::Printer;
use super::scan::is_break;

impl Printer {
    pub(super) fn write_tag(&mut self) {
        let (handle, rest) = std::mem::take(&mut self.tag);
        if handle.is_empty() && rest.is_empty() {
            return;
        }
        if !handle.is_empty() {
            if !self.whitespace {
                self.put(' ');
            }
            self.write_all(&handle);
            self.write_tag_content(&rest);
        } else {
            self.write_indicator("!<", true, false, false);
            self.write_tag_content(&rest);
            self.write_indicator(">", false, false, false);
        }
        self.whitespace = false;
        self.indention = false;
    }

    pub(super) fn write_tag_content(&mut self, text: &str) {
        for c in text.chars() {
            if c.is_ascii_alphanumeric() || "_-;/?:@&=+$,.~*'()[]".contains(c) {
                self.put(c);
            } else {
                let mut buffer = [0; 4];
                for byte in c.encode_utf8(&mut buffer).bytes() {
                    self.write_all(&format!("%{byte:02X}"));
                }
            }
        }
    }

    pub(super) fn put(&mut self, c: char) {
        self.out.push(c);
        self.column += 1;
    }

    pub(super) fn put_break(&mut self) {
        self.out.push('\n');
        self.column = 0;
        self.indention = true;
    }

    /// Writes a line break of a text.
    pub(super) fn write_break(&mut self, c: char) {
        self.out.push(c);
        self.column = 0;
        self.indention = true;
    }

    pub(super) fn write_all(&mut self, text: &str) {
        text.chars().for_each(|c| self.put(c));
    }

    pub(super) fn write_indent(&mut self) {
        let indent = self.indent.max(0);
        if !self.indention || self.column > indent || self.column == indent && !self.whitespace {
            self.put_break();
        }
        if self.foot_indent == indent {
            self.put_break();
        }
        while self.column < indent {
            self.put(' ');
        }
        self.whitespace = true;
        self.foot_indent = -1;
    }

    pub(super) fn write_indicator(&mut self, indicator: &str, need_whitespace: bool, is_whitespace: bool, is_indention: bool) {
        if need_whitespace && !self.whitespace {
            self.put(' ');
        }
        self.write_all(indicator);
        self.whitespace = is_whitespace;
        self.indention = self.indention && is_indention;
    }

    pub(super) fn write_head_comment(&mut self) {
        if !self.tail_comment.is_empty() {
            self.write_indent();
            let comment = std::mem::take(&mut self.tail_comment);
            self.write_comment(&comment);
            self.foot_indent = self.indent.max(0);
        }
        if !self.head_comment.is_empty() {
            self.write_indent();
            let comment = std::mem::take(&mut self.head_comment);
            self.write_comment(&comment);
        }
    }

    /// Writes the comment behind a value; with `line_break`, at least the end of the line.
    pub(super) fn write_line_comment(&mut self, line_break: bool) {
        if self.line_comment.is_empty() {
            if line_break {
                self.put_break();
            }
            return;
        }
        if !self.whitespace {
            self.put(' ');
        }
        let comment = std::mem::take(&mut self.line_comment);
        self.write_comment(&comment);
    }

    pub(super) fn write_foot_comment(&mut self) {
        if !self.foot_comment.is_empty() {
            self.write_indent();
            let comment = std::mem::take(&mut self.foot_comment);
            self.write_comment(&comment);
            self.foot_indent = self.indent.max(0);
        }
    }

    pub(super) fn write_comment(&mut self, comment: &str) {
        let (mut breaks, mut pound) = (false, false);
        for c in comment.chars() {
            if is_break(c) {
                self.write_break(c);
                (breaks, pound) = (true, false);
                continue;
            }
            if breaks {
                self.write_indent();
            }
            if !pound && c != '#' {
                self.write_all("# ");
            }
            pound = true;
            self.put(c);
            self.indention = false;
            breaks = false;
        }
        if !breaks {
            self.put_break();
        }
        self.whitespace = true;
    }
}
