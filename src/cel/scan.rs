//! Splits an expression into tokens.
//!
//! Behavior: the lexer rules of cel-go's `parser/gen/CEL.g4`; the longest token wins. Literals keep their text, which
//! [`super::literal`] interprets.

use std::ops::Range;

use super::ast::Fault;

/// The kind of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    /// A name, or a reserved word such as `for`.
    Ident,
    /// A name in backticks.
    Quoted,
    /// `12`, `0x1f`
    Int,
    /// `12u`
    Uint,
    /// `1.5`, `1e3`, `.5`
    Float,
    /// A string with its quotes and prefix.
    String,
    /// Bytes with their quotes and prefix.
    Bytes,
    /// An operator, a bracket, `in`, `true`, `false`, or `null`, identified by its text.
    Sign,
    /// The end of the expression.
    End,
}

/// A token and its location.
#[derive(Clone, Debug)]
pub struct Found {
    /// The kind.
    pub token: Token,
    /// The range in the source text, in bytes.
    pub span: Range<u32>,
}

/// Operators and brackets; longer ones come first.
const SIGNS: &[&str] = &[
    "==", "!=", "<=", ">=", "&&", "||", "<", ">", "[", "]", "{", "}", "(", ")", ".", ",", "-", "!", "?", ":", "+", "*", "/", "%",
];

/// Splits an expression into tokens; the last one is the end.
///
/// # Errors
/// There is an unknown character, an unterminated string, or an unknown escape sequence.
pub fn scan(text: &str) -> Result<Vec<Found>, Fault> {
    let mut tokens = Vec::with_capacity(text.len() / 4 + 1);
    let mut at = 0;
    loop {
        at += blank(&text[at..]);
        let rest = &text[at..];
        let span = |len: usize| at as u32..(at + len) as u32;
        if rest.is_empty() {
            tokens.push(Found { token: Token::End, span: span(0) });
            return Ok(tokens);
        }
        let Some((token, len)) = next(rest) else {
            let bad = rest.chars().next().map_or(0, char::len_utf8);
            let message = match rest.starts_with(['"', '\'', 'r', 'R', 'b', 'B']) {
                true => "syntax error: the string is not terminated, or has an unknown escape sequence".to_owned(),
                false => format!("syntax error: unexpected `{}`", &rest[..bad]),
            };
            return Err(Fault { span: span(bad), message });
        };
        tokens.push(Found { token, span: span(len) });
        at += len;
    }
}

/// The number of bytes of leading whitespace and comments.
fn blank(text: &str) -> usize {
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let trimmed = rest.trim_start_matches(['\t', ' ', '\r', '\n', '\u{c}']);
        at += rest.len() - trimmed.len();
        if !trimmed.starts_with("//") {
            return at;
        }
        at += trimmed.find('\n').unwrap_or(trimmed.len());
    }
}

/// The first token and its length.
fn next(text: &str) -> Option<(Token, usize)> {
    let first = *text.as_bytes().first()?;
    if let Some(len) = string(text.trim_start_matches(['b', 'B'])).filter(|_| !starts_twice(text)) {
        let prefix = text.len() - text.trim_start_matches(['b', 'B']).len();
        let token = if prefix == 0 { Token::String } else { Token::Bytes };
        return Some((token, prefix + len));
    }
    match first {
        b'"' | b'\'' => None,
        b'0'..=b'9' => Some(number(text)),
        b'.' if text[1..].starts_with(|c: char| c.is_ascii_digit()) => Some((Token::Float, fraction(text, 0))),
        b'`' => quoted(text).map(|len| (Token::Quoted, len)),
        b'_' | b'A'..=b'Z' | b'a'..=b'z' => {
            let len = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
            let token = if matches!(&text[..len], "in" | "true" | "false" | "null") { Token::Sign } else { Token::Ident };
            Some((token, len))
        }
        _ => SIGNS.iter().find(|sign| text.starts_with(**sign)).map(|sign| (Token::Sign, sign.len())),
    }
}

/// The length of the prefix of a string; `bb'x'` is a name followed by a string.
fn starts_twice(text: &str) -> bool {
    text.len() - text.trim_start_matches(['b', 'B']).len() > 1
}

/// The length of the string at the start; `None` if there is none, or if it is not terminated.
fn string(text: &str) -> Option<usize> {
    let inner = text.strip_prefix(['r', 'R']).unwrap_or(text);
    let raw = inner.len() < text.len();
    let prefix = text.len() - inner.len();
    for quotes in ["\"\"\"", "'''"] {
        if let Some(body) = inner.strip_prefix(quotes)
            && let Some(len) = body_len(body, quotes, raw)
        {
            return Some(prefix + 3 + len + 3);
        }
    }
    let quote = inner.get(..1).filter(|quote| matches!(*quote, "\"" | "'"))?;
    body_len(&inner[1..], quote, raw).map(|len| prefix + 1 + len + 1)
}

/// The length of a string, including its closing quotes.
fn body_len(body: &str, quotes: &str, raw: bool) -> Option<usize> {
    let mut at = 0;
    loop {
        let rest = &body[at..];
        if rest.starts_with(quotes) {
            return Some(at);
        }
        let next = rest.chars().next()?;
        at += match next {
            '\n' | '\r' if quotes.len() == 1 => return None,
            '\\' if !raw => escape(rest)?,
            other => other.len_utf8(),
        };
    }
}

/// The length of an escape sequence.
fn escape(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let digits =
        |count: usize| bytes.get(2..2 + count).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit)).map(|_| 2 + count);
    match bytes.get(1)? {
        b'a' | b'b' | b'f' | b'n' | b'r' | b't' | b'v' | b'"' | b'\'' | b'\\' | b'?' | b'`' => Some(2),
        b'x' | b'X' => digits(2),
        b'u' => digits(4),
        b'U' => digits(8),
        b'0'..=b'3' => bytes.get(2..4).filter(|digits| digits.iter().all(|digit| matches!(digit, b'0'..=b'7'))).map(|_| 4),
        _ => None,
    }
}

fn quoted(text: &str) -> Option<usize> {
    let body = text.strip_prefix('`')?;
    let len = body.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '.' | '-' | '/' | ' '))?;
    (len > 0 && body[len..].starts_with('`')).then_some(len + 2)
}

fn number(text: &str) -> (Token, usize) {
    let (token, len) = match text.strip_prefix("0x").map(|rest| count(rest, |c| c.is_ascii_hexdigit())) {
        Some(digits) if digits > 0 => (Token::Int, 2 + digits),
        _ => {
            let whole = count(text, |c| c.is_ascii_digit());
            let all = fraction(text, whole);
            (if all > whole { Token::Float } else { Token::Int }, all)
        }
    };
    match token {
        Token::Int if text[len..].starts_with(['u', 'U']) => (Token::Uint, len + 1),
        _ => (token, len),
    }
}

/// The length of a number with its fraction and exponent; its first `at` bytes are known.
fn fraction(text: &str, at: usize) -> usize {
    let mut end = at;
    if let Some(rest) = text[end..].strip_prefix('.') {
        let digits = count(rest, |c| c.is_ascii_digit());
        end += if digits > 0 { 1 + digits } else { 0 };
    }
    if let Some(rest) = text[end..].strip_prefix(['e', 'E']) {
        let unsigned = rest.strip_prefix(['+', '-']).unwrap_or(rest);
        let digits = count(unsigned, |c| c.is_ascii_digit());
        end += if digits > 0 { 1 + (rest.len() - unsigned.len()) + digits } else { 0 };
    }
    end
}

fn count(text: &str, wanted: impl Fn(char) -> bool) -> usize {
    text.find(|c| !wanted(c)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<(Token, &str)> {
        let found = scan(text).unwrap();
        found.iter().map(|found| (found.token, &text[found.span.start as usize..found.span.end as usize])).collect()
    }

    #[test]
    fn the_longest_token_wins() {
        use Token::*;
        let table: [(&str, &[Token]); 14] = [
            ("a.b // c", &[Ident, Sign, Ident, End]),
            ("1.a", &[Int, Sign, Ident, End]),
            ("1.5e3u", &[Float, Ident, End]),
            (".5 1e3 0x1fu 7U", &[Float, Float, Uint, Uint, End]),
            ("0xg", &[Int, Ident, End]),
            ("1e", &[Int, Ident, End]),
            ("b'x' br\"\\d\" r'\\'", &[Bytes, Bytes, String, End]),
            ("rb'x'", &[Ident, String, End]),
            ("'''a'b\n''' \"\"", &[String, String, End]),
            ("a.`b-c/d`", &[Ident, Sign, Quoted, End]),
            ("in int true truex", &[Sign, Ident, Sign, Ident, End]),
            ("a<=b!c", &[Ident, Sign, Ident, Sign, Ident, End]),
            ("'\\u00e9\\x41\\101\\U0001F600'", &[String, End]),
            ("\u{c}\t\r\n", &[End]),
        ];
        for (text, expected) in table {
            let found: Vec<Token> = tokens(text).into_iter().map(|(token, _)| token).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn invalid_tokens_are_faults() {
        for text in ["'x", "'\\d'", "\"a\nb\"", "#", "a & b", "a = b", "`a", "``", "'\\08'", "'\\xg0'", "\u{e9}", "'''x''"] {
            assert!(scan(text).is_err(), "{text}");
        }
    }
}
