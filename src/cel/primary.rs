//! The parts of an expression that bind tightest: names, calls, structs, lists, maps and literals.
//!
//! Behaviour: the rule `primary` of cel-go's `parser/gen/CEL.g4`.

use ecow::EcoString;

use super::ast::{Entry, Fault, FieldInit, Item, Kind, Literal};
use super::make::node;
use super::parse::{Parsed, Parser, Tree, is_reserved};
use super::scan::Token;
use super::{literal, macros};

impl Parser<'_> {
    pub(super) fn primary(&mut self) -> Parsed {
        let start = self.start();
        let Some(found) = self.tokens.get(self.at).cloned() else { return Err(self.unexpected("an expression")) };
        match (found.token, self.sign()) {
            (Token::Ident, _) | (_, ".") => self.named(),
            (_, "(") => {
                self.at += 1;
                let mut inner = self.expr()?;
                self.expect(")")?;
                inner.expr.span = start..self.end();
                Ok(inner)
            }
            (_, "[") => self.list(),
            (_, "{") => self.map(),
            _ => self.literal(),
        }
    }

    /// A variable, the call of a function, or a struct.
    pub(super) fn named(&mut self) -> Parsed {
        let start = self.start();
        let dot = if self.take(".").is_some() { "." } else { "" };
        if let Some(parts) = self.struct_name() {
            return self.structure(start, format!("{dot}{parts}").into());
        }
        let (word, place) = self.ident()?;
        if is_reserved(&word) {
            return Err(Fault { span: place, message: format!("`{word}` is a reserved word") });
        }
        let name: EcoString = format!("{dot}{word}").into();
        if self.take("(").is_none() {
            return Ok(Tree { expr: node(start..self.end(), Kind::Ident(name)), depth: 0 });
        }
        let (args, depth) = self.arguments()?;
        Ok(Tree { expr: macros::expand(start..self.end(), &name, None, args, self.syntax)?, depth })
    }

    /// The name of a struct, if `a.b.c{` follows; the parser is then behind it.
    pub(super) fn struct_name(&mut self) -> Option<String> {
        let mut at = self.at;
        let mut name = String::new();
        loop {
            let found = self.tokens.get(at).filter(|found| found.token == Token::Ident)?;
            name.push_str(self.text_of(&found.span));
            let next = self.tokens.get(at + 1).map_or("", |found| self.text_of(&found.span));
            match next {
                "{" => {
                    self.at = at + 1;
                    return Some(name);
                }
                "." => name.push('.'),
                _ => return None,
            }
            at += 2;
        }
    }

    pub(super) fn structure(&mut self, start: u32, name: EcoString) -> Parsed {
        let mut fields = Vec::new();
        let depth = self.sequence("{", "}", |parser| {
            let optional = parser.optional()?;
            let (name, _, span) = parser.field_name()?;
            parser.expect(":")?;
            let value = parser.expr()?;
            fields.push(FieldInit { name, span, value: value.expr, optional });
            Ok(value.depth)
        })?;
        Ok(Tree { expr: node(start..self.end(), Kind::Struct { name, fields }), depth })
    }

    pub(super) fn list(&mut self) -> Parsed {
        let start = self.start();
        let mut items = Vec::new();
        let depth = self.sequence("[", "]", |parser| {
            let optional = parser.optional()?;
            let value = parser.expr()?;
            items.push(Item { value: value.expr, optional });
            Ok(value.depth)
        })?;
        Ok(Tree { expr: node(start..self.end(), Kind::List(items)), depth })
    }

    pub(super) fn map(&mut self) -> Parsed {
        let start = self.start();
        let mut entries = Vec::new();
        let depth = self.sequence("{", "}", |parser| {
            let optional = parser.optional()?;
            let key = parser.expr()?;
            parser.expect(":")?;
            let value = parser.expr()?;
            entries.push(Entry { key: key.expr, value: value.expr, optional });
            Ok(key.depth.max(value.depth))
        })?;
        Ok(Tree { expr: node(start..self.end(), Kind::Map(entries)), depth })
    }

    /// What is between brackets, with commas between and perhaps one in the end; how deep its parts are.
    pub(super) fn sequence(
        &mut self,
        open: &str,
        close: &str,
        mut one: impl FnMut(&mut Self) -> Result<u32, Fault>,
    ) -> Result<u32, Fault> {
        self.expect(open)?;
        let mut depth = 0;
        if self.sign() != close && self.sign() != "," {
            depth = one(self)?;
            while self.sign() == "," && !self.next_is(close) {
                self.at += 1;
                depth = depth.max(one(self)?);
            }
        }
        self.take(",");
        self.expect(close)?;
        Ok(depth)
    }

    pub(super) fn literal(&mut self) -> Parsed {
        let start = self.start();
        let negative = self.sign() == "-";
        let at = self.at + usize::from(negative);
        let Some(found) = self.tokens.get(at).cloned() else { return Err(self.unexpected("an expression")) };
        let text = self.text_of(&found.span);
        let value = match (found.token, text) {
            (Token::Int, _) => literal::int(text, negative),
            (Token::Float, _) => literal::double(text, negative),
            _ if negative => return Err(self.unexpected("an expression")),
            (Token::Uint, _) => literal::uint(text),
            (Token::String, _) => literal::string(text),
            (Token::Bytes, _) => literal::bytes(text),
            (Token::Sign, "true") => Ok(Literal::Bool(true)),
            (Token::Sign, "false") => Ok(Literal::Bool(false)),
            (Token::Sign, "null") => Ok(Literal::Null),
            _ => return Err(self.unexpected("an expression")),
        };
        let value = value.map_err(|message| Fault { span: start..found.span.end, message: message.to_owned() })?;
        self.at = at + 1;
        Ok(Tree { expr: node(start..self.end(), Kind::Literal(value)), depth: 0 })
    }
}
