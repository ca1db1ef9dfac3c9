//! What was found in an object or a kustomization without stopping the work: a diagnostic, and what it is about.

use crate::diagnostic::Diagnostic;
use crate::resource::ResId;

/// One finding.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Code, message, place, help.
    pub diagnostic: Diagnostic,
    /// The field, as the API server writes it; empty for the object as a whole.
    pub field: String,
    /// The object it is in; the default one for what belongs to none.
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
