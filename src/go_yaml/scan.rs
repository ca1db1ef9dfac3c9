//! The scanner: text to tokens, with the comments between them. Behavior: go-yaml v3's `scannerc.go`.

use std::cell::Cell;
use std::collections::HashMap;

use super::token::{Comment, Failure, Mark, ScalarStyle, Scan, Token, TokenKind};

/// A token that is a key if a `:` follows in time.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PossibleKey {
    pub(super) possible: bool,
    /// Whether only a key is allowed at this position.
    pub(super) required: bool,
    /// The token's number in the stream.
    pub(super) token: usize,
    pub(super) mark: Mark,
}

/// Splits a text into tokens.
#[derive(Debug)]
pub(super) struct Scanner {
    pub(super) chars: Vec<char>,
    /// What is wrong with the characters after these.
    fault: Option<&'static str>,
    meets_fault: Cell<bool>,
    pub(super) mark: Mark,
    /// The number of line breaks since the last character that is not blank.
    pub(super) newlines: isize,
    /// All tokens so far; those before `head` are taken.
    pub(super) tokens: Vec<Token>,
    pub(super) head: usize,
    available: bool,
    started: bool,
    pub(super) comments: Vec<Comment>,
    /// The column of the innermost block collection; -1 outside of all.
    pub(super) indent: isize,
    pub(super) indents: Vec<isize>,
    pub(super) flow_level: usize,
    /// Whether a key may begin at this position.
    pub(super) key_allowed: bool,
    /// The possible key of the block context and of each open flow collection.
    pub(super) keys: Vec<PossibleKey>,
    pub(super) keys_by_token: HashMap<usize, usize>,
}

impl Scanner {
    /// Starts at the beginning of a text, which ends in something that is not allowed if there is a `fault`.
    pub(super) fn new(text: &str, fault: Option<&'static str>) -> Self {
        Scanner {
            fault,
            meets_fault: Cell::new(false),
            chars: text.strip_prefix('\u{feff}').unwrap_or(text).chars().collect(),
            mark: Mark::default(),
            newlines: 0,
            tokens: Vec::new(),
            head: 0,
            available: false,
            started: false,
            comments: Vec::new(),
            indent: -1,
            indents: Vec::new(),
            flow_level: 0,
            key_allowed: true,
            keys: vec![PossibleKey::default()],
            keys_by_token: HashMap::new(),
        }
    }

    /// Makes sure that the next token is known, and that no key can be inserted before it.
    pub(super) fn peek(&mut self) -> Scan<&Token> {
        while !self.available {
            // Two more tokens are needed to know which token a comment belongs to.
            if self.head + 2 < self.tokens.len() {
                let key = self.keys_by_token.get(&self.head).copied();
                match key {
                    Some(key) if self.key_is_valid(key)? => {}
                    _ => {
                        self.available = true;
                        break;
                    }
                }
            }
            let fetched = self.fetch();
            if let Some(fault) = self.fault.filter(|_| self.meets_fault.get()) {
                return Err(Box::new(Failure { of_scanner: false, context_line: 0, problem_line: 0, problem: fault.to_owned() }));
            }
            fetched?;
        }
        Ok(&self.tokens[self.head.min(self.tokens.len() - 1)])
    }

    /// Takes the token that was peeked at.
    pub(super) fn skip_token(&mut self) {
        self.available = false;
        self.head += 1;
    }

    /// The character at an offset from here; NUL past the end.
    pub(super) fn at(&self, offset: usize) -> char {
        let found = self.chars.get(self.mark.index as usize + offset).copied();
        if found.is_none() {
            self.meets_fault.set(self.fault.is_some());
        }
        found.unwrap_or('\0')
    }

    /// Skips one character.
    pub(super) fn skip(&mut self) {
        if !is_blank(self.at(0)) {
            self.newlines = 0;
        }
        self.mark.index += 1;
        self.mark.column += 1;
    }

    /// Skips one character of a text and adds it.
    pub(super) fn read(&mut self, text: &mut String) {
        text.push(self.at(0));
        self.skip();
    }

    /// Skips a line break.
    pub(super) fn skip_line(&mut self) {
        let len = match (self.at(0), self.at(1)) {
            ('\r', '\n') => 2,
            (c, _) if is_break(c) => 1,
            _ => return,
        };
        self.mark = Mark { index: self.mark.index + len, line: self.mark.line + 1, column: 0 };
        self.newlines += 1;
    }

    /// Skips a line break and adds what it is read as.
    pub(super) fn read_line(&mut self, text: &mut String) {
        match self.at(0) {
            c @ ('\u{2028}' | '\u{2029}') => text.push(c),
            c if is_break(c) => text.push('\n'),
            _ => return,
        }
        self.skip_line();
    }

    /// An error of the scanner at this position.
    pub(super) fn fail<T>(&self, context: Mark, problem: impl Into<String>) -> Scan<T> {
        Err(Box::new(Failure {
            of_scanner: true,
            context_line: context.line,
            problem_line: self.mark.line,
            problem: problem.into(),
        }))
    }

    fn fetch(&mut self) -> Scan {
        if !self.started {
            self.started = true;
            self.push(TokenKind::StreamStart, self.mark);
            return Ok(());
        }
        let scan = self.mark;
        self.skip_to_token();
        self.unroll(self.mark.column, scan);
        let c = self.at(0);
        if c == '\0' {
            return self.fetch_stream_end();
        }
        if self.mark.column == 0 {
            if c == '%' {
                return self.fetch_directive();
            }
            if let Some(kind) = self.document_indicator() {
                return self.fetch_document_indicator(kind);
            }
        }
        let separates = if self.flow_level == 0 { c == ':' } else { c == ',' };
        let of = match self.tokens.last() {
            Some(last) if separates => last.start,
            _ => self.mark,
        };
        self.fetch_content(c)?;
        // A comment behind `-` belongs to what follows.
        if self.tokens.last().is_none_or(|last| last.kind != TokenKind::BlockEntry) {
            self.scan_line_comment(of);
        }
        Ok(())
    }

    fn fetch_content(&mut self, c: char) -> Scan {
        let flow = self.flow_level > 0;
        let before_space = is_blank_or_end(self.at(1));
        match c {
            '[' => self.fetch_flow_start(TokenKind::FlowSequenceStart),
            '{' => self.fetch_flow_start(TokenKind::FlowMappingStart),
            ']' => self.fetch_flow_end(TokenKind::FlowSequenceEnd),
            '}' => self.fetch_flow_end(TokenKind::FlowMappingEnd),
            ',' => {
                self.remove_key()?;
                self.key_allowed = true;
                self.push_indicator(TokenKind::FlowEntry);
                Ok(())
            }
            '-' if before_space => self.fetch_block_entry(),
            '?' if flow || before_space => self.fetch_key(),
            ':' if flow || before_space => self.fetch_value(),
            '*' => self.fetch_keyable(|scanner| scanner.scan_anchor(TokenKind::Alias)),
            '&' => self.fetch_keyable(|scanner| scanner.scan_anchor(TokenKind::Anchor)),
            '!' => self.fetch_keyable(Self::scan_tag),
            '|' if !flow => self.fetch_block_scalar(ScalarStyle::Literal),
            '>' if !flow => self.fetch_block_scalar(ScalarStyle::Folded),
            '\'' => self.fetch_keyable(|scanner| scanner.scan_quoted(ScalarStyle::SingleQuoted)),
            '"' => self.fetch_keyable(|scanner| scanner.scan_quoted(ScalarStyle::DoubleQuoted)),
            '-' if !is_blank(self.at(1)) => self.fetch_keyable(Self::scan_plain),
            '?' | ':' if !flow && !before_space => self.fetch_keyable(Self::scan_plain),
            '-' | '?' | ':' | '#' | '|' | '>' | '%' | '@' | '`' | '\t' => {
                self.fail(self.mark, "found character that cannot start any token")
            }
            _ => self.fetch_keyable(Self::scan_plain),
        }
    }

    /// `---` or `...` as a word of its own; the caller makes sure that it is the start of a line.
    pub(super) fn document_indicator(&self) -> Option<TokenKind> {
        let kind = match [self.at(0), self.at(1), self.at(2)] {
            ['-', '-', '-'] => TokenKind::DocumentStart,
            ['.', '.', '.'] => TokenKind::DocumentEnd,
            _ => return None,
        };
        is_blank_or_end(self.at(3)).then_some(kind)
    }

    pub(super) fn push(&mut self, kind: TokenKind, start: Mark) {
        self.tokens.push(Token::new(kind, start));
    }

    /// Adds an indicator of one character.
    pub(super) fn push_indicator(&mut self, kind: TokenKind) {
        let start = self.mark;
        self.skip();
        self.push(kind, start);
    }

    fn fetch_stream_end(&mut self) -> Scan {
        if self.mark.column != 0 {
            self.mark.column = 0;
            self.mark.line += 1;
        }
        self.unroll(-1, self.mark);
        self.remove_key()?;
        self.key_allowed = false;
        self.push(TokenKind::StreamEnd, self.mark);
        Ok(())
    }

    fn fetch_directive(&mut self) -> Scan {
        self.unroll(-1, self.mark);
        self.remove_key()?;
        self.key_allowed = false;
        let token = self.scan_directive()?;
        self.tokens.push(token);
        Ok(())
    }

    fn fetch_document_indicator(&mut self, kind: TokenKind) -> Scan {
        self.unroll(-1, self.mark);
        self.remove_key()?;
        self.key_allowed = false;
        let start = self.mark;
        (0..3).for_each(|_| self.skip());
        self.push(kind, start);
        Ok(())
    }

    /// Scans what may be a key; no key may follow on the same line.
    fn fetch_keyable(&mut self, scan: impl FnOnce(&mut Self) -> Scan<Token>) -> Scan {
        self.save_key()?;
        self.key_allowed = false;
        let token = scan(self)?;
        self.tokens.push(token);
        Ok(())
    }

    fn fetch_block_scalar(&mut self, style: ScalarStyle) -> Scan {
        self.remove_key()?;
        self.key_allowed = true;
        let token = self.scan_block_scalar(style)?;
        self.tokens.push(token);
        Ok(())
    }
}

/// Whether a character is a line break.
pub(super) fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether a character is a space or a tab.
pub(super) fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

/// Whether a character is a line break or the end.
pub(super) fn is_break_or_end(c: char) -> bool {
    c == '\0' || is_break(c)
}

/// Whether a character is a space, a tab, a line break or the end.
pub(super) fn is_blank_or_end(c: char) -> bool {
    is_blank(c) || is_break_or_end(c)
}

/// Whether a character may be part of a name.
pub(super) fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}
