//! What a rule of the API server is.

use super::findings::Findings;
use crate::yaml::Node;

/// A rule for some kinds of one API group.
pub struct Rule {
    /// The API group; empty for the core group.
    pub group: &'static str,
    /// The kinds that it is for.
    pub kinds: &'static [&'static str],
    /// Looks at an object that the decoder accepts.
    pub check: fn(&Node, &mut Findings),
}
