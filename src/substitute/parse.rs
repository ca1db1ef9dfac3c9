//! Parses a text with `${...}` expressions.

/// Deeper nesting is an error.
const DEEPEST: usize = 64;

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Text as it is.
    Text(String),
    /// A variable, and what is done to its value.
    Variable(String, Operation),
}

/// What is done to the value of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Nothing.
    Value,
    /// If it is empty, another text takes its place.
    Default(Vec<Part>),
    /// Its length in bytes.
    Length,
    /// Upper or lower case, of the first letter or of all letters.
    Case {
        /// Whether letters become uppercase.
        upper: bool,
        /// Whether all letters change.
        all: bool,
    },
    /// The bytes from an offset on, at most a number of them.
    Cut(Vec<Part>, Option<Vec<Part>>),
    /// A text is replaced by another one.
    Replace(Which, Vec<Part>, Vec<Part>),
    /// What matches a pattern is removed from the start or the end.
    Trim {
        /// Whether it is removed from the end.
        end: bool,
        /// Whether the longest match is removed.
        longest: bool,
        /// The pattern.
        pattern: Vec<Part>,
    },
}

/// Which occurrences are replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The first one.
    First,
    /// All.
    All,
    /// One at the start.
    Start,
    /// One at the end.
    End,
}

/// Parses a text.
///
/// # Errors
/// An expression is malformed.
pub fn parse(text: &str) -> Result<Vec<Part>, &'static str> {
    let mut parser = Parser { rest: text, depth: 0 };
    let mut parts = Vec::new();
    let mut plain = String::new();
    while let Some(at) = parser.rest.find('$') {
        plain.push_str(parser.take(at));
        if parser.eat("${") {
            flush(&mut plain, &mut parts);
            parts.push(parser.expression()?);
        } else {
            // Two dollar signs stand for one.
            parser.take(1);
            parser.eat("$");
            plain.push('$');
        }
    }
    plain.push_str(parser.rest);
    flush(&mut plain, &mut parts);
    Ok(parts)
}

fn flush(plain: &mut String, parts: &mut Vec<Part>) {
    if !plain.is_empty() {
        parts.push(Part::Text(std::mem::take(plain)));
    }
}

const NO_NAME: &str = "unable to parse variable name";
const NO_BRACE: &str = "missing closing brace";
const NO_ARGUMENT: &str = "unable to parse substitution within function";
const BAD: &str = "bad substitution";

struct Parser<'t> {
    rest: &'t str,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn take(&mut self, length: usize) -> &'t str {
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    fn eat(&mut self, start: &str) -> bool {
        let found = self.rest.strip_prefix(start);
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }

    fn name(&mut self) -> &'t str {
        let is_other = |c: char| !(c.is_alphanumeric() || c == '_');
        self.take(self.rest.find(is_other).unwrap_or(self.rest.len()))
    }

    /// An expression after its `${`.
    fn expression(&mut self) -> Result<Part, &'static str> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(BAD);
        }
        let is_length = self.eat("#");
        let name = self.name().to_owned();
        if name.is_empty() {
            return Err(if is_length { BAD } else { NO_NAME });
        }
        let operation = if is_length { Operation::Length } else { self.operation()? };
        if !self.eat("}") {
            let is_short = matches!(operation, Operation::Value | Operation::Length);
            return Err(if is_short { NO_BRACE } else { BAD });
        }
        self.depth -= 1;
        Ok(Part::Variable(name, operation))
    }

    fn operation(&mut self) -> Result<Operation, &'static str> {
        for default in [":-", ":=", ":?", ":+", "="] {
            if self.eat(default) {
                return Ok(Operation::Default(self.argument(&['}'], false)?));
            }
        }
        for (sign, upper, all) in [("^^", true, true), ("^", true, false), (",,", false, true), (",", false, false)] {
            if self.eat(sign) {
                return Ok(Operation::Case { upper, all });
            }
        }
        for (sign, end, longest) in [("##", false, true), ("#", false, false), ("%%", true, true), ("%", true, false)] {
            if self.eat(sign) {
                return Ok(Operation::Trim { end, longest, pattern: self.required(&['}'])? });
            }
        }
        if self.eat(":") {
            let offset = self.required(&[':', '}'])?;
            let length = if self.eat(":") { Some(self.required(&['}'])?) } else { None };
            return Ok(Operation::Cut(offset, length));
        }
        for (sign, which) in [("//", Which::All), ("/#", Which::Start), ("/%", Which::End), ("/", Which::First)] {
            if self.eat(sign) {
                let old = self.argument(&['/', '}'], true)?;
                if !self.eat("/") {
                    return Err(BAD);
                }
                return Ok(Operation::Replace(which, old, self.argument(&['}'], true)?));
            }
        }
        Ok(Operation::Value)
    }

    fn required(&mut self, ends: &[char]) -> Result<Vec<Part>, &'static str> {
        let found = self.argument(ends, false)?;
        if found.is_empty() { Err(NO_ARGUMENT) } else { Ok(found) }
    }

    /// A text up to one of these characters, which may contain expressions. With `escapes`, a backslash protects `/` and itself.
    fn argument(&mut self, ends: &[char], escapes: bool) -> Result<Vec<Part>, &'static str> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        loop {
            if self.eat("${") {
                flush(&mut plain, &mut parts);
                parts.push(self.expression()?);
                continue;
            }
            if escapes && (self.rest.starts_with("\\/") || self.rest.starts_with("\\\\")) {
                self.take(1);
                plain.push_str(self.take(1));
                continue;
            }
            match self.rest.chars().next() {
                None => return Err(NO_ARGUMENT),
                Some(next) if ends.contains(&next) => {
                    flush(&mut plain, &mut parts);
                    return Ok(parts);
                }
                Some(next) => plain.push_str(self.take(next.len_utf8())),
            }
        }
    }
}
