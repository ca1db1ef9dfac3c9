//! Unquoted dates: the four layouts that go-yaml accepts, and the RFC 3339 text that kustomize prints for them.
//!
//! Follows Go's `time.Parse` with the layouts `2006-1-2`, `2006-1-2 15:4:5.9` and `2006-1-2T15:4:5.9Z07:00` (also `t`).

use std::fmt::Write;

/// A date as written; the time is in the zone in which it was written.
struct Timestamp<'a> {
    year: u32,
    month: u32,
    day: u32,
    time: [u32; 3],
    fraction: &'a [u8],
    offset_minutes: i32,
}

/// Whether go-yaml reads the plain text as a date.
pub fn is_timestamp(text: &str) -> bool {
    parse(text).is_some()
}

/// The text that kustomize prints for a date. `None` if it is not a date, or one that Go cannot print because its zone offset
/// is 24 hours or more.
pub fn timestamp(text: &str) -> Option<String> {
    let Timestamp { year, month, day, time: [hour, minute, second], fraction, offset_minutes } = parse(text)?;
    if offset_minutes.abs() >= 24 * 60 {
        return None;
    }
    let mut out = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
    let fraction = String::from_utf8_lossy(&fraction[..fraction.len().min(9)]);
    let fraction = fraction.trim_end_matches('0');
    if !fraction.is_empty() {
        _ = write!(out, ".{fraction}");
    }
    match offset_minutes {
        0 => out.push('Z'),
        offset => {
            let sign = if offset < 0 { '-' } else { '+' };
            _ = write!(out, "{sign}{:02}:{:02}", offset.abs() / 60, offset.abs() % 60);
        }
    }
    Some(out)
}

fn parse(text: &str) -> Option<Timestamp<'_>> {
    let bytes = text.as_bytes();
    if bytes.len() < 8 || bytes[4] != b'-' || !bytes[..4].iter().all(u8::is_ascii_digit) {
        return None;
    }
    let year = bytes[..4].iter().fold(0, |year, digit| year * 10 + u32::from(digit - b'0'));
    let mut rest = &bytes[5..];
    let month = take_number(&mut rest, 12)?;
    expect(&mut rest, b'-')?;
    let day = take_number(&mut rest, 31)?;
    if month == 0 || day == 0 || day > days_in(year, month) {
        return None;
    }
    let mut date = Timestamp { year, month, day, time: [0; 3], fraction: b"", offset_minutes: 0 };
    let Some((&separator, after)) = rest.split_first() else { return Some(date) };
    rest = after;
    match separator {
        b' ' => {
            // Go's layouts accept any number of spaces in place of one.
            while let [b' ', after @ ..] = rest {
                rest = after;
            }
            date.take_time(&mut rest)?;
        }
        b'T' | b't' => {
            date.take_time(&mut rest)?;
            date.offset_minutes = take_zone(&mut rest)?;
        }
        _ => return None,
    }
    rest.is_empty().then_some(date)
}

impl<'a> Timestamp<'a> {
    /// `15:4:5`, and any number of digits after `.` or `,`.
    fn take_time(&mut self, rest: &mut &'a [u8]) -> Option<()> {
        let hour = take_number(rest, 23)?;
        expect(rest, b':')?;
        let minute = take_number(rest, 59)?;
        expect(rest, b':')?;
        self.time = [hour, minute, take_number(rest, 59)?];
        if let [b'.' | b',', digits @ ..] = *rest {
            let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if count > 0 {
                (self.fraction, *rest) = digits.split_at(count);
            }
        }
        Some(())
    }
}

/// One or two digits, at most `max`.
fn take_number(rest: &mut &[u8], max: u32) -> Option<u32> {
    let count = rest.iter().take(2).take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, after) = rest.split_at(count);
    *rest = after;
    let value = digits.iter().fold(0, |value, digit| value * 10 + u32::from(digit - b'0'));
    (count > 0 && value <= max).then_some(value)
}

fn expect(rest: &mut &[u8], byte: u8) -> Option<()> {
    *rest = rest.strip_prefix(&[byte])?;
    Some(())
}

/// `Z` or `+07:00`, in minutes. Go allows 24 hours and 60 minutes.
fn take_zone(rest: &mut &[u8]) -> Option<i32> {
    if let [b'Z', after @ ..] = *rest {
        *rest = after;
        return Some(0);
    }
    let [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2, after @ ..] = *rest else { return None };
    if ![h1, h2, m1, m2].iter().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let two = |tens: &u8, ones: &u8| i32::from(tens - b'0') * 10 + i32::from(ones - b'0');
    let (hours, minutes) = (two(h1, h2), two(m1, m2));
    *rest = after;
    let offset = hours * 60 + minutes;
    (hours <= 24 && minutes <= 60).then_some(if *sign == b'-' { -offset } else { offset })
}

fn days_in(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_printed_as_rfc_3339() {
        for (text, expected) in [
            ("2001-01-01", "2001-01-01T00:00:00Z"),
            ("2001-1-1", "2001-01-01T00:00:00Z"),
            ("2001-12-14t21:59:43.10-05:00", "2001-12-14T21:59:43.1-05:00"),
            ("2001-12-14 21:59:43.10", "2001-12-14T21:59:43.1Z"),
            ("2001-12-14   1:2:3", "2001-12-14T01:02:03Z"),
            ("2020-1-1T1:2:3Z", "2020-01-01T01:02:03Z"),
            ("2020-01-01T00:00:00-00:00", "2020-01-01T00:00:00Z"),
            ("2020-02-29T23:59:59,123456789012+23:59", "2020-02-29T23:59:59.123456789+23:59"),
            ("0000-02-29", "0000-02-29T00:00:00Z"),
        ] {
            assert_eq!(timestamp(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn these_are_not_dates() {
        let table = "2001-13-01|2001-02-29|2001-0-1|2001-1-0|2001-1-32|2020-01|2020-01-01T00:00:00|2020-01-01T25:00:00Z|\
                     2020-01-01T00:60:00Z|2020-01-01 00:00:00Z|2020-01-01T00:00:00z|2020-01-01T00:00:00+25:00|2020-01-011|\
                     2020-01-01 |2020-01-01T|20200-1-1|202-01-01|2020-01-01T00:00:00.Z|2001-12-14 21:59:43.10 -5|2020-é-é";
        for text in table.split('|') {
            assert!(!is_timestamp(text), "{text}");
        }
    }

    #[test]
    fn a_zone_offset_of_a_day_is_read_but_cannot_be_printed() {
        assert!(is_timestamp("2020-01-01T00:00:00+24:00"));
        assert_eq!(timestamp("2020-01-01T00:00:00+24:00"), None);
        assert_eq!(timestamp("2020-01-01T00:00:00+05:60").as_deref(), Some("2020-01-01T00:00:00+06:00"));
    }
}
