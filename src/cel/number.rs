//! Reads and prints numbers like Go.
//!
//! Behavior: `strconv.ParseFloat` and the verb `%g` of `fmt`.

use ecow::{EcoString, eco_format};

/// Reads a float.
pub fn parse_double(text: &str) -> Option<f64> {
    if text.bytes().any(|byte| byte == b'_' || byte.is_ascii_whitespace()) {
        return None;
    }
    let value: f64 = text.parse().ok()?;
    // A number that is too large is an error, not infinity.
    let has_digits = text.bytes().any(|byte| byte.is_ascii_digit());
    Some(value).filter(|value| !(value.is_infinite() && has_digits))
}

/// Reads a boolean.
pub fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// Prints a float with the fewest digits that identify it, and with an exponent below 1e-4 and from 1e6.
pub fn print_double(value: f64) -> EcoString {
    if value.is_nan() {
        return "NaN".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.into();
    }
    let scientific = format!("{value:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&exponent) {
        return eco_format!("{value}");
    }
    eco_format!("{digits}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
}
