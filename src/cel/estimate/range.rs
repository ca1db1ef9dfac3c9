//! Numbers of which the least and the most are known: sizes of values, costs of evaluations.
//!
//! Behaviour: `SizeEstimate` and `CostEstimate` of cel-go's `checker/cost.go`: nothing overflows.

/// A number between two others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The least it can be.
    pub min: u64,
    /// The most it can be; `u64::MAX` where there is no limit.
    pub max: u64,
}

impl Range {
    /// Nothing is known.
    pub const UNKNOWN: Range = Range { min: 0, max: u64::MAX };
    /// Nothing at all.
    pub const ZERO: Range = Range::exactly(0);
    /// One.
    pub const ONE: Range = Range::exactly(1);

    /// A number that is known.
    pub const fn exactly(number: u64) -> Self {
        Range { min: number, max: number }
    }

    /// At most so many.
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

    /// The least range that holds both.
    #[must_use]
    pub fn union(self, other: Range) -> Range {
        Range { min: self.min.min(other.min), max: self.max.max(other.max) }
    }
}
