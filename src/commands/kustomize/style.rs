//! How a command writes the kustomization file.

use crate::edit::Style;
use crate::go_cli::Call;

/// The style of kustomize under its name, and only the necessary changes otherwise.
pub fn style(call: &Call) -> Style {
    if call.program == "kustomize" { Style::Compat } else { Style::Surgical }
}
