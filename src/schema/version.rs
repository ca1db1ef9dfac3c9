//! The Kubernetes versions in the tables, individually and as a set.
//!
//! Users name one on the command line (`--kubernetes 1.30`); findings name several ("in 1.25 to 1.31").

use std::fmt;
use std::str::FromStr;

/// A minor version of Kubernetes in the tables, such as 1.30.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    minor: u8,
}

impl Version {
    /// The oldest version in the tables.
    pub const OLDEST: Version = Version { minor: 25 };
    /// The newest version in the tables.
    pub const NEWEST: Version = Version { minor: 37 };

    /// All versions in the tables, oldest first.
    pub fn all() -> impl DoubleEndedIterator<Item = Version> {
        (Self::OLDEST.minor..=Self::NEWEST.minor).map(|minor| Version { minor })
    }

    /// 1.`minor`, whether or not it is in the tables.
    pub(crate) const fn minor(minor: u8) -> Version {
        Version { minor }
    }

    /// N of 1.N.
    pub fn number(self) -> u16 {
        self.minor.into()
    }

    /// The version's index in the tables, 0 for the oldest.
    pub(super) fn index(self) -> usize {
        usize::from(self.minor.saturating_sub(Self::OLDEST.minor))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1.{}", self.minor)
    }
}

/// Accepts `1.30`, and the versions that clusters report: `v1.30`, `1.30.4`, `v1.30.4+k3s1`, `1.30+`, `v1.30.4-gke.100`.
impl FromStr for Version {
    type Err = UnknownVersion;

    fn from_str(text: &str) -> Result<Self, UnknownVersion> {
        let found = minor_of(text).ok_or_else(|| UnknownVersion { text: text.into(), minor: None })?;
        let supported = Version::all().find(|version| u32::from(version.minor) == found);
        supported.ok_or_else(|| UnknownVersion { text: text.into(), minor: Some(found) })
    }
}

/// `v1.30.4+k3s1` -> 30; `None` if the text is not a version of Kubernetes.
fn minor_of(text: &str) -> Option<u32> {
    let text = text.trim();
    let rest = text.strip_prefix('v').unwrap_or(text).strip_prefix("1.")?;
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (minor, rest) = rest.split_at(digits);
    let patch_follows = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
    match rest.strip_prefix('.') {
        Some(patch) if !patch_follows(patch) => None,
        None if !(rest.is_empty() || rest.starts_with(['+', '-'])) => None,
        _ => minor.parse().ok(),
    }
}

/// A version that is not in the tables, or a text that is not a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownVersion {
    text: String,
    minor: Option<u32>,
}

impl UnknownVersion {
    /// How to fix it.
    pub fn help(&self) -> String {
        let (oldest, newest) = (Version::OLDEST, Version::NEWEST);
        match self.minor {
            Some(minor) if minor > u32::from(newest.minor) => format!("the newest supported version is `{newest}`"),
            Some(_) => format!("the oldest supported version is `{oldest}`"),
            None => format!("write it as `{newest}`; versions `{oldest}` to `{newest}` are supported"),
        }
    }
}

impl fmt::Display for UnknownVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.minor {
            Some(_) => write!(
                f,
                "there is no schema for Kubernetes `{}`: versions `{}` to `{}` are supported",
                self.text,
                Version::OLDEST,
                Version::NEWEST
            ),
            None => write!(f, "`{}` is not a valid Kubernetes version", self.text),
        }
    }
}

impl std::error::Error for UnknownVersion {}

/// The versions that a user selects: one (`1.30`), or a range with both ends (`1.30..1.33`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VersionRange {
    first: Version,
    last: Version,
}

impl VersionRange {
    /// The versions, oldest first.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = Version> {
        Version::all().filter(move |version| (self.first..=self.last).contains(version))
    }
}

impl Default for VersionRange {
    fn default() -> Self {
        VersionRange { first: Version::NEWEST, last: Version::NEWEST }
    }
}

impl FromStr for VersionRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let version = |text: &str| text.parse::<Version>().map_err(|unknown| format!("{unknown}; {}", unknown.help()));
        let (first, last) = text.split_once("..").unwrap_or((text, text));
        let range = VersionRange { first: version(first)?, last: version(last)? };
        if range.first > range.last {
            return Err(format!("the range `{text}` is empty; write the older version first"));
        }
        Ok(range)
    }
}

/// A set of versions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Versions {
    bits: u32,
}

impl Versions {
    pub(super) fn from_words(low: u16, high: u16) -> Self {
        Versions { bits: u32::from(low) | u32::from(high) << 16 }
    }

    /// The set with one more version.
    pub fn with(self, version: Version) -> Versions {
        Versions { bits: self.bits | 1 << version.index() }
    }

    /// The versions in either set.
    pub fn union(self, other: Versions) -> Versions {
        Versions { bits: self.bits | other.bits }
    }

    /// Whether the version is in the set.
    pub fn contains(self, version: Version) -> bool {
        self.bits & (1 << version.index()) != 0
    }

    /// Whether no version is in the set.
    pub fn is_empty(self) -> bool {
        self.iter().next().is_none()
    }

    /// The versions of the set, oldest first.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = Version> {
        Version::all().filter(move |version| self.contains(*version))
    }

    /// The oldest version of the set.
    pub fn first(self) -> Option<Version> {
        self.iter().next()
    }

    /// The newest version of the set.
    pub fn last(self) -> Option<Version> {
        self.iter().next_back()
    }

    /// The first version after the newest of the set: "removed in". `None` if the set includes the newest version of all.
    pub fn removed_in(self) -> Option<Version> {
        let last = self.last()?;
        Version::all().find(|version| *version > last)
    }
}

/// `1.25`, or `1.25 to 1.31`; gaps are not shown.
impl fmt::Display for Versions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.first(), self.last()) {
            (Some(first), Some(last)) if first == last => write!(f, "{first}"),
            (Some(first), Some(last)) => write!(f, "{first} to {last}"),
            _ => write!(f, "no version"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_parse_as_clusters_write_them() {
        for text in ["1.30", "v1.30", "1.30.4", "v1.30.4+k3s1", "1.30+", "v1.30.4-gke.100", " 1.30\n"] {
            assert_eq!(text.parse::<Version>().map(|v| v.to_string()), Ok("1.30".into()), "{text}");
        }
    }

    #[test]
    fn errors_for_unknown_versions_name_the_supported_ones() {
        let error_and_help = |text: &str| text.parse::<Version>().map_err(|e| (e.to_string(), e.help()));
        let supported = "versions `1.25` to `1.37` are supported";
        assert_eq!(
            error_and_help("1.24"),
            Err((
                format!("there is no schema for Kubernetes `1.24`: {supported}"),
                "the oldest supported version is `1.25`".into()
            ))
        );
        assert_eq!(
            error_and_help("1.99"),
            Err((
                format!("there is no schema for Kubernetes `1.99`: {supported}"),
                "the newest supported version is `1.37`".into()
            ))
        );
        let no_version = "write it as `1.37`; versions `1.25` to `1.37` are supported";
        for text in ["", "latest", "1", "1.", "1.x", "1.30x", "1.30.", "1.30.x", "2.30", "-1.30", "1.99999999999", "1.+30"] {
            assert_eq!(error_and_help(text), Err((format!("`{text}` is not a valid Kubernetes version"), no_version.into())));
        }
    }

    #[test]
    fn a_set_has_a_first_and_a_last_version() {
        let old = Versions::from_words(0b1111, 0);
        assert_eq!(old.to_string(), "1.25 to 1.28");
        assert_eq!(old.removed_in().map(|v| v.to_string()), Some("1.29".into()));
        let now = Versions::from_words(1 << 12, 0);
        assert_eq!((now.first(), now.removed_in()), (Some(Version::NEWEST), None));
        assert_eq!(now.union(old).last(), Some(Version::NEWEST));
        assert!(Versions::default().is_empty());
    }
}
