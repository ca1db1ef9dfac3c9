//! The steps of a comparison: pair the objects, walk each pair, look inside strings, fold, add notes, filter, mask.

use super::content;
use super::encrypted;
use super::filter::{Filters, count};
use super::findings;
use super::fold::{Renamed, is_identity};
use super::keys::Kinds;
use super::mask;
use super::model::{Change, Class, HiddenBy, Note, ObjectDiff, ObjectKind, ObjectSide, OverlayDiff};
use super::notes::{Context, Subject, notes};
use super::object::{Object, Side};
use super::pair::pair;
use super::path::Path;
use super::places::narrow;
use super::same::same;
use super::walk::Walk;
use crate::confidential::Copies;
use crate::finding::Finding;
use crate::resource::{Gvk, ResId};

/// Options of a comparison.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Whether objects that do not match otherwise are matched by their names before prefixes, suffixes, and namespaces.
    pub across: bool,
    /// Whether the sides are two environments and not two states of one. Notes about effects in a cluster are omitted.
    pub environments: bool,
    /// Whether to show the values of Secrets.
    pub show_secrets: bool,
    /// The changes to hide.
    pub filters: Filters,
}

/// The findings of a side.
#[derive(Clone, Copy, Debug)]
pub struct Findings<'a> {
    /// The findings, each with the id of its object on this side.
    pub list: &'a [Finding],
    /// The directory of the side; the paths of its files start with it.
    pub home: &'a std::path::Path,
}

impl Default for Findings<'_> {
    fn default() -> Self {
        Findings { list: &[], home: std::path::Path::new("") }
    }
}

/// Compares the objects of two sides. The order of the result does not depend on the order of the input.
pub fn compare(name: &str, old: &Side<'_>, new: &Side<'_>, options: &Options) -> OverlayDiff {
    compare_checked(name, [old, new], [Findings::default(); 2], options)
}

/// Compares the objects of two sides and the findings in them.
pub fn compare_checked(name: &str, sides: [&Side<'_>; 2], checked: [Findings<'_>; 2], options: &Options) -> OverlayDiff {
    let [old, new] = sides;
    let pairs = pair(&old.objects, &new.objects, options.across || options.environments);
    let both = pairs.iter().filter_map(|(from, to)| Some((&old.objects[(*from)?], &new.objects[(*to)?])));
    let renamed = Renamed::new(both);
    let mut kinds = Kinds::new(old.objects.iter().chain(&new.objects).map(|object| &object.node));
    let copies = [old, new].map(|side| {
        let secrets = side.objects.iter().filter(|object| mask::is_secret(&object.id.gvk));
        Copies::of(secrets.map(|object| &object.node), side.sources, side.provenance)
    });
    let context = Context::new([&old.objects, &new.objects], &pairs);
    let mut comparison =
        Comparison { sides: [old, new], copies: &copies, renamed: &renamed, context: &context, options, hidden: Vec::new() };
    let both = findings::Sides {
        sides,
        findings: checked.map(|found| found.list),
        homes: checked.map(|found| found.home),
        pairs: &pairs,
    };
    let findings = findings::compare(&both, |id| options.filters.of_object(id).is_some());
    let mut found = OverlayDiff { name: name.to_owned(), findings, ..OverlayDiff::default() };
    for (from, to) in &pairs {
        match comparison.object(*from, *to, &mut kinds) {
            Seen::Differs(object) => found.objects.push(*object),
            Seen::Same => found.unchanged += 1,
            Seen::Hidden => {}
        }
    }
    let order = |id: &ResId| (id.gvk.kind.clone(), id.namespace.clone(), id.name.clone(), id.gvk.group.clone());
    found.objects.sort_by_cached_key(|object| (!object.has(Class::DataLoss), order(&object.id())));
    comparison.hidden.sort_by(|a, b| a.filter.cmp(&b.filter));
    found.hidden = comparison.hidden;
    found
}

struct Comparison<'a, 'c> {
    sides: [&'a Side<'a>; 2],
    copies: &'a [Copies<'a>; 2],
    renamed: &'a Renamed,
    context: &'a Context<'c>,
    options: &'a Options,
    hidden: Vec<HiddenBy>,
}

/// The result for a pair.
enum Seen {
    Same,
    Hidden,
    Differs(Box<ObjectDiff>),
}

impl Comparison<'_, '_> {
    fn object(&mut self, old: Option<usize>, new: Option<usize>, kinds: &mut Kinds) -> Seen {
        let [before, after] = [(0, old), (1, new)].map(|(side, at)| at.map(|at| &self.sides[side].objects[at]));
        let Some(some) = after.or(before) else { return Seen::Same };
        let mut changes = match (before, after) {
            (Some(before), Some(after)) if same(&before.node, &after.node) => return Seen::Same,
            (Some(before), Some(after)) => self.changes(before, after, kinds),
            _ => Vec::new(),
        };
        if before.is_some() && after.is_some() && changes.is_empty() {
            return Seen::Same;
        }
        if let Some(filter) = self.options.filters.of_object(&some.id) {
            count(&mut self.hidden, filter);
            return Seen::Hidden;
        }
        let kind = kind(before, after);
        let names = self.renamed.near(&before.unwrap_or(some).id, &some.id);
        let mut effects = match self.options.environments {
            true => Vec::new(),
            false => notes(&Subject { old: before, new: after, changes: &changes, names, context: self.context }),
        };
        let mut folded: Vec<Change> =
            changes.extract_if(.., |change| is_identity(change) || names.referred(change).is_some()).collect();
        self.options.filters.sift(&some.id, &mut changes, &mut self.hidden);
        self.options.filters.sift(&some.id, &mut folded, &mut self.hidden);
        content::look_inside(&some.id.gvk, &mut changes);
        let is_secret = mask::is_secret(&some.id.gvk);
        narrow(&mut changes, self.sides, |change| is_secret && change.path.starts_with(&["data", "*"]));
        self.options.filters.sift_inside(&some.id, &mut changes, &mut self.hidden);
        if let (Some(before), Some(after)) = (before, after) {
            let metadata = encrypted::fold([&before.node, &after.node], &mut changes, &mut folded);
            (0..metadata).for_each(|_| count(&mut self.hidden, encrypted::METADATA));
            effects.extend((metadata > 0 && changes.is_empty()).then_some(Note::Encryption));
        }
        if before.is_some() && after.is_some() && changes.is_empty() && folded.is_empty() {
            return Seen::Hidden;
        }
        if !self.options.show_secrets {
            changes.iter_mut().chain(&mut folded).for_each(|change| self.mask(&some.id.gvk, change));
        }
        let old = before.zip(old).map(|(object, at)| self.side(0, object, at, None));
        let new = after.zip(new).map(|(object, at)| self.side(1, object, at, before));
        Seen::Differs(Box::new(ObjectDiff { kind, old, new, notes: effects, changes, folded }))
    }

    /// Masks secret and encrypted values.
    fn mask(&self, gvk: &Gvk, change: &mut Change) {
        let is_done = encrypted::mask(gvk, change);
        match mask::is_secret(gvk) {
            _ if is_done => {}
            true => mask::change(change),
            false => mask::copies(change, self.copies),
        }
        mask::keys_of_change(change, self.copies);
    }

    fn changes(&self, old: &Object, new: &Object, kinds: &mut Kinds) -> Vec<Change> {
        let gvk = &new.id.gvk;
        let custom = kinds.custom(gvk);
        let known = kinds.of(gvk, custom.as_deref());
        let mut walk = Walk {
            sides: Some(self.sides),
            names: self.renamed.near(&old.id, &new.id),
            filters: &self.options.filters,
            id: &new.id,
            changes: Vec::new(),
        };
        walk.values(&Path::default(), &old.node, &new.node, known, &[]);
        walk.changes
    }

    fn side(&self, side: usize, object: &Object, position: usize, before: Option<&Object>) -> ObjectSide {
        let name = object.node.at_path(&["metadata", "name"]).unwrap_or(&object.node);
        let masked = mask::is_secret(&object.id.gvk) && !self.options.show_secrets;
        let node = match masked {
            true => mask::object(&object.node, before.map(|before| &before.node)),
            false if self.options.show_secrets => object.node.clone(),
            false => self.copies[side].masked(&object.node).unwrap_or_else(|| object.node.clone()),
        };
        let node = if self.options.show_secrets { node } else { mask::keys_of(&node, self.copies).unwrap_or(node) };
        let is_masked = !self.options.show_secrets;
        let node = is_masked.then(|| encrypted::object(&object.id.gvk, &node)).flatten().unwrap_or(node);
        ObjectSide { id: object.id.clone(), place: Some(self.sides[side].place(name)), position, node, masked }
    }
}

fn kind(old: Option<&Object>, new: Option<&Object>) -> ObjectKind {
    match (old, new) {
        (None, _) => ObjectKind::Added,
        (_, None) => ObjectKind::Removed,
        (Some(old), Some(new)) if old.id.effective_namespace() != new.id.effective_namespace() => ObjectKind::Moved,
        (Some(old), Some(new)) if old.stem != new.stem => ObjectKind::Renamed,
        _ => ObjectKind::Changed,
    }
}
