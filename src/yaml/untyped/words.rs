//! What is wrong with a text, in the words of go-yaml v2.
//!
//! The lines are those that go-yaml reports: the scanner's are where it noticed the fault, the parser's are one less, and there is
//! none for faults on the first line. Behavior: `yaml_parser_t` and `parser.fail`.

use crate::yaml::event::SyntaxError;

/// What found a fault.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Scanner,
    Parser,
}

/// How our messages begin, and what go-yaml calls it.
const WORDS: &[(&str, &str, By)] = &[
    ("expected `---`", "did not find expected <document start>", By::Parser),
    ("the `%YAML` directive appears twice", "found duplicate %YAML directive", By::Parser),
    ("expected `%YAML 1.1`", "found incompatible YAML document", By::Parser),
    ("the `%TAG` directive for", "found duplicate %TAG directive", By::Parser),
    ("the tag handle", "found undefined tag handle", By::Parser),
    ("expected a value", "did not find expected node content", By::Parser),
    ("expected another list item", "did not find expected '-' indicator", By::Parser),
    ("expected another mapping key", "did not find expected key", By::Parser),
    ("expected `,` or `]`", "did not find expected ',' or ']'", By::Parser),
    ("expected `,` or `}`", "did not find expected ',' or '}'", By::Parser),
    ("a value cannot start with", "found character that cannot start any token", By::Scanner),
    ("a mapping value is not allowed here", "mapping values are not allowed in this context", By::Scanner),
    ("a mapping key is not allowed here", "mapping keys are not allowed in this context", By::Scanner),
    ("a list item is not allowed here", "block sequence entries are not allowed in this context", By::Scanner),
    ("expected `:` after a mapping key", "could not find expected ':'", By::Scanner),
    ("exceeded the maximum depth of", "exceeded max depth of 10000", By::Scanner),
    ("unknown directive", "found unknown directive name", By::Scanner),
    ("expected the end of the line after", "did not find expected comment or line break", By::Scanner),
    ("expected whitespace or the end of the line after", "did not find expected whitespace or line break", By::Scanner),
    ("the name of an", "did not find expected alphabetic or numeric character", By::Scanner),
    ("unknown escape sequence", "found unknown escape character", By::Scanner),
    ("the escape sequence is not a valid", "found invalid Unicode character escape code", By::Scanner),
    ("expected 2 hexadecimal digits in", NOT_HEXADECIMAL, By::Scanner),
    ("expected 4 hexadecimal digits in", NOT_HEXADECIMAL, By::Scanner),
    ("expected 8 hexadecimal digits in", NOT_HEXADECIMAL, By::Scanner),
    ("the indentation indicator must not be 0", "found an indentation indicator equal to 0", By::Scanner),
    ("expected the URI of a tag", "did not find expected tag URI", By::Scanner),
    ("expected two hexadecimal digits after", "did not find URI escaped octet", By::Scanner),
    ("expected `>` at the end of a tag", "did not find the expected '>'", By::Scanner),
];

const NOT_HEXADECIMAL: &str = "did not find expected hexdecimal number";

/// A syntax error in go-yaml's words.
pub(super) fn go_words(text: &str, error: &SyntaxError) -> String {
    let (words, by) = match WORDS.iter().find(|(ours, ..)| error.message.starts_with(ours)) {
        _ if !error.words.is_empty() => (error.words, By::Scanner),
        Some((_, words, by)) => (*words, *by),
        None if error.message.ends_with("found the end of the input") => ("found unexpected end of stream", By::Scanner),
        None if error.message.ends_with("found a document marker") => ("found unexpected document indicator", By::Scanner),
        None => return format!("yaml: {}", error.message),
    };
    // The end of the input begins a line of its own.
    let at_end = error.reached > text.len() || error.reached == text.len() && by == By::Parser;
    let ends_line = text.ends_with(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']);
    let line = breaks(text.get(..error.reached).unwrap_or(text)) + usize::from(at_end && !ends_line && !text.is_empty());
    match (line, by) {
        (0, _) => format!("yaml: {words}"),
        (line, By::Scanner) => format!("yaml: line {}: {words}", line + 1),
        (line, By::Parser) => format!("yaml: line {line}: {words}"),
    }
}

/// The number of line breaks in a text.
fn breaks(text: &str) -> usize {
    let count = |c| text.matches(c).count();
    count('\n') + count('\r') - text.matches("\r\n").count() + count('\u{85}') + count('\u{2028}') + count('\u{2029}')
}

/// The error about bytes that are not text.
pub(super) fn not_text(content: &[u8], offset: usize) -> String {
    let first = content.get(offset).copied().unwrap_or_default();
    let length = match first {
        0..0x80 => 1,
        0xc0..0xe0 => 2,
        0xe0..0xf0 => 3,
        0xf0..0xf8 => 4,
        _ => return "yaml: invalid leading UTF-8 octet".to_owned(),
    };
    let rest = content.get(offset + 1..).unwrap_or_default();
    let words = match rest.get(..length - 1) {
        None => "incomplete UTF-8 octet sequence",
        Some(rest) if rest.iter().any(|octet| octet & 0xc0 != 0x80) => "invalid trailing UTF-8 octet",
        Some(_) if matches!((first, rest.first()), (0xed, _) | (0xf4.., _)) => "invalid Unicode character",
        Some(_) => "invalid length of a UTF-8 sequence",
    };
    format!("yaml: {words}")
}
