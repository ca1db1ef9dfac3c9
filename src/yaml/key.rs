//! The keys of mappings.
//!
//! The same few keys appear in all objects, so the text of a key is stored once in a process, and never freed: a key is a
//! reference to its text and the place where it was written. Finding a text again changes nothing but the memory that is used.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::{LazyLock, Mutex, PoisonError};

use ecow::EcoString;
use rustc_hash::FxHashMap;

use super::scalar;
use super::style::Traits;
use super::tagged::Tag;
use crate::source::{SourceId, Span};

/// The key of an entry in a mapping.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// The text of the key.
    pub text: KeyText,
    source: SourceId,
    start: u32,
}

/// The text of a key.
#[derive(Clone, Copy)]
pub struct KeyText(&'static Name);

/// What all keys with a text have in common.
struct Name {
    text: EcoString,
    /// The same text, which is read more quickly.
    slice: &'static str,
    /// The number of bytes that the key takes in its source.
    width: u32,
    tag: Tag,
    traits: Traits,
    is_simple: bool,
}

impl Key {
    /// A key that a step creates: without quotes, as in kustomize, so that `1` is a number (and can't be printed).
    pub fn new(text: impl AsRef<str>, span: Span) -> Self {
        let text = text.as_ref();
        match text.is_empty() || text.len() != width(span) as usize {
            true => Key::of_type(text, if text.is_empty() { Tag::Str } else { scalar::resolve(text) }, span),
            false => PLAIN_KEYS.with_borrow_mut(|keys| keys.key(text, span)),
        }
    }

    /// A key that is a string, whatever its text looks like.
    pub fn string(text: impl Into<EcoString>, span: Span) -> Self {
        Key::of_type(text, Tag::Str, span)
    }

    /// A key of a known type.
    pub(super) fn of_type(text: impl Into<EcoString>, tag: Tag, span: Span) -> Self {
        Key::at(KeyText::of(text.into(), width(span), tag), span)
    }

    fn at(text: KeyText, span: Span) -> Self {
        Key { text, source: span.source, start: span.start }
    }

    /// The key with another text, at the same place.
    pub fn renamed(&self, text: impl Into<EcoString>) -> Self {
        Key::of_type(text, self.tag(), self.span())
    }

    /// The same text at another place.
    pub fn moved(&self, span: Span) -> Self {
        Key::of_type(self.text, self.tag(), span)
    }

    /// Where the key was written.
    pub fn span(&self) -> Span {
        Span { source: self.source, start: self.start, end: self.start.saturating_add(self.text.0.width) }
    }

    /// The type of an unquoted key: below the top level of a document only strings can be printed.
    pub fn tag(&self) -> Tag {
        self.text.0.tag
    }
}

fn width(span: Span) -> u32 {
    span.end.saturating_sub(span.start)
}

/// The texts of all keys, by what tells them apart.
type Names = FxHashMap<(EcoString, u32, Tag), &'static Name>;

impl KeyText {
    fn of(text: EcoString, width: u32, tag: Tag) -> Self {
        static NAMES: LazyLock<Mutex<Names>> = LazyLock::new(Mutex::default);
        let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
        KeyText(names.entry((text, width, tag)).or_insert_with_key(|(text, ..)| {
            let slice: &'static str = Box::leak(Box::<str>::from(text.as_str()));
            let traits = Traits::of(slice);
            let is_simple = traits.is_simple_key(slice);
            Box::leak(Box::new(Name { text: text.clone(), slice, width, tag, traits, is_simple }))
        }))
    }

    /// The properties of the text.
    pub(super) fn traits(self) -> Traits {
        self.0.traits
    }

    /// Whether it is printed as it is.
    pub(super) fn is_simple(self) -> bool {
        self.0.is_simple
    }

    /// The text.
    pub fn as_str(&self) -> &'static str {
        self.0.slice
    }
}

/// As many keys as objects of a few kinds have.
const USUAL: usize = 100;

/// The unquoted keys that a thread has read.
#[derive(Default)]
pub(super) struct PlainKeys(FxHashMap<&'static str, KeyText>);

thread_local! {
    static PLAIN_KEYS: RefCell<PlainKeys> = RefCell::default();
}

impl PlainKeys {
    /// Those of this thread, for a text that is read now.
    pub fn take() -> Self {
        PLAIN_KEYS.take()
    }

    /// Keeps them for the next text.
    pub fn keep(self) {
        PLAIN_KEYS.set(self);
    }

    /// A key as it is written.
    pub fn key(&mut self, text: &str, span: Span) -> Key {
        let known = self.0.get(text).copied().unwrap_or_else(|| {
            if self.0.is_empty() {
                self.0.reserve(USUAL);
            }
            let new = Key::of_type(text, scalar::resolve(text), span).text;
            self.0.insert(new.as_str(), new);
            new
        });
        Key::at(known, span)
    }
}

impl Deref for KeyText {
    type Target = EcoString;

    fn deref(&self) -> &EcoString {
        &self.0.text
    }
}

impl KeyText {
    /// The text, for as long as the process runs.
    pub fn as_static(self) -> &'static EcoString {
        &self.0.text
    }
}

impl AsRef<str> for KeyText {
    fn as_ref(&self) -> &str {
        self.0.slice
    }
}

impl From<KeyText> for EcoString {
    fn from(text: KeyText) -> EcoString {
        text.0.text.clone()
    }
}

impl PartialEq for KeyText {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0) || self.0.slice == other.0.slice
    }
}

impl Eq for KeyText {}

impl PartialOrd for KeyText {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for KeyText {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.slice.cmp(other.0.slice)
    }
}

impl Hash for KeyText {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.slice.hash(state);
    }
}

impl PartialEq<str> for KeyText {
    fn eq(&self, other: &str) -> bool {
        self.0.slice == other
    }
}

impl PartialEq<&str> for KeyText {
    fn eq(&self, other: &&str) -> bool {
        self.0.slice == *other
    }
}

impl fmt::Display for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.slice)
    }
}

impl fmt::Debug for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.0.slice, f)
    }
}
