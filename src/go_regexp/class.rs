//! Classes of characters: `[a-z]`, `[^\d[:alpha:]]`, `\W`, `\p{Greek}`.
//!
//! Behavior: `parseClass` of Go's `regexp/syntax`. A class has no operators, and no classes inside it except those of POSIX and
//! those of escapes; `[`, `&&`, `--`, and `~~` are characters. With `(?i)`, a class also contains what its characters fold to, before
//! it is negated.

use std::fmt::Write;

use super::escape::{MAX, escape};
use super::fault::{Problem, between, next};
use super::groups::{Ranges, perl, posix};
use super::unicode::{Set, unicode_class};

/// The steps that reading a large class takes, about.
const TABLE_WORK: u64 = 1500;

/// A class that matches nothing.
const NOTHING: &str = "[^\\x{0}-\\x{10FFFF}]";

/// A class in the syntax of the crate `regex`, while it is written.
#[derive(Debug, Default)]
pub struct Class {
    ranges: Vec<(u32, u32)>,
    /// Tables of Unicode and negated classes.
    tables: String,
    negated: bool,
    fold: bool,
    /// The steps that compiling the class takes, about.
    pub work: u64,
}

impl Class {
    /// Reads a class in brackets, and returns the text after it.
    pub fn bracketed(text: &str, fold: bool) -> Result<(Self, &str), Problem<'_>> {
        let mut rest = text.get(1..).unwrap_or_default();
        let mut class = Class { fold, ..Class::default() };
        if let Some(inner) = rest.strip_prefix('^') {
            (class.negated, rest) = (true, inner);
        }
        let mut first = true;
        while first || !rest.starts_with(']') {
            first = false;
            rest = class.item(rest, text)?;
        }
        Ok((class, rest.get(1..).unwrap_or_default()))
    }

    /// Reads a class that is an escape, if the text starts with one, and returns the text after it.
    pub fn escaped(text: &str, fold: bool) -> Result<Option<(Self, &str)>, Problem<'_>> {
        let mut class = Class { fold, ..Class::default() };
        let Some(inner) = text.strip_prefix('\\').filter(|inner| !inner.is_empty()) else { return Ok(None) };
        let (letter, rest) = next(inner);
        if let 'p' | 'P' = letter {
            let (set, negated, rest) = unicode_class(text)?;
            class.negated = negated;
            class.set(set, false);
            return Ok(Some((class, rest)));
        }
        let Some(ranges) = perl(letter) else { return Ok(None) };
        class.negated = letter.is_ascii_uppercase();
        class.group(ranges, false);
        Ok(Some((class, rest)))
    }

    /// Writes the class.
    pub fn write(&self, out: &mut String) {
        out.push_str(if self.fold { "(?i:[" } else { "[" });
        out.push_str(if self.negated { "^" } else { "" });
        if !self.ranges.is_empty() || self.tables.is_empty() {
            write_ranges(&self.ranges, out);
        }
        out.push_str(&self.tables);
        out.push_str(if self.fold { "])" } else { "]" });
    }

    /// Reads a range, a character, or a class inside the brackets that started at `whole`.
    fn item<'p>(&mut self, text: &'p str, whole: &'p str) -> Result<&'p str, Problem<'p>> {
        if let Some((name, rest)) = text.strip_prefix("[:").and_then(|inner| inner.split_once(":]")) {
            let (name, negated) = name.strip_prefix('^').map_or((name, false), |name| (name, true));
            let wrong = Problem { reason: "invalid character class range", part: between(text, rest) };
            self.group(posix(name).ok_or(wrong)?, negated);
            return Ok(rest);
        }
        if text.starts_with("\\p") || text.starts_with("\\P") {
            let (set, negated, rest) = unicode_class(text)?;
            self.set(set, negated);
            return Ok(rest);
        }
        let letter = text.strip_prefix('\\').and_then(|inner| inner.chars().next());
        if let Some((letter, ranges)) = letter.and_then(|letter| Some((letter, perl(letter)?))) {
            self.group(ranges, letter.is_ascii_uppercase());
            return Ok(text.get(2..).unwrap_or_default());
        }
        let (low, mut rest) = character(text, whole)?;
        let mut high = low;
        if let Some(end) = rest.strip_prefix('-').filter(|end| !end.is_empty() && !end.starts_with(']')) {
            (high, rest) = character(end, whole)?;
        }
        if high < low {
            return Err(Problem { reason: "invalid character class range", part: between(text, rest) });
        }
        self.range(low, high);
        Ok(rest)
    }

    fn range(&mut self, low: u32, high: u32) {
        self.ranges.push((low, high));
        self.work += if self.fold { u64::from(high - low) + 1 } else { 1 };
    }

    fn group(&mut self, ranges: Ranges, negated: bool) {
        if !negated {
            ranges.iter().for_each(|(low, high)| self.range(*low, *high));
            return;
        }
        self.tables.push_str("[^");
        write_ranges(ranges, &mut self.tables);
        self.tables.push(']');
        self.work += if self.fold { u64::from(MAX) } else { 1 };
    }

    fn set(&mut self, set: Set, negated: bool) {
        let (kind, name) = match set {
            Set::Any => return self.group(&[(0, MAX)], negated),
            Set::Ascii => return self.group(&[(0, 0x7F)], negated),
            Set::Surrogates => return self.group(&[(0xD800, 0xDFFF)], negated),
            Set::Category(name) => ("gc", name),
            Set::Script(name) => ("sc", name),
        };
        self.tables.extend([if negated { "\\P{" } else { "\\p{" }, kind, "=", name, "}"]);
        self.work += if self.fold { u64::from(MAX) } else { TABLE_WORK };
    }
}

/// Writes ranges, without surrogates. Ranges on both sides of the surrogates become one, because the crate negates two of them
/// as if there were something in between.
fn write_ranges(ranges: &[(u32, u32)], out: &mut String) {
    let mut ranges = ranges.to_vec();
    ranges.sort_unstable();
    ranges.push((u32::MAX, u32::MAX));
    let mut open: Option<(u32, u32)> = None;
    let mut any = false;
    for (low, high) in ranges {
        let low = if (0xD800..=0xDFFF).contains(&low) { 0xE000 } else { low };
        let high = if (0xD800..=0xDFFF).contains(&high) { 0xD7FF } else { high };
        match open {
            _ if low > high => {}
            Some((start, end)) if low <= end.saturating_add(1) || end >= 0xD7FF && low <= 0xE000 => {
                open = Some((start, end.max(high)));
            }
            done => {
                if let Some((start, end)) = done {
                    any = write!(out, "\\x{{{start:X}}}-\\x{{{end:X}}}").is_ok();
                }
                open = Some((low, high));
            }
        }
    }
    out.push_str(if any { "" } else { NOTHING });
}

fn character<'p>(text: &'p str, whole: &'p str) -> Result<(u32, &'p str), Problem<'p>> {
    if text.is_empty() {
        return Err(Problem { reason: "missing closing ]", part: whole });
    }
    if text.starts_with('\\') {
        return escape(text);
    }
    let (c, rest) = next(text);
    Ok((c.into(), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        let (class, rest) = Class::bracketed(text, false).expect(text);
        let mut out = String::new();
        class.write(&mut out);
        out + rest
    }

    #[test]
    fn classes_consist_of_explicit_ranges() {
        assert_eq!(written("[a-c]."), "[\\x{61}-\\x{63}].");
        assert_eq!(written("[]-]"), "[\\x{2D}-\\x{2D}\\x{5D}-\\x{5D}]");
        assert_eq!(written("[^\\W]"), "[^[^\\x{30}-\\x{39}\\x{41}-\\x{5A}\\x{5F}-\\x{5F}\\x{61}-\\x{7A}]]");
        assert_eq!(written("[&&]"), "[\\x{26}-\\x{26}]");
        assert_eq!(written("[\\x{d000}-\\x{e000}]"), "[\\x{D000}-\\x{E000}]");
        assert_eq!(written("[\\x{d800}]"), "[[^\\x{0}-\\x{10FFFF}]]");
    }

    #[test]
    fn faults_name_the_part() {
        for (text, reason, part) in [
            ("[a", "missing closing ]", "[a"),
            ("[]", "missing closing ]", "[]"),
            ("[b-a]", "invalid character class range", "b-a"),
            ("[[:foo:]]", "invalid character class range", "[:foo:]"),
            ("[a-\\d]", "invalid escape sequence", "\\d"),
            ("[\\Q]", "invalid escape sequence", "\\Q"),
        ] {
            let problem = Class::bracketed(text, false).expect_err(text);
            assert_eq!((problem.reason, problem.part), (reason, part));
        }
    }
}
