//! Scalars as they were written, and their types: the leaves of the document model.

use ecow::EcoString;

/// A scalar as it was written, and its type.
#[derive(Clone, Debug)]
pub struct Scalar {
    /// The type.
    pub tag: Tag,
    /// The text without quotes and escapes; numbers keep their original form (`0644`, `1.10`).
    pub text: EcoString,
    /// How it was written: values that kustomize writes in its place are written in the same way.
    pub quotes: Quotes,
    /// The number of the group of fields for which kustomize stores this value only once; 0 if it is not shared.
    pub shared: u32,
}

/// How a scalar is written, as far as it affects how it is read again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Quotes {
    /// Without quotes.
    #[default]
    None,
    /// Without quotes and without a type of its own: the type of a value that replaces it is determined again.
    Untagged,
    /// In quotes, or as a literal block.
    Some,
    /// As a folded block, whose line breaks are changed when go-yaml writes it.
    Folded,
}

impl PartialEq for Scalar {
    fn eq(&self, other: &Self) -> bool {
        (self.tag, &self.text) == (other.tag, &other.text)
    }
}

impl Eq for Scalar {}

/// The type of a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tag {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false` in one of their spellings.
    Bool,
    /// An integer in any base.
    Int,
    /// A number with a fraction or exponent, an integer beyond 64 bits, `.inf` or `.nan`.
    Float,
    /// An unquoted date, with or without a time.
    Timestamp,
    /// A string.
    Str,
}

impl Scalar {
    /// A scalar of a type, without quotes.
    pub fn new(tag: Tag, text: impl Into<EcoString>) -> Self {
        Scalar { tag, text: text.into(), quotes: Quotes::None, shared: 0 }
    }

    /// A string that was in quotes.
    pub fn quoted(text: impl Into<EcoString>) -> Self {
        Scalar { quotes: Quotes::Some, ..Scalar::new(Tag::Str, text) }
    }

    /// Whether it is in quotes or a block.
    pub fn is_quoted(&self) -> bool {
        matches!(self.quotes, Quotes::Some | Quotes::Folded)
    }

    /// This scalar in place of another one, with the quotes of the other one: a quoted number becomes a string.
    pub fn in_place_of(self, old: &Scalar) -> Self {
        let tag = if old.is_quoted() && self.tag != Tag::Null { Tag::Str } else { self.tag };
        let quotes = if old.is_quoted() { old.quotes } else { Quotes::None };
        Scalar { tag, quotes, ..self }
    }
}

impl Tag {
    /// The type's name, for messages.
    pub fn name(self) -> &'static str {
        match self {
            Tag::Null => "null",
            Tag::Bool => "a boolean",
            Tag::Int => "an integer",
            Tag::Float => "a number",
            Tag::Timestamp => "a timestamp",
            Tag::Str => "a string",
        }
    }

    /// The tag as go-yaml prints it.
    pub fn go_name(self) -> &'static str {
        match self {
            Tag::Null => "!!null",
            Tag::Bool => "!!bool",
            Tag::Int => "!!int",
            Tag::Float => "!!float",
            Tag::Timestamp => "!!timestamp",
            Tag::Str => "!!str",
        }
    }
}
