//! Checks whether an API server would compile the CEL expressions of admission policies, webhooks, and device classes.
//!
//! Behavior: `CompileCELExpression` in `pkg/admission/plugin/cel/compile.go` of apiserver.

use crate::cel::check::Checked;
use crate::cel::environment::Environment;
use crate::cel::types::Type;

/// Compiles an expression. Its type must be one of `wanted`; any type is allowed if `wanted` is empty.
///
/// # Errors
/// A server would reject the expression; the error describes the cause.
pub fn compile(text: &str, wanted: &[Type], environment: &Environment) -> Result<Checked, String> {
    let checked = environment.compile(text).map_err(|faults| {
        let cause = faults.first().map_or_else(String::new, |fault| fault.within(text));
        format!("the expression does not compile: {cause}")
    })?;
    let found = checked.output();
    if wanted.is_empty() || wanted.contains(found) {
        return Ok(checked);
    }
    let wanted: Vec<String> = wanted.iter().map(|of| format!("`{of}`")).collect();
    Err(format!("the expression has type `{found}`, expected {}", wanted.join(" or ")))
}
