//! The values of literals: numbers, strings, and bytes.
//!
//! Behavior: `parser/unescape.go` of cel-go, and its `VisitInt`, `VisitUint`, and `VisitDouble`.

use super::ast::Literal;

/// Parses a signed integer.
pub fn int(text: &str, negative: bool) -> Result<Literal, &'static str> {
    let sign = if negative { "-" } else { "" };
    let parsed = match text.strip_prefix("0x") {
        Some(digits) => i64::from_str_radix(&format!("{sign}{digits}"), 16),
        None => format!("{sign}{text}").parse(),
    };
    parsed.map(Literal::Int).map_err(|_| "the integer does not fit in 64 bits")
}

/// Parses an unsigned integer with its suffix.
pub fn uint(text: &str) -> Result<Literal, &'static str> {
    let digits = text.trim_end_matches(['u', 'U']);
    let parsed = match digits.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => digits.parse(),
    };
    parsed.map(Literal::Uint).map_err(|_| "the unsigned integer does not fit in 64 bits")
}

/// Parses a double.
pub fn double(text: &str, negative: bool) -> Result<Literal, &'static str> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(Literal::Double(if negative { -value } else { value })),
        _ => Err("the number does not fit in a double"),
    }
}

/// Parses a string with its quotes and prefix.
pub fn string(text: &str) -> Result<Literal, &'static str> {
    let (body, raw) = body(text);
    let bytes = unescape(&body, raw, false)?;
    String::from_utf8(bytes).map(|text| Literal::String(text.into())).map_err(|_| "the string is not valid Unicode")
}

/// Parses bytes with their quotes and prefix.
pub fn bytes(text: &str) -> Result<Literal, &'static str> {
    let (body, raw) = body(&text[1..]);
    Ok(Literal::Bytes(unescape(&body, raw, true)?.into()))
}

/// The content between the quotes, with line breaks as `\n`, and whether the literal is raw.
fn body(text: &str) -> (String, bool) {
    let inner = text.strip_prefix(['r', 'R']).unwrap_or(text);
    let triple = inner.len() >= 6 && (inner.starts_with("'''") || inner.starts_with("\"\"\""));
    let quotes = if triple { 3 } else { 1 };
    let body = inner.get(quotes..inner.len().saturating_sub(quotes)).unwrap_or("");
    (body.replace("\r\n", "\n").replace('\r', "\n"), inner.len() < text.len())
}

fn unescape(text: &str, raw: bool, is_bytes: bool) -> Result<Vec<u8>, &'static str> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\').filter(|_| !raw) {
        out.extend_from_slice(&rest.as_bytes()[..at]);
        let sequence = &rest[at + 1..];
        let (value, len) = escape(sequence, is_bytes)?;
        match (is_bytes, value) {
            (true, value) => out.push(u8::try_from(value).map_err(|_| "the escape sequence is not a byte")?),
            (false, value) => {
                let value = char::from_u32(value).ok_or("the escape sequence is not a Unicode character")?;
                out.extend_from_slice(value.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
        rest = &sequence[len..];
    }
    out.extend_from_slice(rest.as_bytes());
    Ok(out)
}

/// The character or byte of an escape sequence without its backslash, and the length of the sequence.
fn escape(text: &str, is_bytes: bool) -> Result<(u32, usize), &'static str> {
    const UNKNOWN: &str = "unknown escape sequence";
    let first = *text.as_bytes().first().ok_or(UNKNOWN)?;
    let digits = |from: usize, count: usize, radix: u32| {
        let digits = text.get(from..from + count).ok_or(UNKNOWN)?;
        u32::from_str_radix(digits, radix).map(|value| (value, from + count)).map_err(|_| UNKNOWN)
    };
    match first {
        b'a' => Ok((7, 1)),
        b'b' => Ok((8, 1)),
        b'f' => Ok((12, 1)),
        b'n' => Ok((10, 1)),
        b'r' => Ok((13, 1)),
        b't' => Ok((9, 1)),
        b'v' => Ok((11, 1)),
        b'\\' | b'\'' | b'"' | b'`' | b'?' => Ok((first.into(), 1)),
        b'x' | b'X' => digits(1, 2, 16),
        b'u' | b'U' if is_bytes => Err("bytes have no Unicode escape sequences"),
        b'u' => digits(1, 4, 16),
        b'U' => digits(1, 8, 16),
        b'0'..=b'3' => digits(0, 3, 8),
        _ => Err(UNKNOWN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_lose_quotes_and_escapes() {
        for (text, expected) in [
            ("'hello'", "hello"),
            ("''", ""),
            ("'''x''x'''", "x''x"),
            ("\"\"\"a\r\nb\"\"\"", "a\nb"),
            ("r'\\a\\'", "\\a\\"),
            ("'\\a\\b\\f\\n\\r\\t\\v\\'\\\"\\\\\\?\\`'", "\u{7}\u{8}\u{c}\n\r\t\u{b}'\"\\?`"),
            ("'\\303\\277'", "\u{c3}\u{bf}"),
            ("'\\u263A\\U0001F61A\\x41'", "\u{263a}\u{1f61a}A"),
        ] {
            assert_eq!(string(text), Ok(Literal::String(expected.into())), "{text}");
        }
        for text in ["'\\ud800'", "'\\U00110000'"] {
            assert!(string(text).is_err(), "{text}");
        }
    }

    #[test]
    fn bytes_may_contain_any_byte() {
        let bytes = |text: &str| super::bytes(text);
        assert_eq!(bytes("b'\\303\\277\u{e9}'"), Ok(Literal::Bytes([0xc3, 0xbf, 0xc3, 0xa9].as_slice().into())));
        assert_eq!(bytes("BR'\\n'"), Ok(Literal::Bytes(b"\\n".as_slice().into())));
        assert!(bytes("b'\\u00e9'").is_err());
    }

    #[test]
    fn numbers_must_fit() {
        assert_eq!(int("9223372036854775808", true), Ok(Literal::Int(i64::MIN)));
        assert!(int("9223372036854775808", false).is_err());
        assert_eq!(int("0x1F", false), Ok(Literal::Int(31)));
        assert_eq!(uint("0xFFFFFFFFFFFFFFFFu"), Ok(Literal::Uint(u64::MAX)));
        assert_eq!(double(".5e1", true), Ok(Literal::Double(-5.0)));
        assert!(double("1e999", false).is_err());
    }
}
