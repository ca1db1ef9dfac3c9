//! The translator: an expression in Go's syntax in, one in the syntax of the crate `regex` out, or Go's reason why it is not valid.
//!
//! Behavior: `parse` of Go's `regexp/syntax`. The result has no groups with numbers, because only whether and where an expression
//! matches is of interest, and no parentheses that are not necessary, because Go does not count those either.

use super::class::Class;
use super::escape::escape;
use super::fault::{Problem, between, next};
use super::flags::{Flags, Opening, opening};
use super::shape::{Kind, Row, Shape};

/// The maximum number of steps that compiling the classes takes: far more than an expression needs that somebody wrote.
const MAX_WORK: u64 = 100_000_000;

/// How the text of an item was written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Atom,
    Repetition,
    Sequence,
    Choice,
}

/// A part of a sequence that a repetition may still apply to.
struct Item {
    start: usize,
    form: Form,
    shape: Shape,
}

/// A group that is being read; the outermost one is the expression.
struct Frame {
    start: usize,
    is_captured: bool,
    outer: Flags,
    branches: Row,
    has_bar: bool,
    items: Row,
    count: usize,
    last: Option<Item>,
}

impl Frame {
    fn new(start: usize, is_captured: bool, outer: Flags) -> Self {
        let (branches, items) = (Row::new(Kind::Choice), Row::new(Kind::Sequence));
        Frame { start, is_captured, outer, branches, has_bar: false, items, count: 0, last: None }
    }
}

/// Translates an expression.
pub fn translate(pattern: &str) -> Result<String, Problem<'_>> {
    let whole = |reason| Problem { reason, part: "" };
    let mut translator = Translator {
        out: String::with_capacity(pattern.len() * 2),
        flags: Flags::default(),
        outer: Vec::new(),
        work: 0,
        frame: Frame::new(0, false, Flags::default()),
    };
    let mut rest = pattern;
    // The text of the repetition that ends here.
    let mut repetition = None;
    while !rest.is_empty() {
        let start = rest;
        (rest, repetition) = match translator.repetition(start, repetition)? {
            Some(rest) => (rest, Some(start)),
            None => (translator.step(start)?, None),
        };
        if translator.work > MAX_WORK {
            return Err(whole("expression too large"));
        }
    }
    if !translator.outer.is_empty() {
        translator.close_frame()?;
        return Err(whole("missing closing )"));
    }
    translator.close_frame()?;
    Ok(translator.out)
}

struct Translator {
    out: String,
    flags: Flags,
    frame: Frame,
    outer: Vec<Frame>,
    work: u64,
}

impl Translator {
    /// Reads one element that is not a repetition, and returns the text after it.
    fn step<'p>(&mut self, text: &'p str) -> Result<&'p str, Problem<'p>> {
        let (c, rest) = next(text);
        match c {
            '(' => self.open(text),
            ')' => self.close().map(|()| rest),
            '|' => self.bar().map(|()| rest),
            '[' => {
                let (class, rest) = Class::bracketed(text, self.flags.fold)?;
                self.class(&class)?;
                Ok(rest)
            }
            '\\' => self.escaped(text),
            '^' => self.mark(if self.flags.lines { "(?m:^)" } else { "\\A" }).map(|()| rest),
            '$' => self.mark(if self.flags.lines { "(?m:$)" } else { "\\z" }).map(|()| rest),
            '.' => self.atom(if self.flags.dot_all { "(?s:.)" } else { "[^\\n]" }, Kind::Class).map(|()| rest),
            c => self.character(c.into()).map(|()| rest),
        }
    }

    /// Reads a repetition, if the text starts with one, and returns the text after it. `earlier` is the one that ends here.
    fn repetition<'p>(&mut self, text: &'p str, earlier: Option<&'p str>) -> Result<Option<&'p str>, Problem<'p>> {
        let (numbers, after) = match next(text) {
            ('*' | '+' | '?', rest) => (None, rest),
            ('{', _) => match numbers(text) {
                Some((found, after)) => (Some(found), after),
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        let size = |after| Problem { reason: "invalid repeat count", part: between(text, after) };
        if let Some(Numbers { low, high }) = numbers
            && (low > 1000 || high.is_some_and(|high| high > 1000 || low > high))
        {
            return Err(size(after));
        }
        let is_lazy = after.starts_with('?') != self.flags.lazy;
        let operator = between(text, after);
        let after = after.strip_prefix('?').unwrap_or(after);
        if let Some(earlier) = earlier {
            return Err(Problem { reason: "invalid nested repetition operator", part: between(earlier, after) });
        }
        let Some(mut item) = self.frame.last.take() else {
            return Err(Problem { reason: "missing argument to repetition operator", part: between(text, after) });
        };
        item.shape = match numbers {
            None => item.shape.starred(),
            Some(Numbers { low, high }) => item.shape.repeated(low, high).ok_or_else(|| size(after))?,
        };
        item.shape.check()?;
        if item.form != Form::Atom {
            self.wrap(item.start);
        }
        item.form = Form::Repetition;
        self.out.push_str(operator);
        self.out.push_str(if is_lazy { "?" } else { "" });
        self.frame.last = Some(item);
        Ok(Some(after))
    }

    /// Starts a group, or changes the flags.
    fn open<'p>(&mut self, text: &'p str) -> Result<&'p str, Problem<'p>> {
        let outer = self.flags;
        let (is_captured, rest) = match text.strip_prefix('(') {
            Some(inner) if inner.starts_with('?') => {
                let (found, rest) = opening(text, outer)?;
                if let Opening::Group(flags) | Opening::Flags(flags) = found {
                    self.flags = flags;
                }
                if let Opening::Flags(_) = found {
                    return Ok(rest);
                }
                (found == Opening::Named, rest)
            }
            inner => (true, inner.unwrap_or_default()),
        };
        self.settle();
        let frame = Frame::new(self.out.len(), is_captured, outer);
        self.outer.push(std::mem::replace(&mut self.frame, frame));
        Ok(rest)
    }

    fn close(&mut self) -> Result<(), Problem<'static>> {
        let mut item = self.close_frame()?;
        let Some(outer) = self.outer.pop() else { return Err(Problem { reason: "unexpected )", part: "" }) };
        self.flags = self.frame.outer;
        if self.frame.is_captured {
            item.shape = item.shape.captured().check()?;
        }
        self.frame = outer;
        if item.form == Form::Choice && self.frame.count > 0 {
            self.wrap(item.start);
            item.form = Form::Atom;
        }
        self.frame.last = Some(item);
        Ok(())
    }

    /// Ends the group, which becomes one item.
    fn close_frame(&mut self) -> Result<Item, Problem<'static>> {
        let (start, has_bar) = (self.frame.start, self.frame.has_bar);
        let only = if self.frame.count == 0 { self.frame.last.as_ref().map(|last| last.form) } else { None };
        let form = if has_bar { Form::Choice } else { only.unwrap_or(Form::Sequence) };
        self.end_branch()?;
        Ok(Item { start, form, shape: self.frame.branches.finish()? })
    }

    fn bar(&mut self) -> Result<(), Problem<'static>> {
        self.end_branch()?;
        self.frame.has_bar = true;
        self.out.push('|');
        Ok(())
    }

    fn end_branch(&mut self) -> Result<(), Problem<'static>> {
        // A choice that is all of a branch needs no parentheses.
        if let Some(last) = self.frame.last.take() {
            self.frame.items.push(last.shape);
        }
        let items = std::mem::replace(&mut self.frame.items, Row::new(Kind::Sequence));
        self.frame.count = 0;
        self.frame.branches.push(items.finish()?);
        Ok(())
    }

    /// Adds the last item to the sequence: no repetition can follow it anymore.
    fn settle(&mut self) {
        let Some(last) = self.frame.last.take() else { return };
        if last.form == Form::Choice {
            self.wrap(last.start);
        }
        self.frame.items.push(last.shape);
        self.frame.count += 1;
    }

    fn wrap(&mut self, start: usize) {
        self.out.insert_str(start, "(?:");
        self.out.push(')');
    }

    fn atom(&mut self, text: &str, kind: Kind) -> Result<(), Problem<'static>> {
        self.settle();
        let start = self.out.len();
        self.out.push_str(text);
        self.frame.last = Some(Item { start, form: Form::Atom, shape: Shape::leaf(kind) });
        Ok(())
    }

    /// An assertion; the crate repeats it only in parentheses.
    fn mark(&mut self, text: &str) -> Result<(), Problem<'static>> {
        self.atom(text, Kind::Other)?;
        if let Some(last) = &mut self.frame.last {
            last.form = Form::Sequence;
        }
        Ok(())
    }

    fn class(&mut self, class: &Class) -> Result<(), Problem<'static>> {
        self.work = self.work.saturating_add(class.work);
        self.atom("", Kind::Class)?;
        class.write(&mut self.out);
        Ok(())
    }

    fn character(&mut self, code: u32) -> Result<(), Problem<'static>> {
        let kind = Kind::Text { fold: self.flags.fold };
        // No text contains surrogates.
        let Some(c) = char::from_u32(code) else { return self.atom("[^\\x{0}-\\x{10FFFF}]", kind) };
        self.atom("", kind)?;
        let folds = self.flags.fold && (c.is_ascii_alphabetic() || !c.is_ascii());
        self.out.push_str(if folds { "(?i:" } else { "" });
        // The crate has assertions `\<` and `\>`.
        if c.is_ascii_punctuation() && !matches!(c, '<' | '>') {
            self.out.push('\\');
        }
        self.out.push(c);
        self.out.push_str(if folds { ")" } else { "" });
        Ok(())
    }

    fn escaped<'p>(&mut self, text: &'p str) -> Result<&'p str, Problem<'p>> {
        let mark = match text.as_bytes().get(1) {
            Some(b'A') => "\\A",
            Some(b'z') => "\\z",
            Some(b'b') => "(?-u:\\b)",
            Some(b'B') => "(?-u:\\B)",
            Some(b'Q') => return self.quoted(text),
            _ => {
                if let Some((class, rest)) = Class::escaped(text, self.flags.fold)? {
                    self.class(&class)?;
                    return Ok(rest);
                }
                let (code, rest) = escape(text)?;
                self.character(code)?;
                return Ok(rest);
            }
        };
        self.mark(mark)?;
        Ok(text.get(2..).unwrap_or_default())
    }

    /// Characters from `\Q` to `\E` or to the end.
    fn quoted<'p>(&mut self, text: &'p str) -> Result<&'p str, Problem<'p>> {
        let inner = text.get(2..).unwrap_or_default();
        let (quoted, rest) = inner.split_once("\\E").unwrap_or((inner, ""));
        for c in quoted.chars() {
            self.character(c.into())?;
        }
        Ok(rest)
    }
}

/// The numbers of `{2}`, `{2,}`, or `{2,5}`.
#[derive(Clone, Copy)]
struct Numbers {
    low: u32,
    high: Option<u32>,
}

/// The numbers in braces and the text after them; `None` if the brace is a character.
fn numbers(text: &str) -> Option<(Numbers, &str)> {
    let (low, rest) = number(text.strip_prefix('{')?)?;
    if let Some(after) = rest.strip_prefix('}') {
        return Some((Numbers { low, high: Some(low) }, after));
    }
    let rest = rest.strip_prefix(',')?;
    if let Some(after) = rest.strip_prefix('}') {
        return Some((Numbers { low, high: None }, after));
    }
    let (high, rest) = number(rest)?;
    Some((Numbers { low, high: Some(high) }, rest.strip_prefix('}')?))
}

/// A number without leading zeros, and the text after it.
fn number(text: &str) -> Option<(u32, &str)> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at_checked(length)?;
    if digits.is_empty() || digits.len() > 1 && digits.starts_with('0') {
        return None;
    }
    // What is too large for a number is also too large for a repetition.
    Some((digits.parse().unwrap_or(u32::MAX), rest))
}
