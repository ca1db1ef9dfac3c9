//! Parses schedules of CronJobs as robfig/cron's standard parser does.

/// Checks a schedule: five fields, a descriptor such as `@hourly`, or an interval such as `@every 5m`.
///
/// # Errors
/// What is wrong with the schedule, in words.
pub fn parse(schedule: &str) -> Result<(), String> {
    if let Some(word) = schedule.strip_prefix('@') {
        return descriptor(word);
    }
    let fields: Vec<&str> = schedule.split_whitespace().collect();
    if fields.len() != 5 {
        return Err(format!("expected five fields (minute, hour, day, month, weekday), found {}", fields.len()));
    }
    const MONTHS: &[&str] = &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    const DAYS: &[&str] = &["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
    let bounds: [(u32, u32, &[&str], u32); 5] =
        [(0, 59, &[], 0), (0, 23, &[], 0), (1, 31, &[], 0), (1, 12, MONTHS, 1), (0, 6, DAYS, 0)];
    fields.iter().zip(bounds).try_for_each(|(field, (least, most, names, first))| {
        field.split(',').filter(|part| !part.is_empty()).try_for_each(|part| range(part, least, most, names, first))
    })
}

fn descriptor(word: &str) -> Result<(), String> {
    match word {
        "yearly" | "annually" | "monthly" | "weekly" | "daily" | "midnight" | "hourly" => Ok(()),
        _ => match word.strip_prefix("every ") {
            Some(duration) if is_duration(duration) => Ok(()),
            Some(duration) => Err(format!("`{duration}` is not a valid duration")),
            None => Err(format!("`@{word}` is not supported")),
        },
    }
}

/// Whether a string is a duration in Go's notation, such as `1h30m`.
pub fn is_duration(text: &str) -> bool {
    let mut rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    if rest == "0" {
        return true;
    }
    let mut parts = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
        let unit = ["ns", "us", "µs", "μs", "ms", "s", "m", "h"].iter().find(|unit| rest[digits..].starts_with(**unit));
        let Some(unit) = unit.filter(|_| rest[..digits].bytes().any(|byte| byte.is_ascii_digit())) else { return false };
        // `m` must not hide `ms`.
        let unit = if rest[digits..].starts_with("ms") { "ms" } else { unit };
        rest = &rest[digits + unit.len()..];
        parts += 1;
    }
    parts > 0
}

fn range(part: &str, least: u32, most: u32, names: &[&str], first: u32) -> Result<(), String> {
    let (span, step) = part.split_once('/').map_or((part, None), |(span, step)| (span, Some(step)));
    if step.is_some_and(|step| step.parse::<u32>().map_or(true, |step| step == 0)) {
        return Err(format!("the step of `{part}` must be greater than 0"));
    }
    // The parser ignores what follows the dash in `*-5`.
    if matches!(span.split('-').next(), Some("*" | "?")) {
        return Ok(());
    }
    let value = |text: &str| -> Result<u32, String> {
        if let Some(at) = names.iter().position(|name| name.eq_ignore_ascii_case(text)) {
            return Ok(at as u32 + first);
        }
        text.parse().map_err(|_| format!("`{text}` is not a valid number"))
    };
    let (from, to) = span.split_once('-').unwrap_or((span, span));
    let (from, to) = (value(from)?, value(to)?);
    if from < least || to > most {
        return Err(format!("values must be between {least} and {most}, found `{span}`"));
    }
    if from > to {
        return Err(format!("the range `{span}` must not end before its start"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_have_five_fields_or_a_name() {
        for good in [
            "0 2 * * *",
            "*/5 * * * *",
            "0 0 1 jan MON-fri",
            "@hourly",
            "@every 1h30m",
            "0,30 9-17 ? * 1-5",
            "*-5/2 0 1 1 ,",
            "5/70 * * * *",
        ] {
            assert!(parse(good).is_ok(), "{good}");
        }
        for bad in ["", "* * * *", "60 * * * *", "* * * * 7", "*/0 * * * *", "5-1 * * * *", "@often", "@every day", "a * * * *"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
