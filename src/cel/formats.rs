//! Durations and timestamps from their text.
//!
//! Behaviour: Go's `time.ParseDuration`, and `time.Parse` with RFC 3339, as `duration()` and `timestamp()` of cel-go use them.

use chrono::{DateTime, Utc};

/// A duration such as `1h30m` or `-1.5s`, in nanoseconds; `None` if the text is not one or it does not fit.
pub fn duration(text: &str) -> Option<i64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let negative = text.starts_with('-');
    if unsigned == "0" {
        return Some(0);
    }
    if unsigned.is_empty() {
        return None;
    }
    let (mut rest, mut total) = (unsigned, 0u64);
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (whole, after) = rest.split_at(end);
        let fraction = after.strip_prefix('.').map(|after| &after[..digits(after)]);
        let after = fraction.map_or(after, |fraction| &after[1 + fraction.len()..]);
        if whole.is_empty() && fraction.is_none_or(str::is_empty) {
            return None;
        }
        let (unit, after) = unit(after)?;
        let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
        // Nanoseconds are at most 2^63, which is the least duration.
        let part = whole.checked_mul(unit).filter(|part| *part <= 1 << 63)?;
        total = total.checked_add(part)?.checked_add(part_of(fraction.unwrap_or(""), unit))?;
        if total > 1 << 63 {
            return None;
        }
        rest = after;
    }
    match negative {
        true => Some((total as i64).wrapping_neg()),
        false => i64::try_from(total).ok(),
    }
}

fn digits(text: &str) -> usize {
    text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len())
}

/// The nanoseconds of a unit, and what follows it.
fn unit(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let nanoseconds = match name {
        "ns" => 1,
        "us" | "\u{b5}s" | "\u{3bc}s" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    };
    Some((nanoseconds, rest))
}

/// The digits after the point, of a unit.
fn part_of(fraction: &str, unit: u64) -> u64 {
    let (mut value, mut scale) = (0u64, 1f64);
    for digit in fraction.bytes() {
        let Some(next) = value.checked_mul(10).and_then(|value| value.checked_add(u64::from(digit - b'0'))) else { break };
        if next > i64::MAX as u64 {
            break;
        }
        (value, scale) = (next, scale * 10.0);
    }
    (value as f64 * (unit as f64 / scale)) as u64
}

/// A timestamp such as `2024-01-31T12:00:00Z`; `None` if the text is not one, or not in the years 1 to 9999.
pub fn timestamp(text: &str) -> Option<DateTime<Utc>> {
    // Chrono takes a blank or a small `t`, Go does not.
    if text.as_bytes().get(10) != Some(&b'T') || text.ends_with('z') {
        return None;
    }
    // Go takes a comma, and no leap seconds.
    let found = DateTime::parse_from_rfc3339(&text.replacen(',', ".", 1)).ok()?;
    if text.get(17..19) == Some("60") {
        return None;
    }
    let found = found.with_timezone(&Utc);
    (-62_135_596_800..=253_402_300_799).contains(&found.timestamp()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_as_go_reads_them() {
        for (text, expected) in [
            ("0", Some(0)),
            ("1s", Some(1_000_000_000)),
            ("-1.5h", Some(-5_400_000_000_000)),
            ("1h30m", Some(5_400_000_000_000)),
            ("+.5ms", Some(500_000)),
            ("1.s", Some(1_000_000_000)),
            ("100us3ns", Some(100_003)),
            ("", None),
            ("1", None),
            ("s", None),
            (".s", None),
            ("1 s", None),
            ("1d", None),
            ("9223372036s", Some(9_223_372_036_000_000_000)),
            ("9223372037s", None),
        ] {
            assert_eq!(duration(text), expected, "{text}");
        }
    }

    #[test]
    fn timestamps_are_rfc_3339() {
        for text in
            ["2024-02-29T23:59:59Z", "2024-01-01T00:00:00.123456789+02:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]
        {
            assert!(timestamp(text).is_some(), "{text}");
        }
        for text in ["2023-02-29T00:00:00Z", "2024-01-01", "2024-01-01 00:00:00Z", "2024-01-01T00:00:00", "2024-01-01t00:00:00Z"]
        {
            assert!(timestamp(text).is_none(), "{text}");
        }
    }
}
