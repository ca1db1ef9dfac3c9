//! The exact amounts of Kubernetes' quantities: `1500m`, `1.5Gi`, `12e6`.
//!
//! Behavior: `k8s.io/apimachinery/pkg/api/resource`. Most amounts are a 64-bit integer times a power of ten; those that do
//! not fit are decimals with nine digits after the point. The representation determines whether an amount is an integer for
//! `isInteger`.

use std::cmp::Ordering;

/// An amount.
#[derive(Clone, Copy, Debug)]
pub enum Amount {
    /// An integer times a power of ten.
    Scaled(i64, i32),
    /// Billionths.
    Decimal(i128),
}

/// Ten to the ninth.
const NANO: i128 = 1_000_000_000;

impl Amount {
    /// Reads an amount; `None` if it is not valid.
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, rest) = match text.as_bytes().first()? {
            b'-' => (true, text.get(1..)?),
            b'+' => (false, text.get(1..)?),
            _ => (false, text),
        };
        let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (whole, rest) = rest.split_at_checked(digits(rest))?;
        let (fraction, suffix) = match rest.strip_prefix('.') {
            Some(rest) => rest.split_at_checked(digits(rest))?,
            None => ("", rest),
        };
        // Go treats missing digits as 0.
        let suffix = Suffix::parse(suffix)?;
        let stripped = whole.trim_start_matches('0');
        let whole = if stripped.is_empty() { "0" } else { stripped };
        short(whole, fraction, suffix, negative).or_else(|| long(whole, fraction, suffix, negative))
    }

    /// Creates an amount from an integer.
    pub fn of(value: i64) -> Self {
        Amount::Scaled(value, 0)
    }

    /// The sign.
    pub fn sign(self) -> i64 {
        match self {
            Amount::Scaled(value, _) => value.signum(),
            Amount::Decimal(value) => value.signum() as i64,
        }
    }

    /// The amount as an integer, if the server considers it one.
    pub fn as_integer(self) -> Option<i64> {
        match self {
            Amount::Scaled(value, scale) => value.checked_mul(10_i64.checked_pow(u32::try_from(scale).ok()?)?),
            Amount::Decimal(_) => None,
        }
    }

    /// The nearest float.
    pub fn as_float(self) -> f64 {
        match self {
            Amount::Scaled(value, 0) => value as f64,
            Amount::Scaled(value, scale) => format!("{value}e{scale}").parse().unwrap_or(f64::NAN),
            Amount::Decimal(value) => format!("{value}e-9").parse().unwrap_or(f64::NAN),
        }
    }

    /// The sum of two amounts.
    pub fn plus(self, other: Amount) -> Self {
        match (self, other) {
            (Amount::Scaled(..), Amount::Scaled(0, _)) => self,
            (Amount::Scaled(0, _), Amount::Scaled(..)) => other,
            (Amount::Scaled(a, a_scale), Amount::Scaled(b, b_scale)) => {
                let scale = a_scale.min(b_scale);
                let raised = |value: i64, by: i32| value.checked_mul(10_i64.checked_pow(u32::try_from(by).ok()?)?);
                let sum = raised(a, a_scale - scale).zip(raised(b, b_scale - scale)).and_then(|(a, b)| a.checked_add(b));
                sum.map_or_else(|| self.plus_decimal(other), |sum| Amount::Scaled(sum, scale))
            }
            _ => self.plus_decimal(other),
        }
    }

    fn plus_decimal(self, other: Amount) -> Self {
        Amount::Decimal(self.nano().saturating_add(other.nano()))
    }

    /// The negative amount.
    pub fn negated(self) -> Self {
        match self {
            Amount::Scaled(value, scale) => {
                value.checked_neg().map_or(Amount::Decimal(-self.nano()), |value| Amount::Scaled(value, scale))
            }
            Amount::Decimal(value) => Amount::Decimal(value.saturating_neg()),
        }
    }

    /// The order of two amounts.
    pub fn order(self, other: Amount) -> Ordering {
        match (self, other) {
            (Amount::Scaled(a, a_scale), Amount::Scaled(b, b_scale)) if a_scale == b_scale => a.cmp(&b),
            _ => self.nano().cmp(&other.nano()),
        }
    }

    /// The amount in billionths, saturating.
    fn nano(self) -> i128 {
        match self {
            Amount::Decimal(value) => value,
            Amount::Scaled(value, scale) => match u32::try_from(scale + 9) {
                Ok(power) => 10_i128.checked_pow(power).map_or(i128::MAX, |power| i128::from(value).saturating_mul(power)),
                Err(_) => 0,
            },
        }
    }
}

/// The suffix of a number.
#[derive(Clone, Copy)]
enum Suffix {
    /// A power of ten.
    Ten(i32),
    /// A power of two.
    Two(u32),
}

impl Suffix {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "n" => Suffix::Ten(-9),
            "u" => Suffix::Ten(-6),
            "m" => Suffix::Ten(-3),
            "" => Suffix::Ten(0),
            "k" => Suffix::Ten(3),
            "M" => Suffix::Ten(6),
            "G" => Suffix::Ten(9),
            "T" => Suffix::Ten(12),
            "P" => Suffix::Ten(15),
            "E" => Suffix::Ten(18),
            "Ki" => Suffix::Two(10),
            "Mi" => Suffix::Two(20),
            "Gi" => Suffix::Two(30),
            "Ti" => Suffix::Two(40),
            "Pi" => Suffix::Two(50),
            "Ei" => Suffix::Two(60),
            _ => Suffix::Ten(text.strip_prefix(['e', 'E'])?.parse::<i64>().ok()?.clamp(-1000, 1000) as i32),
        })
    }
}

/// An amount that fits in 64 bits, as determined by the server from the number of digits.
fn short(whole: &str, fraction: &str, suffix: Suffix, negative: bool) -> Option<Amount> {
    let (scale, factor, precision) = match suffix {
        Suffix::Ten(exponent) => (exponent, 1, 18 - (whole.len() + fraction.len()) as i64),
        Suffix::Two(exponent) if fraction.is_empty() => {
            (0, 1_i64.checked_shl(exponent)?, 15 - whole.len() as i64 - i64::from(exponent * 3 / 10) - 1)
        }
        Suffix::Two(_) => return None,
    };
    let scale = scale - fraction.len() as i32;
    if precision < 0 || scale < -9 {
        return None;
    }
    let value = format!("{whole}{fraction}").parse::<i64>().ok()?.checked_mul(factor)?;
    Some(Amount::Scaled(if negative { -value } else { value }, scale))
}

/// Any other amount; fractions of a billionth are rounded up.
fn long(whole: &str, fraction: &str, suffix: Suffix, negative: bool) -> Option<Amount> {
    // Further digits have no effect on amounts that fit.
    let digits = format!("{whole}{fraction}");
    let (kept, dropped) = digits.split_at_checked(digits.len().min(30))?;
    let mut value: i128 = kept.parse().ok()?;
    let mut power = 9 + dropped.len() as i32 - fraction.len() as i32;
    match suffix {
        Suffix::Ten(exponent) => power += exponent,
        Suffix::Two(exponent) => value = value.checked_mul(1 << exponent)?,
    }
    let value = match u32::try_from(power) {
        Ok(power) => 10_i128.checked_pow(power).map_or(i128::MAX, |power| value.saturating_mul(power)),
        Err(_) => {
            let divisor = 10_i128.checked_pow(power.unsigned_abs()).unwrap_or(i128::MAX);
            value / divisor + i128::from(value % divisor != 0)
        }
    };
    let largest = i128::from(i64::MAX) * NANO;
    let value = if matches!(suffix, Suffix::Two(_)) { value.min(largest) } else { value };
    Some(Amount::Decimal(if negative { -value } else { value }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        let amount = |text| Amount::parse(text).unwrap_or_else(|| panic!("{text}"));
        for (a, b) in
            [("1Gi", "1073741824"), ("1.5", "1500m"), ("1e3", "1k"), ("0.1Gi", "107374182400m"), ("1E", "1e18"), (".5", "0.50")]
        {
            assert_eq!(amount(a).order(amount(b)), Ordering::Equal, "{a} {b}");
        }
        assert_eq!(amount("9007199254740993").order(amount("9007199254740992")), Ordering::Greater);
        assert_eq!(amount("0.1").plus(amount("0.2")).order(amount("0.3")), Ordering::Equal);
        assert_eq!(amount("1e-12").order(amount("1n")), Ordering::Equal);
        assert_eq!(amount("50k").plus(Amount::of(20)).order(amount("50020")), Ordering::Equal);
        assert_eq!(amount("-1.5").negated().order(amount("1500m")), Ordering::Equal);
        assert_eq!(
            (
                amount("50k").as_integer(),
                amount("1500m").as_integer(),
                amount("9999999999999999999999999999999999999G").as_integer()
            ),
            (Some(50_000), None, None)
        );
        assert_eq!(amount("1.5").as_float(), 1.5);
        for wrong in ["", "1x", "1KiB", "1 Gi", "1e", "--1", "1.1.1"] {
            assert!(Amount::parse(wrong).is_none(), "{wrong}");
        }
    }
}
