//! The parser: tokens to events, each with the comments that belong to it. Behavior: go-yaml v3's `parserc.go`.

use super::events::{Event, EventKind};
use super::scan::Scanner;
use super::token::{Failure, Mark, ScalarStyle, Scan, Token, TokenKind};

/// What is parsed next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    StreamStart,
    DocumentStart { implicit: bool },
    DocumentContent,
    DocumentEnd,
    BlockNode,
    SequenceEntry { first: bool },
    IndentlessEntry,
    MappingKey { first: bool },
    MappingValue,
    FlowEntry { first: bool },
    PairKey,
    PairValue,
    PairEnd,
    FlowKey { first: bool },
    FlowValue { empty: bool },
    End,
}

/// Reads the events of a text.
#[derive(Debug)]
pub(super) struct Parser {
    pub(super) scanner: Scanner,
    pub(super) state: State,
    pub(super) states: Vec<State>,
    pub(super) marks: Vec<Mark>,
    /// The prefixes of tags by handle.
    pub(super) tags: Vec<(String, String)>,
    pub(super) comments_taken: usize,
    pub(super) head_comment: String,
    pub(super) line_comment: String,
    pub(super) foot_comment: String,
    /// The comment above the list item that a collection begins in.
    pub(super) stem_comment: Option<String>,
}

impl Parser {
    pub(super) fn new(text: &str, fault: Option<&'static str>) -> Self {
        Parser {
            scanner: Scanner::new(text, fault),
            state: State::StreamStart,
            states: Vec::new(),
            marks: Vec::new(),
            tags: Vec::new(),
            comments_taken: 0,
            head_comment: String::new(),
            line_comment: String::new(),
            foot_comment: String::new(),
            stem_comment: None,
        }
    }

    /// The next event.
    pub(super) fn next(&mut self) -> Scan<Event> {
        match self.state {
            State::StreamStart => {
                self.take()?;
                self.state = State::DocumentStart { implicit: true };
                self.next()
            }
            State::DocumentStart { implicit } => self.document_start(implicit),
            State::DocumentContent => self.document_content(),
            State::DocumentEnd => self.document_end(),
            State::BlockNode => self.node(true, false),
            State::SequenceEntry { first } => self.sequence_entry(first),
            State::IndentlessEntry => self.indentless_entry(),
            State::MappingKey { first } => self.mapping_key(first),
            State::MappingValue => self.mapping_value(),
            State::FlowEntry { first } => self.flow_entry(first),
            State::PairKey => self.pair_key(),
            State::PairValue => self.pair_value(),
            State::PairEnd => {
                self.peek()?;
                self.state = State::FlowEntry { first: false };
                Ok(Event::new(EventKind::MappingEnd))
            }
            State::FlowKey { first } => self.flow_key(first),
            State::FlowValue { empty } => self.flow_value(empty),
            State::End => Ok(Event::new(EventKind::StreamEnd)),
        }
    }

    /// The kind of the next token; takes over the comments up to it.
    pub(super) fn peek(&mut self) -> Scan<TokenKind> {
        let token = self.scanner.peek()?;
        let (kind, index) = (token.kind, token.start.index);
        while let Some(comment) = self.scanner.comments.get_mut(self.comments_taken) {
            let stays = !comment.head.is_empty() && kind == TokenKind::BlockEnd;
            if index < comment.token.index || stays {
                break;
            }
            join(&mut self.head_comment, &std::mem::take(&mut comment.head));
            join(&mut self.foot_comment, &std::mem::take(&mut comment.foot));
            join(&mut self.line_comment, &std::mem::take(&mut comment.line));
            // As in go-yaml, nothing is left of a comment that was taken.
            *comment = Default::default();
            self.comments_taken += 1;
        }
        Ok(kind)
    }

    /// Where the next token, which was peeked at, begins.
    pub(super) fn start(&mut self) -> Scan<Mark> {
        Ok(self.scanner.peek()?.start)
    }

    /// Takes the next token.
    pub(super) fn take(&mut self) -> Scan<Token> {
        self.peek()?;
        let token = self.scanner.peek()?.clone();
        self.scanner.skip_token();
        Ok(token)
    }

    pub(super) fn pop(&mut self) {
        self.state = self.states.pop().unwrap_or(State::End);
    }

    /// Gives an event the comments so far.
    pub(super) fn commented(&mut self, event: Event) -> Event {
        self.stem_comment = None;
        Event {
            head_comment: std::mem::take(&mut self.head_comment),
            line_comment: std::mem::take(&mut self.line_comment),
            foot_comment: std::mem::take(&mut self.foot_comment),
            ..event
        }
    }

    pub(super) fn fail<T>(&mut self, context: Option<Mark>, problem: &str) -> Scan<T> {
        let problem_line = self.start()?.line;
        let context_line = context.map_or(0, |mark| mark.line);
        Err(Box::new(Failure { of_scanner: false, context_line, problem_line, problem: problem.to_owned() }))
    }

    /// An error in a collection that is open.
    pub(super) fn fail_inside<T>(&mut self, problem: &str) -> Scan<T> {
        let context = self.marks.pop();
        self.fail(context, problem)
    }

    pub(super) fn document_start(&mut self, implicit: bool) -> Scan<Event> {
        let mut kind = self.peek()?;
        while !implicit && kind == TokenKind::DocumentEnd {
            self.take()?;
            kind = self.peek()?;
        }
        let explicit = matches!(kind, TokenKind::VersionDirective | TokenKind::TagDirective | TokenKind::DocumentStart);
        if kind == TokenKind::StreamEnd {
            self.take()?;
            self.state = State::End;
            return Ok(Event::new(EventKind::StreamEnd));
        }
        if implicit && !explicit {
            self.directives()?;
            self.states.push(State::DocumentEnd);
            self.state = State::BlockNode;
            let head_comment = self.split_header();
            return Ok(Event { head_comment, ..Event::new(EventKind::DocumentStart) });
        }
        self.directives()?;
        if self.peek()? != TokenKind::DocumentStart {
            return self.fail(None, "did not find expected <document start>");
        }
        self.states.push(State::DocumentEnd);
        self.state = State::DocumentContent;
        self.take()?;
        Ok(Event::new(EventKind::DocumentStart))
    }

    /// Takes the part of the comments above the document that an empty line separates from its first line.
    pub(super) fn split_header(&mut self) -> String {
        let bytes = self.head_comment.as_bytes();
        let ends = bytes.len().checked_sub(1);
        let split = (1..bytes.len()).rev().filter(|&at| bytes[at] == b'\n').find_map(|at| match Some(at) == ends {
            true => Some((at, at + 1)),
            false if bytes[at - 1] == b'\n' => Some((at - 1, at + 1)),
            false => None,
        });
        let Some((end, rest)) = split else { return String::new() };
        let rest = self.head_comment.split_off(rest);
        let mut header = std::mem::replace(&mut self.head_comment, rest);
        header.truncate(end);
        header
    }

    pub(super) fn directives(&mut self) -> Scan {
        let mut has_version = false;
        loop {
            match self.peek()? {
                TokenKind::VersionDirective => {
                    if has_version {
                        return self.fail(None, "found duplicate %YAML directive");
                    }
                    has_version = true;
                    if self.scanner.peek()?.version != (1, 1) {
                        return self.fail(None, "found incompatible YAML document");
                    }
                }
                TokenKind::TagDirective => {
                    let token = self.scanner.peek()?;
                    let (handle, prefix) = (token.value.clone(), token.suffix.clone());
                    if self.tags.iter().any(|(known, _)| *known == handle) {
                        return self.fail(None, "found duplicate %TAG directive");
                    }
                    self.tags.push((handle, prefix));
                }
                _ => break,
            }
            self.take()?;
        }
        for (handle, prefix) in [("!", "!"), ("!!", "tag:yaml.org,2002:")] {
            if !self.tags.iter().any(|(known, _)| known == handle) {
                self.tags.push((handle.to_owned(), prefix.to_owned()));
            }
        }
        Ok(())
    }

    pub(super) fn document_content(&mut self) -> Scan<Event> {
        match self.peek()? {
            TokenKind::VersionDirective
            | TokenKind::TagDirective
            | TokenKind::DocumentStart
            | TokenKind::DocumentEnd
            | TokenKind::StreamEnd => {
                self.pop();
                Ok(missing())
            }
            _ => self.node(true, false),
        }
    }

    pub(super) fn document_end(&mut self) -> Scan<Event> {
        if self.peek()? == TokenKind::DocumentEnd {
            self.take()?;
        }
        self.tags.clear();
        self.state = State::DocumentStart { implicit: false };
        let mut event = self.commented(Event::new(EventKind::DocumentEnd));
        if event.foot_comment.is_empty() {
            event.foot_comment = std::mem::take(&mut event.head_comment);
        }
        Ok(event)
    }

    /// Reads a node, or the start of one.
    pub(super) fn node(&mut self, block: bool, indentless: bool) -> Scan<Event> {
        let mut kind = self.peek()?;
        if kind == TokenKind::Alias {
            self.pop();
            let event = self.commented(Event::new(EventKind::Alias));
            return Ok(Event { anchor: self.take()?.value, ..event });
        }
        let start = self.start()?;
        let (mut anchor, mut tag) = (String::new(), None);
        if kind == TokenKind::Anchor {
            anchor = self.take()?.value;
            kind = self.peek()?;
        }
        if kind == TokenKind::Tag {
            tag = Some(self.take()?);
            kind = self.peek()?;
            if kind == TokenKind::Anchor && anchor.is_empty() {
                anchor = self.take()?.value;
                kind = self.peek()?;
            }
        }
        let tag = match tag {
            None => String::new(),
            Some(token) => self.resolve(&token, start)?,
        };
        let implicit = tag.is_empty();
        let event = Event { anchor, tag, implicit, ..Event::default() };
        match kind {
            TokenKind::BlockEntry if indentless => {
                self.state = State::IndentlessEntry;
                Ok(Event { kind: EventKind::SequenceStart, ..event })
            }
            TokenKind::Scalar => {
                self.pop();
                let event = self.commented(event);
                let Token { value, style, .. } = self.take()?;
                Ok(Event { kind: EventKind::Scalar, value, style, ..event })
            }
            TokenKind::FlowSequenceStart => {
                self.state = State::FlowEntry { first: true };
                let event = self.commented(event);
                Ok(Event { kind: EventKind::SequenceStart, flow: true, ..event })
            }
            TokenKind::FlowMappingStart => {
                self.state = State::FlowKey { first: true };
                let event = self.commented(event);
                Ok(Event { kind: EventKind::MappingStart, flow: true, ..event })
            }
            TokenKind::BlockSequenceStart if block => {
                self.state = State::SequenceEntry { first: true };
                let head_comment = self.stem_comment.take().unwrap_or_default();
                Ok(Event { kind: EventKind::SequenceStart, head_comment, ..event })
            }
            TokenKind::BlockMappingStart if block => {
                self.state = State::MappingKey { first: true };
                let head_comment = self.stem_comment.take().unwrap_or_default();
                Ok(Event { kind: EventKind::MappingStart, head_comment, ..event })
            }
            _ if !event.anchor.is_empty() || !event.tag.is_empty() => {
                self.pop();
                Ok(Event { kind: EventKind::Scalar, ..event })
            }
            _ => self.fail(Some(start), "did not find expected node content"),
        }
    }

    pub(super) fn resolve(&mut self, token: &Token, start: Mark) -> Scan<String> {
        if token.value.is_empty() {
            return Ok(token.suffix.clone());
        }
        match self.tags.iter().find(|(handle, _)| *handle == token.value) {
            Some((_, prefix)) => Ok(format!("{prefix}{}", token.suffix)),
            None => {
                let problem = "found undefined tag handle".to_owned();
                let (context_line, problem_line) = (start.line, token.start.line);
                Err(Box::new(Failure { of_scanner: false, context_line, problem_line, problem }))
            }
        }
    }

    /// Reads a node and continues with `then`.
    pub(super) fn child(&mut self, then: State, block: bool, indentless: bool) -> Scan<Event> {
        self.states.push(then);
        self.node(block, indentless)
    }

    /// A missing value; continues with `then`.
    pub(super) fn empty(&mut self, then: State) -> Scan<Event> {
        self.state = then;
        Ok(missing())
    }
}

/// The event of a missing scalar.
fn missing() -> Event {
    Event { implicit: true, style: ScalarStyle::Plain, ..Event::new(EventKind::Scalar) }
}

/// Adds a comment as further lines.
fn join(comments: &mut String, more: &str) {
    if !more.is_empty() {
        if !comments.is_empty() {
            comments.push('\n');
        }
        comments.push_str(more);
    }
}
