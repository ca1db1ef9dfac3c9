//! The state of a strategic merge: the schemas, the edit, and the current values.
//!
//! Merging a value (`Pass::walk` in `strategic_merge`) and merging the items of a list (`merge_list`) call each other through it.

use crate::diagnostic::Diagnostic;
use crate::schema::{CommentSchemas, MergeType, Schema};
use crate::yaml::Node;
use crate::yaml::provenance::Edit;

/// The key of a directive.
pub const DIRECTIVE: &str = "$patch";

/// The state of a walk, apart from the two values.
pub(super) struct Pass<'e, 'p, 's> {
    /// The schemas that lists are merged by.
    pub schema: &'s Schema,
    /// The schemas in comments.
    pub comments: &'s CommentSchemas,
    /// The edit of the patch's step.
    pub edit: &'e mut Edit<'p>,
    /// The object before the patch.
    pub object: &'e Node,
    /// Findings about side effects of the patch.
    pub remarks: Vec<Diagnostic>,
}

impl<'s> Pass<'_, '_, 's> {
    /// How a field merges: by its comment in the object, else by its comment in the patch, else by the object's schema.
    pub fn field(&self, schema: Option<MergeType<'s>>, holders: &[&Node], name: &str) -> Option<MergeType<'s>> {
        let in_comment = |holder: &&Node| self.comments.get(holder.as_mapping()?.get_entry(name)?, self.schema);
        let in_comment = if self.comments.is_empty() { None } else { holders.iter().find_map(in_comment) };
        in_comment.or_else(|| schema.and_then(|schema| schema.field(name)))
    }
}

/// The result of a walk over a value.
#[derive(Default)]
pub(super) struct Walked {
    /// The value; `None` if it is deleted.
    pub node: Option<Node>,
    /// Whether the value is the patch's own, and the target's was not changed.
    pub from_patch: bool,
    /// Whether a null is kept.
    pub keep: bool,
}

impl Walked {
    pub fn target(node: Node) -> Self {
        Walked { node: Some(node), ..Walked::default() }
    }

    pub fn patch(node: Option<Node>) -> Self {
        Walked { node, from_patch: true, keep: false }
    }
}

/// Two values to merge, one of which may be missing.
pub(super) struct Pair<'s> {
    /// The value in the object.
    pub target: Option<Node>,
    /// The value in the patch.
    pub patch: Option<Node>,
    /// Their type, if it is known.
    pub schema: Option<MergeType<'s>>,
}
