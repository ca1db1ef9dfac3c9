//! An expression from its text: the grammar.
//!
//! Behaviour: the rules of cel-go's `parser/gen/CEL.g4`, a function each, and what its visitor makes of them in `parser.go`. Depth
//! is limited as there: a rule nests at most 250 times, and so do the operators of a chain.

use std::ops::Range;

use ecow::EcoString;

use super::ast::{Entry, Expr, Fault, FieldInit, Item, Kind, Literal};
use super::macros::{self, Syntax};
use super::scan::{Found, Token, scan};
use super::{literal, walk};

/// How deep rules of the grammar, and nodes of a tree of operators, may nest.
const MAX_DEPTH: u32 = 250;
/// The longest text, in characters.
const MAX_LENGTH: usize = 100_000;

const OPTIONAL: &str = "the syntax of optional values (`?`) is not supported in this version of Kubernetes";

/// Words that are not names of variables or functions, though they may name fields.
const RESERVED: [&str; 21] = [
    "as",
    "break",
    "const",
    "continue",
    "else",
    "false",
    "for",
    "function",
    "if",
    "import",
    "in",
    "let",
    "loop",
    "package",
    "namespace",
    "null",
    "return",
    "true",
    "var",
    "void",
    "while",
];

/// Whether a word is not a name of variables or functions.
pub fn is_reserved(word: &str) -> bool {
    RESERVED.contains(&word)
}

/// Parses an expression and expands its macros.
///
/// # Errors
/// It is not an expression, or too long or too deep, or a macro does not take its arguments.
pub fn parse(text: &str, syntax: &Syntax) -> Result<Expr, Fault> {
    if text.len() > MAX_LENGTH && text.chars().count() > MAX_LENGTH {
        let message = format!("the expression has more than {MAX_LENGTH} characters");
        return Err(Fault { span: 0..0, message });
    }
    let tokens = scan(text)?;
    let mut parser = Parser { text, tokens, at: 0, syntax, depths: [0; 3] };
    let mut tree = parser.expr()?;
    if !parser.is_end() {
        return Err(parser.unexpected("an operator or the end"));
    }
    walk::number(&mut tree.expr);
    Ok(tree.expr)
}

/// An expression and how deep its operators nest.
struct Tree {
    expr: Expr,
    depth: u32,
}

/// The rules of the grammar that nest directly.
#[derive(Clone, Copy)]
enum Nests {
    Expr,
    Relation,
    Calc,
}

type Parsed = Result<Tree, Fault>;

struct Parser<'t> {
    text: &'t str,
    tokens: Vec<Found>,
    at: usize,
    syntax: &'t Syntax,
    depths: [u32; 3],
}

impl Parser<'_> {
    /// `a ? b : c`
    fn expr(&mut self) -> Parsed {
        self.nested(Nests::Expr, |parser| {
            let condition = parser.or()?;
            if parser.take("?").is_none() {
                return Ok(condition);
            }
            let yes = parser.or()?;
            parser.expect(":")?;
            let no = parser.expr()?;
            parser.operator("_?_:_", vec![condition, yes, no])
        })
    }

    /// `a || b || c`, as a balanced tree.
    fn or(&mut self) -> Parsed {
        self.chain("||", "_||_", Self::and)
    }

    fn and(&mut self) -> Parsed {
        self.chain("&&", "_&&_", |parser| parser.relation(1))
    }

    fn chain(&mut self, sign: &str, function: &'static str, term: impl Fn(&mut Self) -> Parsed) -> Parsed {
        let first = term(self)?;
        let mut depth = first.depth;
        let mut terms = vec![first.expr];
        while self.take(sign).is_some() {
            let next = term(self)?;
            depth = depth.max(next.depth);
            terms.push(next.expr);
        }
        Ok(Tree { expr: balanced(function, terms), depth })
    }

    /// `a < b`, `a in b`; `level` as in the grammar that ANTLR makes of a left-recursive rule.
    fn relation(&mut self, level: u8) -> Parsed {
        self.nested(Nests::Relation, |parser| {
            let mut left = parser.calc(1)?;
            while level == 1 {
                let function = match parser.sign() {
                    "<" => "_<_",
                    "<=" => "_<=_",
                    ">=" => "_>=_",
                    ">" => "_>_",
                    "==" => "_==_",
                    "!=" => "_!=_",
                    "in" => "@in",
                    _ => break,
                };
                parser.at += 1;
                let right = parser.relation(2)?;
                left = parser.operator(function, vec![left, right])?;
            }
            Ok(left)
        })
    }

    /// `a + b`, `a * b`
    fn calc(&mut self, level: u8) -> Parsed {
        self.nested(Nests::Calc, |parser| {
            let mut left = parser.unary()?;
            loop {
                let (function, binds) = match parser.sign() {
                    "*" => ("_*_", 2),
                    "/" => ("_/_", 2),
                    "%" => ("_%_", 2),
                    "+" => ("_+_", 1),
                    "-" => ("_-_", 1),
                    _ => return Ok(left),
                };
                if binds < level {
                    return Ok(left);
                }
                parser.at += 1;
                let right = parser.calc(binds + 1)?;
                left = parser.operator(function, vec![left, right])?;
            }
        })
    }

    /// `!a`, `-a`; an even number of them is none.
    fn unary(&mut self) -> Parsed {
        let start = self.start();
        let is_number = |found: Option<&Found>| found.is_some_and(|found| matches!(found.token, Token::Int | Token::Float));
        let sign = self.sign();
        let function = match sign {
            "!" => "!_",
            "-" if !is_number(self.tokens.get(self.at + 1)) => "-_",
            _ => return self.member(),
        };
        let sign = sign.to_owned();
        let mut count = 0;
        while self.take(&sign).is_some() {
            count += 1;
        }
        let operand = self.member()?;
        if count % 2 == 0 {
            return Ok(operand);
        }
        let span = start..operand.expr.span.end;
        Ok(Tree { expr: call(span, function, None, vec![operand.expr]), depth: operand.depth })
    }

    /// `a.b`, `a.b(c)`, `a[b]`
    fn member(&mut self) -> Parsed {
        let mut operand = self.primary()?;
        loop {
            let start = operand.expr.span.start;
            if self.take(".").is_some() {
                let optional = self.optional(OPTIONAL)?;
                let name = self.field_name()?;
                let is_call = !optional && name.1 == Token::Ident && self.sign() == "(";
                operand = match is_call {
                    true => self.method(operand, name.0)?,
                    false => self.select(operand, name.0, name.2, optional)?,
                };
            } else if self.take("[").is_some() {
                let optional = self.optional(OPTIONAL)?;
                let index = self.expr()?;
                self.expect("]")?;
                let depth = operand.depth.max(index.depth);
                let span = start..self.end();
                let function = if optional { "_[?_]" } else { "_[_]" };
                operand = deeper(call(span, function, None, vec![operand.expr, index.expr]), depth)?;
            } else {
                return Ok(operand);
            }
        }
    }

    fn select(&mut self, operand: Tree, name: EcoString, place: Range<u32>, optional: bool) -> Parsed {
        let span = operand.expr.span.start..self.end();
        if !optional {
            let kind = Kind::Select { operand: Box::new(operand.expr), field: name, test: false };
            return deeper(node(span, kind), operand.depth);
        }
        let field = node(place, Kind::Literal(Literal::String(name)));
        deeper(call(span, "_?._", None, vec![operand.expr, field]), operand.depth)
    }

    fn method(&mut self, operand: Tree, name: EcoString) -> Parsed {
        self.expect("(")?;
        let (args, depth) = self.arguments()?;
        let span = operand.expr.span.start..self.end();
        let depth = depth.max(operand.depth);
        deeper(macros::expand(span, &name, Some(operand.expr), args, self.syntax)?, depth)
    }

    /// The arguments of a call, with the closing parenthesis.
    fn arguments(&mut self) -> Result<(Vec<Expr>, u32), Fault> {
        let (mut args, mut depth) = (Vec::new(), 0);
        if self.take(")").is_some() {
            return Ok((args, depth));
        }
        loop {
            let argument = self.expr()?;
            depth = depth.max(argument.depth);
            args.push(argument.expr);
            if self.take(",").is_none() {
                self.expect(")")?;
                return Ok((args, depth));
            }
        }
    }

    fn primary(&mut self) -> Parsed {
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
    fn named(&mut self) -> Parsed {
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
    fn struct_name(&mut self) -> Option<String> {
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

    fn structure(&mut self, start: u32, name: EcoString) -> Parsed {
        let mut fields = Vec::new();
        let depth = self.sequence("{", "}", |parser| {
            let optional = parser.optional(OPTIONAL)?;
            let (name, _, span) = parser.field_name()?;
            parser.expect(":")?;
            let value = parser.expr()?;
            fields.push(FieldInit { name, span, value: value.expr, optional });
            Ok(value.depth)
        })?;
        Ok(Tree { expr: node(start..self.end(), Kind::Struct { name, fields }), depth })
    }

    fn list(&mut self) -> Parsed {
        let start = self.start();
        let mut items = Vec::new();
        let depth = self.sequence("[", "]", |parser| {
            let optional = parser.optional(OPTIONAL)?;
            let value = parser.expr()?;
            items.push(Item { value: value.expr, optional });
            Ok(value.depth)
        })?;
        Ok(Tree { expr: node(start..self.end(), Kind::List(items)), depth })
    }

    fn map(&mut self) -> Parsed {
        let start = self.start();
        let mut entries = Vec::new();
        let depth = self.sequence("{", "}", |parser| {
            let optional = parser.optional(OPTIONAL)?;
            let key = parser.expr()?;
            parser.expect(":")?;
            let value = parser.expr()?;
            entries.push(Entry { key: key.expr, value: value.expr, optional });
            Ok(key.depth.max(value.depth))
        })?;
        Ok(Tree { expr: node(start..self.end(), Kind::Map(entries)), depth })
    }

    /// What is between brackets, with commas between and perhaps one in the end; how deep its parts are.
    fn sequence(&mut self, open: &str, close: &str, mut one: impl FnMut(&mut Self) -> Result<u32, Fault>) -> Result<u32, Fault> {
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

    fn literal(&mut self) -> Parsed {
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

    fn ident(&mut self) -> Result<(EcoString, Range<u32>), Fault> {
        match self.tokens.get(self.at).cloned() {
            Some(found) if found.token == Token::Ident => {
                self.at += 1;
                Ok((self.text_of(&found.span).into(), found.span))
            }
            _ => Err(self.unexpected("a name")),
        }
    }

    /// The name of a field: without its backticks, what it was, and where.
    fn field_name(&mut self) -> Result<(EcoString, Token, Range<u32>), Fault> {
        match self.tokens.get(self.at).cloned() {
            Some(found) if found.token == Token::Quoted => {
                self.at += 1;
                Ok((self.text_of(&found.span).trim_matches('`').into(), found.token, found.span))
            }
            _ => self.ident().map(|(name, span)| (name, Token::Ident, span)),
        }
    }

    /// Whether `?` follows; it is taken.
    fn optional(&mut self, unsupported: &str) -> Result<bool, Fault> {
        match self.take("?") {
            Some(span) if !self.syntax.optional => Err(Fault { span, message: unsupported.to_owned() }),
            found => Ok(found.is_some()),
        }
    }

    fn operator(&self, function: &'static str, parts: Vec<Tree>) -> Parsed {
        let depth = parts.iter().map(|part| part.depth).max().unwrap_or(0);
        let args: Vec<Expr> = parts.into_iter().map(|part| part.expr).collect();
        let span = args.first().map_or(0, |arg| arg.span.start)..args.last().map_or(0, |arg| arg.span.end);
        deeper(call(span, function, None, args), depth)
    }

    fn nested(&mut self, rule: Nests, parse: impl FnOnce(&mut Self) -> Parsed) -> Parsed {
        let rule = rule as usize;
        self.depths[rule] += 1;
        if self.depths[rule] > MAX_DEPTH {
            return Err(too_deep(self.start()..self.start()));
        }
        let parsed = parse(self);
        self.depths[rule] -= 1;
        parsed
    }

    /// The text of the next token if it is a sign.
    fn sign(&self) -> &str {
        let next = self.tokens.get(self.at).filter(|found| found.token == Token::Sign);
        next.map_or("", |found| self.text_of(&found.span))
    }

    /// Whether the token after the next is this sign.
    fn next_is(&self, sign: &str) -> bool {
        self.tokens.get(self.at + 1).is_some_and(|found| found.token == Token::Sign && self.text_of(&found.span) == sign)
    }

    fn take(&mut self, sign: &str) -> Option<Range<u32>> {
        (self.sign() == sign).then(|| {
            self.at += 1;
            self.tokens[self.at - 1].span.clone()
        })
    }

    fn expect(&mut self, sign: &str) -> Result<(), Fault> {
        match self.take(sign) {
            Some(_) => Ok(()),
            None => Err(self.unexpected(&format!("`{sign}`"))),
        }
    }

    fn unexpected(&self, expected: &str) -> Fault {
        let span = self.tokens.get(self.at).map_or(0..0, |found| found.span.clone());
        let found = match self.is_end() {
            true => "the end".to_owned(),
            false => format!("`{}`", self.text_of(&span)),
        };
        Fault { span, message: format!("syntax error: expected {expected}, found {found}") }
    }

    fn is_end(&self) -> bool {
        self.tokens.get(self.at).is_none_or(|found| found.token == Token::End)
    }

    fn text_of(&self, span: &Range<u32>) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// Where the next token begins.
    fn start(&self) -> u32 {
        self.tokens.get(self.at).map_or(0, |found| found.span.start)
    }

    /// Where the last token ended.
    fn end(&self) -> u32 {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(0, |found| found.span.end)
    }
}

/// A node, which gets its number in the end.
pub(super) fn node(span: Range<u32>, kind: Kind) -> Expr {
    Expr { id: 0, span, kind }
}

pub(super) fn call(span: Range<u32>, function: &str, target: Option<Expr>, args: Vec<Expr>) -> Expr {
    node(span, Kind::Call { function: function.into(), target: target.map(Box::new), args })
}

fn deeper(expr: Expr, depth: u32) -> Parsed {
    match depth < MAX_DEPTH {
        true => Ok(Tree { expr, depth: depth + 1 }),
        false => Err(too_deep(expr.span)),
    }
}

fn too_deep(span: Range<u32>) -> Fault {
    Fault { span, message: format!("the expression is nested more than {MAX_DEPTH} levels deep") }
}

/// A balanced tree of a chain, which is what keeps long chains flat.
fn balanced(function: &str, mut terms: Vec<Expr>) -> Expr {
    if terms.len() <= 1 {
        return terms.pop().unwrap_or_else(|| node(0..0, Kind::Literal(Literal::Null)));
    }
    let right = terms.split_off(terms.len() / 2 + terms.len() % 2);
    let (left, right) = (balanced(function, terms), balanced(function, right));
    call(left.span.start..right.span.end, function, None, vec![left, right])
}
