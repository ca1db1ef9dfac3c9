//! The words of the schemas, numbered as in the tables; `tools/generate-schema.py` has the same lists in the same order.
//!
//! A number without a word is read as the word for "not specified".

/// The class of the values of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Any value, such as the `default` of a CRD's schema.
    Any,
    /// A mapping: with `fields`, with `additional` values under arbitrary keys, or without restrictions (`is_open`).
    Object,
    /// A sequence of `items`.
    Array,
    /// A string.
    String,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A whole number or a string, such as a port or a percentage.
    IntOrString,
    /// A quantity such as `500m` or `1Gi`: a string or a number.
    Quantity,
}

impl Class {
    pub(super) fn from_code(code: u16) -> Self {
        match code & 0xF {
            1 => Class::Object,
            2 => Class::Array,
            3 => Class::String,
            4 => Class::Integer,
            5 => Class::Number,
            6 => Class::Boolean,
            7 => Class::IntOrString,
            8 => Class::Quantity,
            _ => Class::Any,
        }
    }
}

/// The required format of a string or number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// An integer of 32 bits.
    Int32,
    /// An integer of 64 bits.
    Int64,
    /// A floating point number.
    Double,
    /// Base64.
    Byte,
    /// A time as in RFC 3339.
    DateTime,
}

impl Format {
    pub(super) fn from_code(code: u16) -> Option<Self> {
        let all = [Format::Int32, Format::Int64, Format::Double, Format::Byte, Format::DateTime];
        all.get(usize::from(code & 0xF).checked_sub(1)?).copied()
    }
}

/// The effect of a patch on a field: `x-kubernetes-patch-strategy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// Not specified in the schema: mappings are merged, lists replaced.
    Unstated,
    /// A list is merged, by its keys or, if it has none, as a set.
    Merge,
    /// The patch's value replaces the old one.
    Replace,
    /// Fields that the patch does not name are dropped.
    RetainKeys,
    /// A list is merged, and its items as with `RetainKeys`.
    MergeRetainKeys,
}

impl Strategy {
    pub(super) fn from_code(code: u16) -> Self {
        match code & 0xF {
            1 => Strategy::Merge,
            2 => Strategy::Replace,
            3 => Strategy::RetainKeys,
            4 => Strategy::MergeRetainKeys,
            _ => Strategy::Unstated,
        }
    }

    /// Whether `merge` is one of the words of this strategy, which is all that kustomize checks.
    pub fn merges(self) -> bool {
        matches!(self, Strategy::Merge | Strategy::MergeRetainKeys)
    }
}

/// How a list is owned and merged: `x-kubernetes-list-type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListType {
    /// Replaced as a whole.
    Atomic,
    /// Unique scalars.
    Set,
    /// Mappings, with unique combinations of the list map keys.
    Map,
}

impl ListType {
    pub(super) fn from_code(code: u16) -> Option<Self> {
        [ListType::Atomic, ListType::Set, ListType::Map].get(usize::from(code & 0xF).checked_sub(1)?).copied()
    }
}

/// How a mapping is owned and merged: `x-kubernetes-map-type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapType {
    /// Replaced as a whole.
    Atomic,
    /// Merged field by field.
    Granular,
}

impl MapType {
    pub(super) fn from_code(code: u16) -> Option<Self> {
        [MapType::Atomic, MapType::Granular].get(usize::from(code & 0x3).checked_sub(1)?).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_match_those_of_the_generator() {
        assert_eq!(Strategy::from_code(0), Strategy::Unstated);
        assert_eq!(Strategy::from_code(4), Strategy::MergeRetainKeys);
        assert_eq!((ListType::from_code(0), ListType::from_code(3)), (None, Some(ListType::Map)));
        assert_eq!((Class::from_code(0), Class::from_code(8)), (Class::Any, Class::Quantity));
        assert_eq!((Format::from_code(0), Format::from_code(5)), (None, Some(Format::DateTime)));
        assert_eq!((MapType::from_code(0), MapType::from_code(1)), (None, Some(MapType::Atomic)));
    }
}
