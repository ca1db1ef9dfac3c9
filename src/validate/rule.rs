//! The type of a rule of the API server.

use super::findings::Findings;
use crate::yaml::Node;

/// A rule for one or more kinds of an API group.
pub struct Rule {
    /// The API group; empty for the core group.
    pub group: &'static str,
    /// The kinds that it applies to.
    pub kinds: &'static [&'static str],
    /// Checks an object that the decoder accepts.
    pub check: fn(&Node, &mut Findings),
}
