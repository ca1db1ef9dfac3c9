//! CEL's tokens: names, literals, operators.

/// A token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token<'t> {
    /// A name, or a word such as `in` and `true`.
    Name(&'t str),
    /// A field's name in backticks.
    Quoted(&'t str),
    /// A number.
    Number,
    /// A text.
    Text,
    /// Bytes.
    Bytes,
    /// An operator or bracket.
    Sign(&'t str),
}

const SIGNS: &[&str] = &[
    "==", "!=", "<=", ">=", "&&", "||", "<", ">", "!", "-", "+", "*", "/", "%", "(", ")", "[", "]", "{", "}", ".", ",", "?", ":",
];

/// Words that can't be names of variables.
pub fn is_reserved(name: &str) -> bool {
    const WORDS: &[&str] = &[
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
    WORDS.contains(&name)
}

/// All tokens of a text.
pub fn tokens(text: &str) -> Result<Vec<Token<'_>>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = if rest.starts_with("//") {
            rest = rest.find('\n').and_then(|end| rest.get(end..)).unwrap_or("").trim_start();
            continue;
        } else if let Some((token, length)) = literal(rest)? {
            (token, length)
        } else if first.is_ascii_digit() || (first == '.' && rest[1..].starts_with(|c: char| c.is_ascii_digit())) {
            (Token::Number, number(rest))
        } else if first.is_ascii_alphabetic() || first == '_' {
            let length = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
            (Token::Name(&rest[..length]), length)
        } else if let Some(inner) = rest.strip_prefix('`') {
            let length = inner.find('`').ok_or("the expression ends within a name in backticks")?;
            (Token::Quoted(&inner[..length]), length + 2)
        } else {
            let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
            let sign = sign.ok_or_else(|| format!("the expression has `{first}` where CEL knows none"))?;
            (Token::Sign(sign), sign.len())
        };
        tokens.push(token);
        rest = rest.get(length..).unwrap_or("").trim_start();
    }
    Ok(tokens)
}

/// A text or bytes, with its length.
fn literal(rest: &str) -> Result<Option<(Token<'_>, usize)>, String> {
    let prefix = rest.bytes().take(2).take_while(|byte| matches!(byte, b'r' | b'R' | b'b' | b'B')).count();
    let letters = rest[..prefix].to_ascii_lowercase();
    if letters == "rr" || letters == "bb" {
        return Ok(None);
    }
    let body = &rest[prefix..];
    let Some(quote) = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| body.starts_with(quote)) else { return Ok(None) };
    let raw = letters.contains('r');
    let mut at = quote.len();
    loop {
        let Some(here) = body.get(at..) else { return Err("the expression ends within a text".into()) };
        if here.starts_with(quote) {
            break;
        }
        at += match here.chars().next() {
            None => return Err("the expression ends within a text".into()),
            Some('\n') if quote.len() == 1 => return Err("a line of the expression ends within a text".into()),
            Some('\\') if !raw => 1 + here[1..].chars().next().map_or(1, char::len_utf8),
            Some(other) => other.len_utf8(),
        };
    }
    let token = if letters.contains('b') { Token::Bytes } else { Token::Text };
    Ok(Some((token, prefix + at + quote.len())))
}

fn number(rest: &str) -> usize {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    if rest.starts_with("0x") || rest.starts_with("0X") {
        let hex = rest[2..].bytes().take_while(u8::is_ascii_hexdigit).count();
        return 2 + hex + usize::from(rest[2 + hex..].starts_with(['u', 'U']));
    }
    let mut length = digits(rest);
    if rest[length..].starts_with('.') && digits(&rest[length + 1..]) > 0 {
        length += 1 + digits(&rest[length + 1..]);
    }
    if rest[length..].starts_with(['e', 'E']) {
        let sign = usize::from(rest[length + 1..].starts_with(['+', '-']));
        let exponent = digits(&rest[length + 1 + sign..]);
        if exponent > 0 {
            length += 1 + sign + exponent;
        }
    }
    length + usize::from(rest[length..].starts_with(['u', 'U']))
}
