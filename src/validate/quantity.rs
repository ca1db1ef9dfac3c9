//! Quantities of resources: `500m`, `2Gi`, `1e3`. Behaviour: apimachinery's `resource.ParseQuantity`.

/// The value of a quantity in thousandths, as nearly as a float holds it; `None` when the text is none.
pub fn parse(text: &str) -> Option<f64> {
    let digits = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '+' | '-'))).unwrap_or(text.len());
    let (number, suffix) = text.split_at(digits);
    let unsigned = number.strip_prefix(['+', '-']).unwrap_or(number);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let value: f64 = format!("{}0{whole}.{fraction}0", if number.starts_with('-') { "-" } else { "" }).parse().ok()?;
    Some(value * factor(suffix)? * 1000.0)
}

fn factor(suffix: &str) -> Option<f64> {
    let decimal = |power: i32| Some(10_f64.powi(power));
    let binary = |power: i32| Some(1024_f64.powi(power));
    match suffix {
        "n" => decimal(-9),
        "u" => decimal(-6),
        "m" => decimal(-3),
        "" => decimal(0),
        "k" => decimal(3),
        "M" => decimal(6),
        "G" => decimal(9),
        "T" => decimal(12),
        "P" => decimal(15),
        "E" => decimal(18),
        "Ki" => binary(1),
        "Mi" => binary(2),
        "Gi" => binary(3),
        "Ti" => binary(4),
        "Pi" => binary(5),
        "Ei" => binary(6),
        _ => {
            let exponent: i32 = suffix.strip_prefix(['e', 'E'])?.parse().ok()?;
            decimal(exponent)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_numbers_with_units() {
        assert_eq!(parse("500m"), Some(500.0));
        assert_eq!(parse("2"), Some(2000.0));
        assert_eq!(parse("1.5Gi"), Some(1.5 * 1024.0 * 1024.0 * 1024.0 * 1000.0));
        assert_eq!(parse("1e3"), Some(1_000_000.0));
        assert_eq!(parse("-1"), Some(-1000.0));
        for wrong in ["", "m", "1 Gi", "1gb", "lots", "1.2.3", "0x10", "1Kib", "."] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
