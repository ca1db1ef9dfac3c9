//! The lines of a text: where they begin and end, and which of them are empty or comments.

/// A text whose last line ends with a line break.
pub struct Lines<'t> {
    /// The text.
    pub text: &'t str,
}

const MARK: char = '\u{feff}';

impl<'t> Lines<'t> {
    /// Where the line of a byte begins, after a byte order mark.
    pub fn start(&self, at: usize) -> usize {
        match self.text[..at].rfind('\n') {
            Some(line_break) => line_break + 1,
            None if self.text.starts_with(MARK) => MARK.len_utf8().min(at),
            None => 0,
        }
    }

    /// Where the next line begins.
    pub fn end(&self, at: usize) -> usize {
        self.text[at..].find('\n').map_or(self.text.len(), |line_break| at + line_break + 1)
    }

    /// The number of bytes in front of a byte on its line.
    pub fn column(&self, at: usize) -> usize {
        at - self.start(at)
    }

    /// The line that begins at a byte, without its line break.
    pub fn line(&self, start: usize) -> &'t str {
        self.text[start..self.end(start)].trim_end_matches(['\n', '\r'])
    }

    /// The rest of the line after a byte, without its line break.
    pub fn rest(&self, at: usize) -> &'t str {
        self.line(at)
    }

    /// Whether only spaces are in front of a byte on its line.
    pub fn is_first(&self, at: usize) -> bool {
        self.text[self.start(at)..at].bytes().all(|byte| byte == b' ')
    }

    /// Whether the line that begins at a byte exists and is empty.
    pub fn is_blank(&self, start: usize) -> bool {
        start < self.text.len() && self.line(start).trim().is_empty()
    }

    /// Whether the line that begins at a byte is a comment.
    pub fn is_comment(&self, start: usize) -> bool {
        self.line(start).trim_start_matches([' ', '\t']).starts_with('#')
    }

    /// The number of spaces at the beginning of a line.
    pub fn indent(&self, start: usize) -> usize {
        let line = self.line(start);
        line.len() - line.trim_start_matches(' ').len()
    }

    /// Where the line above the line that begins at a byte begins.
    pub fn above(&self, start: usize) -> Option<usize> {
        let own = self.start(start);
        (own > 0 && self.text[..own].ends_with('\n')).then(|| self.start(own - 1))
    }

    /// Where the comments begin that are directly above a line, in the same column.
    pub fn comments_above(&self, start: usize) -> usize {
        let mut first = start;
        while let Some(above) = self.above(first) {
            if !self.is_comment(above) || self.indent(above) != self.indent(start) {
                break;
            }
            first = above;
        }
        first
    }

    /// The end of the comments that are directly below a line end and deeper than a column.
    pub fn deeper_comments(&self, end: usize, column: usize) -> usize {
        let mut at = end;
        while at < self.text.len() && self.is_comment(at) && self.indent(at) > column {
            at = self.end(at);
        }
        at
    }
}
