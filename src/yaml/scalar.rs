//! The types of scalars: the type that go-yaml assigns to a plain scalar, and the effect of explicit tags.
//!
//! Resources are read by go-yaml v3, whose booleans are those of YAML 1.2; kustomizations and JSON patches by go-yaml v2,
//! which also accepts `yes`, `on`, `n` and similar words. The printer uses v2's rules again to decide whether a string needs
//! quotes.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use ecow::EcoString;

pub use super::number::{Number, number, number_yaml11, print_general, print_number};
pub use super::timestamp::{is_timestamp, timestamp};
use super::{Quotes, Scalar, Tag};

/// The type of a plain scalar as kustomize reads resources (go-yaml v3).
///
/// `<<` is a string here; merging is done by the tree builder.
pub fn resolve(text: &str) -> Tag {
    match text.as_bytes().first() {
        None => Tag::Null,
        Some(b'0'..=b'9' | b'+' | b'-' | b'.') => resolve_number(text, true, number),
        Some(b'~' | b'n' | b'N') if is_null(text) => Tag::Null,
        Some(b't' | b'T' | b'f' | b'F') if is_bool(text) => Tag::Bool,
        Some(_) => Tag::Str,
    }
}

/// The type of a plain scalar as kustomize reads kustomizations and JSON patches (go-yaml v2): dates stay strings.
pub fn resolve_yaml11(text: &str) -> Tag {
    match text.as_bytes().first() {
        None => Tag::Null,
        Some(b'0'..=b'9' | b'+' | b'-' | b'.') => resolve_number(text, false, number_yaml11),
        Some(b'~' | b'n' | b'N') if is_null(text) => Tag::Null,
        Some(b't' | b'T' | b'f' | b'F' | b'y' | b'Y' | b'n' | b'N' | b'o' | b'O') if is_bool_yaml11(text) => Tag::Bool,
        Some(_) => Tag::Str,
    }
}

/// Whether an unquoted string would be read as another type: go-yaml v2 checks this when printing.
pub fn needs_quotes(text: &str) -> bool {
    match text.as_bytes().first() {
        None => true,
        Some(b'0'..=b'9' | b'+' | b'-' | b'.') => resolve_number(text, true, number_yaml11) != Tag::Str || is_base_60(text),
        Some(b'~' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'y' | b'Y' | b'o' | b'O') => is_null(text) || is_bool_yaml11(text),
        Some(_) => false,
    }
}

/// The type of a text that begins like a number.
fn resolve_number(text: &str, dates: bool, number: impl Fn(&str) -> Option<Number>) -> Tag {
    if dates && text.as_bytes().get(4) == Some(&b'-') && is_timestamp(text) {
        return Tag::Timestamp;
    }
    match number(text) {
        Some(Number::Int(_) | Number::Uint(_)) => Tag::Int,
        Some(Number::Float(_)) => Tag::Float,
        None => Tag::Str,
    }
}

fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

fn is_bool(text: &str) -> bool {
    matches!(text, "true" | "True" | "TRUE" | "false" | "False" | "FALSE")
}

fn is_bool_yaml11(text: &str) -> bool {
    match text.len() {
        1 => matches!(text, "y" | "Y" | "n" | "N"),
        2 => matches!(text, "no" | "No" | "NO" | "on" | "On" | "ON"),
        3 => matches!(text, "yes" | "Yes" | "YES" | "off" | "Off" | "OFF"),
        4 | 5 => is_bool(text),
        _ => false,
    }
}

/// Sexagesimal numbers of YAML 1.1 such as `12:30:45`: go-yaml reads them as strings but quotes them for other parsers.
fn is_base_60(text: &str) -> bool {
    let (head, fraction) = text.split_once('.').unwrap_or((text, ""));
    let head = head.strip_prefix(['+', '-']).unwrap_or(head);
    let Some((first, rest)) = head.split_once(':') else { return false };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    let is_sixtieth = |part: &str| matches!(part.as_bytes(), [b'0'..=b'9'] | [b'0'..=b'5', b'0'..=b'9']);
    first.starts_with(|c: char| c.is_ascii_digit()) && digits(first) && digits(fraction) && rest.split(':').all(is_sixtieth)
}

/// The value of a text that was read as a boolean.
pub fn bool_value(text: &str) -> bool {
    matches!(text.as_bytes(), [b't' | b'T' | b'y' | b'Y', ..] | [b'o' | b'O', b'n' | b'N'])
}

impl Scalar {
    /// A plain scalar of a resource.
    pub fn plain(text: impl Into<EcoString>) -> Self {
        let text = text.into();
        Scalar::new(resolve(&text), text)
    }

    /// A plain scalar of a kustomization or JSON patch.
    pub fn plain_yaml11(text: impl Into<EcoString>) -> Self {
        let text = text.into();
        Scalar::new(resolve_yaml11(&text), text)
    }

    /// The value of a number; `None` for other types.
    pub fn number(&self) -> Option<Number> {
        match self.tag {
            Tag::Int => number(&self.text),
            Tag::Float => number(&self.text).map(|value| Number::Float(value.as_f64())),
            _ => None,
        }
    }
}

/// The text of a number, boolean or date as kustomize prints it; `None` for other types.
pub fn as_text(scalar: &Scalar) -> Option<String> {
    match scalar.tag {
        Tag::Bool => Some(bool_value(&scalar.text).to_string()),
        Tag::Timestamp => timestamp(&scalar.text),
        Tag::Int | Tag::Float => {
            let mut out = String::new();
            print_number(scalar.number().filter(|number| number.is_finite())?, &mut out);
            Some(out)
        }
        Tag::Null | Tag::Str => None,
    }
}

/// The scalar that results from an explicit tag, as kustomize reads resources. `tag` is the resolved tag
/// (`tag:yaml.org,2002:int`), its short form (`!!int`), a custom one (`!custom`) or `!`; `plain` says that the text was not
/// quoted and not a block scalar. The error describes the fault, without a location.
pub fn check_tag(tag: &str, text: &str, plain: bool) -> Result<Scalar, String> {
    let name = tag.strip_prefix("tag:yaml.org,2002:").or_else(|| tag.strip_prefix("!!"));
    let expected = match name {
        None if tag.is_empty() || tag == "!" => return Ok(if plain { Scalar::plain(text) } else { Scalar::quoted(text) }),
        Some("null") => Tag::Null,
        Some("bool") => Tag::Bool,
        Some("int") => Tag::Int,
        Some("float") => Tag::Float,
        Some("timestamp") => Tag::Timestamp,
        Some("binary") => return decode_binary(text).map(Scalar::string),
        _ => return Ok(Scalar::string(text)),
    };
    let found = match resolve(text) {
        Tag::Timestamp if expected != Tag::Timestamp => Tag::Str,
        Tag::Int if expected == Tag::Float && matches!(number(text), Some(Number::Int(_))) => Tag::Float,
        found => found,
    };
    if found != expected {
        return Err(format!("the tag requires {}, found {} (`{text}`)", expected.name(), found.name()));
    }
    Ok(Scalar { quotes: if plain { Quotes::None } else { Quotes::Some }, ..Scalar::new(expected, text) })
}

/// Go's decoder skips line breaks, requires padding and ignores the unused bits of the last character.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

/// The text of `!!binary` data; each byte that is not valid UTF-8 becomes U+FFFD when it is converted to JSON.
fn decode_binary(text: &str) -> Result<String, String> {
    let encoded: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b'\n' | b'\r')).collect();
    let bytes = BASE64.decode(encoded).map_err(|error| format!("the value of `!!binary` is not valid base64: {error}"))?;
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        out.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_have_only_the_booleans_of_yaml_1_2() {
        for (text, tag, tag_yaml11) in [
            ("true", Tag::Bool, Tag::Bool),
            ("FALSE", Tag::Bool, Tag::Bool),
            ("tRue", Tag::Str, Tag::Str),
            ("yes", Tag::Str, Tag::Bool),
            ("Off", Tag::Str, Tag::Bool),
            ("n", Tag::Str, Tag::Bool),
            ("oN", Tag::Str, Tag::Str),
            ("no", Tag::Str, Tag::Bool),
            ("nope", Tag::Str, Tag::Str),
            ("null", Tag::Null, Tag::Null),
            ("nUll", Tag::Str, Tag::Str),
            ("~", Tag::Null, Tag::Null),
            ("~a", Tag::Str, Tag::Str),
            ("", Tag::Null, Tag::Null),
            ("2001-01-01", Tag::Timestamp, Tag::Str),
            ("<<", Tag::Str, Tag::Str),
            ("=", Tag::Str, Tag::Str),
            ("12:30:45", Tag::Str, Tag::Str),
            ("0644", Tag::Int, Tag::Int),
            ("0o17", Tag::Int, Tag::Int),
            ("12345678901234567890", Tag::Int, Tag::Int),
            ("100000000000000000000", Tag::Float, Tag::Float),
            ("1e400", Tag::Str, Tag::Str),
            (".inf", Tag::Float, Tag::Float),
            ("1.2.3", Tag::Str, Tag::Str),
        ] {
            assert_eq!(resolve(text), tag, "{text}");
            assert_eq!(resolve_yaml11(text), tag_yaml11, "{text}, YAML 1.1");
        }
        let truths = ["true", "True", "y", "Yes", "on", "ON"].map(bool_value);
        assert_eq!((truths, ["false", "no", "N", "off", "OFF"].map(bool_value)), ([true; 6], [false; 5]));
    }

    #[test]
    fn strings_that_look_like_other_types_need_quotes() {
        let quoted = "~ null y N on OFF true 0644 0o644 1e3 1_000 .inf -.inf .nan 12:30:45 1:2 190:20:30.15 \
                      2001-1-1 1. 08 -0 0b-1 \
                      .1_0 1:59 0:0 -1:30 1_0:5 1_:5 1:2. 1:2._3 2020-1-1T1:2:3Z";
        let bare =
            "nullx 1e400 1:60 8080:80 ::1 aa:bb 1:2:3.x :1 1: 2001-13-01 0b2 . .. ._5 tRUE 1:100 _1:2 - + 0o-7 1.5:3 on_ 1:2.3.4";
        for (words, expected) in [(quoted, true), (bare, false)] {
            for text in words.split_whitespace() {
                assert_eq!(needs_quotes(text), expected, "{text}");
            }
        }
        assert!(needs_quotes(""));
    }

    #[test]
    fn explicit_tags_are_applied_or_rejected() {
        let scalar = |tag, text: &str| Ok(Scalar::new(tag, text));
        assert_eq!(check_tag("!!int", "3", false), scalar(Tag::Int, "3"));
        assert_eq!(check_tag("tag:yaml.org,2002:str", "0644", true), scalar(Tag::Str, "0644"));
        assert_eq!(check_tag("!!float", "3", true), scalar(Tag::Float, "3"));
        assert_eq!(check_tag("!!timestamp", "2001-01-01", false), scalar(Tag::Timestamp, "2001-01-01"));
        assert_eq!(check_tag("!!binary", "aGVs\nbG8=", true), scalar(Tag::Str, "hello"));
        assert_eq!(check_tag("!!binary", "/w==", true), scalar(Tag::Str, "\u{fffd}"));
        assert_eq!(check_tag("!custom", "12", true), scalar(Tag::Str, "12"));
        assert_eq!(check_tag("!", "12", true), scalar(Tag::Int, "12"));
        assert_eq!(check_tag("!", "12", false), scalar(Tag::Str, "12"));
        assert_eq!(check_tag("!!null", "", true), scalar(Tag::Null, ""));
        for (tag, text) in
            [("!!bool", "yes"), ("!!null", "foo"), ("!!int", "3.5"), ("!!int", "2001-01-01"), ("!!float", "12345678901234567890")]
        {
            assert!(check_tag(tag, text, true).is_err(), "{tag} {text}");
        }
        assert_eq!(check_tag("!!bool", "yes", true).unwrap_err(), "the tag requires a boolean, found a string (`yes`)");
        assert!(check_tag("!!binary", "aGVsbG8", true).is_err());
    }

    #[test]
    fn an_integer_with_the_float_tag_is_a_float() {
        let scalar = check_tag("!!float", "9007199254740993", true).unwrap();
        assert_eq!(scalar.number(), Some(Number::Float(9007199254740992.0)));
    }
}
