//! Converts a text to tokens: indentation becomes block starts and ends, everything else is split at indicators.
//!
//! Which texts are accepted and which are rejected follows go-yaml v3 (3.0.4), kustomize's parser: YAML 1.1 with its own rules
//! for tabs, simple keys and colons. Positions are byte offsets; a column is the distance from the start of the line, which is
//! exact where columns matter, because only whitespace and indicators can precede a token that opens a block.

use std::borrow::Cow;
use std::collections::VecDeque;

use super::chars::{self, at, is_blank, is_blank_or_end};
use super::queue::{Kind, Queue, Token};
use crate::yaml::event::{Style, SyntaxError};

/// The maximum nesting depth of flow collections, and of block collections.
pub(super) const MAX_DEPTH: usize = 10_000;
/// The maximum number of characters of a key without `?`.
pub(super) const MAX_KEY: usize = 1024;

pub(super) const BOM: &str = "\u{FEFF}";

/// The result of scanning a part.
pub(in crate::yaml) type Scan<T = ()> = Result<T, Box<SyntaxError>>;

/// A token that is a key if a `:` follows in time.
#[derive(Debug, Clone, Copy, Default)]
struct PossibleKey {
    possible: bool,
    /// Whether only a key is allowed at this position.
    required: bool,
    /// The token's number in the stream.
    token: usize,
    /// Whether go-yaml v2 has lost sight of the token: it does not read on for the `:` after an empty collection.
    unlisted: bool,
    offset: usize,
    column: isize,
}

/// The preceding token, where it decides how comments are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Last {
    DocumentStart,
    /// The start of the text, `...`, a directive or `-`.
    Opening,
    /// `?` or a `:`.
    KeyOrValue,
    Other,
}

/// Splits a text into tokens.
#[derive(Debug)]
pub(in crate::yaml) struct Scanner<'a> {
    pub(super) text: &'a str,
    pub(super) bytes: &'a [u8],
    pub(in crate::yaml) pos: usize,
    pub(super) line_start: usize,
    /// Whether the text was cut off before a forbidden character.
    pub(super) cut: bool,
    /// Whether the text is JSON, which has different escapes.
    pub(in crate::yaml) json: bool,
    /// Whether faults are found in the order of go-yaml v2: a missing `:` is not reported as soon as possible, and what
    /// follows the first document is not read.
    pub(in crate::yaml) v2: bool,
    /// Whether usual lines are taken without tokens; see `ahead`.
    pub(in crate::yaml) looks_ahead: bool,
    pub(super) queue: Queue,
    /// The texts of the converted scalars in the queue.
    pub(super) texts: VecDeque<Cow<'a, str>>,
    /// Handle and rest of the tags and `%TAG` directives in the queue.
    pub(super) tags: VecDeque<(&'a str, Cow<'a, str>)>,
    /// The number of tokens that were taken from the queue.
    pub(super) taken: usize,
    pub(super) done: bool,
    /// The column of the innermost block collection; -1 outside of all.
    pub(super) indent: isize,
    pub(super) indents: Vec<isize>,
    /// Whether a key may begin at this position.
    pub(super) key_allowed: bool,
    /// The possible key of the block context and of each open flow collection.
    keys: Vec<PossibleKey>,
    pub(super) last: Last,
}

impl<'a> Scanner<'a> {
    /// Starts at the beginning of a text.
    pub(in crate::yaml) fn new(text: &'a str) -> Self {
        let forbidden = chars::find_forbidden(text.as_bytes());
        let text = &text[..forbidden.unwrap_or(text.len())];
        let start = if text.starts_with(BOM) { BOM.len() } else { 0 };
        Scanner {
            text,
            bytes: text.as_bytes(),
            pos: start,
            line_start: start,
            cut: forbidden.is_some(),
            json: false,
            v2: false,
            looks_ahead: true,
            queue: Queue::default(),
            texts: VecDeque::new(),
            tags: VecDeque::new(),
            taken: 0,
            done: false,
            indent: -1,
            indents: Vec::new(),
            key_allowed: true,
            keys: vec![PossibleKey::default()],
            last: Last::Opening,
        }
    }

    /// The kind of the next token; after the end of the stream, always the end.
    #[inline]
    pub(in crate::yaml) fn peek(&mut self) -> Scan<Kind> {
        Ok(self.peek_token()?.kind)
    }

    /// The next token.
    #[inline]
    pub(in crate::yaml) fn peek_token(&mut self) -> Scan<Token> {
        loop {
            let key_level = match self.queue.front() {
                Some(token) if token.key_level == 0 => return Ok(*token),
                Some(token) if !self.may_be_key(token.key_level) => return Ok(*token),
                front => front.map(|token| token.key_level as usize - 1),
            };
            let needs_colon = match key_level {
                Some(level) => self.key_is_possible(level)?,
                None => true,
            };
            if needs_colon {
                self.fetch()?;
            }
        }
    }

    /// Takes the token that was peeked at.
    #[inline]
    pub(in crate::yaml) fn take(&mut self) -> Token {
        self.taken += 1;
        self.queue.pop().unwrap_or(Token::new(Kind::StreamEnd, self.pos, self.pos))
    }

    /// The text of a scalar that was just taken.
    #[inline]
    pub(in crate::yaml) fn scalar(&mut self, token: Token) -> Cow<'a, str> {
        match token.kind {
            Kind::Scalar(Style::Plain) => Cow::Borrowed(&self.text[token.start..token.end]),
            Kind::Scalar(_) => Cow::Borrowed(&self.text[token.start + 1..token.end - 1]),
            _ => self.texts.pop_front().unwrap_or_default(),
        }
    }

    /// The name of an anchor or alias.
    pub(in crate::yaml) fn name(&self, token: Token) -> &'a str {
        &self.text[token.start + 1..token.end]
    }

    /// The handle and the suffix or prefix of a tag or `%TAG` that was just taken; the handle is empty when the suffix is
    /// the whole tag.
    pub(in crate::yaml) fn tag(&mut self) -> (&'a str, Cow<'a, str>) {
        self.tags.pop_front().unwrap_or_default()
    }

    /// The source of a token.
    pub(in crate::yaml) fn source(&self, token: Token) -> &'a str {
        &self.text[token.start..token.end]
    }

    /// Scans two more tokens, as go-yaml does: an invalid start of the text after the end of a document is an error.
    pub(in crate::yaml) fn look_ahead(&mut self) -> Scan {
        while self.queue.len() < 3 && !self.done {
            self.fetch()?;
        }
        Ok(())
    }

    /// Whether the next token still is the possible key of a flow level (`key_level` is one more): a key would be inserted
    /// before it.
    fn may_be_key(&self, key_level: u32) -> bool {
        self.keys.get(key_level as usize - 1).is_some_and(|key| key.possible && key.token == self.taken && !key.unlisted)
    }

    /// Puts the next token, and the block ends before it, into the queue.
    fn fetch(&mut self) -> Scan {
        self.skip_to_token();
        let column = self.column();
        self.close_blocks(column);
        let byte = at(self.bytes, self.pos);
        if column == 0 && matches!(byte, b'%' | b'-' | b'.') {
            if byte == b'%' {
                return self.fetch_directive();
            }
            if let Some(kind) = self.document_indicator() {
                return self.fetch_document_indicator(kind);
            }
        }
        match byte {
            0 => self.fetch_stream_end(),
            b'[' => self.fetch_flow_start(Kind::FlowSequenceStart),
            b'{' => self.fetch_flow_start(Kind::FlowMappingStart),
            b']' => self.fetch_flow_end(Kind::FlowSequenceEnd),
            b'}' => self.fetch_flow_end(Kind::FlowMappingEnd),
            b',' => self.fetch_flow_entry(),
            b'-' if is_blank_or_end(self.bytes, self.pos + 1) => self.fetch_block_entry(),
            b'?' if self.in_flow() || is_blank_or_end(self.bytes, self.pos + 1) => self.fetch_key(),
            b':' if self.in_flow() || is_blank_or_end(self.bytes, self.pos + 1) => self.fetch_value(),
            b'*' => self.fetch_scalar(Self::scan_alias),
            b'&' => self.fetch_property(Self::scan_anchor),
            b'!' => self.fetch_property(Self::scan_tag),
            b'|' if !self.in_flow() => self.fetch_block_scalar(Style::Literal),
            b'>' if !self.in_flow() => self.fetch_block_scalar(Style::Folded),
            b'\'' => self.fetch_scalar(Self::scan_single_quoted),
            b'"' => self.fetch_scalar(Self::scan_double_quoted),
            b'\t' => {
                let words = "found character that cannot start any token";
                self.error_in_words(words, "a tab cannot be used for indentation", self.pos)
            }
            b'|' | b'>' | b'%' | b'@' | b'`' => self.error(format!("a value cannot start with `{}`", byte as char), self.pos),
            _ => self.fetch_scalar(Self::scan_plain),
        }
    }

    /// The document indicator at this position as a word of its own; the caller makes sure that it is the start of a line.
    pub(super) fn document_indicator(&self) -> Option<Kind> {
        let kind = match self.bytes.get(self.pos..self.pos + 3)? {
            b"---" => Kind::DocumentStart,
            b"..." => Kind::DocumentEnd,
            _ => return None,
        };
        is_blank_or_end(self.bytes, self.pos + 3).then_some(kind)
    }

    fn fetch_stream_end(&mut self) -> Scan {
        if self.cut {
            return self.error("", self.pos);
        }
        // Open tokens on the last line can no longer become keys, whether or not a line break ends it.
        self.line_start = self.pos;
        self.close_blocks(-1);
        self.done = true;
        self.drop_key()?;
        self.key_allowed = false;
        self.push(Kind::StreamEnd, self.pos, self.pos);
        Ok(())
    }

    fn fetch_directive(&mut self) -> Scan {
        self.close_blocks(-1);
        self.drop_key()?;
        self.key_allowed = false;
        let start = self.pos;
        let (kind, end) = self.scan_directive()?;
        self.push(kind, start, end);
        self.last = Last::Opening;
        Ok(())
    }

    fn fetch_document_indicator(&mut self, kind: Kind) -> Scan {
        self.close_blocks(-1);
        self.drop_key()?;
        self.key_allowed = false;
        let last = if kind == Kind::DocumentStart { Last::DocumentStart } else { Last::Opening };
        self.push_here(kind, 3);
        self.last = last;
        Ok(())
    }

    fn fetch_flow_start(&mut self, kind: Kind) -> Scan {
        self.begin_key()?;
        let level = self.keys.len();
        if level > MAX_DEPTH {
            return self.error(format!("exceeded the maximum depth of {MAX_DEPTH}"), self.pos);
        }
        let key_level = if self.key_allowed { level as u32 } else { 0 };
        self.keys.push(PossibleKey { token: self.taken + self.queue.len(), ..PossibleKey::default() });
        self.key_allowed = true;
        self.push_here(kind, 1);
        self.mark_key(key_level);
        Ok(())
    }

    fn fetch_flow_end(&mut self, kind: Kind) -> Scan {
        self.drop_key()?;
        if self.in_flow() {
            let closed = self.keys.pop().map(|key| key.token);
            if self.v2
                && let Some(outer) = self.keys.last_mut().filter(|outer| Some(outer.token) == closed)
            {
                outer.unlisted = true;
            }
        }
        self.key_allowed = false;
        self.push_here(kind, 1);
        Ok(())
    }

    fn fetch_flow_entry(&mut self) -> Scan {
        self.drop_key()?;
        self.key_allowed = true;
        self.push_here(Kind::FlowEntry, 1);
        Ok(())
    }

    fn fetch_block_entry(&mut self) -> Scan {
        if !self.in_flow() {
            if !self.key_allowed {
                return self.error("a list item is not allowed here", self.pos);
            }
            self.open_block(self.column(), Kind::BlockSequenceStart, self.pos, self.queue.len())?;
        }
        self.drop_key()?;
        self.key_allowed = true;
        self.push_here(Kind::BlockEntry, 1);
        self.last = Last::Opening;
        Ok(())
    }

    fn fetch_key(&mut self) -> Scan {
        let block = !self.in_flow();
        if block {
            if !self.key_allowed {
                return self.error("a mapping key is not allowed here", self.pos);
            }
            self.open_block(self.column(), Kind::BlockMappingStart, self.pos, self.queue.len())?;
        }
        self.drop_key()?;
        self.key_allowed = block;
        self.push_here(Kind::Key, 1);
        self.last = Last::KeyOrValue;
        Ok(())
    }

    fn fetch_value(&mut self) -> Scan {
        let level = self.keys.len() - 1;
        if self.key_is_possible(level)? {
            let key = self.keys[level];
            self.keys[level].possible = false;
            let index = key.token.checked_sub(self.taken);
            self.queue.insert(index.unwrap_or(self.queue.len()), Token::new(Kind::Key, key.offset, key.offset));
            let index = index.unwrap_or(self.queue.len());
            self.open_block(key.column, Kind::BlockMappingStart, key.offset, index)?;
            self.key_allowed = false;
        } else {
            if !self.in_flow() {
                if !self.key_allowed {
                    return self.error("a mapping value is not allowed here: `: ` requires a key on its own line", self.pos);
                }
                self.open_block(self.column(), Kind::BlockMappingStart, self.pos, self.queue.len())?;
            }
            self.key_allowed = !self.in_flow();
        }
        self.push_here(Kind::Value, 1);
        self.last = Last::KeyOrValue;
        Ok(())
    }

    /// An anchor or a tag: a key may begin here, but its `:` comes after further tokens.
    fn fetch_property(&mut self, scan: impl FnOnce(&mut Self) -> Scan<Token>) -> Scan {
        self.begin_key()?;
        let key_level = if self.key_allowed { self.keys.len() as u32 } else { 0 };
        self.key_allowed = false;
        let token = scan(self)?;
        self.push_token(token);
        self.mark_key(key_level);
        Ok(())
    }

    fn fetch_block_scalar(&mut self, style: Style) -> Scan {
        self.drop_key()?;
        self.key_allowed = true;
        let token = self.scan_block_scalar(style)?;
        self.push_token(token);
        Ok(())
    }

    /// A scalar or an alias. Whether it is a key is decided immediately: the `:` has to follow on the same line.
    fn fetch_scalar(&mut self, scan: impl FnOnce(&mut Self) -> Scan<Token>) -> Scan {
        if self.v2 {
            return self.fetch_property(scan);
        }
        if !self.key_allowed {
            let token = scan(self)?;
            self.push_token(token);
            return Ok(());
        }
        self.drop_key()?;
        let (start, column) = (self.pos, self.column());
        self.key_allowed = false;
        let token = scan(self)?;
        if start >= self.line_start && self.skip_to_colon() && !self.is_too_long(start) {
            self.open_block(column, Kind::BlockMappingStart, start, self.queue.len())?;
            self.push(Kind::Key, start, start);
            self.push_token(token);
            self.push_here(Kind::Value, 1);
            self.last = Last::KeyOrValue;
            return Ok(());
        }
        if !self.in_flow() && self.indent == column {
            return self.missing_colon(start);
        }
        self.push_token(token);
        Ok(())
    }

    /// Skips the whitespace before the `:` that turns the preceding token into a key; does not move if there is none.
    #[inline]
    fn skip_to_colon(&mut self) -> bool {
        let mut index = self.pos;
        while is_blank(at(self.bytes, index)) {
            index += 1;
        }
        let found = at(self.bytes, index) == b':' && (self.in_flow() || is_blank_or_end(self.bytes, index + 1));
        if found {
            self.pos = index;
        }
        found
    }

    /// Whether more than 1024 characters were read since a position.
    #[inline]
    fn is_too_long(&self, start: usize) -> bool {
        self.pos - start > MAX_KEY && self.text[start..self.pos].chars().nth(MAX_KEY).is_some()
    }

    /// Notes that a key may begin here; the next token has to be marked.
    fn begin_key(&mut self) -> Scan {
        if !self.key_allowed {
            return Ok(());
        }
        self.drop_key()?;
        let column = self.column();
        let level = self.keys.len() - 1;
        self.keys[level] = PossibleKey {
            possible: true,
            required: !self.in_flow() && self.indent == column,
            token: self.taken + self.queue.len(),
            unlisted: false,
            offset: self.pos,
            column,
        };
        Ok(())
    }

    /// Marks the last token as the possible start of a key.
    fn mark_key(&mut self, key_level: u32) {
        if let Some(token) = self.queue.back_mut() {
            token.key_level = key_level;
        }
    }

    /// Drops the possible key of this flow level.
    #[inline]
    fn drop_key(&mut self) -> Scan {
        let level = self.keys.len() - 1;
        let key = &mut self.keys[level];
        if key.possible && key.required {
            let offset = key.offset;
            return self.missing_colon(offset);
        }
        key.possible = false;
        Ok(())
    }

    /// Whether the possible key of a level is still possible: it has to end on its line and within 1024 characters.
    fn key_is_possible(&mut self, level: usize) -> Scan<bool> {
        let key = self.keys[level];
        if !key.possible {
            return Ok(false);
        }
        if key.offset >= self.line_start && !self.is_too_long(key.offset) {
            return Ok(true);
        }
        if key.required {
            return self.missing_colon(key.offset);
        }
        self.keys[level].possible = false;
        Ok(false)
    }

    fn missing_colon<T>(&self, offset: usize) -> Scan<T> {
        self.error("expected `:` after a mapping key", offset)
    }

    /// Starts a block collection if the column is deeper than the current one.
    #[inline]
    fn open_block(&mut self, column: isize, kind: Kind, offset: usize, index: usize) -> Scan {
        if self.in_flow() || self.indent >= column {
            return Ok(());
        }
        self.indents.push(self.indent);
        self.indent = column;
        if self.indents.len() > MAX_DEPTH {
            return self.error(format!("exceeded the maximum depth of {MAX_DEPTH}"), offset);
        }
        self.queue.insert(index, Token::new(kind, offset, offset));
        Ok(())
    }

    /// Ends the block collections that are deeper than a column.
    #[inline]
    fn close_blocks(&mut self, column: isize) {
        if self.in_flow() {
            return;
        }
        while self.indent > column {
            self.push(Kind::BlockEnd, self.pos, self.pos);
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    #[inline(always)]
    pub(super) fn in_flow(&self) -> bool {
        self.keys.len() > 1
    }

    /// Whether the preceding token may turn out to be a key.
    #[inline(always)]
    pub(super) fn awaits_colon(&self) -> bool {
        self.keys.last().is_some_and(|key| key.possible)
    }

    #[inline(always)]
    pub(super) fn column(&self) -> isize {
        (self.pos - self.line_start) as isize
    }

    #[inline]
    fn push(&mut self, kind: Kind, start: usize, end: usize) {
        self.push_token(Token::new(kind, start, end));
    }

    #[inline]
    fn push_token(&mut self, token: Token) {
        self.last = Last::Other;
        self.queue.push(token);
    }

    /// The token of a scalar; a text that differs from its source is stored next to it.
    #[inline]
    pub(super) fn scalar_token(&mut self, style: Style, text: Option<Cow<'a, str>>, start: usize, end: usize) -> Token {
        match text {
            None => Token::new(Kind::Scalar(style), start, end),
            Some(text) => {
                self.texts.push_back(text);
                Token::new(Kind::ReadScalar(style), start, end)
            }
        }
    }

    /// Puts a token of the given length at this position into the queue and skips it.
    #[inline]
    fn push_here(&mut self, kind: Kind, len: usize) {
        let start = self.pos;
        self.pos += len;
        self.push(kind, start, self.pos);
    }

    /// An error in the text, at an offset. Near a forbidden character, that character is the error.
    #[cold]
    pub(super) fn error<T>(&self, message: impl Into<String>, offset: usize) -> Scan<T> {
        self.error_in_words("", message, offset)
    }

    /// An error in the text, for which go-yaml has its own words.
    #[cold]
    pub(super) fn error_in_words<T>(&self, words: &'static str, message: impl Into<String>, offset: usize) -> Scan<T> {
        // The end is a line of its own.
        let reached = self.pos + usize::from(self.done);
        if self.cut && self.pos + 8 >= self.text.len() {
            let message = "control characters are not allowed".to_owned();
            return Err(Box::new(SyntaxError { message, offset: self.text.len(), reached, words: "", within: None }));
        }
        Err(Box::new(SyntaxError { message: message.into(), offset, reached, words, within: None }))
    }
}
