//! An expression from its text: the grammar.
//!
//! Behaviour: the rules of cel-go's `parser/gen/CEL.g4`, a function each, and what its visitor makes of them in `parser.go`.
//! Depth is limited as there: a rule nests at most 250 times, and so do the operators of a chain.

use std::ops::Range;

use ecow::EcoString;

use super::ast::{Expr, Fault, Kind, Literal};
use super::macros::{self, Syntax};
use super::make::{call, node};
use super::scan::{Found, Token, scan};
use super::walk;

/// How deep rules of the grammar, and nodes of a tree of operators, may nest.
const MAX_DEPTH: u32 = 250;
/// The longest text, in characters.
const MAX_LENGTH: usize = 100_000;

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
pub(super) struct Tree {
    pub(super) expr: Expr,
    pub(super) depth: u32,
}

/// The rules of the grammar that nest directly.
#[derive(Clone, Copy)]
enum Nests {
    Expr,
    Relation,
    Calc,
}

pub(super) type Parsed = Result<Tree, Fault>;

pub(super) struct Parser<'t> {
    pub(super) text: &'t str,
    pub(super) tokens: Vec<Found>,
    pub(super) at: usize,
    pub(super) syntax: &'t Syntax,
    pub(super) depths: [u32; 3],
}

impl Parser<'_> {
    /// `a ? b : c`
    pub(super) fn expr(&mut self) -> Parsed {
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
            if level > 1 {
                return Ok(left);
            }
            while let Some(function) = relation(parser.sign()) {
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
                let optional = self.optional()?;
                let name = self.field_name()?;
                let is_call = !optional && name.1 == Token::Ident && self.sign() == "(";
                operand = match is_call {
                    true => self.method(operand, name.0)?,
                    false => self.select(operand, name.0, name.2, optional)?,
                };
            } else if self.take("[").is_some() {
                let optional = self.optional()?;
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
    pub(super) fn arguments(&mut self) -> Result<(Vec<Expr>, u32), Fault> {
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
}

fn relation(sign: &str) -> Option<&'static str> {
    Some(match sign {
        "<" => "_<_",
        "<=" => "_<=_",
        ">=" => "_>=_",
        ">" => "_>_",
        "==" => "_==_",
        "!=" => "_!=_",
        "in" => "@in",
        _ => return None,
    })
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
