//! The keys of a mapping: names of fields, which may be written in another case, or any keys.

use anyhow::{Result, bail};

use super::order;
use crate::edit::types::{Kind, Struct, folds_to};
use crate::yaml::layout::Piece;

/// A value of any type.
pub static ANY: Kind = Kind::Any;

/// The keys that a mapping may have.
#[derive(Clone, Copy)]
pub enum Keys {
    /// The fields of a struct.
    Fields(&'static Struct),
    /// Any keys, with values of this type.
    Free(&'static Kind),
}

impl Keys {
    /// The keys of a type.
    pub fn of(kind: &'static Kind) -> Keys {
        match kind {
            Kind::Struct(of) => Keys::Fields(of),
            Kind::Pointer(to) => Keys::of(to),
            Kind::Map(value) => Keys::Free(value),
            _ => Keys::Free(&ANY),
        }
    }

    /// The type of the value of a key.
    pub fn kind(self, name: &str) -> &'static Kind {
        match self {
            Keys::Fields(of) => of.find(name).map_or(&ANY, |found| &found.field.kind),
            Keys::Free(kind) => kind,
        }
    }

    /// Whether any keys are allowed.
    pub fn is_free(self) -> bool {
        matches!(self, Keys::Free(_))
    }

    /// Where a key belongs; `field` is empty for the fields of the file.
    pub fn rank(self, name: &str, field: &str) -> (usize, String) {
        match self {
            Keys::Fields(_) if field.is_empty() => order::of_field(name),
            Keys::Fields(_) => order::of_entry(name),
            Keys::Free(_) => (0, name.to_owned()),
        }
    }

    /// The entry with a key.
    pub fn find(self, entries: &[(Piece, Piece)], name: &str) -> Result<Option<usize>> {
        let is_same = |key: &str| match self {
            Keys::Fields(_) => folds_to(key, name),
            Keys::Free(_) => key == name,
        };
        let mut found = entries.iter().enumerate().filter(|(_, (key, _))| key.text().is_some_and(is_same));
        let first = found.next().map(|(at, _)| at);
        if first.is_some() && found.next().is_some() {
            bail!("can't change `{name}`: it is defined more than once");
        }
        Ok(first)
    }
}
