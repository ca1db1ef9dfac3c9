//! Lines of a log on standard error, as Go's package `log` prints them.

use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Datelike, Timelike};

use crate::commands::output;

/// Prints a line with date and time (UTC) in front.
pub fn line(text: &str) {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    let time = DateTime::from_timestamp(i64::try_from(seconds).unwrap_or_default(), 0).unwrap_or_default();
    let end = if text.ends_with('\n') { "" } else { "\n" };
    let day = format!("{:04}/{:02}/{:02}", time.year(), time.month(), time.day());
    let clock = format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second());
    output::eprint(&format!("{day} {clock} {text}{end}"));
}
