//! Whitespace and comments between tokens: which token a comment belongs to, and on which side of it.

use super::scan::{Scanner, is_blank, is_break, is_break_or_end};
use super::token::{Comment, Mark, TokenKind};

/// How many blanks and line breaks go-yaml looks beyond for a comment.
const LOOK_AHEAD: usize = 512;

/// The state of a scan of comment lines.
struct Lines {
    scan: Mark,
    token: Mark,
    /// Where the text begins.
    start: Mark,
    text: String,
    /// The line and column that are looked at; both run ahead of the scanner.
    line: isize,
    column: isize,
}

impl Scanner {
    /// Skips whitespace, line breaks and comments.
    pub(super) fn skip_to_token(&mut self) {
        let scan = self.mark;
        loop {
            if self.mark.column == 0 && self.at(0) == '\u{feff}' {
                self.skip();
            }
            while self.at(0) == ' ' || (self.flow_level > 0 || !self.key_allowed) && self.at(0) == '\t' {
                self.skip();
            }
            self.move_comment_of_entry();
            if self.at(0) == '#' {
                self.scan_comments(scan);
            }
            if !is_break(self.at(0)) {
                return;
            }
            self.skip_line();
            if self.flow_level == 0 {
                self.key_allowed = true;
            }
        }
    }

    /// A comment behind the first `-` of a list stands above what follows.
    fn move_comment_of_entry(&mut self) {
        let [.., before, last] = self.tokens.as_slice() else { return };
        let is_first = before.kind == TokenKind::BlockSequenceStart && last.kind == TokenKind::BlockEntry;
        if !is_first || is_break(self.at(0)) {
            return;
        }
        let mark = self.mark;
        if let Some(comment) = self.comments.last_mut().filter(|comment| !comment.line.is_empty()) {
            comment.head = std::mem::take(&mut comment.line);
            if comment.start.line == mark.line - 1 {
                comment.token = mark;
            }
        }
    }

    /// Scans a comment behind a token in its line.
    pub(super) fn scan_line_comment(&mut self, token: Mark) {
        if self.newlines > 0 {
            return;
        }
        let Some(blanks) = (0..LOOK_AHEAD).find(|&peek| !is_blank(self.at(peek))) else { return };
        if self.at(blanks) != '#' {
            return;
        }
        (0..blanks).for_each(|_| self.skip());
        let start = self.mark;
        let mut line = String::new();
        while !is_break_or_end(self.at(0)) {
            self.read(&mut line);
        }
        self.comments.push(Comment { token, start, line, ..Comment::default() });
    }

    /// Scans the comment lines that begin here. Those that an empty line separates from what follows belong to the token
    /// before them.
    fn scan_comments(&mut self, scan: Mark) {
        let Some((kind, token)) = self.token_before() else { return };
        let mut next_indent = self.indent.max(0);
        let mut recent_empty = false;
        let mut first_empty = self.newlines <= 1;
        let mut foot_line = -1;
        if scan.line > 0 {
            let in_line = self.newlines == 0 && self.mark.column > 1;
            foot_line = self.mark.line - self.newlines + 1 + isize::from(in_line);
        }
        let Mark { line, column, .. } = self.mark;
        let mut lines = Lines { scan, token, start: Mark::default(), text: String::new(), line, column };
        let mut peek = 0;
        while peek < LOOK_AHEAD {
            lines.column += 1;
            let c = self.at(peek);
            if is_blank(c) {
                peek += 1;
                continue;
            }
            let here = self.mark.index + peek as isize;
            let closes = self.flow_level > 0 && matches!(c, ']' | '}');
            if closes || is_break_or_end(c) {
                if closes || !recent_empty {
                    let below = lines.start.line == foot_line && kind != TokenKind::Value;
                    let dedented = lines.start.column - 1 < next_indent;
                    if closes || first_empty && (below || dedented) {
                        if dedented && !lines.text.is_empty() {
                            lines.token = lines.start;
                        }
                        self.push_foot(&mut lines, here);
                    } else if !lines.text.is_empty() && c != '\0' {
                        lines.text.push('\n');
                    }
                }
                if !is_break(c) {
                    break;
                }
                first_empty = false;
                recent_empty = true;
                lines.column = 0;
                lines.line += 1;
                peek += 1;
                continue;
            }
            if lines.column - 1 < next_indent && lines.column != lines.start.column {
                self.push_foot(&mut lines, here);
            }
            if c != '#' {
                break;
            }
            match lines.text.is_empty() {
                true => lines.start = Mark { index: here, line: lines.line, column: lines.column },
                false => lines.text.push('\n'),
            }
            recent_empty = false;
            self.read_comment(here, &mut lines.text);
            // The line break after the comment is not looked at: it does not count as an empty line.
            peek = 1;
            lines.column = 0;
            lines.line = self.mark.line;
            next_indent = self.indent.max(0);
        }
        if !lines.text.is_empty() {
            let Lines { scan, start, text, line, column, .. } = lines;
            let end = Mark { index: self.mark.index + peek as isize - 1, line, column };
            self.comments.push(Comment { scan, token: start, start, end, head: text, ..Comment::default() });
        }
    }

    /// The token before the comments: `,` belongs to the one before it.
    fn token_before(&self) -> Option<(TokenKind, Mark)> {
        let last = self.tokens.last()?;
        let token = match self.tokens.as_slice() {
            [.., before, _] if last.kind == TokenKind::FlowEntry => before,
            _ => last,
        };
        Some((token.kind, token.start))
    }

    /// Ends the comment lines so far: they stand below the token before them.
    fn push_foot(&mut self, lines: &mut Lines, here: isize) {
        if lines.text.is_empty() {
            return;
        }
        let end = Mark { index: here, line: lines.line, column: lines.column };
        let Lines { scan, token, start, .. } = *lines;
        let foot = std::mem::take(&mut lines.text);
        self.comments.push(Comment { scan, token, start, end, foot, ..Comment::default() });
        lines.scan = end;
        lines.token = end;
    }

    /// Skips to the comment at an index and adds its line.
    fn read_comment(&mut self, from: isize, text: &mut String) {
        loop {
            let ends = is_break_or_end(self.at(0));
            match self.mark.index >= from {
                true if ends => return,
                true => self.read(text),
                false if ends => self.skip_line(),
                false => self.skip(),
            }
        }
    }
}
