//! Patterns in `.render.yaml` that match objects and files: plain text in which `*` matches any characters.

use super::id::ResId;

/// A pattern for objects: `Kind/name` or `Kind/namespace/name`, where `*` matches anything; empty for all objects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObjectPattern(String);

impl ObjectPattern {
    /// Whether the pattern matches all objects because it names none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text of a pattern that matches only one object, or two.
    pub fn literal(&self) -> Option<&str> {
        (!self.is_empty() && !self.0.contains('*')).then_some(self.0.as_str())
    }

    /// The texts that a literal pattern for an object may have.
    pub fn literals_for(object: &ResId) -> [String; 2] {
        let ResId { gvk, name, namespace } = object;
        [format!("{}/{name}", gvk.kind), format!("{}/{namespace}/{name}", gvk.kind)]
    }

    /// Whether the pattern names an object, or some with similar names: a kind, and at least a part of a name.
    pub fn is_specific(&self) -> bool {
        let (kind, rest) = self.0.split_once('/').unwrap_or_default();
        let name = rest.rsplit('/').next().unwrap_or_default();
        !kind.is_empty() && !kind.contains('*') && name.contains(|c: char| c.is_alphanumeric())
    }

    /// How to write the pattern, if it can't match any object: it has one part, or more than three.
    pub fn correction(&self) -> Option<String> {
        let parts = self.0.split('/').count();
        let fits = self.is_empty() || self.0.contains('*') || (parts == 2 || parts == 3) && !self.0.starts_with('/');
        let form = "write `Kind/name` or `Kind/namespace/name`";
        let last = self.0.rsplit('/').next().unwrap_or_default();
        match (fits, last.is_empty()) {
            (true, _) => None,
            (false, true) => Some(format!("{form}, where `*` matches anything")),
            (false, false) => Some(format!("{form}; `*/{last}` matches any kind")),
        }
    }

    /// Whether the pattern matches an object.
    pub fn names(&self, object: &ResId) -> bool {
        self.is_empty() || self.fits_one(&Self::literals_for(object))
    }

    /// Whether the pattern fits one of the literal patterns of an object.
    pub fn fits_one(&self, literals: &[String; 2]) -> bool {
        literals.iter().any(|text| fits(&self.0, text))
    }
}

impl From<String> for ObjectPattern {
    fn from(pattern: String) -> Self {
        ObjectPattern(pattern)
    }
}

impl std::fmt::Display for ObjectPattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a text matches a pattern, in which `*` matches any characters.
pub fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or("");
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_match_anything() {
        for pattern in ["Deployment/web", "Deployment/*", "*/web", "*", "D*/w*b", "*web*", "*D*/*web*"] {
            assert!(fits(pattern, "Deployment/web"), "{pattern}");
        }
        for pattern in ["Deployment", "Deployment/we", "web", "*api*", "D*/a*", "Deployment/*web*web", ""] {
            assert!(!fits(pattern, "Deployment/web"), "{pattern}");
        }
        assert!(fits("*", "") && fits("a*", "a") && !fits("a*a", "a"));
    }

    #[test]
    fn objects_match_with_and_without_namespace() {
        let object =
            ResId { name: "web".into(), namespace: "shop".into(), gvk: crate::resource::Gvk::new("apps/v1", "Deployment") };
        let means = |pattern: &str| ObjectPattern::from(pattern.to_owned()).names(&object);
        assert!(["", "Deployment/web", "Deployment/shop/web", "*/shop/*"].into_iter().all(means));
        let specific = |pattern: &str| ObjectPattern::from(pattern.to_owned()).is_specific();
        assert!(["Deployment/web", "Deployment/shop/web", "Deployment/*/web-*", "Deployment/*-web"].into_iter().all(specific));
        assert!(!["", "*", "*/web", "D*/web", "Deployment/*", "Deployment/shop/*", "*web*", "/"].into_iter().any(specific));
        let corrected = |pattern: &str| ObjectPattern::from(pattern.to_owned()).correction();
        assert_eq!(corrected("web").as_deref(), Some("write `Kind/name` or `Kind/namespace/name`; `*/web` matches any kind"));
        assert!(["apps/v1/Deployment/web", "/", "/web"].into_iter().all(|pattern| corrected(pattern).is_some()));
        assert!(["", "*", "web*", "Deployment/web", "Deployment/shop/web"].into_iter().all(|p| corrected(p).is_none()));
        assert!(!["Deployment", "Deployment/other/web", "apps/v1/Deployment/web"].into_iter().any(means));
    }
}
