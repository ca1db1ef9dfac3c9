//! Tags in their short and long form, and the tag that a plain text has.

use crate::yaml::Scalar;

/// What `!!` stands for.
const PREFIX: &str = "tag:yaml.org,2002:";

/// `!!str` for `tag:yaml.org,2002:str`.
pub(super) fn short(tag: &str) -> String {
    tag.strip_prefix(PREFIX).map_or_else(|| tag.to_owned(), |rest| format!("!!{rest}"))
}

/// `tag:yaml.org,2002:str` for `!!str`.
pub(super) fn long(tag: &str) -> String {
    tag.strip_prefix("!!").map_or_else(|| tag.to_owned(), |rest| format!("{PREFIX}{rest}"))
}

/// The short tag of a plain scalar.
pub fn implicit_tag(text: &str) -> &'static str {
    Scalar::plain(text).tag.go_name()
}
