//! Values that are left out of snapshots, each with a reason: entries of `test.masks` in `.render.yaml`.

use std::path::PathBuf;

use super::field::Field;
use crate::diagnostic::Diagnostic;
use crate::entries::{Entries, Use, unused};
use crate::resource::ResId;
use crate::resource::wildcard::ObjectPattern;
use crate::source::Span;
use crate::yaml::Node;

/// What is written in the place of a masked value.
const MASKED: &str = "<masked>";

/// What `.render.yaml` says under `test`.
#[derive(Clone, Debug, Default)]
pub struct TestSettings {
    /// The directory of snapshots, in which each overlay has its path from `root`.
    pub snapshots: Option<PathBuf>,
    /// The directory of the file.
    pub root: PathBuf,
    /// The values that are left out.
    pub masks: Masks,
    /// Whether the values of Secrets are written as they are.
    pub shows_secrets: bool,
}

/// One entry.
#[derive(Clone, Debug)]
pub struct Mask {
    /// The objects.
    pub object: ObjectPattern,
    /// The values.
    pub field: Field,
    /// Where the entry stands.
    pub span: Option<Span>,
}

/// The entries of a file.
pub type Masks = Entries<Mask>;

impl Masks {
    /// Masks the values of an object, which is called `id` without the hash of its content.
    pub fn apply(&self, id: &ResId, node: &mut Node) {
        for mask in self.iter().filter(|mask| mask.object.names(id)) {
            mask.note(if mask.field.replace(node, MASKED) > 0 { Use::Used } else { Use::Idle });
        }
    }

    /// Notes on the entries that had nothing to mask; with `all` also on those whose objects were not met.
    pub fn idle(&self, all: bool) -> impl Iterator<Item = Diagnostic> {
        let idle = self.iter().filter(move |mask| mask.came() == Use::Idle || (all && mask.came() == Use::Unasked));
        idle.map(|mask| {
            let what =
                if mask.came() == Use::Idle { "no object that it names has such a field" } else { "there is no such object" };
            let message = format!("the mask for `{}` masks nothing: {what}", mask.object);
            unused("unused-mask", message, mask.span).help("correct the entry, or remove it")
        })
    }
}
