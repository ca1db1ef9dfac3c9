//! CEL expressions of admission policies, webhooks and device classes: whether an API server would compile them.
//!
//! Behaviour: `CompileCELExpression` in `pkg/admission/plugin/cel/compile.go` of apiserver.

use crate::cel::check::Checked;
use crate::cel::environment::Environment;
use crate::cel::types::Type;

/// Compiles an expression, whose type must be one of those that are wanted; any if there are none.
///
/// # Errors
/// A server would refuse it; the cause in words.
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
