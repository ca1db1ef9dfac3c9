//! Field paths, as kustomize writes them: `spec/template/spec/containers[]/image` in field specs, where `\/` is a slash,
//! and `spec.template.spec.containers.[name=web].image` in replacements, where `\.` is a dot.

use ecow::EcoString;

/// Splits at a delimiter that is not escaped by a backslash; a leading delimiter is ignored.
pub fn split(path: &str, delimiter: char) -> Vec<EcoString> {
    let path = path.strip_prefix(delimiter).filter(|rest| !rest.is_empty()).unwrap_or(path);
    let mut result: Vec<EcoString> = Vec::with_capacity(1 + path.chars().filter(|&c| c == delimiter).count());
    for part in path.split(delimiter) {
        match result.last_mut() {
            Some(last) if last.as_bytes().last() == Some(&b'\\') => {
                last.pop();
                last.push(delimiter);
                last.push_str(part);
            }
            _ => result.push(part.into()),
        }
    }
    result
}

/// Splits a dotted path; dots in brackets belong to the part, and brackets without `=` only quote a name.
pub fn split_dotted(path: &str) -> Vec<EcoString> {
    let mut parts = split(path, '.').into_iter();
    let mut result = Vec::new();
    while let Some(part) = parts.next() {
        if !part.starts_with('[') || part.ends_with(']') {
            result.push(part);
            continue;
        }
        let mut whole = part;
        for next in parts.by_ref() {
            whole.push('.');
            whole.push_str(&next);
            if next.ends_with(']') {
                break;
            }
        }
        result.push(if whole.contains('=') { whole } else { whole.trim_matches(['[', ']']).into() });
    }
    result
}

/// The non-empty parts, trimmed.
pub fn clean(parts: &[EcoString]) -> Vec<&str> {
    parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slashes_and_dots_can_be_escaped() {
        assert_eq!(split("metadata/annotations/a.b\\/c", '/'), ["metadata", "annotations", "a.b/c"]);
        assert_eq!(split("/spec/x", '/'), ["spec", "x"]);
        assert_eq!(split_dotted("a.b\\.c.d"), ["a", "b.c", "d"]);
    }

    #[test]
    fn brackets_hold_a_part_together() {
        assert_eq!(split_dotted("spec.c.[name=a.b].image"), ["spec", "c", "[name=a.b]", "image"]);
        assert_eq!(split_dotted("metadata.annotations.[a.b/c]"), ["metadata", "annotations", "a.b/c"]);
        assert_eq!(split_dotted("data.[x]"), ["data", "[x]"]);
    }
}
