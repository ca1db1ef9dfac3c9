//! Quantities of resources: `500m`, `2Gi`, `1e3`. Behavior: apimachinery's `resource.ParseQuantity`.
//!
//! Values are integers in units of one billionth, the finest resolution of Kubernetes, so comparisons are exact.

use crate::yaml::Node;

/// Billionths in one unit.
const ONE: i128 = 1_000_000_000;
/// The maximum value in Kubernetes; larger values are treated as this one.
const MAX: i128 = i64::MAX as i128 * ONE;

/// The notation of a quantity, which determines how the server prints it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `500m`, `2`, `5G`
    Decimal,
    /// `2Gi`
    Binary,
    /// `1e3`
    Exponent,
}

/// The value of a quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantity {
    nanos: i128,
    form: Form,
}

impl Quantity {
    /// The quantity in a scalar.
    pub fn of(node: &Node) -> Option<Quantity> {
        node.as_scalar().and_then(|scalar| Quantity::parse(&scalar.text))
    }

    /// Reads a quantity.
    pub fn parse(text: &str) -> Option<Quantity> {
        let text = text.trim();
        let (negative, unsigned) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let (whole, rest) = unsigned.split_at(digits(unsigned));
        let (fraction, suffix) = match rest.strip_prefix('.') {
            Some(rest) => rest.split_at(digits(rest)),
            None => ("", rest),
        };
        let (power, base, form) = scale(suffix)?;
        let nanos = match base {
            10 => decimal(whole, fraction, power + 9),
            _ => decimal(whole, fraction, 9).and_then(|value| value.checked_mul(1_i128.checked_shl(power as u32)?)),
        };
        let nanos = nanos.unwrap_or(MAX).min(MAX);
        Some(Quantity { nanos: if negative { -nanos } else { nanos }, form })
    }

    /// The value in billionths.
    pub fn nanos(self) -> i128 {
        self.nanos
    }

    /// The value in thousandths, rounded up: the server stores no finer amounts of resources.
    pub fn millis(self) -> i128 {
        -(-self.nanos).div_euclid(ONE / 1000)
    }

    /// The value in ones, rounded up.
    pub fn ones(self) -> i128 {
        -(-self.nanos).div_euclid(ONE)
    }

    /// Whether it is a whole number.
    pub fn is_whole(self) -> bool {
        self.millis() % 1000 == 0
    }

    /// Whether the server prints it as 1 with a unit: `1`, `1k`, `1Mi`. Thousandths count where they are allowed.
    pub fn is_unit(self) -> bool {
        let base = match self.form {
            Form::Decimal => 1000,
            Form::Binary => 1024,
            Form::Exponent => return self.nanos == ONE,
        };
        (0..=6).any(|power| self.nanos == ONE * 1_i128.max(i128::pow(base, power)))
    }
}

/// Digits with a power of ten, rounded up; `None` if there are too many.
fn decimal(whole: &str, fraction: &str, power: i32) -> Option<i128> {
    let fraction = fraction.trim_end_matches('0');
    let digits = whole
        .bytes()
        .chain(fraction.bytes())
        .try_fold(0_i128, |value, digit| value.checked_mul(10)?.checked_add(i128::from(digit.saturating_sub(b'0'))))?;
    let power = power - i32::try_from(fraction.len()).ok()?;
    if digits == 0 {
        return Some(0);
    }
    if power >= 0 {
        return digits.checked_mul(10_i128.checked_pow(power as u32)?);
    }
    let divisor = 10_i128.checked_pow(power.unsigned_abs());
    Some(divisor.map_or(1, |divisor| -(-digits).div_euclid(divisor)))
}

/// The power, its base (10, or 2 for binary units), and the form of a suffix.
fn scale(suffix: &str) -> Option<(i32, i32, Form)> {
    let (power, base, form) = match suffix {
        "n" => (-9, 10, Form::Decimal),
        "u" => (-6, 10, Form::Decimal),
        "m" => (-3, 10, Form::Decimal),
        "" => (0, 10, Form::Decimal),
        "k" => (3, 10, Form::Decimal),
        "M" => (6, 10, Form::Decimal),
        "G" => (9, 10, Form::Decimal),
        "T" => (12, 10, Form::Decimal),
        "P" => (15, 10, Form::Decimal),
        "E" => (18, 10, Form::Decimal),
        "Ki" => (10, 2, Form::Binary),
        "Mi" => (20, 2, Form::Binary),
        "Gi" => (30, 2, Form::Binary),
        "Ti" => (40, 2, Form::Binary),
        "Pi" => (50, 2, Form::Binary),
        "Ei" => (60, 2, Form::Binary),
        _ => {
            let power: i32 = suffix.strip_prefix(['e', 'E'])?.parse().ok()?;
            (power.clamp(-1000, 1000), 10, Form::Exponent)
        }
    };
    Some((power, base, form))
}

/// The value of a quantity in thousandths, as precisely as a float can represent it; `None` if the text is not a quantity.
pub fn parse(text: &str) -> Option<f64> {
    Quantity::parse(text).map(|quantity| quantity.nanos as f64 / 1e6)
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
        for wrong in ["", "1 Gi", "1gb", "lots", "1.2.3", "0x10", "1Kib", "1e", "1e1.5", "--1"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn comparisons_are_exact_and_large_values_are_capped() {
        let value = |text| Quantity::parse(text).map(Quantity::nanos);
        assert_eq!(value("0.1"), value("100m"));
        assert_eq!(value("1Ki"), value("1024"));
        assert_eq!(value("0.0000000001"), value("1n"));
        assert_eq!(value("9223372036854775808"), value("9223372036854775807"));
        assert_eq!(value("1e999999999"), Some(MAX));
        assert_eq!(value("1e-999999999"), Some(1));
        let many = "9".repeat(200);
        assert_eq!(Quantity::parse(&many).map(Quantity::nanos), Some(MAX));
        assert_eq!(value("-1Ei"), value("-1152921504606846976"));
    }

    #[test]
    fn units_are_one_with_a_suffix() {
        let unit = |text| Quantity::parse(text).is_some_and(Quantity::is_unit);
        for good in ["1", "1000", "1k", "1Mi", "1024Ki", "1000m", "1e0"] {
            assert!(unit(good), "{good}");
        }
        for bad in ["2", "1024", "0.5Mi", "1e3", "1m"] {
            assert!(!unit(bad), "{bad}");
        }
    }
}
