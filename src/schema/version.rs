//! The Kubernetes versions that the tables cover, one by one and as a set.
//!
//! A user names one on the command line (`--kubernetes 1.30`); a finding names several ("in 1.25 to 1.31").

use std::fmt;
use std::str::FromStr;

/// A minor version of Kubernetes which the tables cover, such as 1.30.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    minor: u8,
}

impl Version {
    /// The oldest version covered.
    pub const OLDEST: Version = Version { minor: 25 };
    /// The newest version covered.
    pub const NEWEST: Version = Version { minor: 37 };

    /// All versions covered, oldest first.
    pub fn all() -> impl DoubleEndedIterator<Item = Version> {
        (Self::OLDEST.minor..=Self::NEWEST.minor).map(|minor| Version { minor })
    }

    /// 1.`minor`, covered or not.
    pub(crate) const fn minor(minor: u8) -> Version {
        Version { minor }
    }

    /// N of 1.N.
    pub fn number(self) -> u16 {
        self.minor.into()
    }

    /// The version's place in the tables, 0 for the oldest.
    pub(super) fn index(self) -> usize {
        usize::from(self.minor.saturating_sub(Self::OLDEST.minor))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1.{}", self.minor)
    }
}

/// Takes `1.30`, and what clusters say of themselves: `v1.30`, `1.30.4`, `v1.30.4+k3s1`, `1.30+`, `v1.30.4-gke.100`.
impl FromStr for Version {
    type Err = UnknownVersion;

    fn from_str(text: &str) -> Result<Self, UnknownVersion> {
        let found = minor_of(text).ok_or_else(|| UnknownVersion { text: text.into(), minor: None })?;
        let known = Version::all().find(|version| u32::from(version.minor) == found);
        known.ok_or_else(|| UnknownVersion { text: text.into(), minor: Some(found) })
    }
}

/// `v1.30.4+k3s1` -> 30; `None` if the text is no version of Kubernetes.
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

/// A version that the tables do not cover, or a text that is no version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownVersion {
    text: String,
    minor: Option<u32>,
}

impl UnknownVersion {
    /// What to do about it.
    pub fn help(&self) -> String {
        let (oldest, newest) = (Version::OLDEST, Version::NEWEST);
        match self.minor {
            Some(minor) if minor > u32::from(newest.minor) => format!("the newest version known is `{newest}`"),
            Some(_) => format!("the oldest version known is `{oldest}`"),
            None => format!("a version is written like `{newest}`; `{oldest}` to `{newest}` are known"),
        }
    }
}

impl fmt::Display for UnknownVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.minor {
            Some(_) => write!(
                f,
                "no schema for Kubernetes `{}`: versions `{}` to `{}` are known",
                self.text,
                Version::OLDEST,
                Version::NEWEST
            ),
            None => write!(f, "`{}` is no version of Kubernetes", self.text),
        }
    }
}

impl std::error::Error for UnknownVersion {}

/// The versions that a user asks for: one (`1.30`), or a range with both ends (`1.30..1.33`).
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

    /// The first version after the newest of the set: "removed in". `None` if the newest version of all is in the set.
    pub fn removed_in(self) -> Option<Version> {
        let last = self.last()?;
        Version::all().find(|version| *version > last)
    }
}

/// `1.25`, or `1.25 to 1.31`; gaps are not told.
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
    fn unknown_versions_say_what_is_known() {
        let told = |text: &str| text.parse::<Version>().map_err(|e| (e.to_string(), e.help()));
        let known = "versions `1.25` to `1.37` are known";
        assert_eq!(
            told("1.24"),
            Err((format!("no schema for Kubernetes `1.24`: {known}"), "the oldest version known is `1.25`".into()))
        );
        assert_eq!(
            told("1.99"),
            Err((format!("no schema for Kubernetes `1.99`: {known}"), "the newest version known is `1.37`".into()))
        );
        let no_version = "a version is written like `1.37`; `1.25` to `1.37` are known";
        for text in ["", "latest", "1", "1.", "1.x", "1.30x", "1.30.", "1.30.x", "2.30", "-1.30", "1.99999999999", "1.+30"] {
            assert_eq!(told(text), Err((format!("`{text}` is no version of Kubernetes"), no_version.into())));
        }
    }

    #[test]
    fn a_set_knows_its_ends() {
        let old = Versions::from_words(0b1111, 0);
        assert_eq!(old.to_string(), "1.25 to 1.28");
        assert_eq!(old.removed_in().map(|v| v.to_string()), Some("1.29".into()));
        let now = Versions::from_words(1 << 12, 0);
        assert_eq!((now.first(), now.removed_in()), (Some(Version::NEWEST), None));
        assert_eq!(now.union(old).last(), Some(Version::NEWEST));
        assert!(Versions::default().is_empty());
    }
}
