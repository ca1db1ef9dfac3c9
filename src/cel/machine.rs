//! The budgets of an evaluation, and the reasons why it ends without a value.
//!
//! Steps limit the time, and bytes limit the memory. Both are counted before the work is done, so no value is created that is
//! too large. The cost is counted as on an API server (`interpreter/runtimecost.go` of cel-go), which stops at a limit.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use ecow::{EcoString, eco_format};
use regex::Regex;

use crate::go_regexp::{Fault, compile};
use crate::limits::SCHEMA_PATTERN_BYTES;

/// The limits of an evaluation.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The number of evaluated nodes, and of items that functions traverse.
    pub steps: u64,
    /// The size of all created values, in bytes.
    pub bytes: u64,
    /// The cost as an API server counts it; `None` for expressions that no server evaluates.
    pub cost: Option<u64>,
}

impl Limits {
    /// The limits of one rule on an API server (`PerCallLimit`).
    pub const RULE: Limits = Limits { steps: 5_000_000, bytes: 64 << 20, cost: Some(1_000_000) };
    /// The limits of an expression that no server evaluates.
    pub const FREE: Limits = Limits { cost: None, ..Limits::RULE };
}

/// The reason why an evaluation has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The expression fails for these values, here and on the server. `&&` and `||` may ignore it.
    Error(EcoString),
    /// The value can't be determined here, for example because it depends on the cluster.
    Unknown(EcoString),
    /// A budget is exceeded, which ends the evaluation.
    Budget(Budget),
}

/// The exceeded budget.
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

/// Compiled regular expressions, stored with the expression that contains them.
#[derive(Debug, Default)]
pub struct Patterns(Mutex<HashMap<EcoString, Arc<Regex>>>);

/// The maximum number of stored regular expressions: enough for those in an expression, but not for all that it may compute.
const MOST_PATTERNS: usize = 32;

/// The context of functions: budgets and compiled regular expressions.
#[derive(Debug)]
pub struct Machine<'m> {
    limits: &'m Limits,
    patterns: &'m Patterns,
    steps: u64,
    bytes: u64,
    cost: u64,
}

impl<'m> Machine<'m> {
    /// Creates a machine with unused budgets.
    pub fn new(limits: &'m Limits, patterns: &'m Patterns) -> Self {
        Machine { limits, patterns, steps: 0, bytes: 0, cost: 0 }
    }

    /// Counts steps.
    ///
    /// # Errors
    /// The limit is exceeded.
    pub fn spend(&mut self, steps: u64) -> Result<(), Failure> {
        self.steps = self.steps.saturating_add(steps);
        if self.steps > self.limits.steps { Err(Failure::Budget(Budget::Steps(self.limits.steps))) } else { Ok(()) }
    }

    /// Counts bytes that are about to be created.
    ///
    /// # Errors
    /// The limit is exceeded.
    pub fn allocate(&mut self, bytes: usize) -> Result<(), Failure> {
        self.bytes = self.bytes.saturating_add(bytes as u64);
        if self.bytes > self.limits.bytes {
            return Err(Failure::Budget(Budget::Bytes(self.limits.bytes)));
        }
        // Copying also takes time.
        self.spend(bytes as u64 / 256)
    }

    /// Counts a list or map that is about to be created.
    ///
    /// # Errors
    /// The limit is exceeded.
    pub fn allocate_items(&mut self, count: usize) -> Result<(), Failure> {
        self.spend(count as u64)?;
        self.allocate(count.saturating_mul(size_of::<super::value::Value>()).saturating_add(32))
    }

    /// Counts cost, as defined by the server.
    ///
    /// # Errors
    /// The limit is exceeded.
    pub fn charge(&mut self, cost: u64) -> Result<(), Failure> {
        self.cost = self.cost.saturating_add(cost);
        match self.limits.cost {
            Some(limit) if self.cost > limit => Err(Failure::Budget(Budget::Cost(limit))),
            _ => Ok(()),
        }
    }

    /// Subtracts cost that the server does not count.
    pub fn refund(&mut self, cost: u64) {
        self.cost = self.cost.saturating_sub(cost);
    }

    /// The cost so far.
    pub fn cost(&self) -> u64 {
        self.cost
    }

    /// Compiles a regular expression in Go's syntax, for use on a string of this length.
    ///
    /// # Errors
    /// The regular expression is not valid, or a limit is exceeded.
    pub fn pattern(&mut self, pattern: &EcoString, length: usize) -> Result<Arc<Regex>, Failure> {
        // The time of matching is linear in the length of the string and in the size of the program.
        self.spend((length as u64 / 16).saturating_mul(1 + pattern.len() as u64 / 64))?;
        let (known, count) = {
            let patterns = self.patterns.0.lock().unwrap_or_else(PoisonError::into_inner);
            (patterns.get(pattern).cloned(), patterns.len())
        };
        if let Some(regex) = known {
            return Ok(regex);
        }
        // Compiling is slow: regular expressions that an expression computes one after the other must be small.
        self.spend(20_000)?;
        let regex = compile(pattern, if count < MOST_PATTERNS { SCHEMA_PATTERN_BYTES } else { SCHEMA_PATTERN_BYTES / 64 })
            .map(Arc::new)
            .map_err(|fault| match fault {
                Fault::Invalid(cause) => Failure::Error(eco_format!("`{pattern}` is not a valid regular expression: {cause}")),
                Fault::TooLarge(_) => {
                    Failure::Unknown(eco_format!("the regular expression `{pattern}` can't be compiled: {fault}"))
                }
            })?;
        let mut patterns = self.patterns.0.lock().unwrap_or_else(PoisonError::into_inner);
        if patterns.len() < MOST_PATTERNS {
            patterns.insert(pattern.clone(), Arc::clone(&regex));
        }
        Ok(regex)
    }
}
