//! Dates and times: `date`, `date-time`, `duration`.
//!
//! Behavior: `IsDate`, `IsDateTime`, and `ParseDuration` of `strfmt`.

/// A day of the calendar, such as `2006-01-02`.
pub fn is_date(text: &str) -> bool {
    let mut parts = text.split('-').zip([4, 2, 2]).map(|(part, length)| digits(part, length));
    let (Some(Some(year)), Some(Some(month)), Some(Some(day))) = (parts.next(), parts.next(), parts.next()) else { return false };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 31,
    };
    text.len() == 10 && (1..=12).contains(&month) && (1..=days).contains(&day)
}

fn digits(text: &str, length: usize) -> Option<u32> {
    if text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// A date and a time with a zone, such as `2006-01-02T15:04:05Z`. What follows another `t` does not matter.
pub fn is_date_time(text: &str) -> bool {
    let mut parts = text.split(['T', 't']);
    match (parts.next(), parts.next()) {
        (Some(date), Some(time)) => is_date(date) && is_time(time),
        _ => false,
    }
}

fn is_time(text: &str) -> bool {
    let number = |at: usize, most: u32| text.get(at..at + 2).and_then(|part| digits(part, 2)).is_some_and(|found| found <= most);
    let colon = |at: usize| text.as_bytes().get(at) == Some(&b':');
    if !(number(0, 23) && colon(2) && number(3, 59) && colon(5) && number(6, 59)) {
        return false;
    }
    let rest = text.get(8..).unwrap_or_default();
    // Any character may precede the fraction.
    let mut chars = rest.chars();
    chars.next();
    let after = chars.as_str().trim_start_matches(|c: char| c.is_ascii_digit());
    is_zone(rest) || after.len() < chars.as_str().len() && is_zone(after)
}

fn is_zone(text: &str) -> bool {
    let offset = |text: &str| text.len() == 5 && text.split(':').all(|part| digits(part, 2).is_some());
    matches!(text, "Z" | "z") || text.strip_prefix(['+', '-']).is_some_and(offset)
}

/// The units of durations, by their names; a name of the last kind may continue: `5 minutes`.
const UNITS: [(&[&str], &str); 8] = [
    (&["ns"], "nano"),
    (&["us", "µs"], "micro"),
    (&["ms"], "milli"),
    (&["s"], "sec"),
    (&["m"], "min"),
    (&["h", "hr"], "hour"),
    (&["d"], "day"),
    (&["w", "wk"], "week"),
];

/// A text with a number and a unit in it, as in Scala: `3 days`.
pub fn is_scala_duration(text: &str) -> bool {
    let mut any = false;
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let number = rest.get(start..).unwrap_or_default();
        let after = number.trim_start_matches(|c: char| c.is_ascii_digit());
        let unit = after.trim_start_matches(['\t', '\n', '\u{c}', '\r', ' ']);
        let after_unit = unit.trim_start_matches(|c: char| c.is_ascii_alphabetic() || c == 'µ');
        let unit = unit.get(..unit.len() - after_unit.len()).unwrap_or_default().to_lowercase();
        if !unit.is_empty() {
            let digits = number.get(..number.len() - after.len()).unwrap_or_default();
            if digits.parse::<i64>().is_err() {
                return false;
            }
            any |= UNITS.iter().any(|(names, last)| names.contains(&unit.as_str()) || unit.starts_with(last));
        }
        rest = if unit.is_empty() { after } else { after_unit };
    }
    any
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_exist() {
        for right in ["2006-01-02", "2024-02-29", "2000-02-29", "0000-12-31"] {
            assert!(is_date(right), "{right}");
        }
        for wrong in
            ["", "2006-1-2", "2006-02-30", "1900-02-29", "2006-13-01", "2006-00-01", "2006-01-02Z", "+006-01-02", "2006-01-02-"]
        {
            assert!(!is_date(wrong), "{wrong}");
        }
    }

    #[test]
    fn times_have_a_zone() {
        for right in
            ["2006-01-02T15:04:05Z", "2006-01-02t15:04:05.123z", "2006-01-02T15:04:05,1+01:00", "2006-01-02T15:04:05Ztail"]
        {
            assert!(is_date_time(right), "{right}");
        }
        for wrong in
            ["", "2006-01-02", "2006-01-02T15:04:05", "2006-01-02 15:04:05Z", "2006-01-02T24:00:00Z", "2006-01-02T15:04:60Z"]
        {
            assert!(!is_date_time(wrong), "{wrong}");
        }
    }

    #[test]
    fn durations_have_a_unit() {
        for right in ["3 days", "1m", "5 minutes and 2 s", "7wk", "x 5 µs", "1hours", "5x 3s"] {
            assert!(is_scala_duration(right), "{right}");
        }
        for wrong in ["", "5", "5 x", "5 months", "s", "99999999999999999999s", "1 mo"] {
            assert!(!is_scala_duration(wrong), "{wrong}");
        }
    }
}
