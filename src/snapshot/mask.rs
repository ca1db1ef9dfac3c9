//! Values that are left out of snapshots, each with a reason: the items of `test.masks` in `.render.yaml`.

use std::cell::Cell;
use std::path::PathBuf;

use super::field::Field;
use crate::diagnostic::Diagnostic;
use crate::resource::{ResId, wildcard};
use crate::source::Span;
use crate::yaml::Node;

/// Written in place of a masked value.
const MASKED: &str = "<masked>";

/// The settings under `test` in `.render.yaml`.
#[derive(Clone, Debug, Default)]
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
    /// `Kind/name` or `Kind/namespace/name`, where `*` matches anything.
    pub object: String,
    /// The values.
    pub field: Field,
    /// The location of the entry.
    pub span: Option<Span>,
}

/// The entries of a file, and which of them were used.
#[derive(Clone, Debug, Default)]
pub struct Masks {
    list: Vec<(Mask, Cell<Use>)>,
}

/// How an entry was used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Use {
    /// None of its objects was rendered.
    #[default]
    Unasked,
    /// Its objects had no such value.
    Idle,
    /// It masked something.
    Used,
}

impl Masks {
    /// Adds an entry.
    pub fn push(&mut self, mask: Mask) {
        self.list.push((mask, Cell::default()));
    }

    /// Masks the values of an object, whose id is `id` without the hash of its content.
    pub fn apply(&self, id: &ResId, node: &mut Node) {
        for (mask, how) in self.list.iter().filter(|(mask, _)| wildcard::names(&mask.object, id)) {
            let result = if mask.field.replace(node, MASKED) > 0 { Use::Used } else { Use::Idle };
            how.set(how.get().max(result));
        }
    }

    /// Notes for the entries that had nothing to mask; with `all` also for those whose objects did not occur.
    pub fn idle(&self, all: bool) -> impl Iterator<Item = Diagnostic> {
        let idle = self.list.iter().filter(move |(_, how)| how.get() == Use::Idle || (all && how.get() == Use::Unasked));
        idle.map(|(mask, how)| {
            let what = if how.get() == Use::Idle { "none of its objects has this field" } else { "there is no such object" };
            let note = Diagnostic::note("unused-mask", format!("the mask for `{}` has no effect: {what}", mask.object));
            mask.span.into_iter().fold(note, Diagnostic::at).help("fix the entry, or remove it")
        })
    }
}
