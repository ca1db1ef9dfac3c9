//! `format` of strings in the schemas of custom resources: dates, addresses, names.
//!
//! Behavior: the formats that the API server supports in schemas of CustomResourceDefinitions; others are ignored there, too. The
//! checks are those of `src/formats/`.

use super::version::Version;
use crate::cel::library::Url;
use crate::cel::time::parse_duration;
use crate::formats;

/// A format.
#[derive(Clone, Copy, Debug)]
pub struct StringFormat {
    /// The name, without dashes.
    pub name: &'static str,
    /// A description of the expected string.
    pub expected: &'static str,
    /// The first version that checks the format; none if all do.
    since: Option<Version>,
    accepts: fn(&str) -> bool,
}

const fn format(name: &'static str, expected: &'static str, accepts: fn(&str) -> bool) -> StringFormat {
    StringFormat { name, expected, since: None, accepts }
}

const fn format_since(minor: u8, format: StringFormat) -> StringFormat {
    StringFormat { since: Some(Version::minor(minor)), ..format }
}

/// All formats.
static FORMATS: &[StringFormat] = &[
    format("bsonobjectid", "an id of BSON", formats::is_bson_id),
    format("byte", "base64", formats::is_base64),
    format("cidr", "a network such as `10.0.0.0/8`", formats::is_cidr),
    format("creditcard", "a credit card number", formats::is_credit_card),
    format("date", "a date such as `2006-01-02`", formats::is_date),
    format("datetime", "a time such as `2006-01-02T15:04:05Z`", formats::is_date_time),
    format("duration", "a duration such as `1h30m`", |text| parse_duration(text).is_some() || formats::is_scala_duration(text)),
    format("email", "an email address", formats::is_email),
    format("hexcolor", "a color such as `#ffcc00`", formats::is_hex_color),
    format("hostname", "a host name such as `web.example.com`", formats::is_hostname),
    format("ipv4", "an IPv4 address", formats::is_ipv4),
    format("ipv6", "an IPv6 address", formats::is_ipv6),
    format("isbn", "an ISBN", |text| formats::is_isbn10(text) || formats::is_isbn13(text)),
    format("isbn10", "an ISBN with 10 digits", formats::is_isbn10),
    format("isbn13", "an ISBN with 13 digits", formats::is_isbn13),
    format("mac", "a MAC address", formats::is_mac),
    format("password", "a password", |_| true),
    format("rgbcolor", "a color such as `rgb(255, 204, 0)`", formats::is_rgb_color),
    format("ssn", "a social security number such as `111-11-1111`", formats::is_social_security_number),
    format("uri", "a URI", Url::is_request_uri),
    format("uuid", "a UUID", |text| formats::is_uuid(text, None)),
    format("uuid3", "a UUID of version 3", |text| formats::is_uuid(text, Some(3))),
    format("uuid4", "a UUID of version 4", |text| formats::is_uuid(text, Some(4))),
    format("uuid5", "a UUID of version 5", |text| formats::is_uuid(text, Some(5))),
    format_since(34, format("k8sshortname", "a name of lowercase letters, digits, and dashes", formats::is_short_name)),
    format_since(34, format("k8slongname", "a name of lowercase letters, digits, dashes, and dots", formats::is_long_name)),
];

impl StringFormat {
    /// The format with this name; dashes are ignored.
    pub fn named(name: &str) -> Option<&'static Self> {
        let name = name.replace('-', "");
        FORMATS.iter().find(|format| format.name == name)
    }

    /// What is surprising about the rule that rejects a string.
    pub fn help(&self, text: &str) -> Option<&'static str> {
        match self.name {
            "hostname" if !text.contains('.') && text.matches('-').count() > 1 => Some(
                "the server accepts only one dash in a host name without dots; add the domain, or use `pattern` in the schema",
            ),
            "datetime" if !text.is_empty() && formats::is_date_time(&format!("{text}Z")) => {
                Some("add the time zone, such as `Z`")
            }
            _ => None,
        }
    }

    /// Whether a server of this version rejects a string.
    pub fn rejects(&self, text: &str, version: Version) -> bool {
        self.since.is_none_or(|since| version >= since) && !(self.accepts)(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_match_their_formats() {
        let table = [
            ("bsonobjectid", "507f1f77bcf86cd799439011", "507f1f77"),
            ("byte", "aGVsbG8=", ""),
            ("cidr", "10.0.0.0/8", "10.0.0.0/64"),
            ("creditcard", "4111 1111 1111 1111", "4111 1111 1111 1112"),
            ("date", "2024-01-02", "2024-02-30"),
            ("date-time", "2024-01-02T03:04:05Z", "2024-01-02 03:04:05Z"),
            ("duration", "1h30m", "5"),
            ("duration", "5 days", "5 moons"),
            ("email", "Ann <a@b.c>", "nobody"),
            ("hexcolor", "#fc0", "fcfc"),
            ("hostname", "a.example.com", "10.0.0.1"),
            ("ipv4", "010.0.0.1", "10.0.0"),
            ("ipv6", "::1", "1.2.3.4"),
            ("isbn", "0-321-75104-3", "0-321-75104-4"),
            ("isbn10", "0321751043", "9780321751041"),
            ("isbn13", "978-0321751041", "0321751043"),
            ("k8s-short-name", "web-1", "web.1"),
            ("k8s-long-name", "web.1", "Web"),
            ("mac", "00:00:5e:00:53:01", "00:00"),
            ("rgbcolor", "rgb(1, 2, 3)", "rgb(1, 2, 300)"),
            ("ssn", "111-11-1111", "111-11"),
            ("uri", "https://example.com/x", "example.com"),
            ("uuid", "123e4567-e89b-12d3-a456-426614174000", "123"),
            ("uuid3", "123e4567-e89b-32d3-a456-426614174000", "123e4567-e89b-12d3-a456-426614174000"),
            ("uuid4", "123e4567-e89b-42d3-a456-426614174000", "123e4567-e89b-12d3-a456-426614174000"),
            ("uuid5", "123e4567-e89b-52d3-a456-426614174000", "123e4567-e89b-12d3-a456-426614174000"),
        ];
        for (name, right, wrong) in table {
            let format = StringFormat::named(name).unwrap();
            assert!(!format.rejects(right, Version::NEWEST), "{name} {right}");
            assert!(format.rejects(wrong, Version::NEWEST), "{name} {wrong}");
        }
        for name in ["int32", "ip", "quantity", "URI"] {
            assert!(StringFormat::named(name).is_none(), "{name}");
        }
    }

    #[test]
    fn names_are_checked_since_1_34() {
        let format = StringFormat::named("k8s-short-name").unwrap();
        assert!(!format.rejects("A", Version::OLDEST) && format.rejects("A", Version::NEWEST));
        assert!(!StringFormat::named("password").unwrap().rejects("", Version::NEWEST));
    }
}
