//! The queue of tokens between the scanner and the parser.
//!
//! A token is small and simple: its text, if it has one, is looked up by its position. Only texts that differ from the source
//! (folded, unescaped) are stored next to the tokens, in the same order.

use crate::yaml::event::Style;

/// The kind of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::yaml) enum Kind {
    StreamEnd,
    /// `%YAML major.minor`
    Version(u8, u8),
    /// `%TAG handle prefix`
    TagDirective,
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
    Alias,
    Anchor,
    Tag,
    /// A scalar whose text is the same as between its quotes in the source.
    Scalar(Style),
    /// A scalar whose text is stored next to the tokens.
    ReadScalar(Style),
}

/// A token and the bytes it covers.
#[derive(Clone, Copy, Debug)]
pub(in crate::yaml) struct Token {
    pub kind: Kind,
    /// One more than the flow level at which this token may turn out to start a key; 0 if it cannot.
    pub(super) key_level: u32,
    pub start: usize,
    pub end: usize,
}

/// The tokens that the parser has not taken yet.
#[derive(Debug, Default)]
pub(super) struct Queue {
    tokens: Vec<Token>,
    /// The number of `tokens` that were taken.
    head: usize,
}

impl Token {
    #[inline]
    pub(super) fn new(kind: Kind, start: usize, end: usize) -> Self {
        Token { kind, key_level: 0, start, end }
    }
}

impl Queue {
    /// The number of waiting tokens.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.tokens.len() - self.head
    }

    /// The next token.
    #[inline]
    pub(super) fn front(&self) -> Option<&Token> {
        self.tokens.get(self.head)
    }

    /// The last token.
    pub(super) fn back_mut(&mut self) -> Option<&mut Token> {
        self.tokens.last_mut()
    }

    /// Takes the next token.
    #[inline]
    pub(super) fn pop(&mut self) -> Option<Token> {
        let token = self.front().copied()?;
        self.head += 1;
        if self.head == self.tokens.len() {
            self.tokens.clear();
            self.head = 0;
        } else if self.head >= 1024 && self.head * 2 > self.tokens.len() {
            self.tokens.drain(..self.head);
            self.head = 0;
        }
        Some(token)
    }

    #[inline]
    pub(super) fn push(&mut self, token: Token) {
        self.tokens.push(token);
    }

    /// Inserts a token before the one that is the `index`th to be taken.
    #[inline]
    pub(super) fn insert(&mut self, index: usize, token: Token) {
        let index = self.head + index;
        if index == self.tokens.len() { self.tokens.push(token) } else { self.tokens.insert(index, token) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_come_in_order() {
        let mut queue = Queue::default();
        let (mut pushed, mut taken) = (0, 0);
        for round in 0..10_000 {
            queue.push(Token::new(Kind::Key, pushed, pushed));
            pushed += 1;
            if round >= 1_500 {
                assert_eq!(queue.pop().map(|token| token.start), Some(taken));
                taken += 1;
            }
            assert_eq!(queue.len(), pushed - taken);
        }
        assert!(queue.tokens.len() <= 4_096, "taken tokens are dropped");
        queue.insert(1, Token::new(Kind::Value, 0, 0));
        queue.pop();
        assert_eq!(queue.front().map(|token| token.kind), Some(Kind::Value));
    }
}
