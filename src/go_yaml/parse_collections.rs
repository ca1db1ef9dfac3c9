//! The parser's rules for lists and mappings, by indentation and in brackets.

use super::events::{Event, EventKind};
use super::parse::{Parser, State};
use super::token::{Scan, TokenKind};

impl Parser {
    pub(super) fn open(&mut self, first: bool) -> Scan {
        if first {
            let start = self.take()?.start;
            self.marks.push(start);
        }
        Ok(())
    }

    pub(super) fn sequence_entry(&mut self, first: bool) -> Scan<Event> {
        self.open(first)?;
        match self.peek()? {
            TokenKind::BlockEntry => {
                self.take_entry()?;
                match self.peek()? {
                    TokenKind::BlockEntry | TokenKind::BlockEnd => self.empty(State::SequenceEntry { first: false }),
                    _ => self.child(State::SequenceEntry { first: false }, true, false),
                }
            }
            TokenKind::BlockEnd => {
                self.pop();
                self.marks.pop();
                self.take()?;
                Ok(Event::new(EventKind::SequenceEnd))
            }
            _ => self.fail_inside("did not find expected '-' indicator"),
        }
    }

    pub(super) fn indentless_entry(&mut self) -> Scan<Event> {
        if self.peek()? != TokenKind::BlockEntry {
            self.pop();
            return Ok(Event::new(EventKind::SequenceEnd));
        }
        self.take_entry()?;
        match self.peek()? {
            TokenKind::BlockEntry | TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => self.empty(State::IndentlessEntry),
            _ => self.child(State::IndentlessEntry, true, false),
        }
    }

    /// Takes a `-`. The comment above it belongs to the collection that begins behind it.
    pub(super) fn take_entry(&mut self) -> Scan {
        let stem = self.head_comment.len();
        self.take()?;
        if stem == 0 {
            return Ok(());
        }
        if matches!(self.peek()?, TokenKind::BlockSequenceStart | TokenKind::BlockMappingStart) {
            let rest = self.head_comment.get(stem + 1..).unwrap_or_default().to_owned();
            self.head_comment.truncate(stem);
            self.stem_comment = Some(std::mem::replace(&mut self.head_comment, rest));
        }
        Ok(())
    }

    pub(super) fn mapping_key(&mut self, first: bool) -> Scan<Event> {
        self.open(first)?;
        match self.peek()? {
            TokenKind::Key => {
                self.take()?;
                match self.peek()? {
                    TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => self.empty(State::MappingValue),
                    _ => self.child(State::MappingValue, true, true),
                }
            }
            TokenKind::BlockEnd => {
                self.pop();
                self.marks.pop();
                let event = self.commented(Event::new(EventKind::MappingEnd));
                self.take()?;
                Ok(event)
            }
            _ => self.fail_inside("did not find expected key"),
        }
    }

    pub(super) fn mapping_value(&mut self) -> Scan<Event> {
        if self.peek()? != TokenKind::Value {
            return self.empty(State::MappingKey { first: false });
        }
        self.take()?;
        match self.peek()? {
            TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => self.empty(State::MappingKey { first: false }),
            _ => self.child(State::MappingKey { first: false }, true, true),
        }
    }

    pub(super) fn flow_entry(&mut self, first: bool) -> Scan<Event> {
        self.open(first)?;
        if self.peek()? != TokenKind::FlowSequenceEnd {
            if !first {
                if self.peek()? != TokenKind::FlowEntry {
                    return self.fail_inside("did not find expected ',' or ']'");
                }
                self.take()?;
            }
            match self.peek()? {
                TokenKind::Key => {
                    self.state = State::PairKey;
                    self.take()?;
                    return Ok(Event { flow: true, implicit: true, ..Event::new(EventKind::MappingStart) });
                }
                TokenKind::FlowSequenceEnd => {}
                _ => return self.child(State::FlowEntry { first: false }, false, false),
            }
        }
        self.flow_end(EventKind::SequenceEnd)
    }

    pub(super) fn flow_end(&mut self, kind: EventKind) -> Scan<Event> {
        self.pop();
        self.marks.pop();
        let event = self.commented(Event::new(kind));
        self.take()?;
        Ok(event)
    }

    pub(super) fn pair_key(&mut self) -> Scan<Event> {
        match self.peek()? {
            // The token is dropped; the next one decides.
            TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowSequenceEnd => {
                self.take()?;
                self.empty(State::PairValue)
            }
            _ => self.child(State::PairValue, false, false),
        }
    }

    pub(super) fn pair_value(&mut self) -> Scan<Event> {
        if self.peek()? == TokenKind::Value {
            self.take()?;
            if !matches!(self.peek()?, TokenKind::FlowEntry | TokenKind::FlowSequenceEnd) {
                return self.child(State::PairEnd, false, false);
            }
        }
        self.empty(State::PairEnd)
    }

    pub(super) fn flow_key(&mut self, first: bool) -> Scan<Event> {
        self.open(first)?;
        if self.peek()? != TokenKind::FlowMappingEnd {
            if !first {
                if self.peek()? != TokenKind::FlowEntry {
                    return self.fail_inside("did not find expected ',' or '}'");
                }
                self.take()?;
            }
            match self.peek()? {
                TokenKind::Key => {
                    self.take()?;
                    return match self.peek()? {
                        TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowMappingEnd => {
                            self.empty(State::FlowValue { empty: false })
                        }
                        _ => self.child(State::FlowValue { empty: false }, false, false),
                    };
                }
                TokenKind::FlowMappingEnd => {}
                _ => return self.child(State::FlowValue { empty: true }, false, false),
            }
        }
        self.flow_end(EventKind::MappingEnd)
    }

    pub(super) fn flow_value(&mut self, empty: bool) -> Scan<Event> {
        let kind = self.peek()?;
        if !empty && kind == TokenKind::Value {
            self.take()?;
            if !matches!(self.peek()?, TokenKind::FlowEntry | TokenKind::FlowMappingEnd) {
                return self.child(State::FlowKey { first: false }, false, false);
            }
        }
        self.empty(State::FlowKey { first: false })
    }
}
