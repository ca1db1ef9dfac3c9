//! An expression that is compiled on first use, only once.

use std::sync::OnceLock;

use ecow::{EcoString, eco_format};

use super::environment::Environment;
use super::machine::{Budget, Failure};
use super::program::Program;
use super::value::Value;

/// An expression.
#[derive(Debug, Default)]
pub struct Expression {
    text: EcoString,
    compiled: OnceLock<Result<Program, String>>,
}

/// The result of an evaluation, for callers that need a boolean or a string.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// A boolean.
    Bool(bool),
    /// A string.
    Text(EcoString),
    /// The evaluation fails for these values, here and on an API server.
    Failed(EcoString),
    /// The result can't be determined without a server.
    Unknown(EcoString),
}

impl Expression {
    /// Creates an expression from its source text.
    pub fn new(text: &str) -> Self {
        Expression { text: text.into(), compiled: OnceLock::new() }
    }

    /// The source text.
    pub fn text(&self) -> &str {
        self.text.trim()
    }

    /// The program, compiled in this environment on first use.
    ///
    /// # Errors
    /// The expression can't be compiled: the first fault.
    pub fn program(&self, environment: &Environment) -> Result<&Program, &str> {
        let compiled = self.compiled.get_or_init(|| compile(&self.text, environment));
        compiled.as_ref().map_err(String::as_str)
    }
}

/// Compiles an expression.
///
/// # Errors
/// The expression can't be compiled: the first fault.
pub fn compile(text: &str, environment: &Environment) -> Result<Program, String> {
    let first = |faults: Vec<super::ast::Fault>| faults.into_iter().next().map(|fault| fault.message).unwrap_or_default();
    environment.compile(text).map(Program::new).map_err(first)
}

impl From<Result<Value, Failure>> for Outcome {
    fn from(result: Result<Value, Failure>) -> Self {
        match result {
            Ok(Value::Bool(value)) => Outcome::Bool(value),
            Ok(Value::String(text)) => Outcome::Text(text),
            Ok(other) => Outcome::Unknown(eco_format!("it returns a value of type `{}`", other.type_name())),
            Err(Failure::Error(cause)) => Outcome::Failed(cause),
            Err(Failure::Budget(cost @ Budget::Cost(_))) => Outcome::Failed(eco_format!("{cost}")),
            Err(other) => Outcome::Unknown(eco_format!("{other}")),
        }
    }
}
