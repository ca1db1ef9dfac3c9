//! CEL's grammar, as a recursive descent that builds no tree: it keeps the names that are used and the type, where it is clear.

use rustc_hash::FxHashSet;

use super::Kind;
use super::tokens::{Token, is_reserved, tokens};

/// What is known of an expression.
#[derive(Debug)]
pub struct Expression<'t> {
    /// Its type.
    pub kind: Kind,
    /// Names that are used and that the expression itself does not declare.
    pub free: Vec<&'t str>,
    /// The fields of `variables` that are used.
    pub variables: Vec<&'t str>,
}

/// How deeply brackets and operators may nest before an expression is left alone.
const MAX_DEPTH: usize = 200;

/// Functions whose first arguments are names of variables that they declare.
const MACROS: &[&str] = &[
    "all",
    "exists",
    "exists_one",
    "existsOne",
    "filter",
    "map",
    "sortBy",
    "transformList",
    "transformMap",
    "transformMapEntry",
    "optMap",
    "optFlatMap",
    "bind",
];

/// Why a parser stops.
enum Stop {
    Fault(String),
    TooDeep,
}

type Parsed<T> = Result<T, Stop>;

/// Reads an expression; `None` when it is too deep to be read here.
pub fn parse(text: &str) -> Result<Option<Expression<'_>>, String> {
    let tokens = tokens(text)?;
    let mut parser =
        Parser { tokens: &tokens, at: 0, depth: 0, used: Vec::new(), bound: FxHashSet::default(), variables: Vec::new() };
    let kind = match parser.expression().and_then(|kind| parser.end().map(|()| kind)) {
        Ok(kind) => kind,
        Err(Stop::TooDeep) => return Ok(None),
        Err(Stop::Fault(cause)) => return Err(cause),
    };
    let Parser { used, bound, variables, .. } = parser;
    let free = used.into_iter().filter(|name| !bound.contains(name)).collect();
    Ok(Some(Expression { kind, free, variables }))
}

struct Parser<'p, 't> {
    tokens: &'p [Token<'t>],
    at: usize,
    depth: usize,
    used: Vec<&'t str>,
    bound: FxHashSet<&'t str>,
    variables: Vec<&'t str>,
}

impl<'t> Parser<'_, 't> {
    fn peek(&self) -> Option<Token<'t>> {
        self.tokens.get(self.at).copied()
    }

    fn next_is(&self, sign: &str) -> bool {
        self.peek() == Some(Token::Sign(sign))
    }

    fn take(&mut self, sign: &str) -> bool {
        let found = self.next_is(sign);
        self.at += usize::from(found);
        found
    }

    fn need(&mut self, sign: &str) -> Parsed<()> {
        if self.take(sign) { Ok(()) } else { Err(self.unexpected(&format!("`{sign}`"))) }
    }

    fn unexpected(&self, wanted: &str) -> Stop {
        let found = match self.peek() {
            None => "ends".to_owned(),
            Some(Token::Name(text) | Token::Quoted(text) | Token::Sign(text)) => format!("has `{text}`"),
            Some(Token::Number) => "has a number".to_owned(),
            Some(Token::Text | Token::Bytes) => "has a text".to_owned(),
        };
        Stop::Fault(format!("the expression {found} where {wanted} is expected"))
    }

    fn end(&self) -> Parsed<()> {
        if self.at == self.tokens.len() { Ok(()) } else { Err(self.unexpected("its end")) }
    }

    fn expression(&mut self) -> Parsed<Kind> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Stop::TooDeep);
        }
        let mut kind = self.binary(0)?;
        if self.take("?") {
            let yes = self.binary(0)?;
            self.need(":")?;
            let no = self.expression()?;
            kind = if yes == no { yes } else { Kind::Unknown };
        }
        self.depth -= 1;
        Ok(kind)
    }

    /// Operators by how they bind, weakest first.
    fn binary(&mut self, level: usize) -> Parsed<Kind> {
        const LEVELS: [&[&str]; 5] = [&["||"], &["&&"], &["==", "!=", "<=", ">=", "<", ">", "in"], &["+", "-"], &["*", "/", "%"]];
        let Some(operators) = LEVELS.get(level) else { return self.unary() };
        let mut kind = self.binary(level + 1)?;
        while let Some(Token::Sign(sign) | Token::Name(sign @ "in")) = self.peek() {
            if !operators.contains(&sign) {
                break;
            }
            self.at += 1;
            let right = self.binary(level + 1)?;
            kind = match level {
                0..=2 => Kind::Bool,
                _ if kind == right && matches!(kind, Kind::Number | Kind::Text) => kind,
                _ => Kind::Unknown,
            };
        }
        Ok(kind)
    }

    fn unary(&mut self) -> Parsed<Kind> {
        let sign = ["!", "-"].into_iter().find(|sign| self.next_is(sign));
        let Some(sign) = sign else { return self.member() };
        while self.take(sign) {}
        let kind = self.member()?;
        Ok(if sign == "!" { Kind::Bool } else { kind })
    }

    fn member(&mut self) -> Parsed<Kind> {
        let root_at = self.used.len();
        let mut kind = self.primary()?;
        let mut is_first = true;
        loop {
            if self.take(".") {
                self.take("?");
                let name = match self.peek() {
                    Some(Token::Name(name) | Token::Quoted(name)) if name != "in" => name,
                    _ => return Err(self.unexpected("the name of a field")),
                };
                self.at += 1;
                let is_call = self.take("(");
                if is_first && self.used.len() == root_at + 1 {
                    if is_call {
                        // It may be a function of a namespace, such as `math.greatest`.
                        self.used.pop();
                    } else if self.used.last() == Some(&"variables") {
                        self.variables.push(name);
                    }
                }
                if is_call {
                    self.arguments(MACROS.contains(&name))?;
                }
                kind = Kind::Unknown;
            } else if self.take("[") {
                self.take("?");
                self.expression()?;
                self.need("]")?;
                kind = Kind::Unknown;
            } else if self.next_is("{") && kind == Kind::Unknown {
                self.at += 1;
                self.entries()?;
                kind = Kind::Other;
            } else {
                return Ok(kind);
            }
            is_first = false;
        }
    }

    fn primary(&mut self) -> Parsed<Kind> {
        let leading_dot = self.take(".");
        let token = self.peek().ok_or_else(|| self.unexpected("a value"))?;
        self.at += 1;
        match token {
            Token::Number if !leading_dot => Ok(Kind::Number),
            Token::Text if !leading_dot => Ok(Kind::Text),
            Token::Bytes if !leading_dot => Ok(Kind::Other),
            Token::Name("true" | "false") if !leading_dot => Ok(Kind::Bool),
            Token::Name("null") if !leading_dot => Ok(Kind::Other),
            Token::Name(name) if !is_reserved(name) => {
                if self.take("(") {
                    self.arguments(false)?;
                } else {
                    self.used.push(name);
                }
                Ok(Kind::Unknown)
            }
            Token::Sign("(") if !leading_dot => {
                let kind = self.expression()?;
                self.need(")").map(|()| kind)
            }
            Token::Sign("[") if !leading_dot => self.list("]").map(|()| Kind::Other),
            Token::Sign("{") if !leading_dot => self.entries().map(|()| Kind::Other),
            _ => {
                self.at -= 1;
                Err(self.unexpected("a value"))
            }
        }
    }

    /// What stands in brackets up to the closing one.
    fn list(&mut self, close: &str) -> Parsed<()> {
        while !self.take(close) {
            self.take("?");
            self.expression()?;
            if !self.take(",") {
                return self.need(close);
            }
        }
        Ok(())
    }

    fn arguments(&mut self, is_macro: bool) -> Parsed<()> {
        if self.take(")") {
            return Ok(());
        }
        for at in 0.. {
            let declares = match (self.peek(), self.tokens.get(self.at + 1)) {
                (Some(Token::Name(name)), Some(Token::Sign(","))) if is_macro && at < 2 => Some(name),
                _ => None,
            };
            self.bound.extend(declares);
            self.expression()?;
            if !self.take(",") {
                break;
            }
        }
        self.need(")")
    }

    /// Entries of a map or message, up to the closing brace.
    fn entries(&mut self) -> Parsed<()> {
        while !self.take("}") {
            self.take("?");
            match (self.peek(), self.tokens.get(self.at + 1)) {
                // The name of a field is no variable; in a map it may be one, which is not told then.
                (Some(Token::Name(_) | Token::Quoted(_)), Some(Token::Sign(":"))) => self.at += 1,
                _ => drop(self.expression()?),
            }
            self.need(":")?;
            self.expression()?;
            if !self.take(",") {
                return self.need("}");
            }
        }
        Ok(())
    }
}
