//! The position of the parser in the list of tokens.

use std::ops::Range;

use ecow::EcoString;

use super::ast::Fault;
use super::parse::Parser;
use super::scan::Token;

const OPTIONAL: &str = "the syntax of optional values (`?`) is not supported in this version of Kubernetes";

impl Parser<'_> {
    pub(super) fn ident(&mut self) -> Result<(EcoString, Range<u32>), Fault> {
        match self.tokens.get(self.at).cloned() {
            Some(found) if found.token == Token::Ident => {
                self.at += 1;
                Ok((self.text_of(&found.span).into(), found.span))
            }
            _ => Err(self.unexpected("a name")),
        }
    }

    /// The name of a field without backticks, its token, and its location.
    pub(super) fn field_name(&mut self) -> Result<(EcoString, Token, Range<u32>), Fault> {
        match self.tokens.get(self.at).cloned() {
            Some(found) if found.token == Token::Quoted => {
                self.at += 1;
                Ok((self.text_of(&found.span).trim_matches('`').into(), found.token, found.span))
            }
            _ => self.ident().map(|(name, span)| (name, Token::Ident, span)),
        }
    }

    /// Whether `?` follows; it is consumed.
    pub(super) fn optional(&mut self) -> Result<bool, Fault> {
        match self.take("?") {
            Some(span) if !self.syntax.optional => Err(Fault { span, message: OPTIONAL.to_owned() }),
            found => Ok(found.is_some()),
        }
    }

    /// The text of the next token if it is a sign.
    pub(super) fn sign(&self) -> &str {
        let next = self.tokens.get(self.at).filter(|found| found.token == Token::Sign);
        next.map_or("", |found| self.text_of(&found.span))
    }

    /// Whether the token after the next one is this sign.
    pub(super) fn next_is(&self, sign: &str) -> bool {
        self.tokens.get(self.at + 1).is_some_and(|found| found.token == Token::Sign && self.text_of(&found.span) == sign)
    }

    pub(super) fn take(&mut self, sign: &str) -> Option<Range<u32>> {
        (self.sign() == sign).then(|| {
            self.at += 1;
            self.tokens[self.at - 1].span.clone()
        })
    }

    pub(super) fn expect(&mut self, sign: &str) -> Result<(), Fault> {
        match self.take(sign) {
            Some(_) => Ok(()),
            None => Err(self.unexpected(&format!("`{sign}`"))),
        }
    }

    pub(super) fn unexpected(&self, expected: &str) -> Fault {
        let span = self.tokens.get(self.at).map_or(0..0, |found| found.span.clone());
        let found = match self.is_end() {
            true => "the end".to_owned(),
            false => format!("`{}`", self.text_of(&span)),
        };
        Fault { span, message: format!("syntax error: expected {expected}, found {found}") }
    }

    pub(super) fn is_end(&self) -> bool {
        self.tokens.get(self.at).is_none_or(|found| found.token == Token::End)
    }

    pub(super) fn text_of(&self, span: &Range<u32>) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// The start of the next token.
    pub(super) fn start(&self) -> u32 {
        self.tokens.get(self.at).map_or(0, |found| found.span.start)
    }

    /// The end of the last token.
    pub(super) fn end(&self) -> u32 {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(0, |found| found.span.end)
    }
}
