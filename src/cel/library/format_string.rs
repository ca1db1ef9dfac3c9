//! `'%s of %d'.format([name, count])`.
//!
//! Behavior: `ext/formatting.go` of cel-go in the locale en_US, as in version 2 of the strings library: numbers with a
//! fraction group their digits, and exponents are written as powers of ten.

use ecow::{EcoString, eco_format};

use super::super::machine::{Failure, Machine};
use super::super::value::{Key, List, Map, Value};
use super::convert::print;

/// Inserts values into a format string.
///
/// # Errors
/// The format string or a value is not valid, or the result is too large.
pub fn format(text: &str, values: &List, machine: &mut Machine<'_>) -> Result<EcoString, Failure> {
    machine.allocate(text.len())?;
    let mut out = EcoString::new();
    let mut rest = text;
    let mut next = 0;
    while let Some(at) = rest.find('%') {
        out.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at + 1..).unwrap_or_default();
        if let Some(after) = rest.strip_prefix('%') {
            out.push('%');
            rest = after;
            continue;
        }
        let (precision, after) = precision(rest)?;
        let verb = after.chars().next().ok_or_else(|| Failure::error("unexpected end of format string"))?;
        let Some(value) = values.get(next) else {
            return Err(Failure::Error(eco_format!("index {next} out of range")));
        };
        next += 1;
        let piece = clause(verb, precision, &value, machine)?;
        machine.allocate(piece.len())?;
        out.push_str(&piece);
        rest = after.get(verb.len_utf8()..).unwrap_or_default();
    }
    out.push_str(rest);
    Ok(out)
}

/// Reads a precision such as `.3`.
fn precision(text: &str) -> Result<(Option<usize>, &str), Failure> {
    let Some(rest) = text.strip_prefix('.') else { return Ok((None, text)) };
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (digits, rest) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let precision = digits.parse().ok().filter(|precision| *precision <= 1000);
    precision.map(|precision| (Some(precision), rest)).ok_or_else(|| Failure::error("the precision must be a number up to 1000"))
}

fn clause(verb: char, precision: Option<usize>, value: &Value, machine: &mut Machine<'_>) -> Result<EcoString, Failure> {
    let wrong = |wanted: &str| {
        let found = value.type_name();
        Failure::Error(eco_format!("error during formatting: {wanted} clause can't be used on `{found}`"))
    };
    Ok(match (verb, value) {
        ('s', _) => return plain(value, machine),
        ('d', Value::Int(value)) => eco_format!("{value}"),
        ('d', Value::Uint(value)) => eco_format!("{value}"),
        ('d', _) => return Err(wrong("decimal")),
        ('f' | 'e', Value::Double(value)) => number(*value, verb, precision.unwrap_or(6)),
        ('f' | 'e', Value::String(text)) => match text.as_str() {
            "NaN" => "NaN".into(),
            "Infinity" => "∞".into(),
            "-Infinity" => "-∞".into(),
            _ => return Err(wrong(if verb == 'f' { "fixed-point" } else { "scientific" })),
        },
        ('f', _) => return Err(wrong("fixed-point")),
        ('e', _) => return Err(wrong("scientific")),
        ('b', Value::Bool(value)) => eco_format!("{}", u8::from(*value)),
        ('b', Value::Int(value)) => eco_format!("{}{:b}", sign(*value), value.unsigned_abs()),
        ('b', Value::Uint(value)) => eco_format!("{value:b}"),
        ('b', _) => return Err(wrong("binary")),
        ('x', Value::Int(value)) => eco_format!("{}{:x}", sign(*value), value.unsigned_abs()),
        ('X', Value::Int(value)) => eco_format!("{}{:X}", sign(*value), value.unsigned_abs()),
        ('x', Value::Uint(value)) => eco_format!("{value:x}"),
        ('X', Value::Uint(value)) => eco_format!("{value:X}"),
        ('x' | 'X', Value::String(text)) => hex(text.as_bytes(), verb, machine)?,
        ('x' | 'X', Value::Bytes(bytes)) => hex(bytes, verb, machine)?,
        ('x' | 'X', _) => return Err(wrong("hex")),
        ('o', Value::Int(value)) => eco_format!("{}{:o}", sign(*value), value.unsigned_abs()),
        ('o', Value::Uint(value)) => eco_format!("{value:o}"),
        ('o', _) => return Err(wrong("octal")),
        _ => return Err(Failure::Error(eco_format!("unrecognized formatting clause \"{verb}\""))),
    })
}

fn sign(value: i64) -> &'static str {
    if value < 0 { "-" } else { "" }
}

fn hex(bytes: &[u8], verb: char, machine: &mut Machine<'_>) -> Result<EcoString, Failure> {
    machine.allocate(bytes.len() * 2)?;
    let digit = |byte: u8| if verb == 'x' { eco_format!("{byte:02x}") } else { eco_format!("{byte:02X}") };
    Ok(bytes.iter().fold(EcoString::new(), |out, byte| out + digit(*byte).as_str()))
}

/// Formats a value with `%s`.
fn plain(value: &Value, machine: &mut Machine<'_>) -> Result<EcoString, Failure> {
    match value {
        Value::Null => Ok("null".into()),
        Value::List(list) => items(list, machine),
        Value::Map(map) => entries(map, machine),
        Value::Bytes(bytes) => Ok(String::from_utf8_lossy(bytes).as_ref().into()),
        Value::Opaque(_) | Value::Optional(_) => Err(unprintable(value)),
        _ => print(value).ok_or_else(|| unprintable(value)),
    }
}

fn unprintable(value: &Value) -> Failure {
    Failure::Error(eco_format!("error during formatting: string clause can't be used on `{}`", value.type_name()))
}

/// Formats a value inside a list or map, in the syntax of expressions.
fn inner(value: &Value, machine: &mut Machine<'_>) -> Result<EcoString, Failure> {
    Ok(match value {
        Value::String(text) => quoted(text),
        Value::Bytes(bytes) => eco_format!("b{}", quoted(&String::from_utf8_lossy(bytes))),
        Value::Double(value) if value.is_nan() => "\"NaN\"".into(),
        Value::Double(value) if value.is_infinite() => (if *value > 0.0 { "\"+Inf\"" } else { "\"-Inf\"" }).into(),
        Value::Double(value) => eco_format!("{value:.6}"),
        Value::Timestamp(_) => eco_format!("timestamp({})", quoted(&plain(value, machine)?)),
        Value::Duration(_) => eco_format!("duration({})", quoted(&plain(value, machine)?)),
        _ => plain(value, machine)?,
    })
}

fn quoted(text: &str) -> EcoString {
    eco_format!("{text:?}")
}

fn items(list: &List, machine: &mut Machine<'_>) -> Result<EcoString, Failure> {
    let mut out = EcoString::from("[");
    for (at, item) in list.iter().enumerate() {
        let piece = inner(&item, machine)?;
        machine.allocate(piece.len() + 2)?;
        out.push_str(if at > 0 { ", " } else { "" });
        out.push_str(&piece);
    }
    out.push(']');
    Ok(out)
}

fn entries(map: &Map, machine: &mut Machine<'_>) -> Result<EcoString, Failure> {
    let mut pieces = Vec::new();
    for key in map.keys() {
        let name = match &key {
            Key::String(text) => quoted(text),
            other => print(&other.value()).unwrap_or_default(),
        };
        let value = inner(&map.get(&key).unwrap_or(Value::Null), machine)?;
        machine.allocate(2 * (name.len() + value.len() + 16))?;
        pieces.push((name, value));
    }
    pieces.sort();
    let pieces: Vec<EcoString> = pieces.into_iter().map(|(name, value)| eco_format!("{name}:{value}")).collect();
    Ok(eco_format!("{{{}}}", pieces.join(", ")))
}

/// Formats a float in the locale en_US.
fn number(value: f64, verb: char, precision: usize) -> EcoString {
    if value.is_nan() {
        return "NaN".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { "∞" } else { "-∞" }.into();
    }
    if verb == 'e' {
        let scientific = format!("{value:.precision$e}");
        let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
        let exponent: i32 = exponent.parse().unwrap_or(0);
        let raised: String = format!("{:02}", exponent.abs()).chars().map(superscript).collect();
        let sign = if exponent < 0 { "⁻" } else { "" };
        return eco_format!("{digits}\u{202f}×\u{202f}10{sign}{raised}");
    }
    let fixed = format!("{value:.precision$}");
    let (whole, fraction) = fixed.split_at_checked(fixed.find('.').unwrap_or(fixed.len())).unwrap_or((&fixed, ""));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut grouped = EcoString::from(sign);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + fraction
}

fn superscript(digit: char) -> char {
    match digit {
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        digit => char::from_u32(0x2070 + digit.to_digit(10).unwrap_or(0)).unwrap_or(digit),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::machine::{Limits, Patterns};
    use super::*;

    #[test]
    fn values_are_formatted() {
        let table: [(&str, Value, &str); 12] = [
            ("%s!", Value::string("a"), "a!"),
            ("%d%%", Value::Int(-3), "-3%"),
            ("%.3f", Value::Double(1.2345), "1.234"),
            ("%f", Value::Double(1_234_567.5), "1,234,567.500000"),
            ("%.6e", Value::Double(1_052.032_911_275), "1.052033\u{202f}×\u{202f}10⁰³"),
            ("%b", Value::Int(-5), "-101"),
            ("%X", Value::string("Hi"), "4869"),
            ("%o", Value::Uint(65535), "177777"),
            ("%s", Value::Double(2e-9), "2e-09"),
            ("%s", Value::list(vec![Value::Double(2.71), Value::string("a"), Value::Null]), "[2.710000, \"a\", null]"),
            ("%s", Value::list(vec![Value::Duration(1_000_000_000)]), "[duration(\"1s\")]"),
            ("%x", Value::Uint(255), "ff"),
        ];
        let patterns = Patterns::default();
        for (text, value, expected) in table {
            let mut machine = Machine::new(&Limits::FREE, &patterns);
            assert_eq!(format(text, &List::new(vec![value]), &mut machine).as_deref(), Ok(expected), "{text}");
        }
        for wrong in ["%", "%s %s", "%q", "%.f", "%d"] {
            let values = List::new(vec![Value::string("a")]);
            assert!(format(wrong, &values, &mut Machine::new(&Limits::FREE, &patterns)).is_err(), "{wrong}");
        }
    }
}
