//! Numbers: how go-yaml reads a plain scalar as a number, and how kustomize prints it.
//!
//! Reading follows Go's `ParseInt(text, 0, 64)` after removing every `_`, then the float forms of YAML 1.1. Printing follows
//! kustomize's conversions: a float is written as JSON, read back, and printed by Go's shortest `%g`.

use std::borrow::Cow;
use std::fmt::Write;

/// The value of a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// An integer of 64 bits.
    Int(i64),
    /// An integer beyond [`i64::MAX`].
    Uint(u64),
    /// Any other number; may be infinite or NaN.
    Float(f64),
}

impl Number {
    /// The nearest float.
    pub fn as_f64(self) -> f64 {
        match self {
            Number::Int(value) => value as f64,
            Number::Uint(value) => value as f64,
            Number::Float(value) => value,
        }
    }

    /// Whether it can be printed: JSON supports neither infinity nor NaN.
    pub fn is_finite(self) -> bool {
        self.as_f64().is_finite()
    }
}

/// The number that a plain scalar represents, as go-yaml v3 reads resources.
pub fn number(text: &str) -> Option<Number> {
    parse(text, true)
}

/// The number that a plain scalar represents, as go-yaml v2 reads kustomizations and JSON patches.
pub fn number_yaml11(text: &str) -> Option<Number> {
    parse(text, false)
}

/// `new_octals`: go-yaml v3 also accepts `0o-7`.
fn parse(text: &str, new_octals: bool) -> Option<Number> {
    match text.as_bytes().first()? {
        b'.' => parse_dotted(text),
        b'+' | b'-' if text.as_bytes().get(2).is_some_and(u8::is_ascii_alphabetic) => {
            special_float(text).or_else(|| parse_digits(&without_underscores(text), new_octals))
        }
        b'0'..=b'9' | b'+' | b'-' => parse_digits(&without_underscores(text), new_octals),
        _ => None,
    }
}

fn without_underscores(text: &str) -> Cow<'_, str> {
    if text.contains('_') { Cow::Owned(text.replace('_', "")) } else { Cow::Borrowed(text) }
}

/// `.inf` and `.nan` in all their forms, with their sign.
fn special_float(text: &str) -> Option<Number> {
    let (negative, name) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    match name {
        ".inf" | ".Inf" | ".INF" if negative => Some(Number::Float(f64::NEG_INFINITY)),
        ".inf" | ".Inf" | ".INF" => Some(Number::Float(f64::INFINITY)),
        ".nan" | ".NaN" | ".NAN" if name.len() == text.len() => Some(Number::Float(f64::NAN)),
        _ => None,
    }
}

/// Numbers that begin with a dot are read by Go's `ParseFloat`, which allows `_` only between two digits.
fn parse_dotted(text: &str) -> Option<Number> {
    let bytes = text.as_bytes();
    if !bytes.get(1)?.is_ascii_digit() {
        return special_float(text);
    }
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let is_misplaced = |&(at, &byte): &(usize, &u8)| byte == b'_' && !(is_digit(at - 1) && is_digit(at + 1));
    if bytes.iter().enumerate().any(|place| is_misplaced(&place)) {
        return None;
    }
    parse_float(&without_underscores(text))
}

fn parse_digits(text: &str, new_octals: bool) -> Option<Number> {
    parse_integer(text).or_else(|| parse_float(text)).or_else(|| {
        let digits = text.strip_prefix("0b").map(|digits| (digits, 2));
        let digits = digits.or_else(|| text.strip_prefix("0o").filter(|_| new_octals).map(|digits| (digits, 8)));
        digits.and_then(|(digits, radix)| parse_signed(digits, radix))
    })
}

/// Go's `ParseInt` and then `ParseUint` with base 0: `0x`, `0o`, `0b` and a leading `0` determine the base.
fn parse_integer(text: &str) -> Option<Number> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'+' | b'-' => text.split_at(1),
        _ => ("", text),
    };
    let (digits, radix) = match digits.as_bytes() {
        [] => return None,
        [b'0', b'x' | b'X', _, ..] => (&digits[2..], 16),
        [b'0', b'o' | b'O', _, ..] => (&digits[2..], 8),
        [b'0', b'b' | b'B', _, ..] => (&digits[2..], 2),
        [b'0'] => return Some(Number::Int(0)),
        [b'0', ..] => (&digits[1..], 8),
        _ => (digits, 10),
    };
    if !digits.as_bytes().first()?.is_ascii_alphanumeric() {
        return None;
    }
    let value = u64::from_str_radix(digits, radix).ok()?;
    match (sign, i64::try_from(value)) {
        ("-", Ok(value)) => Some(Number::Int(-value)),
        ("-", Err(_)) => (value == i64::MIN.unsigned_abs()).then_some(Number::Int(i64::MIN)),
        (_, Ok(value)) => Some(Number::Int(value)),
        ("", Err(_)) => Some(Number::Uint(value)),
        _ => None,
    }
}

/// Digits of a known base after their prefix; go-yaml accepts a sign here: `0b-1`.
fn parse_signed(digits: &str, radix: u32) -> Option<Number> {
    i64::from_str_radix(digits, radix).ok().map(Number::Int)
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, unless it exceeds the largest float.
fn parse_float(text: &str) -> Option<Number> {
    let digits = |bytes: &[u8]| bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut rest = text.as_bytes();
    rest = rest.strip_prefix(b"+").or_else(|| rest.strip_prefix(b"-")).unwrap_or(rest);
    let whole = digits(rest);
    rest = &rest[whole..];
    let fraction = rest.strip_prefix(b".").map(digits);
    rest = &rest[fraction.map_or(0, |count| count + 1)..];
    if whole == 0 && fraction.is_none_or(|count| count == 0) {
        return None;
    }
    if let [b'e' | b'E', exponent @ ..] = rest {
        let exponent = exponent.strip_prefix(b"+").or_else(|| exponent.strip_prefix(b"-")).unwrap_or(exponent);
        let count = digits(exponent);
        rest = if count == 0 { return None } else { &exponent[count..] };
    }
    let value: f64 = if rest.is_empty() { text.parse().ok()? } else { return None };
    value.is_finite().then_some(Number::Float(value))
}

/// Prints a number as kustomize does. The number should be finite.
pub fn print_number(number: Number, out: &mut String) {
    match number {
        Number::Int(value) => _ = write!(out, "{value}"),
        Number::Uint(value) => _ = write!(out, "{value}"),
        Number::Float(value) => print_float(value, out),
    }
}

/// A float without a fraction becomes an integer again after JSON, within the range of 64 bits.
fn print_float(value: f64, out: &mut String) {
    if value == 0.0 {
        return out.push('0');
    }
    let start = out.len();
    if value.fract() == 0.0 && value.abs() < 1e21 {
        _ = write!(out, "{value}");
        if parse_integer(&out[start..]).is_some() {
            return;
        }
        out.truncate(start);
    }
    print_general(value, out);
}

/// Go's shortest `%g`, which is also its `%v`.
pub fn print_general(value: f64, out: &mut String) {
    let start = out.len();
    _ = write!(out, "{value:e}");
    let Some(at) = out[start..].find('e').map(|at| at + start) else { return };
    let Ok(exponent) = out[at + 1..].parse::<i32>() else { return };
    out.truncate(at);
    if (-4..6).contains(&exponent) {
        out.truncate(start);
        _ = write!(out, "{value}");
    } else {
        _ = write!(out, "e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(text: &str) -> String {
        let mut out = String::new();
        print_number(number(text).unwrap_or_else(|| panic!("`{text}` is a number")), &mut out);
        out
    }

    #[test]
    fn integers_lose_their_base() {
        let table = "0 0, 00 0, -0 0, +0 0, +5 5, 0644 420, 0o644 420, 0x1F 31, 0X1f 31, 0b101 5, -0b11 -3, 1_000 1000, \
                     1__0 10, 1_ 1, 0_7 7, 0777_1 4089, -0x1f -31, +0b1 1, 0b-1 -1, 0b+1 1, 0o-7 -7, 20200101 20200101, \
                     12345678901234567890 12345678901234567890, 9223372036854775808 9223372036854775808, \
                     0xFFFFFFFFFFFFFFFF 18446744073709551615, -9223372036854775808 -9223372036854775808";
        for row in table.split(", ") {
            let (text, expected) = row.split_once(' ').unwrap();
            assert!(!matches!(number(text), Some(Number::Float(_))), "{text}");
            assert_eq!(printed(text), expected, "{text}");
        }
    }

    #[test]
    fn floats_are_printed_as_go_prints_them() {
        let table = "08 8, 09 9, 1e3 1000, 1E3 1000, .5 0.5, 5. 5, 1.0 1, 1.50 1.5, 0.10 0.1, 1e-7 1e-07, \
                     1e21 1e+21, 1e1_0 10000000000, \
                     100000000000000000000 1e+20, -9223372036854775809 -9.223372036854776e+18, .1_0 0.1, 1.0e+3 1000, 0. 0, \
                     -0.0 0, 123456789.123456789 1.2345678912345679e+08, 3.141592653589793238 3.141592653589793, +.5 0.5, \
                     -.5e1 -5, 123456.5 123456.5, 1234567.5 1.2345675e+06, 12345678.9 1.23456789e+07, 3.0e10 30000000000, \
                     0.0001 0.0001, 1e-5 1e-05, 18446744073709551616 1.8446744073709552e+19, 1e-400 0, 5e-324 5e-324, \
                     +9223372036854775808 9223372036854776000, \
                     1.7976931348623157e308 1.7976931348623157e+308, .5_0e1_0 5000000000, -._1 -0.1";
        for row in table.split(", ") {
            let (text, expected) = row.split_once(' ').unwrap();
            assert!(matches!(number(text), Some(Number::Float(_))), "{text}");
            assert_eq!(printed(text), expected, "{text}");
        }
    }

    #[test]
    fn these_are_not_numbers() {
        let table = "_1 1.2.3 1e400 1e+ 0x 0o8 0b2 0x1p-2 Infinity nan NaN + - . .. -x ._5 .5_ .5_e1 0xg 1e5x \
                     e5 0o 0b 100m 1Gi 10% \
                     +.nan -.nan -.i --1 +-1 0x-1 0b--1 -0b-1 1:30 .e5 -. -.e5 0x+1 1.7976931348623157e309 -0o-7";
        for text in table.split_whitespace() {
            assert_eq!(number(text), None, "{text}");
        }
        assert_eq!(number(""), None);
        assert_eq!(number_yaml11("0o-7"), None);
        assert_eq!(number_yaml11("0o7"), Some(Number::Int(7)));
    }

    #[test]
    fn infinities_have_a_sign_and_nan_has_none() {
        assert_eq!(number("-.Inf"), Some(Number::Float(f64::NEG_INFINITY)));
        assert_eq!(number("+.inf"), Some(Number::Float(f64::INFINITY)));
        assert!(number(".NaN").is_some_and(|number| !number.is_finite()));
        assert_eq!(number(".iNF"), None);
    }
}
