//! Compiles an expression in an environment: parse, check, and validate the literals.

use super::ast::{Expr, Fault};
use super::check::{self, Checked};
use super::environment::Environment;
use super::validators;

impl Environment {
    /// Parses and checks an expression.
    ///
    /// # Errors
    /// It is not an expression, or an API server would not compile it; at least one fault.
    pub fn compile(&self, text: &str) -> Result<Checked, Vec<Fault>> {
        let expr = self.language().parse(text).map_err(|fault| vec![fault])?;
        self.check(expr)
    }

    /// Checks a parsed expression.
    ///
    /// # Errors
    /// An API server would not compile it; at least one fault.
    pub fn check(&self, expr: Expr) -> Result<Checked, Vec<Fault>> {
        let checked = check::check(expr, self)?;
        let faults = if self.language().validates_literals() { validators::validate(&checked) } else { Vec::new() };
        if faults.is_empty() { Ok(checked) } else { Err(faults) }
    }
}
