//! The style of scalars: which strings get quotes, and how go-yaml changes a scalar when it writes it and reads it again.

use std::borrow::Cow;

use ecow::EcoString;

use super::tagged::{Quotes, Scalar, Tag};
use super::{plain_text, round_trip, scalar, style};

impl Scalar {
    /// A string, in quotes if YAML 1.1 would read it as another type.
    pub fn string(text: impl Into<EcoString>) -> Self {
        let text = text.into();
        let safe = text.is_empty() || scalar::resolve_yaml11(&text) == Tag::Str;
        Scalar { quotes: if safe { Quotes::None } else { Quotes::Some }, ..Scalar::new(Tag::Str, text) }
    }

    /// A scalar as go-yaml writes it and reads it back: with quotes or as a block if necessary.
    pub fn printed(tag: Tag, text: impl Into<EcoString>) -> Self {
        let printed = Scalar::new(tag, text);
        let is_plain = tag != Tag::Str || style::is_plain(&printed.text);
        Scalar { quotes: if is_plain { Quotes::None } else { Quotes::Some }, ..printed }
    }

    /// A string as it is set in a field: in quotes if it would be read as another type, and as a block if it has several
    /// lines.
    pub fn set_text(text: impl Into<EcoString>) -> Self {
        let text = text.into();
        let is_marked = text.contains('\n') || plain_text::is_other_than_text(&text);
        Scalar { quotes: if is_marked { Quotes::Some } else { Quotes::None }, ..Scalar::new(Tag::Str, text) }
    }

    /// A scalar that a step writes without type and quotes.
    pub fn untagged(text: impl Into<EcoString>) -> Self {
        Scalar { quotes: Quotes::Untagged, ..Scalar::plain(text) }
    }

    /// The text after go-yaml has written and read it again, inside brackets or not: there are no blocks inside brackets.
    pub fn settled_text(&self, in_brackets: bool) -> Cow<'_, str> {
        match self.quotes {
            Quotes::Folded if self.tag == Tag::Str && !in_brackets => round_trip::folded_round_trip(&self.text),
            _ => Cow::Borrowed(&self.text),
        }
    }

    /// The type after go-yaml has written and read it again, inside brackets or not.
    pub fn settled_tag(&self, in_brackets: bool) -> Tag {
        match self.quotes {
            Quotes::None | Quotes::Untagged if in_brackets => round_trip::resolve_in_flow(self.tag, &self.text),
            _ => self.tag,
        }
    }

    /// A scalar without type that replaces another scalar and keeps its quotes.
    pub fn rewritten(old: &Scalar, text: impl Into<EcoString>) -> Self {
        let needs_quotes = old.tag == Tag::Str && !old.text.is_empty() && scalar::resolve(&old.text) != Tag::Str;
        if old.is_quoted() || needs_quotes { Scalar::quoted(text) } else { Scalar::untagged(text) }
    }
}
