//! Groups with flags and names: `(?i)`, `(?s-U:`, `(?P<name>`.
//!
//! Behavior: `parsePerlFlags` of Go's `regexp/syntax`.

use super::fault::{Problem, between, next};

/// The flags at a position of an expression.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// `i`: upper and lower case are the same.
    pub fold: bool,
    /// `m`: `^` and `$` match at the start and end of lines.
    pub lines: bool,
    /// `s`: `.` matches a line break.
    pub dot_all: bool,
    /// `U`: repetitions match as little as possible unless a `?` follows.
    pub lazy: bool,
}

/// What starts with `(?`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// A group with a name.
    Named,
    /// A group without a number, in which the flags are these.
    Group(Flags),
    /// Flags for the rest of the group in which it appears.
    Flags(Flags),
}

/// Reads what starts with `(?`, and returns the text after it.
pub fn opening(text: &str, flags: Flags) -> Result<(Opening, &str), Problem<'_>> {
    let name = if text.len() > 4 { text.strip_prefix("(?P<") } else { None };
    let name = name.or_else(|| if text.len() > 3 { text.strip_prefix("(?<") } else { None });
    match name {
        Some(name) => named(text, name).map(|rest| (Opening::Named, rest)),
        None => flagged(text, flags),
    }
}

fn named<'p>(text: &'p str, name: &'p str) -> Result<&'p str, Problem<'p>> {
    let wrong = |part| Problem { reason: "invalid named capture", part };
    let Some((name, rest)) = name.split_once('>') else { return Err(wrong(text)) };
    let is_valid = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_valid { Ok(rest) } else { Err(wrong(between(text, rest))) }
}

fn flagged(text: &str, outer: Flags) -> Result<(Opening, &str), Problem<'_>> {
    let mut rest = text.get(2..).unwrap_or_default();
    let (mut flags, mut set, mut seen) = (outer, true, false);
    while !rest.is_empty() {
        let (c, after) = next(rest);
        rest = after;
        seen = match c {
            'i' => store(&mut flags.fold, set),
            'm' => store(&mut flags.lines, set),
            's' => store(&mut flags.dot_all, set),
            'U' => store(&mut flags.lazy, set),
            '-' if set => {
                set = false;
                false
            }
            ':' if set || seen => return Ok((Opening::Group(flags), rest)),
            ')' if set || seen => return Ok((Opening::Flags(flags), rest)),
            _ => break,
        };
    }
    Err(Problem { reason: "invalid or unsupported Perl syntax", part: between(text, rest) })
}

fn store(flag: &mut bool, value: bool) -> bool {
    *flag = value;
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_set_and_cleared() {
        let plain = Flags::default();
        let fold = Flags { fold: true, ..plain };
        assert_eq!(opening("(?i)a", plain), Ok((Opening::Flags(fold), "a")));
        assert_eq!(opening("(?-i:a", fold), Ok((Opening::Group(plain), "a")));
        assert_eq!(opening("(?)a", fold), Ok((Opening::Flags(fold), "a")));
        for (text, part) in [("(?x)a", "(?x"), ("(?i-)a", "(?i-)"), ("(?", "(?"), ("(?=a)", "(?="), ("(?i--s)", "(?i--")] {
            assert_eq!(opening(text, plain).map_err(|problem| problem.part), Err(part));
        }
    }

    #[test]
    fn names_consist_of_letters_digits_and_underscores() {
        let plain = Flags::default();
        assert_eq!(opening("(?P<a_1>x)", plain), Ok((Opening::Named, "x)")));
        assert_eq!(opening("(?<n>x)", plain), Ok((Opening::Named, "x)")));
        for (text, part) in [("(?P<>x)", "(?P<>"), ("(?<a-b>x)", "(?<a-b>"), ("(?P<n", "(?P<n"), ("(?<!x)y", "(?<!x)y")] {
            let problem = opening(text, plain).expect_err(text);
            assert_eq!((problem.reason, problem.part), ("invalid named capture", part));
        }
    }
}
