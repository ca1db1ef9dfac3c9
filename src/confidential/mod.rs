//! Secret values: where they are in the texts of a run, and how they are kept out of everything that is printed.
//!
//! ```text
//! texts -> find: secret ranges and values -> lines (human output), messages (diagnostics), values of other objects (copies)
//! ```
//! All of it is derived from the texts that were read when something is printed, so code that reads a text or creates a message
//! cannot forget it. A text that only its reader knows to be secret is marked with `Sources::hide`.

mod copies;
mod find;
mod kustomization;
mod messages;
mod wording;

pub use copies::{Copies, is_public, is_secret, masked, masked_object};
pub use messages::{diagnostic, finding, hides_line, text};

use crate::secret_values::SecretValues;
use crate::source::Sources;

/// What is secret in the texts of a run.
pub fn of(sources: &Sources) -> &SecretValues {
    sources.secrets(find::find)
}
