//! The productions of lists and mappings by indentation.
//!
//! Usual lines are taken from the scanner without tokens (`scanner/ahead.rs`); the events are the same.

use std::ops::Range;

use super::{Parser, State, Step, event};
use crate::yaml::event::Event;
use crate::yaml::scanner::{Depth, Kind, Next, Token};

impl<'a> Parser<'a> {
    pub(super) fn sequence_entry(&mut self) -> Step<'a> {
        match self.scanner.look() {
            (Next::Entry, Depth::Same) => {
                self.take_entry();
                return self.after_dash();
            }
            (Next::Entry | Next::Key(_), Depth::Outside) => return self.close_block(Event::SequenceEnd),
            _ => {}
        }
        match self.peek()? {
            Kind::BlockEntry => {
                self.take();
                self.after_dash()
            }
            Kind::BlockEnd => self.block_end(Event::SequenceEnd),
            _ => self.unexpected("expected another list item or less indentation"),
        }
    }

    /// The item after the `-`.
    fn after_dash(&mut self) -> Step<'a> {
        if let (Next::Key(_), Depth::Inside) = self.scanner.look()
            && let Some(span) = self.open_block(State::MappingKey, State::SequenceEntry)
        {
            return mapping_start(span);
        }
        match self.peek()? {
            Kind::BlockEntry | Kind::BlockEnd => self.empty(State::SequenceEntry),
            _ => self.child(State::SequenceEntry, true, false),
        }
    }

    pub(super) fn indentless_entry(&mut self) -> Step<'a> {
        let next = self.scanner.look();
        match next {
            (Next::Entry, Depth::Same) => self.take_entry(),
            (Next::Entry, Depth::Outside) | (Next::Key(_), Depth::Same | Depth::Outside) => {
                self.pop();
                return self.implied(Event::SequenceEnd);
            }
            _ if self.peek()? != Kind::BlockEntry => {
                self.pop();
                return self.implied(Event::SequenceEnd);
            }
            _ => _ = self.take(),
        }
        if let (Next::Key(_), Depth::Inside) = self.scanner.look()
            && let Some(span) = self.open_block(State::MappingKey, State::IndentlessEntry)
        {
            return mapping_start(span);
        }
        match self.peek()? {
            Kind::BlockEntry | Kind::Key | Kind::Value | Kind::BlockEnd => self.empty(State::IndentlessEntry),
            _ => self.child(State::IndentlessEntry, true, false),
        }
    }

    /// Takes the `-` that is next.
    #[inline]
    fn take_entry(&mut self) {
        self.scanner.take_entry();
        self.last_end = self.scanner.pos;
    }

    /// Begins a block collection at the token that is next, and continues with `then` after it; `None` if it is too deep.
    #[inline]
    fn open_block(&mut self, first: State, then: State) -> Option<Range<usize>> {
        let start = self.scanner.pos;
        self.scanner.take_block_start().then(|| {
            self.states.push(then);
            self.state = first;
            self.last_end = start;
            start..start
        })
    }

    /// Ends a block collection before the token that is next.
    #[inline]
    fn close_block(&mut self, event: Event<'a>) -> Step<'a> {
        self.scanner.take_block_end();
        self.pop();
        self.implied(event)
    }

    #[inline]
    pub(super) fn mapping_key(&mut self) -> Step<'a> {
        match self.scanner.look() {
            (Next::Key(end), Depth::Same) => {
                let token = self.scanner.take_key(end);
                self.last_end = self.scanner.pos;
                self.state = State::AfterColon;
                return self.bare_scalar(token);
            }
            (Next::Entry | Next::Key(_), Depth::Outside) => return self.close_block(Event::MappingEnd),
            _ => {}
        }
        match self.peek()? {
            Kind::Key => {
                self.take();
                match self.peek()? {
                    Kind::Key | Kind::Value | Kind::BlockEnd => self.empty(State::MappingValue),
                    _ => self.child(State::MappingValue, true, true),
                }
            }
            Kind::BlockEnd => self.block_end(Event::MappingEnd),
            _ => self.unexpected("expected another mapping key or less indentation"),
        }
    }

    pub(super) fn mapping_value(&mut self) -> Step<'a> {
        if self.peek()? != Kind::Value {
            return self.empty(State::MappingKey);
        }
        self.take();
        self.after_colon()
    }

    /// The value after the `:`.
    #[inline]
    pub(super) fn after_colon(&mut self) -> Step<'a> {
        if let Some(token) = self.scanner.take_value()? {
            self.last_end = token.end;
            self.state = State::MappingKey;
            return self.bare_scalar(token);
        }
        match self.scanner.look() {
            (Next::Key(_), Depth::Inside) => {
                if let Some(span) = self.open_block(State::MappingKey, State::MappingKey) {
                    return mapping_start(span);
                }
            }
            (Next::Entry, Depth::Inside) => {
                if let Some(span) = self.open_block(State::SequenceEntry, State::MappingKey) {
                    return sequence_start(span);
                }
            }
            (Next::Entry, Depth::Same) => {
                self.states.push(State::MappingKey);
                self.state = State::IndentlessEntry;
                let start = self.scanner.pos;
                return sequence_start(start..start);
            }
            (Next::Entry, Depth::Outside) | (Next::Key(_), Depth::Same | Depth::Outside) => return self.empty(State::MappingKey),
            (Next::Other, _) => {}
        }
        match self.peek()? {
            Kind::Key | Kind::Value | Kind::BlockEnd => self.empty(State::MappingKey),
            _ => self.child(State::MappingKey, true, true),
        }
    }

    /// A scalar that was just taken, without anchor and tag.
    #[inline]
    fn bare_scalar(&mut self, token: Token) -> Step<'a> {
        let (Kind::Scalar(style) | Kind::ReadScalar(style)) = token.kind else { return self.unexpected("expected a value") };
        let text = self.scanner.scalar(token);
        event(Event::Scalar { anchor: None, tag: None, text, style }, token)
    }
}

#[inline]
fn mapping_start<'a>(span: Range<usize>) -> Step<'a> {
    Ok(Some((Event::MappingStart { anchor: None, tag: None, flow: false }, span)))
}

#[inline]
fn sequence_start<'a>(span: Range<usize>) -> Step<'a> {
    Ok(Some((Event::SequenceStart { anchor: None, tag: None, flow: false }, span)))
}
