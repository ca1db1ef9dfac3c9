//! Encoded values: `byte`, `uuid`, `bsonobjectid`, `isbn`, `creditcard`, `ssn`, and colors.
//!
//! Behavior: `govalidator` and the expressions of `strfmt`.

/// Base64 with padding; an empty string is not valid.
pub fn is_base64(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    !text.is_empty() && text.len().is_multiple_of(4) && text.len() - digits.len() <= 2 && digits.bytes().all(is_digit)
}

/// A UUID, with or without dashes; of a version, if one is given. Versions 4 and 5 also specify the first digit of the fourth group.
pub fn is_uuid(text: &str, version: Option<u8>) -> bool {
    let mut rest = text;
    for (at, length) in [8, 4, 4, 4, 12].into_iter().enumerate() {
        rest = if at > 0 { rest.strip_prefix('-').unwrap_or(rest) } else { rest };
        let Some((digits, after)) = rest.split_at_checked(length) else { return false };
        let is_first = match (at, version) {
            (2, Some(version)) => digits.starts_with(char::from(b'0' + version)),
            (3, Some(4 | 5)) => digits.starts_with(['8', '9', 'a', 'b', 'A', 'B']),
            _ => true,
        };
        if !is_first || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return false;
        }
        rest = after;
    }
    rest.is_empty()
}

/// An id of BSON: 12 bytes in hexadecimal.
pub fn is_bson_id(text: &str) -> bool {
    text.len() == 24 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The digits of a book number, without spaces and dashes.
fn book_number(text: &str) -> Vec<u8> {
    text.bytes().filter(|byte| !matches!(byte, b'\t' | b'\n' | 12 | b'\r' | b' ' | b'-')).collect()
}

/// A book number with ten digits; the last one may be `X`.
pub fn is_isbn10(text: &str) -> bool {
    let digits = book_number(text);
    let Some((last, first)) = digits.split_last() else { return false };
    if first.len() != 9 || !first.iter().all(u8::is_ascii_digit) || !(last.is_ascii_digit() || *last == b'X') {
        return false;
    }
    let value = |byte: u8| if byte == b'X' { 10 } else { u32::from(byte - b'0') };
    digits.iter().zip(1..).map(|(byte, weight)| weight * value(*byte)).sum::<u32>() % 11 == 0
}

/// A book number with thirteen digits.
pub fn is_isbn13(text: &str) -> bool {
    let digits = book_number(text);
    let weights = [1, 3].into_iter().cycle();
    digits.len() == 13
        && digits.iter().all(u8::is_ascii_digit)
        && digits.iter().zip(weights).map(|(byte, weight)| weight * u32::from(byte - b'0')).sum::<u32>() % 10 == 0
}

/// A number of a credit card, with any other characters in it.
pub fn is_credit_card(text: &str) -> bool {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| digits.starts_with(prefix));
    let is_issuer = match digits.len() {
        13 => starts(&["4"]),
        14 => starts(&["300", "301", "302", "303", "304", "305", "36", "38"]),
        15 => starts(&["34", "37", "2131", "1800"]),
        16 => starts(&["4", "51", "52", "53", "54", "55", "6011", "65", "35"]),
        _ => false,
    };
    let doubled = |(at, digit): (usize, u8)| {
        let value = u32::from(digit - b'0');
        if at % 2 == 0 { value } else { value * 2 / 10 + value * 2 % 10 }
    };
    is_issuer && digits.bytes().rev().enumerate().map(doubled).sum::<u32>() % 10 == 0
}

/// A number of the social security of the USA.
pub fn is_social_security_number(text: &str) -> bool {
    let is_sign = |at: usize, byte: u8| match at {
        3 | 6 => matches!(byte, b'-' | b' '),
        _ => byte.is_ascii_digit(),
    };
    text.len() == 11 && text.bytes().enumerate().all(|(at, byte)| is_sign(at, byte))
}

/// A color with three or six hexadecimal digits, with or without `#`.
pub fn is_hex_color(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or(text);
    matches!(digits.len(), 3 | 6) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A color such as `rgb(255, 0, 10)`.
pub fn is_rgb_color(text: &str) -> bool {
    let Some(inner) = text.strip_prefix("rgb(").and_then(|rest| rest.strip_suffix(')')) else { return false };
    let is_part = |part: &str| {
        let part = part.trim_matches(['\t', '\n', '\u{c}', '\r', ' ']);
        part.parse::<u8>().is_ok_and(|value| value.to_string() == part)
    };
    inner.split(',').count() == 3 && inner.split(',').all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row = (fn(&str) -> bool, &'static [&'static str], &'static [&'static str]);

    #[test]
    fn values_are_those_that_the_server_accepts() {
        let table: [Row; 8] = [
            (is_base64, &["aGVsbG8=", "ab==", "+/+/"], &["", "a", "abc", "a b=", "ab-_", "===="]),
            (is_bson_id, &["507f1f77bcf86cd799439011"], &["", "507f1f77", "507f1f77bcf86cd79943901g"]),
            (is_isbn10, &["0321751043", "0-321-75104-3", "097522980X"], &["", "0321751044", "097522980x", "032175104"]),
            (is_isbn13, &["9780321751041", "978-0321751041"], &["", "9780321751042", "978032175104"]),
            (
                is_credit_card,
                &["4111-1111-1111-1111", "378282246310005", "5555555555554444"],
                &["", "4111111111111112", "1234567812345670"],
            ),
            (is_social_security_number, &["111-11-1111", "111 11 1111"], &["", "111111111", "111-11-111", "111-1-11111"]),
            (is_hex_color, &["#fff", "FFFFFF", "#a1b2c3"], &["", "#", "ffff", "##fff", "#ggg"]),
            (
                is_rgb_color,
                &["rgb(0,0,0)", "rgb( 255 , 10,1)"],
                &["", "rgb(256,0,0)", "rgb(01,0,0)", "rgb(0,0)", "rgb (0,0,0)", "rgb(+1,0,0)"],
            ),
        ];
        for (test, right, wrong) in table {
            right.iter().for_each(|text| assert!(test(text), "{text}"));
            wrong.iter().for_each(|text| assert!(!test(text), "{text}"));
        }
    }

    #[test]
    fn uuids_have_versions() {
        let text = "123e4567-e89b-42d3-a456-426614174000";
        assert!(is_uuid(text, None) && is_uuid(text, Some(4)) && is_uuid(&text.replace('-', ""), Some(4)));
        assert!(!is_uuid(text, Some(3)) && !is_uuid(text, Some(5)) && !is_uuid(&text[1..], None));
        assert!(!is_uuid(&text.replace("-a456", "-c456"), Some(4)) && is_uuid(&text.replace("-42d3-a", "-32d3-c"), Some(3)));
    }
}
