//! Patterns in `.render.yaml` that match objects and files: plain text in which `*` matches any characters.

use super::id::ResId;

/// Whether a pattern, `Kind/name` or `Kind/namespace/name`, matches an object.
pub fn names(pattern: &str, object: &ResId) -> bool {
    let ResId { gvk, name, namespace } = object;
    fits(pattern, &format!("{}/{name}", gvk.kind)) || fits(pattern, &format!("{}/{namespace}/{name}", gvk.kind))
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
        for pattern in ["Deployment/web", "Deployment/*", "*/web", "*", "D*/w*b", "*web*"] {
            assert!(fits(pattern, "Deployment/web"), "{pattern}");
        }
        for pattern in ["Deployment", "Deployment/we", "web", "*api*", "D*/a*"] {
            assert!(!fits(pattern, "Deployment/web"), "{pattern}");
        }
    }
}
