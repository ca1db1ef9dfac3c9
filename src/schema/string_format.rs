//! `format` of strings in the schemas of custom resources: dates, addresses, names.
//!
//! Behavior: kube-openapi's `strfmt`, limited to strings that certainly do not match their format; formats that are not in use
//! (credit cards, book numbers) are not checked, and formats that the server does not know either are ignored.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::yaml::scalar;

/// A format that is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum StringFormat {
    Byte,
    Cidr,
    Date,
    DateTime,
    Duration,
    Email,
    Hostname,
    Ipv4,
    Ipv6,
    Mac,
    Uri,
    Uuid,
    /// Known to the server, but not checked here.
    Other,
}

impl StringFormat {
    /// The format with this name; dashes are ignored.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name.replace('-', "").as_str() {
            "byte" => StringFormat::Byte,
            "cidr" => StringFormat::Cidr,
            "date" => StringFormat::Date,
            "datetime" => StringFormat::DateTime,
            "duration" => StringFormat::Duration,
            "email" => StringFormat::Email,
            "hostname" => StringFormat::Hostname,
            "ipv4" => StringFormat::Ipv4,
            "ipv6" => StringFormat::Ipv6,
            "mac" => StringFormat::Mac,
            "uri" => StringFormat::Uri,
            "uuid" | "uuid3" | "uuid4" | "uuid5" => StringFormat::Uuid,
            "bsonobjectid" | "isbn" | "isbn10" | "isbn13" | "creditcard" | "ssn" | "hexcolor" | "rgbcolor" | "password" => {
                StringFormat::Other
            }
            _ => return None,
        })
    }

    /// A description of the expected string.
    pub fn expected(self) -> &'static str {
        match self {
            StringFormat::Byte => "base64",
            StringFormat::Cidr => "a network such as `10.0.0.0/8`",
            StringFormat::Date => "a date such as `2006-01-02`",
            StringFormat::DateTime => "a time such as `2006-01-02T15:04:05Z`",
            StringFormat::Duration => "a duration such as `1h30m`",
            StringFormat::Email => "an email address",
            StringFormat::Hostname => "a host name",
            StringFormat::Ipv4 => "an IPv4 address",
            StringFormat::Ipv6 => "an IPv6 address",
            StringFormat::Mac => "a MAC address",
            StringFormat::Uri => "a URI",
            StringFormat::Uuid => "a UUID",
            StringFormat::Other => "in its format",
        }
    }

    /// Whether a string certainly does not match this format.
    pub fn rejects(self, text: &str) -> bool {
        match self {
            StringFormat::Byte => !is_base64(text),
            StringFormat::Cidr => !is_cidr(text),
            StringFormat::Date => !is_date(text),
            StringFormat::DateTime => !is_date_time(text),
            StringFormat::Duration => !is_duration(text),
            StringFormat::Email => !text.contains('@') || text.trim().is_empty(),
            StringFormat::Hostname => !is_hostname(text),
            StringFormat::Ipv4 => text.parse::<Ipv4Addr>().is_err(),
            StringFormat::Ipv6 => text.parse::<Ipv6Addr>().is_err(),
            StringFormat::Mac => !is_mac(text),
            StringFormat::Uri => !is_uri(text),
            StringFormat::Uuid => !is_uuid(text),
            StringFormat::Other => false,
        }
    }
}

fn is_base64(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'\n' | b'\r');
    text.len() - digits.len() <= 2 && digits.bytes().all(known)
}

fn is_cidr(text: &str) -> bool {
    let Some((address, bits)) = text.split_once('/') else { return false };
    let bits: u8 = match bits.parse() {
        Ok(bits) => bits,
        Err(_) => return false,
    };
    address.parse::<Ipv4Addr>().is_ok() && bits <= 32 || address.parse::<Ipv6Addr>().is_ok() && bits <= 128
}

fn is_date(text: &str) -> bool {
    text.len() == 10 && scalar::is_timestamp(text)
}

/// The server accepts a space or a `t` between date and time, too.
fn is_date_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let sign = |at: usize, sign: &[u8]| bytes.get(at).is_some_and(|byte| sign.contains(byte));
    [0, 1, 2, 3, 5, 6, 8, 9, 11, 12].into_iter().all(digit)
        && sign(4, b"-")
        && sign(7, b"-")
        && sign(10, b"Tt ")
        && sign(13, b":")
}

/// A number with a unit, or several of them, optionally separated by spaces: Go's durations and Scala's.
fn is_duration(text: &str) -> bool {
    let text = text.trim();
    if text == "0" {
        return true;
    }
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    let mut any = false;
    while !rest.is_empty() {
        let number = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').len();
        let unit = rest.get(number..).unwrap_or_default().trim_start();
        let letters = unit.len() - unit.trim_start_matches(|c: char| c.is_alphabetic()).len();
        if number == 0 || letters == 0 {
            return false;
        }
        any = true;
        rest = unit.get(letters..).unwrap_or_default().trim_start();
    }
    any
}

fn is_hostname(text: &str) -> bool {
    let text = text.strip_suffix('.').unwrap_or(text);
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && !label.contains(|c: char| c == ' ' || c.is_ascii_punctuation() && !"-$+<=>^`|~".contains(c))
    };
    text.len() <= 255 && text.split('.').all(label)
}

fn is_mac(text: &str) -> bool {
    let hex = text.bytes().filter(u8::is_ascii_hexdigit).count();
    matches!(hex, 12 | 16 | 40) && text.bytes().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'-' | b'.'))
}

/// Go's `url.ParseRequestURI`: absolute, or a path from the root.
fn is_uri(text: &str) -> bool {
    let scheme = text.split_once(':').map(|(scheme, _)| scheme);
    let has_scheme = scheme.is_some_and(|scheme| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
    });
    !text.bytes().any(|byte| byte < 0x20 || byte == 0x7f) && (text.starts_with('/') || has_scheme)
}

fn is_uuid(text: &str) -> bool {
    let hex: String = text.chars().filter(|c| *c != '-').collect();
    hex.len() == 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_match_their_formats() {
        let table = [
            ("date-time", "2024-01-02T03:04:05Z", "yesterday"),
            ("date", "2024-01-02", "2024-1-2x"),
            ("duration", "1h30m", "5"),
            ("ipv4", "10.0.0.1", "10.0.0"),
            ("ipv6", "::1", "1.2.3.4"),
            ("cidr", "10.0.0.0/8", "10.0.0.0/64"),
            ("uri", "https://example.com/x", "example.com"),
            ("uuid", "123e4567-e89b-12d3-a456-426614174000", "123"),
            ("hostname", "a.example.com", "a..b"),
            ("hostname", "a-b", "a_b"),
            ("mac", "00:00:5e:00:53:01", "00:00"),
            ("byte", "aGVsbG8=", "a b"),
            ("email", "a@b.c", "nobody"),
        ];
        for (name, right, wrong) in table {
            let format = StringFormat::named(name).unwrap();
            assert!(!format.rejects(right), "{name} {right}");
            assert!(format.rejects(wrong), "{name} {wrong}");
        }
        assert_eq!(StringFormat::named("int32"), None);
        assert_eq!(StringFormat::named("ip"), None);
    }
}
