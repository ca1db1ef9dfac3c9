//! Values that are left out of snapshots, each with a reason: the items of `test.masks` in `.render.yaml`.

use std::path::PathBuf;

use super::field::Field;
use crate::diagnostic::Diagnostic;
use crate::entries::{About, Entries, Use};
use crate::resource::ResId;
use crate::resource::wildcard::ObjectPattern;
use crate::source::Span;
use crate::yaml::Node;

/// Written in place of a masked value.
pub(super) const MASKED: &str = "<masked>";

/// The settings under `test` in `.render.yaml`.
#[derive(Debug, Default)]
pub struct TestSettings {
    /// The directory of snapshots, in which each overlay has a directory at its path relative to `root`.
    pub snapshots: Option<PathBuf>,
    /// The directory of the file.
    pub root: PathBuf,
    /// The values that are left out.
    pub masks: Masks,
    /// Whether the values of Secrets are written unchanged.
    pub shows_secrets: bool,
}

/// One entry.
#[derive(Clone, Debug)]
pub struct Mask {
    /// The objects.
    pub object: ObjectPattern,
    /// The values.
    pub field: Field,
    /// The location of the entry.
    pub span: Option<Span>,
}

impl About for Mask {
    fn object(&self) -> &ObjectPattern {
        &self.object
    }
}

/// The entries of a file.
pub type Masks = Entries<Mask>;

impl Masks {
    /// Masks the values of an object, whose id is `id` without the hash of its content.
    pub fn apply(&self, id: &ResId, node: &mut Node) {
        for mask in self.of(id) {
            mask.note(if mask.field.replace(node, MASKED) > 0 { Use::Used } else { Use::Unused });
        }
    }

    /// Notes for the entries that had nothing to mask; with `all` also for those whose objects did not occur.
    pub fn unused(&self, all: bool) -> impl Iterator<Item = Diagnostic> {
        let unused = self.iter().filter(move |mask| mask.state() == Use::Unused || (all && mask.state() == Use::Unchecked));
        unused.map(|mask| {
            let what = if mask.state() == Use::Unused { "none of its objects has this field" } else { "there is no such object" };
            let message = format!("the mask for `{}` has no effect: {what}", mask.object);
            Diagnostic::note("unused-mask", message).at_if(mask.span).help("fix the entry, or remove it")
        })
    }
}
