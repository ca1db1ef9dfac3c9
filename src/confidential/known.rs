//! What is secret in the texts of a run: found when something is printed, and again after another text was read.

use super::find;
use crate::secret_values::SecretValues;
use crate::source::Sources;

/// What is secret in the texts of a run.
pub fn of(sources: &Sources) -> &SecretValues {
    sources.secrets(find::find)
}
