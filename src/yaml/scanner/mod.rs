//! Text to tokens: indentation becomes block starts and ends, everything else is cut at its indicators.
//!
//! Which text is taken and which refused follows go-yaml v3 (3.0.4), kustomize's parser: YAML 1.1 with its own rules on
//! tabs, simple keys and colons. Positions are byte offsets; a column is the distance from the start of the line, which is
//! exact where columns decide, because only blanks and indicators can stand before a token that opens a block.

mod block_scalar;
mod chars;
mod plain;
mod properties;
mod quoted;

use std::borrow::Cow;
use std::collections::VecDeque;

use super::event::{Style, SyntaxError};
use chars::{at, break_len, is_blank, is_blank_or_end, line_end};

/// How deep flow collections may be nested, and block collections.
const MAX_DEPTH: usize = 10_000;
/// How many characters a key without `?` may have.
const MAX_KEY: usize = 1024;
/// How far the blanks before a comment are looked through.
const COMMENT_REACH: usize = 512;

const BOM: &str = "\u{FEFF}";

/// The result of scanning a part.
pub(super) type Scan<T = ()> = Result<T, Box<SyntaxError>>;

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    StreamEnd,
    /// `%YAML major.minor`
    Version(u8, u8),
    /// `%TAG handle prefix`
    TagDirective {
        handle: &'a str,
        prefix: Cow<'a, str>,
    },
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias(&'a str),
    Anchor(&'a str),
    /// `!handle!suffix`; the handle is empty when the suffix is the whole tag.
    Tag {
        handle: &'a str,
        suffix: Cow<'a, str>,
    },
    Scalar {
        text: Cow<'a, str>,
        style: Style,
    },
}

/// A token and the bytes it covers.
#[derive(Debug)]
pub(super) struct Token<'a> {
    pub kind: Kind<'a>,
    pub start: usize,
    pub end: usize,
    /// One more than the flow level at which this token may turn out to begin a key; 0 when it cannot.
    key_level: u32,
}

/// A token that is a key if a `:` follows in time.
#[derive(Debug, Clone, Copy, Default)]
struct PossibleKey {
    possible: bool,
    /// Whether nothing but a key can stand at this place.
    required: bool,
    /// The token's number in the stream.
    token: usize,
    offset: usize,
    column: isize,
}

/// What came before, where that decides how comments are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    DocumentStart,
    /// The start of the text, `...`, a directive or `-`.
    Opening,
    /// `?` or a `:`.
    KeyOrValue,
    Other,
}

/// Cuts a text into tokens.
#[derive(Debug)]
pub(super) struct Scanner<'a> {
    text: &'a str,
    bytes: &'a [u8],
    pos: usize,
    line_start: usize,
    /// Whether the text was cut off before a forbidden character.
    cut: bool,
    queue: VecDeque<Token<'a>>,
    /// How many tokens were taken from the queue.
    taken: usize,
    done: bool,
    /// The column of the innermost block collection; -1 outside of all.
    indent: isize,
    indents: Vec<isize>,
    /// Whether a key may begin at this place.
    key_allowed: bool,
    /// The possible key of the block context and of each open flow collection.
    keys: Vec<PossibleKey>,
    last: Last,
}

impl<'a> Scanner<'a> {
    /// Begins at the start of a text.
    pub(super) fn new(text: &'a str) -> Self {
        let forbidden = chars::find_forbidden(text.as_bytes());
        let text = &text[..forbidden.unwrap_or(text.len())];
        let start = if text.starts_with(BOM) { BOM.len() } else { 0 };
        Scanner {
            text,
            bytes: text.as_bytes(),
            pos: start,
            line_start: start,
            cut: forbidden.is_some(),
            queue: VecDeque::with_capacity(8),
            taken: 0,
            done: false,
            indent: -1,
            indents: Vec::new(),
            key_allowed: true,
            keys: vec![PossibleKey::default()],
            last: Last::Opening,
        }
    }

    /// The scanned text.
    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    /// The next token; after the end of the stream there is none.
    #[inline]
    pub(super) fn peek(&mut self) -> Scan<&Token<'a>> {
        while self.needs_more()? {
            self.fetch()?;
        }
        Ok(&self.queue[0])
    }

    /// Takes the token that was peeked at.
    #[inline]
    pub(super) fn take(&mut self) -> Token<'a> {
        self.taken += 1;
        self.queue.pop_front().expect("a token was peeked at")
    }

    /// Scans two tokens further, as go-yaml does: text after the end of a document is refused when it begins wrongly.
    pub(super) fn look_ahead(&mut self) -> Scan {
        while self.queue.len() < 3 && !self.done {
            self.fetch()?;
        }
        Ok(())
    }

    /// Whether the first token in the queue is missing or may still get a key put before it.
    #[inline]
    fn needs_more(&mut self) -> Scan<bool> {
        match self.queue.front() {
            None => Ok(true),
            Some(token) if token.key_level == 0 => Ok(false),
            Some(token) => {
                let level = token.key_level as usize - 1;
                Ok(self.keys.get(level).is_some_and(|key| key.token == self.taken) && self.key_is_possible(level)?)
            }
        }
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
            b'\t' => self.error("a tab cannot be used for indentation", self.pos),
            b'|' | b'>' | b'%' | b'@' | b'`' => {
                self.error(format!("found `{}`, which cannot begin a value", byte as char), self.pos)
            }
            _ => self.fetch_scalar(Self::scan_plain),
        }
    }

    /// The document indicator that stands here as a word of its own; the caller knows that it is the start of a line.
    fn document_indicator(&self) -> Option<Kind<'a>> {
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
        // What is still open on the last line can't become a key any more, whether or not a line break ends it.
        self.line_start = self.pos;
        self.close_blocks(-1);
        self.drop_key()?;
        self.key_allowed = false;
        self.done = true;
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

    fn fetch_document_indicator(&mut self, kind: Kind<'a>) -> Scan {
        self.close_blocks(-1);
        self.drop_key()?;
        self.key_allowed = false;
        let last = if kind == Kind::DocumentStart { Last::DocumentStart } else { Last::Opening };
        self.push_here(kind, 3);
        self.last = last;
        Ok(())
    }

    fn fetch_flow_start(&mut self, kind: Kind<'a>) -> Scan {
        self.begin_key()?;
        let level = self.keys.len();
        if level > MAX_DEPTH {
            return self.error(format!("exceeded max depth of {MAX_DEPTH}"), self.pos);
        }
        let key_level = if self.key_allowed { level as u32 } else { 0 };
        self.keys.push(PossibleKey::default());
        self.key_allowed = true;
        self.push_here(kind, 1);
        self.mark_key(key_level);
        Ok(())
    }

    fn fetch_flow_end(&mut self, kind: Kind<'a>) -> Scan {
        self.drop_key()?;
        if self.in_flow() {
            self.keys.pop();
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
                return self.error("a list item cannot begin here", self.pos);
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
                return self.error("a mapping key cannot begin here", self.pos);
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
            let index = key.token - self.taken;
            self.queue.insert(index, Token { kind: Kind::Key, start: key.offset, end: key.offset, key_level: 0 });
            self.open_block(key.column, Kind::BlockMappingStart, key.offset, index)?;
            self.key_allowed = false;
        } else {
            if !self.in_flow() {
                if !self.key_allowed {
                    return self.error("a mapping value cannot stand here: `: ` needs a key on its own line", self.pos);
                }
                self.open_block(self.column(), Kind::BlockMappingStart, self.pos, self.queue.len())?;
            }
            self.key_allowed = !self.in_flow();
        }
        self.push_here(Kind::Value, 1);
        self.last = Last::KeyOrValue;
        Ok(())
    }

    /// An anchor or a tag: the key may begin here, but the `:` comes after more tokens.
    fn fetch_property(&mut self, scan: fn(&mut Self) -> Scan<Token<'a>>) -> Scan {
        self.begin_key()?;
        let key_level = if self.key_allowed { self.keys.len() as u32 } else { 0 };
        self.key_allowed = false;
        let token = scan(self)?;
        self.push(token.kind, token.start, token.end);
        self.mark_key(key_level);
        Ok(())
    }

    fn fetch_block_scalar(&mut self, style: Style) -> Scan {
        self.drop_key()?;
        self.key_allowed = true;
        let token = self.scan_block_scalar(style)?;
        self.push(token.kind, token.start, token.end);
        Ok(())
    }

    /// A scalar or an alias. Whether it is a key shows at once: on its line, the `:` has to be what follows.
    fn fetch_scalar(&mut self, scan: fn(&mut Self) -> Scan<Token<'a>>) -> Scan {
        if !self.key_allowed {
            let token = scan(self)?;
            self.push(token.kind, token.start, token.end);
            return Ok(());
        }
        self.drop_key()?;
        let (start, column) = (self.pos, self.column());
        self.key_allowed = false;
        let token = scan(self)?;
        if start >= self.line_start && self.skip_to_colon() && !self.is_too_long(start) {
            self.open_block(column, Kind::BlockMappingStart, start, self.queue.len())?;
            self.push(Kind::Key, start, start);
            self.push(token.kind, token.start, token.end);
            self.push_here(Kind::Value, 1);
            self.last = Last::KeyOrValue;
            return Ok(());
        }
        if !self.in_flow() && self.indent == column {
            return self.missing_colon(start);
        }
        self.push(token.kind, token.start, token.end);
        Ok(())
    }

    /// Goes over the blanks to the `:` that makes a key of what stands before; stays where there is none.
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

    /// Whether more than 1024 characters were read since a place.
    #[inline]
    fn is_too_long(&self, start: usize) -> bool {
        self.pos - start > MAX_KEY && self.text[start..self.pos].chars().nth(MAX_KEY).is_some()
    }

    /// Notes that a key may begin here; the token that follows has to be marked.
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
            offset: self.pos,
            column,
        };
        Ok(())
    }

    /// Marks the last token as one that may begin a key.
    fn mark_key(&mut self, key_level: u32) {
        if let Some(token) = self.queue.back_mut() {
            token.key_level = key_level;
        }
    }

    /// Gives up the possible key of this flow level.
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

    /// Whether a level's possible key still is one: it has to end on its line and within 1024 characters.
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
        self.error("did not find the `:` of a mapping key", offset)
    }

    /// Begins a block collection when the column is deeper than the current one.
    #[inline]
    fn open_block(&mut self, column: isize, kind: Kind<'a>, offset: usize, index: usize) -> Scan {
        if self.in_flow() || self.indent >= column {
            return Ok(());
        }
        self.indents.push(self.indent);
        self.indent = column;
        if self.indents.len() > MAX_DEPTH {
            return self.error(format!("exceeded max depth of {MAX_DEPTH}"), offset);
        }
        self.queue.insert(index, Token { kind, start: offset, end: offset, key_level: 0 });
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

    /// Goes over blanks, comments and line breaks. Tabs cannot stand where a block collection could begin.
    fn skip_to_token(&mut self) {
        let from = self.pos;
        loop {
            match at(self.bytes, self.pos) {
                b' ' => self.pos += 1,
                b'\n' => self.next_line(1),
                b'\t' if self.in_flow() || !self.key_allowed || self.is_before_comment(from) => self.pos += 1,
                b'#' => self.skip_comment(from),
                b'\r' | 0xC2 | 0xE2 => match break_len(self.bytes, self.pos) {
                    0 => return,
                    len => self.next_line(len),
                },
                0xEF if self.is_mark_of_document() => {
                    self.pos += BOM.len();
                    self.line_start = self.pos;
                }
                _ => return,
            }
        }
    }

    /// Goes over a line break between tokens.
    #[inline]
    fn next_line(&mut self, len: usize) {
        self.skip_break(len);
        if !self.in_flow() {
            self.key_allowed = true;
        }
    }

    /// Goes over a line break of so many bytes.
    #[inline]
    fn skip_break(&mut self, len: usize) {
        self.pos += len;
        self.line_start = self.pos;
    }

    /// Goes over a comment. One that does not belong to the token that ends at `from` is read as go-yaml does: together
    /// with the comments in the lines that follow, whatever blanks stand before them.
    fn skip_comment(&mut self, from: usize) {
        let alone = !self.in_flow() && !self.is_line_comment(from);
        loop {
            self.pos = line_end(self.bytes, self.pos);
            if !alone || !matches!(at(self.bytes, self.pos), b'\n' | b'\r') {
                return;
            }
            let reach = self.bytes.len().min(self.pos + COMMENT_REACH);
            let space = &self.bytes[self.pos..reach];
            let is_space = |&byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
            let len = space.iter().position(|byte| !is_space(byte)).unwrap_or(space.len());
            if at(space, len) != b'#' {
                return;
            }
            let line = space[..len].iter().rposition(|&byte| matches!(byte, b'\n' | b'\r')).unwrap_or(0);
            self.line_start = self.pos + line + 1;
            self.pos += len;
        }
    }

    /// Whether the comment that begins here belongs to the token that ends at `from`, on the same line.
    fn is_line_comment(&self, from: usize) -> bool {
        matches!(self.last, Last::Other | Last::KeyOrValue)
            && from >= self.line_start
            && self.pos - from < COMMENT_REACH
            && !self.bytes[self.line_start..from].iter().all(|&byte| is_blank(byte))
    }

    /// Whether after `?` or `:`, which end at `from`, only blanks and a comment follow: tabs may stand among these.
    fn is_before_comment(&self, from: usize) -> bool {
        let rest = &self.bytes[from.min(self.bytes.len())..];
        let blanks = rest.iter().take(COMMENT_REACH).take_while(|&&byte| is_blank(byte)).count();
        self.last == Last::KeyOrValue && from >= self.line_start && blanks < COMMENT_REACH && at(rest, blanks) == b'#'
    }

    /// Whether a byte order mark opens the document here: kustomize cuts the text after the line of a `---`.
    fn is_mark_of_document(&self) -> bool {
        let before = &self.text[..self.line_start];
        let line = before.trim_end_matches(['\n', '\r']).rsplit(['\n', '\r']).next();
        self.pos == self.line_start
            && self.last == Last::DocumentStart
            && line.is_some_and(|line| line.starts_with("---"))
            && self.text[self.pos..].starts_with(BOM)
    }

    #[inline(always)]
    fn in_flow(&self) -> bool {
        self.keys.len() > 1
    }

    #[inline(always)]
    fn column(&self) -> isize {
        (self.pos - self.line_start) as isize
    }

    #[inline]
    fn push(&mut self, kind: Kind<'a>, start: usize, end: usize) {
        self.last = Last::Other;
        self.queue.push_back(Token { kind, start, end, key_level: 0 });
    }

    /// Puts a token of so many bytes that begins here into the queue and goes over it.
    #[inline]
    fn push_here(&mut self, kind: Kind<'a>, len: usize) {
        let start = self.pos;
        self.pos += len;
        self.push(kind, start, self.pos);
    }

    /// Why the text is refused, and where. Near a forbidden character, that is the reason.
    #[cold]
    fn error<T>(&self, message: impl Into<String>, offset: usize) -> Scan<T> {
        if self.cut && self.pos + 8 >= self.text.len() {
            let message = "control characters are not allowed".to_owned();
            return Err(Box::new(SyntaxError { message, offset: self.text.len() }));
        }
        Err(Box::new(SyntaxError { message: message.into(), offset }))
    }
}

impl<'a> Token<'a> {
    fn new(kind: Kind<'a>, start: usize, end: usize) -> Self {
        Token { kind, start, end, key_level: 0 }
    }
}
