//! The names of `images`: which images an entry changes, and which objects have them.
//!
//! Behavior: kustomize's `image.IsImageMatched`. The entries of a list run one after another, each on the result of the one
//! before; the first visits all objects, and the others only those with an image of their name.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use ecow::EcoString;
use regex::Regex;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::diagnostic::Diagnostic;
use crate::go_regexp::compile;
use crate::limits::PATTERN_BYTES;
use crate::yaml::Located;

/// The pattern of an image name: `^NAME(:tag)?(@sha256:digest)?$`.
pub(super) enum Name {
    /// Dots match any character, other characters match themselves.
    Dotted(String),
    Regex(Box<Regex>),
}

impl Name {
    /// Compiles the name of an entry.
    pub fn new(name: &Located<String>) -> Result<Self, Diagnostic> {
        if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'/' | b':' | b'.')) {
            return Ok(Name::Dotted(name.value.clone()));
        }
        let pattern = format!("^{}(:[a-zA-Z0-9_.{{}}-]*)?(@sha256:[a-zA-Z0-9_.{{}}-]*)?$", name.value);
        compile(&pattern, PATTERN_BYTES).map(|regex| Name::Regex(Box::new(regex))).map_err(|fault| {
            // What follows the name can hide what is wrong with it.
            let fault = compile(name, PATTERN_BYTES).err().unwrap_or(fault);
            let message = format!("the image name `{}` is not a valid regular expression: {fault}", name.value);
            let error = Diagnostic::error("selector", message);
            name.span.map_or(error.clone(), |span| error.at(span))
        })
    }

    /// Whether an image has this name.
    pub fn matches(&self, image: &str) -> bool {
        match self {
            Name::Regex(regex) => regex.is_match(image),
            Name::Dotted(name) => starts_with(image, name).is_some_and(is_version),
        }
    }
}

/// The rest of `image` after `name`, in which a dot matches any character.
fn starts_with<'i>(image: &'i str, name: &str) -> Option<&'i str> {
    let mut rest = image.chars();
    for expected in name.chars() {
        let found = rest.next()?;
        if found != expected && (expected != '.' || found == '\n') {
            return None;
        }
    }
    Some(rest.as_str())
}

/// Whether a text is an optional tag and an optional digest.
fn is_version(text: &str) -> bool {
    let is_tag =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'{' | b'}' | b'-'));
    let (tag, digest) = text.split_once('@').map_or((text, None), |(tag, digest)| (tag, Some(digest)));
    let tag_ok = tag.is_empty() || tag.strip_prefix(':').is_some_and(is_tag);
    tag_ok && digest.is_none_or(|digest| digest.strip_prefix("sha256:").is_some_and(is_tag))
}

/// The parts of an image that a name without patterns can match: what is before an optional tag and an optional digest.
fn names_of(image: &str) -> impl Iterator<Item = &str> {
    let ends = image.rmatch_indices([':', '@']).map(|(at, _)| at).take(3);
    [image.len()]
        .into_iter()
        .chain(ends)
        .filter_map(|at| image.split_at_checked(at))
        .filter(|(_, rest)| is_version(rest))
        .map(|(name, _)| name)
}

/// Which objects have which images, while the entries of one list run.
#[derive(Default)]
pub(super) struct Seen(RefCell<State>);

#[derive(Default)]
struct State {
    /// Whether all objects were visited.
    is_complete: bool,
    current: Current,
    of_object: FxHashMap<usize, FxHashSet<EcoString>>,
    objects: FxHashMap<EcoString, BTreeSet<usize>>,
    names: Names,
    /// The names that help mentions, until an image changes.
    listed: Option<Arc<[EcoString]>>,
}

/// The images of the object that is being visited.
#[derive(Default)]
struct Current {
    images: FxHashSet<EcoString>,
    old: FxHashSet<EcoString>,
    new: FxHashSet<EcoString>,
}

impl Seen {
    /// The positions of the objects that have an image with this name, in order; `None` if that is not known yet.
    pub fn positions(&self, name: &Name) -> Option<Vec<usize>> {
        let state = &mut *self.0.borrow_mut();
        if !state.is_complete {
            return None;
        }
        let images = match name {
            Name::Regex(_) => state.objects.keys().filter(|image| name.matches(image)).cloned().collect(),
            Name::Dotted(name) => state.names.images(name),
        };
        let positions: BTreeSet<usize> = images.iter().filter_map(|image| state.objects.get(image)).flatten().copied().collect();
        Some(positions.into_iter().collect())
    }

    /// Notes an image of the current object.
    pub fn add(&self, image: &EcoString) {
        self.0.borrow_mut().current.images.insert(image.clone());
    }

    /// Notes that an image of the current object was replaced.
    pub fn change(&self, old: &EcoString, new: &str) {
        let State { current, listed, .. } = &mut *self.0.borrow_mut();
        *listed = None;
        current.old.insert(old.clone());
        current.new.insert(new.into());
    }

    /// Keeps the images of the current object, which has this position.
    pub fn keep(&self, at: usize) {
        let State { current, of_object, objects, names, .. } = &mut *self.0.borrow_mut();
        let Current { mut images, old, new } = std::mem::take(current);
        // All occurrences of an image change alike, so none is left of the old one, unless another one became it.
        images.retain(|image| !old.contains(image));
        images.extend(new);
        let before = of_object.remove(&at).unwrap_or_default();
        for image in before.difference(&images) {
            objects.get_mut(image).map(|positions| positions.remove(&at));
        }
        for image in images.difference(&before) {
            if !objects.contains_key(image) {
                names.add(image);
            }
            objects.entry(image.clone()).or_default().insert(at);
        }
        of_object.insert(at, images);
    }

    /// The names that help mentions, collected by `find` if an image has changed.
    pub fn names(&self, find: impl FnOnce() -> Vec<EcoString>) -> Arc<[EcoString]> {
        Arc::clone(self.0.borrow_mut().listed.get_or_insert_with(|| find().into()))
    }

    /// Notes that all objects were visited.
    pub fn complete(&self) {
        self.0.borrow_mut().is_complete = true;
    }
}

/// Images by the names that match them.
#[derive(Default)]
struct Names {
    exact: FxHashMap<EcoString, Vec<EcoString>>,
    /// For each length and set of positions of dots: the images by their names with dots there.
    dotted: FxHashMap<(usize, Vec<usize>), FxHashMap<String, Vec<EcoString>>>,
}

impl Names {
    fn add(&mut self, image: &EcoString) {
        for name in names_of(image) {
            self.exact.entry(name.into()).or_default().push(image.clone());
            let length = name.chars().count();
            for ((_, dots), images) in self.dotted.iter_mut().filter(|((other, _), _)| *other == length) {
                images.entry(with_dots(name, dots)).or_default().push(image.clone());
            }
        }
    }

    /// The images that a name matches, and maybe others.
    fn images(&mut self, name: &str) -> Vec<EcoString> {
        let dots: Vec<usize> = name.chars().enumerate().filter(|(_, c)| *c == '.').map(|(at, _)| at).collect();
        if dots.is_empty() {
            return self.exact.get(name).cloned().unwrap_or_default();
        }
        let length = name.chars().count();
        let exact = &self.exact;
        let images = self.dotted.entry((length, dots.clone())).or_insert_with(|| {
            let mut images: FxHashMap<String, Vec<EcoString>> = FxHashMap::default();
            for (name, of_name) in exact.iter().filter(|(name, _)| name.chars().count() == length) {
                images.entry(with_dots(name, &dots)).or_default().extend(of_name.iter().cloned());
            }
            images
        });
        images.get(name).cloned().unwrap_or_default()
    }
}

/// A text with dots at these positions.
fn with_dots(text: &str, dots: &[usize]) -> String {
    let mut dots = dots.iter().peekable();
    text.chars().enumerate().map(|(at, c)| if dots.next_if_eq(&&at).is_some() { '.' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_with_any_tag_and_digest() {
        let name = |text: &str| Name::new(&Located { value: text.to_owned(), span: None }).unwrap();
        for image in ["gcr.io/x", "gcr.io/x:1", "gcr.io/x@sha256:ab", "gcr.io/x:1@sha256:ab", "gcr-io/x"] {
            assert!(name("gcr.io/x").matches(image), "{image}");
            assert!(name("(gcr.io/x)").matches(image), "{image}");
        }
        for image in ["gcr.io/xy", "gcr.io/x/y", "gcr.io/x@md5:ab", "a/gcr.io/x"] {
            assert!(!name("gcr.io/x").matches(image), "{image}");
            assert!(!name("(gcr.io/x)").matches(image), "{image}");
        }
        assert!(name("gcr.io/.*").matches("gcr.io/any/thing:1"));
    }

    #[test]
    fn objects_are_found_by_their_current_images() {
        let seen = Seen::default();
        let name = |text: &str| Name::new(&Located { value: text.to_owned(), span: None }).unwrap();
        assert_eq!(seen.positions(&name("nginx")), None);
        for (at, image) in ["nginx:1", "gcr.io/x@sha256:ab", "r:5000/x:1@sha256:ab", "gcr-io/x"].into_iter().enumerate() {
            seen.add(&image.into());
            seen.keep(at);
        }
        seen.complete();
        let found = |text: &str| seen.positions(&name(text)).unwrap();
        assert_eq!((found("nginx"), found("gcr.io/x"), found("r:5000/x")), (vec![0], vec![1, 3], vec![2]));
        assert_eq!((found("r:5000/x:1"), found("ngi"), found("ng.*")), (vec![2], vec![], vec![0]));
        seen.add(&"nginx:1".into());
        seen.change(&"nginx:1".into(), "gcr_io/x:2");
        seen.keep(0);
        assert_eq!((found("nginx"), found("gcr.io/x"), found("gcr_io/x")), (vec![], vec![0, 1, 3], vec![0]));
    }
}
