//! Escaped names of fields in rules: `my-field` is `my__dash__field`.
//!
//! Behavior: `pkg/cel/escaping.go` of Kubernetes.

use std::borrow::Cow;

/// Reserved words, which are escaped as names of fields.
const RESERVED: [&str; 21] = [
    "true",
    "false",
    "null",
    "in",
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
];

/// The escaped name of a field; `None` if it can't be escaped.
pub fn escape(name: &str) -> Option<Cow<'_, str>> {
    let first = name.bytes().next()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if first.is_ascii_digit() || !name.bytes().all(|byte| plain(byte) || b".-/".contains(&byte)) {
        return None;
    }
    if RESERVED.contains(&name) {
        return Some(Cow::Owned(format!("__{name}__")));
    }
    if name.bytes().all(plain) && !name.contains("__") {
        return Some(Cow::Borrowed(name));
    }
    let escaped = name.replace("__", "\u{1}").replace('.', "__dot__").replace('-', "__dash__").replace('/', "__slash__");
    Some(Cow::Owned(escaped.replace('\u{1}', "__underscores__")))
}

/// The name of a field, from its escaped name.
pub fn unescape(escaped: &str) -> String {
    if let Some(word) = escaped.strip_prefix("__").and_then(|rest| rest.strip_suffix("__")).filter(|word| RESERVED.contains(word))
    {
        return word.to_owned();
    }
    let name = escaped.replace("__dot__", ".").replace("__dash__", "-").replace("__slash__", "/");
    name.replace("__underscores__", "__")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_being_escaped() {
        for (name, escaped) in [
            ("plain", "plain"),
            ("my-field", "my__dash__field"),
            ("a.b/c", "a__dot__b__slash__c"),
            ("x__y", "x__underscores__y"),
            ("namespace", "__namespace__"),
            ("_x", "_x"),
        ] {
            assert_eq!(escape(name).as_deref(), Some(escaped));
            assert_eq!(unescape(escaped), name);
        }
        assert!(escape("1x").is_none() && escape("a b").is_none() && escape("").is_none());
    }
}
