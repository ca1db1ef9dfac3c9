//! Parts of points in time and durations.
//!
//! Behaviour: `common/types/{timestamp,duration}.go` of cel-go, in UTC where no zone is named (`cel.DefaultUTCTimeZone`).

use super::super::machine::Failure;
use super::super::time::{in_zone, part};
use super::super::types::Signature::{Duration, Int, String, Timestamp};
use super::super::value::Value;
use super::row::{Library, Run, method, no_overload};

/// The functions.
pub static LIBRARY: Library = Library {
    name: "standard",
    since: 0,
    until: None,
    overloads: &[
        method("timestamp_to_year", "getFullYear", &[Timestamp], Int, |_, args| part_of(args, "getFullYear")),
        method("timestamp_to_year_with_tz", "getFullYear", &[Timestamp, String], Int, |_, args| part_of(args, "getFullYear")),
        method("timestamp_to_month", "getMonth", &[Timestamp], Int, |_, args| part_of(args, "getMonth")),
        method("timestamp_to_month_with_tz", "getMonth", &[Timestamp, String], Int, |_, args| part_of(args, "getMonth")),
        method("timestamp_to_day_of_year", "getDayOfYear", &[Timestamp], Int, |_, args| part_of(args, "getDayOfYear")),
        method("timestamp_to_day_of_year_with_tz", "getDayOfYear", &[Timestamp, String], Int, |_, args| {
            part_of(args, "getDayOfYear")
        }),
        method("timestamp_to_day_of_month", "getDayOfMonth", &[Timestamp], Int, |_, args| part_of(args, "getDayOfMonth")),
        method("timestamp_to_day_of_month_with_tz", "getDayOfMonth", &[Timestamp, String], Int, |_, args| {
            part_of(args, "getDayOfMonth")
        }),
        method("timestamp_to_day_of_month_1_based", "getDate", &[Timestamp], Int, |_, args| part_of(args, "getDate")),
        method("timestamp_to_day_of_month_1_based_with_tz", "getDate", &[Timestamp, String], Int, |_, args| {
            part_of(args, "getDate")
        }),
        method("timestamp_to_day_of_week", "getDayOfWeek", &[Timestamp], Int, |_, args| part_of(args, "getDayOfWeek")),
        method("timestamp_to_day_of_week_with_tz", "getDayOfWeek", &[Timestamp, String], Int, |_, args| {
            part_of(args, "getDayOfWeek")
        }),
        method("timestamp_to_hours", "getHours", &[Timestamp], Int, |_, args| part_of(args, "getHours")),
        method("timestamp_to_hours_with_tz", "getHours", &[Timestamp, String], Int, |_, args| part_of(args, "getHours")),
        method("timestamp_to_minutes", "getMinutes", &[Timestamp], Int, |_, args| part_of(args, "getMinutes")),
        method("timestamp_to_minutes_with_tz", "getMinutes", &[Timestamp, String], Int, |_, args| part_of(args, "getMinutes")),
        method("timestamp_to_seconds", "getSeconds", &[Timestamp], Int, |_, args| part_of(args, "getSeconds")),
        method("timestamp_to_seconds_tz", "getSeconds", &[Timestamp, String], Int, |_, args| part_of(args, "getSeconds")),
        method("timestamp_to_milliseconds", "getMilliseconds", &[Timestamp], Int, |_, args| part_of(args, "getMilliseconds")),
        method("timestamp_to_milliseconds_with_tz", "getMilliseconds", &[Timestamp, String], Int, |_, args| {
            part_of(args, "getMilliseconds")
        }),
        method("duration_to_hours", "getHours", &[Duration], Int, whole::<3_600_000_000_000>()),
        method("duration_to_minutes", "getMinutes", &[Duration], Int, whole::<60_000_000_000>()),
        method("duration_to_seconds", "getSeconds", &[Duration], Int, whole::<1_000_000_000>()),
        method("duration_to_milliseconds", "getMilliseconds", &[Duration], Int, whole::<1_000_000>()),
    ],
};

fn part_of(args: &[Value], function: &str) -> Result<Value, Failure> {
    let (time, zone) = match args {
        [Value::Timestamp(time)] => (time, None),
        [Value::Timestamp(time), Value::String(zone)] => (time, Some(zone.as_str())),
        _ => return Err(no_overload()),
    };
    part(&in_zone(time, zone)?, function).map(Value::Int).ok_or_else(no_overload)
}

/// A duration in whole units of so many nanoseconds.
const fn whole<const UNIT: i64>() -> Run {
    |_, args| match args {
        [Value::Duration(nanoseconds)] => Ok(Value::Int(nanoseconds / UNIT)),
        _ => Err(no_overload()),
    }
}
