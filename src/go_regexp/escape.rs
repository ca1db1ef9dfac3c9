//! Escapes of one character: `\n`, `\.`, `\x41`, `\x{1F600}`, `\101`.
//!
//! Behavior: `parseEscape` of Go's `regexp/syntax`.

use super::fault::{Problem, between, next};

/// The largest code point.
pub const MAX: u32 = 0x10_FFFF;

/// Reads an escape, and returns its code point and the text after it. Code points of surrogates are valid, but match nothing.
pub fn escape(text: &str) -> Result<(u32, &str), Problem<'_>> {
    let inner = text.get(1..).unwrap_or_default();
    if inner.is_empty() {
        return Err(Problem { reason: "trailing backslash at end of expression", part: "" });
    }
    let (c, rest) = next(inner);
    let found = match c {
        '1'..='7' if !rest.starts_with(|c| matches!(c, '0'..='7')) => Err(rest),
        '0'..='7' => Ok(octal(inner)),
        'x' => hexadecimal(rest),
        'a' => Ok((7, rest)),
        'f' => Ok((12, rest)),
        'n' => Ok((10, rest)),
        'r' => Ok((13, rest)),
        't' => Ok((9, rest)),
        'v' => Ok((11, rest)),
        c if c.is_ascii() && !c.is_ascii_alphanumeric() => Ok((c.into(), rest)),
        _ => Err(rest),
    };
    found.map_err(|rest| Problem { reason: "invalid escape sequence", part: between(text, rest) })
}

fn octal(digits: &str) -> (u32, &str) {
    let (mut value, mut rest) = (0, digits);
    for digit in digits.chars().take(3).map_while(|c| c.to_digit(8)) {
        value = value * 8 + digit;
        rest = next(rest).1;
    }
    (value, rest)
}

/// The number after `\x`; an error is the text after the character that is wrong.
fn hexadecimal(text: &str) -> Result<(u32, &str), &str> {
    if text.is_empty() {
        return Err(text);
    }
    let (first, mut rest) = next(text);
    if first != '{' {
        let (second, rest) = next(rest);
        return first.to_digit(16).zip(second.to_digit(16)).map(|(high, low)| (high * 16 + low, rest)).ok_or(rest);
    }
    let (mut value, mut count) = (0, 0);
    while !rest.is_empty() {
        let (c, after) = next(rest);
        rest = after;
        match c.to_digit(16) {
            Some(digit) => (value, count) = (value * 16 + digit, count + 1),
            None if c == '}' && count > 0 => return Ok((value, rest)),
            None => break,
        }
        if value > MAX {
            break;
        }
    }
    Err(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_those_of_go() {
        let table = [
            ("\\n.", 10, "."),
            ("\\_x", 95, "x"),
            ("\\0", 0, ""),
            ("\\08", 0, "8"),
            ("\\1234", 0o123, "4"),
            ("\\777", 511, ""),
            ("\\<a", 60, "a"),
        ];
        for (text, value, rest) in table {
            assert_eq!(escape(text), Ok((value, rest)), "{text}");
        }
        for (text, value) in [("\\x41", 0x41), ("\\x{41}", 0x41), ("\\x{10FFFF}", MAX), ("\\x{d800}", 0xD800), ("\\-", 45)] {
            assert_eq!(escape(text), Ok((value, "")), "{text}");
        }
    }

    #[test]
    fn other_escapes_are_errors() {
        for (text, part) in [
            ("\\1", "\\1"),
            ("\\8x", "\\8"),
            ("\\18", "\\1"),
            ("\\u0061", "\\u"),
            ("\\é", "\\é"),
            ("\\x", "\\x"),
            ("\\x4", "\\x4"),
            ("\\xg1", "\\xg1"),
            ("\\x{}", "\\x{}"),
            ("\\x{110000}", "\\x{110000"),
            ("\\x{4", "\\x{4"),
        ] {
            let problem = escape(text).expect_err(text);
            assert_eq!((problem.reason, problem.part), ("invalid escape sequence", part));
        }
        assert_eq!(escape("\\").expect_err("an error").reason, "trailing backslash at end of expression");
    }
}
