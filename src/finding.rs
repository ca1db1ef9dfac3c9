//! A finding: a diagnostic about an object or a kustomization that does not stop the run.

use crate::diagnostic::Diagnostic;
use crate::resource::ResId;

/// One finding.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Its code, message, location, and help.
    pub diagnostic: Diagnostic,
    /// The field, in the notation of the API server; empty for the object as a whole.
    pub field: String,
    /// The object that it is in; the default value when it belongs to no object.
    pub object: ResId,
}

impl From<Diagnostic> for Finding {
    fn from(diagnostic: Diagnostic) -> Self {
        Finding { diagnostic, field: String::new(), object: ResId::default() }
    }
}

impl Finding {
    /// A finding in an object.
    pub fn about(object: &ResId, field: impl Into<String>, diagnostic: Diagnostic) -> Self {
        Finding { diagnostic, field: field.into(), object: object.clone() }
    }
}
