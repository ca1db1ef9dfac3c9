//! Reads and prints durations and timestamps like Go.
//!
//! Behavior: `time.ParseDuration`, `time.Parse` with RFC 3339, and `common/types/{duration,timestamp}.go` of cel-go. Time
//! zones are UTC and fixed offsets; names of time zones would require a database and are not supported.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, TimeDelta, Timelike, Utc};
use ecow::{EcoString, eco_format};

use super::machine::Failure;

/// A timestamp.
pub type Time = DateTime<FixedOffset>;

/// The first second of the year 1 and the last one of 9999.
const RANGE: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

/// The error for a timestamp that is out of range.
pub fn overflow() -> Failure {
    Failure::error("timestamp overflow")
}

/// Reads a duration (`1h30m`, `1.5s`, `-2ms`), in nanoseconds.
pub fn parse_duration(text: &str) -> Option<i64> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let (value, next) = parse_part(rest)?;
        total = total.checked_add(value).filter(|total| *total <= 1 << 63)?;
        rest = next;
    }
    if negative { 0_i64.checked_sub_unsigned(total) } else { i64::try_from(total).ok() }
}

/// Reads a number with a unit.
fn parse_part(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').filter(|end| *end > 0)?;
    let (number, rest) = text.split_at_checked(end)?;
    let length = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
    let (unit, next) = rest.split_at_checked(length)?;
    let unit: u64 = match unit {
        "ns" => 1,
        "us" | "µs" | "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() || fraction.contains('.') {
        return None;
    }
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let mut value = whole.checked_mul(unit)?;
    if !fraction.is_empty() {
        let digits: u64 = fraction.get(..fraction.len().min(18))?.parse().ok()?;
        let scale = 10_f64.powi(fraction.len().min(18) as i32);
        value = value.checked_add((digits as f64 * (unit as f64 / scale)) as u64)?;
    }
    Some((value, next))
}

/// Prints a duration, in seconds.
pub fn print_duration(nanoseconds: i64) -> EcoString {
    let (seconds, rest) = (nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000);
    eco_format!("{}s", seconds as f64 + rest as f64 / 1e9)
}

/// Reads a timestamp: `2006-01-02T15:04:05.999Z`, `...+01:00`.
///
/// # Errors
/// The timestamp is not in the years 1 to 9999.
pub fn parse_time(text: &str) -> Result<Option<Time>, Failure> {
    match read_time(text) {
        Some(time) if !RANGE.contains(&time.timestamp()) => Err(overflow()),
        time => Ok(time),
    }
}

fn read_time(text: &str) -> Option<Time> {
    let number = |text: &str, lengths: std::ops::RangeInclusive<usize>| -> Option<u32> {
        let digits = lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse().ok()).flatten()
    };
    let (date, clock) = text.split_once('T')?;
    let (year, rest) = date.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    let day = NaiveDate::from_ymd_opt(number(year, 4..=4)? as i32, number(month, 2..=2)?, number(day, 2..=2)?)?;
    let zone = clock.find(['Z', '+', '-'])?;
    let (clock, zone) = clock.split_at_checked(zone)?;
    let (hour, rest) = clock.split_once(':')?;
    let (minute, rest) = rest.split_once(':')?;
    let (second, fraction) = rest.split_once(['.', ',']).map_or((rest, None), |(second, fraction)| (second, Some(fraction)));
    let nanosecond = match fraction {
        None => 0,
        Some(digits) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            let nine: String = digits.chars().chain("00000000".chars()).take(9).collect();
            nine.parse().ok()?
        }
        Some(_) => return None,
    };
    // Go accepts hours with one digit.
    let time = day.and_hms_nano_opt(number(hour, 1..=2)?, number(minute, 2..=2)?, number(second, 2..=2)?, nanosecond)?;
    let offset = match zone {
        "Z" => 0,
        _ => {
            let (hours, minutes) = zone.get(1..)?.split_once(':')?;
            let seconds = (number(hours, 2..=2).filter(|hours| *hours < 24)? * 60
                + number(minutes, 2..=2).filter(|minutes| *minutes < 60)?) as i32
                * 60;
            if zone.starts_with('-') { -seconds } else { seconds }
        }
    };
    let offset = FixedOffset::east_opt(offset)?;
    time.and_local_timezone(offset).single()
}

/// The timestamp that is this number of seconds after January 1, 1970.
///
/// # Errors
/// The timestamp is not in the years 1 to 9999.
pub fn from_seconds(seconds: i64) -> Result<Time, Failure> {
    let time = DateTime::<Utc>::from_timestamp(seconds, 0).filter(|_| RANGE.contains(&seconds));
    time.map(|time| time.fixed_offset()).ok_or_else(overflow)
}

/// Prints a timestamp.
pub fn print_time(time: &Time) -> EcoString {
    let clock = eco_format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second());
    let fraction = match time.nanosecond() {
        0 => EcoString::new(),
        nanosecond => eco_format!(".{nanosecond:09}").trim_end_matches('0').into(),
    };
    let zone = match time.offset().local_minus_utc() {
        0 => "Z".into(),
        offset => {
            let (sign, minutes) = (if offset < 0 { '-' } else { '+' }, offset.abs() / 60);
            eco_format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
        }
    };
    eco_format!("{:04}-{:02}-{:02}T{clock}{fraction}{zone}", time.year(), time.month(), time.day())
}

/// Adds nanoseconds to a timestamp.
///
/// # Errors
/// The result is not in the years 1 to 9999.
pub fn add(time: &Time, nanoseconds: i64) -> Result<Time, Failure> {
    let moved = time.checked_add_signed(TimeDelta::nanoseconds(nanoseconds));
    moved.filter(|time| RANGE.contains(&time.timestamp())).ok_or_else(overflow)
}

/// The nanoseconds from one timestamp to another.
///
/// # Errors
/// The number does not fit in 64 bits.
pub fn between(from: &Time, to: &Time) -> Result<i64, Failure> {
    to.signed_duration_since(from).num_nanoseconds().ok_or_else(|| Failure::error("duration overflow"))
}

/// A timestamp in a time zone.
///
/// # Errors
/// The time zone is not valid, or is given by name.
pub fn in_zone(time: &Time, zone: Option<&str>) -> Result<Time, Failure> {
    let offset = match zone {
        None | Some("" | "UTC" | "GMT") => 0,
        Some(zone) => {
            let Some((hours, minutes)) = zone.split_once(':') else {
                return Err(Failure::Unknown(eco_format!("the time zone `{zone}` is not supported")));
            };
            let wrong = || Failure::Error(eco_format!("`{zone}` is not a valid time zone"));
            let hours: i32 = hours.parse().map_err(|_| wrong())?;
            let minutes: i32 = minutes.parse().ok().filter(|minutes| (0..60).contains(minutes)).ok_or_else(wrong)?;
            let total = hours.saturating_mul(60);
            (if zone.starts_with('-') { total - minutes } else { total + minutes }).saturating_mul(60)
        }
    };
    let offset = FixedOffset::east_opt(offset).ok_or_else(|| Failure::error("the time zone is out of range"))?;
    Ok(time.with_timezone(&offset))
}

/// A part of a timestamp, by the name of the function that returns it.
pub fn part(time: &Time, function: &str) -> Option<i64> {
    Some(match function {
        "getFullYear" => i64::from(time.year()),
        "getMonth" => i64::from(time.month0()),
        "getDayOfYear" => i64::from(time.ordinal0()),
        "getDayOfMonth" => i64::from(time.day0()),
        "getDate" => i64::from(time.day()),
        "getDayOfWeek" => i64::from(time.weekday().num_days_from_sunday()),
        "getHours" => i64::from(time.hour()),
        "getMinutes" => i64::from(time.minute()),
        "getSeconds" => i64::from(time.second()),
        "getMilliseconds" => i64::from(time.nanosecond() / 1_000_000),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_in_go() {
        let table = [
            ("1h30m", Some(5_400_000_000_000)),
            ("-1.5s", Some(-1_500_000_000)),
            ("+.5ms", Some(500_000)),
            ("1µs", Some(1_000)),
            ("0", Some(0)),
            ("-9223372036854775808ns", Some(i64::MIN)),
            ("9223372036854775808ns", None),
            ("", None),
            ("-", None),
            ("5", None),
            (".s", None),
            ("5 parsecs", None),
        ];
        for (text, expected) in table {
            assert_eq!(parse_duration(text), expected, "{text}");
        }
        assert_eq!(print_duration(5_400_500_000_000), "5400.5s");
        assert_eq!(print_duration(-1), "-0.000000001s");
    }

    #[test]
    fn times_are_read_and_printed() {
        let print = |text| parse_time(text).unwrap().map(|time| print_time(&time));
        for text in ["2009-02-13T23:31:30Z", "2009-02-13T23:31:30.05+01:00", "0001-01-01T00:00:00Z"] {
            assert_eq!(print(text).as_deref(), Some(text));
        }
        for text in ["2009-02-30T00:00:00Z", "2009-02-13", "2009-02-13t00:00:00Z", "2009-02-13T24:00:00Z", "2009-02-13T00:00:00"]
        {
            assert_eq!(print(text), None, "{text}");
        }
        assert!(parse_time("0000-01-01T00:00:00Z").is_err() && from_seconds(253_402_300_800).is_err());
    }
}
