//! Ranges of numbers with a minimum and a maximum: sizes of values, costs of evaluations.
//!
//! Behavior: `SizeEstimate` and `CostEstimate` of cel-go's `checker/cost.go`; arithmetic saturates.

/// A range of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The minimum.
    pub min: u64,
    /// The maximum; `u64::MAX` if there is no limit.
    pub max: u64,
}

impl Range {
    /// Any number.
    pub const UNKNOWN: Range = Range { min: 0, max: u64::MAX };
    /// Zero.
    pub const ZERO: Range = Range::exactly(0);
    /// One.
    pub const ONE: Range = Range::exactly(1);

    /// A single number.
    pub const fn exactly(number: u64) -> Self {
        Range { min: number, max: number }
    }

    /// Any number up to this one.
    pub const fn up_to(max: u64) -> Self {
        Range { min: 0, max }
    }

    /// The sum.
    #[must_use]
    pub fn plus(self, other: Range) -> Range {
        Range { min: self.min.saturating_add(other.min), max: self.max.saturating_add(other.max) }
    }

    /// The product.
    #[must_use]
    pub fn times(self, other: Range) -> Range {
        Range { min: self.min.saturating_mul(other.min), max: self.max.saturating_mul(other.max) }
    }

    /// The product with a factor, rounded up.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Range {
        // A cast from a float to an integer saturates.
        let scale = |number: u64| (number as f64 * factor).ceil() as u64;
        Range { min: scale(self.min), max: scale(self.max) }
    }

    /// The smallest range that contains both.
    #[must_use]
    pub fn union(self, other: Range) -> Range {
        Range { min: self.min.min(other.min), max: self.max.max(other.max) }
    }
}
