//! The budgets of an evaluation, and the ways in which it ends without a value.
//!
//! Steps bound the time, bytes the memory; both are counted before the work is done, so nothing is ever built that is then found
//! too large. The cost is what an API server counts (`interpreter/runtimecost.go` of cel-go) and stops at.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use ecow::{EcoString, eco_format};
use regex::Regex;

use super::pattern::{Fault, SIZE_LIMIT, compile_within};

/// What an evaluation may use up.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Nodes that are evaluated and items that functions go through.
    pub steps: u64,
    /// What is created, all in all.
    pub bytes: u64,
    /// The cost as an API server counts it; `None` where no server is concerned.
    pub cost: Option<u64>,
}

impl Limits {
    /// Those of one rule on an API server (`PerCallLimit`).
    pub const RULE: Limits = Limits { steps: 5_000_000, bytes: 64 << 20, cost: Some(1_000_000) };
    /// Those of an expression that no server evaluates.
    pub const FREE: Limits = Limits { cost: None, ..Limits::RULE };
}

/// Why an evaluation yields no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The expression fails for these values, here and on the server. `&&` and `||` may not need it.
    Error(EcoString),
    /// It can't be known here, such as what only the cluster knows.
    Unknown(EcoString),
    /// The budget is used up. Nothing goes on after that.
    Budget(Budget),
}

/// The budget that is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Budget {
    Steps(u64),
    Bytes(u64),
    Cost(u64),
    Depth,
}

impl Failure {
    /// An error.
    pub fn error(message: impl Into<EcoString>) -> Self {
        Failure::Error(message.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Error(message) | Failure::Unknown(message) => f.write_str(message),
            Failure::Budget(budget) => budget.fmt(f),
        }
    }
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Budget::Steps(limit) => write!(f, "it takes more than {limit} steps"),
            Budget::Bytes(limit) => write!(f, "it creates more than {} MiB of values", limit >> 20),
            Budget::Cost(limit) => write!(f, "its cost exceeds the limit of {limit}"),
            Budget::Depth => f.write_str("it is nested too deeply"),
        }
    }
}

/// Regular expressions that were compiled, kept with the expression that has them.
#[derive(Debug, Default)]
pub struct Patterns(Mutex<HashMap<EcoString, Arc<Regex>>>);

/// How many of them are kept: those that are written in an expression, and not all that it may build.
const MOST_PATTERNS: usize = 32;

/// What functions work with: it counts, and knows the regular expressions.
#[derive(Debug)]
pub struct Machine<'m> {
    limits: &'m Limits,
    patterns: &'m Patterns,
    steps: u64,
    bytes: u64,
    cost: u64,
}

impl<'m> Machine<'m> {
    /// One that has used up nothing.
    pub fn new(limits: &'m Limits, patterns: &'m Patterns) -> Self {
        Machine { limits, patterns, steps: 0, bytes: 0, cost: 0 }
    }

    /// Counts steps.
    ///
    /// # Errors
    /// There are too many.
    pub fn spend(&mut self, steps: u64) -> Result<(), Failure> {
        self.steps = self.steps.saturating_add(steps);
        if self.steps > self.limits.steps { Err(Failure::Budget(Budget::Steps(self.limits.steps))) } else { Ok(()) }
    }

    /// Counts bytes that are about to be created.
    ///
    /// # Errors
    /// There are too many.
    pub fn allocate(&mut self, bytes: usize) -> Result<(), Failure> {
        self.bytes = self.bytes.saturating_add(bytes as u64);
        if self.bytes > self.limits.bytes {
            return Err(Failure::Budget(Budget::Bytes(self.limits.bytes)));
        }
        // Copying takes time, too.
        self.spend(bytes as u64 / 256)
    }

    /// Counts a list or map that is about to be created.
    ///
    /// # Errors
    /// It is too large.
    pub fn allocate_items(&mut self, count: usize) -> Result<(), Failure> {
        self.spend(count as u64)?;
        self.allocate(count.saturating_mul(size_of::<super::value::Value>()).saturating_add(32))
    }

    /// Counts what the server calls cost.
    ///
    /// # Errors
    /// It is too high.
    pub fn charge(&mut self, cost: u64) -> Result<(), Failure> {
        self.cost = self.cost.saturating_add(cost);
        match self.limits.cost {
            Some(limit) if self.cost > limit => Err(Failure::Budget(Budget::Cost(limit))),
            _ => Ok(()),
        }
    }

    /// Takes back cost that the server does not count.
    pub fn refund(&mut self, cost: u64) {
        self.cost = self.cost.saturating_sub(cost);
    }

    /// The cost so far.
    pub fn cost(&self) -> u64 {
        self.cost
    }

    /// A regular expression as Go writes it, about to be used on a string of this length.
    ///
    /// # Errors
    /// It is none, or there is too much to go through.
    pub fn pattern(&mut self, pattern: &EcoString, length: usize) -> Result<Arc<Regex>, Failure> {
        // Matching is linear in the string; how large the program is counts, too.
        self.spend((length as u64 / 16).saturating_mul(1 + pattern.len() as u64 / 64))?;
        let (known, count) = {
            let patterns = self.patterns.0.lock().unwrap_or_else(PoisonError::into_inner);
            (patterns.get(pattern).cloned(), patterns.len())
        };
        if let Some(regex) = known {
            return Ok(regex);
        }
        // Compiling is slow: those that an expression builds, one after the other, must be small.
        self.spend(20_000)?;
        let regex = compile_within(pattern, if count < MOST_PATTERNS { SIZE_LIMIT } else { SIZE_LIMIT / 64 })
            .map(Arc::new)
            .map_err(|fault| match fault {
                Fault::Invalid(cause) => Failure::Error(eco_format!("`{pattern}` is not a valid regular expression: {cause}")),
                Fault::Unsupported => Failure::Unknown(eco_format!("the regular expression `{pattern}` can't be compiled")),
            })?;
        let mut patterns = self.patterns.0.lock().unwrap_or_else(PoisonError::into_inner);
        if patterns.len() < MOST_PATTERNS {
            patterns.insert(pattern.clone(), Arc::clone(&regex));
        }
        Ok(regex)
    }
}
